"""One request to the API, read: who asks, for what, with which JSON and which files.

Rule: a request is read whole before anything is decided about it.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from aiohttp import BodyPartReader, web

from bot.playground.local_discord.checks_messages import Upload
from bot.playground.local_discord.forms import Form
from bot.playground.local_discord.refusals import bad_json
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons

_FILE: Final = re.compile(r"files?\[?(\d*)\]?")


@dataclass(slots=True)
class Call:
    """What a route is given."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    uploads: list[Upload] = field(default_factory=list[Upload])
    multipart: bool = False

    @property
    def json(self) -> Json:
        """The body as an object."""
        return as_json(self.body)

    @property
    def jsons(self) -> Jsons:
        """The body as a list of objects."""
        return as_jsons(self.body)

    def id(self, name: str) -> int:
        """An id in the path."""
        return snowflake(self.params[name], name)

    def asked_id(self, name: str) -> int | None:
        """An id in the query."""
        return snowflake(self.query[name], name) if name in self.query else None


Reply: TypeAlias = tuple[int, Any]
"""Status and JSON; 204 goes with None."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the API. `open` ones carry their right in the path, or need none."""

    method: str
    path: str
    act: Callable[[Call], Awaitable[Reply]]
    open: bool = False


def snowflake(text: str, name: str) -> int:
    """An id; anything else is an invalid form."""
    if not text.isdigit():
        form = Form()
        form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        form.done()
    return int(text)


async def read_call(request: web.Request) -> Call:
    """Reads a request to its end."""
    call = Call(request.match_info, request.query)
    if request.content_type.startswith("multipart/"):
        call.multipart = True
        await _read_parts(request, call)
    elif body := await request.read():
        call.body = _decode(body)
    return call


async def _read_parts(request: web.Request, call: Call) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        # Read at once: what is not read here is lost with the next part.
        body = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            call.body = _decode(body)
        elif part.filename is not None and (found := _FILE.fullmatch(part.name or "")):
            kind = part.headers.get("Content-Type", "application/octet-stream")
            index = int(found[1] or len(call.uploads))
            call.uploads.append(Upload(index, part.filename, kind, body))


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise bad_json() from None
