"""What a crowd of jobs costs beside a bare aiohttp loop that asks the same questions.

The bare loop is the shortest program there is: a coroutine for each task that asks, reads the JSON
and sleeps. It keeps nothing and survives nothing. The provider, the bot and the bare loop have a
process each; bot and loop ask about the same tasks at the same pace and at the same time, so that
whatever else the machine does slows both.
"""

import asyncio
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import psutil

from bot.adapters.apixo.client import Apixo
from tests.crowd import at_work, crowded, far_provider, order_many, settings_for, until_counted

JOBS = 1000
WINDOWS = 4
EVERY = 6.0
"""Seconds between two polls of a task: 1,000 jobs then need the whole pace of 10,000 a minute. A
window is as long, so that each task is asked about once in it.
"""
WARM_SECONDS = 6.0
"""Longer than the five seconds over which a restart spreads its first reads."""


@dataclass(frozen=True)
class Cost:
    """What one process needed."""

    cpu_per_thousand: list[float]
    """Seconds for 1,000 polls, in each window."""
    bytes_per_job: float
    polls_per_second: float


def main() -> None:
    asyncio.run(run())


async def run() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CLAPPER_BENCH_DIR")) as name:
        data, tasks = Path(name) / "data", Path(name) / "tasks"
        async with far_provider(requests_per_minute=30_000) as provider:
            await provider.tell("always", door="task", act="never")
            await prepare(data, tasks, provider.base_url)
            print(f"{JOBS:,} jobs are in flight", flush=True)
            ours, bare = await asyncio.gather(
                _in_own_process("ours", str(data), provider.base_url),
                _in_own_process("bare", str(tasks), provider.base_url),
            )
    ratios = [a / b for a, b in zip(ours.cpu_per_thousand, bare.cpu_per_thousand, strict=True)]
    print(
        f"CPU per 1,000 polls: ours {statistics.median(ours.cpu_per_thousand):.3f} s, "
        f"bare {statistics.median(bare.cpu_per_thousand):.3f} s "
        f"(ratio {statistics.median(ratios):.2f})"
    )
    print(
        f"memory above idle per job: ours {ours.bytes_per_job / 1024:.1f} KiB, "
        f"bare {bare.bytes_per_job / 1024:.1f} KiB "
        f"(ratio {ours.bytes_per_job / bare.bytes_per_job:.2f})"
    )
    print(f"polls/s: ours {ours.polls_per_second:.0f}, bare {bare.polls_per_second:.0f}")


async def prepare(data: Path, tasks: Path, base_url: str) -> None:
    """A crowd at the provider, none of whose tasks ends."""
    async with crowded(settings_for(data, base_url)) as bot:
        await order_many(bot, JOBS)
        async with at_work(bot):
            await until_counted(bot, lambda counts: counts.get("running") == JOBS)
        unfinished = await bot.services.jobs.list_unfinished()
    tasks.write_text("\n".join(str(job.task) for job in unfinished))


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


async def bare_loop(tasks: str, base_url: str) -> Cost:
    """The shortest program that asks as often."""
    headers = {"Authorization": "Bearer rehearsal"}
    asked = 0

    async def poll(session: aiohttp.ClientSession, task: str) -> None:
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
        polling = [asyncio.create_task(poll(session, it)) for it in Path(tasks).read_text().split()]
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

        client.read_task = counted


async def _memory() -> int:
    await asyncio.sleep(0.5)
    gc.collect()
    return psutil.Process().memory_info().rss


async def _measure(idle: int, polls: Callable[[], int]) -> Cost:
    await asyncio.sleep(WARM_SECONDS)
    first, began, per_thousand = polls(), time.perf_counter(), list[float]()
    for _ in range(WINDOWS):
        before, cpu = polls(), time.process_time()
        await asyncio.sleep(EVERY)
        per_thousand.append((time.process_time() - cpu) / (polls() - before) * 1000)
    pace = (polls() - first) / (time.perf_counter() - began)
    return Cost(per_thousand, (await _memory() - idle) / JOBS, pace)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure = {"ours": ours, "bare": bare_loop}[sys.argv[1]]
        print(json.dumps(asdict(asyncio.run(measure(*sys.argv[2:])))))
    else:
        main()
