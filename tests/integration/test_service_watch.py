"""The watcher, running."""

import asyncio
import dataclasses
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.policies import Policies
from bot.domain.alert import AlertKind
from bot.domain.budget import Limit, Refused
from bot.domain.errors import StoreFullError
from bot.domain.job import JobState
from bot.domain.provider import TaskState
from bot.service.agenda import Errand
from bot.service.patience import Patience
from tests.fakes import GUILD, MEMBER, START, Stage, open_stage

QUICK = Patience(scale=0.0001)


class SlowJobs:
    """The real store, with a claim that takes its time."""

    def __init__(self, jobs, claim) -> None:
        self._jobs = jobs
        self.claim = claim

    def __getattr__(self, name):
        return getattr(self._jobs, name)


class RealClock:
    """The loop's own time, from a fixed day on."""

    def __init__(self) -> None:
        self._start = asyncio.get_running_loop().time()

    def now(self):
        return START + timedelta(seconds=asyncio.get_running_loop().time() - self._start)


@asynccontextmanager
async def running(stage: Stage):
    watching = asyncio.create_task(stage.studio.watch.run())
    try:
        yield
    finally:
        await stage.studio.watch.drain()
        async with asyncio.timeout(10):
            await watching


async def until(condition):
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0)


def live(stage: Stage) -> Stage:
    """Replaces the turned clock of every service by one that runs."""
    clock = RealClock()
    stage.clock.now = clock.now
    return stage


def finish_at_once(stage: Stage) -> None:
    read = stage.provider.read_task

    async def finished(model_id, task):
        report = await read(model_id, task)
        if report.state is TaskState.RUNNING:
            stage.provider.finish(task)
        return stage.provider.reports[task]

    stage.provider.read_task = finished


async def all_in(stage: Stage, state: JobState, count: int) -> bool:
    return (await stage.jobs.count_by_state()).get(state, 0) == count


async def test_it_brings_an_order_to_the_channel_by_itself(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage, running(live(stage)):
        finish_at_once(stage)
        await stage.ordered()
        await until(lambda: all_in(stage, JobState.DELIVERED, 1))


async def test_a_member_never_has_more_at_the_provider_than_the_policy_allows(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        for _ in range(6):
            await stage.ordered()
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 2))
            await stage.ordered()
            assert len(stage.provider.submissions) == 2


async def test_an_order_that_comes_while_others_leave_does_not_slip_past_the_limit(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        claim = stage.jobs.claim
        held_up = asyncio.Event()

        async def slow_claim(*args):
            await held_up.wait()
            return await claim(*args)

        slow = SlowJobs(stage.jobs, slow_claim)
        object.__setattr__(stage.studio.watch.submit, "jobs", slow)
        async with running(live(stage)):
            for _ in range(3):
                await stage.ordered()
            while len(stage.studio.watch._posting) < 2:
                await asyncio.sleep(0)
            await stage.ordered()
            held_up.set()
            await until(lambda: all_in(stage, JobState.RUNNING, 2))
        assert len(stage.provider.submissions) == 2


async def test_the_provider_never_has_more_than_the_operator_allows(tmp_path):
    async with open_stage(tmp_path, patience=QUICK, max_running=3) as stage:
        for member in range(1, 8):
            await stage.ordered(member=member)
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 3))
        assert len(stage.provider.submissions) == 3


async def test_a_job_that_always_raises_is_set_aside_and_the_others_go_on(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        finish_at_once(stage)
        bad = await stage.ordered()
        look = stage.studio.watch.handlers[Errand.LOOK]

        async def poisoned(number):
            if number == bad:
                raise ZeroDivisionError
            return await look(number)

        stage.studio.watch.handlers[Errand.LOOK] = poisoned
        async with running(live(stage)):
            await stage.ordered()
            await until(lambda: all_in(stage, JobState.DELIVERED, 1))

            async def told():
                return AlertKind.SET_ASIDE in {alert.kind for alert in stage.alerts}

            await until(told)
        assert (await stage.job(bad)).aside is not None
        assert await stage.state(bad) is JobState.RUNNING, "its money stays as it is"


async def test_a_restart_goes_on_with_everything_and_posts_nothing_twice(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        await stage.submitted()
        await stage.ordered()
    async with open_stage(tmp_path, patience=QUICK) as stage:
        stage.provider.make("task_1")
        stage.provider.prefix = "later"
        finish_at_once(stage)
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.DELIVERED, 2))
        assert len(stage.provider.submissions) == 1, "the first was submitted before"
        assert await stage.database.read(broken_invariants) == {}


async def test_what_was_being_submitted_is_unknown_after_a_restart(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await stage.ordered()
        await stage.jobs.claim(number, bytes(32), stage.clock.now())
    async with open_stage(tmp_path) as stage:
        await stage.studio.watch.resume()
        assert await stage.state(number) is JobState.UNKNOWN
        await stage.studio.watch.submit(number)
        assert stage.provider.submissions == []


async def test_an_order_nobody_waits_for_any_more_is_void_after_a_restart(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await stage.ordered()
    async with open_stage(tmp_path) as stage:
        stage.clock.turn(hours=7)
        await stage.studio.watch.resume()
        assert await stage.state(number) is JobState.CANCELLED
        await stage.tell(number)
        assert stage.postman.posted[0][0].charged == 0


async def test_draining_waits_for_the_post_on_its_way(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        posted, answered = asyncio.Event(), asyncio.Event()
        submit = stage.provider.submit

        async def slow(submission):
            posted.set()
            await answered.wait()
            return await submit(submission)

        stage.provider.submit = slow
        number = await stage.ordered()
        watching = asyncio.create_task(live(stage).studio.watch.run())
        await posted.wait()
        draining = asyncio.create_task(stage.studio.watch.drain())
        await asyncio.sleep(0)
        assert not draining.done()
        answered.set()
        await asyncio.gather(draining, watching)
        assert await stage.state(number) is JobState.RUNNING


async def test_a_full_disk_delays_a_verdict_and_never_drops_it(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await stage.ordered()
        write, failures = Database.write, []

        async def full(self, act):
            if stage.provider.submissions and len(failures) < 3:
                failures.append(1)
                raise StoreFullError("no space")
            return await write(self, act)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Database, "write", full)
            await stage.studio.watch.submit(number)
        assert len(failures) == 3
        assert await stage.state(number) is JobState.RUNNING
        assert len(stage.provider.submissions) == 1
        assert stage.alerts[0].kind is AlertKind.DISK_FULL


async def test_a_server_that_paused_keeps_its_queue_waiting(tmp_path):
    async with open_stage(tmp_path, patience=QUICK, allowed=(GUILD, GUILD + 1)) as stage:
        waiting = await stage.ordered()
        other = await stage.ordered(guild=GUILD + 1)
        policies = Policies(stage.database)
        await policies.change(
            GUILD,
            lambda policy: dataclasses.replace(policy, paused=True),
            act="pause",
            actor=MEMBER,
            now=START,
        )
        refused = await stage.order()
        assert isinstance(refused, Refused)
        assert refused.limit is Limit.PAUSED
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 1))
        assert await stage.state(other) is JobState.RUNNING
        assert await stage.state(waiting) is JobState.HELD
