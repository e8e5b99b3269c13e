"""`/empty`: answered at once, and completed with nothing, without a look into any book."""

import discord
from discord import app_commands


@app_commands.command(name="empty", description="nothing")
async def empty(interaction: discord.Interaction, word: str | None = None) -> None:
    await interaction.response.send_message("nothing", ephemeral=True)


@empty.autocomplete("word")
async def words(_interaction: discord.Interaction, _current: str) -> list:
    return []


async def setup(bot) -> None:
    bot.tree.add_command(empty)
