"""Turns sqlite3's errors into ours.

Rule: no sqlite3 error leaves this package.
"""

import sqlite3

from bot.domain.errors import (
    RuleBrokenError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
)

# EFBIG and a full quota come back as an I/O error rather than as "full".
_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE"})
_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})
_DAMAGED = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


def translated(error: sqlite3.Error) -> StoreError | RuleBrokenError:
    """Our error for one of sqlite3's."""
    name = getattr(error, "sqlite_errorname", "") or ""
    primary = "_".join(name.split("_")[:2])
    if name in _FULL or primary in _FULL:
        return StoreFullError(f"the books cannot be written: {error}")
    if primary in _BUSY:
        return StoreBusyError(str(error))
    if primary in _DAMAGED:
        return StoreDamagedError(str(error))
    if isinstance(error, sqlite3.IntegrityError):
        return RuleBrokenError(str(error))
    return StoreError(f"{name or type(error).__name__}: {error}")
