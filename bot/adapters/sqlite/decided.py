"""What the stores of the admins' decisions share: sets of things, and the line in the audit.

Rule: a decision and its line in the audit are one transaction.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.adapters.sqlite import policy_rows
from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.database import Database
from bot.domain.ids import GuildId, UserId

_KEYS: Final = {"admin_roles": "role_id", "blocked_members": "member_id"}
"""Tables of (server, thing)."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A store of decisions."""

    database: Database

    async def _list(self, table: str, guild: GuildId) -> list[Any]:
        """What a server's set holds."""
        rows = await self.database.read(
            lambda con: con.execute(
                f"SELECT * FROM {table} WHERE guild_id = ? ORDER BY 2",  # noqa: S608 - our own names
                (guild,),
            ).fetchall()
        )
        return [row[1] for row in rows]

    async def _put(
        self,
        table: str,
        guild: GuildId,
        thing: int,
        act: str,
        *,
        actor: UserId,
        reason: str = "",
        now: datetime,
    ) -> bool:
        """Adds to a set. False: it is in it."""
        put = f"INSERT OR IGNORE INTO {table} VALUES (?, ?)"  # noqa: S608 - our own names
        return await self._change(put, guild, thing, act, actor=actor, reason=reason, now=now)

    async def _drop(
        self,
        table: str,
        guild: GuildId,
        thing: int,
        act: str,
        *,
        actor: UserId,
        reason: str = "",
        now: datetime,
    ) -> bool:
        """Takes out of a set. False: it is not in it."""
        drop = f"DELETE FROM {table} WHERE guild_id = ? AND {_KEYS[table]} = ?"  # noqa: S608 - our own names
        return await self._change(drop, guild, thing, act, actor=actor, reason=reason, now=now)

    async def _change(
        self,
        statement: str,
        guild: GuildId,
        thing: int,
        act: str,
        *,
        actor: UserId,
        reason: str,
        now: datetime,
    ) -> bool:
        """Whether the statement changed anything. Only then does it stand in the audit."""

        def write(con: sqlite3.Connection) -> bool:
            if con.execute(statement, (guild, thing)).rowcount == 0:
                return False
            note(con, guild, actor, act, now, subject=str(thing), reason=reason)
            return True

        return await self.database.write(write)


def note(
    con: sqlite3.Connection,
    guild: GuildId,
    actor: UserId,
    act: str,
    now: datetime,
    *,
    subject: str = "",
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """Writes down who decided what, in the same transaction."""
    policy_rows.write_audit(
        con,
        guild,
        actor,
        act,
        now=tick(con, now),
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )
