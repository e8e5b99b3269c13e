"""Keeps the bot at Discord: logs in, stays, and comes back after whatever ended it.

discord.py reconnects by itself after most losses. What it does not survive (a failed first
connection, a 503 at the login, one malformed event, some close codes) ends a client; then there is
a new one, after a wait that grows.

Rule: jobs do not depend on it. Whoever wants to send borrows the client, and is told where there is
none.
"""

import asyncio
import random
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import discord
from pydantic import SecretStr

from bot.adapters.sqlite.marks import Marks
from bot.app.addresses import pointed_at
from bot.app.client import Clapper
from bot.app.memory import Memory
from bot.app.services import Services
from bot.app.weather import reason_of, told_briefly
from bot.domain.errors import PostponedError, SettingsError
from bot.log import get_logger

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 5 * 60.0
"""Discord takes a thousand identifications a day before it resets the token."""
_STEADY_SECONDS: Final = 60.0
"""Whoever stayed for so long was not the trouble: the next wait is a short one again."""
_COGS: Final = "cogs"


class Face:
    """The bot at Discord, over all its logins."""

    def __init__(
        self,
        token: SecretStr,
        *,
        scale: float = 1,
        api_url: str | None = None,
        gateway_url: str | None = None,
        cogs: str = _COGS,
        **options: Any,
    ) -> None:
        """Nothing happens before `serve`. `options` go to the client."""
        self._token = token
        self._scale = scale
        self._urls = api_url, gateway_url
        self._cogs = cogs
        self._options = options
        self._memory = Memory()
        self._client: Clapper | None = None
        self._current: Clapper | None = None
        self._welcome = False
        self._closing = asyncio.Event()
        self._leaving: set[asyncio.Task[None]] = set()

    # -- asking --------------------------------------------------------------------------------

    def is_connected(self) -> bool:
        """Whether the gateway is open."""
        return self._client is not None and self._client.connected

    @property
    def client(self) -> Clapper | None:
        """The client that is logged in, if one is."""
        return self._client

    @contextmanager
    def lend(self) -> Generator[discord.Client]:
        """The client, which is not closed before the block ends. Raises PostponedError."""
        client = self._client
        if client is None or client.closing or client.is_closed():
            raise PostponedError("not logged in to Discord")
        with client.busy.work():
            yield client

    # -- living --------------------------------------------------------------------------------

    async def serve(self, services: Services, marks: Marks) -> None:
        """Stays until `close`. Raises SettingsError for a token that Discord has never taken, and
        CogBrokenError.
        """
        with pointed_at(*self._urls), told_briefly():
            try:
                await self._live_on(services, marks)
            finally:
                if self._leaving:
                    await asyncio.wait(self._leaving)

    async def _live_on(self, services: Services, marks: Marks) -> None:
        tries = 0
        while not self._closing.is_set():
            began = time.monotonic()
            await self._live(services, marks)
            steady = time.monotonic() - began >= _STEADY_SECONDS * self._scale
            tries = 0 if steady else tries + 1
            await self._wait(tries)

    async def close(self) -> None:
        """Nothing new begins; what runs finishes; `serve` returns."""
        self._closing.set()
        if self._current is not None:
            await self._leave(self._current)

    async def _live(self, services: Services, marks: Marks) -> None:
        """One client, from its login to its end."""
        client = self._current = Clapper(services, marks, self._memory, **self._options)
        await client.load_cogs(self._cogs)
        if self._closing.is_set():
            return
        log = get_logger(__name__)
        try:
            await client.login(self._token.get_secret_value())
            self._client, self._welcome = client, True
            if not self._closing.is_set():
                await client.connect()
        except discord.LoginFailure:
            if not self._welcome:
                raise SettingsError(
                    "DISCORD_TOKEN", "is not accepted by Discord: copy the bot's token again"
                ) from None
            log.error("Discord does not take the token any more")  # noqa: TRY400 - it would print it
        except Exception as error:
            if not self._closing.is_set():
                reason = reason_of(error)
                unexpected = None if reason else error
                log.warning(
                    "Discord is lost", why=reason or type(error).__name__, exc_info=unexpected
                )
        finally:
            self._client = self._current = None
            # In the background: a send that is on its way must not hold up the next login.
            task = asyncio.create_task(self._leave(client), name="discord-leave")
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    @staticmethod
    async def _leave(client: Clapper) -> None:
        await client.rest()
        await client.close()

    async def _wait(self, tries: int) -> None:
        """Grows, and differs from bot to bot: otherwise all would come back in the same second."""
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(tries, 16))
        seconds = longest * random.uniform(0.5, 1) * self._scale  # noqa: S311 - no secret
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            pass
