"""Runs ffmpeg: the only place where a process is started.

Rule: whatever happens to us or to it, no ffmpeg outlives its limits. It runs without a shell, an
environment, a terminal or a network, at low priority, one per core, in a process group of its own
that is killed as one.
"""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs]

from bot.domain.clip import MediaType
from bot.domain.errors import ClipUnreadableError

_NICENESS: Final = "15"
_LONGEST_COMPLAINT: Final = 300
_READ_BYTES: Final = 64 * 1024

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


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
        self._limit_seconds = limit_seconds

    async def run(self, options: Sequence[str], *, largest_answer: int = 64 * 1024) -> bytes:
        """What it wrote to its standard output. ClipUnreadableError when it fails."""
        async with self._turns:
            process = await self._start(options)
            try:
                async with asyncio.timeout(self._limit_seconds):
                    answer = await _listen(process, largest_answer)
            except TimeoutError:
                raise ClipUnreadableError("ffmpeg took too long") from None
            finally:
                await _end(process)
        return answer

    async def _start(self, options: Sequence[str]) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *(*self._command, *options),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                start_new_session=True,
                env={"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"},  # ours holds keys
            )
        except OSError as error:
            raise ClipUnreadableError(f"ffmpeg cannot be started: {error.strerror}") from error


async def _listen(process: Process, largest_answer: int) -> bytes:
    answer, complaint = await asyncio.gather(
        _read_answer(process, largest_answer), _read_complaint(process)
    )
    if await process.wait() != 0:
        raise ClipUnreadableError(f"ffmpeg failed ({process.returncode}): {complaint}")
    return answer


async def _read_answer(process: Process, largest: int) -> bytes:
    """All of it. Who says more than was asked for is stopped."""
    answer = bytearray()
    while process.stdout is not None and (piece := await process.stdout.read(_READ_BYTES)):
        answer += piece
        if len(answer) > largest:
            _kill(process)
            answer.clear()
    return bytes(answer)


async def _read_complaint(process: Process) -> str:
    """The end of it, fit for a log. The pipe is emptied to the last, so that it never blocks."""
    last = b""
    while process.stderr is not None and (piece := await process.stderr.read(_READ_BYTES)):
        last = (last + piece)[-_LONGEST_COMPLAINT:]
    return "".join(sign if sign.isprintable() else " " for sign in last.decode(errors="replace"))


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: Process) -> None:
    """Nothing of it runs after this, also when we are cancelled a second time."""
    if process.returncode is None:
        _kill(process)
        await asyncio.shield(process.wait())
