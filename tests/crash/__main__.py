"""`python -m tests.crash --seed S --kills K`: the loop for as long as you like.

Prints the seed, how it died, and what disagreed; exits with 1 if anything did.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crash.loop import die_everywhere, fill_at_random, kill_at_random, world_of
from tests.crash.mistakes import MISTAKES
from tests.crash.world import World


async def main(arguments: argparse.Namespace) -> int:
    seed = arguments.seed if arguments.seed is not None else random.randrange(10**9)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        async with world_of(Path(folder), seed=seed, mistake=arguments.mistake) as world:
            unreached = [] if arguments.kills_only else await die_everywhere(world)
            await kill_at_random(world, seed=seed, kills=arguments.kills, jobs=arguments.jobs)
            if arguments.fills:
                lives, jobs = arguments.fills, arguments.jobs
                await fill_at_random(world, seed=seed, lives=lives, jobs=jobs)
            await world.rest(seconds=300)
            found = world.verdict()
            print_table(world)
    for line in [*found, *(f"never reached: {name}" for name in unreached)]:
        print(line)
    print("nothing disagrees" if not found else f"{len(found)} disagreements")
    return 1 if found else 0


def print_table(world: World) -> None:
    books = world.provider.books
    print(
        f"{world.orders} orders, {len(world.acks)} acknowledged, {len(books.tasks)} tasks, "
        f"{world.refusals} times no room"
    )
    columns = {
        "deaths": world.deaths,
        "answers to submissions": Counter(entry.act for entry in books.submissions),
        "tasks": Counter(task.act.text for task in books.tasks.values()),
        "callbacks": Counter(
            task.callback_act.text for task in books.tasks.values() if task.callback_url
        ),
        "jobs": world.states(),
    }
    for title, counts in columns.items():
        print(f"{title}:")
        for what, count in sorted(counts.items()):
            print(f"  {count:5}  {what}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--fills", type=int, default=0, help="lives in which the disk gets full")
    parser.add_argument("--jobs", type=int, default=3, help="new orders in each life")
    parser.add_argument("--kills-only", action="store_true", help="no named points")
    parser.add_argument("--mistake", choices=MISTAKES)
    sys.exit(asyncio.run(main(parser.parse_args())))
