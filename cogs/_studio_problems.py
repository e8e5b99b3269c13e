"""What is wrong in a server, for `/studio status`: found now, told with its remedy.

Rule: a trouble that admins are warned of is told in the words of its alert; this finds the rest.
What concerns the operator or other servers is told to servers that may spend, and to no other.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.cards import Reader, alert_lines, quote
from bot.domain.alert import AlertKind
from bot.domain.budget import Scope
from bot.domain.finding import Verdict
from bot.domain.policy import Policy
from bot.domain.room import judge
from cogs._budget_words import LONGEST_REASON
from cogs._caller import Asked, Caller
from cogs._disk import look_at_disk

LONGEST_SILENCE: Final = timedelta(minutes=1)
"""Of the watcher."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that somebody has to do something about."""

    title: str
    meaning: str
    advice: str


async def list_problems(interaction: Asked, caller: Caller, rules: Policy) -> list[Problem]:
    """The gravest first."""
    client = interaction.client
    reader = client.reader(interaction)
    if caller.guild not in client.services.allowed:
        return [_problem(reader, "server", server=caller.guild)]
    return [
        *_of_work(interaction, reader),
        *[it async for it in _of_disk(interaction)],
        *[it async for it in _of_channels(interaction, caller, rules)],
        *[it async for it in _of_troubles(interaction, caller)],
        *[it async for it in _of_caps(interaction)],
        *[it async for it in _of_rules(interaction, caller, rules)],
    ]


def _problem(reader: Reader, name: str, **facts: object) -> Problem:
    key = f"studio.problem.{name}"
    return Problem(
        reader.say(f"{key}.title", **facts),
        reader.say(key, **facts),
        reader.say(f"{key}.do", **facts),
    )


def _of_work(interaction: Asked, reader: Reader) -> Iterator[Problem]:
    """Whatever happens by itself."""
    client = interaction.client
    services = client.services
    ticked_at = services.studio.watch.ticked_at
    if ticked_at is None or services.clock.now() - ticked_at > LONGEST_SILENCE:
        yield _problem(reader, "watch")
    silent_since = services.studio.guard.silent_since
    if silent_since is not None:
        yield _problem(reader, "silence", at=silent_since)
    if not client.commands_current:
        yield _problem(reader, "commands")


async def _of_channels(interaction: Asked, caller: Caller, rules: Policy) -> AsyncIterator[Problem]:
    client = interaction.client
    reader = client.reader(interaction)
    for name, channel in (("channel", rules.channel), ("admin-channel", rules.admin_channel)):
        if channel is None:
            yield _problem(reader, f"no-{name}")
            continue
        access = await client.access_to(caller.guild, channel)
        if access is not None and access.gone:
            yield _problem(reader, f"{name}-gone")
        elif access is not None and access.missing:
            names = [reader.name("permission", it) for it in access.missing]
            shown = {"channel": f"<#{channel}>", "permissions": names}
            yield _problem(reader, f"{name}-closed", **shown)


async def _of_rules(interaction: Asked, caller: Caller, rules: Policy) -> AsyncIterator[Problem]:
    if not rules.paused:
        return
    reader, policies = interaction.client.reader(interaction), interaction.client.services.policies
    problem, pause = _problem(reader, "paused"), await policies.find_pause(caller.guild)
    if pause is not None:
        by = reader.say("studio.pause.by", actor=f"<@{pause.actor}>", at=pause.at)
        reason = quote(pause.reason, LONGEST_REASON) if pause.reason else ""
        lines = filter(None, (by, problem.meaning, reason))
        problem = replace(problem, meaning="\n".join(lines))
    yield problem


async def _of_troubles(interaction: Asked, caller: Caller) -> AsyncIterator[Problem]:
    """What the admin channel is warned of, as it is now."""
    reader = interaction.client.reader(interaction)
    for trouble in await interaction.client.services.troubles.look(caller.guild):
        if trouble.kind is not AlertKind.CHANNEL_CLOSED:  # told above, and more exactly
            yield Problem(*alert_lines(reader, trouble.kind, trouble.facts))


async def _of_caps(interaction: Asked) -> AsyncIterator[Problem]:
    """The operator's, over all servers."""
    reader, services = interaction.client.reader(interaction), interaction.client.services
    caps = await services.money.caps_now(now=services.clock.now())
    for scope, name in ((Scope.DAY, "day"), (Scope.MONTH, "month")):
        cap = caps.get(scope)
        if cap is not None and cap.free < services.troubles.cheapest:
            yield _problem(reader, f"cap-{name}", limit=cap.limit, at=cap.period.ends_at)


async def _of_disk(interaction: Asked) -> AsyncIterator[Problem]:
    reader = interaction.client.reader(interaction)
    room = await look_at_disk(interaction.client)
    if room is None:
        yield _problem(reader, "disk-silent")
    elif not room.writable:
        yield _problem(reader, "disk-closed")
    elif (verdict := judge(room.free_bytes)) is not Verdict.OK:
        name = "disk-full" if verdict is Verdict.BROKEN else "disk"
        yield _problem(reader, name, free=room.free_bytes)
