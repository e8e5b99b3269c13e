"""A Discord that shares no line with ours, and knows only what a bot cannot do without.

Everything that may be missing is missing: no rights of the bot, no languages, no members and roles in
a server, nothing in an answer that was not in the question. What it has no route for is 404 and noted.

Rule: it checks nothing. That is the local Discord's work.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import BodyPartReader, WSMsgType, web

Json = dict[str, Any]
T = TypeVar("T")
TOKEN, APPLICATION, GUILD, CHANNEL, ADMINS, MEMBER = (
    "MTAwMQ.another.token",
    1001,
    2001,
    3001,
    3002,
    4001,
)
EPHEMERAL, MANAGE_GUILD = 64, 1 << 5
_PERMISSIONS = str(1 << 31)


@dataclass
class ForeignDiscord:
    """API, gateway and files on a port of its own until its block ends."""

    messages: dict[int, Json] = field(default_factory=dict[int, Json])
    answers: dict[str, Json] = field(default_factory=dict[str, Json])
    """First answers by the interaction's token."""
    commands: list[Json] = field(default_factory=list[Json])
    nowhere: list[str] = field(default_factory=list[str])
    """What was asked for and is not here."""
    _ids: "count[int]" = field(default_factory=lambda: count(900_000_000_000_000_000))
    _frames: "count[int]" = field(default_factory=lambda: count(1))
    _originals: dict[str, int] = field(default_factory=dict[str, int])
    _socket: web.WebSocketResponse | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{rest:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    # -- people ------------------------------------------------------------------------------------

    async def slash(
        self,
        name: str,
        *,
        permissions: str = _PERMISSIONS,
        resolved: Json | None = None,
        **options: Any,
    ) -> str:
        """A member types a command; the interaction's token."""
        top, _, below = name.partition(" ")
        command = next(it for it in self.commands if it["name"] == top)
        known = {it["name"]: it for it in command.get("options", [])}
        if below:
            known = {it["name"]: it for it in known[below].get("options", [])}
        given = [
            {"name": it, "type": known[it]["type"], "value": value} for it, value in options.items()
        ]
        data: Json = {"id": command["id"], "name": top, "type": 1, "options": given}
        if below:
            data["options"] = [{"name": below, "type": 1, "options": given}]
        if resolved:
            data["resolved"] = resolved
        return await self._interact(data, permissions)

    async def press(
        self, message: Json, label: str, *, permissions: str = _PERMISSIONS, member: int = MEMBER
    ) -> str:
        """A member presses a button; the interaction's token."""
        found = next(it for it in _parts(message) if it.get("label") == label)
        data = {"custom_id": found["custom_id"], "component_type": 2}
        return await self._interact(data, permissions, message=message, member=member)

    async def _interact(
        self, data: Json, permissions: str, *, message: Json | None = None, member: int = MEMBER
    ) -> str:
        await self.until(lambda: self._socket)
        number = next(self._ids)
        token = f"token-{number}"
        who: Json = {"user": _user(member), "roles": ["5001"], "permissions": permissions}
        who |= {"joined_at": "2024-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
        here = {"guild_id": str(GUILD), "channel_id": str(CHANNEL), "member": who}
        about = {
            "id": str(number),
            "application_id": str(APPLICATION),
            "token": token,
            "version": 1,
        }
        channel = {"id": str(CHANNEL), "type": 0, "name": "videos", "position": 0}
        what: Json = {"type": 2, "data": data, "channel": channel}
        if message is not None:
            what |= {"type": 3, "message": message}
            self._originals[token] = int(message["id"])
        limit = {"attachment_size_limit": 10485760}
        await self._send("INTERACTION_CREATE", {**about, **here, **what, **limit})
        return token

    async def answer(self, token: str) -> str:
        """What the first answer says."""
        return said(await self.until(lambda: self.answers.get(token)))

    async def until(self, find: Callable[[], T | None], *, seconds: float = 30) -> T:
        """Looks again whenever something happens."""
        async with asyncio.timeout(seconds):
            while not (found := find()):
                self._news.clear()
                await self._news.wait()
            return found

    async def message(self, *words: str) -> Json:
        """The first message that says all of these."""
        every = self.messages.values
        return await self.until(
            lambda: next((it for it in every() if all(word in said(it) for word in words)), None)
        )

    # -- the gateway -------------------------------------------------------------------------------

    async def _send(self, kind: str, data: Json) -> None:
        assert self._socket is not None
        await self._socket.send_str(
            json.dumps({"op": 0, "s": next(self._frames), "t": kind, "d": data})
        )

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 41250}}))
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                heard = json.loads(frame.data)
                if heard["op"] == 1:
                    await socket.send_str(json.dumps({"op": 11}))
                if heard["op"] == 2 and heard["d"]["token"] == TOKEN:
                    self._socket = socket
                    await self._welcome()
        return socket

    async def _welcome(self) -> None:
        ready: Json = {"v": 10, "user": _user(APPLICATION, bot=True), "session_id": "one"}
        ready |= {"resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway"}
        ready |= {"guilds": [{"id": str(GUILD), "unavailable": True}]}
        ready |= {"application": {"id": str(APPLICATION), "flags": 0}}
        await self._send("READY", ready)
        channel = {"id": str(CHANNEL), "type": 0, "name": "videos", "position": 0}
        server: Json = {"id": str(GUILD), "name": "A server", "roles": [], "members": []}
        admins = {**channel, "id": str(ADMINS), "name": "admins"}
        server |= {"channels": [{**it, "permission_overwrites": []} for it in (channel, admins)]}
        server |= {"features": []}
        await self._send("GUILD_CREATE", server)
        self._news.set()

    # -- the API -----------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.rstrip("/") == "/gateway":
            return await self._gateway(request)
        body = await _read(request)
        status, content = self._act(request.method, request.path.strip("/").split("/")[2:], body)
        if status == 404:
            self.nowhere.append(f"{request.method} {request.path}")
        self._news.set()
        if content is None:
            return web.Response(status=status)
        whole = json.dumps(content).encode()
        return web.Response(status=status, body=whole, headers={"Content-Type": "application/json"})

    def _act(  # noqa: PLR0911 - one line for each route
        self, method: str, path: list[str], body: Json
    ) -> tuple[int, Any]:
        match method, path:
            case "GET", ["users", "@me"]:
                return 200, _user(APPLICATION, bot=True)
            case "GET", ["oauth2", "applications", "@me"]:
                return 200, _APPLICATION
            case "PUT", ["applications", _, "commands"]:
                self.commands = [{"id": str(next(self._ids)), **it} for it in body["list"]]
                return 200, self.commands
            case "GET", ["applications", _, "commands"]:
                return 200, self.commands
            case "POST", ["interactions", number, token, "callback"]:
                return 200, self._first(number, token, body)
            case "POST", ["webhooks", _, _]:
                return 200, self._post(body)
            case "POST", ["channels", channel, "messages"]:
                return 200, self._post({**body, "channel_id": channel})
            case "GET", ["channels", _, "messages"]:
                return 200, [*reversed(self.messages.values())]
            case _, ["webhooks" | "channels", _, *_, "messages", which]:
                return self._touch(method, self._originals.get(path[2], which), body)
            case _:
                return 404, {"message": "404: Not Found", "code": 0}

    def _first(self, number: str, token: str, body: Json) -> Json:
        self.answers[token] = body
        if body["type"] == 4:
            self._originals[token] = int(self._post(body["data"])["id"])
        if body["type"] == 7:
            self.messages[self._originals[token]] |= body["data"]
        return {"interaction": {"id": number, "type": 2}}

    def _post(self, body: Json) -> Json:
        number = next(self._ids)
        self.messages[number] = {**_message(number), **body}
        return self.messages[number]

    def _touch(self, method: str, which: int | str, body: Json) -> tuple[int, Any]:
        found = self.messages.get(int(which))
        if found is None:
            return 404, {"message": "Unknown Message", "code": 10008}
        if method == "DELETE":
            del self.messages[int(which)]
            return 204, None
        found |= body
        return 200, found


def _parts(content: Any) -> Iterator[Json]:
    """Everything within a message."""
    for it in content.values() if isinstance(content, dict) else content:
        if isinstance(it, dict):
            yield it
        if isinstance(it, dict | list):
            yield from _parts(it)


def said(content: Any) -> str:
    """All words of a message or an answer."""
    if isinstance(content, list):
        return "\n".join(filter(None, map(said, content)))
    if not isinstance(content, dict):
        return ""
    words = [content[key] for key in ("content", "label") if isinstance(content.get(key), str)]
    return "\n".join(filter(None, [*words, *map(said, content.values())]))


async def _read(request: web.Request) -> Json:
    if request.content_type == "multipart/form-data":
        body: Json = {}
        names: list[str | None] = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            raw = await part.read()
            if part.name == "payload_json":
                body = json.loads(raw)
            else:
                names.append(part.filename)
        return {**body, "attachments": [], "uploaded": names}
    raw = await request.read()
    content = json.loads(raw) if raw else {}
    return {"list": content} if isinstance(content, list) else content


def _user(number: int, *, bot: bool = False) -> Json:
    name = f"somebody-{number}"
    return {"id": str(number), "username": name, "discriminator": "0", "avatar": None, "bot": bot}


def _message(number: int) -> Json:
    return {
        "id": str(number),
        "channel_id": str(CHANNEL),
        "type": 0,
        "author": _user(APPLICATION, bot=True),
        "content": "",
        "timestamp": "2026-11-21T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "pinned": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
    }


_APPLICATION: Json = {
    "id": str(APPLICATION),
    "name": "Clapper",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "0",
    "team": None,
    "owner": _user(4002),
}
