"""Keeps the clips of jobs: the domain's `ClipStore` on a disk.

Rule: asked twice for the same job, it keeps one file per video. A process that died after the
rename and before the books knew finds its file again instead of paying for the way once more.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from aiohttp.abc import AbstractResolver

from bot.adapters.clips.boxes import Shape, read_shape
from bot.adapters.clips.download import Downloader, DownloadLimits, open_session
from bot.adapters.clips.hosts import ResultHosts
from bot.adapters.clips.magic import ENDINGS, HEAD_BYTES, sniff
from bot.adapters.clips.part import Part, Spool, disk_errors
from bot.adapters.clips.shelf import Shelf
from bot.adapters.clips.turns import Turns
from bot.domain.clip import Clip, MediaType
from bot.domain.errors import ClipError, ClipRefusedError, ClipUnreachableError
from bot.domain.ids import JobNumber

_T = TypeVar("_T")
_ALIKE: Final = 3
"""Files with the same bytes, after which a film is taken as it is. It is paid for."""


@asynccontextmanager
async def open_clip_store(
    shelf: Shelf,
    hosts: ResultHosts,
    *,
    limits: DownloadLimits | None = None,
    resolver: AbstractResolver | None = None,
) -> AsyncGenerator["DiskClipStore"]:
    """The store, with a session and threads of its own."""
    limits = limits or DownloadLimits()
    pool = ThreadPoolExecutor(limits.at_once, thread_name_prefix="clips")
    try:
        await asyncio.get_running_loop().run_in_executor(pool, shelf.prepare)
        async with open_session(hosts, limits, resolver=resolver) as session:
            downloader = Downloader(session, hosts, limits)
            yield DiskClipStore(shelf, downloader, pool=pool, spare_bytes=limits.spare_bytes)
    finally:
        pool.shutdown(wait=False, cancel_futures=False)


class DiskClipStore:
    """Clips on a shelf."""

    def __init__(
        self, shelf: Shelf, downloader: Downloader, *, pool: Executor, spare_bytes: int
    ) -> None:
        """The shelf is prepared."""
        self._shelf = shelf
        self._downloader = downloader
        self._pool = pool
        self._spare_bytes = spare_bytes
        self._turns = Turns()
        self._odd: Counter[tuple[JobNumber, int, str]] = Counter()
        """How often a file came that looks cut off, by its hash."""
        self._fresh: set[str] = set()
        """Named by this process, and not yet seen in the books."""

    async def keep(self, job: JobNumber, urls: Sequence[str]) -> tuple[Clip, ...]:
        """Every video behind these addresses.

        One that is no video (a preview picture, say) is passed over as long as another is. One that
        does not come keeps none behind it from coming.
        """
        clips: list[Clip] = []
        refused, missing = ClipRefusedError("no address"), None
        async with self._turns.of(job):
            for nth, url in enumerate(dict.fromkeys(urls)):
                try:
                    clips.append(await self._keep_one(job, nth, url=url))
                except ClipRefusedError as error:
                    refused = error
                except ClipUnreachableError as error:
                    missing = error
        if missing is not None:
            raise missing
        if not clips:
            raise refused
        return tuple(clips)

    async def find(self, job: JobNumber, urls: Sequence[str]) -> tuple[Clip, ...]:
        """Those of them that are here already."""
        async with self._turns.of(job):
            nths = range(len(dict.fromkeys(urls)))
            found = [await self._run(partial(self._find, job, nth)) for nth in nths]
        clips = tuple(clip for clip in found if clip is not None)
        self._fresh.update(clip.name for clip in clips)
        return clips

    def path(self, name: str) -> Path:
        """The clip's file, or NotFoundError."""
        return self._shelf.path(name)

    async def remove(self, names: Collection[str]) -> None:
        """Give up these clips and all copies of them."""
        await self._run(lambda: self._shelf.remove(names))

    async def sweep(
        self, known: Collection[str], now: datetime, *, awaited: Collection[JobNumber]
    ) -> tuple[str, ...]:
        """Remove old files that the books do not know.

        Never one that this process has just named: the clock may have jumped since. Nor one that a
        job still waits for: it is found again and taken up, however long nobody was there.
        """
        self._fresh.difference_update(known)
        spared = {*known, *self._fresh}
        return await self._run(lambda: self._shelf.sweep(spared, now, awaited=awaited))

    async def _keep_one(self, job: JobNumber, nth: int, *, url: str) -> Clip:
        clip = await self._run(lambda: self._find(job, nth)) or await self._fetch(job, nth, url=url)
        self._fresh.add(clip.name)
        return clip

    def _find(self, job: JobNumber, nth: int) -> Clip | None:
        path = self._shelf.find_kept(job, nth)
        if path is None:
            return None
        try:
            return _read_clip(path)
        except ClipError:  # the disk lost some of it after all
            self._shelf.remove([path.name])
            return None

    async def _fetch(self, job: JobNumber, nth: int, *, url: str) -> Clip:
        part = Part(self._shelf.new_part(job, nth), spare_bytes=self._spare_bytes)
        async with Spool(part, self._pool) as spool:
            sieve = _Sieve(spool)
            size = await self._downloader.fetch(url, sieve.feed)
            kind = sieve.kind()
            final = part.path.with_suffix(ENDINGS[kind])
            shape = await spool.finish(
                lambda path: self._shape(path, kind, of=(job, nth, part.sha256)), final=final
            )
        return _clip(final.name, size, sha256=part.sha256, kind=kind, shape=shape)

    def _shape(self, path: Path, kind: MediaType, *, of: tuple[JobNumber, int, str]) -> Shape:
        try:
            return _shape(path, kind)
        except ClipUnreachableError:
            # The same bytes again and again are not cut off on the way: the provider has no others.
            self._odd[of] += 1
            if self._odd[of] < _ALIKE:
                raise
            del self._odd[of]
            return Shape()

    async def _run(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


class _Sieve:
    """Lets nothing but a video onto the disk."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._head = b""
        self._kind: MediaType | None = None

    async def feed(self, chunk: bytes) -> None:
        if self._kind is not None:
            await self._spool.feed(chunk)
            return
        self._head += chunk
        if len(self._head) >= HEAD_BYTES:
            self._kind = _known(self._head)
            await self._spool.feed(self._head)

    def kind(self) -> MediaType:
        """What came. A file that ends within its head is none that we know."""
        return self._kind or _known(b"")


def _known(head: bytes) -> MediaType:
    kind = sniff(head)
    if kind is None:
        raise ClipRefusedError("not a video")
    return kind


def _shape(path: Path, kind: MediaType) -> Shape:
    if kind not in {"video/mp4", "video/quicktime"}:
        return Shape()
    with disk_errors(), path.open("rb") as file:
        return read_shape(file)


def _read_clip(path: Path) -> Clip:
    """A clip from a file that is on the shelf."""
    with disk_errors(), path.open("rb") as file:
        kind = _known(file.read(HEAD_BYTES))
    size, sha256 = _measure(path)
    return _clip(path.name, size, sha256=sha256, kind=kind, shape=_shape(path, kind))


def _clip(name: str, size: int, *, sha256: str, kind: MediaType, shape: Shape) -> Clip:
    return Clip(name, size, sha256, kind, shape.seconds, shape.width, shape.height)


def _measure(path: Path) -> tuple[int, str]:
    """A file's size and hash."""
    with disk_errors(), path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), sha256
