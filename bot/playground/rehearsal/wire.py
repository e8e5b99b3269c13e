"""Answers, and all the ways in which an answer can go wrong on its way.

Rule: each act is produced on the real socket; nothing is simulated by an exception.
"""

import asyncio
import json
import socket
import struct
from asyncio.trsock import TransportSocket
from collections.abc import Mapping
from typing import Final, cast

from aiohttp import web

from bot.playground.rehearsal.acts import Act
from bot.playground.rehearsal.clock import Clock

Body = Mapping[str, object]

MESSAGES: Final = {
    400: "Invalid request",
    401: "Invalid or missing API key",
    402: "Insufficient balance or quota",
    403: "This key may not use this model",
    404: "Task not found",
    429: "Rate limit or concurrency limit reached",
    500: "Server error",
    502: "Upstream provider or network error",
    503: "Service temporarily unavailable",
    504: "Upstream timeout",
}
BIG_BODY: Final = 10 * 1024 * 1024
DEPTH: Final = 20_000
"""Deeper than a parser likes, and short enough to get past a limit on size."""
RST: Final = struct.pack("ii", 1, 0)


def success(data: object) -> Body:
    """The envelope of what went well."""
    return {"code": 200, "message": "success", "data": data}


def problem(code: int, message: str = "") -> Body:
    """The envelope of what did not."""
    return {"code": code, "message": message or MESSAGES.get(code, "Error"), "data": None}


def refuse(code: int, message: str = "", *, retry_after: str = "") -> web.Response:
    """The provider's own answer to a request that it does not accept."""
    headers = {"Retry-After": retry_after} if retry_after else None
    return web.json_response(problem(code, message), status=code, headers=headers)


class Wire:
    """Sends answers, rightly or wrongly."""

    def __init__(self, clock: Clock, closing: asyncio.Event) -> None:
        self._clock = clock
        self._closing = closing

    async def answer(
        self, request: web.Request, act: Act, *, right: Body, foreign: str = ""
    ) -> web.StreamResponse:
        """Plays an act with the answer that would be right."""
        match act.name:
            case "ok":
                return web.json_response(right)
            case "slow":
                await self._clock.sleep(act.number(30))
                return web.json_response(right)
            case "never":
                return await self.hang(request)
            case "reset":
                return cut(request)
            case "truncated":
                return await truncated(request, json.dumps(right).encode())
            case _:
                return _shaped(request, act, right, foreign)

    async def hang(self, request: web.Request) -> web.StreamResponse:
        """Keeps a client waiting until it gives up, or until the rehearsal ends."""
        await self._closing.wait()
        return cut(request)


def cut(request: web.Request) -> web.StreamResponse:
    """Resets the connection: RST, not FIN, as from a machine that lost its memory."""
    if transport := request.transport:
        if isinstance(kernel := transport.get_extra_info("socket"), TransportSocket):
            kernel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        transport.abort()
    return web.Response()  # nobody gets it: the server wants something to be returned


async def truncated(
    request: web.Request, body: bytes, *, content_type: str = "application/json"
) -> web.StreamResponse:
    """Promises more bytes than it sends, then ends the connection."""
    response = web.StreamResponse(headers={"Content-Length": str(len(body) * 2)})
    response.content_type = content_type
    await response.prepare(request)
    await response.write(body[: max(1, len(body) - 10)])
    if request.transport:
        request.transport.close()
    return response


def _shaped(request: web.Request, act: Act, right: Body, foreign: str) -> web.Response:
    match act.name:
        case "http" | "code" | "http_only" | "html" | "redirect":
            return _other_status(request, act, right)
        case "huge_headers":
            return web.json_response(right, headers={"X-Trace": "x" * 70_000})
        case "foreign_id" | "no_id" | "number_id" | "null_data" | "no_data":
            return web.json_response(_other_data(act.name, right, foreign))
        case _:
            label = "text/plain" if act.name == "plain" else "application/json"
            return web.Response(body=_other_body(act.name, right), content_type=label)


def _other_status(request: web.Request, act: Act, right: Body) -> web.Response:
    code = int(act.word("200" if act.name == "html" else "307"))
    text = ":".join(act.values[1:])
    match act.name:
        case "http":
            if code in {429, 503}:
                return refuse(code, retry_after=text)
            return refuse(code, text)
        case "code":
            return web.json_response(problem(code, text))
        case "http_only":
            return web.json_response(right, status=code)
        case "html":
            page = "<!doctype html><title>Gateway</title><h1>Please stand by</h1>"
            return web.Response(text=page, content_type="text/html", status=code)
        case _:
            return web.Response(status=code, headers={"Location": request.path_qs})


def _other_data(name: str, right: Body, foreign: str) -> Body:
    data = right["data"]
    fields = dict(cast("Body", data)) if isinstance(data, dict) else dict[str, object]()
    match name:
        case "foreign_id":
            return {**right, "data": {**fields, "taskId": foreign}}
        case "number_id":
            return {**right, "data": {**fields, "taskId": 12_345_678}}
        case "no_id":
            fields.pop("taskId", None)
            return {**right, "data": fields}
        case "no_data":
            return {key: value for key, value in right.items() if key != "data"}
        case _:
            return {**right, "data": None}


def _other_body(name: str, right: Body) -> bytes:
    text = json.dumps(right).encode()
    match name:
        case "cut_json":
            return text[: len(text) // 2]
        case "not_json":
            return b"success, more or less"
        case "big":
            return text[:-1] + b', "padding": "' + b"x" * BIG_BODY + b'"}'
        case "nested":
            return b'{"code": 200, "data": ' + b"[" * DEPTH + b"]" * DEPTH + b"}"
        case "empty":
            return b""
        case "plain":
            return text
        case _:
            raise ValueError(f"No answer is called {name!r}.")
