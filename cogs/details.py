"""*Details*, as a button and as a message menu: everything about one video, and *Refund* for admins.

Rule: shown to one person at a time, and to anybody who can see the video.
"""

import discord
from discord import app_commands

from bot.app import Clapper, localised
from bot.cards import Act, Press, details_card
from bot.domain.job import Job
from cogs._caller import Asked, caller_of
from cogs._found import charged_for, get_job, get_job_of
from cogs._refund_form import ask_reason, refund, refund_buttons


async def details(interaction: Asked, press: Press) -> None:
    """The button."""
    await _show(interaction, await get_job(interaction, press.number))


async def details_of(interaction: Asked, message: discord.Message) -> None:
    """The menu of a message."""
    caller_of(interaction)
    await _show(interaction, await get_job_of(interaction, message))


async def _show(interaction: Asked, job: Job) -> None:
    client, reader = interaction.client, interaction.client.reader(interaction)
    charged = await charged_for(client, job)
    card = details_card(
        reader,
        job,
        client.services.models.get(job.model),
        charged=charged,
        buttons=await refund_buttons(interaction, job, charged),
    )
    await interaction.response.send_message(view=card, ephemeral=True)


async def setup(bot: Clapper) -> None:
    """Listens, and adds the menu."""
    bot.on_press(Act.DETAILS, details)
    bot.on_press(Act.REFUND, ask_reason)
    bot.on_form(Act.REFUND, refund)
    menu = app_commands.ContextMenu(name=localised("commands.details.name"), callback=details_of)
    bot.tree.add_command(menu)
