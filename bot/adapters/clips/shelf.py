"""The folder where clips lie: names, paths, and what may be thrown away.

Rule: every name is ours and checked by its shape before it touches the disk, so that nothing from
outside can ever name another file.

    clips/<job>-<nth>-<random>.mp4      a clip, as it came
    clips/<job>-<nth>-<random>.tmp      on its way
    clips/copies/<clip's stem>.<what>   made from it by ffmpeg; can be made again
"""

import math
import os
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.adapters.clips.magic import ENDINGS
from bot.adapters.clips.part import disk_errors
from bot.domain.errors import NotFoundError
from bot.domain.ids import JobNumber

_NAME: Final = re.compile(
    r"(?P<job>[1-9]\d{0,18})-(?P<nth>\d{1,4})-[\w-]{22}\.[a-z0-9]{3,4}", re.ASCII
)
_UNFINISHED: Final = ".tmp"
_ORPHAN_AGE: Final = timedelta(days=1)
"""Long after a file got its name, the books must know it."""


class Shelf:
    """The clips' folder. Its methods block for a moment: call them in a thread or at the start."""

    def __init__(self, folder: Path) -> None:
        """Touches nothing: see `prepare`."""
        self.folder = folder.absolute()
        self.copies = self.folder / "copies"

    def prepare(self) -> None:
        """Make the folders, private, and drop what an earlier process left unfinished."""
        with disk_errors():
            for folder in (self.folder, self.copies):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            leftovers = [*self.folder.glob(f"*{_UNFINISHED}"), *self.copies.iterdir()]
            for leftover in leftovers:
                leftover.unlink(missing_ok=True)

    def new_part(self, job: JobNumber, nth: int) -> Path:
        """Where a clip of this job is written to. Its stem is the clip's."""
        return self.folder / f"{job}-{nth}-{secrets.token_urlsafe(16)}{_UNFINISHED}"

    def path(self, name: str) -> Path:
        """The file of this name, which is there; else NotFoundError."""
        path = self.folder / name if _is_name(name) else None
        if path is None or path.is_symlink() or not path.is_file():
            raise NotFoundError("no such clip")
        return path

    def copy_path(self, name: str, what: str) -> Path:
        """Where a copy of this clip lies, or will. The clip itself must be there."""
        return self.copies / f"{self.path(name).stem}.{what}"

    def find_kept(self, job: JobNumber, nth: int) -> Path | None:
        """A file that was kept for this, perhaps by a process that died before it could say so."""
        prefix = f"{job}-{nth}-"
        # Compared as text, without a Path or a pattern for each: there may be many thousands.
        with disk_errors(), os.scandir(self.folder) as entries:
            found = [entry.name for entry in entries if entry.name.startswith(prefix)]
        return min((self.folder / name for name in found if _is_name(name)), default=None)

    def remove(self, names: Collection[str]) -> None:
        """Delete these clips and their copies."""
        with disk_errors():
            for name in filter(_is_name, names):
                path = self.folder / name
                path.unlink(missing_ok=True)
                for copy in self.copies.glob(f"{path.stem}.*"):
                    copy.unlink(missing_ok=True)

    def sweep(
        self, known: Collection[str], now: datetime, *, awaited: Collection[JobNumber]
    ) -> tuple[str, ...]:
        """Delete old files that are neither known nor an awaited job's, and old copies. Answers with
        the names of the former.
        """
        with disk_errors():
            orphans = {path.name for path in _old_files(self.folder, now)} - set(known)
            orphans = {it for it in filter(_is_name, orphans) if _job_of(it) not in awaited}
            self.remove(orphans)
            for copy in _old_files(self.copies, now):
                copy.unlink(missing_ok=True)
        return tuple(sorted(orphans))


def _job_of(name: str) -> JobNumber:
    return JobNumber(int(name.partition("-")[0]))


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and Path(name).suffix in ENDINGS.values()


def _old_files(folder: Path, now: datetime) -> list[Path]:
    before = (now - _ORPHAN_AGE).timestamp()
    with os.scandir(folder) as entries:
        return [Path(entry) for entry in entries if _changed(entry) < before]


def _changed(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:  # just removed by somebody else
        return math.inf
