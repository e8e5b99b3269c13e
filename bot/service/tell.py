"""Bringing an outcome to people.

Rule: at least once, under one nonce, for as long as an outage of Discord may last. A send is never
cancelled on its way.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.alert import Alert, AlertKind
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import JobNumber
from bot.domain.job import Job
from bot.domain.money import show_dollars
from bot.domain.outcome import Outcome, Receipt, outcome_of
from bot.domain.ports import Alarm, Clock, Debt, Failpoint, JobStore, Postman, Purpose, nowhere
from bot.log import get_logger
from bot.service.agenda import Agenda, Errand
from bot.service.patience import Patience


@dataclass(frozen=True, slots=True)
class Tell:
    """Delivers what is owed for a job; answers when to come back, or None."""

    jobs: JobStore
    postman: Postman
    clock: Clock
    agenda: Agenda
    alarm: Alarm
    patience: Patience
    failpoint: Failpoint = nowhere

    async def __call__(self, number: JobNumber) -> datetime | None:
        """One try for the oldest debt of this job."""
        debt = await self.jobs.find_debt(number)
        if debt is None:
            return None
        now = self.clock.now()
        if debt.due_at > now:
            return debt.due_at
        try:
            outcome = await self._outcome(debt)
            if outcome.worked and debt.purpose is Purpose.FAILURE:
                # The video came after all, before anybody could be told of its failure.
                await self.jobs.undeliverable(debt, "overtaken by the video", now=now)
                return now
            receipt = await self.postman.deliver(outcome, debt)
        except PostponedError as error:
            return await self._later(debt, error)
        except UndeliverableError as error:
            return await self._give_up(debt, str(error))
        self.failpoint("after-send")
        await self.jobs.delivered(debt, receipt, now=self.clock.now())
        facts = {"charged": show_dollars(outcome.charged), "route": receipt.route}
        get_logger(__name__).info("Delivered", of=debt.purpose, cause=outcome.cause, **facts)
        await self._refunded_meanwhile(outcome, receipt)
        self.agenda.plan(Errand.CLEAR, number, self.clock.now())
        return self.clock.now()  # another debt may be waiting behind this one

    async def _outcome(self, debt: Debt) -> Outcome:
        job = await self.jobs.find(debt.job)
        assert job is not None
        clips = await self.jobs.list_clips(debt.job)
        outcome = outcome_of(job, clips, paid=await self.jobs.paid(debt.job))
        told = await self.jobs.list_told(debt.job)
        return replace(outcome, told=tuple(told))

    async def _refunded_meanwhile(self, outcome: Outcome, receipt: Receipt) -> None:
        """Whoever paid it back while it was posted found no message of it in the books."""
        job = await self.jobs.find(outcome.job.number)
        if job is not None and job.refunded and not outcome.job.refunded:
            await self.postman.mark_refunded(job.guild, receipt)

    async def _later(self, debt: Debt, error: PostponedError) -> datetime | None:
        now = self.clock.now()
        job = await self.jobs.find(debt.job)
        assert job is not None
        if self._has_waited_enough(debt, job, now):
            return await self._give_up(debt, str(error))
        due_at = now + self.patience.after(error, debt.tries)
        await self.jobs.postponed(debt, str(error), due_at=due_at, now=now)
        return due_at

    def _has_waited_enough(self, debt: Debt, job: Job, now: datetime) -> bool:
        if debt.purpose is Purpose.SHOWN:  # of a video that may be months old
            return debt.tries >= self.patience.showing_tries
        return now - job.state_at > self.patience.deliver_for

    async def _give_up(self, debt: Debt, why: str) -> datetime | None:
        await self.jobs.undeliverable(debt, why, now=self.clock.now())
        self.agenda.plan(Errand.CLEAR, debt.job, self.clock.now())
        self.alarm(Alert(AlertKind.UNDELIVERABLE, debt.job, facts={"why": why}))
        return None
