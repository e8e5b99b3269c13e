"""One at a time per key: two who want the same file do not make it twice.

Rule: a key that nobody waits for takes no memory.
"""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Turns:
    """Locks by key."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: Hashable) -> asyncio.Lock:
        """The key's lock, for `async with`."""
        return self._locks.setdefault(key, asyncio.Lock())
