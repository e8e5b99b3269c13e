"""Finds a message that we posted and do not remember.

Rule: a message of ours is known by the custom id of one of its buttons; nothing else survives both
a restart here and an outage there.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot.adapters.discord.obstacles import ObstacleError, judged

_DEEPEST: Final = 300
"""Messages looked through: three requests, and more than a channel sees in an outage of minutes."""
_MARGIN: Final = timedelta(minutes=10)
"""Our clock and Discord's may differ."""

Channel = discord.abc.Messageable


async def find_marked(
    client: discord.Client, channel: Channel, mark: str, *, since: datetime
) -> discord.Message | None:
    """Our message with a button of this custom id, posted since then. Raises PostponedError."""
    after = since - _MARGIN
    try:
        with judged(client):
            async for message in channel.history(limit=_DEEPEST, after=after, oldest_first=False):
                if client.user and message.author.id == client.user.id and carries(message, mark):
                    return message
    except ObstacleError:
        return None  # nobody may look there: the nonce has to do
    return None


def carries(message: discord.Message, custom_id: str) -> bool:
    """Whether one of the message's components has this custom id."""
    return any(_carries(component, custom_id) for component in message.components)


def _carries(component: Any, custom_id: str) -> bool:
    if getattr(component, "custom_id", None) == custom_id:
        return True
    inner = [*getattr(component, "children", []), getattr(component, "accessory", None)]
    return any(_carries(each, custom_id) for each in inner if each is not None)
