"""What keeping a clip costs beside a bare aiohttp download of the same file in the same run.

Two bare programs: one that writes what comes, and one that also does what no bot that must not
lose a clip can leave out: hash it, sync it. The first is a measure of those duties, the second of
our way to do them. The files come from another process, so that its work is not counted; all take
turns, and the medians are compared.
"""

import asyncio
import hashlib
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web

from bot.adapters.clips import DownloadLimits, ResultHosts, Shelf, open_clip_store
from bot.adapters.clips.store import DiskClipStore
from bot.domain.ids import JobNumber
from tests.clips import padded_clip

MIB = 1024 * 1024
LARGE_BYTES = 100 * MIB
SMALL_BYTES = 4 * MIB
ROUNDS = 7
LIMITS = DownloadLimits(spare_bytes=0)


async def serve_clips(port: Connection) -> None:
    async def clip(request: web.Request) -> web.StreamResponse:
        size = int(request.match_info["size"])
        answer = web.StreamResponse(headers={"Content-Length": str(size)})
        await answer.prepare(request)
        for piece in padded_clip(size):
            await answer.write(piece)
        return answer

    app = web.Application()
    app.router.add_get("/{size}", clip)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def serve(port: Connection) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(serve_clips(port))


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float


async def cost_of(work: Callable[[], Awaitable[object]]) -> Cost:
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    return Cost(time.perf_counter() - started, time.process_time() - cpu)


async def bare(session: aiohttp.ClientSession, url: str, path: Path) -> None:
    """The shortest program that writes the same bytes."""
    async with session.get(url) as answer:
        with path.open("wb") as file:
            async for chunk in answer.content.iter_any():
                file.write(chunk)
    path.unlink()


async def dutiful(session: aiohttp.ClientSession, url: str, path: Path) -> None:
    """The shortest program that also knows what it wrote, and that it stays."""
    digest = hashlib.sha256()
    async with session.get(url) as answer:
        with path.open("wb") as file:
            async for chunk in answer.content.iter_any():
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    path.unlink()


async def ours(store: DiskClipStore, url: str) -> None:
    clips = await store.keep(JobNumber(1), [url])
    await store.remove([clip.name for clip in clips])


async def compare(store: DiskClipStore, url: str, folder: Path, *, what: str) -> list[str]:
    costs: dict[str, list[Cost]] = {"bare": [], "dutiful": [], "ours": []}
    async with aiohttp.ClientSession() as session:
        for _ in range(ROUNDS):
            costs["bare"].append(await cost_of(lambda: bare(session, url, folder / "bare")))
            costs["dutiful"].append(await cost_of(lambda: dutiful(session, url, folder / "bare")))
            costs["ours"].append(await cost_of(lambda: ours(store, url)))
    return [
        f"clip of {what} beside a bare download: {ratio(costs, 'bare')}",
        f"clip of {what} beside one that hashes and syncs: {ratio(costs, 'dutiful')}",
    ]


def ratio(costs: dict[str, list[Cost]], other: str) -> str:
    pairs = list(zip(costs["ours"], costs[other], strict=True))
    cpu = statistics.median(mine.cpu / theirs.cpu for mine, theirs in pairs)
    seconds = statistics.median(mine.seconds / theirs.seconds for mine, theirs in pairs)
    return f"{cpu:.2f} times the CPU, {seconds:.2f} times the time"


async def growth_of(work: Awaitable[object]) -> tuple[int, float]:
    """How much the memory grew at most, and how long the loop was ever kept from running."""
    process = psutil.Process()
    before = process.memory_info().rss
    most, longest = before, 0.0
    done = asyncio.ensure_future(work)
    while not done.done():
        started = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - started - 0.005)
        most = max(most, process.memory_info().rss)
    await done
    return most - before, longest


async def eight_at_once(store: DiskClipStore, url: str) -> str:
    jobs = [store.keep(JobNumber(number), [url]) for number in range(1, 9)]
    grown, longest = await growth_of(asyncio.gather(*jobs))
    return (
        f"8 clips of 100 MiB at once: memory grows by {grown / MIB:.1f} MiB, "
        f"the loop waits at most {longest * 1000:.0f} ms"
    )


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,))
    process.start()
    theirs.close()  # a server that dies is noticed
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        process.terminate()
        process.join()


async def run() -> list[str]:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CLAPPER_BENCH_DIR")) as made:
        folder = Path(made)
        hosts = ResultHosts(["127.0.0.1"])
        async with (
            server() as port,
            open_clip_store(Shelf(folder / "clips"), hosts, limits=LIMITS) as store,
        ):
            url = f"http://127.0.0.1:{port}"
            await ours(store, f"{url}/{SMALL_BYTES}")
            return [
                await eight_at_once(store, f"{url}/{LARGE_BYTES}"),
                *await compare(store, f"{url}/{SMALL_BYTES}", folder, what="4 MiB"),
                *await compare(store, f"{url}/{LARGE_BYTES}", folder, what="100 MiB"),
            ]


def main() -> None:
    for line in asyncio.run(run()):
        print(line)


if __name__ == "__main__":
    main()
