"""Running a bot until it is told to stop, and stopping it in order.

Rule: first nothing new begins, then what is on its way arrives, then things are closed. A request
that may cost money and a message that is being sent are never cut off.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from bot.bootstrap import Bot
from bot.log import get_logger

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def told_to_stop() -> Generator[asyncio.Event]:
    """An event that is set by SIGTERM, by Ctrl-C, and by the end of the terminal."""
    event = asyncio.Event()
    with on_stop(event.set):
        yield event


@contextmanager
def on_stop(hear: Callable[[], object]) -> Generator[None]:
    """Calls it each time somebody says stop."""
    loop = asyncio.get_running_loop()
    # What was started with `nohup` is to outlive its terminal.
    numbers = [it for it in _SIGNALS if signal.getsignal(it) is not signal.SIG_IGN]
    for number in numbers:
        loop.add_signal_handler(number, hear)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def run_until(
    stop: asyncio.Event,
    bot: Bot,
    *companions: Coroutine[Any, Any, None],
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
) -> None:
    """Runs the watcher and its companions. If one of them ends before it is told to, all end, and
    its error is raised here. `closing` is called before the watcher drains: no new orders.
    """
    works = [bot.studio.watch.run(), *companions]
    tasks = [asyncio.create_task(work) for work in works]
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
        get_logger(__name__).info("Stopping")
        for close in closing:
            await close()
        await bot.studio.watch.drain()
    finally:
        stopped.cancel()
        # What has ended by itself says why; the others end now that all is closed.
        await _ended(tasks)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    done = [task for task in tasks if task.done()]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
    for result in results:
        if isinstance(result, BaseException):
            raise result
