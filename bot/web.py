"""The web door: callbacks, health, metrics, clips.

Rule: it decides nothing. Whoever has no right to a thing cannot tell that it exists.
"""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.domain.errors import NotFoundError, SettingsError, StoreError

LARGEST_CALLBACK_BYTES: Final = 64 * 1024
_LONGEST_TOKEN: Final = 100
_CLOSING_SECONDS: Final = 5.0
"""A film that somebody paused half-way keeps its connection; nobody waits for that."""
_VIDEO_TYPES: Final = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".jpg": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class Health:
    """What must be well for `/healthz` to say so."""

    checks: dict[str, Callable[[], Awaitable[bool]]]

    async def failing(self) -> list[str]:
        """Names of the parts that are not well."""
        return [name for name, check in self.checks.items() if not await _is_well(check)]


async def _is_well(check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await check()
    except Exception:  # noqa: BLE001 - whatever a check raises, that part is not well
        return False


@dataclass(frozen=True, slots=True)
class Doors:
    """What the routes call."""

    accept_callback: Callable[[str, bytes], Awaitable[bool]]
    health: Health
    metrics: Callable[[], Awaitable[bytes]]
    """The metrics as Prometheus reads them."""
    clip_path: Callable[[str], Path]
    """Where a clip lies; raises NotFoundError for any other name."""
    body_seconds: float = 10.0
    """For a body to come."""
    idle_seconds: float = 60.0
    """For a request to come, its head included; then the connection is closed."""

    async def callback(self, request: web.Request) -> web.Response:
        """`POST /callbacks/{token}`: the hint is on the disk before this answers."""
        token = request.match_info["token"]
        if len(token) > _LONGEST_TOKEN:
            raise web.HTTPNotFound
        body = await self._bounded_body(request)
        try:
            known = await self.accept_callback(token, body)
        except StoreError as error:
            # Not written down, so not accepted: the provider will come again.
            raise web.HTTPServiceUnavailable from error
        if not known:
            raise web.HTTPNotFound
        return web.Response(text="ok")

    async def _bounded_body(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self.body_seconds):
                return await request.read()
        except (web.HTTPRequestEntityTooLarge, TimeoutError):
            # The body is a hint only; the doorbell rings without it.
            return b""

    async def healthz(self, _: web.Request) -> web.Response:
        """`GET /healthz`: 200, or 503 and which parts are not well."""
        failing = await self.health.failing()
        return web.json_response({"failing": failing}, status=503 if failing else 200)

    async def metrics_page(self, _: web.Request) -> web.Response:
        """`GET /metrics`."""
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return web.Response(body=await self.metrics(), headers={"Content-Type": kind})

    async def clip(self, request: web.Request) -> web.StreamResponse:
        """`GET /clips/{name}`: whoever knows the name may see it, from any byte on."""
        name = request.match_info["name"]
        try:
            path = self.clip_path(name)
        except NotFoundError:
            raise web.HTTPNotFound from None
        headers = {
            "Content-Type": _VIDEO_TYPES.get(path.suffix, "application/octet-stream"),
            "Content-Disposition": "inline",
            "Cache-Control": "private, max-age=86400, immutable",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }
        return web.FileResponse(path, headers=headers)


def build_web(doors: Doors) -> web.Application:
    """The routes, ready to be served."""
    app = web.Application(client_max_size=LARGEST_CALLBACK_BYTES)
    app.router.add_post("/callbacks/{token}", doors.callback)
    app.router.add_get("/healthz", doors.healthz)
    app.router.add_get("/metrics", doors.metrics_page)
    app.router.add_get("/clips/{name}", doors.clip)
    return app


def web_runner(doors: Doors) -> web.AppRunner:
    """Serves the routes, with limits on whoever takes their time."""
    # The access log would print the path of a callback, which is a secret.
    return web.AppRunner(
        build_web(doors),
        access_log=None,
        keepalive_timeout=doors.idle_seconds,
        shutdown_timeout=_CLOSING_SECONDS,
    )


@asynccontextmanager
async def open_web(doors: Doors, host: str, port: int) -> AsyncGenerator[tuple[str, int]]:
    """Listens until the block ends, and says where. Raises SettingsError."""
    runner = web_runner(doors)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise _unusable(error) from error
        bound_host, bound_port = runner.addresses[0][:2]
        yield bound_host, bound_port
    finally:
        await runner.cleanup()


def _unusable(error: OSError) -> SettingsError:
    # Whose port is taken needs another port; whatever else is wrong, it is the address.
    taken = error.errno in {errno.EADDRINUSE, errno.EACCES}
    name = "CLAPPER_WEB_PORT" if taken else "CLAPPER_WEB_HOST"
    # A name that nobody knows has a number of its own, below zero; its words are the error's.
    number = error.errno or 0
    why = os.strerror(number) if number > 0 else error.strerror or "it cannot be opened"
    return SettingsError(name, f"the web door cannot open: {why.lower()}")
