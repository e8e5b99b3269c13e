"""Books with jobs whose times and ends are given: what reports are tested against."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.policies import Policies
from bot.adapters.sqlite.reports import Reports
from bot.domain.budget import Reserved
from bot.domain.ids import GuildId, JobNumber, TaskId, UserId
from bot.domain.money import Micros, dollars
from bot.domain.provider import Cause
from tests.books import ADMIN, GUILD, ROOMY, order

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Told:
    """Books that are told what happens, in the order in which it happens."""

    books: Database
    jobs: Jobs
    money: Money
    reports: Reports
    numbers: list[JobNumber] = field(default_factory=list[JobNumber])

    async def ordered(
        self,
        at: datetime,
        price: str,
        *,
        member: int = 31,
        guild: int = GUILD,
        model: str = "ltx",
        mode: str = "text",
        request: str = '{"prompt": "a paper boat"}',
    ) -> JobNumber:
        wish = replace(
            order(len(self.numbers) + 1, member=member, guild=guild, price=dollars(price)),
            model=model,
            mode=mode,
            request=request,
        )
        decision = await self.jobs.reserve(wish, at)
        assert isinstance(decision, Reserved), decision
        self.numbers.append(decision.job.number)
        return decision.job.number

    async def started(self, at: datetime, price: str, **terms: Any) -> JobNumber:
        number = await self.ordered(at, price, **terms)
        attempt = await self.jobs.claim(number, number.to_bytes(32, "big"), at)
        assert attempt is not None
        task = TaskId(f"task-{number}")
        assert await self.jobs.created(number, attempt, task, due_at=at, now=at)
        return number

    async def made(
        self, at: datetime, price: str, *, cost: str | None = None, **terms: Any
    ) -> JobNumber:
        number = await self.started(at, price, **terms)
        paid = dollars(cost or price)
        assert await self.jobs.succeeded(number, ["https://x/y"], cost=paid, now=at)
        return number

    async def failed(
        self, at: datetime, price: str, cause: Cause, *, maybe_billed: bool = False, **terms: Any
    ) -> JobNumber:
        number = await self.started(at, price, **terms)
        assert await self.jobs.failed(number, cause, now=at, maybe_billed=maybe_billed)
        return number

    async def rejected(self, at: datetime, price: str, cause: Cause, **terms: Any) -> JobNumber:
        number = await self.ordered(at, price, **terms)
        attempt = await self.jobs.claim(number, number.to_bytes(32, "big"), at)
        assert attempt is not None
        await self.jobs.rejected(number, attempt, cause, now=at, why="no")
        return number

    async def expired(self, at: datetime, price: str, **terms: Any) -> JobNumber:
        number = await self.ordered(at, price, **terms)
        attempt = await self.jobs.claim(number, number.to_bytes(32, "big"), at)
        assert attempt is not None
        assert await self.jobs.unknown(number, attempt, due_at=at, now=at, why="timeout")
        assert await self.jobs.expire(number, now=at)
        return number

    async def gift(self, at: datetime, price: str, **terms: Any) -> JobNumber:
        number = await self.expired(at, price, **terms)
        task = TaskId(f"task-{number}")
        assert await self.jobs.late_success(number, task, ["https://x/y"], now=at)
        return number

    async def lost(self, at: datetime, price: str, **terms: Any) -> JobNumber:
        number = await self.made(at, price, **terms)
        assert await self.jobs.lost(number, now=at, why="gone")
        return number

    async def refunded(self, at: datetime, price: str, **terms: Any) -> JobNumber:
        number = await self.made(at, price, **terms)
        guild = GuildId(terms.get("guild", GUILD))
        await self.money.refund(guild, number, actor=ADMIN, now=at)
        return number


@asynccontextmanager
async def told_books(path: Path, **rules: Any) -> AsyncGenerator[Told]:
    """Books of a rich server with these rules, in which nothing happened yet."""
    async with await Database.open(path) as books:
        told = Told(books, Jobs(books, ROOMY), Money(books, ROOMY), Reports(books))
        much = Micros(10**10)
        rich: dict[str, Any] = {"allowance": much, "pool": much, "dearest": much, "at_once": 100}
        for guild in (GUILD, GuildId(GUILD + 1)):
            await Policies(books).change(
                guild,
                lambda was: replace(was, **{**rich, **rules}),
                act="set",
                actor=UserId(ADMIN),
                now=LONG_AGO,
            )
        yield told
