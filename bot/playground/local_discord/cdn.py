"""The CDN: gives out files, whole or in ranges, while their address lives.

Rule: an address that is unsigned or too old is 404, as if the file did not exist.
"""

import re
from typing import Final

from aiohttp import web

from bot.playground.local_discord.files import Files

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


class Cdn:
    """The routes of files."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def routes(self) -> list[web.RouteDef]:
        """Message attachments and those of commands."""
        path = "/{kind:(?:ephemeral-)?attachments}/{channel_id}/{attachment_id}/{name}"
        return [
            web.get(path, self._give),
            # Avatars and icons, which nobody has here.
            web.get("/embed/avatars/{name}", self._none),
        ]

    async def _none(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=404)

    async def _give(self, request: web.Request) -> web.StreamResponse:
        query, raw = request.query, request.match_info["attachment_id"]
        attachment = self._files.find(int(raw)) if raw.isdigit() else None
        made, ends, signature = (query.get(key, "") for key in ("is", "ex", "hm"))
        if attachment is None or not self._files.admits(
            attachment, made=made, ends=ends, signature=signature
        ):
            return web.Response(status=404, text="This content is no longer available.")
        body = await self._files.read(attachment)
        headers = {
            "Content-Type": attachment.content_type,
            "Accept-Ranges": "bytes",
            "Access-Control-Allow-Origin": "*",
            "Content-Disposition": f'attachment; filename="{attachment.filename}"',
            # A member's file must never run as a page of ours.
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return _ranged(request.headers.get("Range"), body, headers)


def _ranged(asked: str | None, body: bytes, headers: dict[str, str]) -> web.Response:
    found = _RANGE.fullmatch(asked or "")
    if found is None or not any(found.groups()):
        return web.Response(body=body, headers=headers)
    first, last = found.groups()
    size = len(body)
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {**headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return web.Response(status=206, body=body[start : end + 1], headers=headers)
