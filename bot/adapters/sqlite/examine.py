"""The doctor's look at the books.

Rule: looking changes nothing, and works while the bot writes.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.adapters.sqlite.codec import moment
from bot.adapters.sqlite.failures import RESTORE, unusable
from bot.adapters.sqlite.files import untouched
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.migrate import check_ours, list_migrations, schema_of, schema_when
from bot.domain.errors import StoreDamagedError, StoreError
from bot.domain.finding import Finding

_AHEAD: Final = timedelta(minutes=5)
_RESTORE: Final = f"{RESTORE[0].upper()}{RESTORE[1:]}."


async def examine(path: Path) -> list[Finding]:
    """Is the file ours, whole, of this schema, and does it add up?"""
    return await asyncio.to_thread(_examine, path, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A clip's file, as the books have it."""

    name: str
    size_bytes: int
    sha256: str


def list_kept_files(path: Path) -> list[KeptFile]:
    """The files that must lie on the shelf. Raises StoreError where the books cannot be read."""
    try:
        with closing(untouched(path)) as connection:
            if check_ours(connection, path) == 0:
                return []
            # What retention gave up is not missed.
            rows = connection.execute(
                "SELECT name, size_bytes, sha256 FROM clips WHERE removed_at IS NULL"
            ).fetchall()
    except sqlite3.Error as error:
        raise StoreDamagedError(str(error)) from error
    return [KeptFile(*row) for row in rows]


def find_mark(path: Path, name: str) -> str | None:
    """What the books say under a name; None also where they say nothing, or cannot be read."""
    try:
        with closing(untouched(path)) as connection:
            found = connection.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
    except sqlite3.Error:
        return None
    return None if found is None else found[0]


def _examine(path: Path, now: datetime) -> list[Finding]:
    if not path.exists():
        remedy = "Nothing, if this is a new bot: it makes the file. Else restore a backup."
        return [Finding.warning("books", f"{path} is not there.", remedy=remedy)]
    try:
        with closing(untouched(path)) as connection:
            return list(_findings(connection, path, now))
    except sqlite3.Error as error:
        return [_useless(unusable(error, path))]
    except StoreDamagedError as error:
        return [_useless(error)]


def _findings(connection: sqlite3.Connection, path: Path, now: datetime) -> Iterator[Finding]:
    version = check_ours(connection, path)
    if version == 0:
        remedy = "Nothing: the bot fills it when it starts."
        yield Finding.warning("books", "The file is empty.", remedy=remedy)
        return
    connection.execute("BEGIN")  # one snapshot, whatever is written meanwhile
    damage = connection.execute("PRAGMA integrity_check(3)").fetchall()
    if damage != [("ok",)]:
        text = "; ".join(str(line) for (line,) in damage)
        yield Finding.broken("books", f"The file is damaged: {text}", remedy=_RESTORE)
        return
    yield Finding.ok("books", "The file is Clapper's and whole.")
    yield _schema(connection, version)
    if version == list_migrations()[-1].version:  # the sums speak of tables that older books lack
        yield from _sums(connection)
    yield _clock(connection, now)


def _schema(connection: sqlite3.Connection, version: int) -> Finding:
    if schema_of(connection) != schema_when(version):
        sentence = f"The file says schema {version}, and is not: somebody changed it by hand."
        return Finding.broken("books schema", sentence, remedy=_RESTORE)
    newest = list_migrations()[-1].version
    if version < newest:
        sentence = f"Schema {version}; this version of Clapper knows {newest}."
        remedy = "Nothing: the next start copies the file aside and upgrades it."
        return Finding.warning("books schema", sentence, remedy=remedy)
    return Finding.ok("books schema", f"Schema {version}, the newest.")


def _sums(connection: sqlite3.Connection) -> Iterator[Finding]:
    broken = broken_invariants(connection)
    for name, rows in broken.items():
        shown = ", ".join(str(row) for row in rows)
        yield Finding.broken("books add up", f"Not true: {name}. {shown}", remedy=_RESTORE)
    if not broken:
        yield Finding.ok("books add up", "Every account, hold and job agrees with the others.")


def _clock(connection: sqlite3.Connection, now: datetime) -> Finding:
    latest = moment(connection.execute("SELECT latest_at FROM clock").fetchone()[0])
    if latest - now <= _AHEAD:
        return Finding.ok("books clock", "The books have seen no time that is still to come.")
    sentence = f"The books have seen {latest:%Y-%m-%d %H:%M} UTC, which is still to come."
    remedy = (
        "Set the clock right. Until then no period renews and no grant expires; after a leap of "
        "months, a backup from before it is better than waiting."
    )
    return Finding.warning("books clock", sentence, remedy=remedy)


def _useless(error: StoreError) -> Finding:
    remedy = f"{error.remedy[0].upper()}{error.remedy[1:]}."
    return Finding.broken("books", f"{error.fault}.", remedy=remedy)
