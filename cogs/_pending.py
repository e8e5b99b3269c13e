"""Asks that wait for a press: a question above the threshold, offers after a refusal.

They are kept in memory for an hour, as long as the message that shows them may be used. After a
restart the member is asked to type the command again; nothing was held, so nothing is lost.

Rule: each is taken once. Whoever presses twice, or on two offers at once, orders one video.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from bot.domain.ids import UserId

T = TypeVar("T")

LIFE_SECONDS: Final = 60 * 60
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    thing: T
    owner: UserId
    until: float


@dataclass(slots=True)
class Pending(Generic[T]):
    """Things by tokens that nobody can guess."""

    clock: Callable[[], float] = time.monotonic
    _kept: "OrderedDict[str, _Kept[T]]" = field(default_factory=OrderedDict, init=False)

    def put(self, thing: T, owner: UserId) -> str:
        """Keeps a thing for its owner."""
        while len(self._kept) >= _MOST:
            self._kept.popitem(last=False)
        token = secrets.token_urlsafe(12)
        self._kept[token] = _Kept(thing, owner, self.clock() + LIFE_SECONDS)
        return token

    def take(self, token: str, owner: UserId) -> T | None:
        """The thing, and it is gone from here. None: taken, too old, or somebody else's."""
        kept = self._kept.get(token)
        if kept is None or kept.owner != owner:
            return None
        del self._kept[token]
        return kept.thing if self.clock() < kept.until else None
