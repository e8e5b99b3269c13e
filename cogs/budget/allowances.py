"""`/budget role` and `/budget member`: what some get in the place of what everybody gets.

Rule: an amount of one's own is ended with a word, for an amount of nothing means something else.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader
from bot.domain.budget import Funds
from bot.domain.errors import SorryError
from bot.domain.ids import RoleId, UserId
from bot.domain.money import Micros, parse_own_dollars
from bot.domain.policy import Policy
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._decisions import Amount, change_card
from cogs.budget.choices import own_amount_choices
from cogs.budget.target import funds_of, require_person
from cogs.budget.words import money_of, per


class Allowances(commands.Cog):
    """For roles and for persons."""

    @app_commands.command(
        name=localised("commands.budget.role.name"), description=localised("commands.budget.role")
    )
    @app_commands.describe(
        role=localised("commands.budget.role.role"), amount=localised("commands.budget.own-amount")
    )
    async def role(self, interaction: Asked, role: discord.Role, amount: Amount) -> None:
        """What a role gets."""
        await answer_with(interaction, _role(interaction, role, amount))

    @app_commands.command(
        name=localised("commands.budget.member.name"),
        description=localised("commands.budget.member"),
    )
    @app_commands.describe(
        member=localised("commands.budget.member.member"),
        amount=localised("commands.budget.own-amount"),
    )
    async def member(self, interaction: Asked, member: discord.User, amount: Amount) -> None:
        """What one person gets."""
        await answer_with(interaction, _member(interaction, member, amount))

    @role.autocomplete("amount")
    @member.autocomplete("amount")
    async def amounts(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """What was typed, and the word that ends an amount of one's own."""
        return await own_amount_choices(interaction, current)


async def _role(interaction: Asked, role: discord.Role, amount: str) -> Card:
    micros = parse_own_dollars(amount)
    if role.is_default():
        raise SorryError("budget.role.everyone")
    services, caller = interaction.client.services, caller_of(interaction)
    before = await services.policies.set_role_allowance(
        caller.guild, RoleId(role.id), micros, actor=caller.member, now=services.clock.now()
    )
    rules = await services.policies.read(caller.guild)
    return _role_card(interaction.client.reader(interaction), role.id, rules, (before, micros))


async def _member(interaction: Asked, member: discord.User, amount: str) -> Card:
    micros = parse_own_dollars(amount)
    require_person(member, may_be_gone=micros is None)
    services, caller = interaction.client.services, caller_of(interaction)
    was = await funds_of(interaction, member)
    before = await services.policies.set_member_allowance(
        caller.guild, UserId(member.id), micros, actor=caller.member, now=services.clock.now()
    )
    funds = was, await funds_of(interaction, member)
    return _member_card(interaction.client.reader(interaction), member.id, funds, (before, micros))


def _role_card(
    reader: Reader, role: int, rules: Policy, change: tuple[Micros | None, Micros | None]
) -> Card:
    kind = rules.allowance_period
    after = change[1]
    everybody = per(reader, rules.allowance, kind)
    notes = [reader.say("budget.role.once")]
    if after is None:
        notes.append(reader.say("budget.role.ended", everybody=everybody))
    else:
        notes.append(reader.say("budget.role.highest"))
        if after < rules.allowance:
            notes.append(reader.say("budget.role.less", everybody=everybody))
    said = [reader.say("budget.own.none") if it is None else per(reader, it, kind) for it in change]
    return change_card(
        reader,
        reader.say("budget.role.title", role=f"<@&{role}>"),
        (said[0], said[1]),
        "\n".join(notes),
    )


def _member_card(
    reader: Reader,
    member: int,
    funds: tuple[Funds, Funds],
    change: tuple[Micros | None, Micros | None],
) -> Card:
    kind = funds[1].period.kind
    said = [reader.say("budget.own.none") if it is None else per(reader, it, kind) for it in change]
    gets = per(reader, funds[1].allowance, kind)
    key = "budget.member.ended" if change[1] is None else "budget.member.overrides"
    return change_card(
        reader,
        reader.say("budget.member.title", member=f"<@{member}>"),
        (said[0], said[1]),
        money_of(reader, member, *funds),
        reader.say(key, gets=gets),
    )
