"""Runs ffmpeg, as `bot.adapters.child` runs every program.

Rule: whatever happens to us or to it, no ffmpeg outlives its limits. It runs without a shell, an
environment, a terminal or a network, at low priority, one per core.
"""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] - it has no types

from bot.adapters.child import Child, cores
from bot.domain.clip import MediaType
from bot.domain.errors import ClipUnreadableError

_NICENESS: Final = "15"

_DEMUXERS: Final[dict[MediaType, str]] = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
}
_DECODERS: Final = ",".join(
    (
        *("h264", "hevc", "mpeg4", "vp8", "vp9", "av1", "libdav1d"),
        *("aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "flac", "pcm_s16le"),
    )
)
"""What clips are made of. The hundreds of others are only doors for a hostile file."""


def find_ffmpeg() -> str:
    """The one that the tests ran with, from its package; the system's where there is none."""
    return imageio_ffmpeg.get_ffmpeg_exe()


def input_options(path: Path, kind: MediaType) -> list[str]:
    """How a clip is opened: as what its first bytes say, and nothing else.

    A playlist in disguise would make ffmpeg fetch and read whatever the playlist names. Here the
    format is given, and nothing but a file may be opened.
    """
    return [
        *("-protocol_whitelist", "file", "-f", _DEMUXERS[kind], "-codec_whitelist", _DECODERS),
        *("-max_pixels", str(4096 * 4096), "-threads", "1", "-i", f"file:{path}"),
    ]


class Ffmpeg:
    """Runs of ffmpeg, at most so many at once."""

    def __init__(
        self, binary: str | None = None, *, at_once: int | None = None, limit_seconds: float = 600
    ) -> None:
        """By default one per core."""
        nice = shutil.which("nice")
        lower = [nice, "-n", _NICENESS] if nice else []
        found = binary or find_ffmpeg()
        self._command = [*lower, shutil.which(found) or found, "-hide_banner", "-nostdin", "-y"]
        # Of processor time: it ends even the run of a bot that was killed itself.
        self._command += ["-v", "error", "-timelimit", str(int(limit_seconds) + 1)]
        self._command += ["-max_alloc", str(512 * 1024 * 1024)]
        self._turns = asyncio.Semaphore(at_once or cores())
        self._child = Child(
            "ffmpeg",
            ClipUnreadableError,
            {"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"},  # ours holds keys
            limit_seconds,
        )

    async def run(self, options: Sequence[str], *, largest_answer: int = 64 * 1024) -> bytes:
        """What it wrote to its standard output. ClipUnreadableError when it fails."""
        async with self._turns:
            command = [*self._command, *options]
            return await self._child.run(command, largest_answer=largest_answer)
