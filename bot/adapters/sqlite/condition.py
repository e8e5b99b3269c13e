"""How a server stands, as one look on a connection that only reads.

Rule: it judges nothing; `bot.domain.trouble` does.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.sqlite.accounts import current_period, latest_moment
from bot.adapters.sqlite.codec import stamp
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.ledger import pool
from bot.adapters.sqlite.policy_rows import read_policy
from bot.adapters.sqlite.reports import read_pace
from bot.domain.ids import GuildId, JobNumber
from bot.domain.period import PeriodKind
from bot.domain.trouble import (
    FAILURES_WITHIN,
    MANY_FAILURES,
    UNDELIVERABLE_WITHIN,
    Condition,
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Looks at servers."""

    database: Database

    async def read(self, guild: GuildId, *, unknown_for: timedelta, now: datetime) -> Condition:
        """One server, now."""
        return await self.database.read(
            lambda con: read_condition(con, guild, unknown_for=unknown_for, now=now)
        )


def read_condition(
    con: sqlite3.Connection, guild: GuildId, *, unknown_for: timedelta, now: datetime
) -> Condition:
    """One server, now."""
    now = latest_moment(con, now)
    policy = read_policy(con, guild)
    return Condition(
        pool=pool(con, guild, now=now),
        pace=read_pace(con, guild, now),
        day=current_period(con, guild, PeriodKind.DAY, zone=policy.zone, now=now),
        streak=_streak(con, guild, now),
        unknown=_numbers(con, guild, "state = 'unknown' AND state_at <= ?", now - unknown_for),
        undeliverable=_numbers(
            con, guild, "state = 'undeliverable' AND state_at > ?", now - UNDELIVERABLE_WITHIN
        ),
        aside=_numbers(
            con,
            guild,
            "aside IS NOT NULL AND state IN ('held', 'submitting', 'unknown', 'running',"
            " 'succeeded', 'stored') AND state_at <= ?",
            now,
        ),
        channel=policy.channel,
    )


def _streak(
    con: sqlite3.Connection, guild: GuildId, now: datetime
) -> tuple[tuple[JobNumber, bool], ...]:
    rows = con.execute(
        "SELECT number, state IN ('rejected', 'failed', 'expired', 'lost') FROM jobs"
        " WHERE guild_id = ? AND created_at > ? AND state NOT IN"
        " ('held', 'submitting', 'unknown', 'running', 'succeeded', 'cancelled')"
        # What a member can mend is no streak of ours.
        " AND (cause IS NULL OR cause NOT IN ('prompt', 'image', 'lora', 'content'))"
        " ORDER BY number DESC LIMIT ?",
        (guild, stamp(now - FAILURES_WITHIN), MANY_FAILURES),
    )
    return tuple((JobNumber(number), bool(bad)) for number, bad in rows)


def _numbers(
    con: sqlite3.Connection, guild: GuildId, where: str, moment: datetime
) -> tuple[JobNumber, ...]:
    rows = con.execute(
        f"SELECT number FROM jobs INDEXED BY jobs_state WHERE guild_id = ? AND {where} ORDER BY number DESC",  # noqa: S608 - our own words
        (guild, stamp(moment)),
    )
    return tuple(JobNumber(number) for (number,) in rows)
