"""What the books cost beside raw sqlite3 running the very same statements in the same run.

The statements are recorded from the books' own functions, with their parameters, and replayed on a
copy of the same file, each act between BEGIN IMMEDIATE and COMMIT with synchronous=FULL. What is
left is what Python, the threads and asyncio add, and what sharing a commit saves. All take turns on
the same disk, and the medians are compared.
"""

import asyncio
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from bot.adapters.sqlite import job_steps, ledger, policy_rows
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.files import written_to
from bot.adapters.sqlite.money import Money
from bot.domain.budget import Reserved
from bot.domain.ids import JobNumber, TaskId, UserId
from bot.domain.money import Micros
from bot.domain.period import PeriodKind
from bot.domain.policy import Policy
from tests.books import GUILD, NOON, ROOMY, order

ACTS = 1000
ROUNDS = 5
CALLERS = 32
FEW, MANY = 1_000, 100_000
MEMBERS = 50
RICH = Policy(allowance=Micros(10**9), pool=Micros(10**12), at_once=10**6)

Act = Callable[[sqlite3.Connection], object]
Statements = list[tuple[str, Sequence[Any]]]


class Recording(sqlite3.Connection):
    """Writes down every statement that it runs."""

    heard: Statements

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> sqlite3.Cursor:
        self.heard.append((sql, tuple(parameters)))
        return super().execute(sql, parameters)


@dataclass(frozen=True)
class Measured:
    """Acts per second."""

    raw: float
    alone: float
    together: float

    def then(self, other: Self) -> Self:
        """Of one act of each kind, one after the other."""
        return type(self)(
            1 / (1 / self.raw + 1 / other.raw),
            1 / (1 / self.alone + 1 / other.alone),
            1 / (1 / self.together + 1 / other.together),
        )

    def line(self, name: str) -> str:
        return (
            f"{name:<8} raw sqlite3 {self.raw:6.0f}/s   one at a time {self.alone:6.0f}/s "
            f"(ratio {self.alone / self.raw:.2f})   {CALLERS} callers {self.together:6.0f}/s "
            f"(ratio {self.together / self.raw:.2f})"
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{ACTS} acts, median of {ROUNDS} rounds")
        reserve = measure(folder, "reserve", [_reserve(n) for n in range(1, ACTS + 1)])
        settle = measure(folder, "settle", [_settle(n) for n in range(1, ACTS + 1)])
        print(reserve.line("reserve"))
        print(settle.line("settle"))
        print(reserve.then(settle).line("both"))
        few, many = (measure_balance(folder, jobs) for jobs in (FEW, MANY))
        print(
            f"balance  {FEW:,} jobs {few * 1e6:.0f} µs   {MANY:,} jobs {many * 1e6:.0f} µs"
            f"   (ratio {many / few:.2f})"
        )


def measure(folder: Path, name: str, acts: list[Act]) -> Measured:
    start = folder / f"{name}.db"
    _make(start, prepared=name == "settle")
    recorded = _record(_copy(start), acts)
    rounds = [
        (
            _replay(_copy(start), recorded),
            asyncio.run(_run(_copy(start), acts, callers=1)),
            asyncio.run(_run(_copy(start), acts, callers=CALLERS)),
        )
        for _ in range(ROUNDS)
    ]
    raw, alone, together = (ACTS / statistics.median(times) for times in zip(*rounds, strict=True))
    return Measured(raw, alone, together)


def _reserve(n: int) -> Act:
    wish = order(n, member=1 + n % MEMBERS)

    def act(con: sqlite3.Connection) -> object:
        decision = ledger.reserve(con, wish, caps=ROOMY, now=NOON)
        assert isinstance(decision, Reserved)
        return decision

    return act


def _settle(n: int) -> Act:
    urls = ("https://example.com/clip.mp4",)
    return lambda con: job_steps.succeeded(con, JobNumber(n), urls, cost=Micros(7), now=NOON)


def _make(path: Path, *, prepared: bool) -> None:
    async def create() -> None:
        async with await Database.open(path):
            pass

    asyncio.run(create())
    with closing(written_to(path)) as con:
        con.execute("PRAGMA synchronous = OFF")
        con.execute("BEGIN")
        policy_rows.write_policy(con, GUILD, RICH)
        if prepared:
            for n in range(1, ACTS + 1):
                _reserve(n)(con)
                _start(con, n, NOON)
        con.execute("COMMIT")


def _start(con: sqlite3.Connection, n: int, now: datetime) -> None:
    number = JobNumber(n)
    attempt = job_steps.claim(con, number, n.to_bytes(32, "big"), now)
    assert attempt is not None
    assert job_steps.created(con, number, attempt, TaskId(f"task-{n}"), due_at=now, now=now)


def _copy(start: Path) -> Path:
    copy = start.with_suffix(".copy")
    for tail in ("", "-wal", "-shm"):
        Path(f"{copy}{tail}").unlink(missing_ok=True)
    shutil.copyfile(start, copy)
    return copy


def _record(path: Path, acts: list[Act]) -> list[Statements]:
    recorded: list[Statements] = []
    with closing(sqlite3.connect(path, factory=Recording, isolation_level=None)) as con:
        for act in acts:
            con.heard = []
            act(con)
            recorded.append(con.heard)
    return recorded


def _replay(path: Path, recorded: list[Statements]) -> float:
    with closing(written_to(path)) as con:
        begun = time.perf_counter()
        for statements in recorded:
            con.execute("BEGIN IMMEDIATE")
            for sql, parameters in statements:
                con.execute(sql, parameters).fetchall()
            con.execute("COMMIT")
        return time.perf_counter() - begun


async def _run(path: Path, acts: list[Act], *, callers: int) -> float:
    async with await Database.open(path) as books:
        rest = iter(acts)

        async def caller() -> None:
            for act in rest:
                await books.write(act)

        begun = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        return time.perf_counter() - begun


def measure_balance(folder: Path, jobs: int) -> float:
    """Seconds for one member's funds, at the end of a hundred days of daily allowances."""
    path = folder / f"{jobs}.db"
    _make(path, prepared=False)
    last = _fill(path, jobs)

    async def read() -> float:
        async with await Database.open(path) as books:
            money = Money(books, ROOMY)
            times: list[float] = []
            for turn in range(1000):
                begun = time.perf_counter()
                await money.funds(GUILD, UserId(1 + turn % MEMBERS), roles=(), now=last)
                times.append(time.perf_counter() - begun)
            return statistics.median(times)

    return asyncio.run(read())


def _fill(path: Path, jobs: int) -> datetime:
    with closing(written_to(path)) as con:
        con.execute("PRAGMA synchronous = OFF")
        con.execute("BEGIN")
        policy_rows.write_policy(con, GUILD, replace(RICH, allowance_period=PeriodKind.DAY))
        for n in range(1, jobs + 1):
            now = NOON + timedelta(days=100 * n / jobs)
            wish = order(n, member=1 + n % MEMBERS)
            assert isinstance(ledger.reserve(con, wish, caps=ROOMY, now=now), Reserved)
            if n % 100:
                _start(con, n, now)
                job_steps.succeeded(con, JobNumber(n), (), cost=Micros(7), now=now)
        con.execute("COMMIT")
        return now


if __name__ == "__main__":
    main()
