"""The store of what admins decide for their server.

Rule: a decision and its line in the audit are one transaction.
"""

import dataclasses
import sqlite3
from collections.abc import Callable
from datetime import datetime

from bot.adapters.sqlite import policy_rows
from bot.adapters.sqlite.allowances import Allowances
from bot.adapters.sqlite.blocks import Blocks
from bot.adapters.sqlite.decided import note
from bot.adapters.sqlite.presets import Presets
from bot.domain.ids import GuildId, RoleId, UserId
from bot.domain.money import show_dollars
from bot.domain.policy import (
    AuditLine,
    Policy,
    check_policy,
)

_AMOUNTS = frozenset({"allowance", "pool", "confirm_above", "dearest"})


class Policies(Allowances, Blocks, Presets):
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
