"""The provider's client.

Rule: the paid POST is sent at most once and never cancelled on its way; reads are tried again.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

import stamina
from aiohttp.abc import AbstractResolver
from pydantic import SecretStr
from yarl import URL

from bot.adapters.apixo.funnel import MOST_READS, Funnel, Timeouts, open_sessions
from bot.adapters.apixo.pace import Pace, Urgency
from bot.adapters.apixo.reading import read_answer
from bot.adapters.apixo.verdict import judge
from bot.adapters.apixo.wire import Envelope, read_dollars, read_status
from bot.domain.errors import (
    ProviderError,
    ProviderLimitedError,
    ProviderUnreachableError,
    TaskNotFoundError,
)
from bot.domain.ids import TaskId
from bot.domain.money import dollars
from bot.domain.provider import (
    Balance,
    Cause,
    Created,
    NotCreated,
    Obstacle,
    Rejected,
    Submission,
    TaskReport,
    Turn,
    Unknown,
    Verdict,
)
from bot.log import get_logger

__all__ = ["Apixo", "Timeouts", "open_client"]

_TURN_LASTS: Final = 0.25
"""Seconds: half of what the pace keeps in hand."""
_READ_TRIES: Final = 3
_FIRST_PAUSE: Final = (0.5, 1.5)
"""Seconds before the second try, somewhere between."""
_Found = TypeVar("_Found")


@dataclass(slots=True)
class Apixo:
    """Speaks to the provider. Made by `open_client`."""

    base: URL
    funnel: Funnel
    pace: Pace
    scale: float = 1.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _posting: set[asyncio.Task[Verdict]] = field(
        default_factory=set[asyncio.Task[Verdict]], init=False
    )
    _tried_again: stamina.BoundAsyncRetryingCaller = field(init=False)
    _reading: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._tried_again = stamina.AsyncRetryingCaller(
            attempts=_READ_TRIES - 1,  # the first is made without it
            timeout=None,
            wait_initial=1 * self.scale,
            wait_max=5 * self.scale,
            wait_jitter=1 * self.scale,
        ).on(self._is_worth_a_try)
        # Before the turn: whoever waited for a connection after it would use an old turn late.
        self._reading = asyncio.Semaphore(MOST_READS)

    async def turn(self) -> Turn | None:
        """Waits until a paid POST may leave. None: the client closes."""
        granted = await self.pace.turn(Urgency.SUBMIT)
        return Turn(asyncio.get_running_loop().time()) if granted else None

    async def submit(self, submission: Submission, turn: Turn) -> Verdict:
        """The one paid POST. A caller that is cancelled leaves it running; `drain` waits for it."""
        task = asyncio.create_task(self._submit(submission, turn), name="paid-post")
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)
        # For a caller that leaves the verdict stands in the log alone: the restart makes an unknown of
        # its job.
        return await asyncio.shield(task)

    async def read_task(self, model_id: str, task: TaskId) -> TaskReport:
        """How far a task is."""
        url = (self.base / "statusTask" / model_id).with_query(taskId=task)
        return await self._read(url, partial(_report_on, task), not_found=TaskNotFoundError)

    async def balance(self) -> Balance:
        """What is left on the account."""
        url = self.base / "apikeys" / "current-balance"
        return await self._read(url, self._balance_in, not_found=ProviderUnreachableError)

    async def drain(self) -> None:
        """Waits until no paid POST is on its way. One that waits for its turn is not sent any more."""
        self.pace.stop()
        while self._posting:
            await asyncio.wait(tuple(self._posting))

    # -- the paid POST -------------------------------------------------------------------------

    async def _submit(self, submission: Submission, turn: Turn) -> Verdict:
        if not (self._is_good(turn) or await self.pace.turn(Urgency.SUBMIT)):
            return NotCreated(Obstacle.LIMITED)
        verdict = await self._posted(submission)
        match verdict:
            case NotCreated(Obstacle.LIMITED, wait):
                self.pace.limited(wait)
            case Created() | Rejected():
                self.pace.went_well()
            case _:
                pass
        self._log(submission, verdict)
        return verdict

    def _is_good(self, turn: Turn) -> bool:
        """Books that are slow to write make a turn late: several at once would break the pace."""
        if self.pace.is_stopped or self.pace.paused_seconds:
            return False
        return asyncio.get_running_loop().time() - turn.at <= _TURN_LASTS

    async def _posted(self, submission: Submission) -> Verdict:
        try:
            url = self.base / "generateTask" / submission.model_id
            body = _body_of(submission)
        except (TypeError, ValueError, RecursionError):
            return Rejected(Cause.REQUEST, status=0, message="it cannot be written as JSON")
        try:
            answer = await self.funnel.post(url, body)
            if answer is None:
                return NotCreated(Obstacle.UNREACHABLE)
            return judge(answer, now=self.now)
        except ProviderError as error:
            return Unknown(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, money may have been spent
            return Unknown(type(error).__name__)

    def _log(self, submission: Submission, verdict: Verdict) -> None:
        facts: dict[str, object] = {"of": submission.model_id, "verdict": type(verdict).__name__}
        match verdict:
            case Created(task):
                facts["task"] = task
            case Unknown(reason, candidate):
                facts |= {"reason": reason, "candidate": candidate}
            case NotCreated(obstacle):
                facts["obstacle"] = obstacle.value
            case Rejected(status=status):
                facts["status"] = status
        get_logger(__name__).info("Submitted", **facts)

    # -- reads ---------------------------------------------------------------------------------

    async def _read(
        self, url: URL, find: Callable[[Envelope], _Found], *, not_found: type[ProviderError]
    ) -> _Found:
        try:
            # Nearly always enough, and without what the library asks for every first try.
            return await self._read_once(url, find, not_found)
        except ProviderUnreachableError as error:
            if not self._is_worth_a_try(error):
                raise
        await asyncio.sleep(random.uniform(*_FIRST_PAUSE) * self.scale)  # noqa: S311 - jitter
        return await self._tried_again(self._read_once, url, find, not_found)

    async def _read_once(
        self, url: URL, find: Callable[[Envelope], _Found], not_found: type[ProviderError]
    ) -> _Found:
        async with self._reading:
            if not await self.pace.turn(Urgency.READ):
                raise ProviderUnreachableError("closing")
            answer = await self.funnel.get(url)
        try:
            envelope = read_answer(answer, not_found=not_found, now=self.now())
        except ProviderLimitedError as error:
            self.pace.limited(error.wait)
            raise
        self.pace.went_well()
        return find(envelope)

    def _is_worth_a_try(self, error: Exception) -> bool:
        return isinstance(error, ProviderUnreachableError) and not self.pace.is_stopped

    def _balance_in(self, envelope: Envelope) -> Balance:
        left = read_dollars(envelope.data)
        if left is None:
            raise ProviderUnreachableError("an unreadable balance")
        return Balance(dollars(left), self.now())


def _report_on(task: TaskId, envelope: Envelope) -> TaskReport:
    status = read_status(envelope)
    if status is None or status.taskId != task:
        raise ProviderUnreachableError("an answer that is not about the task")
    return status.to_domain()


def _body_of(submission: Submission) -> bytes:
    body: dict[str, object] = {"request_type": "async"}
    if submission.callback_url is not None:
        body = {"request_type": "callback", "callback_url": submission.callback_url}
    if submission.route is not None:
        body["provider"] = submission.route
    # All in ASCII: then halves of characters, which chats can send, are the provider's to judge.
    return json.dumps(body | {"input": submission.input}, allow_nan=False).encode("ascii")


@asynccontextmanager
async def open_client(
    base_url: str,
    key: SecretStr,
    *,
    per_minute: int,
    scale: float = 1.0,
    timeouts: Timeouts | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    resolver: AbstractResolver | None = None,
) -> AsyncGenerator[Apixo]:
    """A client with sessions of its own. Closing it waits for the POST on its way."""
    async with open_sessions(resolver) as sessions:
        client = Apixo(
            base=URL(base_url.rstrip("/")),
            funnel=Funnel(sessions, key, timeouts or Timeouts()),
            pace=Pace(per_minute, scale),
            scale=scale,
            now=now,
        )
        try:
            yield client
        finally:
            await client.drain()
