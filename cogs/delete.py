"""*Delete*: takes a video's message away.

Rule: its maker or a moderator may; the file is kept, so that `/show` brings it back.
"""

from contextlib import suppress

import discord

from bot.app import Clapper
from bot.cards import Act, Press, notice_card
from bot.domain.ids import MessageId
from cogs._caller import Asked
from cogs._found import get_job, require_maker_or_moderator


async def delete(interaction: Asked, press: Press) -> None:
    """The button under a video."""
    job = await get_job(interaction, press.number)
    await require_maker_or_moderator(interaction, job)
    await interaction.response.defer()
    client = interaction.client
    with suppress(discord.NotFound):  # a double click, or somebody was faster: it is gone
        await client.awake(interaction.channel_id or 0, interaction.delete_original_response)
    if interaction.message is not None:
        await client.services.jobs.taken_away(job.number, MessageId(interaction.message.id))
    reader = client.reader(interaction)
    said = reader.say("members.deleted", number=job.number)
    await interaction.followup.send(view=notice_card("", said), ephemeral=True)


async def setup(bot: Clapper) -> None:
    """Listens."""
    bot.on_press(Act.DELETE, delete)
