"""Callbacks: doorbells that prove nothing by themselves."""

import hashlib

import pytest

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.invariants import broken_invariants
from bot.domain.alert import AlertKind
from bot.domain.ids import JobNumber, TaskId
from bot.domain.job import Charge, JobState
from bot.domain.money import dollars
from bot.domain.provider import Unknown
from bot.service.agenda import Errand
from tests.fakes import GUILD, MEMBER, open_stage

TASK = TaskId("task_1")


@pytest.fixture
async def stage(tmp_path):
    async with open_stage(tmp_path, callback_base="https://clips.example") as stage:
        yield stage
        assert await stage.database.read(broken_invariants) == {}


def token_of(stage, nth: int = 0) -> str:
    url = stage.provider.submissions[nth].callback_url
    assert url.startswith("https://clips.example/callbacks/")
    return url.rpartition("/")[2]


async def test_only_the_hash_of_a_token_is_in_the_books(stage):
    await stage.submitted()
    token = token_of(stage)
    assert len(token) >= 43
    rows = await stage.database.read(
        lambda con: con.execute("SELECT token_hash FROM attempts").fetchall()
    )
    assert rows == [(hashlib.sha256(token.encode()).digest(),)]


async def test_a_callback_tells_the_task_of_a_lost_answer(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    stage.provider.make(TASK)
    assert await stage.studio.callbacks.accept(token_of(stage), TASK.encode())
    await stage.look(number)
    job = await stage.job(number)
    assert (job.state, job.task) == (JobState.RUNNING, TASK)


async def test_a_callback_wakes_the_watcher_and_moves_no_money(stage):
    number = await stage.submitted()
    assert await stage.studio.callbacks.accept(token_of(stage), TASK.encode())
    assert (Errand.LOOK, number) in list(stage.studio.agenda.take_due(stage.clock.now()))
    assert (await stage.job(number)).charge is Charge.OPEN
    await stage.look(number)
    assert await stage.state(number) is JobState.RUNNING, "the provider says that it runs"


async def test_a_wrong_token_is_nobodys(stage):
    await stage.submitted()
    assert not await stage.studio.callbacks.accept("x" * 43, b"task_1")
    assert not await stage.studio.callbacks.accept("\udcff", b"task_1")


async def test_strangers_who_guess_keep_nobody_from_writing(stage, monkeypatch):
    await stage.submitted()

    async def hangs(*_):
        raise AssertionError("a stranger waits in line")

    monkeypatch.setattr(Database, "write", hangs)
    assert not await stage.studio.callbacks.accept("x" * 43, TASK.encode())


async def test_a_repeated_callback_is_one_hint(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    for _ in range(3):
        assert await stage.studio.callbacks.accept(token_of(stage), TASK.encode())
    assert len(await stage.jobs.list_hints(number)) == 1


async def test_a_talkative_provider_does_not_fill_the_inbox(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    for nth in range(60):
        await stage.studio.callbacks.accept(token_of(stage), b"task_%d" % nth)
    assert len(await stage.jobs.list_hints(number)) == 20


async def test_the_token_of_another_job_claims_its_task_in_vain(stage):
    await stage.money.grant(GUILD, MEMBER, dollars("9"), actor=MEMBER, now=stage.clock.now())
    first = await stage.submitted()
    stage.provider.verdicts.append(Unknown("timeout"))
    second = await stage.submitted()
    await stage.studio.callbacks.accept(token_of(stage, 1), TASK.encode())
    await stage.look(second)
    assert await stage.state(second) is JobState.UNKNOWN
    assert await stage.state(first) is JobState.RUNNING
    assert await stage.jobs.list_hints(second) == []


async def test_a_callback_before_the_posts_answer_is_looked_at_right_after_it(stage):
    original = stage.provider.submit

    async def ring_first(submission, turn):
        token = submission.callback_url.rpartition("/")[2]
        assert await stage.studio.callbacks.accept(token, TASK.encode())
        return await original(submission, turn)

    stage.provider.submit = ring_first
    number = await stage.submitted()
    assert (Errand.LOOK, number) in list(stage.studio.agenda.take_due(stage.clock.now()))


async def test_an_unread_hint_keeps_a_submission_from_expiring(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    stage.clock.turn(hours=2)
    await stage.studio.callbacks.accept(token_of(stage), b"task_9")
    assert not await stage.jobs.expire(number, now=stage.clock.now())


async def given_up(stage) -> JobNumber:
    """A job whose submission nobody ever answered."""
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    stage.clock.turn(minutes=61)
    while await stage.look(number) is not None:
        pass
    assert await stage.state(number) is JobState.EXPIRED
    return number


async def after_all(stage, number: JobNumber) -> None:
    """The provider made it all the same, and says so."""
    stage.provider.finish(TASK)
    await stage.studio.callbacks.accept(token_of(stage), TASK.encode())
    await stage.look(number)
    await stage.fetch(number)


async def test_a_video_that_comes_after_the_end_is_a_gift(stage):
    number = await given_up(stage)
    await stage.tell(number)
    await after_all(stage, number)
    await stage.tell(number)
    assert await stage.state(number) is JobState.DELIVERED
    funds = await stage.money.funds(GUILD, MEMBER, roles=(), now=stage.clock.now())
    assert funds.free == dollars("1")
    assert AlertKind.LATE_GIFT in {alert.kind for alert in stage.alerts}
    told = [(debt.purpose, outcome.worked) for outcome, debt in stage.postman.posted]
    assert told == [("failure", False), ("clip", True)]


async def test_who_was_not_told_of_the_failure_yet_gets_the_late_video_alone(stage):
    number = await given_up(stage)
    await after_all(stage, number)
    while await stage.tell(number) is not None:
        pass
    assert await stage.state(number) is JobState.DELIVERED
    [(outcome, debt)] = stage.postman.posted
    assert (debt.purpose, outcome.worked) == ("clip", True)
    assert await stage.jobs.list_debts() == []
