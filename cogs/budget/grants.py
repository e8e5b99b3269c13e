"""`/budget grant` and `/budget take`: money given once on top, and taken back.

Rule: nobody is written to. A member sees it in `/balance`; whoever wants to tell them does so.
"""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card
from bot.domain.expiry import parse_expiry
from bot.domain.ids import InteractionId, UserId
from bot.domain.money import parse_dollars, parse_dollars_or_all
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._decisions import Amount, Reason
from cogs.budget.choices import expiry_choices, take_choices
from cogs.budget.grant_cards import grant_card, take_card, warnings
from cogs.budget.target import funds_of, require_person

_LONGEST_MOMENT: Final = 40


class Grants(commands.Cog):
    """The two commands."""

    @app_commands.command(
        name=localised("commands.budget.grant.name"),
        description=localised("commands.budget.grant"),
    )
    @app_commands.describe(
        member=localised("commands.budget.member.member"),
        amount=localised("commands.budget.grant.amount"),
        expires=localised("commands.budget.grant.expires"),
        reason=localised("commands.budget.reason"),
    )
    async def grant(
        self,
        interaction: Asked,
        member: discord.User,
        amount: Amount,
        *,
        expires: app_commands.Range[str, 1, _LONGEST_MOMENT] | None = None,
        reason: Reason = "",
    ) -> None:
        """Once, on top."""
        given = _grant(interaction, member, amount, expires=expires, reason=reason)
        await answer_with(interaction, given)

    @app_commands.command(
        name=localised("commands.budget.take.name"), description=localised("commands.budget.take")
    )
    @app_commands.describe(
        member=localised("commands.budget.member.member"),
        amount=localised("commands.budget.take.amount"),
        reason=localised("commands.budget.reason"),
    )
    async def take(
        self, interaction: Asked, member: discord.User, amount: Amount, *, reason: Reason = ""
    ) -> None:
        """Back from what was granted."""
        await answer_with(interaction, _take(interaction, member, amount, reason=reason))

    @grant.autocomplete("expires")
    async def moments(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """What was typed as it is understood, and what is typical."""
        return await expiry_choices(interaction, current)

    @take.autocomplete("amount")
    async def amounts(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """All that can be taken."""
        return await take_choices(interaction, current)


async def _grant(
    interaction: Asked, member: discord.User, amount: str, *, expires: str | None, reason: str
) -> Card:
    micros = parse_dollars(amount)
    require_person(member)
    services, caller = interaction.client.services, caller_of(interaction)
    now = services.clock.now()
    zone = (await services.policies.read(caller.guild)).zone
    until = parse_expiry(expires, now=now, zone=zone) if expires else None
    before = await funds_of(interaction, member)
    grant = await services.money.grant(
        caller.guild,
        UserId(member.id),
        micros,
        actor=caller.member,
        reason=reason,
        expires_at=until,
        interaction=InteractionId(interaction.id),
        now=now,
    )
    funds = before, await funds_of(interaction, member)
    reader = interaction.client.reader(interaction)
    careful = warnings(
        reader,
        member.id,
        funds[1],
        await services.money.pool(caller.guild, now=now),
        blocked=await services.policies.is_blocked(caller.guild, UserId(member.id)),
    )
    return grant_card(reader, member.id, grant, funds, careful, reason=reason)


async def _take(interaction: Asked, member: discord.User, amount: str, *, reason: str) -> Card:
    micros = parse_dollars_or_all(amount)
    services, caller = interaction.client.services, caller_of(interaction)
    before = await funds_of(interaction, member)
    taken = await services.money.take(
        caller.guild,
        UserId(member.id),
        micros,
        actor=caller.member,
        reason=reason,
        interaction=InteractionId(interaction.id),
        now=services.clock.now(),
    )
    funds = before, await funds_of(interaction, member)
    reader = interaction.client.reader(interaction)
    return take_card(reader, member.id, taken, funds, reason=reason)
