"""The provider's three routes.

Rule: key, pace and body are judged before any act is played, so that a script is used up by
requests that a real provider would have accepted, and by no others.
"""

import asyncio
import hmac
import secrets
from collections.abc import Callable, Coroutine
from typing import Final

from aiohttp import web

from bot.playground.rehearsal.acts import PLAIN, Act
from bot.playground.rehearsal.books import Books, Submission, TaskEntry, milliseconds
from bot.playground.rehearsal.inputs import MODELS
from bot.playground.rehearsal.life import Life
from bot.playground.rehearsal.order import Order, OrderRefusedError, read_order
from bot.playground.rehearsal.settings import Settings
from bot.playground.rehearsal.stage import Stage
from bot.playground.rehearsal.status import stale_status_of, status_of
from bot.playground.rehearsal.wire import Wire, refuse, success

NOBODY: Final = "0123456789abcdef0123456789abcdef"
"""A task id that no task has."""


class RefusedError(Exception):
    """The request is answered with a documented error."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class Api:
    """generateTask, statusTask and current-balance."""

    def __init__(
        self,
        *,
        key: str,
        settings: Settings,
        stage: Stage,
        books: Books,
        life: Life,
        wire: Wire,
        spawn: Callable[[Coroutine[object, object, None]], asyncio.Task[None]],
    ) -> None:
        self._key = key.encode()
        self._settings = settings
        self._stage = stage
        self._books = books
        self._life = life
        self._wire = wire
        self._spawn = spawn

    def routes(self, base: str) -> list[web.RouteDef]:
        """The routes, under the provider's base path."""
        return [
            web.post(base + "/generateTask/{model}", self.generate),
            web.get(base + "/statusTask/{model}", self.status),
            web.get(base + "/apikeys/current-balance", self.balance),
        ]

    async def generate(self, request: web.Request) -> web.StreamResponse:
        """POST /generateTask/{model}"""
        self._books.count("submit")
        entry = Submission(milliseconds(), request.match_info["model"], "refused", "", None, None)
        self._books.submissions.append(entry)
        try:
            self._check_caller(request)
            order = await _read(request)
            entry.payload = order.payload
            act = self._stage.draw("submit")
            if act.creates:
                self._check_room(order)
        except RefusedError as refusal:
            entry.reason = str(refusal)
            self._books.changed()
            return refuse(refusal.code, refusal.message)
        entry.act = act.text
        foreign = self._other_id(None)
        # A lie about a task that was not made names none that exists.
        answer: dict[str, object] = {"taskId": secrets.token_hex(16)}
        if act.creates:
            act_of_task = self._stage.draw("task", pictured=order.input.image_urls is not None)
            task = self._life.begin(order, act_of_task, self._callback_act(order))
            entry.task_id = task.task_id
            answer = {"taskId": task.task_id}
            led = self._spawn(self._life.lead(task, order))
            if task.callback_act.name == "before_answer":
                await asyncio.wait([led])
        self._books.changed()
        return await self._wire.answer(request, act, right=success(answer), foreign=foreign)

    async def status(self, request: web.Request) -> web.StreamResponse:
        """GET /statusTask/{model}?taskId="""
        self._books.count("status")
        try:
            self._check_caller(request)
            task = self._find_task(request)
        except RefusedError as refusal:
            return refuse(refusal.code, refusal.message)
        task.status_reads += 1
        act = self._stage.draw("status")
        if act.name == "stale":
            return await self._wire.answer(request, PLAIN, right=success(stale_status_of(task)))
        right = success(status_of(task))
        return await self._wire.answer(request, act, right=right, foreign=self._other_id(task))

    async def balance(self, request: web.Request) -> web.StreamResponse:
        """GET /apikeys/current-balance"""
        self._books.count("balance")
        try:
            self._check_caller(request)
        except RefusedError as refusal:
            return refuse(refusal.code, refusal.message)
        act = self._stage.draw("balance")
        if act.name == "zero":
            return await self._wire.answer(request, PLAIN, right=success(0.0))
        right = success(self._books.balance_micros / 1_000_000)
        return await self._wire.answer(request, act, right=right)

    def _check_caller(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, b"Bearer " + self._key):
            raise RefusedError(401)
        recent = self._books.requests_within(self._settings.minute_seconds)
        if recent > self._settings.requests_per_minute:
            raise RefusedError(429)

    def _check_room(self, order: Order) -> None:
        if order.input.model in self._settings.forbidden_models:
            raise RefusedError(403)
        if order.input.price_micros > self._books.balance_micros:
            raise RefusedError(402)
        if self._books.running >= self._settings.tasks_at_once:
            raise RefusedError(429, "Concurrency limit reached")

    def _find_task(self, request: web.Request) -> TaskEntry:
        task = self._books.tasks.get(request.query.get("taskId", ""))
        if task is None or task.model != request.match_info["model"]:
            raise RefusedError(404)
        return task

    def _callback_act(self, order: Order) -> Act:
        return self._stage.draw("callback") if order.callback_url else PLAIN

    def _other_id(self, task: TaskEntry | None) -> str:
        """Another task's id: the first that is not this one's."""
        return next(
            (name for name in self._books.tasks if task is None or name != task.task_id), NOBODY
        )


async def _read(request: web.Request) -> Order:
    model = MODELS.get(request.match_info["model"])
    if model is None:
        raise RefusedError(404, "Model not found")
    try:
        return read_order(model, request.content_type, await request.read())
    except OrderRefusedError as error:
        raise RefusedError(400, str(error)) from error
