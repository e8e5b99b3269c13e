"""One request, and its whole answer.

Rule: nothing of aiohttp gets out of here. Its errors quote addresses, and a callback's address is a
secret: ours name the kind of fault alone, and carry no other error with them.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from pydantic import SecretStr
from yarl import URL

from bot.domain.errors import ProviderError, ProviderUnreachableError

LARGEST_ANSWER: Final = 1024 * 1024
MOST_READS: Final = 256
"""Reads at once. At the fastest pace that is an answer after a second and a half."""
_NOT_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Proof that not a byte of the request left. Each is a subclass of what else may happen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as it came."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the provider, in seconds."""

    connect: float = 10.0
    """For the name, the connection and the handshake together."""
    post: float = 100.0
    """Long: giving up early makes an unknown of what would have been an answer."""
    read: float = 20.0

    def of_post(self) -> aiohttp.ClientTimeout:
        """For the paid POST: each pause is bounded, and the whole."""
        # The whole is the longer, so that a connection that hangs ends as one, not as an unknown.
        return aiohttp.ClientTimeout(
            total=self.connect + self.post + 1, connect=self.connect, sock_read=self.post
        )

    def of_read(self) -> aiohttp.ClientTimeout:
        """For everything that may be asked again."""
        return aiohttp.ClientTimeout(total=self.read, connect=self.connect)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Two ways out."""

    posts: aiohttp.ClientSession
    """A connection for each POST: a stale one looks like a lost answer."""
    reads: aiohttp.ClientSession


@dataclass(frozen=True, slots=True)
class Funnel:
    """Asks the provider once."""

    sessions: Sessions
    key: SecretStr
    timeouts: Timeouts

    async def post(self, url: URL, body: bytes) -> Answer | None:
        """The paid request. None: there was no connection, so not a byte of it left."""
        headers = {**self._headers(), "Content-Type": "application/json"}
        within = self.timeouts.of_post()
        return await _ask(self.sessions.posts, "POST", url, body, headers=headers, within=within)

    async def get(self, url: URL) -> Answer:
        """A request that may be asked again."""
        within = self.timeouts.of_read()
        answer = await _ask(
            self.sessions.reads, "GET", url, None, headers=self._headers(), within=within
        )
        if answer is None:
            raise ProviderUnreachableError("no connection")
        return answer

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.key.get_secret_value()}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }


@asynccontextmanager
async def open_sessions(resolver: AbstractResolver | None = None) -> AsyncGenerator[Sessions]:
    """Sessions that keep no cookies and heed no proxy of the environment."""
    posts = aiohttp.TCPConnector(force_close=True, limit=0, resolver=resolver)
    reads = aiohttp.TCPConnector(limit=MOST_READS, resolver=resolver)
    async with (
        aiohttp.ClientSession(connector=posts, cookie_jar=aiohttp.DummyCookieJar()) as to_post,
        aiohttp.ClientSession(
            connector=reads, cookie_jar=aiohttp.DummyCookieJar(), middlewares=(_once,)
        ) as to_read,
    ):
        yield Sessions(to_post, to_read)


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keeps aiohttp from repeating a GET whose connection broke: that would be out of turn."""
    fault: ProviderError
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        fault = ProviderUnreachableError(type(error).__name__)
    raise fault


async def _ask(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    body: bytes | None,
    *,
    headers: Mapping[str, str],
    within: aiohttp.ClientTimeout,
) -> Answer | None:
    """The answer within the bounds of time and size; None where it was never asked for."""
    fault: ProviderError
    try:
        async with session.request(
            method, url, data=body, headers=headers, timeout=within, allow_redirects=False
        ) as response:
            whole = await _bounded(response)
            return Answer(response.status, response.content_type, response.headers, whole)
    except _NOT_SENT:
        return None
    except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
        # TimeoutError is an OSError; a closed session and a strange header are of the last two.
        fault = ProviderUnreachableError(type(error).__name__)
    raise fault  # out here it carries no context, whose text may hold an address


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise ProviderUnreachableError("an endless answer")
    return bytes(body)
