"""The HTTP API's one door: reads, plays faults, checks the token, answers, keeps the journal.

Rule: every request passes here, and leaves with Discord's status, content type and words.
"""

import asyncio
import json
import socket
import struct
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.playground.local_discord.answering import Answering
from bot.playground.local_discord.calls import Call, Reply, Route, read_call
from bot.playground.local_discord.faults import Fault
from bot.playground.local_discord.journal import Exchange
from bot.playground.local_discord.posting import Posting
from bot.playground.local_discord.refusals import Refusal, limited, no_such_route, unauthorized
from bot.playground.local_discord.routes_commands import CommandRoutes
from bot.playground.local_discord.routes_interactions import InteractionRoutes
from bot.playground.local_discord.routes_messages import MessageRoutes
from bot.playground.local_discord.routes_places import PlaceRoutes
from bot.playground.local_discord.world import World

BASE: Final = "/api/v10"
# Without a charset: with one, the client library takes the JSON for plain text.
_JSON: Final = {"Content-Type": "application/json"}


class Api:
    """Everything below `/api/v10`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.posting = Posting(world)
        self.answering = Answering(world, self.posting)

    def routes(self) -> list[web.RouteDef]:
        """For the application."""
        world = self._world
        every = [
            *PlaceRoutes(world).routes(),
            *MessageRoutes(world, self.posting).routes(),
            *CommandRoutes(world).routes(),
            *InteractionRoutes(world, self.answering).routes(),
        ]
        defined = [web.route(one.method, BASE + one.path, self._door(one)) for one in every]
        nowhere = Route("*", "/{rest:.*}", _nowhere, open=True)
        return [*defined, web.route("*", BASE + nowhere.path, self._door(nowhere))]

    def _door(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._pass(request, route)

        return handle

    async def _pass(self, request: web.Request, route: Route) -> web.StreamResponse:
        world = self._world
        path = request.path.removeprefix(BASE)
        exchange = world.journal.open(world.clock.now(), request.method, path, dict(request.query))
        if world.faults.outage is not None:
            return self._outage(request, exchange, world.faults.outage)
        try:
            call = await read_call(request)
        except Refusal as refusal:
            return self._reply(exchange, refusal.status, refusal.as_json())
        _note(exchange, call)
        fault = world.faults.take(request.method, path)  # whoever sees it gone knows: all has come
        if fault is not None and fault.kind == "delay":
            exchange.fault = "delay"
            await asyncio.sleep(fault.seconds)
        elif fault is not None and fault.when == "before":
            return self._play(request, exchange, fault)
        status, answer = await self._act(request, route, call)
        if fault is not None and fault.kind != "delay":
            return self._play(request, exchange, fault)
        return self._reply(exchange, status, answer)

    async def _act(self, request: web.Request, route: Route, call: Call) -> Reply:
        try:
            self._refuse_stranger(request, route)
            return await route.act(call)
        except Refusal as refusal:
            return refusal.status, refusal.as_json()
        except Exception as fault:  # noqa: BLE001 - ours, not the bot's: told when the block ends
            self._world.background.failures.append(fault)
            return 500, {"message": "500: Internal Server Error", "code": 0}

    def _refuse_stranger(self, request: web.Request, route: Route) -> None:
        if not route.open and request.headers.get("Authorization") != f"Bot {self._world.token}":
            raise unauthorized()

    def _reply(
        self, exchange: Exchange, status: int, answer: Any, headers: dict[str, str] | None = None
    ) -> web.Response:
        exchange.status, exchange.answer = status, answer
        self._world.bus.publish("request", exchange)
        if answer is None:
            return web.Response(status=status, headers=headers)
        body = json.dumps(answer).encode()
        return web.Response(body=body, status=status, headers={**_JSON, **(headers or {})})

    def _outage(self, request: web.Request, exchange: Exchange, kind: str) -> web.Response:
        exchange.fault = f"outage: {kind}"
        if kind == "reset":
            return self._drop(request, exchange)
        exchange.status = 503
        self._world.bus.publish("request", exchange)
        return web.Response(status=503, text="upstream connect error")

    def _play(self, request: web.Request, exchange: Exchange, fault: Fault) -> web.Response:
        exchange.fault = f"{fault.kind} {fault.when}"
        self._world.faults.outage = fault.then or self._world.faults.outage
        if fault.kind == "reset":
            return self._drop(request, exchange)
        if fault.kind == "rate limit":
            headers = {"Retry-After": f"{max(1, round(fault.seconds))}"}
            if fault.via:
                headers["Via"] = "1.1 google"
            if fault.everywhere:
                headers["X-RateLimit-Global"] = "true"
            headers["X-RateLimit-Scope"] = "global" if fault.everywhere else "user"
            body = limited(fault.seconds, everywhere=fault.everywhere)
            return self._reply(exchange, 429, body, headers)
        return self._reply(exchange, fault.status, fault.as_json())

    def _drop(self, request: web.Request, exchange: Exchange) -> web.Response:
        self._world.bus.publish("request", exchange)
        hang_up(request)
        return web.Response()  # goes nowhere


def hang_up(request: web.Request) -> None:
    """Resets the connection under a request."""
    transport = request.transport
    if transport is None:
        return
    line = transport.get_extra_info("socket")
    if line is not None:
        # Lingering for no time makes the close a reset.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _note(exchange: Exchange, call: Call) -> None:
    exchange.body, exchange.multipart = call.body, call.multipart
    exchange.files = [
        {
            "field": f"files[{upload.index}]",
            "filename": upload.filename,
            "content_type": upload.content_type,
            "size": len(upload.body),
        }
        for upload in call.uploads
    ]


async def _nowhere(call: Call) -> Reply:
    del call
    raise no_such_route()
