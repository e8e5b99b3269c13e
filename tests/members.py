"""The whole bot in this process: its own doors on the local Discord, the rehearsal provider behind.

Everything is real but Discord and the provider's machines; waits are a small fraction.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
from aiohttp import web

from bot.adapters.discord import DiscordPostman
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.marks import Marks
from bot.app import Clapper, Face, Services
from bot.bootstrap import Bot, Parts, PostOffice, build
from bot.domain.ids import GuildId, JobNumber, UserId
from bot.domain.job import Job
from bot.domain.ports import Clock
from bot.playground.local_discord import Cast, Channel, LocalDiscord, Message, Person, furnish
from bot.playground.rehearsal import RehearsalProvider
from bot.settings import read_settings
from tests.faced import face_of, until
from tests.openapi import assert_fits
from tests.rehearsed import free_port

SCALE = 0.01
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c636060606000000005000130d2c3a10000000049454e44ae426082"
)
"""One pixel."""
ADMIN = UserId(1)


@dataclass
class Studio:
    """A bot at work among people."""

    server: LocalDiscord
    cast: Cast
    bot: Bot
    provider: RehearsalProvider
    face: Face
    serving: asyncio.Task[None]
    watching: asyncio.Task[None] | None = None

    @property
    def services(self) -> Services:
        return self.bot.services

    @property
    def ann(self) -> Person:
        return self.server.person(self.cast.ann)

    @property
    def ben(self) -> Person:
        return self.server.person(self.cast.ben)

    @property
    def ada(self) -> Person:
        return self.server.person(self.cast.ada)

    @property
    def client(self) -> Clapper:
        assert self.face.client is not None
        return self.face.client

    @property
    def guild(self) -> GuildId:
        return GuildId(self.cast.studio.id)

    @property
    def videos(self) -> Channel:
        return self.cast.videos

    def watch(self) -> None:
        """Jobs go on from here, until the studio closes."""
        assert self.watching is None
        self.watching = asyncio.create_task(self.bot.studio.watch.run())

    async def decide(self, **rules: Any) -> None:
        """Rules of the server."""
        await self.services.policies.change(
            self.guild,
            lambda was: replace(was, **rules),
            act="set",
            actor=ADMIN,
            now=self.services.clock.now(),
        )

    async def jobs_of(self, person: Person) -> list[Job]:
        """Everything that somebody has ordered here, the latest first."""
        return await self.services.jobs.list_of_member(self.guild, UserId(person.user.id))

    async def job(self, number: int) -> Job:
        job = await self.services.jobs.find(JobNumber(number))
        assert job is not None
        return job

    async def video(self, number: int, *, channel: Channel | None = None) -> Message:
        """The message with the finished video of a job."""
        return await self.ann.wait_for_message(
            lambda one: one.media and f"#{number}" in one.text and "Again" in one.labels,
            channel=channel or self.videos,
            timeout=30,
        )

    def public(self, channel: Channel | None = None) -> list[Message]:
        """What the bot has said to all and not taken back."""
        seen = self.ann.messages(channel or self.videos)
        return [one for one in seen if one.author.bot and not one.ephemeral]

    async def restart(self) -> None:
        """Another process takes over the doors."""
        await self.face.close()
        await self.serving
        self.face = _face(self.server)
        self.serving = asyncio.create_task(_serve(self.face, self.bot))
        await self.connected()

    async def connected(self) -> None:
        await until(lambda: self.face.is_connected() or self.serving.done())
        if self.serving.done():
            await self.serving


def _face(server: LocalDiscord) -> Face:
    return face_of(server, "cogs")


async def _serve(face: Face, bot: Bot) -> None:
    await face.serve(bot.services, Marks(bot.database))


@dataclass
class _Line:
    """Lends the client of whichever face is at work."""

    first: Face
    studio: Studio | None = None

    def lend(self) -> AbstractContextManager[discord.Client]:
        return (self.studio.face if self.studio else self.first).lend()


@asynccontextmanager
async def studio(
    folder: Path,
    *,
    watching: bool = True,
    fits: bool = True,
    scale: float = SCALE,
    routes: Iterable[web.AbstractRouteDef] = (),
    clock: Clock | None = None,
    **settings: str,
) -> AsyncGenerator[Studio]:
    """Runs a bot until the block ends. Without `watching` jobs wait, and nothing is submitted
    before somebody calls `watch`.

    `routes` are served beside the local Discord's own: those of the page.
    """
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(RehearsalProvider(wait_scale=scale, fast=True))
        server = await stack.enter_async_context(LocalDiscord(routes=routes))
        cast = furnish(server.world)
        face = _face(server)
        environ = {
            "CLAPPER_DATA_DIR": str(folder / "data"),
            "CLAPPER_PROVIDER": "rehearsal",
            "CLAPPER_APIXO_URL": provider.base_url,
            "CLAPPER_RESULT_HOSTS": "127.0.0.1",
            "CLAPPER_WAIT_SCALE": str(scale),
            "CLAPPER_ALLOWED_SERVERS": str(cast.studio.id),
            "CLAPPER_WEB_PORT": str(free_port()),
            **settings,
        }
        line = _Line(face)

        def postman(office: PostOffice) -> DiscordPostman:
            return DiscordPostman(
                line,
                office.clips,
                office.encoder,
                office.clip_url,
                office.models,
                office.clock,
                rehearsal=office.rehearsal,
            )

        bot = await stack.enter_async_context(
            build(
                read_settings(environ, None),
                postman=postman,
                is_connected=lambda: True,
                parts=Parts(alarm=lambda _: None, clock=clock),
            )
        )
        here = Studio(server, cast, bot, provider, face, asyncio.create_task(_serve(face, bot)))
        if watching:
            here.watch()
        try:
            await here.connected()
            await here.decide(channel=cast.videos.id)
            line.studio = here
            yield here
        finally:
            await here.face.close()
            await asyncio.wait([here.serving])
            if here.watching is not None:
                await bot.studio.watch.drain()
                await here.watching
        assert await bot.database.read(broken_invariants) == {}
        if fits:
            assert_fits(server.journal)
