"""The time of the books, made from a wall clock that somebody may set.

Rule: it never goes back, and it leaps no further than a corrected clock would. A leap is reported
and not followed, so that nothing expires early and no period is granted twice.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

_FOLLOWED: Final = timedelta(hours=1)
"""A wall clock that is off by less is followed: a slow correction, a short sleep of the machine."""


def wall_clock() -> datetime:
    """What the machine believes."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Seconds that nobody can set; they run on while the machine sleeps, where it can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(slots=True)
class SteadyClock:
    """Follows the wall clock as long as that agrees with the seconds that pass."""

    floor: datetime
    """The latest moment that the books have seen: a start cannot be earlier."""
    wall: Callable[[], datetime] = wall_clock
    elapsed: Callable[[], float] = since_boot
    on_leap: Callable[[timedelta], None] = lambda _: None
    _at: datetime = field(init=False)
    _mark: float = field(init=False)
    _leaping: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._at = max(self.floor, self.wall())
        self._mark = self.elapsed()

    def now(self) -> datetime:
        """Aware UTC, never before the last answer."""
        mark = self.elapsed()
        passed = self._at + timedelta(seconds=max(0.0, mark - self._mark))
        wall = self.wall()
        off = wall - passed
        leaping = abs(off) >= _FOLLOWED
        if leaping and not self._leaping:
            self.on_leap(off)
        self._leaping = leaping
        self._at = passed if leaping else max(self._at, wall)
        self._mark = mark
        return self._at
