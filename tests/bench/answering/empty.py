"""`/empty`: answered at once, without a look into any book."""

import discord
from discord import app_commands


@app_commands.command(name="empty", description="nothing")
async def empty(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("nothing", ephemeral=True)


async def setup(bot) -> None:
    bot.tree.add_command(empty)
