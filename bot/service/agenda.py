"""What is to be done when: one list in memory for all jobs, filled from the books.

Rule: an errand for a job stands here at most once, with its earliest time. Losing the list loses
nothing: a restart writes it anew.
"""

import asyncio
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.domain.ids import JobNumber


class Errand(IntEnum):
    """What to do for a job. The first is the most urgent where several are due."""

    FETCH = 0
    """Before all else: the provider keeps results for a while only."""
    TELL = 1
    LOOK = 2


Item = tuple[Errand, JobNumber]


@dataclass(slots=True)
class Agenda:
    """Errands by the time at which they are due."""

    _heap: list[tuple[datetime, Errand, JobNumber]] = field(
        default_factory=list[tuple[datetime, Errand, JobNumber]]
    )
    _due: dict[Item, datetime] = field(default_factory=dict[Item, datetime])
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, errand: Errand, number: JobNumber, due_at: datetime) -> None:
        """Notes an errand, or moves it forward. What is planned earlier stays earlier."""
        planned = self._due.get((errand, number))
        if planned is None or due_at < planned:
            self._due[errand, number] = due_at
            heapq.heappush(self._heap, (due_at, errand, number))
            self._changed.set()

    def take_due(self, now: datetime) -> Iterator[Item]:
        """Takes the errands whose time has come, one after the other."""
        while self._heap and self._heap[0][0] <= now:
            due_at, errand, number = heapq.heappop(self._heap)
            # An errand that was moved forward leaves its later entry behind.
            if self._due.get((errand, number)) == due_at:
                del self._due[errand, number]
                yield errand, number

    def next_due(self) -> datetime | None:
        """When the next errand is due. Stale entries may make it too early, never too late."""
        return self._heap[0][0] if self._heap else None

    def wake(self) -> None:
        """Something else changed: look at everything again."""
        self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Sleeps until something is planned or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    def __len__(self) -> int:
        return len(self._due)
