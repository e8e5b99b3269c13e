"""Writes into the books without end, and says each thing on stdout once the books have confirmed it.

Started by the test of the books under SIGKILL: `python -m tests.crash.books_writer FILE SEED FIRST`.
Rule: a line is printed after its answer, in one write, so whatever was printed must be in the file.
"""

import asyncio
import os
import random
import sys
from datetime import timedelta
from pathlib import Path

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.domain.budget import Refund, Reserved
from bot.domain.ids import JobNumber, TaskId
from bot.domain.money import Micros
from bot.domain.provider import Cause
from tests.books import ADMIN, GUILD, NOON, ROOMY, decide, order

_CALLERS = 8


def say(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


async def main(path: Path, seed: int, first: int) -> None:
    books = await Database.open(path)
    await decide(books, allowance=10**9, pool=10**10)
    numbers = iter(range(first, first + 10_000_000))
    await asyncio.gather(
        *(_live(books, random.Random(f"{seed} {one}"), numbers) for one in range(_CALLERS))
    )


async def _live(books: Database, chance: random.Random, numbers) -> None:
    jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)
    while True:
        interaction = next(numbers)
        decision = await jobs.reserve(order(interaction, member=interaction), NOON)
        assert isinstance(decision, Reserved)
        number = decision.job.number
        say("reserved", interaction, number)
        if chance.random() < 0.2:
            assert await jobs.cancel(number, now=NOON, why="asked")
            say("state", number, "cancelled")
            continue
        await _make(jobs, number, chance)
        if chance.random() < 0.3:
            refund = await money.refund(GUILD, number, actor=ADMIN, now=NOON)
            if isinstance(refund, Refund):
                say("refunded", number, refund.amount)
        if chance.random() < 0.3:
            expires_at = NOON + timedelta(days=3)
            await money.grant(
                GUILD, interaction, Micros(5), actor=ADMIN, expires_at=expires_at, now=NOON
            )
            say("granted", interaction)


async def _make(jobs: Jobs, number: JobNumber, chance: random.Random) -> None:
    attempt = await jobs.claim(number, number.to_bytes(32, "big"), NOON)
    assert attempt is not None
    say("state", number, "submitting")
    assert await jobs.created(number, attempt, TaskId(f"task-{number}"), due_at=NOON, now=NOON)
    say("state", number, "running")
    if chance.random() < 0.7:
        cost = Micros(chance.choice([3, 10, 14]))
        assert await jobs.succeeded(number, ["https://x/y"], cost=cost, now=NOON)
        say("state", number, "succeeded")
        say("paid", number, min(cost, 10))
    else:
        billed = chance.random() < 0.5
        assert await jobs.failed(number, Cause.PROVIDER, now=NOON, maybe_billed=billed)
        say("state", number, "failed")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
