"""`/studio status`: the doctor, in Discord.

Rule: whatever is wrong comes with what to do about it, and what is well takes one line.
"""

from collections.abc import Iterator, Mapping

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader, Tone, container, rehearsal_line, rule, small, text
from bot.domain.budget import Scope
from bot.domain.job import JobState
from bot.domain.money import Micros
from bot.domain.policy import Policy
from cogs._answer import Answer
from cogs._caller import Asked, Caller, caller_of
from cogs._permissions import missing_rights

_LITTLE_SPACE = 1_000_000_000
"""Bytes: some days of clips."""
_Problem = tuple[str, Mapping[str, object]]
"""What it is called in the catalogue, and its facts."""


class Status(commands.Cog):
    """One command."""

    @app_commands.command(
        name=localised("commands.studio.status.name"),
        description=localised("commands.studio.status"),
    )
    async def status(self, interaction: Asked) -> None:
        """How everything stands."""
        answer = Answer(interaction)
        await answer.privately(await answer.patiently(_status(interaction)))


async def _status(interaction: Asked) -> Card:
    reader, caller = interaction.client.reader(interaction), caller_of(interaction)
    rules = await interaction.client.services.policies.read(caller.guild)
    wrong = await _problems(interaction, caller, rules)
    head = reader.say("studio.status.well") if not wrong else reader.say("studio.status.wrong")
    return Card(
        container(
            text(f"### {reader.say('studio.status.title')}", f"**{head}**"),
            *([text("\n".join(wrong))] if wrong else []),
            rule(),
            text(*await _work(interaction, caller)),
            text(*await _money(interaction, caller)),
            rule(),
            text(*_places(reader, rules)),
            text(small(_prices(interaction)), rehearsal_line(reader)),
            tone=Tone.CAREFUL if wrong else Tone.GOOD,
        )
    )


async def _problems(interaction: Asked, caller: Caller, rules: Policy) -> list[str]:
    """Whatever somebody has to do something about, the gravest first."""
    reader = interaction.client.reader(interaction)
    return [
        f"- {reader.say(f'studio.problem.{name}', **facts)}"
        for name, facts in (
            *_closed(interaction, caller, rules),
            *_closed_channels(interaction, caller, rules),
            *_machine(interaction),
            *await _jobs(interaction, caller),
        )
    ]


def _closed(interaction: Asked, caller: Caller, rules: Policy) -> Iterator[_Problem]:
    services = interaction.client.services
    if caller.guild not in services.allowed:
        yield "server", {"server": caller.guild}
    stop = services.studio.guard.stop
    if stop is not None:
        yield f"stop.{stop}", {}
    if rules.paused:
        yield "paused", {}


def _closed_channels(interaction: Asked, caller: Caller, rules: Policy) -> Iterator[_Problem]:
    client = interaction.client
    reader = client.reader(interaction)
    if rules.channel is None:
        yield "no-channel", {}
    if rules.admin_channel is None:
        yield "no-admin-channel", {}
    for channel in filter(None, (rules.channel, rules.admin_channel)):
        missing = missing_rights(client, caller.guild, channel)
        if missing:
            names = [reader.name("permission", name) for name in missing]
            yield "permissions", {"channel": f"<#{channel}>", "permissions": names}


def _machine(interaction: Asked) -> Iterator[_Problem]:
    client = interaction.client
    if not client.commands_current:
        yield "commands", {}
    free = client.services.free_bytes()
    if free < _LITTLE_SPACE:
        yield "disk", {"free": free}


async def _jobs(interaction: Asked, caller: Caller) -> list[_Problem]:
    services, found = interaction.client.services, list[_Problem]()
    here = [job for job in await services.jobs.list_unfinished() if job.guild == caller.guild]
    unknown = sum(job.state is JobState.UNKNOWN for job in here)
    if unknown:
        found.append(("unknown", {"count": unknown}))
    pool = await services.money.pool(caller.guild, now=services.clock.now())
    if pool.free <= 0:
        found.append(("pool", {"at": pool.period.ends_at}))
    return found


async def _work(interaction: Asked, caller: Caller) -> list[str]:
    """What runs and what waits in this server, and how the provider is."""
    client = interaction.client
    reader, services = client.reader(interaction), client.services
    running = await services.jobs.list_at_provider()
    here = sum(guild == caller.guild for guild, _ in running.values())
    waiting = sum(it.guild == caller.guild for it in await services.jobs.list_waiting())
    guard = services.studio.guard
    lines = [reader.say("studio.status.jobs", running=here, waiting=waiting)]
    if guard.balance is None:
        lines.append(reader.say("studio.status.provider.unread"))
    else:
        lines.append(reader.say("studio.status.provider", balance=Micros(guard.balance.micros)))
    return lines


async def _money(interaction: Asked, caller: Caller) -> list[str]:
    client = interaction.client
    reader, services = client.reader(interaction), client.services
    now = services.clock.now()
    pool = await services.money.pool(caller.guild, now=now)
    caps = await services.money.caps_now(now=now)
    lines = [
        reader.say(
            "studio.status.pool",
            free=pool.free,
            limit=pool.limit,
            held=pool.held,
            at=pool.period.ends_at,
        )
    ]
    for scope, key in ((Scope.DAY, "day"), (Scope.MONTH, "month")):
        cap = caps.get(scope)
        if cap is not None:
            lines.append(reader.say(f"studio.status.cap.{key}", free=cap.free, limit=cap.limit))
    return lines


def _places(reader: Reader, rules: Policy) -> list[str]:
    none = reader.say("studio.channel.none")
    return [
        reader.say(
            "studio.status.places",
            videos=f"<#{rules.channel}>" if rules.channel else none,
            admins=f"<#{rules.admin_channel}>" if rules.admin_channel else none,
        ),
        reader.say("studio.anywhere.yes" if rules.anywhere else "studio.anywhere.no"),
        reader.say("studio.status.zone", zone=rules.zone_name),
    ]


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
