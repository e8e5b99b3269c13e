"""Where a job stands in line, in words that a member understands.

Rule: whoever is about to start is not said to wait.
"""

from dataclasses import dataclass

from bot.domain.ids import JobNumber
from bot.domain.ports import JobStore
from bot.service.queue import Turns
from bot.service.watch import Watch


@dataclass(frozen=True, slots=True)
class Line:
    """Looks at the queue as the watcher will."""

    jobs: JobStore
    watch: Watch

    async def ahead_of(self, number: JobNumber) -> int | None:
        """How many go first; None for a job that is at the provider, or about to be."""
        return (await self.standings()).get(number)

    async def standings(self) -> dict[JobNumber, int]:
        """The same for every job that has to wait."""
        waiting = await self.jobs.list_waiting()
        if not waiting:
            return {}
        busy = await self.jobs.list_at_provider()
        slots = self.watch.max_running - len(busy)
        starting = Turns().choose(
            [job for job in waiting if not job.paused], busy.values(), slots=slots
        )
        # In turns, as the watcher goes; whom it served last is its own business.
        line = [number for number in Turns().order(waiting) if number not in starting]
        return {number: place for place, number in enumerate(line)}
