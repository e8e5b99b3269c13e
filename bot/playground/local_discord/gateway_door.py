"""The websocket of the gateway: what a client may say there, and what it is told.

Rule: frames to one client leave in the order in which things happened.
"""

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSMsgType, web

from bot.playground.local_discord.gateway import PRIVILEGED, Intent, Session
from bot.playground.local_discord.wire import Json, as_json

if TYPE_CHECKING:
    from bot.playground.local_discord.world import World

HEARTBEAT_MS: Final = 41_250
ACK_SECONDS: Final = 0.1
"""As a network takes. discord.py notes when it sent a heartbeat after it has sent it: an answer that
comes before this reads as one to the heartbeat before, and as a bot that cannot keep up.
"""


class Connection:
    """One client's websocket. It is a `Line`."""

    def __init__(self, world: "World", socket: web.WebSocketResponse) -> None:
        self._world = world
        self._socket = socket
        self._out: asyncio.Queue[str | int] = asyncio.Queue()
        self._session: Session | None = None

    def send(self, text: str) -> None:
        """Queues a frame."""
        self._out.put_nowait(text)

    def hang_up(self, code: int) -> None:
        """Closes when all before it has gone out."""
        self._out.put_nowait(code)

    async def serve(self) -> None:
        """Talks until one side hangs up."""
        writer = asyncio.create_task(self._write())
        try:
            self._send({"op": 10, "d": {"heartbeat_interval": HEARTBEAT_MS}})
            async for frame in self._socket:
                if frame.type is WSMsgType.TEXT:
                    self._hear(frame.data)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
            self._part()

    async def _write(self) -> None:
        while True:
            frame = await self._out.get()
            if isinstance(frame, int):
                await self._socket.close(code=frame, message=b"")
                return
            try:
                await self._socket.send_str(frame)
            except ConnectionError:
                return  # the reader sees the end of the connection too, and cleans up

    def _send(self, payload: Json) -> None:
        self.send(json.dumps({"s": None, "t": None, **payload}))

    def _part(self) -> None:
        if self._session is not None and self._session.line is self:
            self._session.line = None
            self._world.bus.publish("gateway_lost", self._session)

    def _hear(self, text: str) -> None:
        try:
            heard = as_json(json.loads(text))
        except ValueError:
            self.hang_up(4002)
            return
        op, data = heard.get("op"), heard.get("d")
        if op == 1:
            asyncio.get_running_loop().call_later(ACK_SECONDS, self._send, {"op": 11, "d": None})
        elif op == 2:
            self._identify(as_json(data))
        elif op == 6:
            self._resume(as_json(data))
        elif op == 8:
            self._tell_members(as_json(data))
        elif op not in {3, 4}:
            self.hang_up(4001)

    def _identify(self, data: Json) -> None:
        world, gateway = self._world, self._world.gateway
        intents, shard = int(data.get("intents") or 0), data.get("shard") or [0, 1]
        if self._session is not None:
            self.hang_up(4005)
        elif data.get("token") != world.token:
            self.hang_up(4004)
        elif intents & PRIVILEGED & ~gateway.granted:
            self.hang_up(4014)
        else:
            session = gateway.open(intents, (int(shard[0]), int(shard[1])))
            self._session = session
            session.line = self
            self._welcome(session, sharded="shard" in data)

    def _welcome(self, session: Session, *, sharded: bool) -> None:
        world = self._world
        guilds = [guild for guild in world.guilds.values() if session.serves(guild.id)]
        ready: Json = {
            "v": 10,
            "user": world.bot_as_json(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": world.gateway_url,
            "session_type": "normal",
            "private_channels": [],
            "application": {"id": str(world.application_id), "flags": 0},
        }
        if sharded:
            ready["shard"] = list(session.shard)
        session.tell("READY", ready)
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                # A server that is joined later comes without this key.
                known = guild.as_event(world.bot.id) | {"unavailable": False}
                session.tell("GUILD_CREATE", known)
        world.bus.publish("gateway_ready", session)

    def _resume(self, data: Json) -> None:
        gateway = self._world.gateway
        session, seq = gateway.find(data.get("session_id")), int(data.get("seq") or 0)
        if data.get("token") != self._world.token:
            self.hang_up(4004)
            return
        if session is None or not session.remembers(seq):
            self._send({"op": 9, "d": False})
            return
        if session.line is not None:
            session.line.hang_up(4000)
        self._session = session
        session.line = self
        for text in session.since(seq):
            self.send(text)
        gateway.resumed += 1
        # The client writes into this object: it must be one, and not null.
        session.tell("RESUMED", {})
        self._world.bus.publish("gateway_ready", session)

    def _tell_members(self, data: Json) -> None:
        guild = self._world.guilds.get(int(data.get("guild_id") or 0))
        if guild is None or self._session is None:
            return
        asked = _ids(data.get("user_ids"))
        query, limit = str(data.get("query") or "").lower(), int(data.get("limit") or 0)
        found = [
            member.as_json()
            for member in guild.members.values()
            if (member.user.id in asked if asked else member.name.lower().startswith(query))
        ]
        body: Json = {
            "guild_id": str(guild.id),
            "members": found[: limit or None],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        if data.get("nonce"):
            body["nonce"] = data["nonce"]
        self._session.tell("GUILD_MEMBERS_CHUNK", body)


def _ids(value: Any) -> set[int]:
    if not isinstance(value, list):
        return {int(value)} if value else set()
    listed: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
    return {int(user) for user in listed}
