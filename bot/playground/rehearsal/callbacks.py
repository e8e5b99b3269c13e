"""Calls back when a task has ended, with the documented patience, and forges calls on request.

Rule: what is sent is in the books, with the answer that it got.
"""

import io
import json
import secrets
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.playground.rehearsal.books import Books, Delivery, TaskEntry, milliseconds
from bot.playground.rehearsal.clock import Clock
from bot.playground.rehearsal.status import stale_status_of, status_of
from bot.playground.rehearsal.wire import success

RETRIES: Final = (30.0, 120.0, 600.0)
"""How long it waits before it tries again, in provider seconds. Then it gives up."""
PATIENCE: Final = 30.0
LEAST_PATIENCE: Final = 5.0
"""Real seconds: a squeezed half minute would be a test of the machine, not of the bot."""
BIG: Final = 1024 * 1024
DEPTH: Final = 20_000
"""Deeper than a parser likes, and short enough to get past a limit on size."""


class Callbacks:
    """Sends the calls of tasks."""

    def __init__(self, session: ClientSession, clock: Clock, books: Books) -> None:
        self._session = session
        self._clock = clock
        self._books = books

    async def start(self, task: TaskEntry) -> None:
        """Sends what comes while the task still works: a false success."""
        if task.callback_url and task.callback_act.name == "early_success":
            await self._send(task, task.callback_url, "early_success", _encode(_claim(task)))

    async def end(self, task: TaskEntry) -> None:
        """Sends what comes when the task has ended."""
        if not task.callback_url or task.callback_act.name == "lost":
            return
        if task.callback_act.name == "late":
            await self._clock.sleep(task.callback_act.number(60))
        await self.forge(task, task.callback_act.name)
        times = int(task.callback_act.number(2)) if task.callback_act.name == "repeated" else 1
        for _ in range(times):
            await self._insist(task)
        if task.callback_act.name == "stale_after":
            body = _encode(success(stale_status_of(task)))
            await self._send(task, task.callback_url, "stale_after", body)

    async def out_of_turn(self, task: TaskEntry, kind: str) -> None:
        """Sends one call now, whatever the task's state is: "true", or a forged one."""
        if kind == "true":
            body = _encode(success(status_of(task)))
            await self._send(task, task.callback_url, "true", body)
        elif kind == "early_success":
            await self._send(task, task.callback_url, kind, _encode(_claim(task)))
        else:
            await self.forge(task, kind)

    async def _insist(self, task: TaskEntry) -> None:
        body = _encode(success(status_of(task)))
        for pause in (*RETRIES, None):
            if await self._send(task, task.callback_url, "true", body) == 200 or pause is None:
                return
            await self._clock.sleep(pause)

    async def forge(self, task: TaskEntry, act: str) -> None:
        """Sends what only an impostor would send; nothing for an act that forges nothing."""
        url = task.callback_url
        true = _encode(success(status_of(task)))
        match act:
            case "wrong_token":
                await self._send(task, _other_token(url, secrets.token_urlsafe(32)), act, true)
            case "odd_token":
                await self._send(task, _other_token(url, "tökén-✓-%00"), act, true)
            case "other_token":
                for other in self._other_urls(task):
                    await self._send(task, other, act, true)
            case "wrong_id":
                body = {**status_of(task), "taskId": secrets.token_hex(16)}
                await self._send(task, url, act, _encode(success(body)))
            case "big":
                await self._send(task, url, act, b'{"padding": "' + b"x" * BIG + b'"}')
            case "nested":
                await self._send(task, url, act, b'{"data":' + b"[" * DEPTH + b"]" * DEPTH + b"}")
            case "not_json":
                await self._send(task, url, act, b"success, more or less")
            case _:
                return

    def _other_urls(self, task: TaskEntry) -> list[str]:
        urls = {other.callback_url for other in self._books.tasks.values() if other.callback_url}
        return sorted(urls - {task.callback_url})[:1]

    async def _send(self, task: TaskEntry, url: str, kind: str, body: bytes) -> int:
        """One POST; 0 when no answer came."""
        patience = ClientTimeout(total=max(LEAST_PATIENCE, PATIENCE * self._clock.scale))
        delivery = Delivery(url, kind, "", milliseconds())
        try:
            async with self._session.post(
                URL(url, encoded=True),
                data=io.BytesIO(body),
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
                timeout=patience,
            ) as response:
                delivery.answer = response.status
        except (ClientError, TimeoutError) as error:
            delivery.answer = type(error).__name__
        task.deliveries.append(delivery)
        self._books.changed()
        return delivery.answer if isinstance(delivery.answer, int) else 0


def _encode(body: object) -> bytes:
    return json.dumps(body).encode()


def _claim(task: TaskEntry) -> object:
    result = json.dumps({"resultUrls": ["https://example.invalid/forged.mp4"]})
    return success({"taskId": task.task_id, "state": "success", "resultJson": result})


def _other_token(url: str, token: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rpartition("/")[0] + "/" + quote(token, safe="")
    return urlunsplit(parts._replace(path=path))
