"""Cards: within Discord's limits with the longest of everything, and true about money."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from discord import ui

from bot.cards import (
    MOST_COMPONENTS,
    MOST_TEXT,
    Act,
    Card,
    Press,
    Reader,
    button,
    details_card,
    failure_card,
    gone_card,
    list_card,
    make,
    mark,
    notice_card,
    parse,
    result_card,
    waiting_card,
    word_card,
)
from bot.domain.job import Charge, JobState
from bot.domain.money import Micros, dollars, show_dollars
from bot.domain.outcome import Route, outcome_of
from bot.domain.ports import Purpose
from bot.domain.provider import Cause
from tests.owed import MODELS, PICTURE, debt_of, failure_of, job_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
READER = Reader("en", rehearsal=True)
NASTY = "@everyone <@&5> `` \u202e https://x.example **b** <:a:1> \U0001f98a é\u0301\u0301 "
LONGEST = {
    ("ltx", "text-lora"): {
        "prompt": (NASTY * 200)[:5000],
        **dict.fromkeys(("lora", "lora2"), f"https://example.com/{'x' * 400}.safetensors"),
        "lora3": "https://example.com/z.safetensors",
        "seed": 2**31 - 1,
    },
    ("ltx", "image"): {"prompt": "*" * 5000, "image": PICTURE},
    ("kling", "image"): {
        "prompt": ("_" * 2500),
        "start_image": PICTURE,
        "end_image": PICTURE,
        "negative_prompt": "~" * 2500,
        "cfg_scale": 0.3,
    },
    ("wan", "text"): {"prompt": "\\" * 800, "negative_prompt": "|" * 500, "seed": 5},
}


def parts(components: Any) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from parts(component.get("components", []))
        if "accessory" in component:
            yield component["accessory"]


def text_of(card: Card) -> str:
    return "\n".join(part["content"] for part in parts(card.to_components()) if "content" in part)


def ids_of(card: Card) -> list[str]:
    return [part["custom_id"] for part in parts(card.to_components()) if "custom_id" in part]


def assert_fits(card: Card) -> None:
    everything = list(parts(card.to_components()))
    assert len(everything) <= MOST_COMPONENTS
    assert len(everything) == card.total_children_count
    assert sum(len(part.get("content", "")) for part in everything) <= MOST_TEXT
    ids = ids_of(card)
    assert len(ids) == len(set(ids))
    for part in everything:
        assert part.get("content") != ""
        assert len(part.get("custom_id", "")) <= 100
        assert len(part.get("label", "")) <= 80
        if part["type"] == 1:
            assert 1 <= len(part["components"]) <= 5
        if part["type"] == 9:
            assert 1 <= len(part["components"]) <= 3


def every_card() -> Iterator[Card]:
    for (model, mode), options in LONGEST.items():
        job = job_of(model, mode, options, now=NOW)
        known, debt = MODELS[model], debt_of(job)
        pictures = ["picture-1.png", "picture-2.png"]
        files = [f"clapper-12-{nth}.mp4" for nth in range(10)]
        links = [f"https://clips.example/{'n' * 60}-{nth}" for nth in range(10)]
        for route in Route:
            yield result_card(
                READER,
                outcome_of(job),
                known,
                debt=debt,
                route=route,
                files=files,
                pictures=pictures,
            )
            yield result_card(READER, outcome_of(job), known, debt=debt, route=route, links=links)
        for cause in Cause:
            yield failure_card(READER, failure_of(job, cause), known, debt=debt)
        for ahead in (None, 0, 1, 99):
            yield waiting_card(
                READER,
                job,
                known,
                rest=dollars("99.9999"),
                ready_at=NOW,
                ahead=ahead,
                pictures=pictures,
            )
        yield details_card(READER, job, known, charged=Micros(1))
        yield word_card(READER, outcome_of(job), debt=debt, kept=True)
        yield word_card(READER, outcome_of(job), debt=debt, kept=False)
        yield gone_card(READER, outcome_of(job), debt=debt)


def test_every_card_stays_within_discords_limits_with_the_longest_of_everything() -> None:
    for card in every_card():
        assert_fits(card)


def test_a_prompt_full_of_markup_is_shown_as_text() -> None:
    for card in every_card():
        said = text_of(card).replace("<@7>", "").replace("\\", "")
        raw = text_of(card)
        assert "\u202e" not in raw
        assert "@everyone" not in raw.replace("\\@everyone", "")
        assert "<@&" not in raw
        assert "https://x" not in raw
        assert "<:a" not in raw
        assert said


def test_a_result_mentions_its_maker_once() -> None:
    job = job_of(now=NOW)
    card = result_card(READER, outcome_of(job), MODELS["ltx"], debt=debt_of(job), files=["a.mp4"])
    assert text_of(card).count("<@") == text_of(card).count("<@7>") == 1


def test_a_result_tells_model_options_seed_and_cost() -> None:
    job = job_of("wan", "text", {"seed": 7, "duration": 10, "resolution": "1080p"}, now=NOW)
    said = text_of(result_card(READER, outcome_of(job), MODELS["wan"], debt=debt_of(job)))
    for fact in ("Wan 2.5", "10\N{NO-BREAK SPACE}s", "1080p", "seed 7", "$0.16", "#12", "a fox"):
        assert fact in said


def test_a_number_never_stands_in_a_line_of_its_own() -> None:
    job, done = job_of(now=NOW), outcome_of(job_of(now=NOW))
    broken = outcome_of(job_of(now=NOW, state=JobState.FAILED, charge=Charge.VOID))
    for card in (
        waiting_card(READER, job, MODELS["ltx"]),
        result_card(READER, done, MODELS["ltx"], debt=debt_of(job)),
        failure_card(READER, broken, MODELS["ltx"], debt=debt_of(job)),
    ):
        assert "\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}#12" in text_of(card)


def test_a_result_offers_again_edit_details_and_delete() -> None:
    job = job_of(now=NOW)
    card = result_card(READER, outcome_of(job), MODELS["ltx"], debt=debt_of(job), files=["a.mp4"])
    assert ids_of(card) == [
        "clapper:again:12",
        "clapper:edit:12",
        "clapper:details:12:41",
        "clapper:delete:12",
    ]
    assert mark(debt_of(job)) == "clapper:details:12:41"


def test_a_video_that_is_a_gift_is_called_free() -> None:
    job = job_of(now=NOW, charge=Charge.WAIVED)
    said = text_of(result_card(READER, outcome_of(job), MODELS["ltx"], debt=debt_of(job)))
    assert "free" in said
    assert "$" not in said


def test_a_video_that_was_paid_back_before_it_was_posted_says_so_and_not_that_it_is_free() -> None:
    job = job_of(now=NOW, charge=Charge.SETTLED, refunded=True)
    card = result_card(READER, outcome_of(job), MODELS["ltx"], debt=debt_of(job))
    said = text_of(card)
    assert "free" not in said
    assert show_dollars(job.price) in said
    assert said.splitlines().count("-# Paid back by an admin") == 1
    assert_fits(card)


def test_a_video_that_is_shown_again_says_so() -> None:
    job = job_of(now=NOW)
    debt = debt_of(job, Purpose.SHOWN)
    assert "once more" in text_of(result_card(READER, outcome_of(job), MODELS["ltx"], debt=debt))


@pytest.mark.parametrize("cause", Cause)
def test_a_failure_says_nothing_was_charged_only_when_that_is_true(cause: Cause) -> None:
    job = job_of(now=NOW)
    free = text_of(failure_card(READER, failure_of(job, cause), MODELS["ltx"], debt=debt_of(job)))
    paid = failure_of(job, cause, charged=dollars("0.16"))
    dear = text_of(failure_card(READER, paid, MODELS["ltx"], debt=debt_of(job)))
    assert "Nothing was charged" in free
    assert "Nothing was charged" not in dear
    assert "$0.16" in dear


@pytest.mark.parametrize("cause", Cause)
def test_a_failure_offers_the_fixes_that_make_sense(cause: Cause) -> None:
    outcome = failure_of(job_of(now=NOW), cause)
    card = failure_card(READER, outcome, MODELS["ltx"], debt=debt_of(outcome.job))
    assert ids_of(card) == [
        *(f"clapper:{fix}:12" for fix in outcome.fixes),
        "clapper:details:12:41",
    ]


@pytest.mark.parametrize("state", [JobState.EXPIRED, JobState.CANCELLED, JobState.LOST])
def test_a_job_that_ended_without_an_answer_has_words_of_its_own(state: JobState) -> None:
    outcome = outcome_of(job_of(now=NOW, state=state, charge=Charge.VOID, cause=Cause.UNKNOWN))
    said = text_of(failure_card(READER, outcome, MODELS["ltx"], debt=debt_of(outcome.job)))
    other = failure_of(job_of(now=NOW), Cause.UNKNOWN)
    assert said != text_of(failure_card(READER, other, MODELS["ltx"], debt=debt_of(other.job)))


def test_every_card_of_a_rehearsal_says_so_and_no_other() -> None:
    line = READER.say("card.rehearsal")
    job = job_of(now=NOW)
    for reader in (READER, Reader("en")):
        for card in (
            result_card(reader, outcome_of(job), MODELS["ltx"], debt=debt_of(job), files=["a.mp4"]),
            failure_card(reader, failure_of(job, Cause.PROMPT), MODELS["ltx"], debt=debt_of(job)),
            waiting_card(reader, job, MODELS["ltx"]),
            details_card(reader, job, MODELS["ltx"]),
            word_card(reader, outcome_of(job), debt=debt_of(job), kept=True),
        ):
            assert (line in text_of(card)) == reader.rehearsal


def test_a_card_of_a_model_that_is_gone_shows_what_can_be_read() -> None:
    request = json.dumps({"prompt": "a fox", "depth": 3})
    job = replace(job_of(now=NOW), model="old", request=request)
    for card in (
        result_card(READER, outcome_of(job), None, debt=debt_of(job), files=["a.mp4"]),
        details_card(READER, job, None),
        waiting_card(READER, job, None),
    ):
        assert "a fox" in text_of(card)
        assert_fits(card)


def test_a_waiting_job_can_be_cancelled_only_while_it_is_in_line() -> None:
    job = job_of(now=NOW)
    assert ids_of(waiting_card(READER, job, MODELS["ltx"], ahead=2)) == ["clapper:cancel:12"]
    assert ids_of(waiting_card(READER, job, MODELS["ltx"])) == []


def test_a_countdown_is_discords_own() -> None:
    card = waiting_card(READER, job_of(now=NOW), MODELS["ltx"], ready_at=NOW, rest=dollars("0.84"))
    assert f"<t:{int(NOW.timestamp())}:R>" in text_of(card)
    assert "$0.84" in text_of(card)


def test_an_assumed_price_is_not_told_as_if_it_were_known() -> None:
    job = job_of(now=NOW, price_assumed=True)
    assert "about $0.16" in text_of(waiting_card(READER, job, MODELS["ltx"]))


def test_a_long_list_is_cut_and_the_rest_is_counted() -> None:
    card = list_card(READER, "All", [f"{nth} {'x' * 90}" for nth in range(100)], intro="i" * 300)
    assert_fits(card)
    shown = text_of(card).count("xxx" * 30)
    assert f"… and {100 - shown} more." in text_of(card)


def test_an_empty_list_says_so() -> None:
    assert READER.say("card.none") in text_of(list_card(READER, "All", []))


def test_a_notice_of_any_length_fits() -> None:
    card = notice_card(
        "t" * 500,
        *["p" * 900] * 20,
        footer="f" * 900,
        buttons=[button("again", nth, label="Again") for nth in range(40)],
    )
    assert_fits(card)


def test_a_lora_is_shown_by_its_file_and_not_by_its_whole_address() -> None:
    options = {"lora": "https://example.com/private/key123/fox.safetensors"}
    said = text_of(details_card(READER, job_of("ltx", "text-lora", options), MODELS["ltx"]))
    assert "fox.safetensors" in said
    assert "key123" not in said


# Custom ids


def test_a_custom_id_comes_back_as_it_went() -> None:
    assert parse(make(Act.AGAIN, 12)) == Press("again", ("12",))
    assert parse(make("offer", 12, "720p", 5)) == Press("offer", ("12", "720p", "5"))
    assert parse(make("help")) == Press("help")


def test_a_press_has_the_jobs_number() -> None:
    assert Press("again", ("12",)).number == 12
    assert Press("again", ("²",)).number == 0
    assert Press("again").number == 0
    assert Press("page", ("0", "77")).number_at(1) == 77


def test_a_number_that_the_books_cannot_hold_is_none() -> None:
    assert Press("again", (str(2**63 - 1),)).number == 2**63 - 1
    assert Press("again", (str(2**63),)).number == 0


@pytest.mark.parametrize(
    "custom_id", ["", "other:again:1", "clapper:", "clapper:A:1", "clapper:a b"]
)
def test_what_is_not_ours_is_nothing(custom_id: str) -> None:
    assert parse(custom_id) is None


@pytest.mark.parametrize("part", ["a:b", "a b", "é", "x" * 100])
def test_a_part_that_would_not_come_back_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="not a custom id"):
        make("again", part)


def test_discord_py_keeps_no_track_of_a_card() -> None:
    card = notice_card("t", "p", buttons=[button("again", 1, label="Again")])
    assert isinstance(card, ui.LayoutView)
    assert card.is_finished()
    assert card.is_dispatchable()
    assert card.timeout is None
    assert isinstance(card.to_components()[0]["components"][-1]["components"][0]["style"], int)
    assert discord.ButtonStyle.secondary.value == 2
