"""The provider's time: real seconds, stretched or squeezed, also while somebody waits.

Rule: every wait that the documentation gives in seconds goes through here, and nothing else does.
"""

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress


class Clock:
    """Counts provider seconds. A `scale` of 0.001 lets a minute pass in 60 milliseconds."""

    def __init__(self, scale: float) -> None:
        self._scale = _positive(scale)
        self._reached = 0.0
        self._since = time.monotonic()
        self._changed = asyncio.Event()

    @property
    def scale(self) -> float:
        """Real seconds that one provider second takes."""
        return self._scale

    @scale.setter
    def scale(self, scale: float) -> None:
        self._reached = self.now()
        self._since = time.monotonic()
        self._scale = _positive(scale)
        self.nudge()

    def now(self) -> float:
        """Provider seconds since this clock was made."""
        return self._reached + (time.monotonic() - self._since) / self._scale

    async def sleep(self, seconds: float) -> None:
        """Waits provider seconds; a change of the scale reaches who waits already."""
        deadline = self.now() + seconds
        await self.wait(lambda: deadline)

    async def wait(self, due: Callable[[], float]) -> None:
        """Waits until `due`, which is asked again after each `nudge` and may be infinite."""
        while (left := due() - self.now()) > 0:
            changed = self._changed
            with suppress(TimeoutError):
                async with asyncio.timeout(left * self._scale if math.isfinite(left) else None):
                    await changed.wait()

    def nudge(self) -> None:
        """Lets everybody who waits look again at what they wait for."""
        self._changed.set()
        self._changed = asyncio.Event()


def _positive(scale: float) -> float:
    if scale <= 0:
        raise ValueError("Time has to pass: wait_scale is above 0.")
    return scale
