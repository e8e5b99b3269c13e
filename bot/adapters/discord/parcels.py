"""The files of a message: labelled copies, small enough for where they go.

Rule: a file is opened anew for each try and closed after it. The clip on the shelf is only read.
"""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import discord

from bot.domain.clip import Clip, ClipStore, Encoder, Label
from bot.domain.errors import ClipError, NotFoundError, PostponedError, StoreError
from bot.domain.ids import JobNumber

WHOLE_REQUEST_BYTES: Final = 25 * 2**20
"""More in one request is refused, unless a single file may be larger than that."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Files that go into one message."""

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    fitted: bool
    """At least one of them is smaller than the original."""

    @contextmanager
    def opened(self) -> Generator[list[discord.File]]:
        """For one try."""
        with ExitStack() as stack:
            files: list[discord.File] = []
            for path, name in zip(self.paths, self.names, strict=True):
                file = discord.File(path, filename=name)
                stack.callback(file.close)
                files.append(file)
            yield files


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes parcels."""

    clips: ClipStore
    encoder: Encoder

    async def pack(
        self,
        number: JobNumber,
        clips: Sequence[Clip],
        limit: int,
        *,
        label: Label,
        besides: int = 0,
    ) -> Parcel | None:
        """All clips, each within the limit, all within one request. None: that cannot be made.

        `besides` is what else goes into the request. Raises NotFoundError for a file that is gone,
        and PostponedError where our own disk is the trouble.
        """
        if not clips:
            raise NotFoundError("no file is kept")
        each = min(limit, (max(WHOLE_REQUEST_BYTES, limit) - besides) // len(clips))
        paths: list[Path] = []
        fitted = False
        for clip in clips:
            try:
                path, smaller = await self._copy(clip, each, label)
            except NotFoundError:
                raise
            except StoreError as error:
                raise PostponedError(type(error).__name__) from error
            except ClipError:
                return None
            paths.append(path)
            fitted = fitted or smaller
        names = [file_name(number, path.suffix, nth) for nth, path in enumerate(paths)]
        return Parcel(tuple(paths), tuple(names), fitted)

    async def _copy(self, clip: Clip, limit: int, label: Label) -> tuple[Path, bool]:
        original = self.clips.path(clip.name)
        if clip.size_bytes > limit:
            return await self.encoder.fit(clip.name, limit, label=label), True
        try:
            labelled = await self.encoder.label(clip.name, label)
        except ClipError:
            return original, False  # the film counts, not what it says about itself
        fits = labelled.stat().st_size <= limit
        return (labelled if fits else original), False


def file_name(number: JobNumber, suffix: str, nth: int) -> str:
    """What a clip is called in the message: nothing of a member's words, nor of the shelf's."""
    return f"clapper-{number}{suffix}" if nth == 0 else f"clapper-{number}-{nth + 1}{suffix}"
