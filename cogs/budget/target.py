"""The person that an admin decides about.

Rule: Discord says who is still in the server, with this very command.
"""

import discord

from bot.domain.budget import Funds
from bot.domain.errors import SorryError
from bot.domain.ids import UserId
from cogs._caller import Asked, caller_of
from cogs._roles import roles_of


def require_person(member: discord.User | discord.Member, *, may_be_gone: bool = False) -> None:
    """Money is for members of this server who can order. Raises SorryError."""
    if member.bot:
        raise SorryError("budget.target.bot", member=f"<@{member.id}>")
    if not may_be_gone and not isinstance(member, discord.Member):
        raise SorryError("budget.target.gone", member=f"<@{member.id}>")


async def funds_of(interaction: Asked, member: discord.User | discord.Member) -> Funds:
    """What they have at this moment, by the roles that they have at this moment."""
    services, guild = interaction.client.services, caller_of(interaction).guild
    return await services.money.funds(
        guild, UserId(member.id), roles=roles_of(member), now=services.clock.now()
    )
