"""How things stand, for `/studio status`: what runs, what is left, what was looked at.

Rule: a server that may not spend hears none of it.
"""

from typing import Any

from discord import ui

from bot.cards import Reader, small, text
from bot.domain.budget import Scope
from bot.domain.job import JobState
from bot.domain.policy import Policy
from bot.domain.room import Room
from cogs._caller import Asked, Caller


async def list_facts(
    interaction: Asked, caller: Caller, rules: Policy, room: Room | None
) -> "list[ui.Item[Any]]":
    """Two paragraphs: what moves, and in small letters what stays."""
    client = interaction.client
    if caller.guild not in client.services.allowed:
        return []
    beside = (_beside(interaction, rules, room), _prices(interaction), _address(interaction))
    return [
        text(
            await _work(interaction, caller),
            provider_line(interaction),
            *await _money(interaction, caller),
            _places(client.reader(interaction), rules),
        ),
        text(*(small(line) for line in beside if line)),
    ]


async def _work(interaction: Asked, caller: Caller) -> str:
    """What runs and what waits in this server."""
    client = interaction.client
    counts = await client.services.jobs.count_unfinished(caller.guild)
    waiting, unknown = (counts.get(it, 0) for it in (JobState.HELD, JobState.UNKNOWN))
    reader, begun = client.reader(interaction), sum(counts.values()) - waiting
    said = reader.say("studio.status.jobs", running=begun, waiting=waiting)
    return f"{said} {reader.say('studio.status.unknown', count=unknown)}" if unknown else said


def provider_line(interaction: Asked) -> str:
    """As it was last heard of: nobody is asked now."""
    client = interaction.client
    reader, guard = client.reader(interaction), client.services.studio.guard
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


def _beside(interaction: Asked, rules: Policy, room: Room | None) -> str:
    """What was looked at too."""
    client = interaction.client
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


def _address(interaction: Asked) -> str:
    """What the bot does without an address of its own; nothing where it has one."""
    client = interaction.client
    if client.services.has_address:
        return ""
    return client.reader(interaction).say("studio.status.no-address")
