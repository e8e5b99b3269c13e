"""What the bot may do in a channel, as Discord's own rights say at this moment.

Rule: what is not known is missing: a channel that the bot cannot see it cannot use.
"""

from typing import Final

import discord

from bot.app import Clapper
from bot.domain.ids import ChannelId, GuildId
from bot.domain.rights import NEEDED, NEEDED_IN_THREAD

POSTABLE: Final = frozenset(
    {
        discord.ChannelType.text,
        discord.ChannelType.news,
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
        discord.ChannelType.news_thread,
    }
)
"""Forums and media channels want a post of its own for everything, and voice is no place for it."""


def missing_rights(bot: Clapper, guild: GuildId, channel: ChannelId) -> tuple[str, ...]:
    """Which of them the bot lacks there."""
    server = bot.get_guild(guild)
    place = server.get_channel_or_thread(channel) if server else None
    if server is None or place is None:
        return ("view_channel",)
    rights = place.permissions_for(server.me)
    needed = NEEDED_IN_THREAD if isinstance(place, discord.Thread) else NEEDED
    return tuple(name for name in needed if not getattr(rights, name))
