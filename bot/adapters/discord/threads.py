"""Threads that sleep: a new message wakes one by itself, an edit or a deletion there is refused.

Rule: a thread is woken only where something in it has to change, and never one that is locked: that is
a moderator's word.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import discord

T = TypeVar("T")

_ASLEEP: Final = 50083


async def awake(client: discord.Client, channel: int, act: Callable[[], Awaitable[T]]) -> T:
    """Does something to a message, once its thread is awake. Raises what the library raises.

    `act` is called again where the thread slept, so it must make anew whatever it sends once.
    """
    try:
        return await act()
    except discord.HTTPException as error:
        if error.code != _ASLEEP:
            raise
        thread = await client.fetch_channel(channel)
        if not isinstance(thread, discord.Thread) or thread.locked:
            raise
        await thread.edit(archived=False)
    return await act()
