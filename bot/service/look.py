"""Asking the provider about a job, and acting on the answer. Polls and callbacks end here alike.

Rule: only a status read with our own key moves money or state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.alert import Alert, AlertKind
from bot.domain.errors import (
    ProviderError,
    ProviderKeyRefusedError,
    ProviderLimitedError,
    RuleBrokenError,
    TaskNotFoundError,
)
from bot.domain.ids import GuildId, JobNumber, TaskId
from bot.domain.job import TASK_MISSING, Job, JobState
from bot.domain.money import Micros
from bot.domain.ports import Alarm, Clock, Failpoint, Hint, JobStore, Provider, nowhere
from bot.domain.provider import Cause, TaskReport, TaskState
from bot.domain.video import VideoModel
from bot.log import get_logger
from bot.service.agenda import Agenda, Errand
from bot.service.guard import Guard
from bot.service.patience import Patience


@dataclass(frozen=True, slots=True)
class Followed:
    """What is needed to ask about a job again: its rows are not read for every poll."""

    number: JobNumber
    guild: GuildId
    model_id: str
    task: TaskId
    price: Micros
    since: datetime
    interval: timedelta
    missing: int = 0
    """Reads in a row that found no such task. A restart counts anew."""
    aside: bool = False
    """Whether the books say that it is missing."""


@dataclass(frozen=True, slots=True)
class Look:
    """Looks at one job; answers when to look again, or None when there is no need to."""

    jobs: JobStore
    provider: Provider
    models: Mapping[str, VideoModel]
    clock: Clock
    guard: Guard
    agenda: Agenda
    alarm: Alarm
    patience: Patience
    callbacks_on: bool
    failpoint: Failpoint = nowhere
    _followed: dict[JobNumber, Followed] = field(
        default_factory=dict[JobNumber, Followed], init=False
    )
    """Tasks that still ran when we last looked. Whatever else comes of a look, the next one reads
    the books again.
    """

    async def __call__(self, number: JobNumber) -> datetime | None:
        """One look."""
        followed = self._followed.pop(number, None)
        if followed is not None:
            return await self._follow(followed)
        job = await self.jobs.find(number)
        if job is None or await self._is_left_alone(job):
            return None
        match job.state:
            case JobState.RUNNING:
                assert job.task is not None
                return await self._follow(self._followed_of(job, job.task))
            case JobState.UNKNOWN:
                return await self._clear_up(job)
            case JobState.EXPIRED:
                return await self._hear_late(job)
            case _:
                return None

    async def _is_left_alone(self, job: Job) -> bool:
        """Set aside for a person, and nobody has called about it."""
        if job.aside is None or job.aside == TASK_MISSING:
            return False
        return not await self.jobs.list_hints(job.number)

    # -- a task that we know -------------------------------------------------------------------

    async def _follow(self, job: Followed) -> datetime | None:
        try:
            report = await self.provider.read_task(job.model_id, job.task)
        except TaskNotFoundError:
            return await self._missing(job)
        except ProviderError as error:
            self._followed[job.number] = job
            return self._after_trouble(job, error)
        match report.state:
            case TaskState.RUNNING:
                self._followed[job.number] = await self._known(job)
                return self._next_poll(job)
            case TaskState.FAILED:
                return await self._failed(job, report)
            case TaskState.SUCCESS:
                return await self._succeeded(job, report)

    async def _succeeded(self, job: Followed, report: TaskReport) -> datetime | None:
        if not report.result_urls:
            return await self._unusable(job)
        self.failpoint("before-settle")
        won = await self.jobs.succeeded(
            job.number, report.result_urls, cost=job.price, now=self.clock.now()
        )
        self.failpoint("after-settle")
        if won:
            self.agenda.plan(Errand.FETCH, job.number, self.clock.now())
        return None

    async def _failed(self, job: Followed, report: TaskReport) -> datetime | None:
        cause = report.cause or Cause.UNKNOWN
        won = await self.jobs.failed(
            job.number, cause, now=self.clock.now(), fail_code=report.fail_code
        )
        if won:
            self.agenda.plan(Errand.TELL, job.number, self.clock.now())
        if won and cause is Cause.ACCOUNT:
            self.guard.ran_dry()  # the next one would fare no better, and the operator is told
        return None

    async def _unusable(self, job: Followed) -> datetime | None:
        """A success without a video: the provider's fault, after a few more reads."""
        now = self.clock.now()
        next_at = now + self.patience.seconds(5)
        tries = await self.jobs.looked(job.number, due_at=next_at, now=now)
        if tries <= self.patience.unusable_reads:
            return next_at
        return await self._give_up(job, "no result")

    async def _missing(self, job: Followed) -> datetime | None:
        """The provider does not know a task that it made: it is asked ever more rarely, for days, and
        then it has failed. Neither a few answers nor an old task alone is proof enough.
        """
        now = self.clock.now()
        job = replace(job, missing=job.missing + 1)
        again = now + self.patience.missing(job.missing)
        is_sure = job.missing >= self.patience.missing_reads
        if is_sure and now - job.since >= self.patience.missing_for:
            return await self._give_up(job, "task gone")
        if not is_sure or job.aside:
            self._followed[job.number] = job
            return again
        if await self.jobs.set_aside(job.number, TASK_MISSING, now=now):
            end = job.since + self.patience.missing_for
            facts = {"task": job.task, "given_up_at": f"{end:%Y-%m-%d %H:%M} UTC"}
            self.alarm(Alert(AlertKind.TASK_MISSING, job.number, job.guild, facts))
        self._followed[job.number] = replace(job, aside=True)
        # No answer of ours, so that the watcher gives its turn to who waits.
        self.agenda.plan(Errand.LOOK, job.number, again)
        return None

    async def _known(self, job: Followed) -> Followed:
        """The same job, of whose task the provider has just said that it runs."""
        if job.aside:
            await self.jobs.take_up(job.number, now=self.clock.now())
            get_logger(__name__).info("The provider knows the task again", task=job.task)
        return replace(job, missing=0, aside=False)

    async def _give_up(self, job: Followed, fail_code: str) -> None:
        """The provider's failure: free for whoever ordered it, and perhaps not for the operator."""
        now = self.clock.now()
        won = await self.jobs.failed(
            job.number, Cause.PROVIDER, now=now, fail_code=fail_code, maybe_billed=True
        )
        if won:
            self.alarm(Alert(AlertKind.MAYBE_BILLED, job.number, job.guild, {"task": job.task}))
            self.agenda.plan(Errand.TELL, job.number, now)

    def _next_poll(self, job: Followed) -> datetime:
        now = self.clock.now()
        wait = self.patience.poll(job.interval, age=now - job.since)
        if self.callbacks_on:
            wait = max(wait, self.patience.safety_net)
        return now + wait

    def _followed_of(self, job: Job, task: TaskId) -> Followed:
        model = self.models[job.model]
        plan = model.plan(model.request.model_validate_json(job.request))
        return Followed(
            job.number,
            job.guild,
            model.provider_id,
            task,
            job.price,
            since=job.state_at,
            interval=plan.interval,
            aside=job.aside == TASK_MISSING,
        )

    # -- a submission whose answer was lost ------------------------------------------------------

    async def _clear_up(self, job: Job) -> datetime | None:
        later: list[datetime] = []
        for hint in await self.jobs.list_hints(job.number):
            claimed = self._followed_of(job, hint.task)
            try:
                report = await self.provider.read_task(claimed.model_id, hint.task)
            except TaskNotFoundError:
                await self._distrust(job, hint)
                continue
            except ProviderError as error:
                # One claim that cannot be read must not hide the others: theirs may be the truth.
                later.append(self._after_trouble(claimed, error))
                continue
            return await self._prove(job, hint, report)
        return min(later) if later else await self._wait_or_expire(job)

    async def _prove(self, job: Job, hint: Hint, report: TaskReport) -> datetime | None:
        now = self.clock.now()
        try:
            proven = await self.jobs.proven(job.number, report.task, due_at=now, now=now)
        except RuleBrokenError:
            # The task is another job's: whoever claimed it for this one was wrong.
            await self.jobs.verify_hint(hint.id, now=now)
            return now
        await self.jobs.verify_hint(hint.id, now=now)
        await self.guard.check_unknown()
        self.agenda.wake()
        return now if proven else None

    async def _distrust(self, job: Job, hint: Hint) -> None:
        """A claimed task that the provider does not know: it may only be slow to appear."""
        now = self.clock.now()
        age = now - job.state_at
        if age >= self.patience.unknown_age:
            await self.jobs.verify_hint(hint.id, now=now)

    async def _wait_or_expire(self, job: Job) -> datetime | None:
        now = self.clock.now()
        next_at = now + self.patience.unknown_check
        if not await self._provider_answers():
            return next_at  # while nobody answers, no check is complete
        checks = await self.jobs.looked(job.number, due_at=next_at, now=now)
        old_enough = now - job.state_at >= self.patience.unknown_age
        if not old_enough or checks < self.patience.unknown_checks:
            return next_at
        if not await self.jobs.expire(job.number, now=now):
            return next_at
        self.alarm(Alert(AlertKind.UNKNOWN_EXPIRED, job.number, job.guild))
        self.agenda.plan(Errand.TELL, job.number, now)
        await self.guard.check_unknown()
        self.agenda.wake()
        return None

    async def _provider_answers(self) -> bool:
        try:
            await self.provider.balance()
        except ProviderKeyRefusedError:
            return False
        except ProviderError:
            return False
        return True

    # -- a video that comes after we gave up -----------------------------------------------------

    async def _hear_late(self, job: Job) -> datetime | None:
        now = self.clock.now()
        later: list[datetime] = []
        for hint in await self.jobs.list_hints(job.number):
            claimed = self._followed_of(job, hint.task)
            try:
                report = await self.provider.read_task(claimed.model_id, hint.task)
            except TaskNotFoundError:
                await self.jobs.verify_hint(hint.id, now=now)
                continue
            except ProviderError as error:
                later.append(self._after_trouble(claimed, error))
                continue
            if report.state is TaskState.RUNNING:
                later.append(self._next_poll(claimed))
            elif await self._may_become_usable(job, report):
                later.append(now + self.patience.seconds(5))
            else:
                await self._take_gift(job, hint, report)
        return min(later, default=None)

    async def _may_become_usable(self, job: Job, report: TaskReport) -> bool:
        """A success without a video is read a few times more, as it is while it is paid for."""
        if report.state is not TaskState.SUCCESS or report.result_urls:
            return False
        now = self.clock.now()
        return await self.jobs.looked(job.number, due_at=now, now=now) <= (
            self.patience.unusable_reads
        )

    async def _take_gift(self, job: Job, hint: Hint, report: TaskReport) -> None:
        now = self.clock.now()
        if report.state is TaskState.SUCCESS and report.result_urls:
            try:
                won = await self.jobs.late_success(
                    job.number, report.task, report.result_urls, now=now
                )
            except RuleBrokenError:
                won = False  # the task is another job's
            if won:
                self.alarm(Alert(AlertKind.LATE_GIFT, job.number, job.guild))
                self.agenda.plan(Errand.FETCH, job.number, now)
        await self.jobs.verify_hint(hint.id, now=now)

    def _after_trouble(self, job: Followed, error: ProviderError) -> datetime:
        """An answer that says nothing about the task: later again, and the hold stays."""
        if isinstance(error, ProviderLimitedError) and error.wait is not None:
            return self.clock.now() + error.wait
        return max(self._next_poll(job), self.clock.now() + self.patience.seconds(10))
