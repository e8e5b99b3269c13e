"""Bringing a paid clip to our own disk.

Rule: a paid clip is given up only after days, or after an hour in which what came was never a video;
then its money goes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.alert import Alert, AlertKind
from bot.domain.clip import Clip, ClipStore
from bot.domain.errors import ClipRefusedError, ClipUnreachableError
from bot.domain.ids import JobNumber
from bot.domain.job import Job, JobState
from bot.domain.ports import Alarm, Clock, Failpoint, JobStore, nowhere
from bot.log import get_logger
from bot.service.agenda import Agenda, Errand
from bot.service.patience import Patience


@dataclass(frozen=True, slots=True)
class Fetch:
    """Downloads a job's clips; answers when to try again, or None."""

    jobs: JobStore
    clips: ClipStore
    clock: Clock
    agenda: Agenda
    alarm: Alarm
    patience: Patience
    failpoint: Failpoint = nowhere

    async def __call__(self, number: JobNumber) -> datetime | None:
        """One try."""
        job = await self.jobs.find(number)
        if job is None or job.state is not JobState.SUCCEEDED or job.aside is not None:
            return None
        try:
            return await self._stored(job, await self.clips.keep(job.number, job.result_urls))
        except ClipRefusedError as error:
            return await self._again_or_lose(job, error, refused=True)
        except ClipUnreachableError as error:
            return await self._again_or_lose(job, error, refused=False)

    async def _stored(self, job: Job, clips: Sequence[Clip]) -> None:
        self.failpoint("after-rename")
        debt = await self.jobs.stored(job.number, clips, now=self.clock.now())
        if debt is not None:
            self.agenda.plan(Errand.TELL, job.number, debt.due_at)

    async def _again_or_lose(self, job: Job, error: Exception, *, refused: bool) -> datetime | None:
        now = self.clock.now()
        get_logger(__name__).info("A clip did not come", why=str(error))
        tries = await self.jobs.looked(job.number, due_at=now, now=now)
        age = now - job.state_at
        if age >= self.patience.others_for:
            there = await self.clips.find(job.number, job.result_urls)
            if there:  # of several videos: what is here waits no longer for what is not
                return await self._stored(job, there)
        # An outage dressed as a page, or a name that leads astray for a while, is no verdict.
        hopeless = refused and tries >= self.patience.refused_fetches
        if age <= self.patience.fetch_for and not (hopeless and age >= self.patience.refused_for):
            return now + self.patience.again(tries, first=2, most=30 * 60)
        if await self.jobs.lost(job.number, now=now, why=type(error).__name__):
            facts = {"task": str(job.task)}
            self.alarm(Alert(AlertKind.MAYBE_BILLED, job.number, job.guild, facts))
            self.agenda.plan(Errand.TELL, job.number, now)
        return None
