"""What lies between the provider's call and the file on our disk, beside a bare download of it.

Over lines of a given speed, and over loopback, where bytes cost nothing and only what we add is
seen. Two bare programs, as in `bench_clips`: one that writes what comes, and one that also hashes
and syncs it, as nobody can leave out who must not lose a clip. The files come from a process of
their own, and all take turns.
"""

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.bootstrap import Bot, Parts
from tests.bench.bench_clips import MIB, bare, dutiful
from tests.clips import padded_clip
from tests.crowd import (
    FarProvider,
    at_work,
    crowded,
    far_provider,
    order_many,
    settings_for,
    until_counted,
)
from tests.rehearsed import free_port

MEBIBYTES = 8
LOOPBACK = 0
LINES = (LOOPBACK, 1000, 200)
"""Mbit/s."""
CLIPS = 9


def main() -> None:
    asyncio.run(run())


async def run() -> None:
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("CLAPPER_BENCH_DIR")) as name,
        clip_server() as port,
    ):
        async with far_provider() as provider:
            for line in LINES:
                url = f"http://127.0.0.1:{port}/{line}/{MEBIBYTES}"
                await provider.tell("always", door="task", act=f"url:{url}")
                times = await compare(Path(name) / str(line), provider)
                over = f"{line} Mbit/s" if line else "loopback"
                print(f"from callback to file, {MEBIBYTES} MiB over {over}: {times}", flush=True)


@dataclass
class Times:
    """Seconds, from the moment at which a call came in."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    dutiful: list[float] = field(default_factory=list)
    kept: asyncio.Event = field(default_factory=asyncio.Event)
    rang_at: float = 0

    def at_point(self, name: str) -> None:
        if name == "after-rename":
            self.ours.append(time.perf_counter() - self.rang_at)
            self.kept.set()

    def __str__(self) -> str:
        ours, bare, dutiful = map(statistics.median, (self.ours, self.bare, self.dutiful))
        return (
            f"ours {ours * 1000:.0f} ms, bare download {bare * 1000:.0f} ms "
            f"(ratio {ours / bare:.2f}), one that hashes and syncs {dutiful * 1000:.0f} ms "
            f"(ratio {ours / dutiful:.2f})"
        )


async def compare(folder: Path, provider: FarProvider) -> Times:
    port, times = free_port(), Times()
    door = {"CLAPPER_WEB_PORT": str(port), "CLAPPER_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    settings = settings_for(folder, provider.base_url, **door)
    async with crowded(settings, parts=Parts(failpoint=times.at_point)) as bot:
        listen(bot, times)
        await order_many(bot, CLIPS)
        async with at_work(bot), aiohttp.ClientSession() as session:
            await until_counted(bot, lambda counts: counts.get("running") == CLIPS)
            for job in await bot.services.jobs.list_unfinished():
                times.kept.clear()
                await provider.tell("finish", task_id=job.task)
                await times.kept.wait()
                done = await bot.services.jobs.find(job.number)
                assert done is not None
                for program, kept in ((bare, times.bare), (dutiful, times.dutiful)):
                    begun = time.perf_counter()
                    await program(session, done.result_urls[0], folder / "bare")
                    kept.append(time.perf_counter() - begun)
    return times


def listen(bot: Bot, times: Times) -> None:
    """Notes when a call comes in by the one method that it comes in by."""
    accept = bot.services.jobs.accept_callback

    async def heard(*words, **more):
        times.rang_at = time.perf_counter()
        return await accept(*words, **more)

    object.__setattr__(bot.studio.callbacks, "jobs", _Heard(bot.services.jobs, heard))


class _Heard:
    """The books, with an ear at one method."""

    def __init__(self, jobs: object, accept_callback: object) -> None:
        self._jobs = jobs
        self.accept_callback = accept_callback

    def __getattr__(self, name: str) -> object:
        return getattr(self._jobs, name)


# -- clips over a line of so many Mbit/s -----------------------------------------------------------


async def _serve(port: Connection) -> None:
    async def clip(request: web.Request) -> web.StreamResponse:
        size, megabits = (int(request.match_info[name]) for name in ("size", "megabits"))
        answer = web.StreamResponse(headers={"Content-Length": str(size * MIB)})
        await answer.prepare(request)
        begun, sent = time.perf_counter(), 0
        for piece in padded_clip(size * MIB):
            for at in range(0, len(piece), 64 * 1024):
                part = piece[at : at + 64 * 1024]
                sent += len(part)
                if megabits:
                    due_at = begun + sent * 8 / (megabits * 1_000_000)
                    await asyncio.sleep(max(0, due_at - time.perf_counter()))
                await answer.write(part)
        return answer

    app = web.Application()
    app.router.add_get("/{megabits}/{size}", clip)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def serve(port: Connection) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(port))


@contextmanager
def clip_server() -> Generator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,))
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()
