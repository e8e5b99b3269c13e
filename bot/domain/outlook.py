"""What an order would meet at this moment, looked at without holding anything.

Rule: a look promises nothing. Whether the money is there is decided when it is held.
"""

from dataclasses import dataclass

from bot.domain.budget import Refused
from bot.domain.money import Micros
from bot.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Outlook:
    """How things stand for one member and one price."""

    policy: Policy
    free: Micros
    """What the member can spend."""
    affordable: Micros
    """The dearest video that every scope could bear and the server allows."""
    refused: Refused | None
    """Why the order would be refused, if it would."""
