"""Work that goes on beside the requests: deadlines and delayed events.

Rule: nothing of it outlives the world, and no fault of it stays unseen.
"""

import asyncio
from collections.abc import Callable, Coroutine


class Background:
    """A set of tasks."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures: list[BaseException] = []
        """Faults of the local Discord's own code; its block raises them when it ends."""

    def spawn(self, work: Coroutine[object, object, None]) -> Callable[[], None]:
        """Starts something; the answer stops it."""
        task = asyncio.get_running_loop().create_task(_as_task(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return lambda: _stop(task)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.failures.append(error)

    async def stop(self) -> None:
        """Ends all of it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _as_task(work: Coroutine[object, object, None]) -> None:
    await work


def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
