"""What the bot may do in a channel, as Discord's own rights say at this moment.

Rule: what is not known is missing: a channel that the bot cannot see it cannot use.
"""

from typing import Final

import discord

from bot.app import Clapper
from bot.domain.ids import ChannelId, GuildId

NEEDED: Final = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
)
"""To post a video, and to find out after a restart whether it was posted."""
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
    missing = [name for name in NEEDED if not getattr(rights, name)]
    if isinstance(place, discord.Thread):
        missing = [name for name in missing if name != "send_messages"]
        if not rights.send_messages_in_threads:
            missing.append("send_messages_in_threads")
    return tuple(missing)
