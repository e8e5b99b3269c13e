"""`/studio pause` and `resume`: no new videos for now.

Rule: what runs is finished, what waits keeps its money and its place.
"""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, escaped
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._decisions import LONGEST_REASON, Reason, change_card, change_rules


class Pauses(commands.Cog):
    """The two commands."""

    @app_commands.command(
        name=localised("commands.studio.pause.name"), description=localised("commands.studio.pause")
    )
    @app_commands.describe(reason=localised("commands.studio.pause.reason"))
    async def pause(self, interaction: Asked, reason: Reason | None = None) -> None:
        """Until further notice."""
        decided = _set(interaction, reason or "", paused=True)
        await answer_with(interaction, decided)

    @app_commands.command(
        name=localised("commands.studio.resume.name"),
        description=localised("commands.studio.resume"),
    )
    async def resume(self, interaction: Asked) -> None:
        """New videos again."""
        await answer_with(interaction, _set(interaction, "", paused=False))


async def _set(interaction: Asked, reason: str, *, paused: bool) -> Card:
    before, after = await change_rules(
        interaction,
        lambda was: replace(was, paused=paused),
        act="pause" if paused else "resume",
        reason=reason,
    )
    services, caller = interaction.client.services, caller_of(interaction)
    services.studio.watch.wake()
    waiting = sum(it.guild == caller.guild for it in await services.jobs.list_waiting())
    reader = interaction.client.reader(interaction)
    shown = tuple(
        reader.say("studio.pause.on" if rules.paused else "studio.pause.off")
        for rules in (before, after)
    )
    note = f"studio.{'pause' if paused else 'resume'}.waiting"
    return change_card(
        reader,
        reader.say("studio.pause.title"),
        (shown[0], shown[1]),
        reader.say("studio.pause.running") if paused else "",
        await _why(interaction, reason),
        reader.say(note, count=waiting) if waiting else "",
        _stopped(interaction) if not paused else "",
    )


def _stopped(interaction: Asked) -> str:
    """What keeps videos waiting that no admin can mend."""
    stop = interaction.client.services.studio.guard.stop
    return (
        "" if stop is None else interaction.client.reader(interaction).say("studio.resume.stopped")
    )


async def _why(interaction: Asked, given: str) -> str:
    """What members read, if it is paused for a reason."""
    reader, policies = interaction.client.reader(interaction), interaction.client.services.policies
    pause = await policies.find_pause(caller_of(interaction).guild)
    if pause is None or not (pause.reason or given):
        return ""
    kept = reader.say("studio.pause.kept") if given and given != pause.reason else ""
    reason = escaped(pause.reason, LONGEST_REASON)
    said = reader.say("studio.pause.reason", reason=reason) if reason else ""
    return "\n".join(filter(None, (said, kept)))
