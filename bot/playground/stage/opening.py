"""Opens the playground and closes it again.

Rule: the bot is closed first, so that what it has begun still meets a Discord and a provider; then
all that happened is written down; the folder is given back last.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from bot.adapters.folder import DataFolder
from bot.domain.errors import PlaygroundError, SettingsError
from bot.playground import page
from bot.playground.local_discord import Cast, LocalDiscord, World, furnish
from bot.playground.local_discord.keeping import bring_back
from bot.playground.rehearsal import RehearsalProvider
from bot.playground.stage.bot_process import BotProcess
from bot.playground.stage.kept import Keeper, Kept, cast_of, read_kept
from bot.playground.stage.playground import Playground, settings_of
from bot.playground.stage.routes import Routes
from bot.playground.stage.rules import decide

LOG: Final = "bot.log"
_DATA: Final = "--data"


@asynccontextmanager
async def open_playground(folder: Path, *, port: int, speed: float) -> AsyncGenerator[Playground]:
    """Everything but the bot, which waits to be started. What was played in this folder before
    comes back. Raises SettingsError, and FolderLockedError where another playground has the folder.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(_owned(folder))
        own = DataFolder(folder / "bot")
        with _as_it_was_left(folder):
            kept = read_kept(folder)
            world, cast = _world(folder, kept)
        if kept is None and own.database.exists():
            fault = f"{folder} lacks a part of what was played there: name another, or delete it"
            raise SettingsError(_DATA, fault)
        routes = Routes()
        every = [*page.routes(), *routes.routes()]
        discord = await _listen(stack, LocalDiscord(world, port=port, routes=every), port)
        provider = await _provider(stack, folder, kept, speed)
        if kept is None:
            await decide(own, cast)
        web_port = _free_port(kept.web_port if kept else 0)

        def settings() -> Mapping[str, str]:
            guild, pace = cast.studio.id, play.speed
            return settings_of(discord, provider, guild=guild, web_port=web_port, speed=pace)

        bot = BotProcess(
            folder=own.path,
            log=folder / LOG,
            settings=settings,
            identified=lambda: world.gateway.identified,
            connected=lambda: world.gateway.connected,
        )
        play = Playground(discord, provider, bot, cast, own, speed)
        if kept:
            play.guide.done |= kept.done
            play.guide.interrupted |= kept.interrupted
        routes.serve(play)
        await stack.enter_async_context(_keeping(Keeper(play, folder, web_port)))
        await stack.enter_async_context(bot)
        yield play


@contextmanager
def _owned(folder: Path) -> Generator[None]:
    """Makes the folder and locks it; whatever is wrong with it is the fault of `--data`."""
    home = DataFolder(folder)
    if home.database.exists():
        raise SettingsError(_DATA, f"{folder} is the folder of a bot that runs in earnest")
    with ExitStack() as stack:
        try:
            stack.enter_context(home.lock())
        except SettingsError as error:
            raise SettingsError(_DATA, error.fault) from error
        yield


def _world(folder: Path, kept: Kept | None) -> tuple[World, Cast]:
    files = folder / "discord"
    if kept is None:
        world = World(folder=files)
        return world, furnish(world)
    world = bring_back({**kept.world, "messages": kept.messages}, folder=files)
    return world, cast_of(world, kept.cast)


async def _listen(stack: AsyncExitStack, discord: LocalDiscord, port: int) -> LocalDiscord:
    try:
        return await stack.enter_async_context(discord)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            fault = f"cannot listen on {port}: {error.strerror}"
        else:
            fault = f"{port} is in use: end what uses it, or name another port"
        raise SettingsError("--port", fault) from error


async def _provider(
    stack: AsyncExitStack, folder: Path, kept: Kept | None, speed: float
) -> RehearsalProvider:
    port = _free_port(kept.provider_port if kept else 0)
    provider = await stack.enter_async_context(
        RehearsalProvider(
            wait_scale=1 / speed,
            folder=folder / "provider",
            port=port,
            full_size=True,  # people look at these
        )
    )
    if kept is not None:
        with _as_it_was_left(folder):
            provider.go_on_from(kept.provider)
    return provider


@asynccontextmanager
async def _keeping(keeper: Keeper) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(keeper.run(stop))
    try:
        yield
    finally:
        stop.set()
        try:
            await running
        except OSError as error:
            fault = f"what was played could not be written down: {error.strerror}"
            raise PlaygroundError(fault) from error


@contextmanager
def _as_it_was_left(folder: Path) -> Generator[None]:
    """What cannot be read there was not left by this version."""
    try:
        yield
    except ValueError as error:
        fault = f"{folder} was left by another version: name another folder, or delete it"
        raise SettingsError(_DATA, fault) from error


def _free_port(wanted: int = 0) -> int:
    """That of last time where it is free: what was written down then names it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
