"""`/studio channel`, `admin-channel`, `anywhere`: where things go.

Rule: a channel is taken only if the bot can post there, and the answer says what is missing if not.
"""

from dataclasses import replace
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader
from bot.domain.errors import SorryError
from bot.domain.ids import ChannelId
from bot.domain.rights import NEEDED
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._decisions import change_card, change_rules

POSTABLE: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.news_thread,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
)
"""Forums and media channels want a post of its own for everything, and voice is no place for it."""
Place: TypeAlias = "app_commands.AppCommandChannel | app_commands.AppCommandThread"


class PlaceOption(app_commands.Transformer):
    """A channel or thread in which a message can stand, whether the bot sees it or not."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """What Discord offers."""
        return list(POSTABLE)

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> "Place":
        """As Discord gives it."""
        del interaction
        place: Place = value
        return place


class Places(commands.Cog):
    """Channels."""

    @app_commands.command(
        name=localised("commands.studio.channel.name"),
        description=localised("commands.studio.channel"),
    )
    @app_commands.describe(channel=localised("commands.studio.place"))
    async def channel(
        self,
        interaction: Asked,
        channel: app_commands.Transform[Any, PlaceOption] | None = None,
    ) -> None:
        """Where videos are posted."""
        await answer_with(interaction, _set_channel(interaction, channel))

    @app_commands.command(
        name=localised("commands.studio.admin-channel.name"),
        description=localised("commands.studio.admin-channel"),
    )
    @app_commands.describe(channel=localised("commands.studio.place"))
    async def admin_channel(
        self,
        interaction: Asked,
        channel: app_commands.Transform[Any, PlaceOption] | None = None,
    ) -> None:
        """Where alerts and questions go."""
        await answer_with(interaction, _set_admin_channel(interaction, channel))

    @app_commands.command(
        name=localised("commands.studio.anywhere.name"),
        description=localised("commands.studio.anywhere"),
    )
    @app_commands.describe(allowed=localised("commands.studio.anywhere.allowed"))
    async def anywhere(self, interaction: Asked, allowed: bool) -> None:
        """Whether videos may be posted where they were asked for."""
        await answer_with(interaction, _set_anywhere(interaction, allowed=allowed))


async def _set_channel(interaction: Asked, channel: "Place | None") -> Card:
    place = await _usable(interaction, channel)
    before, after = await change_rules(
        interaction, lambda was: replace(was, channel=place), act="channel"
    )
    reader = interaction.client.reader(interaction)
    return change_card(
        reader,
        reader.say("studio.channel.title"),
        (_shown(reader, before.channel), _shown(reader, after.channel)),
        reader.say("studio.channel.anywhere" if after.anywhere else "studio.channel.only"),
    )


async def _set_admin_channel(interaction: Asked, channel: "Place | None") -> Card:
    place = await _usable(interaction, channel)
    before, after = await change_rules(
        interaction, lambda was: replace(was, admin_channel=place), act="admin-channel"
    )
    reader = interaction.client.reader(interaction)
    return change_card(
        reader,
        reader.say("studio.admin-channel.title"),
        (_shown(reader, before.admin_channel), _shown(reader, after.admin_channel)),
        reader.say("studio.admin-channel.use"),
    )


async def _set_anywhere(interaction: Asked, *, allowed: bool) -> Card:
    before, after = await change_rules(
        interaction, lambda was: replace(was, anywhere=allowed), act="anywhere"
    )
    reader = interaction.client.reader(interaction)
    shown = tuple(
        reader.say("studio.anywhere.yes" if rules.anywhere else "studio.anywhere.no")
        for rules in (before, after)
    )
    return change_card(reader, reader.say("studio.anywhere.title"), (shown[0], shown[1]))


async def _usable(interaction: Asked, channel: "Place | None") -> ChannelId:
    """The channel that is meant: this one, if none was named. Raises SorryError."""
    caller, client = caller_of(interaction), interaction.client
    place = caller.channel if channel is None else ChannelId(channel.id)
    kind = channel.type if channel else getattr(interaction.channel, "type", None)
    if kind not in POSTABLE:
        raise SorryError("studio.channel.kind", channel=f"<#{place}>")
    access = await client.access_to(caller.guild, place)
    if access is None:
        return place  # nothing speaks against it; should a right be missing there, an alert says so
    if access.gone:
        raise SorryError("studio.channel.gone")
    if kind is discord.ChannelType.private_thread and NEEDED[0] in access.missing:
        raise SorryError("studio.channel.private-thread", channel=f"<#{place}>")
    if access.missing:
        reader = client.reader(interaction)
        names = [reader.name("permission", name) for name in access.missing]
        raise SorryError("studio.channel.closed", channel=f"<#{place}>", permissions=names)
    return place


def _shown(reader: Reader, channel: ChannelId | None) -> str:
    return reader.say("studio.channel.none") if channel is None else f"<#{channel}>"
