"""The provider's client.

Rule: the paid POST is sent at most once and never cancelled on its way; reads are tried again.
"""

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import aiohttp
import stamina
from pydantic import SecretStr
from yarl import URL

from bot.adapters.apixo.pace import Pace, Urgency
from bot.adapters.apixo.verdict import Answer, judge, retry_after
from bot.adapters.apixo.wire import LARGEST_ANSWER, read_envelope, read_status
from bot.domain.errors import (
    ProviderEmptyError,
    ProviderError,
    ProviderForbiddenError,
    ProviderKeyRefusedError,
    ProviderLimitedError,
    ProviderUnreachableError,
    TaskNotFoundError,
)
from bot.domain.ids import TaskId
from bot.domain.money import dollars
from bot.domain.provider import (
    Balance,
    NotCreated,
    Obstacle,
    Submission,
    TaskReport,
    Unknown,
    Verdict,
)
from bot.log import get_logger

_READ_TRIES: Final = 3
_NOT_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Proof that not a byte of the request reached anybody. Subclasses of what else may happen: first."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the provider, in seconds."""

    connect: float = 10.0
    post: float = 100.0
    """Long: giving up early makes an unknown of what would have been an answer."""
    read: float = 20.0

    def of_post(self) -> aiohttp.ClientTimeout:
        """For the paid POST: each pause is bounded, and the whole."""
        return aiohttp.ClientTimeout(
            total=self.post + self.connect, sock_connect=self.connect, sock_read=self.post
        )

    def of_read(self) -> aiohttp.ClientTimeout:
        """For everything that may be asked again."""
        return aiohttp.ClientTimeout(total=self.read, sock_connect=self.connect)


@dataclass(slots=True)
class Apixo:
    """Speaks to the provider. Made by `open_client`."""

    base: URL
    key: SecretStr
    pace: Pace
    posts: aiohttp.ClientSession
    """A connection for each POST: a stale one looks like a lost answer."""
    reads: aiohttp.ClientSession
    timeouts: Timeouts
    scale: float = 1.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _posting: set[asyncio.Task[Verdict]] = field(
        default_factory=set[asyncio.Task[Verdict]], init=False
    )

    async def submit(self, submission: Submission) -> Verdict:
        """The one paid POST. A caller that is cancelled leaves it running; `drain` waits for it."""
        task = asyncio.create_task(self._submit(submission), name="paid-post")
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)
        return await asyncio.shield(task)

    async def read_task(self, model_id: str, task: TaskId) -> TaskReport:
        """How far a task is."""
        url = self.base / "statusTask" / model_id
        answer = await self._read(url.with_query(taskId=task), not_found=TaskNotFoundError)
        envelope = read_envelope(answer.body)
        status = None if envelope is None else read_status(envelope)
        if status is None or status.taskId != task:
            raise ProviderUnreachableError("an answer that is not about the task")
        return status.to_domain()

    async def balance(self) -> Balance:
        """What is left on the account."""
        answer = await self._read(
            self.base / "apikeys" / "current-balance", not_found=ProviderUnreachableError
        )
        envelope = read_envelope(answer.body)
        left: Any = None if envelope is None else envelope.data
        if isinstance(left, bool) or not isinstance(left, int | float) or not math.isfinite(left):
            raise ProviderUnreachableError("an unreadable balance")
        return Balance(dollars(Decimal(str(left))), self.now())

    async def drain(self) -> None:
        """Waits until no paid POST is on its way. One that waits for its turn is not sent any more."""
        self.pace.stop()
        while self._posting:
            await asyncio.wait(tuple(self._posting))

    # -- the paid POST -------------------------------------------------------------------------

    async def _submit(self, submission: Submission) -> Verdict:
        if not await self.pace.turn(Urgency.SUBMIT):
            return NotCreated(Obstacle.LIMITED)
        verdict = await self._posted(submission)
        if isinstance(verdict, NotCreated) and verdict.obstacle is Obstacle.LIMITED:
            self.pace.limited(verdict.wait)
        elif not isinstance(verdict, Unknown):
            self.pace.went_well()
        get_logger(__name__).info(
            "Submitted", verdict=type(verdict).__name__, of=submission.model_id
        )
        return verdict

    async def _posted(self, submission: Submission) -> Verdict:
        try:
            answer = await self._ask(
                self.posts,
                "POST",
                self.base / "generateTask" / submission.model_id,
                body=_body_of(submission),
                within=self.timeouts.of_post(),
            )
        except _NOT_SENT:
            return NotCreated(Obstacle.UNREACHABLE)
        except (aiohttp.ClientError, OSError, ProviderError) as error:
            # TimeoutError is an OSError. The class is told, never the text: that may hold the URL.
            return Unknown(type(error).__name__)
        return judge(answer)

    # -- reads ---------------------------------------------------------------------------------

    async def _read(self, url: URL, *, not_found: type[ProviderError]) -> Answer:
        attempts = stamina.retry_context(
            on=ProviderUnreachableError,
            attempts=_READ_TRIES,
            timeout=None,
            wait_initial=0.5 * self.scale,
            wait_max=5 * self.scale,
            wait_jitter=1 * self.scale,
        )
        async for attempt in attempts:
            with attempt:
                return await self._read_once(url, not_found=not_found)
        raise AssertionError("an attempt returns or raises")

    async def _read_once(self, url: URL, *, not_found: type[ProviderError]) -> Answer:
        if not await self.pace.turn(Urgency.READ):
            raise ProviderUnreachableError("closing")
        try:
            answer = await self._ask(
                self.reads, "GET", url, body=None, within=self.timeouts.of_read()
            )
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderUnreachableError(type(error).__name__) from None
        self._raise_for(answer, not_found)
        self.pace.went_well()
        return answer

    def _raise_for(self, answer: Answer, not_found: type[ProviderError]) -> None:
        envelope = read_envelope(answer.body)
        code = None if envelope is None else envelope.code
        for status in (answer.status, code):
            match status:
                case None | 200:
                    continue
                case 401:
                    raise ProviderKeyRefusedError("the key is refused")
                case 402:
                    raise ProviderEmptyError("the account is empty")
                case 403:
                    raise ProviderForbiddenError("forbidden")
                case 404 if envelope is not None:
                    raise not_found("not found")
                case 429:
                    wait = retry_after(answer.headers)
                    self.pace.limited(wait)
                    raise ProviderLimitedError(wait)
                case _:
                    raise ProviderUnreachableError(f"status {status}")

    # -- the funnel ----------------------------------------------------------------------------

    async def _ask(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: URL,
        *,
        body: bytes | None,
        within: aiohttp.ClientTimeout,
    ) -> Answer:
        """One request, and its whole answer within the bounds of time and size."""
        headers = {
            "Authorization": f"Bearer {self.key.get_secret_value()}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        async with session.request(
            method, url, data=body, headers=headers, timeout=within, allow_redirects=False
        ) as response:
            return Answer(
                response.status,
                response.content_type,
                response.headers,
                await _bounded(response),
            )


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise ProviderUnreachableError("an endless answer")
    return bytes(body)


def _body_of(submission: Submission) -> bytes:
    body: dict[str, object] = {"request_type": "async"}
    if submission.callback_url is not None:
        body = {"request_type": "callback", "callback_url": submission.callback_url}
    if submission.route is not None:
        body["provider"] = submission.route
    return json.dumps(body | {"input": submission.input}, ensure_ascii=False).encode()


@asynccontextmanager
async def open_client(
    base_url: str,
    key: SecretStr,
    *,
    per_minute: int,
    scale: float = 1.0,
    timeouts: Timeouts | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncGenerator[Apixo]:
    """A client with sessions of its own. Closing it waits for the POST on its way."""
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, limit=0), trust_env=False
        ) as posts,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64), trust_env=False) as reads,
    ):
        client = Apixo(
            base=URL(base_url.rstrip("/")),
            key=key,
            pace=Pace(per_minute, scale),
            posts=posts,
            reads=reads,
            timeouts=timeouts or Timeouts(),
            scale=scale,
            now=now,
        )
        try:
            yield client
        finally:
            await client.drain()
