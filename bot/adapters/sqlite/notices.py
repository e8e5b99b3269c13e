"""The store of messages that servers are to get, and of alerts that stand.

Rule: what is said once is a row that is there once.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.codec import moment, stamp
from bot.adapters.sqlite.database import Database
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.notice import TAKEN, Facts, Notice, Topic
from bot.domain.trouble import Trouble

_READ: Final = (
    "SELECT id, guild_id, topic, name, subject, facts, raised_at, ends_at, due_at, tries,"
    " channel_id, message_id FROM notices"
)
ASK: Final = "ask"
"""The name of every card."""
_MOST_AT_ONCE: Final = 20
_LONGEST_DETAIL: Final = 500


def owe_notice(
    con: sqlite3.Connection,
    guild: GuildId,
    topic: Topic,
    name: str,
    *,
    subject: str,
    now: datetime,
    ends_at: datetime,
    facts: Facts | None = None,
) -> bool:
    """Owes a message. False: the same was owed before."""
    cursor = con.execute(
        # notices_once lets each be owed once.
        "INSERT OR IGNORE INTO notices (guild_id, topic, name, subject, facts, raised_at, ends_at,"
        " due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            guild,
            topic,
            name,
            subject,
            json.dumps(dict(facts or {}), sort_keys=True),
            stamp(now),
            stamp(ends_at),
            stamp(now),
        ),
    )
    return cursor.rowcount > 0


@dataclass(frozen=True, slots=True)
class Notices:
    """Messages to servers."""

    database: Database

    async def list_due(self, now: datetime) -> list[Notice]:
        """What is to be posted now."""
        return await self.database.read(
            lambda con: _list(
                con,
                "done_at IS NULL AND due_at <= ? ORDER BY due_at LIMIT ?",
                (stamp(now), _MOST_AT_ONCE),
            )
        )

    async def find(self, notice: int) -> Notice | None:
        """The one with this id."""
        return await self.database.read(
            lambda con: next(iter(_list(con, "id = ?", (notice,))), None)
        )

    async def find_card(self, guild: GuildId, ask: int) -> Notice | None:
        """An ask's card."""
        facts = (guild, Topic.CARD, ASK, str(ask))
        return await self.database.read(
            lambda con: next(
                iter(_list(con, "guild_id = ? AND topic = ? AND name = ? AND subject = ?", facts)),
                None,
            )
        )

    async def list_alerts(self, guild: GuildId, *, now: datetime) -> list[Notice]:
        """What is wrong in a server, posted or not, the latest first."""
        return await self.database.read(
            lambda con: _list(
                con,
                "guild_id = ? AND topic = 'alert' AND cleared_at IS NULL AND ends_at > ?"
                " ORDER BY id DESC",
                (guild, stamp(now)),
            )
        )

    async def knows(self, guild: GuildId, name: str, subject: str) -> bool:
        """Whether this alert was raised before, whatever became of it."""
        return await self.database.read(
            lambda con: (
                con.execute(
                    "SELECT 1 FROM notices WHERE guild_id = ? AND topic = 'alert' AND name = ?"
                    " AND subject = ?",
                    (guild, name, subject),
                ).fetchone()
                is not None
            )
        )

    async def list_servers(self) -> list[GuildId]:
        """Servers that have decided something, or where money was asked for."""
        return await self.database.read(
            lambda con: [
                GuildId(guild)
                for (guild,) in con.execute(
                    "SELECT guild_id FROM policies UNION SELECT guild_id FROM periods"
                )
                if guild
            ]
        )

    async def raise_alert(self, guild: GuildId, trouble: Trouble, *, now: datetime) -> None:
        """Owes an alert, or lets one that was over stand again without a second message."""

        def act(con: sqlite3.Connection) -> None:
            at = tick(con, now)
            named = (guild, trouble.kind, trouble.subject)
            new = owe_notice(
                con,
                guild,
                Topic.ALERT,
                trouble.kind,
                subject=trouble.subject,
                facts=trouble.facts,
                now=at,
                ends_at=trouble.ends_at,
            )
            if not new:
                con.execute(
                    "UPDATE notices SET cleared_at = NULL, facts = ? WHERE guild_id = ?"
                    " AND topic = 'alert' AND name = ? AND subject = ?",
                    (json.dumps(dict(trouble.facts), sort_keys=True), *named),
                )

        await self.database.write(act)

    async def clear_alert(self, alert: Notice, *, told: bool, now: datetime) -> None:
        """It is over. If it was posted, so is its end, where `told` asks for that; if it was not,
        it never will be.
        """

        def act(con: sqlite3.Connection) -> None:
            at = tick(con, now)
            con.execute("UPDATE notices SET cleared_at = ? WHERE id = ?", (stamp(at), alert.id))
            posted = con.execute(
                "SELECT message_id FROM notices WHERE id = ?", (alert.id,)
            ).fetchone()[0]
            if posted is None:
                _end(con, alert.id, at, "over before it was told")
            elif told:
                owe_notice(
                    con,
                    alert.guild,
                    Topic.RELIEF,
                    alert.name,
                    subject=str(alert.id),
                    now=at,
                    ends_at=at + (alert.ends_at - alert.raised_at),
                )

        await self.database.write(act)

    async def posted(
        self, notice: int, place: tuple[ChannelId, MessageId], *, now: datetime
    ) -> None:
        """The message stands."""
        await self.database.write(
            lambda con: con.execute(
                "UPDATE notices SET done_at = ?, channel_id = ?, message_id = ?, tries = tries + 1"
                " WHERE id = ? AND message_id IS NULL",
                (stamp(tick(con, now)), *place, notice),
            )
        )

    async def gone(self, notice: int, place: tuple[ChannelId, MessageId], *, now: datetime) -> None:
        """The message that stood there is no more, and another one is owed."""
        await self.database.write(
            lambda con: con.execute(
                "UPDATE notices SET done_at = NULL, due_at = ?, channel_id = NULL,"
                " message_id = NULL, facts = json_set(facts, ?, 1 + ifnull(json_extract(facts, ?), 0))"
                " WHERE id = ? AND channel_id = ? AND message_id = ?",
                (stamp(tick(con, now)), f"$.{TAKEN}", f"$.{TAKEN}", notice, *place),
            )
        )

    async def given_up(self, notice: int, why: str, *, now: datetime) -> None:
        """It will not be posted."""
        await self.database.write(lambda con: _end(con, notice, tick(con, now), why))

    async def postponed(self, notice: int, why: str, *, due_at: datetime) -> None:
        """Not now."""
        await self.database.write(
            lambda con: con.execute(
                "UPDATE notices SET due_at = ?, tries = tries + 1, detail = ? WHERE id = ?",
                (stamp(due_at), why[:_LONGEST_DETAIL], notice),
            )
        )


def _end(con: sqlite3.Connection, notice: int, now: datetime, why: str) -> None:
    con.execute(
        "UPDATE notices SET done_at = ?, detail = ? WHERE id = ? AND done_at IS NULL",
        (stamp(now), why[:_LONGEST_DETAIL], notice),
    )


def _list(con: sqlite3.Connection, where: str, facts: Sequence[object]) -> list[Notice]:
    return [_notice_of(row) for row in con.execute(f"{_READ} WHERE {where}", facts)]


def _notice_of(row: tuple[Any, ...]) -> Notice:
    return Notice(
        id=row[0],
        guild=GuildId(row[1]),
        topic=Topic(row[2]),
        name=row[3],
        subject=row[4],
        facts=json.loads(row[5]),
        raised_at=moment(row[6]),
        ends_at=moment(row[7]),
        due_at=moment(row[8]),
        tries=row[9],
        posted=None if row[11] is None else (ChannelId(row[10]), MessageId(row[11])),
    )
