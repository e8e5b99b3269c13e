"""A month of one server, read from the books.

Every figure of a report and every row of its sheet come from one snapshot, so that they add up. The
month's jobs are gathered once, with what was moved for each, into a temporary table of the reader's
own; all figures are sums over that.

Rule: every statement carries the guild id or reads the gathered rows, and nothing is written.
"""

import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bot.adapters.sqlite.accounts import latest_moment
from bot.adapters.sqlite.codec import moment, moment_or_none, stamp
from bot.adapters.sqlite.database import Database, Snapshot
from bot.adapters.sqlite.ledger import pool
from bot.adapters.sqlite.policy_rows import read_policy
from bot.domain.forecast import LOOK_BACK, Pace, pace_since
from bot.domain.ids import GuildId, JobNumber, UserId
from bot.domain.job import JobState
from bot.domain.money import Micros
from bot.domain.period import Period, PeriodKind, period_from, period_of
from bot.domain.provider import Cause
from bot.domain.report import (
    FAILED_STATES,
    MADE_STATES,
    Day,
    JobLine,
    MemberSpend,
    Report,
    Several,
)

T = TypeVar("T")

MOST_MEMBERS: Final = 100
"""Of those who spent most: as many as Discord tells the names of at once."""
MOST_MONTHS: Final = 25

_GATHER: Final = (
    # What was moved for a job, in the member's scope and the server's: a hold is settled once, and a
    # settlement refunded once. The operator's caps are not the server's business.
    "CREATE TEMP TABLE lines AS SELECT j.number, j.member_id, j.model, j.state, j.charge, j.cause,"
    " j.price,"
    " (SELECT first_at FROM days WHERE first_at <= j.created_at ORDER BY first_at DESC LIMIT 1)"
    "   AS day_at,"
    " sum(iif(t.kind = 'settle' AND t.scope = 'server', t.amount, 0)) AS charged,"
    " sum(iif(t.kind = 'refund' AND t.scope = 'member', t.amount, 0)) AS returned,"
    " sum(iif(t.scope = 'server', iif(t.kind = 'settle', t.amount, -t.amount), 0)) AS pooled"
    " FROM jobs j LEFT JOIN transfers t ON t.job = j.number AND t.kind IN ('settle', 'refund')"
    "   AND t.scope IN ('server', 'member')"
    " WHERE j.guild_id = ? AND j.created_at >= ? AND j.created_at < ? GROUP BY j.number"
)


@dataclass(frozen=True, slots=True)
class Study:
    """A month under study: figures and rows of one moment."""

    report: Report
    _snapshot: Snapshot

    async def rows(self, take: Callable[[Iterator[JobLine]], T]) -> T:
        """Gives every job of the month to a function, in their order, on the reader's thread."""
        return await self._snapshot.read(lambda con: take(_lines(con)))


@dataclass(frozen=True, slots=True)
class Reports:
    """Reads months."""

    database: Database

    @asynccontextmanager
    async def study(self, guild: GuildId, first: date, *, now: datetime) -> AsyncGenerator[Study]:
        """The month that begins on this day, by the server's clocks."""
        async with self.database.study() as snapshot:
            report = await snapshot.read(lambda con: read_report(con, guild, first, now=now))
            yield Study(report, snapshot)

    async def list_months(self, guild: GuildId, *, now: datetime) -> list[date]:
        """The months in which something was ordered, the latest first."""
        return await self.database.read(lambda con: list_months(con, guild, now))


def list_months(con: sqlite3.Connection, guild: GuildId, now: datetime) -> list[date]:
    """The latest of them. One row of the index each, and nothing between two months is read."""
    zone = read_policy(con, guild).zone
    found: list[date] = []
    until: datetime | None = latest_moment(con, now) + timedelta(microseconds=1)
    while until is not None and len(found) < MOST_MONTHS:
        row = con.execute(
            "SELECT max(created_at) FROM jobs WHERE guild_id = ? AND created_at < ?",
            (guild, stamp(until)),
        ).fetchone()
        latest = moment_or_none(row[0])
        month = None if latest is None else period_of(PeriodKind.MONTH, latest, zone)
        until = None if month is None else month.starts_at
        if month is not None:
            found.append(month.starts_on)
    return found


def read_pace(con: sqlite3.Connection, guild: GuildId, now: datetime) -> Pace:
    """What a server used in the latest two weeks, at the prices that were held."""
    # What came to nothing is let go, and what was lost is paid back.
    used, first = con.execute(
        "SELECT (SELECT coalesce(sum(price), 0) FROM jobs WHERE guild_id = ? AND created_at > ?"
        "   AND charge IN ('open', 'settled') AND state <> 'lost'),"
        " (SELECT min(created_at) FROM jobs WHERE guild_id = ?)",
        (guild, stamp(now - LOOK_BACK), guild),
    ).fetchone()
    return Pace(Micros(used), pace_since(moment_or_none(first), now))


def read_report(con: sqlite3.Connection, guild: GuildId, first: date, *, now: datetime) -> Report:
    """The figures of a month. Leaves its jobs in the reader's temporary tables."""
    now = latest_moment(con, now)
    zone = read_policy(con, guild).zone
    month = period_from(PeriodKind.MONTH, first, zone)
    days = [_day(first + timedelta(days=nth), zone) for nth in range(_length(month))]
    _gather(con, guild, month, days)
    present = month.starts_at <= now < month.ends_at
    states = _by_state(con)
    return Report(
        month=month,
        days=_spend(con, days),
        members=_members(con),
        member_count=_one(con, "SELECT count(DISTINCT member_id) FROM lines"),
        failures=_failures(con),
        jobs=sum(states.values()),
        made=sum(states.get(state, 0) for state in MADE_STATES),
        cancelled=states.get(JobState.CANCELLED, 0),
        unfinished=_one(con, "SELECT count(*) FROM lines WHERE charge = 'open'"),
        gifts=_several(con, "price", f"charge = 'waived' AND {_in(MADE_STATES)}"),
        # What was lost went back to the pool as well: a failure, and nobody's gesture.
        refunds=_several(con, "returned", "returned > 0 AND state <> 'lost'"),
        held=_held(con, guild),
        pool=pool(con, guild, now=now) if present else None,
        limit=_limit(con, guild, month),
        pace=read_pace(con, guild, now),
        read_at=now,
    )


def _length(month: Period) -> int:
    following = (month.starts_on + timedelta(days=31)).replace(day=1)
    return (following - month.starts_on).days


def _day(on: date, zone: ZoneInfo) -> tuple[date, int]:
    return on, stamp(period_from(PeriodKind.DAY, on, zone).starts_at)


def _gather(
    con: sqlite3.Connection, guild: GuildId, month: Period, days: list[tuple[date, int]]
) -> None:
    con.execute("CREATE TEMP TABLE days (first_at INTEGER PRIMARY KEY)")
    con.executemany("INSERT OR IGNORE INTO days VALUES (?)", [(first_at,) for _, first_at in days])
    con.execute(_GATHER, (guild, stamp(month.starts_at), stamp(month.ends_at)))


def _spend(con: sqlite3.Connection, days: list[tuple[date, int]]) -> tuple[Day, ...]:
    found: dict[int, dict[str, Micros]] = {}
    for day_at, model, spent in con.execute(
        "SELECT day_at, model, sum(pooled) FROM lines GROUP BY day_at, model"
        " HAVING sum(pooled) <> 0 ORDER BY model"
    ):
        found.setdefault(day_at, {})[model] = Micros(spent)
    # Where the calendar skips a day, two of them begin together; the money is counted once.
    return tuple(Day(on, found.pop(first_at, {})) for on, first_at in days)


def _members(con: sqlite3.Connection) -> tuple[MemberSpend, ...]:
    rows = con.execute(
        "SELECT member_id, sum(pooled), count(*) FROM lines GROUP BY member_id"
        " ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?",
        (MOST_MEMBERS,),
    )
    return tuple(MemberSpend(UserId(member), Micros(spent), jobs) for member, spent, jobs in rows)


def _failures(con: sqlite3.Connection) -> dict[Cause, int]:
    rows = con.execute(
        f"SELECT coalesce(cause, 'unknown'), count(*) FROM lines WHERE {_in(FAILED_STATES)}"  # noqa: S608 - our own names
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return {Cause(cause): count for cause, count in rows}


def _by_state(con: sqlite3.Connection) -> dict[JobState, int]:
    rows = con.execute("SELECT state, count(*) FROM lines GROUP BY state")
    return {JobState(state): count for state, count in rows}


def _held(con: sqlite3.Connection, guild: GuildId) -> Several:
    # Left to itself, SQLite would read all that was ever ordered here.
    jobs, amount = con.execute(
        "SELECT count(*), coalesce(sum(price), 0) FROM jobs INDEXED BY jobs_unfinished"
        " WHERE guild_id = ? AND state IN ('held', 'submitting', 'unknown', 'running')",
        (guild,),
    ).fetchone()
    return Several(jobs, Micros(amount))


def _limit(con: sqlite3.Connection, guild: GuildId, month: Period) -> Micros | None:
    # What the month's wallet was brought to when it was last drawn on.
    row = con.execute(
        "SELECT funded FROM accounts WHERE guild_id = ? AND member_id = 0 AND scope = 'server'"
        " AND period = ? AND kind = 'wallet' AND kind <> 'grant'",
        (guild, month.name),
    ).fetchone()
    return None if row is None else Micros(row[0])


def _several(con: sqlite3.Connection, amount_of: str, where: str) -> Several:
    jobs, amount = con.execute(
        f"SELECT count(*), coalesce(sum({amount_of}), 0) FROM lines WHERE {where}"  # noqa: S608 - our own words
    ).fetchone()
    return Several(jobs, Micros(amount))


def _one(con: sqlite3.Connection, query: str) -> int:
    return con.execute(query).fetchone()[0]


def _in(states: frozenset[JobState]) -> str:
    named = ", ".join(f"'{state}'" for state in sorted(states))
    return f"state IN ({named})"


def _lines(con: sqlite3.Connection) -> Iterator[JobLine]:
    rows = con.execute(
        "SELECT l.number, j.created_at, j.member_id, j.model, j.mode, j.state, j.price, l.charged,"
        " l.returned, l.pooled, j.cause, j.request"
        " FROM lines l JOIN jobs j ON j.number = l.number ORDER BY l.number"
    )
    for row in rows:
        yield JobLine(
            number=JobNumber(row[0]),
            at=moment(row[1]),
            member=UserId(row[2]),
            model=row[3],
            mode=row[4],
            state=JobState(row[5]),
            price=Micros(row[6]),
            charged=Micros(row[7]),
            refunded=Micros(row[8]),
            pool=Micros(row[9]),
            cause=None if row[10] is None else Cause(row[10]),
            request=row[11],
        )
