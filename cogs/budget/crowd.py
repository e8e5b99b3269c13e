"""Whom a change for everybody reaches.

Rule: members are counted as Discord has told, for the bot asks for no list of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.cards import Card, Reader
from bot.domain.budget import Pool
from bot.domain.ids import RoleId
from bot.domain.money import Micros
from bot.domain.period import PeriodKind
from bot.domain.policy import Policy
from cogs._caller import Asked, caller_of
from cogs._decisions import change_card
from cogs.budget.amounts import amounts_button
from cogs.budget.words import per, pool_line

_MOST_ROLES: Final = 10


@dataclass(frozen=True, slots=True)
class Crowd:
    """Whom a change for everybody reaches, and what they have used."""

    members: int
    """As far as Discord has told; bots are among them."""
    roles: Mapping[RoleId, Micros]
    """With an amount of their own, the highest first."""
    persons: int
    """How many have one."""
    pool: Pool


async def crowd_of(interaction: Asked) -> Crowd:
    """Read once the change is made."""
    services, guild = interaction.client.services, caller_of(interaction).guild
    place, roles = interaction.guild, await services.policies.list_role_allowances(guild)
    return Crowd(
        (place and place.member_count) or 0,
        {it: amount for it, amount in roles.items() if place is None or place.get_role(it)},
        await services.policies.count_member_allowances(guild),
        await services.money.pool(guild, now=services.clock.now()),
    )


def allowance_card(reader: Reader, before: Policy, after: Policy, crowd: Crowd) -> Card:
    """What every member got, what they get, and who is not meant."""
    kind = after.allowance_period
    moved = ".moved" if before.allowance_period is not kind else ""
    notes = [
        reader.say(f"budget.allowance.once.{kind}"),
        reader.say("budget.allowance.nothing") if not after.allowance else "",
        reader.say("budget.allowance.all", count=crowd.members) if crowd.members else "",
        _roles_line(reader, crowd.roles, kind, moved=moved),
        _members_line(reader, crowd.persons, moved=moved),
        _beyond_pool(reader, after),
    ]
    return change_card(
        reader,
        reader.say("budget.allowance.title"),
        (
            per(reader, before.allowance, before.allowance_period),
            per(reader, after.allowance, kind),
        ),
        "\n".join(filter(None, notes)),
        pool_line(reader, crowd.pool),
        buttons=[amounts_button(reader)] if crowd.roles or crowd.persons else (),
    )


def _roles_line(
    reader: Reader, roles: Mapping[RoleId, Micros], kind: PeriodKind, *, moved: str
) -> str:
    """Which keep what they have. An amount of one's own has no period of its own."""
    if not roles:
        return ""
    said = [f"<@&{role}> {per(reader, amount, kind)}" for role, amount in roles.items()]
    left = len(said) - _MOST_ROLES
    if left > 0:
        said = [*said[:_MOST_ROLES], reader.say("card.more", count=left)]
    return reader.say(f"budget.allowance.roles{moved}", roles=said)


def _members_line(reader: Reader, persons: int, *, moved: str) -> str:
    return reader.say(f"budget.allowance.members{moved}", count=persons) if persons else ""


def _beyond_pool(reader: Reader, rules: Policy) -> str:
    """One member could spend all there is. Different lengths are not compared."""
    if rules.allowance_period is not rules.pool_period or rules.allowance <= rules.pool:
        return ""
    pool = per(reader, rules.pool, rules.pool_period)
    return reader.say("budget.allowance.beyond-pool", pool=pool)
