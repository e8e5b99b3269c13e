"""What a report over fifty thousand jobs costs, and what it costs those who ask meanwhile.

One server's month is filled through the ledger's own functions. Then a report is made as the command
makes it (figures, sheet and picture), while somebody reads a balance over and over; beside it the
same reads are taken with nothing else going on. All in one run on one machine: the ratios count.
"""

import asyncio
import json
import random
import statistics
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.adapters.chart import open_painter
from bot.adapters.sheets import open_folder
from bot.adapters.sqlite import job_steps, ledger, policy_rows
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.files import written_to
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.reports import Reports
from bot.cards import Reader, report_drawing
from bot.domain.budget import Reserved
from bot.domain.drawing import Drawing
from bot.domain.ids import JobNumber, TaskId, UserId
from bot.domain.money import Micros
from bot.domain.policy import Policy
from bot.domain.provider import Cause
from bot.domain.report import Report
from bot.models import discover
from bot.service.report import MakeReport, Names, Wish, list_options
from tests.books import GUILD, ROOMY, order
from tests.fakes import TurnedClock

JOBS, FEW = 50_000, 1_000
MEMBERS = 400
LIMIT_BYTES = 10 * 1024 * 1024
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
RICH = Policy(allowance=Micros(10**11), pool=Micros(10**12), at_once=10**6)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        few, many = (asyncio.run(_measure(Path(name), jobs)) for jobs in (FEW, JOBS))
        print(f"report   {FEW:,} jobs {few:.2f} s   {JOBS:,} jobs {many:.2f} s", end="   ")
        print(f"(ratio {many / few:.1f} for {JOBS // FEW} times the jobs)")


async def _measure(folder: Path, jobs: int) -> float:
    path = folder / f"{jobs}.db"
    async with await Database.open(path):
        pass
    _fill(path, jobs)
    clock = TurnedClock()
    clock.moment = OCTOBER + timedelta(days=20)
    async with await Database.open(path) as books, open_painter(path.with_name("fonts")) as painter:
        options = list_options(discover())
        make = MakeReport(Reports(books), painter, open_folder, clock, options)
        await _report(make)  # matplotlib looks through the fonts once
        alone = await _read_while(books, clock, asyncio.sleep(2))
        begun = time.perf_counter()
        beside = await _read_while(books, clock, _report(make))
        took = time.perf_counter() - begun
    print(f"balance  beside {jobs:,} jobs: {_line(alone)} alone, {_line(beside)} during a report")
    ratio = statistics.median(beside) / statistics.median(alone)
    print(f"         (ratio of the medians {ratio:.1f}, {len(beside)} reads)")
    return took


async def _report(make: MakeReport) -> None:
    begun = time.perf_counter()
    wish = Wish(GUILD, date(2026, 10, 1), RICH.zone, _nobody, _design, LIMIT_BYTES)
    async with make(wish) as made:
        assert made.picture is not None
        sizes = [path.stat().st_size for path in made.sheets]
        print(
            f"         {time.perf_counter() - begun:.2f} s: {made.report.jobs:,} jobs, a picture of"
            f" {len(made.picture) // 1024} KiB, {len(sizes)} file(s) of {sum(sizes) // 1024} KiB"
        )


async def _nobody(_members: object) -> Names:
    return {}


def _design(report: Report, _names: Names) -> Drawing:
    return report_drawing(Reader(), report, zone=RICH.zone, place="", called={}, titles={})


async def _read_while(books: Database, clock: TurnedClock, work: object) -> list[float]:
    money, times, nth = Money(books, ROOMY), list[float](), 0
    working = asyncio.ensure_future(work)
    while not working.done():
        nth += 1
        begun = time.perf_counter()
        await money.funds(GUILD, UserId(1 + nth % MEMBERS), roles=(), now=clock.now())
        times.append(time.perf_counter() - begun)
        await asyncio.sleep(0.002)
    await working
    return times


def _line(times: list[float]) -> str:
    last = sorted(times)[int(len(times) * 0.99)]
    return f"{statistics.median(times) * 1e3:.2f} ms, 99 % {last * 1e3:.1f} ms, worst {max(times) * 1e3:.0f} ms"


def _fill(path: Path, jobs: int) -> None:
    chance = random.Random(1)
    with closing(written_to(path)) as con:
        con.execute("PRAGMA synchronous = OFF")
        con.execute("BEGIN")
        policy_rows.write_policy(con, GUILD, RICH)
        for n in range(1, jobs + 1):
            now, number = OCTOBER + timedelta(days=20 * n / jobs), JobNumber(n)
            wish = order(
                n, member=chance.randint(1, MEMBERS), price=chance.choice([80_000, 350_000])
            )
            wish = replace(
                wish, model=chance.choice(["ltx", "kling", "wan"]), request=_request(chance)
            )
            assert isinstance(ledger.reserve(con, wish, caps=ROOMY, now=now), Reserved)
            attempt = job_steps.claim(con, number, n.to_bytes(32, "big"), now)
            assert attempt is not None
            job_steps.created(con, number, attempt, TaskId(f"task-{n}"), due_at=now, now=now)
            if chance.random() < 0.06:
                job_steps.failed(
                    con,
                    number,
                    chance.choice(list(Cause)),
                    now=now,
                    fail_code=None,
                    maybe_billed=False,
                )
            else:
                job_steps.succeeded(con, number, (), cost=wish.price, now=now)
        con.execute("COMMIT")


def _request(chance: random.Random) -> str:
    words = " ".join(f"{chance.randrange(10**6)}" for _ in range(chance.randrange(5, 60)))
    prompt = f"a fox in the snow, golden hour, {words}"
    return json.dumps({"mode": "text", "prompt": prompt, "duration": 5, "resolution": "720p"})


if __name__ == "__main__":
    main()
