"""What roles and members get that have an amount of their own.

Rule: an amount is written down with its period, for the number alone would mean something else after
that has changed.
"""

import sqlite3
from datetime import datetime

from bot.adapters.sqlite import policy_rows
from bot.adapters.sqlite.decided import Decided, note
from bot.domain.ids import GuildId, RoleId, UserId
from bot.domain.money import Micros, show_dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import check_amount


class Allowances(Decided):
    """The part of the policies about them."""

    __slots__ = ()

    async def list_role_allowances(self, guild: GuildId) -> dict[RoleId, Micros]:
        """What each of them gets per period, the highest first."""
        listed = await self._list_amounts("role", guild)
        return {RoleId(role): amount for role, amount in listed.items()}

    async def list_member_allowances(self, guild: GuildId) -> dict[UserId, Micros]:
        """What each of them gets per period, the highest first."""
        listed = await self._list_amounts("member", guild)
        return {UserId(member): amount for member, amount in listed.items()}

    async def count_member_allowances(self, guild: GuildId) -> int:
        """How many members have an amount of their own."""
        return await self.database.read(
            lambda con: con.execute(
                "SELECT count(*) FROM member_allowances WHERE guild_id = ?", (guild,)
            ).fetchone()[0]
        )

    async def set_role_allowance(
        self,
        guild: GuildId,
        role: RoleId,
        amount: Micros | None,
        *,
        actor: UserId,
        reason: str = "",
        now: datetime,
    ) -> Micros | None:
        """Gives a role an allowance, or none of its own. Answers with what it was."""
        return await self.database.write(
            lambda con: _set_allowance(
                con, guild, ("role", role), amount, actor=actor, reason=reason, now=now
            )
        )

    async def set_member_allowance(
        self,
        guild: GuildId,
        member: UserId,
        amount: Micros | None,
        *,
        actor: UserId,
        reason: str = "",
        now: datetime,
    ) -> Micros | None:
        """Gives a member an allowance that overrides all others, or none. Answers with what it was."""
        return await self.database.write(
            lambda con: _set_allowance(
                con, guild, ("member", member), amount, actor=actor, reason=reason, now=now
            )
        )

    async def _list_amounts(self, whose: str, guild: GuildId) -> dict[int, Micros]:
        listed = (
            f"SELECT {whose}_id, amount FROM {whose}_allowances WHERE guild_id = ?"  # noqa: S608 - our own names
            f" ORDER BY amount DESC, {whose}_id"
        )
        rows = await self.database.read(lambda con: con.execute(listed, (guild,)).fetchall())
        return {key: Micros(amount) for key, amount in rows}


def _set_allowance(
    con: sqlite3.Connection,
    guild: GuildId,
    whose: policy_rows.Whose,
    amount: Micros | None,
    *,
    actor: UserId,
    reason: str,
    now: datetime,
) -> Micros | None:
    if amount is not None:
        check_amount("amount", amount)
    before = policy_rows.find_allowance(con, guild, whose)
    if amount != before:
        policy_rows.put_allowance(con, guild, whose, amount)
        kind = policy_rows.read_policy(con, guild).allowance_period
        note(
            con,
            guild,
            actor,
            f"{whose[0]}-allowance",
            now,
            subject=str(whose[1]),
            before=_money(before, kind),
            after=_money(amount, kind),
            reason=reason,
        )
    return before


def _money(amount: Micros | None, kind: PeriodKind) -> str:
    return "" if amount is None else f"{show_dollars(amount)} {kind}"
