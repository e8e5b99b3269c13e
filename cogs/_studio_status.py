"""`/studio status`: the doctor, in Discord.

Rule: whatever is wrong comes with what to do about it, and what is well takes one line. A server that
may not spend hears its number, and nothing of the operator's money.
"""

from typing import Any, Final

from discord import app_commands, ui
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader, Tone, container, rule, small, text
from bot.domain.budget import Scope
from bot.domain.job import JobState
from bot.domain.policy import Policy
from cogs._answer import Answer
from cogs._caller import Asked, Caller, caller_of
from cogs._disk import look_at_disk
from cogs._studio_problems import Problem, list_problems

_ROOM: Final = 2600
"""Characters for problems; a message has room for 4,000."""


class Status(commands.Cog):
    """One command."""

    @app_commands.command(
        name=localised("commands.studio.status.name"),
        description=localised("commands.studio.status"),
    )
    async def status(self, interaction: Asked) -> None:
        """How everything stands."""
        answer = Answer(interaction)
        await answer.privately(await answer.patiently(status_card(interaction)))


async def status_card(interaction: Asked) -> Card:
    """As it is at this moment."""
    client = interaction.client
    reader, caller = client.reader(interaction), caller_of(interaction)
    rules = await client.services.policies.read(caller.guild)
    wrong = await list_problems(interaction, caller, rules)
    body: list[ui.Item[Any]] = [text(f"### {_title(reader, wrong)}", *_head(reader, wrong))]
    body += [text(each) for each in _shown(reader, wrong)]
    if caller.guild in client.services.allowed:
        body += [
            rule(),
            text(
                await _work(interaction, caller),
                _provider(interaction, reader),
                *await _money(interaction, caller),
                _places(reader, rules),
            ),
            text(small(await _beside(interaction, rules)), small(_prices(interaction))),
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


def _shown(reader: Reader, wrong: list[Problem]) -> list[str]:
    """As many as there is room for; the gravest come first."""
    lines, room = list[str](), _ROOM
    for problem in wrong:
        advice = reader.say("alerts.do", advice=problem.advice)
        line = "\n".join((f"**{problem.title}**", problem.meaning, advice))
        room -= len(line)
        if room < 0:
            lines.append(small(reader.say("card.more", count=len(wrong) - len(lines))))
            break
        lines.append(line)
    return lines


async def _work(interaction: Asked, caller: Caller) -> str:
    """What runs and what waits in this server."""
    client = interaction.client
    here = [it for it in await client.services.jobs.list_unfinished() if it.guild == caller.guild]
    waiting = sum(it.state is JobState.HELD for it in here)
    unknown = sum(it.state is JobState.UNKNOWN for it in here)
    reader = client.reader(interaction)
    said = reader.say("studio.status.jobs", running=len(here) - waiting, waiting=waiting)
    return f"{said} {reader.say('studio.status.unknown', count=unknown)}" if unknown else said


def _provider(interaction: Asked, reader: Reader) -> str:
    guard = interaction.client.services.studio.guard
    if guard.balance is None or guard.read_at is None:
        return reader.say("studio.status.provider.unread")
    key = "studio.status.play-money" if reader.rehearsal else "studio.status.provider"
    return reader.say(key, balance=guard.balance.micros, at=guard.read_at)


async def _money(interaction: Asked, caller: Caller) -> list[str]:
    client = interaction.client
    reader, money = client.reader(interaction), client.services.money
    now = client.services.clock.now()
    pool, caps = await money.pool(caller.guild, now=now), await money.caps_now(now=now)
    named = {"free": pool.free, "limit": pool.limit, "held": pool.held, "at": pool.period.ends_at}
    held = "studio.status.pool.held" if pool.held else "studio.status.pool"
    left = [
        reader.say(f"studio.status.cap.{name}", free=caps[scope].free, limit=caps[scope].limit)
        for scope, name in ((Scope.DAY, "day"), (Scope.MONTH, "month"))
        if scope in caps
    ]
    return [
        reader.say(held, **named),
        *([reader.say("studio.status.caps", left=left)] if left else []),
    ]


def _places(reader: Reader, rules: Policy) -> str:
    none = reader.say("studio.channel.none")
    return reader.say(
        "studio.status.places.anywhere" if rules.anywhere else "studio.status.places",
        videos=f"<#{rules.channel}>" if rules.channel else none,
        admins=f"<#{rules.admin_channel}>" if rules.admin_channel else none,
    )


async def _beside(interaction: Asked, rules: Policy) -> str:
    """What was looked at too."""
    client = interaction.client
    room = await look_at_disk(client)
    local = client.services.clock.now().astimezone(rules.zone)
    return client.reader(interaction).say(
        "studio.status.beside" if room else "studio.status.beside.no-disk",
        free=room.free_bytes if room else 0,
        zone=rules.zone_name,
        clock=f"{local:%H:%M}",
    )


def _prices(interaction: Asked) -> str:
    """Which price lists nobody has confirmed."""
    client = interaction.client
    reader, services = client.reader(interaction), client.services
    assumed = [
        model.title
        for key, model in services.models.items()
        if services.prices.get(key, model.prices).assumed
    ]
    if not assumed:
        return reader.say("studio.status.prices")
    return reader.say("studio.status.prices.assumed", models=assumed)
