"""Fetches a result file.

Rule: nothing the other side does costs more than the limits say: not bytes, time, memory or
connections. Every foreign error becomes ClipUnreachableError (may work later) or ClipRefusedError
(never will), and none of them carries the address, which may be signed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver

from bot.adapters.clips.guard import AddressRefusedError, guarded_socket
from bot.adapters.clips.hosts import ResultHosts
from bot.adapters.clips.pace import Pace
from bot.domain.errors import ClipRefusedError, ClipUnreachableError

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PLAIN: Final = frozenset({"", "identity", "aws-chunked"})
"""The last is what S3 says of a file by how it was once uploaded. Its bytes are plain."""
_BUFFER_BYTES: Final = 256 * 1024
"""What asyncio reads at once. A smaller buffer would pause the socket after every read."""

Feed = Callable[[bytes], Awaitable[None]]
"""Takes the file's bytes in order."""


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What one result file may cost us."""

    largest_bytes: int = 500 * 1024 * 1024
    total_seconds: float = 900
    connect_seconds: float = 10
    stall_seconds: float = 30
    """Without a single byte."""
    slowest_bytes_per_second: float = 16 * 1024
    rate_window_seconds: float = 20
    at_once: int = 4
    redirects: int = 5
    spare_bytes: int = 64 * 1024 * 1024
    """Always left free on the disk: the books must be able to write."""


def open_session(
    hosts: ResultHosts, limits: DownloadLimits, *, resolver: AbstractResolver | None = None
) -> aiohttp.ClientSession:
    """A session whose connections are guarded, unless the operator answers for the hosts."""
    connector = aiohttp.TCPConnector(
        socket_factory=None if hosts.are_named else guarded_socket,
        resolver=resolver,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,  # a proxy would connect for us, past the guard
        read_bufsize=_BUFFER_BYTES,
        timeout=aiohttp.ClientTimeout(
            total=None,
            sock_connect=limits.connect_seconds,
            sock_read=limits.stall_seconds,
        ),
        headers={hdrs.ACCEPT_ENCODING: "identity", hdrs.USER_AGENT: "Clapper"},
    )


class Downloader:
    """Fetches files, a few at once."""

    def __init__(
        self, session: aiohttp.ClientSession, hosts: ResultHosts, limits: DownloadLimits
    ) -> None:
        """The session is from `open_session`: the guard is in it."""
        self._session = session
        self._hosts = hosts
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.at_once)

    async def fetch(self, address: str, feed: Feed) -> int:
        """Feed the whole file; its size. What feed raises passes through untouched."""
        async with self._turns:
            deadline = asyncio.timeout(self._limits.total_seconds)
            try:
                async with deadline:
                    return await self._fetch(address, feed)
            except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
                raise _ours(error) from None

    async def _fetch(self, address: str, feed: Feed) -> int:
        url = self._hosts.admit(address)
        for _ in range(self._limits.redirects + 1):
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._receive(response, feed)
                url = self._hosts.admit(response.headers.get(hdrs.LOCATION, ""), base=url)
        raise ClipUnreachableError("too many redirects")

    async def _receive(self, response: aiohttp.ClientResponse, feed: Feed) -> int:
        expected = self._promised(response)
        clock = asyncio.get_running_loop().time
        pace = self._pace(clock())
        async for chunk in response.content.iter_any():
            now = clock()
            pace.count(len(chunk), now)
            await feed(chunk)
            pace.excuse(clock() - now)
        if pace.total == 0 or (expected is not None and pace.total != expected):
            raise ClipUnreachableError(f"{pace.total} bytes came instead of {expected}")
        return pace.total

    def _promised(self, response: aiohttp.ClientResponse) -> int | None:
        """How long the file will be, if the server says; refuses what is not worth reading."""
        if response.status != 200:
            raise ClipUnreachableError(f"answered {response.status}")
        encoding = response.headers.get(hdrs.CONTENT_ENCODING, "")
        if encoding.lower() not in _PLAIN:
            raise ClipRefusedError(f"encoded, although asked not to: {encoding[:20]!r}")
        expected = response.content_length
        if expected is not None and expected > self._limits.largest_bytes:
            raise ClipRefusedError(f"larger than {self._limits.largest_bytes} bytes")
        return expected

    def _pace(self, now: float) -> Pace:
        return Pace(
            largest_bytes=self._limits.largest_bytes,
            slowest=self._limits.slowest_bytes_per_second,
            window=self._limits.rate_window_seconds,
            now=now,
        )


def _ours(error: Exception) -> ClipRefusedError | ClipUnreachableError:
    """What a foreign error means. Its text may hold the address and is left behind."""
    if isinstance(error, aiohttp.InvalidURL):
        return ClipRefusedError("the address cannot be read")
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, AddressRefusedError
    ):
        return ClipRefusedError("not a public address")
    return ClipUnreachableError(type(error).__name__)
