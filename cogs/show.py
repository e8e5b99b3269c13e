"""`/show`: posts a finished video again, also when its message is gone.

Rule: its maker or a moderator may, for its maker is mentioned each time.
"""

from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Act, Press, Tone, clean, notice_card, read_asked
from bot.domain.ids import ChannelId, GuildId, UserId
from bot.domain.job import Job, JobState
from bot.service.show import Showing
from cogs._answer import Answer
from cogs._caller import Asked, caller_of
from cogs._choices import choices
from cogs._desk import desk_of
from cogs._found import JobOption, get_job, require_maker_or_moderator

_LONGEST_PROMPT = 60
_DONE = frozenset({JobState.DELIVERED, JobState.UNDELIVERABLE})


class Show(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.show.name"), description=localised("commands.show")
    )
    @app_commands.describe(job=localised("commands.show.job"))
    async def show(self, interaction: Asked, job: JobOption) -> None:
        """By its number."""
        caller_of(interaction)
        await _show(interaction, job)

    @show.autocomplete("job")
    async def finished(self, interaction: Asked, current: str) -> list[app_commands.Choice[int]]:
        """One's own finished videos, the latest first."""
        if interaction.guild_id is None:
            return []
        jobs = await interaction.client.services.jobs.list_of_member(
            GuildId(interaction.guild_id), UserId(interaction.user.id), limit=200
        )
        typed = str(current).strip()
        done = [it for it in jobs if it.state in _DONE and str(it.number).startswith(typed)]
        return choices(_named(interaction, it) for it in done)


async def show_again(interaction: Asked, press: Press) -> None:
    """*Show it*, where a video could not be posted."""
    with desk_of(interaction.client).presses.once(interaction) as first:
        if first:
            await _show(interaction, press.number)
        else:
            await interaction.response.defer()


async def _show(interaction: Asked, number: int) -> None:
    answer = Answer(interaction)
    job = await answer.patiently(get_job(interaction, number))
    await answer.patiently(require_maker_or_moderator(interaction, job))
    client = interaction.client
    home = await answer.patiently(_home(interaction, job))
    showing, channel = await answer.patiently(client.services.show(job, home))
    said = client.reader(interaction).say(
        f"members.show.{showing}", number=job.number, channel=f"<#{channel}>"
    )
    tone = Tone.GOOD if showing is Showing.COMING else Tone.CAREFUL
    await answer.privately(notice_card("", said, tone=tone))


async def _home(interaction: Asked, job: Job) -> ChannelId:
    """Where videos go by now: since this one was made, admins may have moved them."""
    if interaction.guild_id is None:
        return job.place.channel
    caller = caller_of(interaction)
    policy = await interaction.client.services.policies.read(caller.guild)
    return policy.home(caller.channel, caller.parent)


def _named(interaction: Asked, job: Job) -> tuple[str, int]:
    client = interaction.client
    asked = read_asked(job, client.services.models.get(job.model))
    name = client.reader(interaction).say(
        "commands.show.choice", number=job.number, prompt=clean(asked.prompt, _LONGEST_PROMPT)
    )
    return name, job.number


async def setup(bot: Clapper) -> None:
    """Adds the command, and listens."""
    await bot.add_cog(Show())
    bot.on_press(Act.SHOW, show_again)
