"""What the waiting messages of jobs in line say at present, so that only a change is an edit.

Rule: losing it loses nothing; the next round writes each message once more.
"""

from dataclasses import dataclass

from bot.domain.money import Micros
from bot.service.line import Stand


@dataclass(frozen=True, slots=True)
class Said:
    """The last thing that was said."""

    stand: Stand
    rest: Micros | None
    """What its maker had left."""
