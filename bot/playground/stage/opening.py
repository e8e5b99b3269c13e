"""Opens the playground and closes it again.

Rule: the bot is closed first, so that what it has begun still meets a Discord and a provider; the
folder is given back last.
"""

import errno
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from bot.adapters.folder import DataFolder
from bot.domain.errors import SettingsError
from bot.playground import page
from bot.playground.local_discord import LocalDiscord, World, furnish
from bot.playground.rehearsal import RehearsalProvider
from bot.playground.stage.bot_process import BotProcess
from bot.playground.stage.playground import Playground, settings_of
from bot.playground.stage.routes import Routes
from bot.playground.stage.rules import decide

LOG: Final = "bot.log"
_DATA: Final = "--data"


@asynccontextmanager
async def open_playground(folder: Path, *, port: int, speed: float) -> AsyncGenerator[Playground]:
    """Everything but the bot, which waits to be started. Raises SettingsError, and
    FolderLockedError where another playground has the folder.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(_owned(folder))
        world = World(folder=folder / "discord")
        routes = Routes()
        discord = LocalDiscord(world, port=port, routes=[*page.routes(), *routes.routes()])
        await _listen(stack, discord, port)
        provider = await stack.enter_async_context(
            RehearsalProvider(wait_scale=1 / speed, folder=folder / "provider")
        )
        cast, own, web_port = furnish(world), DataFolder(folder / "bot"), _free_port()
        await decide(own, cast)

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
        routes.serve(play)
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


async def _listen(stack: AsyncExitStack, discord: LocalDiscord, port: int) -> None:
    try:
        await stack.enter_async_context(discord)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            fault = f"cannot listen on {port}: {error.strerror}"
        else:
            fault = f"{port} is in use: end what uses it, or name another port"
        raise SettingsError("--port", fault) from error


def _free_port() -> int:
    """For the bot's web door. It is kept for all starts: callbacks and links name it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
