"""A clip on its way to the disk: written, hashed and synced by threads.

Rule: the final name appears only when every byte is on the disk, and a part that is given up
leaves nothing behind.

`Part` is what threads do; `Spool` is what the event loop sees of it. The loop hands over blocks
and goes on receiving while one is written, so at most two blocks per clip are in memory and a
slow disk slows the download down instead of filling the memory.
"""

import asyncio
import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self, TypeVar

from bot.domain.errors import StoreError, StoreFullError

_T = TypeVar("_T")

BLOCK_BYTES: Final = 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_errors() -> Generator[None]:
    """Turns the disk's errors into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFullError("no space left for a clip") from error
        what = error.filename or "a clip"
        remedy = "see that it is where the bot's user may write"
        raise StoreError(f"{what} cannot be written ({error.strerror})", remedy) from error


class Part:
    """A file without a final name. Its methods run in threads, one at a time."""

    def __init__(self, path: Path, *, spare_bytes: int) -> None:
        """Nothing is opened before the first write."""
        self.path = path
        self._spare_bytes = spare_bytes
        self._hash = hashlib.sha256()
        self._turn = threading.Lock()
        self._fd: int | None = None
        self._over = False

    @property
    def sha256(self) -> str:
        """Of all that was written so far."""
        return self._hash.hexdigest()

    def write(self, blocks: list[bytes]) -> None:
        """Append these. StoreFullError before the disk is so full that the books would suffer."""
        with self._turn, disk_errors():
            self._write(blocks)

    def finish(self, blocks: list[bytes], seal: Callable[[Path], _T], *, final: Path) -> _T:
        """Append the last of it, let `seal` look at the file, sync it and give it its name."""
        with self._turn, disk_errors():
            self._write(blocks)
            verdict = seal(self.path)
            os.fsync(self._open())
            self._close()
            self.path.rename(final)
            sync_folder(final.parent)
        return verdict

    def give_up(self) -> None:
        """Leave nothing behind. After `finish` there is nothing to leave."""
        with self._turn, suppress(OSError):
            self._close()
            self.path.unlink(missing_ok=True)

    def _write(self, blocks: list[bytes]) -> None:
        if self._over:
            return
        fd = self._open()
        self._leave_room(sum(map(len, blocks)))
        for block in blocks:
            self._hash.update(block)
            _write_all(fd, block)

    def _open(self) -> int:
        if self._fd is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(self.path, flags, 0o600)
        return self._fd

    def _close(self) -> None:
        self._over = True
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def _leave_room(self, coming: int) -> None:
        if shutil.disk_usage(self.path.parent).free - coming < self._spare_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Spool:
    """Takes a part's bytes as they come. Leaving the block without `finish` gives it up."""

    def __init__(self, part: Part, pool: Executor) -> None:
        """The pool is the clips' own: a blocked disk must not stop anything else."""
        self._part = part
        self._pool = pool
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._writing: asyncio.Future[None] | None = None
        self._finished = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._finished:
            # A cancelled wait does not stop the thread: the part is given up all the same.
            await asyncio.shield(self._run(self._part.give_up))

    async def feed(self, chunk: bytes) -> None:
        """Take a chunk; waits for the disk only when it is a whole block behind."""
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes >= BLOCK_BYTES:
            await self._flush()

    async def finish(self, seal: Callable[[Path], _T], *, final: Path) -> _T:
        """Write what is left, let `seal` look at the file, sync it and give it its name."""
        await self._settle()
        verdict = await self._run(lambda: self._part.finish(self._waiting, seal, final=final))
        self._finished = True
        return verdict

    async def _flush(self) -> None:
        await self._settle()
        blocks, self._waiting, self._waiting_bytes = self._waiting, [], 0
        self._writing = self._run(lambda: self._part.write(blocks))
        self._writing.add_done_callback(_notice)

    async def _settle(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    def _run(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, work)


def sync_folder(folder: Path) -> None:
    """Make the names in this folder as durable as the files."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _write_all(fd: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _notice(writing: asyncio.Future[None]) -> None:
    # A download that fails for another reason never asks how its last write went.
    if not writing.cancelled():
        writing.exception()
