"""The store of what admins decide for their server.

Rule: a decision and its line in the audit are one transaction.
"""

import dataclasses
import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.sqlite import policy_rows
from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.database import Database
from bot.domain.errors import PolicyRefusedError
from bot.domain.ids import GuildId, RoleId, UserId
from bot.domain.money import Micros, show_dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import (
    LONGEST_NAME,
    MOST_PRESETS,
    MOST_WORDS,
    AuditLine,
    LoraPreset,
    Policy,
    check_amount,
    check_policy,
    check_preset,
)
from bot.domain.words import words_of

_AMOUNTS = frozenset({"allowance", "pool", "confirm_above", "dearest"})


@dataclass(frozen=True, slots=True)
class Policies:
    """The admins' decisions."""

    database: Database

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
                _note(con, guild, actor, act, now, before=shown[0], after=shown[1], reason=reason)
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

    async def find_member_allowance(self, guild: GuildId, member: UserId) -> Micros | None:
        """A member's own allowance."""
        return await self.database.read(
            lambda con: policy_rows.find_allowance(con, guild, ("member", member))
        )

    async def count_member_allowances(self, guild: GuildId) -> int:
        """How many members have an amount of their own."""
        return await self.database.read(
            lambda con: con.execute(
                "SELECT count(*) FROM member_allowances WHERE guild_id = ?", (guild,)
            ).fetchone()[0]
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

    async def list_blocked_members(self, guild: GuildId) -> list[UserId]:
        """Members who may not generate."""
        return [UserId(row) for row in await self._list("blocked_members", guild)]

    async def is_blocked(self, guild: GuildId, member: UserId) -> bool:
        """Whether a member may not generate."""
        return await self.database.read(lambda con: policy_rows.is_blocked(con, guild, member))

    async def block_member(
        self, guild: GuildId, member: UserId, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Stops a member's new jobs. False: they were stopped already."""
        return await self._put(
            "blocked_members", guild, member, "block", actor=actor, reason=reason, now=now
        )

    async def unblock_member(
        self, guild: GuildId, member: UserId, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Lets a member generate again. False: nobody had stopped them."""
        return await self._drop(
            "blocked_members", guild, member, "unblock", actor=actor, reason=reason, now=now
        )

    # -- words ---------------------------------------------------------------------------------

    async def list_blocked_words(self, guild: GuildId) -> list[str]:
        """Words that prompts may not contain, as the admins typed them."""
        return await self.database.read(lambda con: policy_rows.blocked_words(con, guild))

    async def find_blocked_word(self, guild: GuildId, prompt: str) -> str | None:
        """The first of them that a prompt contains."""
        return await self.database.read(
            lambda con: policy_rows.find_blocked_word(con, guild, prompt)
        )

    async def block_word(
        self, guild: GuildId, word: str, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Forbids a word, or several in a row. False: one that looks like it is already."""
        typed = " ".join(word.split())
        if not words_of(typed):
            raise PolicyRefusedError("word", "blank")
        if len(typed) > LONGEST_NAME:
            raise PolicyRefusedError("word", "too_long", longest=LONGEST_NAME)

        def write(con: sqlite3.Connection) -> bool:
            if _alike(con, guild, typed):
                return False
            count = "SELECT count(*) FROM blocked_words WHERE guild_id = ?"
            if con.execute(count, (guild,)).fetchone()[0] >= MOST_WORDS:
                raise PolicyRefusedError("word", "too_many", most=MOST_WORDS)
            con.execute("INSERT INTO blocked_words VALUES (?, ?)", (guild, typed))
            _note(con, guild, actor, "word-block", now, subject=typed, reason=reason)
            return True

        return await self.database.write(write)

    async def unblock_word(
        self, guild: GuildId, word: str, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Allows a word again, however it is written. False: it was allowed."""

        def write(con: sqlite3.Connection) -> bool:
            found = _alike(con, guild, word)
            for typed in found:
                con.execute(
                    "DELETE FROM blocked_words WHERE guild_id = ? AND word = ?", (guild, typed)
                )
                _note(con, guild, actor, "word-unblock", now, subject=typed, reason=reason)
            return bool(found)

        return await self.database.write(write)

    # -- LoRA presets --------------------------------------------------------------------------

    async def find_preset(self, guild: GuildId, name: str) -> LoraPreset | None:
        """The preset of this name, whatever its case."""
        return await self.database.read(lambda con: _find_preset(con, guild, name))

    async def list_presets(
        self, guild: GuildId, *, typed: str = "", limit: int = MOST_PRESETS
    ) -> list[LoraPreset]:
        """Presets by name. For autocomplete those that begin like this, then those that have it
        somewhere.
        """
        wanted = _named(typed)
        presets = await self.database.read(lambda con: _presets(con, guild))
        fitting = [it for it in presets if wanted in _named(it.name)]
        return sorted(fitting, key=lambda it: not _named(it.name).startswith(wanted))[:limit]

    async def put_preset(
        self, guild: GuildId, preset: LoraPreset, *, actor: UserId, now: datetime
    ) -> LoraPreset | None:
        """Adds a preset, or replaces the one of this name, which is the answer."""
        check_preset(preset)

        def write(con: sqlite3.Connection) -> LoraPreset | None:
            before = _find_preset(con, guild, preset.name)
            if before == preset:
                return before
            if before is not None:
                _delete_preset(con, guild, before)
            elif len(_presets(con, guild)) >= MOST_PRESETS:
                raise PolicyRefusedError("name", "too_many", most=MOST_PRESETS)
            con.execute(
                "INSERT INTO lora_presets VALUES (?, ?, ?, ?)",
                (guild, preset.name, preset.url, preset.scale),
            )
            _note(
                con,
                guild,
                actor,
                "lora-add",
                now,
                subject=preset.name,
                before=_shown(before),
                after=_shown(preset),
            )
            return before

        return await self.database.write(write)

    async def remove_preset(
        self, guild: GuildId, name: str, *, actor: UserId, now: datetime
    ) -> bool:
        """Takes a preset from the list. False: there is none of this name."""

        def write(con: sqlite3.Connection) -> bool:
            before = _find_preset(con, guild, name)
            if before is None:
                return False
            _delete_preset(con, guild, before)
            _note(con, guild, actor, "lora-remove", now, subject=before.name, before=_shown(before))
            return True

        return await self.database.write(write)

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

    # -- sets of things: one table each, (server, thing) ---------------------------------------

    async def _list(self, table: str, guild: GuildId) -> list[Any]:
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
        def write(con: sqlite3.Connection) -> bool:
            put = f"INSERT OR IGNORE INTO {table} VALUES (?, ?)"  # noqa: S608 - our own names
            if con.execute(put, (guild, thing)).rowcount == 0:
                return False
            _note(con, guild, actor, act, now, subject=str(thing), reason=reason)
            return True

        return await self.database.write(write)

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
        def write(con: sqlite3.Connection) -> bool:
            drop = f"DELETE FROM {table} WHERE guild_id = ? AND {_KEYS[table]} = ?"  # noqa: S608 - our own names
            if con.execute(drop, (guild, thing)).rowcount == 0:
                return False
            _note(con, guild, actor, act, now, subject=str(thing), reason=reason)
            return True

        return await self.database.write(write)


_KEYS = {"admin_roles": "role_id", "blocked_members": "member_id"}


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
        _note(
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


def _alike(con: sqlite3.Connection, guild: GuildId, word: str) -> list[str]:
    """Blocked words that prompts could not tell from this one."""
    rows = con.execute("SELECT word FROM blocked_words WHERE guild_id = ?", (guild,))
    return [typed for (typed,) in rows if words_of(typed) == words_of(word)]


def _presets(con: sqlite3.Connection, guild: GuildId) -> list[LoraPreset]:
    """At most 200, by name."""
    query = "SELECT name, url, scale FROM lora_presets WHERE guild_id = ? ORDER BY name"
    return [LoraPreset(*row) for row in con.execute(query, (guild,))]


def _find_preset(con: sqlite3.Connection, guild: GuildId, name: str) -> LoraPreset | None:
    # Compared here, which knows the capitals of more alphabets than SQLite does.
    wanted = _named(name)
    return next((it for it in _presets(con, guild) if _named(it.name) == wanted), None)


def _delete_preset(con: sqlite3.Connection, guild: GuildId, preset: LoraPreset) -> None:
    con.execute("DELETE FROM lora_presets WHERE guild_id = ? AND name = ?", (guild, preset.name))


def _named(name: str) -> str:
    """What makes two names the same."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _note(
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


def _shown(preset: LoraPreset | None) -> str:
    return "" if preset is None else f"{preset.url} at {preset.scale:g}"
