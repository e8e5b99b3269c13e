"""Who asks, and where: read from the interaction alone.

Rule: rights come from what Discord sent with this very press, never from an earlier one.
"""

from dataclasses import dataclass
from typing import TypeAlias

import discord
from discord import app_commands

from bot.app import Clapper
from bot.domain.ids import ChannelId, GuildId, RoleId, UserId
from cogs._roles import roles_of

Asked: TypeAlias = "discord.Interaction[Clapper]"


@dataclass(frozen=True, slots=True)
class Caller:
    """A member in a server."""

    guild: GuildId
    member: UserId
    roles: frozenset[RoleId]
    channel: ChannelId
    parent: ChannelId | None
    """Of a thread: the channel that it belongs to."""


def caller_of(interaction: Asked) -> Caller:
    """Raises NoPrivateMessage outside of servers: there is no money there."""
    if interaction.guild_id is None or interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    guild, channel = GuildId(interaction.guild_id), interaction.channel
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    return Caller(
        guild,
        UserId(interaction.user.id),
        roles_of(interaction.user),
        ChannelId(interaction.channel_id),
        None if parent is None else ChannelId(parent),
    )
