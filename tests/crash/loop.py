"""The loop: a bot that is killed again and again, and in the end left alone.

A seed decides when it dies and how the provider misbehaves; the machine's own timing differs.
"""

import asyncio
import random
from contextlib import asynccontextmanager
from pathlib import Path

from bot.playground.rehearsal import RehearsalProvider
from tests.crash.world import FAILPOINTS, FAULTS, SCALE, World


@asynccontextmanager
async def world_of(folder: Path, *, seed: int, mistake: str | None = None):
    async with RehearsalProvider(wait_scale=SCALE, fast=True, seed=seed) as provider:
        yield World(folder, provider, mistake)


async def kill_at_random(world: World, *, seed: int, kills: int, jobs: int = 3) -> None:
    """Kills at a random moment, in the middle of a paid request, or of a download."""
    chance = random.Random(seed)
    world.provider.stage.mix(seed, FAULTS)
    for _ in range(kills):
        await world.start(more=jobs)
        await world.opened()
        await _some_moment(world, chance)
        await world.kill("at random")


async def _some_moment(world: World, chance: random.Random) -> None:
    books = world.provider.books
    kind = chance.choice(["time", "time", "post", "file"])
    posts, files = len(books.submissions), _file_reads(books)
    try:
        if kind == "post":
            await world.provider.until(lambda now: len(now.submissions) > posts, 1)
        elif kind == "file":
            await world.provider.until(lambda now: _file_reads(now) > files, 1)
        else:
            await asyncio.sleep(chance.uniform(0, 0.5))
    except (TimeoutError, AssertionError):
        pass  # nothing of the kind happened in this life: any moment will do


def _file_reads(books) -> int:
    return sum(task.file_reads for task in books.tasks.values())


async def die_everywhere(world: World) -> list[str]:
    """Once at every named point; answers with those that were never reached."""
    return [name for name in FAILPOINTS if not await world.dies_at(name)]
