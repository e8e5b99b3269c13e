"""`/budget grant` and `/budget take`: money given once on top, and taken back.

Rule: nobody is written to. A member sees it in `/balance`; whoever wants to tell them does so.
"""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import Card, Reader, Tone, notice_card, quote
from bot.domain.budget import Funds, Grant, Pool, Taken
from bot.domain.expiry import parse_expiry
from bot.domain.ids import UserId
from bot.domain.money import parse_dollars, parse_dollars_or_all
from cogs._answer import Answer
from cogs._budget_choices import expiry_choices, take_choices
from cogs._budget_target import funds_of, require_person
from cogs._budget_words import LONGEST_AMOUNT, LONGEST_REASON, money_of
from cogs._caller import Asked, caller_of

_LONGEST_MOMENT: Final = 40
Typed = app_commands.Range[str, 1, LONGEST_AMOUNT]
Reason = app_commands.Range[str, 1, LONGEST_REASON]


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
        amount: Typed,
        *,
        expires: app_commands.Range[str, 1, _LONGEST_MOMENT] | None = None,
        reason: Reason = "",
    ) -> None:
        """Once, on top."""
        micros = parse_dollars(amount)
        require_person(member)
        services, caller = interaction.client.services, caller_of(interaction)
        answer, now = Answer(interaction), services.clock.now()
        rules = await answer.patiently(services.policies.read(caller.guild))
        until = parse_expiry(expires, now=now, zone=rules.zone) if expires else None
        before = await answer.patiently(funds_of(interaction, member))
        grant = await answer.patiently(
            services.money.grant(
                caller.guild,
                UserId(member.id),
                micros,
                actor=caller.member,
                reason=reason,
                expires_at=until,
                now=now,
            )
        )
        funds = before, await answer.patiently(funds_of(interaction, member))
        pool = await answer.patiently(services.money.pool(caller.guild, now=now))
        blocked = await answer.patiently(
            services.policies.is_blocked(caller.guild, UserId(member.id))
        )
        reader = interaction.client.reader(interaction)
        careful = _warnings(reader, member.id, funds[1], pool, blocked=blocked)
        await answer.privately(_grant_card(reader, member.id, grant, funds, careful, reason=reason))

    @app_commands.command(
        name=localised("commands.budget.take.name"), description=localised("commands.budget.take")
    )
    @app_commands.describe(
        member=localised("commands.budget.member.member"),
        amount=localised("commands.budget.take.amount"),
        reason=localised("commands.budget.reason"),
    )
    async def take(
        self, interaction: Asked, member: discord.User, amount: Typed, *, reason: Reason = ""
    ) -> None:
        """Back from what was granted."""
        micros = parse_dollars_or_all(amount)
        services, caller = interaction.client.services, caller_of(interaction)
        answer, now = Answer(interaction), services.clock.now()
        before = await answer.patiently(funds_of(interaction, member))
        taken = await answer.patiently(
            services.money.take(
                caller.guild,
                UserId(member.id),
                micros,
                actor=caller.member,
                reason=reason,
                now=now,
            )
        )
        funds = before, await answer.patiently(funds_of(interaction, member))
        reader = interaction.client.reader(interaction)
        await answer.privately(_take_card(reader, member.id, taken, funds, reason=reason))

    @grant.autocomplete("expires")
    async def moments(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """What was typed as it is understood, and what is typical."""
        return await expiry_choices(interaction, current)

    @take.autocomplete("amount")
    async def amounts(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """All that can be taken."""
        return await take_choices(interaction, current)


def _warnings(reader: Reader, member: int, funds: Funds, pool: Pool, *, blocked: bool) -> list[str]:
    """Why not all of it can be spent."""
    found: list[str] = []
    if blocked:
        found.append(reader.say("budget.grant.blocked", member=f"<@{member}>"))
    if pool.free < funds.free:
        found.append(reader.say("budget.grant.pool", free=pool.free, at=pool.period.ends_at))
    return found


def _grant_card(
    reader: Reader,
    member: int,
    grant: Grant,
    funds: tuple[Funds, Funds],
    careful: list[str],
    *,
    reason: str,
) -> Card:
    key = "budget.grant.lasts" if grant.expires_at is None else "budget.grant.until"
    return notice_card(
        reader.say("budget.grant.title"),
        "\n".join(
            (
                reader.say("budget.grant.given", member=f"<@{member}>", amount=grant.given),
                reader.say(key, id=grant.account, at=grant.expires_at),
            )
        ),
        _because(reader, reason),
        money_of(reader, member, *funds),
        "\n".join(careful),
        tone=Tone.CAREFUL if careful else Tone.GOOD,
        footer=reader.say("budget.quiet"),
    )


def _take_card(
    reader: Reader, member: int, taken: Taken, funds: tuple[Funds, Funds], *, reason: str
) -> Card:
    key = "taken" if taken.done else "less" if taken.there else "none"
    said = reader.say(
        f"budget.take.{key}", member=f"<@{member}>", amount=taken.amount, there=taken.there
    )
    return notice_card(
        reader.say("budget.take.title" if taken.done else "budget.take.not"),
        said,
        _because(reader, reason) if taken.done else "",
        money_of(reader, member, *funds),
        tone=Tone.GOOD if taken.done else Tone.CAREFUL,
        footer=reader.say("budget.quiet" if taken.done else "budget.take.granted-only"),
    )


def _because(reader: Reader, reason: str) -> str:
    return f"{reader.say('budget.reason')}\n{quote(reason, LONGEST_REASON * 2)}" if reason else ""
