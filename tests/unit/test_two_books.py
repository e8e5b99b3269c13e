"""How the provider's books stand to the bot's: every pair of a job and a task, and the verdict."""

import hashlib
from dataclasses import replace

import pytest

from bot.adapters.sqlite.glance import Entry
from bot.domain.ids import InteractionId, JobNumber, TaskId, UserId
from bot.domain.job import CHARGES, Charge, JobState
from bot.domain.money import Micros
from bot.playground.rehearsal import TaskEntry
from bot.playground.stage.guide import Guide, Step
from bot.playground.stage.two_books import Note, compare
from bot.playground.stage.verdict import Mood, judge

PRICE = Micros(60_000)
TOKEN = "abc"


def job(state="running", charge="open", **changes):
    entry = Entry(
        number=JobNumber(1),
        member=UserId(7),
        interaction=InteractionId(70),
        model="ltx",
        state=JobState(state),
        charge=Charge(charge),
        price=PRICE,
        task=TaskId("t1"),
        refunded=False,
        tokens=frozenset({hashlib.sha256(TOKEN.encode()).hexdigest()}),
        charged=PRICE if charge == "settled" else Micros(0),
    )
    return replace(entry, **changes)


def task(state="processing", billed=PRICE, task_id="t1", callback=f"http://x/callbacks/{TOKEN}"):
    return TaskEntry(
        task_id=task_id,
        model="ltx-2-19b",
        payload={},
        price_micros=PRICE,
        callback_url=callback,
        created_ms=0,
        state=state,
        billed_micros=billed,
    )


def note(entries, tasks):
    lines = compare(tasks, entries).lines
    assert len(lines) == 1
    return lines[0].note


@pytest.mark.parametrize(
    ("entry", "other", "expected"),
    [
        (job(), task(), "underway"),
        (job(), task(billed=PRICE * 2), "differ"),
        (job(), task("success"), "unheard"),
        (job(), task("failed", billed=0), "unheard"),
        (job("delivered", "settled"), task("success"), "agree"),
        (job("delivered", "settled", refunded=True), task("success"), "agree"),
        (job("delivered", "settled"), task("success", billed=PRICE * 2), "differ"),
        (job("failed", "void"), task("failed", billed=0), "agree"),
        (job("failed", "void"), task("failed"), "differ"),
        (job("expired", "waived", task=None), task("success"), "borne"),
        (job("delivered", "waived"), task("success"), "borne"),
        (job("failed", "waived"), task("failed", billed=0), "agree"),
        (job("submitting", task=None), task(), "unknown"),
        (job("unknown", task=None), task("success"), "unknown"),
        (job("held", task=None, tokens=frozenset()), None, "waiting"),
        (job("submitting", task=None), None, "unknown"),
        (job("unknown", task=None), None, "unknown"),
        (job("cancelled", "void", task=None), None, "agree"),
        (job("rejected", "void", task=None), None, "agree"),
        (job("expired", "waived", task=None), None, "agree"),
        (job("delivered", "settled"), None, "differ"),
        (job(), None, "differ"),
        (None, task(), "differ"),
        (None, task("failed", billed=0), "agree"),
    ],
)
def test_a_pair_stands_as_it_does(entry, other, expected):
    assert note([entry] if entry else [], [other] if other else []) == expected


def test_no_state_is_without_a_note():
    for state, charges in CHARGES.items():
        for charge in charges:
            assert note([job(state, charge)], [task("success")]) in Note


def test_a_task_belongs_to_the_job_whose_token_it_carries():
    lost = job("unknown", task=None, number=JobNumber(2))
    other = job("unknown", task=None, tokens=frozenset({"0" * 64}))
    lines = compare([task()], [other, lost]).lines
    assert [(line.entry.number, line.task is not None) for line in lines] == [(1, False), (2, True)]


def test_a_second_task_for_the_same_job_differs():
    twice = compare([task(), task(task_id="t2")], [job()])
    assert [line.note for line in twice.lines] == [Note.UNDERWAY, Note.DIFFER]
    assert judge(twice, alive=True).mood is Mood.BAD


def test_the_totals_are_of_all_lines():
    books = compare(
        [task("success"), task(task_id="t2", callback="")],
        [job("delivered", "settled"), job(number=JobNumber(2), task=TaskId("t2"))],
    )
    assert (books.billed, books.charged, books.held) == (2 * PRICE, PRICE, PRICE)
    assert books.states == {"delivered": 1, "running": 1}


@pytest.mark.parametrize(
    ("entries", "tasks", "alive", "mood", "words"),
    [
        ([], [], True, "good", "both books are empty"),
        (
            [job("delivered", "settled")],
            [task("success")],
            True,
            "good",
            "$0.06 billed, $0.06 charged",
        ),
        ([job()], [task()], True, "passing", "one job is on its way"),
        ([job()], [task()], False, "passing", "The bot is dead"),
        ([job("delivered", "settled")], [task("success")], False, "good", "The books agree"),
        ([job("expired", "waived")], [task("success")], True, "good", "the operator bears it"),
        ([job("failed", "void")], [task("failed")], True, "bad", "differ in one line"),
    ],
)
def test_the_verdict_says_what_the_lines_say(entries, tasks, alive, mood, words):
    verdict = judge(compare(tasks, entries), alive=alive)
    assert verdict.mood == mood
    assert words in verdict.sentence


def test_books_that_cannot_be_read_are_no_agreement():
    assert judge(None, alive=False).mood is Mood.PASSING


# Three things to try


def guide_of(**presses):
    return Guide(lambda interaction: presses.get(f"i{interaction}"))


def test_a_video_counts_when_it_is_delivered():
    guide = guide_of()
    guide.look([job("stored", "settled")])
    assert guide.done == set()
    guide.look([job("delivered", "settled")])
    assert guide.done == {Step.VIDEO}


def test_an_offer_counts_when_its_button_made_the_job():
    guide = guide_of(i70="clapper:again:1")
    guide.look([job()])
    assert guide.done == set()
    guide = guide_of(i70="clapper:offer:token:0")
    guide.look([job()])
    assert guide.done == {Step.OFFER}


def test_a_kill_counts_when_a_job_that_it_interrupted_arrives():
    guide = guide_of()
    guide.note_kill([job("held", task=None), job("delivered", "settled", number=JobNumber(2))])
    assert guide.interrupted == set(), "what had not begun or was over was not interrupted"
    guide.note_kill([job()])
    guide.look([job()])
    assert Step.KILL not in guide.done
    guide.look([job("delivered", "settled")])
    assert guide.done == {Step.VIDEO, Step.KILL}
