"""Serves the result files, under names that nobody can guess, and spoils them on request.

Rule: a good file is served with its size, its type and byte ranges, as a store of files does.
"""

import asyncio
import secrets
import shutil
import struct
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.playground.rehearsal.acts import Act
from bot.playground.rehearsal.books import Books, TaskEntry
from bot.playground.rehearsal.stage import Stage
from bot.playground.rehearsal.wire import Wire, cut, truncated

PAGE: Final = b"<!doctype html><title>Expired</title><p>This link has expired.</p>"
PRIVATE: Final = "http://169.254.169.254/latest/meta-data/"
MEGABYTE: Final = 1024 * 1024
BOMB_MEGABYTES: Final = 1024
TRICKLE_SECONDS: Final = 0.05
"""Real seconds between two bytes of a slow file."""


class Files:
    """The provider's store of results."""

    def __init__(
        self, folder: Path, *, stage: Stage, books: Books, wire: Wire, closing: asyncio.Event
    ) -> None:
        self.origin = ""
        """Where the store can be reached; known when the server listens."""
        self._folder = folder
        self._stage = stage
        self._books = books
        self._wire = wire
        self._closing = closing
        self._shelf: dict[str, tuple[Path, TaskEntry]] = {}

    def publish(self, clip: Path, task: TaskEntry) -> str:
        """Gives a clip an address."""
        name = f"{secrets.token_urlsafe(18)}.mp4"
        if task.act.name == "padded":
            clip = self._padded(clip, name, int(task.act.values[0]))
        self._shelf[name] = (clip, task)
        return f"{self.origin}/files/{name}"

    def written(self) -> dict[str, tuple[str, str]]:
        """By name: the clip's file in our folder, and the task that it shows."""
        return {name: (clip.name, task.task_id) for name, (clip, task) in self._shelf.items()}

    def take_back(self, shelf: Mapping[str, Sequence[str]], tasks: Mapping[str, TaskEntry]) -> None:
        """Serves what an earlier life has published."""
        for name, (file, task) in shelf.items():
            if task in tasks:
                self._shelf[name] = (self._folder / Path(file).name, tasks[task])

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET /files/{name}"""
        self._books.count("file")
        clip, task = self._shelf.get(request.match_info["name"], (None, None))
        if clip is None or task is None:
            return web.Response(status=404, text="Not found")
        task.file_reads += 1
        act = self._stage.draw("file")
        if act.name == "ok":
            return web.FileResponse(clip, headers={"Content-Type": "video/mp4"})
        return await self._spoil(request, act, clip)

    def _padded(self, clip: Path, name: str, size: int) -> Path:
        """A copy of that size, which costs the disk nothing: the end is a hole in a `free` box."""
        padded = self._folder / f"padded-{name}"
        shutil.copyfile(clip, padded)
        with padded.open("r+b") as file:
            rest = size - file.seek(0, 2)
            if rest >= 8:
                file.write(struct.pack(">I4s", rest, b"free"))
                file.truncate(size)
        return padded

    async def _spoil(self, request: web.Request, act: Act, clip: Path) -> web.StreamResponse:
        body = await asyncio.to_thread(clip.read_bytes)
        match act.name:
            case "short":
                return await truncated(request, body, content_type="video/mp4")
            case "reset":
                return await _broken_off(request, body)
            case "never":
                return await self._wire.hang(request)
            case "endless" | "trickle" | "bomb":
                return await _stream(request, act.name, body, self._closing)
            case _:
                return _instead(request, act)


def _instead(request: web.Request, act: Act) -> web.Response:
    match act.name:
        case "http":
            return web.Response(status=int(act.values[0]), text="Not now")
        case "html":
            return web.Response(body=PAGE, content_type="text/html")
        case "disguised":
            return web.Response(body=PAGE, content_type="video/mp4")
        case "empty":
            return web.Response(body=b"", content_type="video/mp4")
        case "redirect":
            return web.Response(status=302, headers={"Location": act.word(PRIVATE)})
        case "redirect_loop":
            return web.Response(status=302, headers={"Location": request.path})
        case _:
            raise ValueError(f"No file is spoilt by {act.name!r}.")


async def _broken_off(request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    response.content_type = "video/mp4"
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    cut(request)
    return response


async def _stream(
    request: web.Request, name: str, body: bytes, closing: asyncio.Event
) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "video/mp4"
    chunks = _endless(body)
    if name == "bomb":
        response.headers["Content-Encoding"] = "gzip"
        chunks = _bomb()
    elif name == "trickle":
        response.content_length = len(body)
        chunks = _trickle(body)
    await response.prepare(request)
    async for chunk in chunks:
        if closing.is_set():
            return cut(request)
        await response.write(chunk)
    await response.write_eof()
    return response


async def _endless(body: bytes) -> AsyncIterator[bytes]:
    yield body
    while True:
        yield bytes(MEGABYTE)
        await asyncio.sleep(0)


async def _trickle(body: bytes) -> AsyncIterator[bytes]:
    for byte in body:
        yield bytes((byte,))
        await asyncio.sleep(TRICKLE_SECONDS)


async def _bomb() -> AsyncIterator[bytes]:
    """Valid gzip all the way: after a full flush the same block may simply follow again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    checksum = 0
    for _ in range(BOMB_MEGABYTES):
        yield block
        await asyncio.sleep(0)
    for _ in range(BOMB_MEGABYTES):
        checksum = zlib.crc32(bytes(MEGABYTE), checksum)
    yield packer.flush() + struct.pack("<II", checksum, BOMB_MEGABYTES * MEGABYTE % 2**32)
