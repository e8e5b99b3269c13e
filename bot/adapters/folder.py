"""The data folder: what lies where, who may read it, and which one process owns it.

Rule: nothing in the folder is written by a process that does not hold its lock.

The lock is the kernel's (`flock`), so a killed process gives it back at once. The lock file is
never deleted: a lock on a deleted name would keep nobody out. The record inside is for people
only.
"""

import errno
import fcntl
import json
import os
import shutil
import socket
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import FolderLockedError, SettingsError
from bot.domain.room import Room

SETTING: Final = "CLAPPER_DATA_DIR"
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
"""Every right that somebody else could have."""

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 0.05
_OTHERS_FOLDER: Final = "run as the user whose folder it is, or name another"
_REMEDIES: Final = {
    errno.EACCES: _OTHERS_FOLDER,
    errno.EPERM: _OTHERS_FOLDER,
    errno.EROFS: "mount its disk for writing, or name another",
    errno.ENOSPC: "make room on its disk",
    errno.EDQUOT: "make room on its disk",
    errno.ELOOP: "take that link away",
}


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that owns a folder."""

    pid: int
    host: str
    since: datetime

    @classmethod
    def this_process(cls) -> Self:
        """The one that runs this line."""
        return cls(os.getpid(), socket.gethostname(), datetime.now(UTC).replace(microsecond=0))

    def __str__(self) -> str:
        """Fit for a person."""
        return f"process {self.pid} on {self.host}, since {self.since.isoformat()}"


_HOLDER: Final = TypeAdapter(Holder)


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder that one process at a time may own."""

    path: Path

    @property
    def database(self) -> Path:
        """The books."""
        return self.path / "clapper.db"

    @property
    def clips(self) -> Path:
        """Where finished videos lie."""
        return self.path / "clips"

    @property
    def fonts(self) -> Path:
        """What the drawing process remembers of the machine's fonts. May be deleted at any time."""
        return self.path / "fonts"

    @property
    def lock_file(self) -> Path:
        """Locked by the owner."""
        return self.path / "clapper.lock"

    def room(self) -> Room:
        """How its disk is now. May wait for the disk; raises OSError."""
        return Room(shutil.disk_usage(self.path).free, is_writable(self.path))

    def is_closed(self) -> bool:
        """Whether this user may not even look into it."""
        try:
            self.database.stat()
        except PermissionError:
            return True
        except OSError:  # it is not there, or something else is
            return False
        return False

    def prepare(self) -> None:
        """Make the folder, readable by its owner alone. Raises SettingsError."""
        try:
            self.path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            if stat.S_IMODE(self.path.stat().st_mode) & OTHERS:
                self._close_to_others()
        except FileExistsError as error:
            raise SettingsError(SETTING, f"{self.path} is not a folder") from error
        except OSError as error:
            raise SettingsError(SETTING, _refused(self.path, error)) from error

    @contextmanager
    def lock(self) -> Generator[None]:
        """Own the folder. Raises FolderLockedError, which says who owns it already."""
        self.prepare()
        descriptor = self._open_lock()
        try:
            self._acquire(descriptor)
            _write_record(descriptor, json.dumps(asdict(Holder.this_process()), default=str))
            try:
                yield
            finally:
                _write_record(descriptor, "")
        finally:
            os.close(descriptor)

    def find_holder(self) -> str | None:
        """Who owns the folder now, fit for a person; None when nobody does."""
        try:
            descriptor = os.open(self.lock_file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            # A shared lock held for an instant: a process that starts right now tries again.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._recorded_holder()
        finally:
            os.close(descriptor)
        return None

    def _close_to_others(self) -> None:
        # Closing a folder that is somebody's home or a system's would break more than it guards.
        if any(self.path.iterdir()) and not self._is_ours():
            raise SettingsError(
                SETTING,
                f"{self.path} can be read by others and holds files that are not Clapper's: "
                f"name an empty folder, or run `chmod 700 {self.path}`",
            )
        self.path.chmod(_FOLDER_MODE)
        if stat.S_IMODE(self.path.stat().st_mode) & OTHERS:
            raise SettingsError(SETTING, f"{self.path} cannot be closed to others on this disk")

    def _is_ours(self) -> bool:
        return self.database.exists() or self.lock_file.exists()

    def _open_lock(self) -> int:
        # O_NOFOLLOW: whoever could plant a link here could have us truncate what it points to.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            return os.open(self.lock_file, flags, _FILE_MODE)
        except OSError as error:
            raise SettingsError(SETTING, _refused(self.lock_file, error)) from error

    def _acquire(self, descriptor: int) -> None:
        # More than one try: the doctor looks for an instant, and an owner that has just won may
        # not have written its name yet.
        for left in reversed(range(_TRIES)):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if not left:
                    raise FolderLockedError(self._recorded_holder()) from error
            except OSError as error:
                fault = f"{self.lock_file} cannot be locked: {error.strerror}"
                raise SettingsError(SETTING, fault) from error
            else:
                return
            time.sleep(_PAUSE_SECONDS)

    def _recorded_holder(self) -> str:
        with suppress(OSError, ValidationError):
            return str(_HOLDER.validate_json(self.lock_file.read_bytes()))
        return "another process"


def _refused(path: Path, error: OSError) -> str:
    remedy = _REMEDIES.get(
        error.errno or 0, "name another folder, or see what is wrong with this one"
    )
    return f"{path} cannot be used ({(error.strerror or 'no reason given').lower()}): {remedy}"


def _write_record(descriptor: int, record: str) -> None:
    # A full disk must not keep a process from starting or stopping: the lock is what counts.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, record.encode(), 0)


def is_writable(path: Path) -> bool:
    """Whether this user can make files there."""
    return os.access(path, os.R_OK | os.W_OK | os.X_OK)
