"""The figures of a month, against tables written by hand."""

import asyncio
import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.adapters.sqlite.reports import read_pace
from bot.domain.errors import StoreClosedError, StoreError
from bot.domain.forecast import LOOK_BACK
from bot.domain.ids import GuildId
from bot.domain.money import dollars
from bot.domain.period import PeriodKind
from bot.domain.provider import Cause
from bot.domain.report import Fault, Several
from tests.books import GUILD
from tests.report_books import Told, told_books

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
BERLIN = "Europe/Berlin"
"""Two hours ahead until 25 October 2026, one hour from then on."""
LATER = datetime(2027, 6, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """A moment of the autumn of 2026, UTC: `10-25 12:00`."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


async def report_of(told: Told, first: date, *, guild: int = GUILD, now: datetime = LATER):
    async with told.reports.study(GuildId(guild), first, now=now) as study:
        return study.report


async def rows_of(told: Told, first: date):
    async with told.reports.study(GuildId(GUILD), first, now=LATER) as study:
        return await study.rows(list)


# Days


async def test_a_day_is_the_servers_also_when_the_clocks_change(tmp_path) -> None:
    table = [
        # the moment, the price, and the day in Berlin
        ("09-30 21:59", "0.01", None),
        ("09-30 22:00", "0.02", 1),
        ("10-24 21:59", "0.04", 24),
        ("10-24 22:00", "0.08", 25),
        ("10-25 00:30", "0.16", 25),
        ("10-25 01:30", "0.32", 25),
        ("10-25 22:59", "0.64", 25),
        ("10-25 23:00", "1.28", 26),
        ("10-31 22:59", "2.56", 31),
        ("10-31 23:00", "5.12", None),
    ]
    async with told_books(tmp_path / "books.db", zone_name=BERLIN) as told:
        wanted: dict[int, int] = {}
        for moment, price, day in table:
            await told.made(at(moment), price)
            if day is not None:
                wanted[day] = wanted.get(day, 0) + dollars(price)
        report = await report_of(told, OCTOBER)
        assert [day.on for day in report.days] == [date(2026, 10, nth) for nth in range(1, 32)]
        assert {day.on.day: day.spent for day in report.days if day.spent} == wanted
        assert report.jobs == 8
        assert (await report_of(told, date(2026, 9, 1))).spent == dollars("0.01")
        assert (await report_of(told, NOVEMBER)).spent == dollars("5.12")
        rows = await rows_of(told, OCTOBER)
        assert [row.at for row in rows] == [at(moment) for moment, _, day in table if day]


async def test_a_spring_month_has_a_short_day_and_loses_nothing(tmp_path) -> None:
    async with told_books(tmp_path / "books.db", zone_name=BERLIN) as told:
        for hour in range(26):
            start = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
            await told.made(start + timedelta(hours=hour), "0.01")
        report = await report_of(told, date(2026, 3, 1))
        spent = {day.on.day: day.spent for day in report.days if day.spent}
        assert spent == {28: dollars("0.01"), 29: dollars("0.23"), 30: dollars("0.02")}


# Money


async def a_month(told: Told) -> None:
    """Something of everything, in two servers."""
    await told.made(at("09-30 12:00"), "9", member=31)
    await told.made(at("10-01 12:00"), "0.16", member=31)
    await told.made(at("10-01 13:00"), "0.70", member=32, model="kling")
    await told.made(at("10-01 14:00"), "5", member=99, guild=GUILD + 1)
    await told.made(at("10-02 12:00"), "0.16", cost="0.10", member=31)
    await told.made(at("10-02 12:00"), "0.16", cost="0.30", member=31)
    await told.failed(at("10-03 12:00"), "0.16", Cause.PROMPT, member=33)
    await told.failed(at("10-03 12:00"), "0.16", Cause.PROVIDER, member=33)
    await told.failed(at("10-03 12:00"), "0.16", Cause.PROVIDER, member=33, maybe_billed=True)
    await told.rejected(at("10-03 12:00"), "0.16", Cause.ACCOUNT, member=33)
    await told.failed(at("10-03 12:00"), "7", Cause.LORA, guild=GUILD + 1)
    await told.expired(at("10-04 12:00"), "0.16", member=31)
    await told.gift(at("10-05 12:00"), "0.24", member=31)
    await told.lost(at("10-06 12:00"), "0.35", member=32, model="kling")
    await told.refunded(at("10-07 12:00"), "0.35", member=32, model="kling")
    number = await told.ordered(at("10-08 12:00"), "0.08")
    assert await told.jobs.cancel(number, now=at("10-08 12:01"), why="asked")
    await told.ordered(at("10-09 12:00"), "0.08")
    await told.started(at("10-09 12:00"), "0.16")
    await told.started(at("10-09 12:00"), "3", guild=GUILD + 1)


async def test_a_month_is_what_its_table_says(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        await a_month(told)
        report = await report_of(told, OCTOBER, now=at("10-09 12:30"))
        assert {day.on.day: dict(day.by_model) for day in report.days if day.by_model} == {
            1: {"ltx": dollars("0.16"), "kling": dollars("0.70")},
            2: {"ltx": dollars("0.26")},  # a bill below the price, and one above it
            7: {"kling": dollars("0.35")},  # the pool pays for an admin's gesture
        }
        assert report.spent == dollars("1.47")
        assert dict(report.by_model) == {"kling": dollars("1.05"), "ltx": dollars("0.42")}
        assert [(one.member, one.spent, one.jobs) for one in report.members] == [
            (32, dollars("1.05"), 3),
            (31, dollars("0.42"), 8),
            (33, 0, 4),
        ]
        assert report.member_count == 3
        assert dict(report.failures) == {
            Cause.PROVIDER: 3,
            Cause.ACCOUNT: 1,
            Cause.PROMPT: 1,
            Cause.UNKNOWN: 1,
        }
        assert dict(report.by_fault) == {
            Fault.PROVIDER: 3,
            Fault.MEMBER: 1,
            Fault.OURS: 1,
            Fault.NOBODY: 1,
        }
        assert (report.jobs, report.made, report.failed) == (15, 6, 6)
        assert (report.cancelled, report.unfinished) == (1, 2)
        assert report.gifts == Several(1, dollars("0.24"))
        assert report.refunds == Several(1, dollars("0.35"))
        assert report.held == Several(2, dollars("0.24"))


async def test_it_agrees_to_the_cent_with_the_ledger(tmp_path) -> None:
    async with told_books(tmp_path / "books.db", zone_name=BERLIN) as told:
        await a_month(told)
        now = at("10-09 12:30")
        report = await report_of(told, OCTOBER, now=now)
        pool = await told.money.pool(GuildId(GUILD), now=now)
        assert report.pool == pool
        assert (report.spent, report.held.amount) == (pool.spent, pool.held)
        assert report.limit == pool.limit
        rows = await rows_of(told, OCTOBER)
        assert sum(row.pool for row in rows) == report.spent
        assert sum(row.charged for row in rows) == dollars("1.82")
        assert sum(row.refunded for row in rows) == dollars("0.70")
        assert [row.number for row in rows] == sorted(row.number for row in rows)
        assert len(rows) == report.jobs


async def test_another_servers_jobs_never_leak(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        await told.made(at("10-01 14:00"), "5", guild=GUILD + 1)
        await told.failed(at("10-01 14:00"), "5", Cause.PROMPT, guild=GUILD + 1)
        await told.ordered(at("10-01 14:00"), "5", guild=GUILD + 1)
        report = await report_of(told, OCTOBER, now=at("10-02 00:00"))
        assert (report.jobs, report.spent, report.failed) == (0, 0, 0)
        assert (report.members, report.held) == ((), Several())
        assert report.pace.used == 0
        assert await rows_of(told, OCTOBER) == []
        assert await told.reports.list_months(GuildId(GUILD), now=LATER) == []
        other = await report_of(told, OCTOBER, guild=GUILD + 1, now=at("10-02 00:00"))
        assert (other.jobs, other.spent) == (3, dollars("5"))


async def test_a_month_that_is_over_has_its_own_pool_and_no_forecast(tmp_path) -> None:
    async with told_books(tmp_path / "books.db", pool=dollars("25")) as told:
        await told.made(at("10-05 12:00"), "1")
        await told.made(at("11-05 12:00"), "2")
        october = await report_of(told, OCTOBER, now=at("11-10 00:00"))
        assert (october.pool, october.forecast, october.limit) == (None, None, dollars("25"))
        november = await report_of(told, NOVEMBER, now=at("11-10 00:00"))
        assert november.pool is not None
        assert november.forecast is not None
        assert november.forecast.total > dollars("2")
        assert (await report_of(told, date(2026, 12, 1), now=at("11-10 00:00"))).limit is None


async def test_a_weekly_pool_stands_beside_the_month(tmp_path) -> None:
    async with told_books(tmp_path / "books.db", pool_period=PeriodKind.WEEK) as told:
        await told.made(at("11-02 12:00"), "1")  # a Monday
        await told.made(at("11-10 12:00"), "2")
        report = await report_of(told, NOVEMBER, now=at("11-11 00:00"))
        assert report.spent == dollars("3")
        assert report.pool is not None
        assert (report.pool.spent, report.limit) == (dollars("2"), None)


# The pace


async def test_the_pace_is_of_two_weeks_and_leaves_out_what_came_to_nothing(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        now = at("10-31 00:00")
        await told.made(now - timedelta(days=60), "100")
        await told.made(now - LOOK_BACK, "100")
        await told.made(now - timedelta(days=13), "1")
        await told.failed(now - timedelta(days=12), "100", Cause.PROMPT)
        await told.lost(now - timedelta(days=11), "100")
        await told.expired(now - timedelta(days=10), "100")
        await told.started(now - timedelta(days=1), "0.50")
        pace = await told.books.read(lambda con: read_pace(con, GuildId(GUILD), now))
        assert (pace.used, pace.over) == (dollars("1.50"), LOOK_BACK)


# Months


async def test_months_with_jobs_are_listed_latest_first_by_the_servers_clocks(tmp_path) -> None:
    async with told_books(tmp_path / "books.db", zone_name=BERLIN) as told:
        for moment in ("02-03 12:00", "05-31 21:59", "05-31 22:00", "10-25 01:30"):
            await told.made(at(moment), "0.16")
        found = await told.reports.list_months(GuildId(GUILD), now=LATER)
        assert found == [date(2026, month, 1) for month in (10, 6, 5, 2)]


async def test_at_most_so_many_months_are_listed(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        for nth in range(30):
            await told.made(datetime(2024 + nth // 12, nth % 12 + 1, 5, tzinfo=UTC), "0.16")
        found = await told.reports.list_months(GuildId(GUILD), now=LATER)
        assert len(found) == 25
        assert (found[0], found[-1]) == (date(2026, 6, 1), date(2024, 6, 1))


# One snapshot, of its own


async def test_figures_and_rows_are_of_one_moment(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        await told.made(at("10-01 12:00"), "0.16")
        running = await told.started(at("10-01 12:00"), "0.16")
        async with told.reports.study(GuildId(GUILD), OCTOBER, now=LATER) as study:
            await told.jobs.succeeded(running, [], cost=dollars("0.16"), now=at("10-02 12:00"))
            await told.made(at("10-02 12:00"), "0.16")
            rows = await study.rows(list)
            assert (study.report.jobs, len(rows)) == (2, 2)
            assert sum(row.pool for row in rows) == study.report.spent == dollars("0.16")
        assert (await report_of(told, OCTOBER)).spent == dollars("0.48")


async def test_nobody_waits_behind_a_study(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        await told.made(at("10-01 12:00"), "0.16")
        async with told.reports.study(GuildId(GUILD), OCTOBER, now=LATER) as study:
            stay = asyncio.Event()
            loop, gone = asyncio.get_running_loop(), asyncio.Event()

            def slowly(rows):
                loop.call_soon_threadsafe(gone.set)
                asyncio.run_coroutine_threadsafe(stay.wait(), loop).result(20)
                return len(list(rows))

            reading = asyncio.create_task(study.rows(slowly))
            await gone.wait()
            for _ in range(4):  # more than there are readers
                await told.jobs.list_of_member(GuildId(GUILD), 31)
            await told.made(at("10-02 12:00"), "0.16")
            stay.set()
            assert await reading == 1


async def test_a_study_that_is_given_up_stops_reading(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        begun = asyncio.Event()
        loop, ended = asyncio.get_running_loop(), list[str]()

        def endlessly(con: sqlite3.Connection) -> None:
            loop.call_soon_threadsafe(begun.set)
            try:
                con.execute(
                    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
                    " SELECT count(*) FROM n"
                ).fetchone()
            except sqlite3.OperationalError as error:
                ended.append(str(error))

        async def study() -> None:
            async with told.books.study() as snapshot:
                await snapshot.read(endlessly)

        task = asyncio.create_task(study())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == ["interrupted"]


async def test_a_study_writes_nothing_and_ends_with_the_books(tmp_path) -> None:
    async with told_books(tmp_path / "books.db") as told:
        async with told.books.study() as snapshot:
            with pytest.raises(StoreError):
                await snapshot.read(lambda con: con.execute("DELETE FROM policies"))
        books = told.books
    with pytest.raises(StoreClosedError):
        async with books.study():
            pass
