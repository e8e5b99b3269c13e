"""What is to be done when: one list in memory for all jobs, filled from the books.

Rule: an errand for a job stands here at most once, with its earliest time. Losing the list loses
nothing: a restart writes it anew.
"""

import asyncio
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.domain.ids import JobNumber


class Errand(IntEnum):
    """What to do for a job, the most urgent first."""

    FETCH = 0
    """Before all else: the provider keeps results for a while only."""
    TELL = 1
    LOOK = 2
    CLEAR = 3


Item = tuple[Errand, JobNumber]


_Heap = list[tuple[datetime, JobNumber]]


def _heaps() -> dict[Errand, _Heap]:
    return {errand: [] for errand in Errand}


@dataclass(slots=True)
class Agenda:
    """Errands by the time at which they are due, each kind in a line of its own."""

    _heaps: dict[Errand, _Heap] = field(default_factory=_heaps)
    _due: dict[Item, datetime] = field(default_factory=dict[Item, datetime])
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, errand: Errand, number: JobNumber, due_at: datetime) -> None:
        """Notes an errand, or moves it forward. What is planned earlier stays earlier."""
        planned = self._due.get((errand, number))
        if planned is None or due_at < planned:
            self._due[errand, number] = due_at
            heap = self._heaps[errand]
            if not heap or due_at < heap[0][0]:
                self._changed.set()  # whoever sleeps until the first of them gets up earlier
            heapq.heappush(heap, (due_at, number))

    def take_due(self, now: datetime, errands: Iterable[Errand] = Errand) -> Iterator[Item]:
        """Takes the errands whose time has come, one after the other."""
        for errand in errands:
            heap = self._heaps[errand]
            while heap and heap[0][0] <= now:
                due_at, number = heapq.heappop(heap)
                # An errand that was moved forward leaves its later entry behind.
                if self._due.get((errand, number)) == due_at:
                    del self._due[errand, number]
                    yield errand, number

    def next_due(self, errands: Iterable[Errand] = Errand) -> datetime | None:
        """When the next errand is due. Stale entries may make it too early, never too late."""
        heads = [heap[0][0] for errand in errands if (heap := self._heaps[errand])]
        return min(heads, default=None)

    def wake(self) -> None:
        """Something else changed: look at everything again."""
        self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Sleeps until something is planned ahead of all else, or the time is up."""
        alarm = asyncio.get_running_loop().call_later(seconds, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            alarm.cancel()
        self._changed.clear()

    def __len__(self) -> int:
        return len(self._due)
