"""What the watcher leaves to tasks beside its loop, because it may take a while.

Rule: each chore is done by one at a time, and one that fails fails alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.errors import StoreError
from bot.log import get_logger


class Chore(StrEnum):
    """What is done now and then, for nobody in particular."""

    BALANCE = "balance"
    QUEUE = "queue"
    TIDY = "tidy"


@dataclass(slots=True)
class Chores:
    """Those at work."""

    _tasks: dict[Chore, asyncio.Task[None]] = field(
        default_factory=dict[Chore, asyncio.Task[None]], init=False
    )

    def begin(
        self, chore: Chore, work: Callable[[], Awaitable[None]], after: Callable[[bool], None]
    ) -> None:
        """Begins it, and tells `after` whether it went well. It must not be under way yet."""
        assert chore not in self._tasks
        self._tasks[chore] = asyncio.create_task(self._do(chore, work, after), name=chore)

    def __contains__(self, chore: Chore) -> bool:
        return chore in self._tasks

    def cancel(self) -> list[asyncio.Task[None]]:
        """Gives all of them up; they end in a moment."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        return tasks

    async def _do(
        self, chore: Chore, work: Callable[[], Awaitable[None]], after: Callable[[bool], None]
    ) -> None:
        went_well = False
        try:
            await work()
            went_well = True
        except StoreError as error:
            # A full disk must not stop polls and deliveries of what is already written.
            log = get_logger(__name__)
            log.warning("The books cannot be used now", chore=chore.value, error=str(error))
        except Exception:  # noqa: BLE001 - the next time may fare better
            get_logger(__name__).exception("A chore failed", chore=chore.value)
        finally:
            del self._tasks[chore]
            after(went_well)
