"""A task that the provider does not know any more: asked for ever more rarely, and not for ever."""

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.sqlite.invariants import broken_invariants
from bot.domain.alert import AlertKind
from bot.domain.ids import TaskId
from bot.domain.job import TASK_MISSING, Charge, JobState
from bot.domain.money import dollars
from bot.domain.provider import TaskReport, TaskState
from bot.service.agenda import Errand
from bot.service.patience import Patience
from tests.fakes import GUILD, MEMBER, START, open_stage

TASK = TaskId("task_1")
DAYS = timedelta(days=3)
HOUR = 3600


@pytest.fixture
async def stage(tmp_path):
    async with open_stage(tmp_path, callback_base="https://clips.example") as stage:
        yield stage
        assert await stage.database.read(broken_invariants) == {}


async def go_on(stage, number):
    """One look at the time at which it is due; answers when the next one is."""
    again = await stage.look(number)
    if again is None:
        again = stage.studio.agenda._due.pop((Errand.LOOK, number), None)
    return again


async def forget(stage):
    """A job whose task the provider does not know, from the first read on."""
    number = await stage.submitted()
    stage.studio.agenda._due.clear()
    del stage.provider.reports[TASK]
    return number


async def read_until_told(stage, number) -> None:
    while (await stage.job(number)).aside is None:
        stage.clock.moment = await go_on(stage, number)


def told(stage):
    return [alert.kind for alert in stage.alerts]


async def ring(stage, task=TASK) -> None:
    token = stage.provider.submissions[0].callback_url.rpartition("/")[2]
    assert await stage.studio.callbacks.accept(token, task.encode())


async def free(stage):
    return (await stage.money.funds(GUILD, MEMBER, roles=(), now=stage.clock.now())).free


async def test_it_is_asked_for_ever_more_rarely_and_given_up_after_three_days(stage):
    number = await forget(stage)
    waits = []
    while (again := await go_on(stage, number)) is not None:
        waits.append((again - stage.clock.now()).total_seconds())
        stage.clock.moment = again
    assert waits[:10] == [20, 40, 80, 160, 320, 640, 1280, 2560, HOUR, HOUR]
    assert set(waits[10:]) == {HOUR}
    assert DAYS <= stage.clock.now() - START < DAYS + timedelta(hours=1)
    assert stage.provider.reads == len(waits) + 1
    job = await stage.job(number)
    assert (job.state, job.charge, job.fail_code) == (
        JobState.FAILED,
        Charge.WAIVED,
        "task gone",
    )
    assert await free(stage) == dollars("1")


async def test_the_operator_is_told_with_the_fifth_read_what_is_missing_and_until_when(stage):
    number = await forget(stage)
    await read_until_told(stage, number)
    assert stage.provider.reads == 5
    [alert] = stage.alerts
    assert (alert.kind, alert.job, alert.facts) == (
        AlertKind.TASK_MISSING,
        number,
        {"task": TASK, "given_up_at": "2026-11-24 12:00 UTC"},
    )


async def test_the_operator_is_told_once_whatever_the_bot_is_started_anew(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await forget(stage)
        await read_until_told(stage, number)
        now = stage.clock.now()
    for _ in range(2):
        async with open_stage(tmp_path) as stage:
            stage.clock.moment = now
            await stage.studio.watch.resume()
            assert (Errand.LOOK, number) in stage.studio.agenda._due
            assert (await stage.job(number)).aside is None
            await read_until_told(stage, number)
            assert (stage.provider.reads, stage.alerts) == (5, [])
            now = stage.clock.now()


async def test_a_bot_that_was_away_for_a_week_reads_five_times_before_it_gives_up(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await forget(stage)
        await read_until_told(stage, number)
    async with open_stage(tmp_path) as stage:
        stage.clock.turn(days=7)
        await stage.studio.watch.resume()
        while (again := await stage.look(number)) is not None:
            stage.clock.moment = again
        assert (stage.provider.reads, told(stage)) == (5, [AlertKind.MAYBE_BILLED])
        assert await stage.state(number) is JobState.FAILED


async def test_an_old_task_that_is_not_found_once_is_not_given_up(stage):
    number = await stage.submitted()
    stage.clock.turn(days=4)
    await stage.look(number)
    report = stage.provider.reports.pop(TASK)
    for _ in range(4):
        assert await stage.look(number) is not None
    stage.provider.reports[TASK] = report
    assert await stage.look(number) is not None
    del stage.provider.reports[TASK]
    for _ in range(4):
        assert await stage.look(number) is not None
    assert await stage.state(number) is JobState.RUNNING, "the reads in between start anew"
    assert stage.alerts == []


async def test_a_task_that_turns_up_goes_on_as_if_nothing_had_been(stage):
    number = await forget(stage)
    await read_until_told(stage, number)
    stage.clock.turn(hours=50)
    stage.provider.make(TASK)
    assert await stage.look(number) is not None
    assert (await stage.job(number)).aside is None
    assert await stage.jobs.list_at_provider() == {number: (GUILD, MEMBER)}
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    await stage.tell(number)
    job = await stage.job(number)
    assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)
    assert told(stage) == [AlertKind.TASK_MISSING]


async def test_a_task_that_goes_missing_again_is_set_aside_again_and_told_once(stage):
    number = await forget(stage)
    await read_until_told(stage, number)
    stage.provider.make(TASK)
    await stage.look(number)
    del stage.provider.reports[TASK]
    reads = stage.provider.reads
    await read_until_told(stage, number)
    assert stage.provider.reads - reads == 5
    assert told(stage) == [AlertKind.TASK_MISSING]


async def test_reads_that_found_nothing_do_not_count_against_a_success_without_a_video(stage):
    number = await forget(stage)
    await read_until_told(stage, number)
    stage.provider.reports[TASK] = TaskReport(TASK, TaskState.SUCCESS, "success", ())
    assert await stage.look(number) is not None
    stage.provider.finish(TASK)
    await stage.look(number)
    assert await stage.state(number) is JobState.SUCCEEDED


async def test_what_breaks_the_memory_of_it_does_not_end_the_reads(stage):
    number = await forget(stage)
    await read_until_told(stage, number)
    stage.provider.troubles.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await stage.look(number)
    assert await stage.look(number) is not None
    assert (await stage.job(number)).aside == TASK_MISSING
    stage.provider.finish(TASK)
    await stage.look(number)
    assert await stage.state(number) is JobState.SUCCEEDED


async def test_a_call_brings_a_missing_task_at_once(stage):
    number = await forget(stage)
    await read_until_told(stage, number)
    stage.provider.finish(TASK)
    await ring(stage)
    assert stage.studio.agenda._due[Errand.LOOK, number] == stage.clock.now()
    await stage.look(number)
    assert await stage.state(number) is JobState.SUCCEEDED


async def test_calls_about_a_missing_task_do_not_hasten_its_end(stage):
    number = await forget(stage)
    for nth in range(50):
        await ring(stage, TaskId(f"{TASK}-{nth}"))
        await stage.look(number)
    assert await stage.state(number) is JobState.RUNNING
    assert told(stage) == [AlertKind.TASK_MISSING]


async def test_a_call_after_the_end_changes_nothing(stage):
    number = await forget(stage)
    while (again := await go_on(stage, number)) is not None:
        stage.clock.moment = again
    await stage.tell(number)
    stage.provider.finish(TASK)
    await ring(stage)
    assert await stage.look(number) is None
    job = await stage.job(number)
    assert (job.state, job.charge) == (JobState.FAILED, Charge.WAIVED)
    assert await free(stage) == dollars("1")
    assert [debt.purpose for _, debt in stage.postman.posted] == ["failure"]
    assert len(stage.provider.submissions) == 1
    await stage.studio.watch.resume()
    assert number not in {job.number for job in await stage.jobs.list_unfinished()}


async def test_who_waits_behind_missing_tasks_gets_their_turn(tmp_path):
    """With two at once, two that are missing for days would keep a member from everything."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with open_stage(tmp_path, patience=Patience(scale=0.0005)) as stage:
        stage.clock.now = lambda: START + timedelta(seconds=loop.time() - began)
        for _ in range(3):
            await stage.ordered()
        stage.provider.make = lambda task: None  # so that every read finds nothing
        watching = asyncio.create_task(stage.studio.watch.run())
        async with asyncio.timeout(20):
            while len(stage.provider.submissions) < 3:
                if stage.studio.guard.was_checked:
                    # A look at the balance would have the line read anew as well.
                    stage.studio.guard.next_check_at = START + 100 * DAYS
                await asyncio.sleep(0)
        await stage.studio.watch.drain()
        await watching
