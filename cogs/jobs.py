"""`/jobs`: a member's running and recent videos, with links, and *Cancel* for those in line.

Rule: one's own only. A job that has begun cannot be cancelled, for it is being paid.
"""

from contextlib import suppress

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Act, Press, Tone, notice_card
from bot.domain.errors import SorryError
from bot.domain.ids import JobNumber
from bot.domain.job import Job, JobState
from cogs._caller import Asked, caller_of
from cogs._found import get_job
from cogs._jobs_card import FROM_LIST, OLDER, jobs_card, jobs_page


class Jobs(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.jobs.name"), description=localised("commands.jobs")
    )
    async def jobs(self, interaction: Asked) -> None:
        """The latest."""
        page = await jobs_page(interaction.client, caller_of(interaction))
        card = jobs_card(interaction.client.reader(interaction), page)
        await interaction.response.send_message(view=card, ephemeral=True)


async def older(interaction: Asked, press: Press) -> None:
    """Another page."""
    before = JobNumber(press.number) if press.number else None
    await _turn(interaction, before)


async def cancel(interaction: Asked, press: Press) -> None:
    """On the waiting message, or in the list."""
    client, job = interaction.client, await get_job(interaction, press.number)
    if job.member != interaction.user.id:
        raise SorryError("members.not-yours")
    generate = client.services.studio.generate
    done = await generate.cancel(job.guild, job.member, job.number)
    # By an earlier press, perhaps: to its maker that is no other end.
    done = done or (await get_job(interaction, job.number)).state is JobState.CANCELLED
    if FROM_LIST in press.parts:
        await _turn(interaction, None)
        if done:
            await _take_away(client, job)
    elif done:
        await interaction.response.defer()
        with suppress(discord.NotFound):
            await client.awake(interaction.channel_id or 0, interaction.delete_original_response)
    if not done:
        raise SorryError("members.cancel.late", number=job.number)
    said = client.reader(interaction).say("members.cancelled", number=job.number)
    await interaction.followup.send(view=notice_card("", said, tone=Tone.GOOD), ephemeral=True)


async def _turn(interaction: Asked, before: JobNumber | None) -> None:
    page = await jobs_page(interaction.client, caller_of(interaction), before=before)
    card = jobs_card(interaction.client.reader(interaction), page)
    await interaction.response.edit_message(view=card)


async def _take_away(client: Clapper, job: Job) -> None:
    """The waiting message of a job that nobody waits for."""
    if job.place.message is not None:
        place = client.get_partial_messageable(job.place.channel, guild_id=job.guild)
        with suppress(discord.HTTPException):
            message = place.get_partial_message(job.place.message)
            await client.awake(job.place.channel, message.delete)


async def setup(bot: Clapper) -> None:
    """Adds the command, and listens."""
    await bot.add_cog(Jobs())
    bot.on_press(Act.CANCEL, cancel)
    bot.on_press(OLDER, older)
