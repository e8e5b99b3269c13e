"""Ids as Discord makes them: the milliseconds since 2015 and a counter.

Rule: each id is greater than the one before it, also when the clock stands still.
"""

from collections.abc import Callable
from typing import Final

EPOCH_MS: Final = 1_420_070_400_000


class Snowflakes:
    """Hands out ids."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.last = 0
        """The one that was handed out last."""

    def next(self) -> int:
        """A fresh id."""
        self.last = max(self.last + 1, at(self._now()))
        return self.last

    def go_on_after(self, last: int) -> None:
        """Hands out greater ones only."""
        self.last = max(self.last, last)


def at(moment: float) -> int:
    """The first id of a moment given in Unix seconds."""
    return (int(moment * 1000) - EPOCH_MS) << 22
