"""The admin surface `/_world/…`: another process looks at the world, changes it, acts in it.

Rule: it answers this machine alone, and no web page of a stranger that is open here.
"""

import asyncio
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

from bot.playground.local_discord.admin_acts import Act, Acts
from bot.playground.local_discord.admin_changes import CHANGES, Change
from bot.playground.local_discord.invocation import DidNotRespond
from bot.playground.local_discord.options import ClientRefusal
from bot.playground.local_discord.people import User
from bot.playground.local_discord.person import Person
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.refusals import Refusal
from bot.playground.local_discord.telling import Teller
from bot.playground.local_discord.uploading import take_file
from bot.playground.local_discord.wire import Json, as_json
from bot.playground.local_discord.world import World

ROOT: Final = "/_world"
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PAGE: Final = 50
_TOLD: Final = (ClientRefusal, DidNotRespond, TimeoutError, LookupError, ValueError, Refusal)
"""What is answered in words; anything else is a fault of ours."""


class Admin:
    """The routes of the admin surface."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._teller = Teller(world)
        self._acts = Acts(world)

    def routes(self) -> list[web.RouteDef]:
        """All of it."""
        reads = {
            "": self._snapshot,
            "/requests": self._requests,
            "/commands": self._commands,
            "/channels/{channel}/messages": self._messages,
            "/interactions/{interaction}": self._interaction,
            "/events": self._events,
        }
        return [
            *(web.get(ROOT + path, self._guarded(handler)) for path, handler in reads.items()),
            web.post(f"{ROOT}/uploads", self._guarded(self._upload)),
            web.post(f"{ROOT}/acts/{{verb}}", self._guarded(self._act)),
            *(
                web.post(f"{ROOT}/{path}", self._guarded(self._changing(form)))
                for path, form in CHANGES.items()
            ),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not from_here(request):
                return _problem(403, "Only from this machine, and from no other page.")
            try:
                return await handler(request)
            except _TOLD as error:
                return _in_words(error)

        return handle

    # -- looking --

    async def _snapshot(self, request: web.Request) -> web.StreamResponse:
        watcher = self._user(request) if "as" in request.query else None
        return web.json_response(self._teller.snapshot(watcher=watcher))

    async def _requests(self, request: web.Request) -> web.StreamResponse:
        since = int(request.query.get("since", "0"))
        found = [exchange.as_json() for exchange in self._world.journal.since(since)]
        return web.json_response({"requests": found})

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        person = Person(self._world, self._user(request))
        channel = self._channel(request.query.get("channel", ""))
        return web.json_response({"commands": person.commands(channel)})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        person = Person(self._world, self._user(request))
        channel = self._channel(request.match_info["channel"])
        before = request.query.get("before")
        limit = int(request.query.get("limit", str(_PAGE)))
        found = person.messages(channel, before=int(before) if before else None, limit=limit)
        return web.json_response({"messages": [self._teller.message(one) for one in found]})

    async def _interaction(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["interaction"]
        for interaction in self._world.interactions.values():
            if str(interaction.id) == wanted:
                return web.json_response(self._teller.interaction(interaction))
        return _problem(404, "There is no such interaction.")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        watcher = self._user(request) if "as" in request.query else None
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        telling = asyncio.create_task(self._tell(socket, watcher))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.ERROR:
                    break
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await telling
        return socket

    async def _tell(self, socket: web.WebSocketResponse, watcher: User | None) -> None:
        with self._world.bus.listen() as news:
            await socket.send_json({"kind": "listening", "data": None})
            while True:
                described = self._teller.event(await news.get(), watcher=watcher)
                if described is not None:
                    await socket.send_json(described)

    # -- doing --

    async def _act(self, request: web.Request) -> web.StreamResponse:
        act = Act.model_validate(await _json(request))
        return web.json_response(await self._acts.perform(request.match_info["verb"], act))

    def _changing(self, form: type[Change]) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            change = form.model_validate(await _json(request))
            return web.json_response(change.apply(self._world))

        return handle

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/octet-stream":
            return _problem(415, "application/octet-stream, please")
        channel = self._channel(request.query.get("channel", ""))
        named = request.query.get("name", "file"), await request.read()
        taken = await take_file(self._world, named, self._user(request), channel)
        return web.json_response(self._world.render.attachment(taken))

    def _user(self, request: web.Request) -> User:
        user = self._world.users.get(int(request.query.get("as", "0")))
        if user is None:
            raise LookupError("Say who looks: as=USER.")
        return user

    def _channel(self, text: str) -> Channel:
        channel = self._world.channels.get(int(text) if text.isdigit() else 0)
        if channel is None:
            raise LookupError("There is no such channel.")
        return channel


def _in_words(error: Exception) -> web.Response:
    if isinstance(error, ClientRefusal):
        return _problem(400, error.message, field=error.field)
    if isinstance(error, Refusal):
        return web.json_response(error.as_json(), status=error.status)
    silent = isinstance(error, DidNotRespond | TimeoutError)
    return _problem(504 if silent else 400, str(error))


async def _json(request: web.Request) -> Json:
    # A form of another page cannot send this type without being asked first.
    if request.content_type != "application/json":
        raise ValueError("application/json, please")
    return as_json(await request.json())


def from_here(request: web.Request) -> bool:
    """Whether a request comes from this machine, and from no web page of a stranger."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    same = origin is None or urlsplit(origin).netloc == request.host
    return host in _LOCAL and request.remote in _LOCAL and same


def _problem(status: int, words: str, *, field: str | None = None) -> web.Response:
    return web.json_response({"problem": words, "field": field}, status=status)
