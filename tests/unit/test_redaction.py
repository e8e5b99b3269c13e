"""Whatever is shown, in whatever shape, holds no secret and no line break of its own."""

import base64
import json
import time
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import HIDDEN, Redactor

CANARY = "c4n4ry-Xy7_QzT0Kp3mVb9sLw2eRf6uHj1aNd8g"
INTERACTION = base64.b64encode(b"interaction:1234567890:" + CANARY.encode()).decode()
BOT_TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.c4n4ryOOXTqlDdJ5ypQo5bm_ae12345"
BLIND = Redactor()
"""Knows no secret by its value: shapes alone."""


@pytest.mark.parametrize(
    "text",
    [
        f"GET /callbacks/{CANARY} HTTP/1.1",
        f"https://clapper.example.org/callbacks/{CANARY}",
        f"/callbacks/{CANARY}?x=1",
        f"//callbacks//{CANARY}/",
        f"/CALLBACKS/{CANARY}",
        f'{{"callback_url": "https:\\/\\/clapper.example.org\\/callbacks\\/{CANARY}"}}',
        quote(f"https://clapper.example.org/callbacks/{CANARY}", safe=""),
        f"b'/callbacks/{CANARY}'",
        f"https://discord.com/api/v10/interactions/123/{CANARY}/callback?with_response=1",
        f"POST /interactions/123/{CANARY}/callback",
        f"https://discord.com/api/v10/webhooks/123/{CANARY}",
        f"https://discord.com/api/v10/webhooks/123/{CANARY}/messages/@original",
        f"PATCH /webhooks/{{application_id}}/{CANARY}/messages/1",
        f"{{'Authorization': 'Bot {CANARY}'}}",
        f"<CIMultiDict('Authorization': 'Bearer {CANARY}', 'X': 'y')>",
        f"((b'authorization', b'Bearer {CANARY}'),)",
        f"Authorization: Bearer {CANARY}",
        f"authorization={CANARY}",
        f"AUTHORIZATION: {CANARY}",
        f"sent bearer {CANARY} in vain",
        f"login with Bot {CANARY} failed",
        f"Basic {base64.b64encode(CANARY.encode()).decode()}c4n4ry",
        f'{{"id": "1", "token": "{CANARY}", "type": 2}}',
        f"{{'token': '{CANARY}'}}",
        f'"{{\\"token\\": \\"{CANARY}\\"}}"',
        f"Settings(discord_token={CANARY})",
        f"token = {CANARY}",
        f"X-Api-Key: {CANARY}",
        f"api_key='two words {CANARY}'",
        f"Set-Cookie: {CANARY}",
        f"https://cdn.example.org/a.mp4?ex=1&is=2&hm={CANARY}&",
        f"https://r2.example.org/a.mp4?X-Amz-Signature={CANARY}",
        f"https://r2.example.org/a.mp4?anything={CANARY}#{CANARY}",
        f"URL('https:\\/\\/r2.example.org\\/a.mp4?sig={CANARY}')",
        f"wss://gateway.example.org/?v=10&x={CANARY}",
        f"GET /clips/a.mp4?expires=1&signature={CANARY} HTTP/1.1",
        f"GET /clips/a.mp4?sig={CANARY}&x=1 HTTP/1.1",
        f"/a.mp4?x=1&hm={CANARY}",
        f"[('token', '{CANARY}')]",
        f"(b'x-api-key', b'{CANARY}')",
        f"https://user:{CANARY}@example.org/",
        f"postgres://{CANARY}@example.org/",
        BOT_TOKEN,
        f"token was {BOT_TOKEN}.",
        f"'{INTERACTION}'",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    shown = BLIND.clean_text(text)
    assert CANARY not in shown
    assert "c4n4ry" not in shown
    assert INTERACTION not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "text",
    [
        "Job submitted",
        "GET /healthz HTTP/1.1",
        "https://clapper.example.org/clips/a-small-name.mp4",
        "POST https://api.apixo.ai/api/v1/generateTask/ltx-2-19b answered 503",
        "task_8f14e45fceea167a5a36dedd4bea2543 is running",
        "8f14e45fceea167a5a36dedd4bea2543",
        "the callbacks are late",
        "1,000 tokens left",
        "bot/adapters/sqlite/database.py:12: in open",
        "Клаппер 🎬 готов",
        "2026-11-21T05:00:00.123456Z",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert BLIND.clean_text(text) == text


def test_what_stands_around_a_secret_stays() -> None:
    line = f"PATCH https://discord.com/api/v10/webhooks/77/{CANARY}/messages/88 has failed"
    assert BLIND.clean_text(line) == (
        f"PATCH https://discord.com/api/v10/webhooks/77/{HIDDEN}/messages/88 has failed"
    )


AWKWARD = 'c4n4ry "quoted" back\\slash é/slash+plus'


@pytest.mark.parametrize(
    "text",
    [
        AWKWARD,
        f"x{AWKWARD}x",
        json.dumps({"a": AWKWARD}),
        repr([AWKWARD]),
        quote(AWKWARD),
        quote(AWKWARD, safe=""),
    ],
)
def test_a_known_secret_is_hidden_in_every_spelling(text: str) -> None:
    assert "c4n4ry" not in Redactor([AWKWARD]).clean_text(text)


def test_a_known_secret_that_begins_like_another_leaves_no_rest() -> None:
    redactor = Redactor(["abcdefgh", "abcdefgh-ijkl"])
    assert redactor.clean_text("abcdefgh-ijkl") == HIDDEN


def test_no_known_secret_hides_everything() -> None:
    assert Redactor(["", "a"]).clean_text("a banana") == "a banana"


@dataclass
class Holder:
    value: str


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError(CANARY)


@pytest.mark.parametrize(
    "value",
    [
        CANARY,
        CANARY.encode(),
        bytearray(CANARY.encode()),
        [CANARY],
        (1, (2, {CANARY})),
        frozenset({CANARY}),
        {"a": {"b": [{"c": CANARY}]}},
        {CANARY: 1},
        {("a", CANARY): 1},
        Holder(CANARY),
        ValueError(CANARY),
        ExceptionGroup("x", [ValueError(CANARY)]),
        {"1": {"2": {"3": {"4": {"5": {"6": {"7": {"8": CANARY}}}}}}}},
        Unprintable(),
    ],
)
def test_a_known_secret_is_hidden_at_any_depth(value: object) -> None:
    assert CANARY not in json.dumps(Redactor([CANARY]).clean({"value": value}))


@pytest.mark.parametrize(
    "key", ["token", "discord_token", "Authorization", "X-Api-Key", "password", "apixo_api_key"]
)
@pytest.mark.parametrize("value", ["short", ["in", "list"], 5, {"a": "b"}])
def test_what_a_name_calls_secret_is_hidden(key: str, value: object) -> None:
    assert BLIND.clean({"headers": {key: value}}) == {"headers": {key: HIDDEN}}


@pytest.mark.parametrize("key", ["tokens", "job", "key", "task", "secretary"])
def test_what_a_name_does_not_call_secret_stays(key: str) -> None:
    assert BLIND.clean({key: "value"}) == {key: "value"}


def test_numbers_and_nothing_keep_their_types() -> None:
    given_value = {"a": 1, "b": 2.5, "c": None, "d": True, "token": None}
    assert BLIND.clean(given_value) == given_value
    assert BLIND.clean(float("nan")) == "nan"


def test_an_exception_is_shown_with_its_kind() -> None:
    assert BLIND.clean(KeyError("x")) == "KeyError('x')"


def test_what_contains_itself_is_shown_to_some_depth() -> None:
    endless: list[object] = []
    endless.append(endless)
    json.dumps(BLIND.clean(endless))


def test_a_range_of_a_billion_is_not_written_out() -> None:
    assert len(json.dumps(BLIND.clean(range(10**9)))) < 1000


@pytest.mark.parametrize(
    "mark",
    ["\n", "\r", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1b[2K", "\x00", "\u202e", "\ud800"],
)
def test_nothing_starts_a_line_or_moves_the_cursor(mark: str) -> None:
    shown = BLIND.clean_text(f"a{mark}b")
    assert mark not in shown
    assert len(shown.splitlines()) == 1
    shown.encode()


@given(st.text())
def test_any_text_is_one_line_that_can_be_written(text: str) -> None:
    shown = BLIND.clean_text(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_known_secret_is_hidden_in_any_text(before: str, after: str) -> None:
    assert CANARY not in Redactor([CANARY]).clean_text(before + CANARY + after)


@pytest.mark.parametrize("position", [3_950, 3_980, 3_999, 4_000, 100_000])
def test_a_cut_leaves_no_half_a_secret(position: int) -> None:
    text = ("word " * 50_000)[:position] + f"/callbacks/{CANARY} " + "word " * 1000
    assert "c4n4ry" not in BLIND.clean_text(text)
    assert "c4n4ry" not in Redactor([CANARY]).clean_text("w" * position + CANARY)


@pytest.mark.parametrize(
    "text",
    ["a" * 10**6, "/" * 10**6, "https://" * 10**5, "token" * 10**5, "?sig" * 10**5, "\\" * 10**6]
    + [unit * 1000 for unit in ("://a", "token\\", "&sig.", "-A_", "bearer ", "/callbacks/")],
)
def test_a_hostile_text_takes_no_time(text: str) -> None:
    begun = time.process_time()
    BLIND.clean_text(text)
    assert time.process_time() - begun < 0.5


def test_of_a_long_traceback_the_end_is_kept() -> None:
    text = "\n".join(f"line {number}" for number in range(10_000))
    lines = BLIND.clean_lines(text).splitlines()
    assert len(lines) == 301
    assert (lines[0], lines[-1]) == ("line 0", "line 9999")
