"""`/budget`: who may spend how much, and what became of it.

Rule: who may decide is asked before anything is read. That Discord shows the group to managers alone
is a courtesy and protects nothing.
"""

from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from cogs._admin import admin_of_allowed
from cogs._caller import Asked
from cogs.budget import amounts, audit, show
from cogs.budget.allowances import Allowances
from cogs.budget.audit import Audits
from cogs.budget.grants import Grants
from cogs.budget.refunds import Refunds
from cogs.budget.report import Reports
from cogs.budget.rules import Rules
from cogs.budget.show import Shows


@app_commands.default_permissions(manage_guild=True)
class Budget(
    Rules,
    Allowances,
    Grants,
    Refunds,
    Shows,
    Reports,
    Audits,
    commands.GroupCog,
    group_name=localised("commands.budget.name"),
    group_description=localised("commands.budget"),
):
    """The group. Its commands stand in the classes that it is made of, one for each topic."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Before each of its commands; completions ask by themselves. Raises SorryError."""
        await admin_of_allowed(cast("Asked", interaction))
        return True


async def setup(bot: Clapper) -> None:
    """Adds the group, and listens."""
    await bot.add_cog(Budget())
    show.listen(bot)
    amounts.listen(bot)
    audit.listen(bot)
