"""`/studio`: where things go, who and what is wanted, and how everything stands.

Rule: who may decide is asked before anything is read. That Discord shows the group to managers alone
is a courtesy and protects nothing.
"""

from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Card, Reader, Tone, notice_card
from bot.catalogue import CatalogueError
from bot.domain.errors import PolicyRefusedError
from cogs._admin import admin_of, admin_of_allowed
from cogs._caller import Asked
from cogs.studio import blocks, presets, region, status
from cogs.studio.blocks import Blocks
from cogs.studio.limits import Limits
from cogs.studio.pauses import Pauses
from cogs.studio.places import Places
from cogs.studio.presets import Presets
from cogs.studio.region import Region
from cogs.studio.status import Status


@app_commands.default_permissions(manage_guild=True)
class Studio(
    Places,
    Limits,
    Blocks,
    Presets,
    Pauses,
    Region,
    Status,
    commands.GroupCog,
    group_name=localised("commands.studio.name"),
    group_description=localised("commands.studio"),
):
    """The group. Its commands stand in the classes that it is made of, one for each topic."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Before each of its commands; completions ask by themselves. Raises SorryError."""
        asked = cast("Asked", interaction)
        # How things stand is how a server learns that the operator has not allowed it, and its number.
        await (admin_of if interaction.command == self.status else admin_of_allowed)(asked)
        return True


def refused_card(reader: Reader, error: PolicyRefusedError) -> Card:
    """A decision that cannot be kept, and what would be one that can."""
    try:
        said = reader.say(f"studio.fault.{error.field}.{error.fault}", **error.facts)
    except CatalogueError:
        said = reader.say(f"studio.fault.{error.fault}", **error.facts)
    return notice_card(reader.say("studio.fault.title"), said, tone=Tone.CAREFUL)


async def setup(bot: Clapper) -> None:
    """Adds the group, and listens."""
    await bot.add_cog(Studio())
    blocks.listen(bot)
    presets.listen(bot)
    status.listen(bot)
    await region.prepare(bot)
    bot.door.explain(PolicyRefusedError, refused_card)
