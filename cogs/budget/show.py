"""`/budget show`: a member's money, where it comes from, and their latest videos.

Rule: it says what `/balance` says to the member, for both ask the same function. Every page asks
anew, by the roles that the member has then.
"""

from typing import Any, Final

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import (
    Card,
    Press,
    Reader,
    Tone,
    button,
    container,
    link,
    rehearsal_line,
    row,
    rule,
    small,
    text,
)
from bot.domain.ids import JobNumber, UserId
from bot.domain.member_standing import MemberStanding
from cogs._admin import admin_of_allowed
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._grants import grant_button, grant_lines
from cogs._jobs_card import Page, job_words, page_of
from cogs._roles import roles_of
from cogs._sorry import SorryError
from cogs.budget.target import require_person
from cogs.budget.words import per, pool_line

MORE: Final = "member-jobs"
"""`clapper:member-jobs:MEMBER:JOB`: the page of their videos before this job; 0 is the latest."""
PAGE: Final = 5

Somebody = discord.User | discord.Member


class Shows(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.budget.show.name"), description=localised("commands.budget.show")
    )
    @app_commands.describe(member=localised("commands.budget.member.member"))
    async def show(self, interaction: Asked, member: discord.User) -> None:
        """Of anybody, even of somebody who has left."""
        require_person(member, may_be_gone=True)
        await answer_with(interaction, _card(interaction, member, None))


async def turn(interaction: Asked, press: Press) -> None:
    """Another page of their videos."""
    await admin_of_allowed(interaction)
    await answer_with(interaction, _turned(interaction, press), replaces=True)


async def _turned(interaction: Asked, press: Press) -> Card:
    member = await _somebody(interaction, press.number_at(0))
    return await _card(interaction, member, JobNumber(press.number_at(1)) or None)


async def _somebody(interaction: Asked, member: int) -> Somebody:
    """With the roles of this moment. Raises SorryError."""
    try:
        if interaction.guild is not None:
            return await interaction.guild.fetch_member(member)
    except discord.NotFound:
        pass  # has left
    try:
        return await interaction.client.fetch_user(member)
    except discord.NotFound:
        raise SorryError("budget.show.gone") from None


async def _card(interaction: Asked, member: Somebody, before: JobNumber | None) -> Card:
    client, guild = interaction.client, caller_of(interaction).guild
    services, whose = client.services, UserId(member.id)
    standing = await services.money.standing(
        guild, whose, roles=roles_of(member), now=services.clock.now()
    )
    page = await page_of(client, guild, whose, before=before, size=PAGE)
    return show_card(client.reader(interaction), member, standing, page)


def show_card(reader: Reader, member: Somebody, standing: MemberStanding, page: Page) -> Card:
    """Money first, then the videos."""
    funds = standing.funds
    here = isinstance(member, discord.Member)
    grants = grant_lines(reader, funds)
    return Card(
        container(
            text(
                f"### {reader.say('budget.show.title', member=f'<@{member.id}>')}",
                f"# {reader.say('members.balance.free', amount=funds.free)}",
            ),
            text(
                "" if here else reader.say("budget.show.left"),
                reader.say("budget.show.blocked") if standing.blocked else "",
                reader.say("members.balance.held", amount=funds.held) if funds.held else "",
                reader.say(f"members.balance.spent.{funds.period.kind}", amount=funds.spent),
                _origin(reader, standing),
            ),
            text(*grants) if grants else None,
            row(*grant_button(reader, member.id, funds)),
            text(small(pool_line(reader, standing.pool))),
            rule(),
            text(f"**{reader.say('budget.show.jobs')}**"),
            *_jobs(reader, page),
            text(rehearsal_line(reader)) if reader.rehearsal else None,
            row(*_turning(reader, member.id, page)),
            tone=Tone.CAREFUL if standing.blocked else Tone.PLAIN,
        )
    )


def _origin(reader: Reader, standing: MemberStanding) -> str:
    funds = standing.funds
    return reader.say(
        f"budget.show.origin.{standing.origin}",
        gets=per(reader, funds.allowance, funds.period.kind),
        free=funds.allowance_free,
        role=f"<@&{standing.role}>",
        at=funds.period.ends_at,
    )


def _jobs(reader: Reader, page: Page) -> "list[ui.Item[Any]]":
    if not page.lines:
        return [text(reader.say("budget.show.none"))]
    shown: list[ui.Item[Any]] = []
    for line in page.lines:
        words = job_words(reader, line)
        if line.url is None:
            shown.append(text(words))
        else:
            side = link(line.url, label=reader.say("members.jobs.open"))
            shown.append(ui.Section[Any](words, accessory=side))
    return shown


def _turning(reader: Reader, member: int, page: Page) -> "list[ui.Button[Any]]":
    turning: list[ui.Button[Any]] = []
    if not page.first:
        turning.append(button(MORE, member, 0, label=reader.say("members.jobs.latest")))
    if page.older is not None:
        turning.append(button(MORE, member, page.older, label=reader.say("members.jobs.older")))
    return turning


def listen(bot: Clapper) -> None:
    """To the buttons."""
    bot.on_press(MORE, turn)
