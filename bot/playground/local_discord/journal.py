"""What the bot asked over HTTP and what it was answered.

Rule: every request is here, also those that a fault has eaten; no file's bytes are.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from bot.playground.local_discord.wire import Json, Jsons

KEPT: Final = 200_000


@dataclass(eq=False, slots=True)
class Exchange:
    """One request and its answer."""

    number: int
    at: float
    method: str
    path: str
    """After `/api/v10`."""
    query: dict[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    """The JSON; of a multipart body its `payload_json`."""
    files: Jsons = field(default_factory=list[Json])
    """Field, name, type and size of each uploaded file."""
    multipart: bool = False
    status: int | None = None
    """None where the connection was dropped."""
    answer: Any = None
    fault: str | None = None
    """What was played instead of Discord."""

    def as_json(self) -> Json:
        """All of it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Journal:
    """All exchanges, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self._count = 0

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def open(self, at: float, method: str, path: str, query: dict[str, str]) -> Exchange:
        """Notes that a request has come."""
        self._count += 1
        exchange = Exchange(self._count, at, method, path, query)
        self._kept.append(exchange)
        return exchange

    def of(self, method: str = "*", path: str = "*") -> list[Exchange]:
        """The exchanges of a kind; `path` is a pattern such as `/channels/*/messages`."""
        return [
            exchange
            for exchange in self._kept
            if fnmatchcase(exchange.method, method) and fnmatchcase(exchange.path, path)
        ]

    def since(self, number: int) -> list[Exchange]:
        """The exchanges after one."""
        return [exchange for exchange in self._kept if exchange.number > number]

    @property
    def refused(self) -> int:
        """Answers 401, 403 and 429: Discord bans an address after 10,000 in ten minutes."""
        return sum(exchange.status in {401, 403, 429} for exchange in self._kept)

    def clear(self) -> None:
        """Forgets everything so far."""
        self._kept.clear()
