"""The watcher, running."""

import asyncio
import dataclasses
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.policies import Policies
from bot.domain.alert import AlertKind
from bot.domain.budget import Limit, Refused
from bot.domain.errors import ProviderUnreachableError, StoreFullError
from bot.domain.ids import JobNumber
from bot.domain.job import JobState
from bot.domain.money import Micros, dollars
from bot.domain.provider import NotCreated, Obstacle, TaskState, Unknown
from bot.service.agenda import Errand
from bot.service.guard import Stop
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


async def waits_for_its_turn(stage: Stage) -> JobNumber:
    """An order that the provider's pace does not let go yet."""
    stage.provider.may_leave.clear()
    return await stage.ordered()


async def posting(stage: Stage, *numbers: JobNumber) -> bool:
    """Whether these are about to be submitted, and no other."""
    return set(stage.studio.watch._posting) == set(numbers)


def submit_of(stage: Stage):
    """The service behind the watcher's door."""
    return stage.studio.watch.submit


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


@pytest.mark.parametrize(("known", "before"), [(5, 0), (5, 3), (100, 0)])
async def test_no_more_are_on_their_way_than_may_get_lost(tmp_path, known, before):
    """Whatever happens to the provider, the ceiling is never passed."""
    async with open_stage(tmp_path, patience=QUICK) as stage:
        stage.studio.guard.most_unknown = known
        for member in range(before):
            stage.provider.verdicts.append(Unknown("timeout"))
            await stage.submitted(member=1000 + member)
        go_on, most = asyncio.Event(), min(32, known - before)

        async def hangs(submission, _):
            stage.provider.submissions.append(submission)
            await go_on.wait()
            return Unknown("timeout")

        stage.provider.submit = hangs
        for member in range(1, 41):
            await stage.ordered(member=member)
        stage.studio.guard.patience = stage.studio.watch.patience = Patience()
        async with running(live(stage)):
            try:
                await until(
                    lambda: asyncio.sleep(0, len(stage.provider.submissions) == before + most)
                )
                for _ in range(20):
                    stage.studio.watch.wake()
                    await stage.jobs.list_waiting()
                assert len(stage.provider.submissions) == before + most
            finally:
                go_on.set()
            if known == 5:
                await until(lambda: all_in(stage, JobState.UNKNOWN, known))
                await until(lambda: asyncio.sleep(0, stage.studio.watch._posting == {}))
                assert stage.studio.guard.stop is Stop.UNKNOWN
        assert len(stage.provider.submissions) == before + most


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


async def test_what_waits_through_a_pause_keeps_its_place_however_long_that_is(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await stage.ordered()
        await set_paused(stage, paused=True)
    async with open_stage(tmp_path) as stage:
        stage.clock.turn(hours=70)
        await stage.studio.watch.resume()
        assert await stage.state(number) is JobState.HELD
        await set_paused(stage, paused=False)
        await stage.studio.watch.submit(number)
        assert await stage.state(number) is JobState.RUNNING


async def set_paused(stage: Stage, *, paused: bool) -> None:
    await Policies(stage.database).change(
        GUILD,
        lambda was: dataclasses.replace(was, paused=paused),
        act="pause",
        actor=MEMBER,
        now=stage.clock.now(),
    )


async def test_draining_waits_for_the_post_on_its_way(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        posted, answered = asyncio.Event(), asyncio.Event()
        submit = stage.provider.submit

        async def slow(submission, turn):
            posted.set()
            await answered.wait()
            return await submit(submission, turn)

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


async def test_whoever_waits_for_a_turn_is_held(tmp_path):
    """Nothing was sent for it: it can be cancelled, paused and blocked, and a restart takes it up."""
    async with open_stage(tmp_path, patience=QUICK) as stage:
        numbers = [await waits_for_its_turn(stage) for _ in range(2)]
        watching = asyncio.create_task(live(stage).studio.watch.run())
        await until(lambda: posting(stage, *numbers))
        assert await all_in(stage, JobState.HELD, 2)
        assert await stage.jobs.cancel(numbers[0], now=stage.clock.now(), why="by its maker")
        stage.provider.may_leave.set()
        await until(lambda: all_in(stage, JobState.RUNNING, 1))
        assert await stage.state(numbers[0]) is JobState.CANCELLED
        assert len(stage.provider.submissions) == 1
        await stage.studio.watch.drain()
        await watching


async def test_whoever_waits_for_a_turn_when_the_server_pauses_stays_in_line(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await waits_for_its_turn(stage)
        async with running(live(stage)):
            await until(lambda: posting(stage, number))
            await set_paused(stage, paused=True)
            stage.provider.may_leave.set()
            await until(lambda: posting(stage))
        assert await stage.state(number) is JobState.HELD
        assert stage.provider.submissions == []


async def test_whoever_waits_for_a_turn_when_the_account_runs_dry_is_not_refused(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        numbers = [await waits_for_its_turn(stage) for _ in range(2)]
        async with running(live(stage)):
            await until(lambda: posting(stage, *numbers))
            stage.provider.balance_micros = Micros(0)
            stage.studio.guard.ran_dry()
            stage.provider.may_leave.set()
            await until(lambda: posting(stage))
            assert await all_in(stage, JobState.HELD, 2)
            assert stage.provider.submissions == []
            stage.provider.balance_micros = dollars("50")
            await until(lambda: all_in(stage, JobState.RUNNING, 2))


async def test_told_to_stop_whoever_waits_for_a_turn_goes_home_and_waits_in_the_books(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await waits_for_its_turn(stage)
        async with running(live(stage)):
            await until(lambda: posting(stage, number))
        assert await stage.state(number) is JobState.HELD
        assert stage.provider.submissions == []


async def test_draining_waits_for_the_message_on_its_way(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        sending, sent = asyncio.Event(), asyncio.Event()
        deliver = stage.postman.deliver

        async def slowly(outcome, debt):
            sending.set()
            await sent.wait()
            return await deliver(outcome, debt)

        stage.postman.deliver = slowly
        finish_at_once(stage)
        number = await stage.ordered()
        watching = asyncio.create_task(live(stage).studio.watch.run())
        await sending.wait()
        draining = asyncio.create_task(stage.studio.watch.drain())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not draining.done()
        sent.set()
        await asyncio.gather(draining, watching)
        assert await stage.state(number) is JobState.DELIVERED


async def test_a_server_that_is_allowed_no_more_keeps_its_queue_waiting(tmp_path):
    async with open_stage(tmp_path, allowed=(GUILD, GUILD + 1)) as stage:
        waiting = await stage.ordered(guild=GUILD + 1)
    async with open_stage(tmp_path, patience=QUICK) as stage:
        await stage.ordered(interaction=99)
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 1))
        assert await stage.state(waiting) is JobState.HELD


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
        assert [alert.kind for alert in stage.alerts] == [AlertKind.DISK_FULL], "told once"


async def test_books_that_cannot_take_a_submission_are_not_asked_without_a_pause(tmp_path):
    async with open_stage(tmp_path, patience=Patience(scale=0.02)) as stage:
        claims, books = [], SlowJobs(stage.jobs, stage.jobs.claim)

        async def claim(*facts):
            claims.append(stage.clock.now())
            if len(claims) < 4:
                raise StoreFullError("no space")
            return await stage.jobs.claim(*facts)

        books.claim = claim
        object.__setattr__(submit_of(stage), "jobs", books)
        await stage.ordered()
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 1))
        pauses = [(late - early).total_seconds() for early, late in pairwise(claims)]
        assert len(pauses) == 3
        assert min(pauses) >= 0.1, "five seconds, scaled"
        assert len(stage.provider.submissions) == 1


async def test_whoever_was_told_to_wait_is_submitted_when_the_wait_is_over(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.service.watch._LONGEST_SLEEP", 3600)
    async with open_stage(tmp_path, patience=QUICK) as stage:
        stage.studio.guard.patience = Patience()  # no look at the balance wakes anybody
        stage.provider.verdicts.append(NotCreated(Obstacle.LIMITED, timedelta(seconds=0.2)))
        await stage.ordered()
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 1))
        assert len(stage.provider.submissions) == 2


async def test_a_start_on_a_full_disk_waits_for_room(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await stage.ordered()
        await stage.jobs.claim(number, bytes(32), stage.clock.now())
        books, full = SlowJobs(stage.jobs, stage.jobs.claim), [1, 1, 1]

        async def recover(now):
            if full:
                full.pop()
                raise StoreFullError("no space")
            return await stage.jobs.recover(now)

        books.recover = recover
        stage.studio.watch.jobs = books
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.UNKNOWN, 1))
        assert [alert.kind for alert in stage.alerts] == [AlertKind.DISK_FULL]


@pytest.mark.parametrize("way", ["submit", "fetch"])
async def test_a_full_disk_is_told_at_once_and_then_every_hour(tmp_path, way):
    async with open_stage(tmp_path) as stage:
        number = await stage.ordered()

        async def full(_):
            raise StoreFullError("no space")

        watch = stage.studio.watch
        watch.submit = watch.handlers[Errand.FETCH] = full

        async def tried() -> None:
            if way == "submit":
                watch._posting[number] = None
                await watch._post(number)
            else:
                watch._working[Errand.FETCH, number] = None
                await watch._run((Errand.FETCH, number))

        for minutes, told in ((0, 1), (30, 1), (31, 2), (1, 2)):
            stage.clock.turn(minutes=minutes)
            await tried()
            assert [alert.kind for alert in stage.alerts] == [AlertKind.DISK_FULL] * told


async def test_a_bot_that_waits_for_room_can_be_told_to_stop(tmp_path):
    async with open_stage(tmp_path) as stage:
        asked, books = asyncio.Event(), SlowJobs(stage.jobs, stage.jobs.claim)

        async def recover(_):
            asked.set()
            raise StoreFullError("no space")

        books.recover = recover
        stage.studio.watch.jobs = books
        async with running(stage):
            await asked.wait()


async def test_a_server_that_paused_keeps_its_queue_waiting(tmp_path):
    async with open_stage(tmp_path, patience=QUICK, allowed=(GUILD, GUILD + 1)) as stage:
        waiting = await stage.ordered()
        other = await stage.ordered(guild=GUILD + 1)
        await set_paused(stage, paused=True)
        refused = await stage.order()
        assert isinstance(refused, Refused)
        assert refused.limit is Limit.PAUSED
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 1))
        assert await stage.state(other) is JobState.RUNNING
        assert await stage.state(waiting) is JobState.HELD


def hanging(stage: Stage, method: str) -> asyncio.Event:
    """The provider does not answer any more; the event says that somebody asked."""
    asked = asyncio.Event()

    async def never(*_):
        asked.set()
        await asyncio.Event().wait()

    setattr(stage.provider, method, never)
    return asked


async def test_a_provider_that_hangs_keeps_no_finished_clip_from_its_channel(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        for member in range(1, 151):
            await stage.submitted(member=member)
        done = await stage.submitted(member=200)
        stage.provider.finish(f"task_{done}")
        await stage.look(done)
        hanging(stage, "read_task")
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.DELIVERED, 1))


async def test_a_balance_that_nobody_tells_keeps_no_finished_clip_from_its_channel(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        done = await stage.submitted()
        stage.provider.finish("task_1")
        await stage.look(done)
        waiting = await stage.ordered()
        asked = hanging(stage, "balance")
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.DELIVERED, 1))
            assert asked.is_set()
            assert await stage.state(waiting) is JobState.HELD, "nothing is spent in the dark"


async def rounds_gone(stage: Stage, count: int) -> None:
    """So many more rounds of the watcher."""
    tick = type(stage.studio.watch)._round
    gone = []

    async def counted(watch):
        gone.append(1)
        await tick(watch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(stage.studio.watch), "_round", counted)
        while len(gone) < count:
            stage.studio.agenda.wake()
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("slow", ["list_waiting", "list_delivered_clips"])
async def test_books_that_are_slow_to_read_keep_no_paid_clip_from_its_channel(tmp_path, slow):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        done = await stage.submitted()
        stage.provider.finish("task_1")
        await stage.look(done)
        reading, reads = asyncio.Event(), getattr(stage.jobs, slow)
        books = SlowJobs(stage.jobs, stage.jobs.claim)

        async def slowly():
            await reading.wait()
            return await reads()

        setattr(books, slow, slowly)
        async with running(live(stage)):
            # After the start, which reads the queue as well.
            await until(lambda: asyncio.sleep(0, stage.studio.watch.ticked_at is not None))
            stage.studio.watch.jobs = books
            object.__setattr__(stage.studio.watch.tidy, "jobs", books)
            stage.studio.watch._tidy_at = None
            stage.studio.watch.wake()
            try:
                await until(lambda: all_in(stage, JobState.DELIVERED, 1))
                ticked_at = stage.studio.watch.ticked_at
                await rounds_gone(stage, 3)
                moved = stage.studio.watch.ticked_at != ticked_at
                assert moved == (slow != "list_waiting"), "who starts nobody is not well"
            finally:
                reading.set()


@pytest.mark.parametrize("trouble", [StoreFullError("no space"), ZeroDivisionError()])
async def test_a_queue_that_cannot_be_read_is_read_again(tmp_path, trouble):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        await stage.ordered()
        troubles, books = [trouble], SlowJobs(stage.jobs, stage.jobs.claim)

        async def list_at_provider():
            if troubles:
                raise troubles.pop()
            return await stage.jobs.list_at_provider()

        books.list_at_provider = list_at_provider
        stage.studio.watch.jobs = books
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 1))
        assert troubles == []


async def test_what_waits_goes_on_although_submissions_were_stopped_while_the_queue_was_read(
    tmp_path,
):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        await stage.ordered()
        books, read = SlowJobs(stage.jobs, stage.jobs.claim), asyncio.Event()

        async def list_at_provider():
            if not read.is_set():
                read.set()
                stage.studio.guard.stop = Stop.UNKNOWN
            return await stage.jobs.list_at_provider()

        books.list_at_provider = list_at_provider
        stage.studio.watch.jobs = books
        stage.studio.guard.patience = Patience()  # no second look at the balance comes to help
        async with running(live(stage)):
            await read.wait()
            await until(lambda: asyncio.sleep(0, stage.studio.watch._queue_changed))
            assert stage.provider.submissions == []
            await stage.studio.guard.check_unknown()
            stage.studio.agenda.wake()
            await until(lambda: all_in(stage, JobState.RUNNING, 1))


async def test_a_place_that_gets_free_is_taken_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.service.watch._LONGEST_SLEEP", 3600)
    async with open_stage(tmp_path, patience=QUICK) as stage:
        stage.studio.guard.patience = Patience()
        for _ in range(3):
            await stage.ordered()
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.RUNNING, 2))
            stage.provider.finish("task_1")
            await until(lambda: all_in(stage, JobState.DELIVERED, 1))
            await until(lambda: all_in(stage, JobState.RUNNING, 2))
        assert len(stage.provider.submissions) == 3


async def test_an_errand_without_a_place_begins_when_one_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.service.watch._LONGEST_SLEEP", 3600)
    monkeypatch.setattr("bot.service.watch._MOST_ERRANDS", dict.fromkeys(Errand, 1))
    async with open_stage(tmp_path, patience=QUICK) as stage:
        stage.studio.guard.patience = Patience()
        for nth in range(1, 5):
            await stage.submitted(member=nth)
            stage.provider.finish(f"task_{nth}")
        async with running(live(stage)):
            await until(lambda: all_in(stage, JobState.DELIVERED, 4))


async def test_whoever_rings_during_a_look_is_looked_at_once_more(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await stage.submitted()
        look, looks, rung = stage.studio.watch.handlers[Errand.LOOK], [], asyncio.Event()

        async def slowly(which):
            looks.append(which)
            if len(looks) == 1:
                await rung.wait()
                return None  # as if it had nothing to come back for
            return await look(which)

        stage.studio.watch.handlers[Errand.LOOK] = slowly
        async with running(live(stage)):
            await until(lambda: asyncio.sleep(0, looks))
            stage.studio.agenda.plan(Errand.LOOK, number, stage.clock.now())
            await rounds_gone(stage, 3)
            stage.provider.finish("task_1")
            rung.set()
            await until(lambda: all_in(stage, JobState.DELIVERED, 1))


async def test_a_restart_fetches_and_tells_at_once_and_spreads_the_looks(tmp_path):
    async with open_stage(tmp_path) as stage:
        for nth in range(1, 11):
            await stage.submitted(member=nth)
        for task in ("task_1", "task_2"):
            stage.provider.finish(task)
        for number in (1, 2):
            await stage.look(number)
        await stage.fetch(2)
    async with open_stage(tmp_path) as stage:
        now = stage.clock.now()
        await stage.studio.watch.resume()
        due = stage.studio.agenda._due
        assert due[Errand.FETCH, 1] == now
        assert due[Errand.TELL, 2] == now
        looks = sorted(
            (at - now).total_seconds() for (kind, _), at in due.items() if kind is Errand.LOOK
        )
        assert len(looks) == len(set(looks)) == 8
        assert 3 < looks[-1] <= 5


async def test_a_shelf_that_cannot_be_tidied_stops_nothing(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        finish_at_once(stage)

        async def broken(*_):
            raise OSError

        stage.shelf.sweep = broken
        async with running(live(stage)):
            await stage.ordered()
            await until(lambda: all_in(stage, JobState.DELIVERED, 1))


async def test_while_submissions_are_stopped_the_watcher_sleeps(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        number = await stage.ordered()
        attempt = await stage.jobs.claim(number, bytes(32), stage.clock.now())
        soon = stage.clock.now() + timedelta(seconds=0.5)
        await stage.jobs.not_created(
            number, attempt, due_at=soon, now=stage.clock.now(), why="limited"
        )
        stage.studio.guard.patience = Patience()
        async with running(live(stage)):
            await until(lambda: asyncio.sleep(0, stage.studio.watch._queue_at is not None))
            stage.studio.guard.stop = Stop.EMPTY
            await asyncio.sleep(0.6)  # its time comes and goes
            rounds, tick = [], type(stage.studio.watch)._round

            async def counted(watch):
                rounds.append(1)
                await tick(watch)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(type(stage.studio.watch), "_round", counted)
                await asyncio.sleep(0.1)
            assert len(rounds) <= 3


async def test_what_is_told_to_stop_starts_nothing_more(tmp_path):
    async with open_stage(tmp_path, patience=QUICK) as stage:
        await stage.ordered()
        reading, read_on = asyncio.Event(), asyncio.Event()

        async def list_at_provider():
            reading.set()
            await read_on.wait()
            return {}

        slow = SlowJobs(stage.jobs, stage.jobs.claim)
        slow.list_at_provider = list_at_provider
        stage.studio.watch.jobs = slow
        watching = asyncio.create_task(live(stage).studio.watch.run())
        await reading.wait()
        await stage.studio.watch.drain()
        read_on.set()
        async with asyncio.timeout(10):
            await watching
        await asyncio.sleep(0)
        assert stage.provider.submissions == []
        assert stage.studio.watch._posting == {}


async def test_polls_of_a_running_task_read_no_books(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await stage.submitted()
        await stage.look(number)
        with pytest.MonkeyPatch.context() as patch:
            patch.delattr(Database, "read")
            for trouble in ([], [ProviderUnreachableError("502")], []):
                stage.provider.troubles.extend(trouble)
                assert await stage.look(number) is not None
        assert stage.provider.reads == 4
        stage.provider.finish("task_1")
        await stage.look(number)
        assert await stage.state(number) is JobState.SUCCEEDED


async def test_a_job_that_was_set_aside_is_not_followed_from_memory(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await stage.submitted()
        await stage.look(number)
        stage.provider.troubles.append(ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            await stage.look(number)
        await stage.jobs.set_aside(number, "it always raises", now=stage.clock.now())
        reads = stage.provider.reads
        assert await stage.look(number) is None
        assert stage.provider.reads == reads
