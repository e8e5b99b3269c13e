"""What doors remember between two presses.

Rule: it outlives a login and not a restart, so nothing in it may be needed: whoever finds nothing
asks again.
"""

from typing import TypeVar

T = TypeVar("T")


class Memory:
    """One thing of each kind, made when it is first asked for."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._things: dict[type[object], object] = {}

    def of(self, kind: type[T]) -> T:
        """The thing of this kind, which needs nothing to begin with."""
        thing = self._things.get(kind)
        if not isinstance(thing, kind):
            thing = self._things[kind] = kind()
        return thing
