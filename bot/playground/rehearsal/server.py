"""The rehearsal provider: everything wired into one server on this machine.

Rule: it knows nothing of the bot, it listens on loopback alone, and nothing of it is left running
when its block ends.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web
from aiohttp.typedefs import Handler

from bot.playground.rehearsal.api import Api
from bot.playground.rehearsal.books import Books, TaskEntry
from bot.playground.rehearsal.callbacks import Callbacks
from bot.playground.rehearsal.clock import Clock
from bot.playground.rehearsal.files import Files
from bot.playground.rehearsal.keeping import Kept, bring_back, keep, order_of
from bot.playground.rehearsal.life import Life
from bot.playground.rehearsal.references import References
from bot.playground.rehearsal.settings import Settings
from bot.playground.rehearsal.stage import Stage
from bot.playground.rehearsal.stage_door import StageDoor
from bot.playground.rehearsal.studio import Studio
from bot.playground.rehearsal.wire import Wire, refuse

BASE: Final = "/api/v1"
HOST: Final = "127.0.0.1"
KEY: Final = "rehearsal"
log = logging.getLogger(__name__)


class RehearsalError(Exception):
    """The rehearsal itself has a fault: what it showed proves nothing."""


class RehearsalProvider:
    """A provider that spends nothing. Use it as `async with RehearsalProvider(...) as provider`."""

    def __init__(
        self,
        *,
        key: str = KEY,
        balance: float | Decimal = 100,
        folder: Path | None = None,
        port: int = 0,
        seed: int = 1,
        wait_scale: float = 1,
        fast: bool = False,
        full_size: bool = False,
        **settings: object,
    ) -> None:
        """`balance` is in dollars; further `settings` are the fields of `Settings`."""
        self.key = key
        self.settings = Settings.model_validate(
            {**settings, "wait_scale": wait_scale, "fast": fast, "full_size": full_size}
        )
        self.stage = Stage()
        self.books = Books(_micros(balance))
        self.failures: list[BaseException] = []
        """Faults of the rehearsal's own code. The block raises them when it ends."""
        self._folder = folder
        self._port = port
        self._seed = seed
        self._clock = Clock(wait_scale)
        self._closing = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._open = AsyncExitStack()

    @property
    def origin(self) -> str:
        """Where it listens: http://127.0.0.1:PORT."""
        return self._files.origin

    @property
    def base_url(self) -> str:
        """What stands in place of https://api.apixo.ai/api/v1."""
        return self.origin + BASE

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._open.aclose()
        if self.failures and error is None:
            raise RehearsalError("The rehearsal provider has a fault.") from self.failures[0]

    def adjust(self, **changes: object) -> None:
        """Turns knobs at run time: fields of `Settings`, and `balance` in dollars."""
        balance = changes.pop("balance", None)
        fresh = Settings.model_validate({**self.settings.model_dump(), **changes})
        for name in changes:
            setattr(self.settings, name, getattr(fresh, name))
        if balance is not None:
            self.books.balance_micros = _micros(str(balance))
        if "wait_scale" in changes:
            self._clock.scale = fresh.wait_scale

    def written(self) -> Kept:
        """The books and the shelf as JSON, for a later life in the same folder."""
        return keep(self.books, self._files.written())

    def go_on_from(self, kept: Kept) -> None:
        """Takes up an earlier life's books, and the tasks that were at work in it."""
        bring_back(self.books, kept)
        self._files.take_back(kept["shelf"], self.books.tasks)
        for task in self.books.tasks.values():
            # The port may be another one this time.
            task.result_urls = [_moved(url, self.origin) for url in task.result_urls]
            if not task.ended:
                order = order_of(task)
                self._life.resume(task, order)
                self._spawn(self._life.lead(task, order))

    def finish(self, task_id: str) -> None:
        """Ends a task now, also one that would never end."""
        self._life.finish(self._task(task_id))

    def call(self, task_id: str, kind: str) -> None:
        """Sends a call out of turn: "true" for the right one, or an act that forges one."""
        self._spawn(self._callbacks.out_of_turn(self._task(task_id), kind))

    @asynccontextmanager
    async def down(self) -> AsyncGenerator[None]:
        """While this block runs nobody listens, and connections that were open are reset."""
        await self._site.stop()
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport:
                connection.transport.abort()
        try:
            yield
        finally:
            self._site = await self._open_port()

    async def until(self, holds: Callable[[Books], object], seconds: float = 20) -> None:
        """Waits until something holds of the books."""
        await self.books.until(holds, seconds)

    async def _start(self, stack: AsyncExitStack) -> None:
        folder = self._folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        session = await stack.enter_async_context(
            ClientSession(cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=10))
        )
        studio = Studio(folder)
        stack.push_async_callback(studio.close)
        wire = Wire(self._clock, self._closing)
        self._files = Files(
            folder, stage=self.stage, books=self.books, wire=wire, closing=self._closing
        )
        self._callbacks = Callbacks(session, self._clock, self.books)
        self._life = Life(
            settings=self.settings,
            clock=self._clock,
            books=self.books,
            studio=studio,
            files=self._files,
            references=References(session),
            callbacks=self._callbacks,
            seed=self._seed,
        )
        api = Api(
            key=self.key,
            settings=self.settings,
            stage=self.stage,
            books=self.books,
            life=self._life,
            wire=wire,
            spawn=self._spawn,
        )
        stack.push_async_callback(self._end_tasks)
        await self._listen(stack, api)

    async def _listen(self, stack: AsyncExitStack, api: Api) -> None:
        app = web.Application(middlewares=[self._own_up])
        app.add_routes(api.routes(BASE))
        app.add_routes(StageDoor(self).routes())
        app.router.add_get("/files/{name}", self._files.serve)
        self._runner = runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=2.0
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        self._site = await self._open_port()
        self._port = runner.addresses[0][1]
        self._files.origin = f"http://{HOST}:{self._port}"

    async def _open_port(self) -> web.TCPSite:
        site = web.TCPSite(self._runner, HOST, self._port, backlog=1024)
        await site.start()
        return site

    def _task(self, task_id: str) -> TaskEntry:
        if task_id not in self.books.tasks:
            raise ValueError("There is no such task.")
        return self.books.tasks[task_id]

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._note(error)

    def _note(self, error: BaseException) -> None:
        log.error("the rehearsal provider has a fault", exc_info=error)
        self.failures.append(error)

    async def _end_tasks(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    @web.middleware
    async def _own_up(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A fault of our own is answered as one, and raised again at the end."""
        try:
            return await handler(request)
        except web.HTTPException as error:
            return refuse(error.status, error.reason)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to hear of it
            self._note(error)
            return refuse(500, "The rehearsal provider has a fault of its own.")


def _moved(url: str, origin: str) -> str:
    parts = urlsplit(url)
    ours = parts.hostname == HOST and parts.path.startswith("/files/")
    return origin + parts.path if ours else url


def _micros(dollars: float | str | Decimal) -> int:
    return int(Decimal(str(dollars)) * 1_000_000)
