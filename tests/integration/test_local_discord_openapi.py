"""Discord's own description as the judge: what the judge itself must notice."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.described import find_description
from tests.openapi import Description, description


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


pytestmark = pytest.mark.skipif(
    find_description() is None, reason="Discord's description is not here"
)


@pytest.fixture
def judge() -> Description:
    found = description()
    assert found is not None
    return found


def test_a_literal_address_is_found_before_one_with_a_placeholder(judge) -> None:
    assert judge.template("/webhooks/1/abc/messages/@original") == (
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    )
    assert judge.template("/webhooks/1/abc/messages/7") == (
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
    )
    assert judge.template("/users/@me") == "/users/@me"
    assert judge.template("/nowhere/at/all") is None


def test_an_answer_with_204_has_no_body(judge) -> None:
    assert not judge.problems(Said("POST", TYPING, status=204))
    assert judge.problems(Said("POST", TYPING, status=204, answer={}))


def test_a_request_that_is_too_long_or_of_a_wrong_type_is_a_problem(judge) -> None:
    for body in ({"content": "x" * 4001}, {"content": 5}, {"embeds": [{}] * 11}):
        said = Said("POST", "/channels/12/messages", body, status=None)
        assert judge.problems(said), body
    assert not judge.problems(Said("POST", "/channels/12/messages", GOOD, status=None))


def test_half_a_character_is_judged_as_any_other_and_what_is_no_json_is_a_problem(judge) -> None:
    for content, fits in (("a fox \ud83e", True), ("\ud83e" * 4001, False), (b"a fox", False)):
        said = Said("POST", "/channels/12/messages", {"content": content}, status=None)
        assert (not judge.problems(said)) == fits


def test_a_request_without_a_body_is_a_problem_unless_its_sender_died(judge) -> None:
    assert judge.problems(Said("POST", "/channels/12/messages", status=200, answer={}))
    assert not judge.problems(Said("POST", "/channels/12/messages", status=None))


def test_a_field_that_discord_does_not_know_is_a_problem_at_any_depth(judge) -> None:
    deep = {"embeds": [{"title": "a", "colour": 3}]}
    for body in ({"contents": "typo"}, deep):
        said = Said("POST", "/channels/12/messages", body, status=None)
        assert "knows no field" in judge.problems(said)[0]


def test_a_snowflake_may_also_be_an_integer(judge) -> None:
    for target in ("12", 12):
        body = {"recipient_id": target}
        assert not judge.problems(Said("POST", "/users/@me/channels", body, status=None))
    body = {"recipient_id": "twelve"}
    assert judge.problems(Said("POST", "/users/@me/channels", body, status=None))


def test_an_incomplete_answer_is_a_problem(judge) -> None:
    said = Said("POST", "/channels/12/messages", GOOD, answer={"id": "1", "content": "hello"})
    assert "required" in judge.problems(said)[0]


def test_an_error_has_discords_shape(judge) -> None:
    right = {"code": 10003, "message": "Unknown Channel"}
    assert not judge.problems(Said("POST", TYPING, status=404, answer=right))
    assert judge.problems(Said("POST", TYPING, status=404, answer={"error": "?"}))


def test_the_json_beside_files_is_judged_too(judge) -> None:
    body = {"attachments": [{"id": 0, "filename": "a.mp4"}]}
    said = Said("POST", "/channels/12/messages", body, status=None, multipart=True)
    assert not judge.problems(said)
    said.body = {"attachments": [{"filename": "a.mp4"}]}
    assert judge.problems(said)


def test_an_address_that_discord_does_not_have_is_a_problem_unless_it_was_refused(judge) -> None:
    assert judge.problems(Said("GET", "/channels/12/nonsense"))
    assert not judge.problems(Said("GET", "/channels/12/nonsense", status=404))
