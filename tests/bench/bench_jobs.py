"""What a crowd of jobs costs beside a bare aiohttp loop that asks the same questions.

The bare loop is the shortest program there is: a coroutine for each task that asks, reads the JSON
and sleeps. It keeps nothing and survives nothing. The provider, the bot and the bare loop have a
process each; bot and loop take turns on the same tasks at the same pace, and medians are compared.
"""

import asyncio
import gc
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web

from bot.adapters.apixo.client import Apixo
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

JOBS = 1000
ROUNDS = 3
WARM_SECONDS = 8.0
"""Longer than the five seconds over which a restart spreads its first reads."""
SECONDS = 15.0
EVERY = 6.0
"""Seconds between two polls of a task: 1,000 jobs then need the whole pace of 10,000 a minute."""
CLIP_SIZES = (8, 64)
"""MiB."""
LINES = (1000, 100)
"""Mbit/s."""
CLIPS = 15


@dataclass(frozen=True)
class Cost:
    """What one process needed."""

    cpu_per_thousand: float
    bytes_per_job: float
    polls_per_second: float


def main() -> None:
    asyncio.run(run())


async def run() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CLAPPER_BENCH_DIR")) as name:
        await compare_polls(Path(name))
        await compare_callbacks(Path(name))


# -- polls ---------------------------------------------------------------------------------------


async def compare_polls(folder: Path) -> None:
    async with far_provider() as provider:
        await provider.tell("always", door="task", act="never")
        settings = settings_for(folder / "polls", provider.base_url)
        async with crowded(settings) as bot:
            await order_many(bot, JOBS)
            async with at_work(bot):
                await until_counted(bot, lambda counts: counts.get("running") == JOBS)
        ours, theirs = list[Cost](), list[Cost]()
        for _ in range(ROUNDS):
            ours.append(await _in_own_process("ours", str(folder / "polls"), provider.base_url))
            theirs.append(await _in_own_process("bare", str(folder / "polls"), provider.base_url))
    print(f"{JOBS:,} jobs in flight, median of {ROUNDS} rounds")
    _print_line(
        "CPU seconds per 1,000 polls",
        "s",
        [c.cpu_per_thousand for c in ours],
        [c.cpu_per_thousand for c in theirs],
    )
    _print_line(
        "memory above idle per job",
        "KiB",
        [c.bytes_per_job / 1024 for c in ours],
        [c.bytes_per_job / 1024 for c in theirs],
    )
    pace = statistics.median(c.polls_per_second for c in ours)
    print(
        f"polls per second: ours {pace:.0f}, bare {statistics.median(c.polls_per_second for c in theirs):.0f}"
    )


def _print_line(what: str, unit: str, ours: list[float], theirs: list[float]) -> None:
    mine, other = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(f"{what}: ours {mine:.3f} {unit}, bare {other:.3f} {unit} (ratio {ratio:.2f})")


async def _in_own_process(*words: str) -> Cost:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bench_jobs", *words, stdout=subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, words
    return Cost(**json.loads(told))


async def ours(folder: str, base_url: str) -> Cost:
    """A bot that was restarted with all its jobs in flight."""
    polls = _Counter()
    polls.count(Apixo)
    async with crowded(settings_for(Path(folder), base_url)) as bot:
        idle = await _memory()
        async with at_work(bot):
            return await _measure(idle, lambda: polls.number)


async def bare_loop(folder: str, base_url: str) -> Cost:
    """The shortest program that asks as often."""
    async with crowded(settings_for(Path(folder), base_url)) as bot:
        tasks = [job.task for job in await bot.services.jobs.list_unfinished()]
    headers = {"Authorization": "Bearer rehearsal"}
    asked = 0

    async def poll(session: aiohttp.ClientSession, task: str | None) -> None:
        nonlocal asked
        await asyncio.sleep(random.uniform(0, EVERY))
        while True:
            url = f"{base_url}/statusTask/ltx-2-19b?taskId={task}"
            async with session.get(url, headers=headers) as answer:
                state = json.loads(await answer.read())["data"]["state"]
            asked += 1
            assert state == "processing"
            await asyncio.sleep(EVERY)

    async with aiohttp.ClientSession() as session:
        idle = await _memory()
        polling = [asyncio.create_task(poll(session, task)) for task in tasks]
        cost = await _measure(idle, lambda: asked)
        for one in polling:
            one.cancel()
        await asyncio.gather(*polling, return_exceptions=True)
    return cost


class _Counter:
    number = 0

    def count(self, client: type[Apixo]) -> None:
        read = client.read_task

        async def counted(*words):
            self.number += 1
            return await read(*words)

        client.read_task = counted  # type: ignore[method-assign]


async def _memory() -> int:
    await asyncio.sleep(0.5)
    gc.collect()
    return psutil.Process().memory_info().rss


async def _measure(idle: int, polls: Callable[[], int]) -> Cost:
    await asyncio.sleep(WARM_SECONDS)
    before, cpu, began = polls(), time.process_time(), time.perf_counter()
    await asyncio.sleep(SECONDS)
    done = polls() - before
    cpu, passed = time.process_time() - cpu, time.perf_counter() - began
    grown = await _memory() - idle
    return Cost(cpu / done * 1000, grown / JOBS, done / passed)


# -- from callback to file -------------------------------------------------------------------------


async def compare_callbacks(folder: Path) -> None:
    """From the provider's call to the file under its name, beside the bare download of that file.

    Over loopback, where bytes cost nothing and only what we add is seen, and over lines.
    """
    for size in CLIP_SIZES:
        name = f"from callback to file, {size} MiB over loopback"
        await _compare_downloads(folder / f"{size}", name, act=f"padded:{size * MIB}")
    with slow_server() as port:
        for megabits in LINES:
            url = f"http://127.0.0.1:{port}/{megabits}/{CLIP_SIZES[0]}"
            name = f"from callback to file, {CLIP_SIZES[0]} MiB over {megabits} Mbit/s"
            await _compare_downloads(folder / f"{megabits}", name, act=f"url:{url}")


async def _compare_downloads(folder: Path, name: str, *, act: str) -> None:
    port = free_port()
    door = {"CLAPPER_WEB_PORT": str(port), "CLAPPER_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    times = _Times()
    async with far_provider() as provider, aiohttp.ClientSession() as session:
        await provider.tell("always", door="task", act=act)
        settings = settings_for(folder, provider.base_url, **door)
        async with crowded(settings, parts=Parts(failpoint=times)) as bot:
            await order_many(bot, CLIPS)
            async with at_work(bot):
                await until_counted(bot, lambda counts: counts.get("running") == CLIPS)
                await _compare(bot, provider, session, times, folder)
    times.print(name)


async def _compare(
    bot: Bot, provider: FarProvider, session: aiohttp.ClientSession, times: "_Times", folder: Path
) -> None:
    times.listen(bot)
    for job in await bot.services.jobs.list_unfinished():
        await provider.tell("finish", task_id=job.task)
        while len(times.ours) == len(times.bare):
            await asyncio.sleep(0.005)
        done = await bot.services.jobs.find(job.number)
        assert done is not None
        for program, kept in ((bare, times.bare), (dutiful, times.dutiful)):
            begun = time.perf_counter()
            await program(session, done.result_urls[0], folder / "bare")
            kept.append(time.perf_counter() - begun)


@dataclass
class _Times:
    """Seconds, from the moment at which a call came in."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    dutiful: list[float] = field(default_factory=list)
    _rang_at: float = 0

    def listen(self, bot: Bot) -> None:
        accept = bot.services.jobs.accept_callback

        async def heard(*words, **more):
            self._rang_at = time.perf_counter()
            return await accept(*words, **more)

        object.__setattr__(bot.studio.callbacks, "jobs", _Heard(bot.services.jobs, heard))

    def __call__(self, name: str) -> None:
        if name == "after-rename":
            self.ours.append(time.perf_counter() - self._rang_at)

    def print(self, name: str) -> None:
        ours, bare, dutiful = map(statistics.median, (self.ours, self.bare, self.dutiful))
        print(
            f"{name}: ours {ours * 1000:.0f} ms, "
            f"bare download {bare * 1000:.0f} ms (ratio {ours / bare:.2f}), "
            f"one that hashes and syncs {dutiful * 1000:.0f} ms (ratio {ours / dutiful:.2f})"
        )


async def _serve_slowly(port: Connection) -> None:
    async def clip(request: web.Request) -> web.StreamResponse:
        size = int(request.match_info["size"]) * MIB
        seconds_per_byte = 8 / (int(request.match_info["megabits"]) * 1_000_000)
        answer = web.StreamResponse(headers={"Content-Length": str(size)})
        await answer.prepare(request)
        begun, sent = time.perf_counter(), 0
        for piece in padded_clip(size):
            for at in range(0, len(piece), 64 * 1024):
                part = piece[at : at + 64 * 1024]
                sent += len(part)
                await asyncio.sleep(max(0, begun + sent * seconds_per_byte - time.perf_counter()))
                await answer.write(part)
        return answer

    app = web.Application()
    app.router.add_get("/{megabits}/{size}", clip)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def serve_slowly(port: Connection) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_slowly(port))


@contextmanager
def slow_server() -> Generator[int]:
    """Clips over a line of so many Mbit/s, from a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve_slowly, args=(theirs,))
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


class _Heard:
    """The books, with an ear at the one method that a call comes in by."""

    def __init__(self, jobs: object, accept_callback: object) -> None:
        self._jobs = jobs
        self.accept_callback = accept_callback

    def __getattr__(self, name: str) -> object:
        return getattr(self._jobs, name)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure = {"ours": ours, "bare": bare_loop}[sys.argv[1]]
        print(json.dumps(vars(asyncio.run(measure(*sys.argv[2:])))))
    else:
        main()
