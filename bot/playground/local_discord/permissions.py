"""Who may do what where: Discord's permission bits and how they add up.

Rule: this is the one place that adds up roles and overwrites.
"""

from enum import IntFlag
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.playground.local_discord.people import Member
    from bot.playground.local_discord.places import Channel, Guild


class Can(IntFlag):
    """The bits that a bot with channels, messages and commands meets."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING: Final = (1 << 53) - 1
"""What an owner and an administrator may."""
NEWCOMERS: Final = int(
    Can.VIEW_CHANNEL
    | Can.SEND_MESSAGES
    | Can.ADD_REACTIONS
    | Can.EMBED_LINKS
    | Can.ATTACH_FILES
    | Can.READ_MESSAGE_HISTORY
    | Can.USE_EXTERNAL_EMOJIS
    | Can.USE_APPLICATION_COMMANDS
    | Can.CREATE_PUBLIC_THREADS
    | Can.SEND_MESSAGES_IN_THREADS
)
"""What the role of everybody allows in a new server."""
DIRECT: Final = NEWCOMERS | int(Can.MENTION_EVERYONE)
"""What both sides of a direct-message channel may."""


def in_guild(guild: "Guild", member: "Member") -> int:
    """What a member may in the server, before any channel has its say."""
    if guild.owner_id == member.user.id:
        return EVERYTHING
    allowed = guild.roles[guild.id].permissions
    for role_id in member.roles:
        if role := guild.roles.get(role_id):
            allowed |= role.permissions
    return EVERYTHING if allowed & Can.ADMINISTRATOR else allowed


def in_channel(guild: "Guild", member: "Member", channel: "Channel") -> int:
    """What a member may in a channel. A thread goes by its parent."""
    allowed = in_guild(guild, member)
    if allowed == EVERYTHING:
        return allowed
    place = (
        guild.channels[channel.parent_id] if channel.is_thread and channel.parent_id else channel
    )
    ways = place.overwrites
    if guild.id in ways:
        allowed = allowed & ~ways[guild.id].deny | ways[guild.id].allow
    of_roles = [ways[role_id] for role_id in member.roles if role_id in ways]
    for way in of_roles:
        allowed &= ~way.deny
    for way in of_roles:
        allowed |= way.allow
    if own := ways.get(member.user.id):
        allowed = allowed & ~own.deny | own.allow
    return allowed if allowed & Can.VIEW_CHANNEL else 0
