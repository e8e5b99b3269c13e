"""How fast we may ask: so many requests in any minute, submissions before reads.

Rule: never above the pace, and a 429 slows everybody down.

aiolimiter keeps a pace too, but knows neither two kinds of waiting nor a pause for all.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Final

_READS_PASSED_OVER: Final = 4
"""After so many submissions in a row a waiting read has its turn: nobody starves."""
_LONGEST_BACKOFF: Final = 60.0
_HAIR: Final = 1e-6
"""Sums of fractions miss a whole by less than this: nobody waits for the rest of it."""


class Urgency(IntEnum):
    """Who goes first."""

    SUBMIT = 0
    READ = 1


@dataclass(slots=True)
class Pace:
    """Hands out turns."""

    per_minute: int
    scale: float = 1.0
    """Of the waits that nobody asked for by name."""
    _waiting: tuple[deque[asyncio.Future[bool]], deque[asyncio.Future[bool]]] = field(
        default_factory=lambda: (deque(), deque()), init=False
    )
    _tokens: float = field(default=1.0, init=False)
    _filled_at: float = field(default=0.0, init=False)
    _paused_until: float = field(default=0.0, init=False)
    _limited: int = field(default=0, init=False)
    _in_a_row: int = field(default=0, init=False)
    _stopped: bool = field(default=False, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    @property
    def _burst(self) -> float:
        # A tenth of a second's worth, so that a late wake-up is made good and no more.
        return max(1.0, self.per_minute / 600)

    @property
    def _rate(self) -> float:
        # What may be saved up is taken off, so that no rolling minute sees more than the pace.
        saved_up = self._burst if self._burst > 1 else 0
        return (self.per_minute - saved_up) * (1 - _HAIR) / 60

    async def turn(self, urgency: Urgency) -> bool:
        """Waits for a turn. False: there are none any more."""
        if self._stopped:
            return False
        future = asyncio.get_running_loop().create_future()
        self._waiting[urgency].append(future)
        self._serve()
        return await future

    def limited(self, wait: timedelta | None) -> None:
        """The provider said 429: nobody asks for as long as it says, or for ever longer."""
        now = asyncio.get_running_loop().time()
        self._limited += 1
        seconds = (
            min(_LONGEST_BACKOFF, 2.0**self._limited) * random.uniform(0.75, 1.25) * self.scale  # noqa: S311 - jitter
            if wait is None
            else wait.total_seconds()
        )
        self._paused_until = max(self._paused_until, now + seconds)

    def went_well(self) -> None:
        """An answer came that was no 429."""
        self._limited = 0

    def stop(self) -> None:
        """No more turns: whoever waits goes home."""
        self._stopped = True
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
        self._fill(now)
        while self._tokens >= 1 - _HAIR and now >= self._paused_until:
            future = self._next()
            if future is None:
                return
            future.set_result(True)
            self._tokens -= 1
        if any(self._waiting):
            short = max(0.0, (1 - self._tokens) / self._rate)
            self._timer = loop.call_at(max(now + short, self._paused_until), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._serve()

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now

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
