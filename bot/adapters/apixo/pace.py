"""How fast we may ask: so many requests in any minute, submissions before reads.

Rule: never above the pace, and a 429 slows everybody down.

aiolimiter keeps a pace too, but knows neither two kinds of waiting nor a pause for all, and lets a
whole minute's worth leave at once.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Final

_MINUTE: Final = 60.5
"""Requests are not equally long on their way. The half second keeps those of one minute one
minute's when they arrive."""
_READS_PASSED_OVER: Final = 4
"""After so many submissions in a row a waiting read has its turn: nobody starves."""
_LONGEST_BACKOFF: Final = 60.0
_GATHERING: Final = 0.02
"""Turns that come within so many seconds are handed out together: getting up costs more than they do."""
_MOST_DOUBLINGS: Final = 6


class Urgency(IntEnum):
    """Who goes first."""

    SUBMIT = 0
    READ = 1


@dataclass(slots=True)
class Pace:
    """Hands out turns, evenly spaced: each is due an interval after the one before.

    Turns that nobody took are not saved up, but for a tenth of a second's worth: so a late wake-up
    is made good. Time is the loop's.
    """

    per_minute: int
    scale: float = 1.0
    """Of the waits that nobody asked for by name."""
    _waiting: tuple[deque[asyncio.Future[bool]], deque[asyncio.Future[bool]]] = field(
        default_factory=lambda: (deque(), deque()), init=False
    )
    _due_at: float = field(default=0.0, init=False)
    """When the next turn is due were all turns evenly spaced."""
    _paused_until: float = field(default=0.0, init=False)
    _doublings: int = field(default=0, init=False)
    _in_a_row: int = field(default=0, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)
    is_stopped: bool = field(default=False, init=False)
    """No more turns."""
    _interval: float = field(init=False)
    _slack: float = field(init=False)

    def __post_init__(self) -> None:
        burst = max(1, self.per_minute // 600)
        # What may leave at once is taken off: no rolling minute sees both.
        self._interval = _MINUTE / (self.per_minute - burst + 1)
        self._slack = (burst - 1) * self._interval

    async def turn(self, urgency: Urgency) -> bool:
        """Waits for a turn. False: there are none any more."""
        if self.is_stopped:
            return False
        future = asyncio.get_running_loop().create_future()
        self._waiting[urgency].append(future)
        self._serve()
        return await future

    def limited(self, wait: timedelta | None) -> None:
        """The provider said 429: nobody asks for as long as it says, or for ever longer."""
        now = asyncio.get_running_loop().time()
        if wait is not None:
            self._paused_until = max(self._paused_until, now + wait.total_seconds())
        elif now >= self._paused_until:  # requests that were on their way together count once
            self._doublings = min(self._doublings + 1, _MOST_DOUBLINGS)
            jitter = random.uniform(0.75, 1.25)  # noqa: S311 - keeps no secret
            seconds = min(2.0**self._doublings * jitter, _LONGEST_BACKOFF)
            self._paused_until = now + seconds * self.scale

    def went_well(self) -> None:
        """An answer came that was no 429."""
        if not self.paused_seconds:  # else it was on its way before the pause, and proves nothing
            self._doublings = 0

    def stop(self) -> None:
        """No more turns: whoever waits goes home."""
        self.is_stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for queue in self._waiting:
            while queue:
                future = queue.popleft()
                if not future.done():
                    future.set_result(False)

    @property
    def paused_seconds(self) -> float:
        """For how long nobody may ask."""
        return max(0.0, self._paused_until - asyncio.get_running_loop().time())

    def _serve(self) -> None:
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        while now >= self._open_at:
            future = self._next()
            if future is None:
                return
            future.set_result(True)
            self._due_at = max(self._due_at, now) + self._interval
        if any(self._waiting):
            self._timer = loop.call_at(max(self._open_at, now + _GATHERING), self._ring)

    @property
    def _open_at(self) -> float:
        return max(self._due_at - self._slack, self._paused_until)

    def _ring(self) -> None:
        self._timer = None
        self._serve()

    def _next(self) -> asyncio.Future[bool] | None:
        submits, reads = self._waiting
        for queue in self._waiting:
            while queue and queue[0].done():  # whoever waited was cancelled
                queue.popleft()
        if submits and (not reads or self._in_a_row < _READS_PASSED_OVER):
            self._in_a_row += 1
            return submits.popleft()
        self._in_a_row = 0
        return reads.popleft() if reads else None
