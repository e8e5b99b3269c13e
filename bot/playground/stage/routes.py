"""What the panel asks and does, below `/_play`.

GET  /_play/state            everything that the panel shows
POST /_play/weather          {"name": "answer lost"}
POST /_play/speed            {"speed": 20}
POST /_play/discord          {"down_seconds": 60}, 0: back now
POST /_play/bot              {"do": "kill"}, "start" or "restart"

Rule: it answers this machine alone, and no web page of a stranger that is open here.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, Literal, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.playground.local_discord.admin import from_here
from bot.playground.stage.playground import LONGEST_OUTAGE, Playground
from bot.playground.stage.state import describe

ROOT: Final = "/_play"
SLOWEST: Final = 0.1
FASTEST: Final = 1000.0
F = TypeVar("F", bound="_Form")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WeatherForm(_Form):
    """A weather by its name."""

    name: str


class SpeedForm(_Form):
    """Seconds of play in a real one."""

    speed: Annotated[float, Field(ge=SLOWEST, le=FASTEST)]


class OutageForm(_Form):
    """Discord is down for so long."""

    down_seconds: Annotated[float, Field(ge=0, le=LONGEST_OUTAGE)]


class BotForm(_Form):
    """What happens to the bot."""

    do: Literal["kill", "start", "restart"]


class Routes:
    """The routes, and the playground that they serve once there is one."""

    def __init__(self) -> None:
        self._open: Playground | None = None

    def serve(self, playground: Playground) -> None:
        """From now on there is something to tell."""
        self._open = playground

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        return [
            web.get(f"{ROOT}/state", _guarded(self._state)),
            self._taking("weather", WeatherForm, self._weather),
            self._taking("speed", SpeedForm, self._speed),
            self._taking("discord", OutageForm, self._discord),
            self._taking("bot", BotForm, self._bot),
        ]

    @property
    def _play(self) -> Playground:
        if self._open is None:
            raise web.HTTPServiceUnavailable(text="Not open yet.")
        return self._open

    async def _state(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response(await describe(self._play))

    async def _weather(self, form: WeatherForm) -> None:
        self._play.change_weather(form.name)

    async def _speed(self, form: SpeedForm) -> None:
        await self._play.change_speed(form.speed)

    async def _discord(self, form: OutageForm) -> None:
        if form.down_seconds:
            self._play.take_discord_down(form.down_seconds)
        else:
            self._play.bring_discord_back()

    async def _bot(self, form: BotForm) -> None:
        match form.do:
            case "kill":
                await self._play.kill_bot()
            case "start":
                await self._play.bot.start()
            case "restart":
                await self._play.bot.restart()

    def _taking(
        self, name: str, form: type[F], deed: Callable[[F], Awaitable[None]]
    ) -> web.RouteDef:
        """Reads a form, does its deed, and tells how everything stands then."""

        async def handle(request: web.Request) -> web.StreamResponse:
            # A form of another page cannot send this type without being asked first.
            if request.content_type != "application/json":
                return _problem(415, "application/json, please")
            try:
                await deed(form.model_validate_json(await request.read()))
            except (ValidationError, ValueError) as error:
                return _problem(400, str(error))
            return web.json_response(await describe(self._play))

        return web.post(f"{ROOT}/{name}", _guarded(handle))


def _guarded(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        if not from_here(request):
            return _problem(403, "Only from this machine, and from no other page.")
        return await handler(request)

    return handle


def _problem(status: int, words: str) -> web.Response:
    return web.json_response({"problem": words}, status=status)
