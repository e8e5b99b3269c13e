"""The time of the local Discord, which tests may push forward.

Rule: every deadline that Discord sets (three seconds, fifteen minutes, a day) is read here, so that
no test has to sleep until it passes.
"""

import asyncio
import time
from contextlib import suppress


class Clock:
    """Unix seconds that run with the real ones, `speed` times as fast, and may be pushed ahead."""

    def __init__(self, *, speed: float = 1) -> None:
        self._reached = time.time()
        self._since = time.monotonic()
        self._speed = _positive(speed)
        self._changed = asyncio.Event()

    @property
    def speed(self) -> float:
        """Seconds of this clock in a real one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._reached, self._since = self.now(), time.monotonic()
        self._speed = _positive(speed)
        self._nudge()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._reached + (time.monotonic() - self._since) * self._speed

    def advance(self, seconds: float) -> None:
        """Pushes the clock ahead; whoever waits for that moment goes on at once."""
        if seconds < 0:
            raise ValueError("Time goes forward only.")
        self._reached += seconds
        self._nudge()

    async def sleep_until(self, moment: float) -> None:
        """Waits until this clock shows `moment`."""
        while (left := moment - self.now()) > 0:
            changed = self._changed
            with suppress(TimeoutError):
                async with asyncio.timeout(left / self._speed):
                    await changed.wait()

    def _nudge(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _positive(speed: float) -> float:
    if speed <= 0:
        raise ValueError("Time has to pass: speed is above 0.")
    return speed
