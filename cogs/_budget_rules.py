"""`/budget allowance` and `/budget server`: what every member gets, and what all share.

Rule: what was used already counts against the new amount, and the answer says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader
from bot.domain.budget import Caps, Pool
from bot.domain.money import parse_dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import Policy
from cogs._answer import Answer
from cogs._budget_words import LONGEST_AMOUNT, change_card, per, period_choices, pool_line
from cogs._caller import Asked, caller_of

Typed = app_commands.Range[str, 1, LONGEST_AMOUNT]


class Rules(commands.Cog):
    """For everybody at once."""

    @app_commands.command(
        name=localised("commands.budget.allowance.name"),
        description=localised("commands.budget.allowance"),
    )
    @app_commands.describe(
        amount=localised("commands.budget.allowance.amount"),
        period=localised("commands.budget.allowance.period"),
    )
    @app_commands.choices(period=period_choices())
    async def allowance(self, interaction: Asked, amount: Typed, period: str) -> None:
        """What every member gets."""
        micros, kind = parse_dollars(amount, allow_zero=True), PeriodKind(period)
        answer, reader = Answer(interaction), interaction.client.reader(interaction)
        rules = await answer.patiently(
            _change(
                interaction,
                lambda was: replace(was, allowance=micros, allowance_period=kind),
                act="allowance",
            )
        )
        crowd = await answer.patiently(_crowd(interaction))
        await answer.privately(_allowance_card(reader, *rules, crowd))

    @app_commands.command(
        name=localised("commands.budget.server.name"),
        description=localised("commands.budget.server"),
    )
    @app_commands.describe(
        amount=localised("commands.budget.server.amount"),
        period=localised("commands.budget.server.period"),
    )
    @app_commands.choices(period=period_choices())
    async def server(self, interaction: Asked, amount: Typed, period: str) -> None:
        """The pool that nobody together can exceed."""
        micros, kind = parse_dollars(amount, allow_zero=True), PeriodKind(period)
        answer, reader = Answer(interaction), interaction.client.reader(interaction)
        services, guild = interaction.client.services, caller_of(interaction).guild
        rules = await answer.patiently(
            _change(
                interaction, lambda was: replace(was, pool=micros, pool_period=kind), act="pool"
            )
        )
        pool = await answer.patiently(services.money.pool(guild, now=services.clock.now()))
        await answer.privately(_server_card(reader, *rules, pool, services.money.caps))


async def _change(
    interaction: Asked, changed: Callable[[Policy], Policy], *, act: str
) -> tuple[Policy, Policy]:
    """What the rules were, and what they are."""
    services, caller = interaction.client.services, caller_of(interaction)
    before = list[Policy]()

    def noted(was: Policy) -> Policy:
        before.append(was)
        return changed(was)

    after = await services.policies.change(
        caller.guild, noted, act=act, actor=caller.member, now=services.clock.now()
    )
    return before[-1], after


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Whom a change for everybody reaches, and what they have used."""

    members: int
    """As far as Discord has told; bots are among them."""
    roles: int
    """With an amount of their own."""
    persons: int
    """The same."""
    pool: Pool


async def _crowd(interaction: Asked) -> _Crowd:
    services, guild = interaction.client.services, caller_of(interaction).guild
    return _Crowd(
        (interaction.guild and interaction.guild.member_count) or 0,
        len(await services.policies.list_role_allowances(guild)),
        await services.policies.count_member_allowances(guild),
        await services.money.pool(guild, now=services.clock.now()),
    )


def _allowance_card(reader: Reader, before: Policy, after: Policy, crowd: _Crowd) -> Card:
    kind = after.allowance_period
    notes = [
        reader.say(f"budget.allowance.once.{kind}"),
        reader.say("budget.allowance.nothing") if not after.allowance else "",
        reader.say("budget.allowance.all", count=crowd.members) if crowd.members else "",
        reader.say("budget.allowance.roles", count=crowd.roles) if crowd.roles else "",
        reader.say("budget.allowance.members", count=crowd.persons) if crowd.persons else "",
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
    )


def _beyond_pool(reader: Reader, rules: Policy) -> str:
    """One member could spend all there is. Different lengths are not compared."""
    if rules.allowance_period is not rules.pool_period or rules.allowance <= rules.pool:
        return ""
    pool = per(reader, rules.pool, rules.pool_period)
    return reader.say("budget.allowance.beyond-pool", pool=pool)


def _server_card(reader: Reader, before: Policy, after: Policy, pool: Pool, caps: Caps) -> Card:
    notes = [
        reader.say("budget.server.nothing")
        if not after.pool
        else reader.say("budget.server.spent-up")
        if not pool.free
        else "",
        _caps_line(reader, after, caps),
    ]
    return change_card(
        reader,
        reader.say("budget.server.title"),
        (per(reader, before.pool, before.pool_period), per(reader, after.pool, after.pool_period)),
        pool_line(reader, pool),
        "\n".join(filter(None, (reader.say("budget.server.once"), *notes))),
    )


def _caps_line(reader: Reader, rules: Policy, caps: Caps) -> str:
    """The operator's caps are not the admins' to change."""
    daily = rules.pool_period is PeriodKind.DAY
    cap = caps.day if daily else caps.month
    if cap is None or rules.pool <= cap:
        return ""
    kind = PeriodKind.DAY if daily else PeriodKind.MONTH
    return reader.say("budget.server.cap", cap=per(reader, cap, kind))
