"""The one paid POST of a job, and remembering what came of it.

    turn → claim → POST → verdict

Rule: `submitting` is on the disk before the first byte leaves, and not sooner: whoever waits for a turn
is held. The verdict is written however long the disk takes. Only proof that nothing was created lets a job be submitted again, and a call that
names a task takes the proof away.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.alert import Alert, AlertKind
from bot.domain.errors import RuleBrokenError, StoreClosedError, StoreError
from bot.domain.ids import AttemptId, JobNumber
from bot.domain.job import Job
from bot.domain.ports import Alarm, Clock, Debt, Failpoint, JobStore, Provider, nowhere
from bot.domain.provider import (
    Cause,
    Created,
    NotCreated,
    Obstacle,
    Rejected,
    Submission,
    Turn,
    Unknown,
    Verdict,
)
from bot.domain.video import VideoModel
from bot.log import get_logger
from bot.service.agenda import Agenda, Errand
from bot.service.guard import Guard
from bot.service.patience import Patience

_DOUBTED: Final = Unknown("refused, and called about")
"""A read with our own key finds out."""


@dataclass(frozen=True, slots=True)
class Submit:
    """Submits a job whose turn it is."""

    jobs: JobStore
    provider: Provider
    models: Mapping[str, VideoModel]
    clock: Clock
    guard: Guard
    agenda: Agenda
    alarm: Alarm
    patience: Patience
    callback_url: Callable[[str], str | None]
    """The address for a token; None where callbacks are off."""
    route: str | None = None
    failpoint: Failpoint = nowhere

    async def __call__(self, number: JobNumber) -> None:
        """Posts once, if the job still waits when it is its turn."""
        job = await self.jobs.find(number)
        if job is None:
            return
        token = secrets.token_urlsafe(32)
        submission = self._submission(job, token)
        turn = await self.provider.turn()
        if turn is None or self.guard.stop is not None:
            return
        doubted = await self._is_doubted(number)
        attempt = await self.jobs.claim(number, hash_of(token), self.clock.now())
        if attempt is None:
            return
        if isinstance(attempt, Debt):
            self.agenda.plan(Errand.TELL, number, attempt.due_at)
            return
        self.failpoint("after-submitting")
        verdict = _DOUBTED if doubted else await self._posted(submission, turn)
        self.failpoint("after-answer")
        await self._written(lambda: self._remember(job, attempt, verdict))

    async def _is_doubted(self, number: JobNumber) -> bool:
        """Whether a call has named a task of this job: only who got an attempt's token can call, so
        that attempt made something, whatever its answer said.
        """
        return bool(await self.jobs.list_hints(number))

    async def _posted(self, submission: Submission, turn: Turn) -> Verdict:
        try:
            return await self.provider.submit(submission, turn)
        except Exception as error:  # noqa: BLE001 - whatever it was, money may have been spent
            get_logger(__name__).exception("A submission raised")
            return Unknown(type(error).__name__)

    def _submission(self, job: Job, token: str) -> Submission:
        model = self.models[job.model]
        request = model.request.model_validate_json(job.request)
        return Submission(
            model_id=model.provider_id,
            input=model.payload(request),
            callback_url=self.callback_url(token),
            route=self.route,
        )

    async def _remember(self, job: Job, attempt: AttemptId, verdict: Verdict) -> None:
        now = self.clock.now()
        if isinstance(verdict, NotCreated | Rejected) and await self._is_doubted(job.number):
            verdict = _DOUBTED
        match verdict:
            case Created():
                await self._remember_created(job, attempt, verdict)
            case NotCreated():
                wait = self._wait_after(verdict)
                await self.jobs.not_created(
                    job.number, attempt, due_at=now + wait, now=now, why=str(verdict.obstacle)
                )
            case Rejected():
                await self._remember_rejected(job, attempt, verdict)
            case Unknown():
                await self._remember_unknown(job, attempt, verdict)

    async def _remember_created(self, job: Job, attempt: AttemptId, verdict: Created) -> None:
        now = self.clock.now()
        due_at = now + self.first_poll(job)
        try:
            await self.jobs.created(job.number, attempt, verdict.task, due_at=due_at, now=now)
        except RuleBrokenError:
            # Another job has this task already: the answer is not about us.
            await self._remember_unknown(job, attempt, Unknown("the task is another job's"))
            return
        rang = await self.jobs.list_hints(job.number)  # a callback may have been faster
        self.agenda.plan(Errand.LOOK, job.number, now if rang else due_at)

    async def _remember_rejected(self, job: Job, attempt: AttemptId, verdict: Rejected) -> None:
        await self.jobs.rejected(
            job.number, attempt, verdict.cause, now=self.clock.now(), why=f"{verdict.status}"
        )
        if verdict.stops_submitting:
            self.guard.refused(verdict)
        elif verdict.cause is Cause.REQUEST or verdict.cause is Cause.ACCOUNT:
            kind = (
                AlertKind.REQUEST_REFUSED
                if verdict.cause is Cause.REQUEST
                else AlertKind.MODEL_FORBIDDEN
            )
            facts = {"status": str(verdict.status), "message": verdict.message}
            self.alarm(Alert(kind, job.number, job.guild, facts))
        self.agenda.plan(Errand.TELL, job.number, self.clock.now())

    async def _remember_unknown(self, job: Job, attempt: AttemptId, verdict: Unknown) -> None:
        now = self.clock.now()
        await self.jobs.unknown(
            job.number,
            attempt,
            due_at=now,
            now=now,
            why=verdict.reason,
            candidate=verdict.candidate,
        )
        self.agenda.plan(Errand.LOOK, job.number, now)
        await self.guard.check_unknown()

    def first_poll(self, job: Job) -> timedelta:
        """When a task that was just made is worth a look."""
        model = self.models[job.model]
        plan = model.plan(model.request.model_validate_json(job.request))
        callbacks_on = self.callback_url("") is not None
        return self.patience.scaled(plan.longest * 2 if callbacks_on else plan.first)

    def _wait_after(self, verdict: NotCreated) -> timedelta:
        if verdict.wait is not None:
            return verdict.wait
        return self.patience.seconds(15 if verdict.obstacle is Obstacle.UNREACHABLE else 5)

    async def _written(self, write: Callable[[], Awaitable[None]]) -> None:
        """A verdict may have cost money: a full disk delays its writing, and never drops it."""
        tries = 0
        while True:
            try:
                return await write()
            except StoreClosedError:
                raise
            except StoreError as error:
                if tries == 0:
                    self.alarm(Alert(AlertKind.DISK_FULL, facts={"error": str(error)}))
                tries += 1
                await asyncio.sleep(self.patience.again(tries, first=1, most=30).total_seconds())


def hash_of(token: str) -> bytes:
    """What the books keep of a callback's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
