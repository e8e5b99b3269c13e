"""`/studio status`: the doctor, in Discord.

Rule: whatever is wrong comes with what to do about it, and what is well takes one line. A server that
may not spend hears its number, and nothing of the operator's money.
"""

from typing import Any, Final

from discord import app_commands, ui
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Card, Press, Reader, Tone, container, row, rule, text
from cogs._admin import admin_of
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._pages import page_at, turning
from cogs._soon import soon
from cogs.studio.disk import look_at_disk
from cogs.studio.facts import list_facts, provider_line
from cogs.studio.problems import Problem, books_problem, list_problems

STATUS: Final = "status"
"""`clapper:status:START`: the problems from this one on."""
LONGEST_LOOK: Final = 10.0
"""Seconds. Who asks how the bot is must not wait for whatever keeps the bot waiting."""
_ROOM: Final = 2200
"""Characters for problems; a message has room for 4,000."""


class Status(commands.Cog):
    """One command."""

    @app_commands.command(
        name=localised("commands.studio.status.name"),
        description=localised("commands.studio.status"),
    )
    async def status(self, interaction: Asked) -> None:
        """How everything stands."""
        await answer_with(interaction, _in_time(interaction))


async def turn(interaction: Asked, press: Press) -> None:
    """More of what is wrong, as it is now."""
    await admin_of(interaction)
    await answer_with(interaction, _in_time(interaction, press.number), replaces=True)


async def _in_time(interaction: Asked, start: int = 0) -> Card:
    """The card, or that the books keep everybody waiting."""
    card = await soon(status_card(interaction, start), LONGEST_LOOK)
    if card is not None:
        return card
    client = interaction.client
    reader, allowed = client.reader(interaction), client.services.allowed
    facts = [text(provider_line(interaction))] if caller_of(interaction).guild in allowed else []
    return _card(reader, [books_problem(reader)], 0, [*facts])


async def status_card(interaction: Asked, start: int = 0) -> Card:
    """As it is at this moment, with the problems from one on."""
    client = interaction.client
    reader, caller = client.reader(interaction), caller_of(interaction)
    rules = await client.services.policies.read(caller.guild)
    room = await look_at_disk(client)
    wrong = await list_problems(interaction, caller, rules, room)
    facts = await list_facts(interaction, caller, rules, room)
    return _card(reader, wrong, start, facts)


def _card(reader: Reader, wrong: list[Problem], start: int, facts: "list[ui.Item[Any]]") -> Card:
    """What is wrong, a page of it; then how things stand."""
    page = page_at(wrong, start, lambda it: _line(reader, it), room=_ROOM)
    turns = row(*turning(reader, page, STATUS))
    body: list[ui.Item[Any] | None] = [
        text(f"### {_title(reader, wrong)}", *_head(reader, wrong)),
        *(text(line) for line in page.lines),
        turns,
        *([rule(), *facts] if facts else []),
    ]
    tone = Tone.CAREFUL if wrong else Tone.GOOD
    return Card(*_rehearsal(reader), container(*body, tone=tone))


def _rehearsal(reader: Reader) -> "list[ui.Item[Any]]":
    """Loudly: whoever takes it for the real thing waits for videos that nobody makes."""
    if not reader.rehearsal:
        return []
    title, meaning = reader.say("studio.rehearsal.title"), reader.say("studio.rehearsal")
    return [container(text(f"## {title}", meaning), tone=Tone.CAREFUL)]


def _title(reader: Reader, wrong: list[Problem]) -> str:
    return reader.say("studio.status.title.wrong" if wrong else "studio.status.title")


def _head(reader: Reader, wrong: list[Problem]) -> list[str]:
    if not wrong:
        return [f"**{reader.say('studio.status.well')}**"]
    return [reader.say("studio.status.wrong", count=len(wrong))]


def _line(reader: Reader, problem: Problem) -> str:
    advice = reader.say("alerts.do", advice=problem.advice)
    return "\n".join((f"**{problem.title}**", problem.meaning, advice))


def listen(bot: Clapper) -> None:
    """To the pages' buttons."""
    bot.on_press(STATUS, turn)
