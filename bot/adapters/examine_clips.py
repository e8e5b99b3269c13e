"""The doctor's look at the clips: is every file that the books promise there, and whole?

Rule: looking changes nothing. A file that is missing is a paid video that nobody can be shown.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.examine import KeptFile, list_kept_files
from bot.domain.errors import StoreError
from bot.domain.finding import Finding

_NAME: Final = "clips"
_SHOWN: Final = 5
_REMEDY: Final = (
    "Restore the folder of clips from a backup. Members can be given back what these cost: "
    "/budget refund."
)


async def examine_clips(folder: DataFolder) -> list[Finding]:
    """Compares the shelf with the books."""
    if folder.is_closed() or not folder.database.exists():
        return []
    try:
        kept = await asyncio.to_thread(list_kept_files, folder.database)
    except StoreError:
        return []  # the look at the books says what is wrong with them
    return [await asyncio.to_thread(_compare, folder.clips, kept)]


def _compare(shelf: Path, kept: Sequence[KeptFile]) -> Finding:
    spoilt = [file.name for file in kept if not _is_whole(shelf / file.name, file)]
    if not spoilt:
        return Finding.ok(_NAME, f"Every file of the books is there and whole: {len(kept)}.")
    shown = ", ".join(spoilt[:_SHOWN]) + (" …" if len(spoilt) > _SHOWN else "")
    sentence = f"{len(spoilt)} of {len(kept)} files are missing or changed: {shown}"
    return Finding.broken(_NAME, sentence, remedy=_REMEDY)


def _is_whole(path: Path, file: KeptFile) -> bool:
    try:
        if path.stat().st_size != file.size_bytes:
            return False
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    except OSError:
        return False
