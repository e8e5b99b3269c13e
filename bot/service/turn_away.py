"""Jobs that wait in line although an admin has blocked their member or their words since.

Rule: nothing is paid for what is not wanted any more. Here that shows at once; a job that slips by,
as after a crash, is stopped by the transaction that would let its POST go.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import GuildId, JobNumber
from bot.domain.ports import Clock, Debt
from bot.service.agenda import Agenda, Errand


class Books(Protocol):
    """Where the line stands written."""

    async def list_unwanted(self, guild: GuildId) -> list[JobNumber]: ...
    async def turn_away(self, number: JobNumber, *, now: datetime) -> Debt | None: ...


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Looks through a server's line once its admins have blocked something."""

    jobs: Books
    agenda: Agenda
    clock: Clock

    async def __call__(self, guild: GuildId) -> int:
        """How many were taken out. Their money is free again, and their makers are told."""
        now = self.clock.now()
        unwanted = await self.jobs.list_unwanted(guild)
        return sum([await self._one(number, now) for number in unwanted])

    async def _one(self, number: JobNumber, now: datetime) -> bool:
        debt = await self.jobs.turn_away(number, now=now)
        if debt is None:
            return False
        self.agenda.plan(Errand.TELL, number, debt.due_at)
        return True
