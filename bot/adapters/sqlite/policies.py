"""The store of what admins decide for their server.

Rule: a decision and its line in the audit are one transaction.
"""

import dataclasses
import sqlite3
from collections.abc import Callable
from datetime import datetime

from bot.adapters.sqlite import policy_rows
from bot.adapters.sqlite.blocks import Blocks
from bot.adapters.sqlite.decided import note
from bot.adapters.sqlite.presets import Presets
from bot.domain.ids import GuildId, RoleId, UserId
from bot.domain.money import Micros, show_dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import (
    AuditLine,
    Policy,
    check_amount,
    check_policy,
)

_AMOUNTS = frozenset({"allowance", "pool", "confirm_above", "dearest"})


class Policies(Blocks, Presets):
    """The admins' decisions: one store, written by topic."""

    __slots__ = ()

    # -- the server's rules --------------------------------------------------------------------

    async def read(self, guild: GuildId) -> Policy:
        """A server's rules; the defaults where nothing was decided."""
        return await self.database.read(lambda con: policy_rows.read_policy(con, guild))

    async def change(
        self,
        guild: GuildId,
        changed: Callable[[Policy], Policy],
        *,
        act: str,
        actor: UserId,
        reason: str = "",
        now: datetime,
    ) -> Policy:
        """Changes rules from what they are now to what `changed` makes of them.

        Raises PolicyRefusedError. The function may be called twice.
        """

        def write(con: sqlite3.Connection) -> Policy:
            before = policy_rows.read_policy(con, guild)
            after = changed(before)
            check_policy(after)
            if after != before:
                policy_rows.write_policy(con, guild, after)
                shown = _difference(before, after)
                note(con, guild, actor, act, now, before=shown[0], after=shown[1], reason=reason)
            return after

        return await self.database.write(write)

    async def find_pause(self, guild: GuildId) -> AuditLine | None:
        """Who paused new jobs, when and why; None where they are not paused."""
        return await self.database.read(lambda con: policy_rows.find_pause(con, guild))

    # -- allowances of roles and members -------------------------------------------------------

    async def list_role_allowances(self, guild: GuildId) -> dict[RoleId, Micros]:
        """What each role gets per period."""
        return await self.database.read(
            lambda con: {
                RoleId(role): Micros(amount)
                for role, amount in con.execute(
                    "SELECT role_id, amount FROM role_allowances WHERE guild_id = ?"
                    " ORDER BY amount DESC, role_id",
                    (guild,),
                )
            }
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

    async def count_member_allowances(self, guild: GuildId) -> int:
        """How many members have an amount of their own."""
        return await self.database.read(
            lambda con: con.execute(
                "SELECT count(*) FROM member_allowances WHERE guild_id = ?", (guild,)
            ).fetchone()[0]
        )

    async def list_member_allowances(self, guild: GuildId) -> dict[UserId, Micros]:
        """What each of them gets per period, the highest first."""
        return await self.database.read(
            lambda con: {
                UserId(member): Micros(amount)
                for member, amount in con.execute(
                    "SELECT member_id, amount FROM member_allowances WHERE guild_id = ?"
                    " ORDER BY amount DESC, member_id",
                    (guild,),
                )
            }
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

    # -- who may do what -----------------------------------------------------------------------

    async def list_admin_roles(self, guild: GuildId) -> frozenset[RoleId]:
        """Roles that may do what Manage Server may."""
        rows = await self._list("admin_roles", guild)
        return frozenset(RoleId(row) for row in rows)

    async def add_admin_role(
        self, guild: GuildId, role: RoleId, *, actor: UserId, now: datetime
    ) -> bool:
        """Lets a role administer. False: it could already."""
        return await self._put("admin_roles", guild, role, "admin-role-add", actor=actor, now=now)

    async def remove_admin_role(
        self, guild: GuildId, role: RoleId, *, actor: UserId, now: datetime
    ) -> bool:
        """The end of that. False: it could not."""
        return await self._drop(
            "admin_roles", guild, role, "admin-role-remove", actor=actor, now=now
        )

    # -- who changed what ----------------------------------------------------------------------

    async def list_audit(
        self,
        guild: GuildId,
        *,
        limit: int = 20,
        before: int | None = None,
        about: UserId | None = None,
    ) -> list[AuditLine]:
        """The latest changes in a server, newest first; `before` is a line's id. `about` somebody:
        what they decided, and what was decided about them.
        """
        return await self.database.read(
            lambda con: policy_rows.list_audit(con, guild, limit=limit, before=before, about=about)
        )


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


def _difference(before: Policy, after: Policy) -> tuple[str, str]:
    """The changed rules, as they were and as they are."""
    names = [
        field.name
        for field in dataclasses.fields(Policy)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
    return _rules(before, names), _rules(after, names)


def _rules(policy: Policy, names: list[str]) -> str:
    return ", ".join(
        f"{name} {show_dollars(value) if name in _AMOUNTS else value}"
        for name, value in ((name, getattr(policy, name)) for name in names)
    )


def _money(amount: Micros | None, kind: PeriodKind) -> str:
    """With its period: the number alone would mean something else after that has changed."""
    return "" if amount is None else f"{show_dollars(amount)} {kind}"
