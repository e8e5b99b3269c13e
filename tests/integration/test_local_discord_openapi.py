"""Discord's own description as the judge: what the judge itself must notice."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.openapi import MissingDescriptionError, description, where


@dataclass
class Said:
    method: str
    path: str
    body: Any = None
    status: int | None = 200
    answer: Any = None
    multipart: bool = False
    fault: str | None = None


GOOD = {"content": "hello", "flags": 0}
TYPING = "/channels/12/typing"


def test_a_literal_address_is_found_before_one_with_a_placeholder() -> None:
    judge = description()
    assert judge.template("/webhooks/1/abc/messages/@original") == (
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    )
    assert judge.template("/webhooks/1/abc/messages/7") == (
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
    )
    assert judge.template("/users/@me") == "/users/@me"
    assert judge.template("/nowhere/at/all") is None


def test_an_answer_with_204_has_no_body() -> None:
    assert not description().problems(Said("POST", TYPING, status=204))
    assert description().problems(Said("POST", TYPING, status=204, answer={}))


def test_a_request_that_is_too_long_or_of_a_wrong_type_is_a_problem() -> None:
    for body in ({"content": "x" * 4001}, {"content": 5}, {"embeds": [{}] * 11}):
        said = Said("POST", "/channels/12/messages", body, status=None)
        assert description().problems(said), body
    assert not description().problems(Said("POST", "/channels/12/messages", GOOD, status=None))


def test_a_field_that_discord_does_not_know_is_a_problem_at_any_depth() -> None:
    deep = {"embeds": [{"title": "a", "colour": 3}]}
    for body in ({"contents": "typo"}, deep):
        said = Said("POST", "/channels/12/messages", body, status=None)
        assert "knows no field" in description().problems(said)[0]


def test_a_snowflake_may_also_be_an_integer() -> None:
    for target in ("12", 12):
        body = {"recipient_id": target}
        assert not description().problems(Said("POST", "/users/@me/channels", body, status=None))
    body = {"recipient_id": "twelve"}
    assert description().problems(Said("POST", "/users/@me/channels", body, status=None))


def test_an_incomplete_answer_is_a_problem() -> None:
    said = Said("POST", "/channels/12/messages", GOOD, answer={"id": "1", "content": "hello"})
    assert "required" in description().problems(said)[0]


def test_an_error_has_discords_shape() -> None:
    right = {"code": 10003, "message": "Unknown Channel"}
    assert not description().problems(Said("POST", TYPING, status=404, answer=right))
    assert description().problems(Said("POST", TYPING, status=404, answer={"error": "?"}))


def test_the_json_beside_files_is_judged_too() -> None:
    body = {"attachments": [{"id": 0, "filename": "a.mp4"}]}
    said = Said("POST", "/channels/12/messages", body, status=None, multipart=True)
    assert not description().problems(said)
    said.body = {"attachments": [{"filename": "a.mp4"}]}
    assert description().problems(said)


def test_an_address_that_discord_does_not_have_is_a_problem_unless_it_was_refused() -> None:
    assert description().problems(Said("GET", "/channels/12/nonsense"))
    assert not description().problems(Said("GET", "/channels/12/nonsense", status=404))


def test_a_missing_description_is_told_in_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("DISCORD_OPENAPI", str(tmp_path / "none.json"))
    with pytest.raises(MissingDescriptionError, match="name it in DISCORD_OPENAPI"):
        where()
