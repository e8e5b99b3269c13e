"""The admins' decisions, as functions on a connection.

Rule: every statement carries the guild id.
"""

import dataclasses
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal

from bot.adapters.sqlite.codec import moment, stamp
from bot.domain.budget import allowance_of
from bot.domain.ids import ChannelId, GuildId, RoleId, UserId
from bot.domain.money import Micros
from bot.domain.period import PeriodKind
from bot.domain.policy import AuditLine, Policy
from bot.domain.provider import Cause
from bot.domain.words import find_blocked

Whose = tuple[Literal["role", "member"], int]
"""Somebody who has an allowance of their own."""
_COLUMNS: Final = tuple(field.name for field in dataclasses.fields(Policy))
_READ: Final = f"SELECT {', '.join(_COLUMNS)} FROM policies WHERE guild_id = ?"  # noqa: S608 - our own names
_WRITE: Final = (
    f"INSERT OR REPLACE INTO policies (guild_id, {', '.join(_COLUMNS)})"  # noqa: S608 - our own names
    f" VALUES (?{', ?' * len(_COLUMNS)})"
)
DEFAULTS: Final = Policy()


def read_policy(con: sqlite3.Connection, guild: GuildId) -> Policy:
    """A server's rules; the defaults where nothing was decided."""
    row = con.execute(_READ, (guild,)).fetchone()
    return DEFAULTS if row is None else _policy_of(row)


@lru_cache(maxsize=256)
def _policy_of(row: tuple[Any, ...]) -> Policy:
    fields = dict(zip(_COLUMNS, row, strict=True))
    for name in ("allowance_period", "pool_period"):
        fields[name] = PeriodKind(fields[name])
    for name in ("channel", "admin_channel"):
        fields[name] = None if fields[name] is None else ChannelId(fields[name])
    fields["anywhere"], fields["paused"] = bool(fields["anywhere"]), bool(fields["paused"])
    return Policy(**fields)


def write_policy(con: sqlite3.Connection, guild: GuildId, policy: Policy) -> None:
    """Replaces a server's rules."""
    con.execute(_WRITE, (guild, *(getattr(policy, name) for name in _COLUMNS)))


def allowance(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    roles: Iterable[RoleId],
    default: Micros,
) -> Micros:
    """What a member gets per period."""
    personal = find_allowance(con, guild, ("member", member))
    return allowance_of(
        roles, personal=personal, by_role=role_allowances(con, guild), default=default
    )


def role_allowances(con: sqlite3.Connection, guild: GuildId) -> dict[RoleId, Micros]:
    """What each role gets that has an amount of its own."""
    rows = con.execute("SELECT role_id, amount FROM role_allowances WHERE guild_id = ?", (guild,))
    return {RoleId(role): Micros(amount) for role, amount in rows}


def find_allowance(con: sqlite3.Connection, guild: GuildId, whose: Whose) -> Micros | None:
    """The allowance that somebody was given by name."""
    kind, key = whose
    row = con.execute(
        f"SELECT amount FROM {kind}_allowances WHERE guild_id = ? AND {kind}_id = ?",  # noqa: S608 - our own names
        (guild, key),
    ).fetchone()
    return None if row is None else Micros(row[0])


def put_allowance(
    con: sqlite3.Connection, guild: GuildId, whose: Whose, amount: Micros | None
) -> None:
    """Sets or clears it."""
    kind, key = whose
    if amount is None:
        con.execute(
            f"DELETE FROM {kind}_allowances WHERE guild_id = ? AND {kind}_id = ?",  # noqa: S608 - our own names
            (guild, key),
        )
    else:
        con.execute(
            f"INSERT OR REPLACE INTO {kind}_allowances VALUES (?, ?, ?)",  # noqa: S608 - our own names
            (guild, key, amount),
        )


def is_blocked(con: sqlite3.Connection, guild: GuildId, member: UserId) -> bool:
    """Whether a member may not generate."""
    found = con.execute(
        "SELECT 1 FROM blocked_members WHERE guild_id = ? AND member_id = ?", (guild, member)
    ).fetchone()
    return found is not None


def blocked_words(con: sqlite3.Connection, guild: GuildId) -> list[str]:
    """Words that prompts may not contain, as the admins typed them."""
    rows = con.execute("SELECT word FROM blocked_words WHERE guild_id = ? ORDER BY word", (guild,))
    return [word for (word,) in rows]


def find_blocked_word(con: sqlite3.Connection, guild: GuildId, prompt: str) -> str | None:
    """The first of them that a prompt contains."""
    return find_blocked(prompt, blocked_words(con, guild))


def why_unwanted(
    con: sqlite3.Connection, guild: GuildId, member: UserId, prompt: str
) -> Cause | None:
    """What the admins have against a video that was ordered before; None: nothing."""
    if is_blocked(con, guild, member):
        return Cause.BLOCKED
    return None if find_blocked_word(con, guild, prompt) is None else Cause.WORD


def write_audit(
    con: sqlite3.Connection,
    guild: GuildId,
    actor: UserId,
    act: str,
    *,
    now: datetime,
    subject: str = "",
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """Notes who changed what."""
    con.execute(
        "INSERT INTO audit (at, guild_id, actor_id, act, subject, before, after, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (stamp(now), guild, actor, act, subject, before, after, reason),
    )


_MAKER: Final = (
    "(SELECT member_id FROM jobs WHERE subject LIKE 'job %'"
    " AND number = CAST(substr(subject, 5) AS INTEGER))"
)
"""Whose video a line is about, if it is about one."""
_AUDIT: Final = "SELECT id, at, actor_id, act, subject, before, after, reason FROM audit"


def find_pause(con: sqlite3.Connection, guild: GuildId) -> AuditLine | None:
    """Who paused new jobs, when and why; None where they are not paused."""
    if not read_policy(con, guild).paused:
        return None
    row = con.execute(
        f"{_AUDIT} WHERE guild_id = ? AND act = 'pause' ORDER BY id DESC LIMIT 1", (guild,)
    ).fetchone()
    return None if row is None else _line_of(row)


def list_audit(
    con: sqlite3.Connection,
    guild: GuildId,
    *,
    limit: int,
    before: int | None,
    about: UserId | None = None,
) -> list[AuditLine]:
    """The latest changes in a server, newest first; `about`: by this person, about them, or about
    a video of theirs.
    """
    rows = con.execute(
        f"{_AUDIT} WHERE guild_id = ? AND id < ?"
        f" AND (? IS NULL OR actor_id = ? OR subject = ? OR {_MAKER} = ?)"
        " ORDER BY id DESC LIMIT ?",
        (guild, before or 1 << 62, about, about, str(about), about, limit),
    )
    return [_line_of(row) for row in rows]


def _line_of(row: tuple[Any, ...]) -> AuditLine:
    return AuditLine(row[0], moment(row[1]), UserId(row[2]), *row[3:])
