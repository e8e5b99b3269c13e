"""Which roles somebody has.

Rule: as Discord sent them with this very member. `Member.roles` leaves out those that the library has
not heard of yet, and money may hang on them.
"""

from collections.abc import Iterable

import discord

from bot.domain.ids import RoleId


def roles_of(member: discord.User | discord.Member) -> frozenset[RoleId]:
    """With the one that everybody has; none of somebody who left."""
    if not isinstance(member, discord.Member):
        return frozenset()
    sent: Iterable[int] = member._roles  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - see above
    return frozenset({RoleId(member.guild.id), *map(RoleId, sent)})
