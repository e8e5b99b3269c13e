"""A provider that shares no line with ours: raw sockets, its own dialect of HTTP and JSON.

It answers as the documentation allows, and nowhere as kindly as the rehearsal provider: headers in
other letters, bodies in chunks, a connection for each request, numbers as text, fields that nobody
knows and none of those that may be missing, a task id with everything in it.

Rule: what it does stands in the provider's documentation, or is left open there.
"""

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
KEY = "another-key"


@dataclass
class Heard:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        return json.loads(self.body)


@dataclass
class ForeignProvider:
    """Listens on a port of its own until its block ends."""

    clip: bytes
    """What every result's address gives."""
    balance: object = "74.87"
    heard: list[Heard] = field(default_factory=list[Heard])
    tasks: dict[str, Json] = field(default_factory=dict[str, Json])
    _reads: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    @property
    def submitted(self) -> list[Heard]:
        return [one for one in self.heard if one.method == "POST"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard = await _read(reader)
            self.heard.append(heard)
            status, kind, body = self._answer(heard)
            head = [f"HTTP/1.1 {status} So Be It", f"CONTENT-TYPE: {kind}", "x-request-id: 1"]
            head += ["transfer-Encoding: chunked", "CONNECTION: close", "", ""]
            writer.write("\r\n".join(head).encode() + _chunked(body))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, heard: Heard) -> tuple[int, str, bytes]:
        if heard.path.startswith("/files/"):
            return 200, "binary/octet-stream", self.clip
        status, content = self._say(heard)
        return status, "application/json;charset=UTF-8", json.dumps(content).encode()

    def _say(self, heard: Heard) -> tuple[int, Json]:
        if heard.headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"code": 401, "message": "Unauthorized"}
        match heard.method, heard.path.removeprefix("/api/v1/").split("/"):
            case "POST", ["generateTask", _]:
                task = f"no. {len(self.tasks) + 1}/ä+&?=%#"
                self.tasks[task] = heard.json
                return 200, _well({"taskId": task, "queue": 3})
            case "GET", ["statusTask", _] if (task := heard.query.get("taskId", "")) in self.tasks:
                return 200, _well(self._state(task))
            case "GET", ["apikeys", "current-balance"] if self.balance is not None:
                return 200, _well(self.balance)
            case _:
                return 404, {"code": "404", "message": "not found"}

    def _state(self, task: str) -> Json:
        self._reads += 1
        if self._reads % 2:
            return {"taskId": task, "state": "processing_r2"}
        results = {"resultUrls": [f"http://127.0.0.1:{self.port}/files/1?sig=a%2Fb"], "cover": None}
        return {
            "taskId": task,
            "state": "SUCCESS",
            "resultJson": json.dumps(results),
            "costTime": "48123",
            "createTime": "1763725000000",
            "model": {"any": ["thing"]},
        }


def _well(data: object) -> Json:
    return {"code": "200", "data": data, "timestamp": 1763725000}


def _chunked(body: bytes) -> bytes:
    size = 7001
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


async def _read(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    pairs = [line.partition(":") for line in head[1:] if line]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Heard(method, parts.path, query, headers, body)
