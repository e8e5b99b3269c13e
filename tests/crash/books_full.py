"""Reserves money while the file may not grow, then again when it may; prints what happened.

Started by the tests of a full disk: `python -m tests.crash.books_full FILE alone|together`.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from bot.adapters.sqlite.jobs import Jobs
from bot.domain.budget import Reserved
from tests.books import NOON, ROOMY, opened, order

_ORDERS = {"alone": 60, "together": 600}
"""Together they share commits, which write far less."""


async def main(path: Path, *, orders: int, together: bool) -> None:
    async with opened(path, pool=10**9) as books:
        jobs = Jobs(books, ROOMY)
        largest = max(it.stat().st_size for it in path.parent.iterdir())
        _limit(largest + 40_000)
        ended = await _reserve_all(jobs, orders, together=together)
        _limit(resource.RLIM_INFINITY)
        later = await _reserve_all(jobs, orders, together=together)
    refused = [it for it in ended if isinstance(it, Exception)]
    seen = {
        "granted": sum(isinstance(it, Reserved) for it in ended),
        "refused": len(refused),
        "errors": sorted({type(it).__name__ for it in refused}),
        "granted_later": sum(isinstance(it, Reserved) for it in later),
    }
    print(json.dumps(seen))


async def _reserve_all(jobs: Jobs, orders: int, *, together: bool) -> list[object]:
    acts = [jobs.reserve(order(n, member=n), NOON) for n in range(1, orders + 1)]
    if together:
        return await asyncio.gather(*acts, return_exceptions=True)
    return [(await asyncio.gather(act, return_exceptions=True))[0] for act in acts]


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


if __name__ == "__main__":
    asyncio.run(
        main(Path(sys.argv[1]), orders=_ORDERS[sys.argv[2]], together=sys.argv[2] == "together")
    )
