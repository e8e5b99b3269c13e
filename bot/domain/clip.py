"""A clip: a result file that is ours now, and what the service may ask about it.

Rule: the file that was downloaded is never changed. What Discord needs smaller or labelled is a
copy, and a copy can be made again at any time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from bot.domain.ids import JobNumber

MediaType = Literal["video/mp4", "video/quicktime", "video/webm", "video/x-matroska"]


@dataclass(frozen=True, slots=True)
class Clip:
    """A file that is safely on disk."""

    name: str
    """Ours, unguessable, and the file's name on the shelf."""
    size_bytes: int
    sha256: str
    """Of the bytes as they came from the provider."""
    media_type: MediaType
    seconds: float | None
    """None where the file does not say so in a place that is cheap to read."""
    width: int | None
    """As it is shown: a film that lies on its side is already turned."""
    height: int | None


@dataclass(frozen=True, slots=True)
class Label:
    """What a copy says about itself, for whoever finds it without its message."""

    title: str
    comment: str
    """Names the job."""


@dataclass(frozen=True, slots=True)
class KeptClip:
    """A clip as retention sees it."""

    name: str
    size_bytes: int
    delivered_at: datetime | None
    """None as long as nobody has got it: then it is kept, whatever the limits say."""


@dataclass(frozen=True, slots=True)
class RetentionLimits:
    """How much may lie on the shelf. None: no limit."""

    longest: timedelta | None = None
    """Since the delivery."""
    largest_bytes: int | None = None
    """Of all clips together, the undelivered ones included."""


def choose_expired(
    clips: Iterable[KeptClip], now: datetime, *, limits: RetentionLimits
) -> tuple[str, ...]:
    """Names of the clips to give up, oldest delivery first; never an undelivered one."""
    kept = list(clips)
    total = sum(clip.size_bytes for clip in kept)
    delivered = [(clip.delivered_at, clip) for clip in kept if clip.delivered_at is not None]
    chosen: list[str] = []
    for delivered_at, clip in sorted(delivered, key=lambda pair: (pair[0], pair[1].name)):
        too_old = limits.longest is not None and now - delivered_at > limits.longest
        too_much = limits.largest_bytes is not None and total > limits.largest_bytes
        if not too_old and not too_much:
            break  # all others are younger, and there is room for them
        chosen.append(clip.name)
        total -= clip.size_bytes
    return tuple(chosen)


class ClipStore(Protocol):
    """Where clips come in and lie."""

    async def keep(self, job: JobNumber, urls: Sequence[str]) -> tuple[Clip, ...]:
        """Every video behind these addresses, on disk. Asked again, it takes what is there.

        Raises ClipUnreachableError (later, perhaps), ClipRefusedError (none of them is a video
        that we may fetch), StoreFullError or StoreError (our disk: the file is not to blame).
        """
        ...

    async def find(self, job: JobNumber, urls: Sequence[str]) -> tuple[Clip, ...]:
        """Those of them that are on disk already; none is fetched."""
        ...

    def path(self, name: str) -> Path:
        """The clip's file; NotFoundError for every name that is not on the shelf."""
        ...

    async def remove(self, names: Collection[str]) -> None:
        """Give up these clips and all copies of them. What is gone already is no error."""
        ...

    async def sweep(
        self, known: Collection[str], now: datetime, *, awaited: Collection[JobNumber]
    ) -> tuple[str, ...]:
        """Remove old files that the books do not know; says which. Never one of an awaited job: it
        was named by a process that died before it could say so.
        """
        ...


class Encoder(Protocol):
    """Makes copies. Each raises NotFoundError or ClipUnreadableError where it cannot."""

    async def label(self, name: str, label: Label) -> Path:
        """A copy that says what it is: same pictures, same sound."""
        ...

    async def fit(self, name: str, limit_bytes: int, *, label: Label) -> Path:
        """A labelled copy of at most so many bytes that Discord plays; else ClipUnfitError."""
        ...

    async def poster(self, name: str) -> Path:
        """A small JPEG of the clip's beginning."""
        ...
