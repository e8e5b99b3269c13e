"""How SQLite finds things: no daily statement walks through a table that grows with every job."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

from bot.adapters.sqlite.asks import Asks
from bot.adapters.sqlite.condition import Conditions
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.notices import Notices
from bot.adapters.sqlite.policies import Policies
from bot.domain.alert import AlertKind
from bot.domain.ask import AskState
from bot.domain.clip import Clip
from bot.domain.ids import ChannelId, JobNumber, MessageId, TaskId
from bot.domain.money import Micros
from bot.domain.outcome import Receipt, Route
from bot.domain.period import PeriodKind
from bot.domain.provider import Cause
from bot.domain.trouble import Trouble
from tests.books import (
    ADMIN,
    GUILD,
    NOON,
    ROOMY,
    claimed,
    decide,
    opened,
    order,
    question,
    reserved,
    running,
)

SMALL = {"clock", "CONSTANT"}
UNFINISHED = {
    "deliveries_due",
    "jobs_unfinished",
    "asks_open",
    "asks_untold",
    "asks_waiting",
    "notices_due",
    "notices_standing",
}
"""Indexes of what is not finished yet: to read them whole is the point."""


async def _a_day(books: Database) -> None:
    """Everything that happens to jobs and money while people are there."""
    jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)
    for n in range(1, 4):
        number = await running(jobs, n)
        await jobs.succeeded(number, [], cost=Micros(7), now=NOON)
        clip = Clip(f"clip-{n}.mp4", 10, "a" * 64, "video/mp4", 5.0, 16, 9)
        debt = await jobs.stored(number, [clip], now=NOON)
        assert debt is not None
        await jobs.delivered(debt, Receipt(Route.CHANNEL, ChannelId(1), MessageId(2)), now=NOON)
    await money.refund(GUILD, JobNumber(1), actor=ADMIN, now=NOON)
    await jobs.failed(await running(jobs, 4), Cause.PROVIDER, now=NOON, maybe_billed=True)
    five = await reserved(jobs, 5)
    attempt = await claimed(jobs, five)
    await jobs.unknown(five, attempt, due_at=NOON, now=NOON, why="", candidate=TaskId("x"))
    for hint in await jobs.list_hints(five):
        await jobs.verify_hint(hint.id, now=NOON)
    await jobs.accept_callback(five.to_bytes(32, "big"), bytes(32), TaskId("y"), now=NOON)
    await jobs.cancel(await reserved(jobs, 6), now=NOON, why="asked")
    await money.grant(
        GUILD,
        31,
        Micros(5),
        actor=ADMIN,
        expires_at=NOON + timedelta(days=1),
        interaction=901,
        now=NOON,
    )
    await money.take(GUILD, 31, Micros(2), actor=ADMIN, interaction=902, now=NOON)
    await decide(books, allowance_period=PeriodKind.WEEK, pool_period=PeriodKind.DAY)
    await reserved(jobs, 7)
    await _asks(books)
    await _looks(books)


async def _asks(books: Database) -> None:
    """Questions, answers, alerts."""
    asks, notices = Asks(books, ROOMY), Notices(books)
    for interaction in (101, 102, 103, 104):
        await asks.open(question(interaction, member=35), now=NOON)
    await asks.approve(1, order(101, member=35), actor=ADMIN, now=NOON)
    await asks.deny(GUILD, 2, actor=ADMIN, reason="", now=NOON)
    await asks.stuck(3, "pool", now=NOON)
    await asks.stands(3, (ChannelId(1), MessageId(2)))
    await asks.expire(3, now=NOON)
    await asks.shown(1, AskState.APPROVED)
    await asks.list_expired(NOON)
    await asks.list_untold()
    await asks.list_stranded()
    trouble = Trouble(AlertKind.FAILURES, "today", NOON + timedelta(days=1), {})
    for _ in range(2):
        await notices.raise_alert(GUILD, trouble, now=NOON)
    await notices.find_card(GUILD, 1)
    await notices.knows(GUILD, "failures", "today")
    for notice in await notices.list_due(NOON):
        await notices.postponed(notice.id, "503", due_at=NOON)
        await notices.posted(notice.id, (ChannelId(1), MessageId(2)), now=NOON)
        await notices.given_up(notice.id, "late", now=NOON)
    for alert in await notices.list_alerts(GUILD, now=NOON):
        await notices.find(alert.id)
        await notices.clear_alert(alert, told=True, now=NOON)
    await Conditions(books).read(GUILD, unknown_for=timedelta(minutes=10), now=NOON)


async def _looks(books: Database) -> None:
    jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)
    await money.funds(GUILD, 31, roles=(1, 2), now=NOON)
    await money.pool(GUILD, now=NOON)
    await money.caps_now(now=NOON)
    await jobs.list_of_member(GUILD, 31)
    await jobs.list_past(GUILD, 31, limit=9)
    await jobs.list_waiting()
    await jobs.list_unwanted(GUILD)
    await jobs.list_unfinished()
    await jobs.list_at_provider()
    await jobs.list_debts()
    await jobs.find_debt(JobNumber(1))
    await jobs.list_clips(JobNumber(1))
    await jobs.count_unknown()
    await jobs.paid(JobNumber(1))
    await Policies(books).list_audit(GUILD)


async def test_no_daily_statement_walks_through_a_table_that_grows(tmp_path: Path) -> None:
    heard: set[str] = set()
    async with opened(tmp_path / "books.db", allowance=10**6) as books:
        for connection in (books._writer, *books._readers):
            await connection.set_trace_callback(heard.add)
        await _a_day(books)
    walks = set()
    with sqlite3.connect(tmp_path / "books.db") as con:
        for statement in heard:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = con.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
                walks |= {(statement, step[3]) for step in plan if _walks(step[3])}
    con.close()
    assert len(heard) > 60, "the day was heard"
    assert walks == set()


def _walks(step: str) -> bool:
    found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    return found is not None and found[1] not in SMALL and found[2] not in UNFINISHED
