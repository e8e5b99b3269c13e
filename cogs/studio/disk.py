"""A look at the disk of the data folder that waits for nobody.

Rule: a disk that hangs is looked at once, however often somebody asks.
"""

import asyncio
from dataclasses import dataclass, field

from bot.app import Clapper
from bot.domain.room import Room

LONGEST_LOOK = 1.0
"""Seconds."""


@dataclass(slots=True)
class _Looking:
    task: asyncio.Task[Room | None] | None = field(default=None)


async def look_at_disk(bot: Clapper) -> Room | None:
    """How the disk is; None: it does not say."""
    looking = bot.memory.of(_Looking)
    if looking.task is None or looking.task.done():
        looking.task = asyncio.create_task(_look(bot))
    await asyncio.wait({looking.task}, timeout=LONGEST_LOOK)
    return looking.task.result() if looking.task.done() else None


async def _look(bot: Clapper) -> Room | None:
    try:
        return await asyncio.to_thread(bot.services.room)
    except OSError:
        return None
