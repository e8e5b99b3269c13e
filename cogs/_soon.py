"""Waiting for something that may hang.

Rule: it is not cut off, for no call of discord.py may be; whoever waited goes on without it.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def soon(work: Coroutine[Any, Any, T], seconds: float) -> T | None:
    """What comes of it; None if that takes longer."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if done:
        return task.result()
    task.add_done_callback(_forget)
    return None


def _forget(task: "asyncio.Task[Any]") -> None:
    """Looks at what nobody waits for any more, so that no error is called unseen."""
    if not task.cancelled():
        task.exception()
