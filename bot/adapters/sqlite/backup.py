"""A copy of the books that is whole, also while somebody writes.

Rule: nothing is written but the copy.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.adapters.sqlite.failures import translated, unusable
from bot.adapters.sqlite.files import copy_whole, looked_at
from bot.adapters.sqlite.migrate import check_ours
from bot.domain.errors import NotFoundError, StoreError, StoreFullError


async def back_up(path: Path, target: Path) -> None:
    """Copies the books at `path` to `target`, readable by their owner alone.

    Raises StoreError where the target exists, NotFoundError, StoreDamagedError or StoreFullError.
    """
    await asyncio.to_thread(_back_up, path, target)


def _back_up(path: Path, target: Path) -> None:
    try:
        found = path.is_file()
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise StoreError(f"{path} cannot be read: {why}") from error
    if not found:
        raise NotFoundError(f"there are no books at {path}")
    try:
        with closing(looked_at(path)) as connection:
            if check_ours(connection, path) == 0:
                raise NotFoundError(f"there are no books at {path}: the file is empty")
            copy_whole(connection, target)
    except sqlite3.Error as error:
        if isinstance(translated(error), StoreFullError):
            raise StoreFullError(f"there is no room for a copy at {target}") from error
        raise unusable(error, path) from error
