"""Runs another program: the only place where a process is started.

Rule: whatever happens to us or to it, no child outlives its limits. It runs without a shell, without
our environment, which holds keys, in a process group of its own that is killed as one.
"""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.errors import ClapperError

_LONGEST_COMPLAINT: Final = 300
_READ_BYTES: Final = 64 * 1024


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Child:
    """How a program is run."""

    name: str
    """For people."""
    failure: Callable[[str], ClapperError]
    """Makes the error for whatever goes wrong."""
    environ: Mapping[str, str]
    limit_seconds: float
    folder: Path | None = None
    """Where it runs."""

    async def run(
        self, command: Sequence[str], *, given: bytes = b"", largest_answer: int
    ) -> bytes:
        """What it wrote to its standard output after it read what it was given."""
        process = await self._start(command, PIPE if given else DEVNULL)
        try:
            async with asyncio.timeout(self.limit_seconds):
                return await self._listen(process, given, largest_answer)
        except TimeoutError:
            raise self.failure(f"{self.name} took too long") from None
        finally:
            await _end(process)

    async def _start(self, command: Sequence[str], stdin: int) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *command,
                stdin=stdin,
                stdout=PIPE,
                stderr=PIPE,
                start_new_session=True,
                env=dict(self.environ),
                cwd=self.folder,
            )
        except OSError as error:
            raise self.failure(f"{self.name} cannot be started: {error.strerror}") from error

    async def _listen(self, process: Process, given: bytes, largest: int) -> bytes:
        _, answer, complaint = await asyncio.gather(
            _tell(process, given), _read_answer(process, largest), _read_complaint(process)
        )
        if await process.wait() != 0:
            raise self.failure(f"{self.name} failed ({process.returncode}): {complaint}")
        return answer


async def _tell(process: Process, given: bytes) -> None:
    if process.stdin is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # its exit code says what happened
        process.stdin.write(given)
        await process.stdin.drain()
    process.stdin.close()
    with suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()


async def _read_answer(process: Process, largest: int) -> bytes:
    """All of it. A child that writes more than was asked for is stopped."""
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
    """Nothing of it runs after this, even if we are cancelled a second time."""
    if process.returncode is None:
        _kill(process)
        await asyncio.shield(process.wait())
