"""`/budget allowance` and `/budget server`: what every member gets, and what all share.

Rule: what was used already counts against the new amount, and the answer says so.
"""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader
from bot.domain.budget import Caps, Pool
from bot.domain.money import parse_dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import Policy
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._decisions import Amount, change_card, change_rules
from cogs.budget.crowd import allowance_card, crowd_of
from cogs.budget.words import per, period_choices, pool_line


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
    async def allowance(self, interaction: Asked, amount: Amount, period: str) -> None:
        """What every member gets."""
        decided = _allowance(interaction, amount, PeriodKind(period))
        await answer_with(interaction, decided)

    @app_commands.command(
        name=localised("commands.budget.server.name"),
        description=localised("commands.budget.server"),
    )
    @app_commands.describe(
        amount=localised("commands.budget.server.amount"),
        period=localised("commands.budget.server.period"),
    )
    @app_commands.choices(period=period_choices())
    async def server(self, interaction: Asked, amount: Amount, period: str) -> None:
        """The pool that nobody together can exceed."""
        decided = _server(interaction, amount, PeriodKind(period))
        await answer_with(interaction, decided)


async def _allowance(interaction: Asked, amount: str, kind: PeriodKind) -> Card:
    micros = parse_dollars(amount, allow_zero=True)
    rules = await change_rules(
        interaction,
        lambda was: replace(was, allowance=micros, allowance_period=kind),
        act="allowance",
    )
    crowd = await crowd_of(interaction)
    return allowance_card(interaction.client.reader(interaction), *rules, crowd)


async def _server(interaction: Asked, amount: str, kind: PeriodKind) -> Card:
    micros = parse_dollars(amount, allow_zero=True)
    rules = await change_rules(
        interaction, lambda was: replace(was, pool=micros, pool_period=kind), act="pool"
    )
    money, guild = interaction.client.services.money, caller_of(interaction).guild
    pool = await money.pool(guild, now=interaction.client.services.clock.now())
    return _server_card(interaction.client.reader(interaction), *rules, pool, money.caps)


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
