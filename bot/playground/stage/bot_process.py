"""The bot as a process of its own, which can be killed and started again.

Rule: it is started like any other bot, by its command line and its settings alone, and none of its
processes outlives the block.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ROOT: Final = Path(__file__).parents[3]
"""Where the packages `bot` and `cogs` lie."""
STOP_SECONDS: Final = 15.0
"""How long a bot may take to finish what it has begun. Then it hangs, and is killed."""
_OURS: Final = ("CLAPPER_", "DISCORD_", "APIXO_")


class Being(StrEnum):
    """How the bot is."""

    DOWN = "down"
    STARTING = "starting"
    UP = "up"
    CUT_OFF = "cut off"
    """It runs, and has no connection to Discord."""
    STOPPING = "stopping"


class BotProcess:
    """At most one bot at a time."""

    def __init__(
        self,
        *,
        folder: Path,
        log: Path,
        settings: Callable[[], Mapping[str, str]],
        identified: Callable[[], int],
        connected: Callable[[], bool],
    ) -> None:
        """`settings` is asked at each start; `identified` counts the logins that Discord saw."""
        self.log = log
        self.starts = 0
        self.last_code: int | None = None
        """The exit code of the last bot that ended: negative for a signal."""
        self.fell = False
        """The last bot ended, and nobody had asked it to."""
        self._folder = folder
        self._settings = settings
        self._identified = identified
        self._connected = connected
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._logins_before = 0
        self._stopping = False
        self._turn = asyncio.Lock()

    # -- looking -------------------------------------------------------------------------------

    @property
    def being(self) -> Being:
        """How it is at this moment."""
        if self._process is None:
            return Being.DOWN
        if self._stopping:
            return Being.STOPPING
        if self._identified() == self._logins_before:
            return Being.STARTING
        return Being.UP if self._connected() else Being.CUT_OFF

    @property
    def pid(self) -> int | None:
        """Of the bot that runs."""
        return self._process.pid if self._process else None

    def last_words(self) -> str:
        """The last line of the log."""
        with suppress(OSError):
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            return lines[-1].strip() if lines else "none"
        return "none"

    async def ended(self) -> None:
        """Waits until no bot runs."""
        if self._watch is not None:
            await asyncio.shield(self._watch)

    # -- doing ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Starts one, unless one runs."""
        async with self._turn:
            if self._process is None:
                await self._start()

    async def kill(self) -> None:
        """SIGKILL, for the bot and all that it has started."""
        self.pull_the_plug()
        await self.ended()

    def pull_the_plug(self) -> None:
        """The same, without waiting for its end."""
        if self._process is not None:
            self._stopping = True
            _kill(self._process)

    async def stop(self, *, seconds: float = STOP_SECONDS) -> None:
        """Asks it to finish what it has begun; kills it when that takes too long."""
        process = self._process
        if process is None:
            return
        self._stopping = True
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(seconds):
                await self.ended()
        except TimeoutError:
            _kill(process)
            await self.ended()

    async def restart(self) -> None:
        """Stops it in order and starts another."""
        await self.stop()
        await self.start()

    async def _start(self) -> None:
        self._logins_before = self._identified()
        self._stopping = False
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.playground.leash", "run"),
                cwd=self._folder,
                env=self._environment(),
                # Never written to: that it closes is what it says.
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is ours alone
            )
        self.starts += 1
        self._watch = asyncio.create_task(self._watch_over(self._process))

    def _environment(self) -> dict[str, str]:
        """Ours without anybody's settings, and those of the playground."""
        kept = {
            name: value for name, value in os.environ.items() if not name.upper().startswith(_OURS)
        }
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {**kept, "PYTHONPATH": os.pathsep.join(paths), **self._settings()}

    async def _watch_over(self, process: asyncio.subprocess.Process) -> None:
        self.last_code = await process.wait()
        self.fell = not self._stopping
        _kill(process)  # of what it has started and not ended, such as an ffmpeg
        self._process = None

    # -- life ----------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


def _kill(process: asyncio.subprocess.Process) -> None:
    """It and its whole session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
