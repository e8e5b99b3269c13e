"""How the books' file is opened and copied.

Rule: looking changes nothing, and a copy appears whole or not at all, in nobody's place. It says of
itself that it is one.
"""

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from bot.domain.errors import StoreError

COPIED: Final = "copied"
"""The mark in a copy. What waits in it may have been submitted since by the books it was taken from."""
_STATEMENTS_CACHED: Final = 512
_BUSY_SECONDS: Final = 10.0


def looked_at(path: Path) -> sqlite3.Connection:
    """A connection that only reads; the file must exist."""
    return _connected(path, "mode=ro")


def studied(path: Path) -> sqlite3.Connection:
    """The same for a long look: one snapshot from the first look on, with room for temporary tables."""
    connection = looked_at(path)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("BEGIN")
    return connection


def untouched(path: Path) -> sqlite3.Connection:
    """The same, and nothing appears beside the file either."""
    # Reading a file in WAL mode makes its -wal and -shm. Where there is no -wal nobody has the file
    # open, and SQLite can be told that it will not change.
    alone = not path.with_name(f"{path.name}-wal").exists()
    return _connected(path, "mode=ro&immutable=1" if alone else "mode=ro")


def written_to(path: Path) -> sqlite3.Connection:
    """The connection that writes; the file must be ours."""
    connection = _connected(path, "mode=rw")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")  # the journals of single statements
    connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE deletes without asking them
    return connection


def copy_whole(connection: sqlite3.Connection, target: Path) -> None:
    """Writes one snapshot of an open database to a file of its own."""
    if target.exists() or target.is_symlink():
        raise StoreError(f"{target} is there already; a copy replaces nothing")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        # SQLite fills an empty file, and so never widens its rights. It does not sync it.
        connection.execute("VACUUM INTO ?", (str(part),))
        _mark(part)
        _sync(part)
        _name(part, target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink()


def _mark(copy: Path) -> None:
    with closing(_connected(copy, "mode=rw")) as connection:
        connection.execute("PRAGMA journal_mode = MEMORY")  # nobody has this file yet
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'marks'").fetchone():
            connection.execute("INSERT OR REPLACE INTO marks VALUES (?, '')", (COPIED,))


def _connected(path: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        isolation_level=None,
        cached_statements=_STATEMENTS_CACHED,
        timeout=_BUSY_SECONDS,
        check_same_thread=False,
    )


def _name(part: Path, target: Path) -> None:
    """Gives the finished copy its name, unless somebody took that meanwhile."""
    try:
        os.link(part, target)
    except FileExistsError as error:
        raise StoreError(f"{target} is there already; a copy replaces nothing") from error
    except OSError:  # a file system without links: the name was free a moment ago
        part.rename(target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
