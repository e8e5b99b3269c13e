"""`/studio limits`: videos at once and in line, the dearest one, and when to ask first.

Rule: what is not named stays as it is; with nothing named, it says how things are.
"""

from dataclasses import replace
from typing import Any, Final

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader, Tone, notice_card
from bot.domain.money import parse_dollars
from bot.domain.policy import MOST_JOBS, Policy
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._decisions import Amount, change_line, change_rules

_NAMES: Final = ("at_once", "queued", "dearest", "confirm_above")


class Limits(commands.Cog):
    """For each member."""

    @app_commands.command(
        name=localised("commands.studio.limits.name"),
        description=localised("commands.studio.limits"),
    )
    @app_commands.describe(
        at_once=localised("commands.studio.limits.at-once"),
        queued=localised("commands.studio.limits.queued"),
        dearest=localised("commands.studio.limits.dearest"),
        confirm_above=localised("commands.studio.limits.confirm-above"),
    )
    async def limits(
        self,
        interaction: Asked,
        at_once: app_commands.Range[int, 1, MOST_JOBS] | None = None,
        queued: app_commands.Range[int, 0, MOST_JOBS] | None = None,
        dearest: Amount | None = None,
        confirm_above: Amount | None = None,
    ) -> None:
        """All of them, or those that are named."""
        named: dict[str, Any] = {"at_once": at_once, "queued": queued}
        for name, amount in (("dearest", dearest), ("confirm_above", confirm_above)):
            named[name] = None if amount is None else parse_dollars(amount, allow_zero=True)
        given = {name: value for name, value in named.items() if value is not None}
        await answer_with(interaction, _set(interaction, given))


async def _set(interaction: Asked, given: dict[str, Any]) -> Card:
    reader, services = interaction.client.reader(interaction), interaction.client.services
    if given:
        before, after = await change_rules(
            interaction, lambda was: replace(was, **given), act="limits"
        )
    else:
        before = after = await services.policies.read(caller_of(interaction).guild)
    lines = [_line(reader, name, before, after) for name in _NAMES]
    note = reader.say("studio.limits.nothing-dear") if after.dearest == 0 else ""
    tone = Tone.PLAIN if before == after else Tone.GOOD
    return notice_card(reader.say("studio.limits.title"), "\n".join(lines), note, tone=tone)


def _line(reader: Reader, name: str, before: Policy, after: Policy) -> str:
    was, now = (
        reader.say(f"studio.limits.{name}", value=getattr(it, name)) for it in (before, after)
    )
    return f"- {now}" if was == now else f"- {change_line(reader, was, now)}"
