"""What is wrong in a server, for `/studio status`: found now, told with its remedy.

Rule: a trouble that admins are warned of is told in the words of its alert; this finds the rest.
What concerns the operator or other servers is told to servers that may spend, and to no other.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.cards import Reader, alert_lines, quote
from bot.domain.budget import Scope
from bot.domain.finding import Verdict
from bot.domain.policy import Policy
from bot.domain.room import Room, judge
from cogs._caller import Asked, Caller
from cogs._decisions import LONGEST_REASON
from cogs._soon import soon

LONGEST_SILENCE: Final = timedelta(minutes=1)
"""Of the watcher."""
LONGEST_QUESTION: Final = 2.0
"""Seconds for Discord to say what the bot may do in a channel, or which commands it has."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that somebody has to do something about."""

    title: str
    meaning: str
    advice: str


def books_problem(reader: Reader) -> Problem:
    """Nobody can read how the server stands."""
    return _problem(reader, "books-silent")


async def list_problems(
    interaction: Asked, caller: Caller, rules: Policy, room: Room | None
) -> list[Problem]:
    """The gravest first. `room`: how the disk is, if it says so."""
    client = interaction.client
    reader = client.reader(interaction)
    if caller.guild not in client.services.allowed:
        return [_problem(reader, "server", server=caller.guild)]
    return [
        *[it async for it in _of_work(interaction, reader)],
        *_of_disk(reader, room),
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


async def _of_work(interaction: Asked, reader: Reader) -> AsyncIterator[Problem]:
    """Whatever happens by itself."""
    client = interaction.client
    services = client.services
    ticked_at = services.studio.watch.ticked_at
    if ticked_at is None or services.clock.now() - ticked_at > LONGEST_SILENCE:
        yield _problem(reader, "watch")
    silent_since = services.studio.guard.silent_since
    if silent_since is not None:
        yield _problem(reader, "silence", at=silent_since)
    if await soon(client.has_commands(), LONGEST_QUESTION) is False:
        yield _problem(reader, "commands")


async def _of_channels(interaction: Asked, caller: Caller, rules: Policy) -> AsyncIterator[Problem]:
    reader = interaction.client.reader(interaction)
    for name, channel in (("channel", rules.channel), ("admin-channel", rules.admin_channel)):
        if channel is None:
            yield _problem(reader, f"no-{name}")
            continue
        asked = interaction.client.access_to(caller.guild, channel)
        access = await soon(asked, LONGEST_QUESTION)
        if access is None:
            yield _problem(reader, f"{name}-unsure", channel=f"<#{channel}>")
        elif access.gone:
            yield _problem(reader, f"{name}-gone")
        elif access.missing:
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
    for trouble in await interaction.client.services.troubles.look_in_books(caller.guild):
        yield Problem(*alert_lines(reader, trouble.kind, trouble.facts))


async def _of_caps(interaction: Asked) -> AsyncIterator[Problem]:
    """The operator's, over all servers."""
    reader, services = interaction.client.reader(interaction), interaction.client.services
    caps = await services.money.caps_now(now=services.clock.now())
    for scope, name in ((Scope.DAY, "day"), (Scope.MONTH, "month")):
        cap = caps.get(scope)
        if cap is not None and cap.free < services.troubles.cheapest:
            yield _problem(reader, f"cap-{name}", limit=cap.limit, at=cap.period.ends_at)


def _of_disk(reader: Reader, room: Room | None) -> Iterator[Problem]:
    if room is None:
        yield _problem(reader, "disk-silent")
    elif not room.writable:
        yield _problem(reader, "disk-closed")
    elif (verdict := judge(room.free_bytes)) is not Verdict.OK:
        name = "disk-full" if verdict is Verdict.BROKEN else "disk"
        yield _problem(reader, name, free=room.free_bytes)
