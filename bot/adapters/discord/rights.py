"""What the bot may do in a channel, as Discord's own rights say at this moment.

Rule: a thread that sleeps is asked for. The library forgets it, and a message wakes it up.
"""

from typing import Final

import discord

from bot.adapters.discord.obstacles import ObstacleError, judged
from bot.domain.errors import PostponedError
from bot.domain.ids import ChannelId, GuildId
from bot.domain.rights import NEEDED, NEEDED_IN_THREAD, Access

_Place = discord.abc.GuildChannel | discord.Thread
_MISSING_ACCESS: Final = 50001


async def access_to(client: discord.Client, guild: GuildId, channel: ChannelId) -> Access | None:
    """What stands in the way there; None where it is not known."""
    server = client.get_guild(guild)
    if server is None or server.unavailable:
        return None
    place = server.get_channel_or_thread(channel)
    if place is None:
        try:
            found = await _find(client, channel)
        except PostponedError:
            return None
        if isinstance(found, Access):
            return found
        if found.guild.id != guild:
            return Access(gone=True)
        place = found
    missing = _missing(place)
    return None if missing is None else Access(missing)


async def _find(client: discord.Client, channel: ChannelId) -> _Place | Access:
    """What only Discord knows. Raises PostponedError."""
    try:
        with judged(client):
            found = await client.fetch_channel(channel)
    except ObstacleError as error:
        cause = error.__cause__
        hidden = isinstance(cause, discord.HTTPException) and cause.code == _MISSING_ACCESS
        return Access(NEEDED[:1]) if hidden else Access(gone=True)
    except discord.InvalidData:
        return Access(gone=True)
    return found if isinstance(found, _Place) else Access(gone=True)


def _missing(place: _Place) -> tuple[str, ...] | None:
    if not isinstance(place, discord.Thread):
        return _lacked(place, NEEDED)
    if place.parent is None:  # a thread below nothing
        return NEEDED[:1]
    needed = (*NEEDED_IN_THREAD, "manage_threads") if place.locked else NEEDED_IN_THREAD
    return _lacked(place.parent, needed)


def _lacked(place: discord.abc.GuildChannel, needed: tuple[str, ...]) -> tuple[str, ...] | None:
    """None where the library does not know who we are there, though it says it does."""
    me = place.guild.get_member(place.guild.me.id if place.guild.me else 0)
    if me is None or place.guild.get_role(place.guild.id) is None:
        return None
    # Asked of the base class: a channel's own answer lacks files, too, where words are forbidden.
    rights = discord.abc.GuildChannel.permissions_for(place, me)
    return tuple(name for name in needed if not getattr(rights, name))
