"""Taking away the messages that waited for jobs that are over.

Rule: only after people were told, and for as long as an outage of Discord may last: left standing,
such a message would promise a video for ever.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import PostponedError
from bot.domain.ids import JobNumber
from bot.domain.job import Job
from bot.domain.ports import Clock, Failpoint, JobStore, Leftover, Postman, nowhere
from bot.log import get_logger
from bot.service.patience import Patience


@dataclass(frozen=True, slots=True)
class Clear:
    """Takes away what a job has left behind; answers when to come back, or None."""

    jobs: JobStore
    postman: Postman
    clock: Clock
    patience: Patience
    failpoint: Failpoint = nowhere

    async def __call__(self, number: JobNumber) -> datetime | None:
        """One try."""
        leftover = await self.jobs.find_leftover(number)
        if leftover is None:
            return None
        if leftover.due_at > self.clock.now():
            return leftover.due_at
        job = await self.jobs.find(number)
        assert job is not None
        self.failpoint("before-clear")
        try:
            await self._take_away(job)
        except PostponedError as error:
            return await self._later(job, leftover, error)
        await self._mark_refunded(job)
        self.failpoint("after-clear")
        await self.jobs.cleared(number)
        return None

    async def _take_away(self, job: Job) -> None:
        """It stands where the command was used, or where the clip goes."""
        assert job.place.message is not None
        for channel in (job.place.answered_in, job.place.channel):
            if channel is not None:
                spot = channel, job.place.message
                if await self.postman.withdraw(job.guild, spot):
                    return

    async def _mark_refunded(self, job: Job) -> None:
        """Who was to write it on the video's message may have died before; again and again is once."""
        for receipt in await self.jobs.list_told(job.number) if job.refunded else ():
            await self.postman.mark_refunded(job.guild, receipt)

    async def _later(self, job: Job, leftover: Leftover, error: PostponedError) -> datetime | None:
        now = self.clock.now()
        if now - job.state_at > self.patience.deliver_for:
            get_logger(__name__).warning("A waiting message stays for ever", error=str(error))
            await self.jobs.cleared(job.number)
            return None
        due_at = now + self.patience.after(error, leftover.tries)
        await self.jobs.clear_later(job.number, due_at=due_at)
        return due_at
