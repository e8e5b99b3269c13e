"""The picture of a report, drawn by a process of its own.

matplotlib is large and slow to wake, and holds the interpreter while it draws. So the bot never
imports it: what is to be drawn goes to a child process as JSON, and a PNG comes back.

Rule: nothing of this package but this file is imported by the bot.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import bot
from bot.adapters.child import Child, cores
from bot.domain.drawing import Drawing
from bot.domain.errors import ChartError

LIMIT_SECONDS: Final = 60.0
"""It takes one or two; on its first run matplotlib looks through all fonts of the machine."""
LARGEST_BYTES: Final = 4 * 1024 * 1024


class Painter:
    """Draws, as many pictures at once as there are cores."""

    def __init__(
        self, home: Path, *, at_once: int | None = None, limit_seconds: float = LIMIT_SECONDS
    ) -> None:
        """`home` is where matplotlib remembers which fonts there are."""
        self._turns = asyncio.Semaphore(at_once or cores())
        self._child = Child(
            "the drawing process",
            ChartError,
            {
                "MPLBACKEND": "Agg",
                "MPLCONFIGDIR": str(home.absolute()),  # the child runs elsewhere
                "LC_ALL": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",  # nothing here is worth a thread
                "OMP_NUM_THREADS": "1",
                # Of processor time: it ends even the run of a bot that was killed itself.
                "CLAPPER_CHART_SECONDS": str(int(limit_seconds) + 1),
            },
            limit_seconds,
            folder=Path(bot.__file__).parents[1],
        )

    async def paint(self, drawing: Drawing) -> bytes:
        """A PNG. Raises ChartError."""
        given = json.dumps(asdict(drawing)).encode()
        async with self._turns:
            return await self._child.run(
                [sys.executable, "-m", __name__], given=given, largest_answer=LARGEST_BYTES
            )


@asynccontextmanager
async def open_painter(home: Path) -> AsyncGenerator[Painter]:
    """A painter that remembers in its home which fonts there are, also after a restart.

    Where nothing can be written there, it gets another home until the block ends.
    """
    with ExitStack() as stack:
        if not _prepared(home):
            passing = TemporaryDirectory(prefix="clapper-chart-")
            home = Path(stack.enter_context(passing))
        yield Painter(home)


def _prepared(home: Path) -> bool:
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        # Left by a drawing that was killed while it wrote; each later one would wait for it.
        for lock in home.glob("*.matplotlib-lock"):
            lock.unlink()
    except OSError:
        return False
    return os.access(home, os.R_OK | os.W_OK | os.X_OK)
