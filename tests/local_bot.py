"""A discord.py client of the tests' own, pointed at the local Discord.

Rule: it is the real library over real sockets; nothing of it is replaced but the addresses.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import discord
import yarl
from aiohttp import web
from discord import app_commands

from bot.playground.local_discord import Cast, LocalDiscord, Person, World, furnish
from tests.openapi import assert_fits


@contextmanager
def pointed_at(server: LocalDiscord) -> Generator[None]:
    """The library's addresses are global: set for a block, and put back."""
    route, socket, asset = discord.http.Route, discord.gateway.DiscordWebSocket, discord.asset.Asset
    old = route.BASE, socket.DEFAULT_GATEWAY, asset.BASE
    route.BASE = server.api_url
    socket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    asset.BASE = server.cdn_url
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY, asset.BASE = old


class LocalBot(discord.Client):
    """A bot with a command tree that does what a test tells it to."""

    intents_wanted: ClassVar[discord.Intents] = discord.Intents(guilds=True, guild_messages=True)

    def __init__(self, intents: discord.Intents | None = None, **more: Any) -> None:
        more.setdefault("guild_ready_timeout", 0.05)
        more.setdefault("allowed_mentions", discord.AllowedMentions.none())
        super().__init__(intents=intents or self.intents_wanted, **more)
        self.tree = app_commands.CommandTree(self)
        self.errors: list[BaseException] = []
        self.tree.error(self._note)

    async def before_identify_hook(self, *_: Any, **__: Any) -> None:
        """The library waits five seconds before a second IDENTIFY: Discord's rule, not ours."""

    async def _note(self, _: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.append(getattr(error, "original", error))

    async def on_error(self, *_: Any, **__: Any) -> None:
        self.errors.append(sys.exc_info()[1] or RuntimeError("an event failed"))


@asynccontextmanager
async def running(
    server: LocalDiscord, bot: LocalBot, *, sync: bool = True
) -> AsyncGenerator[LocalBot]:
    """The bot, logged in and ready, with its commands registered globally."""
    with pointed_at(server):
        try:
            await bot.login(server.token)
            if sync:
                await bot.tree.sync()
            task = asyncio.create_task(bot.connect())
            ready = asyncio.create_task(bot.wait_until_ready())
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                ready.cancel()
                await task
            yield bot
        finally:
            await bot.close()
        await task


@dataclass(frozen=True)
class Stage:
    """A furnished local Discord with a bot on it."""

    server: LocalDiscord
    cast: Cast
    bot: LocalBot

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def ann(self) -> Person:
        """A member."""
        return self.server.person(self.cast.ann)

    @property
    def ben(self) -> Person:
        """Another member."""
        return self.server.person(self.cast.ben)

    def place(self, channel: Any) -> Any:
        """The library's own object for a channel."""
        found = self.bot.get_channel(channel.id)
        assert found is not None
        return found


@asynccontextmanager
async def on_stage(
    bot: LocalBot | None = None,
    *,
    world: World | None = None,
    routes: Iterable[web.AbstractRouteDef] = (),
) -> Any:
    """A local Discord, furnished, and a bot on it. Whatever they say to each other must fit
    Discord's own description. `routes` are served beside it."""
    async with LocalDiscord(world, routes=routes) as server:
        cast = furnish(server.world)
        async with running(server, bot or LocalBot()) as ready:
            yield Stage(server, cast, ready)
    assert_fits(server.journal)
