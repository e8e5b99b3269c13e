"""Brings a database file up to this program's schema.

Rule: a file that is not ours, or is newer than we are, is left exactly as it was.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from bot.adapters.sqlite.files import copy_whole
from bot.domain.errors import StoreDamagedError
from bot.log import get_logger

APPLICATION_ID: Final = 0x436C6170
"""`Clap`: tells our file from any other SQLite database."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    version: int
    script: str


def list_migrations() -> tuple[Migration, ...]:
    """All steps in order; their numbers have no gap."""
    folder = files("bot.adapters.sqlite") / "migrations"
    scripts = sorted(
        (entry for entry in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", entry.name)),
        key=lambda entry: entry.name,
    )
    steps = tuple(
        Migration(int(entry.name[:4]), entry.read_text(encoding="utf-8")) for entry in scripts
    )
    assert [step.version for step in steps] == list(range(1, len(steps) + 1))
    return steps


def check_ours(connection: sqlite3.Connection, path: Path) -> int:
    """The file's schema version: 0 for an empty file. Raises for a file that we may not touch."""
    application, version = _identity(connection)
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if empty and application == 0 and version == 0:
        return 0
    if application != APPLICATION_ID:
        remedy = "move it away, or name another folder in CLAPPER_DATA_DIR"
        raise StoreDamagedError(f"{path} is a database, but not one of Clapper's", remedy)
    newest = list_migrations()[-1].version
    if version > newest:
        raise StoreDamagedError(
            f"{path} has schema {version}, and this version of Clapper knows {newest}",
            "start the newer version, or restore an older backup",
        )
    return version


def schema_of(connection: sqlite3.Connection) -> dict[str, str]:
    """What stands in a file, by name, without regard to how its text is laid out."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    )
    return {f"{kind} {name}": " ".join(sql.split()) for kind, name, sql in rows}


def schema_when(version: int) -> dict[str, str]:
    """What should stand in a file of this version."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in list_migrations()[:version]:
            connection.executescript(step.script)
        return schema_of(connection)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Applies what is missing, each step whole or not at all. Data is copied aside first."""
    version = check_ours(connection, path)
    missing = [step for step in list_migrations() if step.version > version]
    copy = _copy_aside(connection, path, missing[0].version) if version and missing else None
    for step in missing:
        _apply(connection, step)
    if copy is not None:
        facts = {"schema": missing[-1].version, "was": version, "copy": copy.name}
        get_logger(__name__).info("The books are upgraded", **facts)


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{step.script}\n"
            f"PRAGMA application_id = {APPLICATION_ID};\n"
            f"PRAGMA user_version = {step.version};\nCOMMIT;"
        )
    except sqlite3.Error:
        if connection.in_transaction:
            connection.rollback()
        raise


def _copy_aside(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    # The books' own time names the copy: what a failed attempt copied is not copied again, and
    # what an older upgrade left behind is not taken for it.
    latest = connection.execute("SELECT latest_at FROM clock").fetchone()[0]
    copy = path.with_name(f"{path.name}.before-{version}-{latest}")
    if not copy.exists():
        copy_whole(connection, copy)
    return copy


def _identity(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return application, version
