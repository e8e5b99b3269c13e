"""Gives a charge back: what `/budget refund` and the button on *Details* share.

Rule: the member gets it back, the server's pool and the operator's caps do not, for the provider was
paid; and each answer says so.
"""

from contextlib import suppress
from typing import Final

import discord

from bot.cards import Card, Reader, Tone, notice_card
from bot.domain.budget import Funds, NotRefunded, Refund, Returned
from bot.domain.errors import SorryError
from bot.domain.ids import GuildId, JobNumber
from cogs._admin import admin_of_allowed
from cogs._caller import Asked
from cogs._roles import roles_of

_MOST_MESSAGES: Final = 5
"""Of one video: it may have been shown again."""


async def refund_job(interaction: Asked, number: int, *, reason: str = "") -> Card:
    """The card for the admin. Raises SorryError: who asks may not, or there is nothing to give back.

    The video's own message is not touched yet: `show_refunded` does that once this was answered.
    """
    caller = await admin_of_allowed(interaction)
    services = interaction.client.services
    refund = await services.money.refund(
        caller.guild,
        JobNumber(number),
        actor=caller.member,
        reason=reason,
        now=services.clock.now(),
    )
    if isinstance(refund, NotRefunded):
        raise SorryError(f"refund.not.{refund}", number=number)
    funds = await _funds(interaction, refund)
    return _refund_card(interaction.client.reader(interaction), refund, funds)


async def show_refunded(interaction: Asked, number: int) -> None:
    """Lets the video's messages say it, once an admin has read so, as far as they can be reached.

    Only those that the books know: one that is being posted at this moment is marked when it is
    written down (`service/tell.py`).
    """
    client, guild = interaction.client, GuildId(interaction.guild_id or 0)
    for receipt in (await client.services.jobs.list_told(JobNumber(number)))[:_MOST_MESSAGES]:
        await client.mark_refunded(guild, receipt)


async def _funds(interaction: Asked, refund: Refund) -> Funds | None:
    """Of the maker, whose roles only Discord knows. None where they have left, or it does not say."""
    guild, services = interaction.guild, interaction.client.services
    if guild is None:
        return None
    with suppress(discord.HTTPException):
        member = await guild.fetch_member(refund.member)
        roles = roles_of(member)
        return await services.money.funds(
            GuildId(guild.id), refund.member, roles=roles, now=services.clock.now()
        )
    return None


def _refund_card(reader: Reader, refund: Refund, funds: Funds | None) -> Card:
    member = f"<@{refund.member}>"
    lost = refund.amount - refund.usable
    return notice_card(
        reader.say("refund.title", number=refund.job),
        "\n".join(
            (
                reader.say("refund.given", member=member, amount=refund.amount),
                *(f"- {_part(reader, part)}" for part in refund.parts),
            )
        ),
        "\n".join(
            (
                reader.say("refund.some" if lost else "refund.all", usable=refund.usable),
                *([reader.say("refund.free", member=member, free=funds.free)] if funds else []),
            )
        ),
        tone=Tone.GOOD if not lost else Tone.CAREFUL,
        footer=reader.say("refund.pool"),
    )


def _part(reader: Reader, part: Returned) -> str:
    if part.grant:
        ended = "until" if part.expires_at else "lasting"
        key = f"refund.part.grant.{ended if part.usable else 'over'}"
    else:
        key = f"refund.part.allowance.{'now' if part.usable else 'over'}"
    return reader.say(key, amount=part.amount, at=part.expires_at)
