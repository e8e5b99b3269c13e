"""Counts what is at work, so that closing can wait for it.

Rule: whatever talks to Discord by itself runs inside `work()`; nothing is cancelled to get it out.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


class Busy:
    """How many are at work."""

    def __init__(self) -> None:
        """Nobody is."""
        self.count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def work(self) -> Generator[None]:
        """Somebody is, until the block ends."""
        self.count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.count -= 1
            if self.count == 0:
                self._idle.set()

    async def rest(self, seconds: float) -> bool:
        """Waits until nobody is at work. False: the time was over first."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
