"""Posting a finished video once more.

Rule: it is a debt like any other, so it outlives a restart; and there is one at a time for a job.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bot.domain.clip import Clip
from bot.domain.ids import ChannelId, JobNumber
from bot.domain.job import Job, JobState
from bot.domain.ports import Clock, Debt, Purpose
from bot.service.agenda import Agenda, Errand

_LOOKS: Final = 20
_MOMENT: Final = 0.05
"""Seconds between two looks."""
_READY: Final = frozenset({JobState.STORED, JobState.DELIVERED, JobState.UNDELIVERABLE})


class Showing(StrEnum):
    """What became of the wish to see a video again."""

    COMING = "coming"
    UNFINISHED = "unfinished"
    """It is still being made, or there will never be one."""
    GONE = "gone"
    """The file is no longer kept."""


class Books(Protocol):
    """Where files and debts stand written."""

    async def list_clips(self, number: JobNumber) -> tuple[Clip, ...]: ...
    async def find_debt(self, number: JobNumber) -> Debt | None: ...
    async def owe_showing(
        self, number: JobNumber, *, channel: ChannelId | None = None, now: datetime
    ) -> Debt: ...


@dataclass(frozen=True, slots=True)
class Show:
    """Owes a showing, and has it paid at once."""

    jobs: Books
    agenda: Agenda
    clock: Clock

    async def __call__(self, job: Job, channel: ChannelId) -> tuple[Showing, ChannelId]:
        """Where it will come: to that channel, or to another if it is on its way there already.
        Whether somebody may ask for it is for the caller to know.
        """
        if job.state not in _READY:
            return Showing.UNFINISHED, channel
        if not await self.jobs.list_clips(job.number):
            return Showing.GONE, channel
        debt = await self._pending(job.number)
        if debt is None:
            debt = await self.jobs.owe_showing(job.number, channel=channel, now=self.clock.now())
        self.agenda.plan(Errand.TELL, job.number, debt.due_at)
        return Showing.COMING, debt.channel or job.place.channel

    async def _pending(self, number: JobNumber) -> Debt | None:
        """What is still owed. The first post of a clip may stand a moment before the books say so;
        whoever saw it there and asks to see it again is not told that it is coming.
        """
        debt = await self.jobs.find_debt(number)
        for _ in range(_LOOKS):
            if debt is None or debt.purpose is not Purpose.CLIP or debt.tries > 0:
                break
            await asyncio.sleep(_MOMENT)
            debt = await self.jobs.find_debt(number)
        return debt
