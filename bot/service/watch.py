"""The watcher: one loop that starts what waits and runs the errands that are due.

Rule: no job has a coroutine of its own while it waits, and no job can stop the others.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import Alert, AlertKind
from bot.domain.errors import StoreClosedError, StoreError, StoreFullError
from bot.domain.ids import GuildId, JobNumber, UserId
from bot.domain.job import JobState
from bot.domain.ports import Alarm, Clock, JobStore, Provider, Waiting
from bot.log import get_logger, job_context
from bot.service.agenda import Agenda, Errand, Item
from bot.service.chores import Chore, Chores
from bot.service.guard import Guard
from bot.service.patience import Patience
from bot.service.queue import Turns

_MOST_POSTING: Final = 32
_MOST_ERRANDS: Final = {Errand.FETCH: 16, Errand.TELL: 32, Errand.LOOK: 128, Errand.CLEAR: 8}
"""At work at once: enough to keep the provider's pace, few enough for memory. Each kind has places
of its own, so that looks at a provider that hangs keep no paid clip from coming, and downloads that
crawl keep nobody from being told.
"""
_LONGEST_SLEEP: Final = 5.0

Handler = Callable[[JobNumber], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True)
class _Posting:
    task: asyncio.Task[None]
    owner: tuple[GuildId, UserId]


@dataclass(slots=True)
class Watch:
    """Runs everything that happens by itself."""

    jobs: JobStore
    provider: Provider
    clock: Clock
    guard: Guard
    agenda: Agenda
    alarm: Alarm
    patience: Patience
    allowed: Container[GuildId]
    submit: Callable[[JobNumber], Awaitable[None]]
    handlers: Mapping[Errand, Handler]
    tidy: Callable[[], Awaitable[None]]
    max_running: int
    ticked_at: datetime | None = field(default=None, init=False)
    """When the loop last went round while nobody was still reading the queue: the web door's health
    asks.
    """
    _turns: Turns = field(default_factory=Turns, init=False)
    _stopping: bool = field(default=False, init=False)
    _posting: dict[JobNumber, _Posting] = field(
        default_factory=dict[JobNumber, _Posting], init=False
    )
    _working: dict[Item, asyncio.Task[None]] = field(
        default_factory=dict[Item, asyncio.Task[None]], init=False
    )
    _busy: Counter[Errand] = field(default_factory=Counter[Errand], init=False)
    """How many of each kind are at work."""
    _chores: Chores = field(default_factory=Chores, init=False)
    _told_full_at: datetime | None = field(default=None, init=False)
    """When the operator was last told that there is no room."""
    _crashes: Counter[Item] = field(default_factory=Counter[Item], init=False)
    _tidy_at: datetime | None = field(default=None, init=False)
    _queue_at: datetime | None = field(default=None, init=False)
    """When the earliest waiting job may start; None: somebody has to look."""
    _queue_changed: bool = field(default=True, init=False)

    async def resume(self) -> None:
        """After a start: everything unfinished is ours."""
        now = self.clock.now()
        await self.jobs.recover(now)
        unfinished = await self.jobs.list_unfinished()
        for position, job in enumerate(unfinished):
            urgent = job.state is JobState.SUCCEEDED
            wait = self.patience.spread * (position / max(1, len(unfinished)))
            errand = Errand.FETCH if urgent else Errand.LOOK
            self.agenda.plan(errand, job.number, now if urgent else now + wait)
        for debt in await self.jobs.list_debts():
            self.agenda.plan(Errand.TELL, debt.job, debt.due_at)
        for leftover in await self.jobs.list_leftovers():
            self.agenda.plan(Errand.CLEAR, leftover.job, leftover.due_at)
        for waiting in await self.jobs.list_waiting():
            # Those of a paused server were promised their place, however long the pause is.
            if not waiting.paused and now - waiting.created_at > self.patience.stale:
                await self.jobs.void_stale(waiting.number, now=now)
                self.agenda.plan(Errand.TELL, waiting.number, now)

    async def run(self) -> None:
        """Goes round until `drain` is called."""
        await self._resume_with_room()
        while not self._stopping:
            await self._round()

    async def _resume_with_room(self) -> None:
        """On a full disk nothing can begin, and nobody is helped by a bot that is not there."""
        tries, resumed = 0, False
        while not resumed and not self._stopping:
            try:
                await self.resume()
                resumed = True
            except StoreFullError as error:
                self._alarm_if_full(error)
                tries += 1
                await self.agenda.wait(self.patience.again(tries, most=60).total_seconds())

    async def drain(self) -> None:
        """No new work; POSTs and sends on their way finish, the rest is given up."""
        self._stopping = True
        self.agenda.wake()
        await self.provider.drain()
        if self._posting:
            await asyncio.wait([posting.task for posting in self._posting.values()])
        telling = [task for item, task in self._working.items() if item[0] is Errand.TELL]
        others = [task for item, task in self._working.items() if item[0] is not Errand.TELL]
        for task in others:
            task.cancel()
        others += self._chores.cancel()
        if telling or others:
            await asyncio.wait([*telling, *others])

    def wake(self) -> None:
        """The queue changed."""
        self._queue_changed = True
        self.agenda.wake()

    # -- one round -----------------------------------------------------------------------------

    async def _round(self) -> None:
        """Waits for nothing but the next moment: what reads books or asks somebody goes beside."""
        now = self.clock.now()
        self._start_errands(now)
        self._start_chores(now)
        if Chore.QUEUE not in self._chores:
            self.ticked_at = now
        if self._may_start(now):
            self._queue_changed, self._queue_at = False, None
            self._chores.begin(Chore.QUEUE, self._start_waiting, after=self._queue_was_read)
        await self.agenda.wait(self._nap(self.clock.now()))

    def _nap(self, now: datetime) -> float:
        free = [errand for errand in Errand if self._has_place(errand)]
        moments = [self.agenda.next_due(free)]  # where there is no place, who leaves it wakes us
        if self._may_post():
            moments.append(self._queue_at)
        if Chore.BALANCE not in self._chores:
            moments.append(self.guard.next_check_at)
        seconds = [(moment - now).total_seconds() for moment in moments if moment is not None]
        gathering = self.patience.gathering.total_seconds()
        return max(gathering, min([_LONGEST_SLEEP, *seconds]))

    def _start_chores(self, now: datetime) -> None:
        if self._stopping:
            return
        if Chore.BALANCE not in self._chores and self.guard.is_due(now):
            begin = self.guard.check_balance
            self._chores.begin(Chore.BALANCE, begin, after=lambda _: self.wake())
        if Chore.TIDY not in self._chores and (self._tidy_at is None or now >= self._tidy_at):
            self._tidy_at = now + self.patience.tidy_every
            self._chores.begin(Chore.TIDY, self.tidy, after=lambda _: None)

    # -- the queue -----------------------------------------------------------------------------

    def _may_start(self, now: datetime) -> bool:
        due = self._queue_changed or (self._queue_at is not None and now >= self._queue_at)
        return due and self._may_post() and Chore.QUEUE not in self._chores

    def _may_post(self) -> bool:
        if self._stopping or not self.guard.was_checked or self.guard.stop is not None:
            return False
        return len(self._posting) < _MOST_POSTING

    async def _start_waiting(self) -> None:
        now = self.clock.now()
        waiting = [job for job in await self.jobs.list_waiting() if self._is_eligible(job)]
        ready = [job for job in waiting if job.due_at <= now]
        later = [job.due_at for job in waiting if job.due_at > now]
        self._start_again_at(min(later, default=None))
        if not ready:
            return
        posting = len(self._posting)  # before the books are read: what ends meanwhile counts twice
        room = min(_MOST_POSTING, await self.guard.room_for_unknown())
        # What was started a moment ago may not be in the books yet.
        busy = await self.jobs.list_at_provider()
        busy |= {number: posting.owner for number, posting in self._posting.items()}
        if not self._may_post():
            self._queue_changed = True  # told to stop while we read: later, perhaps
            return
        slots = min(self.max_running - len(busy), room - posting)
        owners = {job.number: (job.guild, job.member) for job in ready}
        for number in self._turns.choose(ready, busy.values(), slots=slots):
            task = asyncio.create_task(self._post(number), name=f"post-{number}")
            self._posting[number] = _Posting(task, owners[number])

    def _start_again_at(self, moment: datetime | None) -> None:
        moments = [moment, self._queue_at]
        self._queue_at = min((one for one in moments if one is not None), default=None)

    def _queue_was_read(self, went_well: bool) -> None:
        if not went_well:
            self._start_again_at(self.clock.now() + self.patience.seconds(1))
        self.agenda.wake()  # it may have changed meanwhile, and it says when it is due

    def _is_eligible(self, job: Waiting) -> bool:
        return not job.paused and job.guild in self.allowed and job.number not in self._posting

    async def _post(self, number: JobNumber) -> None:
        wrote = True
        try:
            with job_context(number):
                await self.submit(number)
        except StoreError as error:
            self._alarm_if_full(error)
            get_logger(__name__).warning("Not submitted: the books", job=number, error=str(error))
            self._start_again_at(self.clock.now() + self.patience.seconds(5))
            wrote = False
        except Exception:  # noqa: BLE001 - one job must not stop the others
            await self._crashed((Errand.LOOK, number))
        finally:
            del self._posting[number]
            # Books that cannot be written now are not asked again at once.
            self._queue_changed = self._queue_changed or wrote
            self.agenda.wake()

    # -- errands -------------------------------------------------------------------------------

    def _has_place(self, errand: Errand) -> bool:
        return self._busy[errand] < _MOST_ERRANDS[errand]

    def _start_errands(self, now: datetime) -> None:
        if self._stopping:
            return
        held_back: list[Item] = []
        for errand in filter(self._has_place, Errand):
            for item in self.agenda.take_due(now, [errand]):
                if item in self._working:
                    held_back.append(item)
                    continue
                self._start(item)
                if not self._has_place(errand):
                    break
        for errand, number in held_back:
            # Somebody rang while we were looking: look once more, a moment later.
            self.agenda.plan(errand, number, now + self.patience.seconds(1))

    def _start(self, item: Item) -> None:
        errand, number = item
        self._busy[errand] += 1
        self._working[item] = asyncio.create_task(
            self._run(item), name=f"{errand.name.lower()}-{number}"
        )

    async def _run(self, item: Item) -> None:
        errand, number = item
        next_at: datetime | None = None
        try:
            with job_context(number):
                next_at = await self.handlers[errand](number)
            self._crashes.pop(item, None)
        except StoreClosedError:
            pass
        except StoreError as error:
            self._alarm_if_full(error)
            get_logger(__name__).warning("The books cannot be used now", error=str(error))
            next_at = self.clock.now() + self.patience.seconds(5)
        except Exception:  # noqa: BLE001 - one job must not stop the others
            next_at = await self._crashed(item)
        finally:
            self._leave(item, next_at)

    def _alarm_if_full(self, error: StoreError) -> None:
        """Not at each try: whoever is alarmed too often stops listening."""
        now = self.clock.now()
        is_told = self._told_full_at is not None and (
            now - self._told_full_at < self.patience.full_disk_again
        )
        if isinstance(error, StoreFullError) and not is_told:
            self._told_full_at = now
            self.alarm(Alert(AlertKind.DISK_FULL, facts={"error": str(error)}))

    def _leave(self, item: Item, next_at: datetime | None) -> None:
        errand, number = item
        was_full = not self._has_place(errand)
        del self._working[item]
        self._busy[errand] -= 1
        if next_at is not None:
            self.agenda.plan(errand, number, next_at)
        elif errand is Errand.LOOK:
            self.wake()  # a place at the provider may be free now
        if was_full:
            self.agenda.wake()

    async def _crashed(self, item: Item) -> datetime | None:
        """Tries again a few times, then leaves the job to a person."""
        _, number = item
        self._crashes[item] += 1
        get_logger(__name__).exception("A job broke its errand", job=number)
        if self._crashes[item] < self.patience.crashes:
            return self.clock.now() + self.patience.again(self._crashes[item], first=5)
        self._crashes.pop(item, None)
        try:
            await self.jobs.set_aside(number, "it always raises", now=self.clock.now())
        except StoreError:
            return self.clock.now() + timedelta(seconds=60)
        self.alarm(Alert(AlertKind.SET_ASIDE, number))
        return None
