"""How one member stands: what an admin wants to know before deciding about them.

Rule: it is read by the functions that hold money and tell balances, so that no two answers differ.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.budget import Funds, Pool
from bot.domain.ids import RoleId
from bot.domain.money import Micros


class Origin(StrEnum):
    """Where an allowance comes from."""

    OWN = "own"
    """It was given to this member by name."""
    ROLE = "role"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """One member, at one moment."""

    funds: Funds
    pool: Pool
    origin: Origin
    role: RoleId | None
    """The one that decides, where one does."""
    blocked: bool


def origin_of(
    roles: Iterable[RoleId], *, personal: Micros | None, by_role: Mapping[RoleId, Micros]
) -> tuple[Origin, RoleId | None]:
    """Which of all amounts `allowance_of` takes. Of equal roles it is the one with the lower id."""
    if personal is not None:
        return Origin.OWN, None
    theirs = [role for role in roles if role in by_role]
    if not theirs:
        return Origin.EVERYBODY, None
    return Origin.ROLE, min(theirs, key=lambda role: (-by_role[role], role))
