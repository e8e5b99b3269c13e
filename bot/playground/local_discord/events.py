"""Tells whoever listens what happens in the world.

Rule: nobody polls. Who waits for something is woken by what happens.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: what kind of thing, to which thing, and who alone may know."""

    kind: str
    subject: object
    only_for: int | None = None


class Bus:
    """Hands events to listeners."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event]] = set()

    def publish(self, kind: str, subject: object, *, only_for: int | None = None) -> None:
        """Tells everybody."""
        event = Event(kind, subject, only_for)
        for listener in self._listeners:
            listener.put_nowait(event)

    @contextmanager
    def listen(self) -> Generator[asyncio.Queue[Event]]:
        """All events from now on."""
        news: asyncio.Queue[Event] = asyncio.Queue()
        self._listeners.add(news)
        try:
            yield news
        finally:
            self._listeners.discard(news)

    async def until(self, find: Callable[[], T | None], *, timeout: float, wanted: str) -> T:  # noqa: ASYNC109 - the message of the error is the point
        """Waits until `find` finds something; it looks again whenever something happens."""
        try:
            async with asyncio.timeout(timeout):
                with self.listen() as news:
                    while (found := find()) is None:
                        await news.get()
                        while not news.empty():
                            news.get_nowait()
                    return found
        except TimeoutError:
            raise TimeoutError(f"Not within {timeout:g} s: {wanted}") from None
