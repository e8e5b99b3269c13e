"""The local Discord as one server on this machine.

Rule: it listens on loopback alone, and nothing of it is left running when its block ends.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from bot.playground.local_discord.admin import Admin
from bot.playground.local_discord.api import BASE, Api, hang_up
from bot.playground.local_discord.cdn import Cdn
from bot.playground.local_discord.faults import Faults, Outage
from bot.playground.local_discord.gateway import Gateway
from bot.playground.local_discord.gateway_door import Connection
from bot.playground.local_discord.journal import Journal
from bot.playground.local_discord.messages import Attachment
from bot.playground.local_discord.people import MEBIBYTE, User
from bot.playground.local_discord.person import Person
from bot.playground.local_discord.world import World

HOST: Final = "127.0.0.1"
GATEWAY: Final = "/gateway"
_WORLD: Final = web.AppKey("world", World)


class LocalDiscordError(Exception):
    """The local Discord itself has a fault: what it showed proves nothing."""


def build_app(world: World) -> web.Application:
    """Discord's API, gateway and CDN, and `/_world`, for a world. More routes may be added."""
    app = web.Application(client_max_size=200 * MEBIBYTE)
    app[_WORLD] = world
    app.add_routes([web.get(GATEWAY, _gateway), web.get(f"{GATEWAY}/", _gateway)])
    app.add_routes(Api(world).routes())
    app.add_routes(Cdn(world.files).routes())
    app.add_routes(Admin(world).routes())
    return app


async def _gateway(request: web.Request) -> web.StreamResponse:
    world = request.app[_WORLD]
    if world.faults.outage == "reset":
        hang_up(request)
        return web.Response()
    if world.faults.outage is not None:
        return web.Response(status=503)
    door = web.WebSocketResponse(max_msg_size=0, compress=False)
    await door.prepare(request)
    await Connection(world, door).serve()
    return door


class LocalDiscord:
    """A Discord for one bot. Use it as `async with LocalDiscord() as discord`."""

    def __init__(
        self,
        world: World | None = None,
        *,
        port: int = 0,
        routes: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        """`routes` are served beside Discord's: those of the playground's page."""
        self._routes = tuple(routes)
        self.world = world or World()
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    # -- where --

    @property
    def origin(self) -> str:
        """http://127.0.0.1:PORT."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """What stands in place of https://discord.com/api/v10."""
        return self.origin + BASE

    @property
    def gateway_url(self) -> str:
        """What stands in place of wss://gateway.discord.gg/."""
        return f"ws://{HOST}:{self._port}{GATEWAY}/"

    @property
    def cdn_url(self) -> str:
        """What stands in place of https://cdn.discordapp.com."""
        return self.origin

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    # -- shortcuts --

    @property
    def faults(self) -> Faults:
        """What the next requests meet."""
        return self.world.faults

    @property
    def journal(self) -> Journal:
        """What the bot asked and was answered."""
        return self.world.journal

    @property
    def gateway(self) -> Gateway:
        """The bot's sessions."""
        return self.world.gateway

    def person(self, user: User) -> Person:
        """The member's side: acts as this user."""
        return Person(self.world, user)

    async def bot_connected(self, *, timeout: float = 20) -> None:  # noqa: ASYNC109 - its error says what was awaited
        """Waits until a bot is on the gateway."""
        gateway = self.world.gateway

        def there() -> bool | None:
            return gateway.connected or None

        await self.world.bus.until(there, timeout=timeout, wanted="a bot on the gateway")

    async def bot_gone(self, *, timeout: float = 20) -> None:  # noqa: ASYNC109 - its error says what was awaited
        """Waits until no bot is on the gateway."""
        gateway = self.world.gateway

        def gone() -> bool | None:
            return None if gateway.connected else True

        await self.world.bus.until(gone, timeout=timeout, wanted="the bot to leave the gateway")

    async def read(self, attachment: Attachment) -> bytes:
        """The bytes of a file on a message."""
        return await self.world.files.read(attachment)

    # -- outages --

    def go_down(self, how: Outage = "503", *, seconds: float | None = None) -> None:
        """All of Discord is down for so many real seconds, or until `come_back`."""
        self.world.go_down(how, seconds=seconds)

    def come_back(self) -> None:
        """The outage is over."""
        self.world.come_back()

    async def unplug(self) -> None:
        """Stops listening: connections are refused until `plug_in`."""
        self.world.gateway.close(1001)
        if self._site is not None:
            await self._site.stop()
            self._site = None

    async def plug_in(self) -> None:
        """Listens again, on the same port."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, HOST, self._port)
        await self._site.start()

    # -- life --

    async def __aenter__(self) -> Self:
        app = build_app(self.world)
        app.add_routes(self._routes)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handle_signals=False
        )
        try:
            await self._runner.setup()
            await self.plug_in()
        except BaseException:  # the port is taken: nobody will leave what was not entered
            await self._runner.cleanup()
            await self.world.background.stop()
            raise
        self._port = int(self._runner.addresses[0][1])
        self.world.files.origin = self.origin
        self.world.gateway_url = self.gateway_url
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.world.gateway.close(1001)
        await asyncio.sleep(0)  # lets the close frames out
        await self.world.background.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self.world.background.failures and error is None:
            fault = self.world.background.failures[0]
            raise LocalDiscordError("The local Discord has a fault.") from fault


@asynccontextmanager
async def serve(
    *, port: int = 0, folder: Path | None = None, token: str | None = None
) -> AsyncGenerator[LocalDiscord]:
    """A local Discord with its files in a folder, for an entry point."""
    world = World(folder=folder) if token is None else World(folder=folder, token=token)
    async with LocalDiscord(world, port=port) as discord:
        yield discord
