"""The bot's face on the local Discord, with cogs that a test writes.

Everything is real but the provider, and no money is asked for.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.adapters.sqlite.marks import Marks
from bot.app import Clapper, Face, Services
from bot.playground.local_discord import Cast, LocalDiscord, Person, furnish
from tests.openapi import assert_fits
from tests.rehearsed import rehearsed

SCALE = 0.01
Setup = Callable[[Clapper], Awaitable[None]]


SETUPS: dict[str, tuple[Setup, ...]] = {}
"""By package: what its files set up."""
NUMBERS = count()
COG = "from tests.faced import SETUPS\nsetup = SETUPS[{package!r}][{nth}]\n"


@contextmanager
def cogs(folder: Path, *setups: Setup) -> Generator[str]:
    """A package with one cog for each function."""
    package = f"cogs_of_a_test_{next(NUMBERS)}"
    SETUPS[package] = setups
    home = folder / package
    home.mkdir()
    (home / "__init__.py").touch()
    (home / "_shared.py").write_text("raise AssertionError('no cog')")
    for nth in range(len(setups)):
        (home / f"cog{nth}.py").write_text(COG.format(package=package, nth=nth))
    sys.path.insert(0, str(folder))
    try:
        yield package
    finally:
        sys.path.remove(str(folder))


@dataclass
class Faced:
    """A face at work."""

    server: LocalDiscord
    cast: Cast
    face: Face
    services: Services
    marks: Marks
    serving: asyncio.Task[None]

    @property
    def ann(self) -> Person:
        return self.server.person(self.cast.ann)

    @property
    def client(self) -> Clapper:
        client = self.face.client
        assert client is not None
        return client

    async def connected(self) -> None:
        """A client is logged in and its gateway is open."""
        await until(lambda: self.face.is_connected() or self.serving.done())
        if self.serving.done():
            await self.serving

    async def again(self) -> None:
        """Another process takes over: a new face, with new cogs."""
        await self.face.close()
        await self.serving
        self.face = face_of(self.server, self.face._cogs)
        self.serving = asyncio.create_task(self.face.serve(self.services, self.marks))
        await self.connected()


async def until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """A condition of a world that is not ours to notify us."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def face_of(server: LocalDiscord, package: str, **options: Any) -> Face:
    options.setdefault("guild_ready_timeout", 0.05)
    return Face(
        SecretStr(options.pop("token", server.token)),
        scale=SCALE,
        api_url=server.api_url,
        gateway_url=options.pop("gateway_url", server.gateway_url),
        cogs=package,
        **options,
    )


@asynccontextmanager
async def faced(
    folder: Path, *setups: Setup, connect: bool = True, fits: bool = True, **options: Any
) -> AsyncGenerator[Faced]:
    """A face with these cogs on a furnished local Discord."""
    async with rehearsed(folder) as here, LocalDiscord() as server:
        cast = furnish(server.world)
        services, marks = here.bot.services, Marks(here.bot.database)
        with cogs(folder, *setups) as package:
            face = face_of(server, package, **options)
            serving = asyncio.create_task(face.serve(services, marks))
            on = Faced(server, cast, face, services, marks, serving)
            try:
                if connect:
                    await on.connected()
                yield on
            finally:
                await on.face.close()
                await asyncio.wait([on.serving])
        if fits and not on.serving.exception():
            assert_fits(server.journal)
