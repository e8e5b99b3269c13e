"""What members are called, asked of Discord by their ids.

The bot keeps no list of members, and needs no privileged intent to ask for a hundred by their ids.

Rule: a name is a courtesy. Whoever has left, or is not told in time, has none, and nothing fails.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import discord

from bot.domain.ids import UserId
from bot.log import get_logger
from bot.service.report import Called, Names
from cogs._caller import Asked

MOST: Final = 100
"""Discord tells so many at once."""
_PATIENCE_SECONDS: Final = 4.0


async def names_of(interaction: Asked, members: Sequence[UserId]) -> Names:
    """Those that are told in time."""
    guild = interaction.guild
    if guild is None or not members:
        return {}
    asking = asyncio.ensure_future(
        guild.query_members(user_ids=list(members[:MOST]), limit=MOST, cache=False)
    )
    # Not cut off: a call of the library is left to end by itself.
    asking.add_done_callback(_hear_out)
    done, _ = await asyncio.wait({asking}, timeout=_PATIENCE_SECONDS)
    if not done or asking.exception() is not None:
        return {}
    return {UserId(it.id): Called(it.display_name, it.name) for it in asking.result()}


def _hear_out(asking: "asyncio.Future[list[discord.Member]]") -> None:
    error = None if asking.cancelled() else asking.exception()
    if error is not None:
        get_logger(__name__).info("Members' names were not told", why=type(error).__name__)
