"""Is a download still worth waiting for?

Rule: bytes are counted by us, per window of time, so that a server that trickles is told from one
that is merely slow for a moment.
"""

from bot.domain.errors import ClipRefusedError, ClipUnreachableError


class Pace:
    """Counts what came: all of it against a limit, and each window against the least."""

    def __init__(self, *, largest_bytes: int, slowest: float, window: float, now: float) -> None:
        """`slowest` in bytes per second; `window` in seconds, as `now`."""
        self._largest_bytes = largest_bytes
        self._window = window
        self._least = slowest * window
        self._since = now
        self._in_window = 0
        self.total = 0

    def count(self, size: int, now: float) -> None:
        """This many bytes came now."""
        self.total += size
        self._in_window += size
        if self.total > self._largest_bytes:
            raise ClipRefusedError(f"larger than {self._largest_bytes} bytes")
        if now - self._since >= self._window:
            if self._in_window < self._least:
                raise ClipUnreachableError("the file comes too slowly")
            self._since, self._in_window = now, 0

    def excuse(self, seconds: float) -> None:
        """Our own disk was slow: that is not the server's fault."""
        self._since += seconds
