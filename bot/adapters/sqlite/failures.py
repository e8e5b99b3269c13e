"""Turns sqlite3's errors into ours.

Rule: no sqlite3 error leaves this package.
"""

import sqlite3
from pathlib import Path
from typing import Final

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
_SHUT = frozenset({"SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_IOERR"})

RESTORE: Final = (
    "with the bot stopped, keep the file with its -wal and -shm aside and restore a backup; without"
    " one, ask for help and send this line"
)
RIGHTS: Final = "see that it is a file, and that the bot's user may write it and its folder"


def translated(error: sqlite3.Error) -> StoreError | RuleBrokenError:
    """Our error for one of sqlite3's."""
    name, primary = _name_of(error), _primary(error)
    if name in _FULL or primary in _FULL:
        return StoreFullError(f"the books cannot be written: {error}")
    if primary in _BUSY:
        return StoreBusyError(str(error))
    if primary in _DAMAGED:
        return StoreDamagedError(str(error))
    if isinstance(error, sqlite3.IntegrityError):
        return RuleBrokenError(str(error))
    return StoreError(f"{name or type(error).__name__}: {error}")


def unusable(error: sqlite3.Error, path: Path) -> StoreError:
    """The same for a file that does not open: names it, and what its operator can do."""
    match translated(error):
        case StoreFullError():
            return StoreFullError(f"{path} cannot be written ({error})", "make room on its disk")
        case StoreBusyError():
            remedy = "end what uses it, and try again"
            return StoreBusyError(f"{path} is in use by another program ({error})", remedy)
        case StoreDamagedError() | RuleBrokenError():
            return StoreDamagedError(f"{path} is damaged ({error})", RESTORE)
        case _ if _primary(error) in _SHUT:
            return StoreError(f"{path} cannot be opened ({error})", RIGHTS)
        case _:
            return StoreError(f"{path} cannot be used ({error})", RESTORE)


def _name_of(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


def _primary(error: sqlite3.Error) -> str:
    return "_".join(_name_of(error).split("_")[:2])
