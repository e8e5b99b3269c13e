"""Where a job stands in line, in words that a member understands.

Rule: whoever is about to start is not said to wait.
"""

from dataclasses import dataclass

from bot.domain.ids import JobNumber
from bot.domain.ports import JobStore
from bot.service.queue import Turns
from bot.service.watch import Watch


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a job stands."""

    ahead: int
    """How many go first."""
    paused: bool = False
    """Until the server's admins let new jobs start again."""
    stopped: bool = False
    """Until the operator's account can pay again: nothing starts in any server."""

    @property
    def halted(self) -> str:
        """Why nothing moves; nothing where it does."""
        return "paused" if self.paused else "stopped" if self.stopped else ""


@dataclass(frozen=True, slots=True)
class Line:
    """Looks at the queue as the watcher will."""

    jobs: JobStore
    watch: Watch

    async def find(self, number: JobNumber) -> Stand | None:
        """Of one job; None for one that is at the provider, or about to be."""
        return (await self.standings()).get(number)

    async def standings(self) -> dict[JobNumber, Stand]:
        """The same for every job that has to wait."""
        waiting = await self.jobs.list_waiting()
        if not waiting:
            return {}
        busy = await self.jobs.list_at_provider()
        slots = self.watch.max_running - len(busy)
        paused = [job for job in waiting if job.paused]
        going = [job for job in waiting if not job.paused]
        stopped = self.watch.guard.stop is not None
        starting = () if stopped else Turns().choose(going, busy.values(), slots=slots)
        # In turns, as the watcher goes; whom it served last is its own business.
        line = [number for number in Turns().order(going) if number not in starting]
        stands = {number: Stand(place, stopped=stopped) for place, number in enumerate(line)}
        resting = enumerate(Turns().order(paused))
        return stands | {number: Stand(place, paused=True) for place, number in resting}
