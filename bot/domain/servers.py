"""Which servers the operator lets spend.

Rule: a server that is not named spends nothing.
"""

from dataclasses import dataclass
from typing import Final, Self

from bot.domain.ids import GuildId

_LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class AllowedServers:
    """Ask it with `in`."""

    ids: frozenset[GuildId] = frozenset()
    every: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """`*`, or ids with commas or blanks between them. Raises ValueError."""
        if text.strip() == "*":
            return cls(every=True)
        return cls(frozenset(map(_parse_id, text.replace(",", " ").split())))

    def __contains__(self, guild: GuildId) -> bool:
        """May this server spend?"""
        return self.every or guild in self.ids


def _parse_id(text: str) -> GuildId:
    if text.isascii() and text.isdigit() and 0 < int(text) <= _LARGEST_ID:
        return GuildId(int(text))
    raise ValueError("must be server ids with commas between them, or a single *")
