"""`/budget audit`: who changed what, page by page.

Rule: a button carries where its page begins and about whom it is, so that it works after any restart;
and whoever presses is asked again whether they may.
"""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Card, Press, Reader, button, list_card
from bot.domain.ids import UserId
from bot.domain.policy import AuditLine
from cogs._admin import admin_of_allowed
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._pages import fitting
from cogs.budget.audit_lines import audit_line

OLDER: Final = "audit"
"""`clapper:audit:LINE` or `clapper:audit:LINE:MEMBER`: what came before a line; 0 is the latest."""
PAGE: Final = 8
_ROOM: Final = 3500
"""Characters. No line is longer than a third of it."""


class Audits(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.budget.audit.name"), description=localised("commands.budget.audit")
    )
    @app_commands.describe(member=localised("commands.budget.audit.member"))
    async def audit(self, interaction: Asked, member: discord.User | None = None) -> None:
        """The latest."""
        about = None if member is None else UserId(member.id)
        await answer_with(interaction, _card(interaction, about, None))


async def turn(interaction: Asked, press: Press) -> None:
    """Another page."""
    await admin_of_allowed(interaction)
    before, about = press.number_at(0) or None, UserId(press.number_at(1)) or None
    await answer_with(interaction, _card(interaction, about, before), replaces=True)


async def _card(interaction: Asked, about: UserId | None, before: int | None) -> Card:
    client = interaction.client
    found = await client.services.policies.list_audit(
        caller_of(interaction).guild, limit=PAGE + 1, before=before, about=about
    )
    return audit_card(client.reader(interaction), found, about=about, first=before is None)


def audit_card(
    reader: Reader, found: Sequence[AuditLine], *, about: UserId | None, first: bool
) -> Card:
    """A page, and a way to what came before if there is more than one page holds."""
    title = (
        reader.say("audit.title")
        if about is None
        else reader.say("audit.title.about", member=f"<@{about}>")
    )
    lines = fitting((audit_line(reader, line) for line in found[:PAGE]), _ROOM)
    shown = found[: len(lines)]
    return list_card(
        reader,
        title,
        lines,
        empty=reader.say("audit.none" if about is None else "audit.none.about"),
        buttons=_turning(reader, shown, about, first=first, more=len(found) > len(shown)),
    )


def _turning(
    reader: Reader, shown: Sequence[AuditLine], about: UserId | None, *, first: bool, more: bool
) -> "list[ui.Button[Any]]":
    whom = () if about is None else (about,)
    turning: list[ui.Button[Any]] = []
    if not first:
        turning.append(button(OLDER, 0, *whom, label=reader.say("members.jobs.latest")))
    if more:
        turning.append(button(OLDER, shown[-1].id, *whom, label=reader.say("members.jobs.older")))
    return turning


def listen(bot: Clapper) -> None:
    """To the buttons."""
    bot.on_press(OLDER, turn)
