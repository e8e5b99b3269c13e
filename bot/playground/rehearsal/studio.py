"""Renders clips: one at a time per core, out of everybody's way, each picture once.

Rule: no ffmpeg outlives the studio.
"""

import asyncio
import os
import shutil
import tempfile
from contextlib import suppress
from importlib.resources import as_file, files
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] - it ships none

from bot.playground.rehearsal.film import FONT, command, texts
from bot.playground.rehearsal.picture import Picture

LONGEST_RENDER = 300
KINDNESS = 15
"""The niceness of ffmpeg: whoever else works here goes first."""


class RenderFailedError(Exception):
    """ffmpeg did not make a clip; the text is its own."""


class Studio:
    """Makes the clip of a picture, and remembers it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        self._seats = asyncio.Semaphore(os.cpu_count() or 1)
        self._processes: set[asyncio.subprocess.Process] = set()
        self._closed = False
        self._clips: dict[str, asyncio.Task[Path]] = {}

    async def clip(self, picture: Picture) -> Path:
        """The file that shows a picture; rendered when nobody asked for it before."""
        if picture.key not in self._clips:
            self._clips[picture.key] = asyncio.create_task(self._render(picture))
        # Shielded: several tasks may wait for this clip, and one of them may be cancelled.
        return await asyncio.shield(self._clips[picture.key])

    async def close(self) -> None:
        """Ends what is being rendered, by killing ffmpeg and waiting for what follows.

        Nothing is cancelled: a cancelled start of a process may leave that process behind.
        """
        self._closed = True
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(*self._clips.values(), return_exceptions=True)

    async def _render(self, picture: Picture) -> Path:
        try:
            async with self._seats:
                return await self._shoot(picture)
        except BaseException:
            del self._clips[picture.key]  # what failed once may be tried again
            raise

    async def _shoot(self, picture: Picture) -> Path:
        if self._closed:
            raise RenderFailedError("The studio is closed.")
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            bench = Path(name)
            await asyncio.to_thread(_lay_out, bench, picture)
            await self._run(bench, picture)
            return (bench / "clip.mp4").rename(self._folder / f"{picture.key}.mp4")

    async def _run(self, bench: Path, picture: Picture) -> None:
        process = await asyncio.create_subprocess_exec(
            self._ffmpeg,
            *command(picture),
            cwd=bench,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._processes.add(process)
        try:
            complaint = await self._watch(process)
        finally:
            self._processes.discard(process)
        if process.returncode != 0:
            raise RenderFailedError(complaint.decode(errors="replace")[-2000:] or "It was killed.")

    async def _watch(self, process: asyncio.subprocess.Process) -> bytes:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process.pid, KINDNESS)
            if self._closed:  # while it was being started
                process.kill()
        try:
            async with asyncio.timeout(LONGEST_RENDER):
                _, complaint = await process.communicate()
        except TimeoutError:
            process.kill()
            _, complaint = await process.communicate()
        return complaint


def _lay_out(bench: Path, picture: Picture) -> None:
    for name, text in texts(picture).items():
        (bench / name).write_text(text, encoding="utf-8")
    with as_file(files("bot.playground.rehearsal") / FONT) as font:
        shutil.copy(font, bench / FONT)
