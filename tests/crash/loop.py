"""The loop: a bot that is killed again and again, and in the end left alone.

A seed decides when it dies and how the provider misbehaves; the machine's own timing differs.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.rehearsal import Books, RehearsalProvider
from bot.playground.rehearsal.acts import Door
from tests.crash.world import FAILPOINTS, FAULTS, SCALE, World


@asynccontextmanager
async def world_of(folder: Path, *, seed: int, mistake: str | None = None):
    async with RehearsalProvider(
        wait_scale=SCALE, fast=True, seed=seed, balance=10_000
    ) as provider:
        yield World(folder, provider, mistake)


async def kill_at_random(world: World, *, seed: int, kills: int, jobs: int = 3) -> None:
    """Kills at a random moment, in the middle of a paid request, or of a download."""
    chance = random.Random(seed)
    world.provider.stage.mix(seed, FAULTS)
    for _ in range(kills):
        await world.start(more=jobs)
        if chance.random() < 0.15:
            await asyncio.sleep(chance.uniform(0, 0.6))
            await world.kill("while it was starting")
            continue
        await world.opened()
        await _some_moment(world, chance)
        await world.kill("at random")


async def fill_at_random(world: World, *, seed: int, lives: int, jobs: int = 6) -> None:
    """The disk is full now and then, and every other life ends while it is."""
    chance = random.Random(seed)
    world.provider.stage.mix(seed, FAULTS)
    for life in range(lives):
        await world.start(more=jobs)
        await world.opened()
        for _ in range(4):
            await asyncio.sleep(chance.uniform(0, 0.2))
            world.fill_disk()
            await asyncio.sleep(chance.uniform(0.05, 0.3))
            if life % 2 == 0:
                world.free_disk()
        await world.kill("with a full disk" if life % 2 else "after a full disk")


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


async def die_everywhere(world: World) -> list[str]:
    """Once at every named point; answers with those that were never reached."""
    named = [name for name in FAILPOINTS if not await world.dies_at(name)]
    return named + [moment.name for moment in MOMENTS if not await _dies_in(world, moment)]


@dataclass(frozen=True)
class Moment:
    """While the provider holds a request of ours for as long as it takes to kill us."""

    name: str
    door: Door
    act: str
    count: Callable[[Books], int]
    """Grows when that has begun."""


def _posts(books: Books) -> int:
    return len(books.submissions)


def _tasks(books: Books) -> int:
    return len(books.tasks)


def _file_reads(books: Books) -> int:
    return sum(task.file_reads for task in books.tasks.values())


MOMENTS = (
    Moment("mid-POST, and a task is made", "submit", "created+never", _tasks),
    Moment("mid-POST, and none is made", "submit", "never", _posts),
    Moment("mid-download", "file", "trickle", _file_reads),
)


async def _dies_in(world: World, moment: Moment) -> bool:
    begun = moment.count(world.provider.books)
    world.provider.stage.next(moment.door, moment.act)
    await world.start(more=2)
    try:
        await world.provider.until(lambda books: moment.count(books) > begun, 15)
    except TimeoutError:
        await world.kill("not reached")
        return False
    await world.kill(moment.name)
    return True
