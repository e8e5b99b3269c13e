"""Room for the books and for clips.

Rule: whoever looks at the disk judges it by these figures: the doctor, and `/studio status`.
"""

from dataclasses import dataclass
from typing import Final

from bot.domain.finding import Verdict

_MEGABYTE: Final = 1_000_000
SPACE_TO_WORK: Final = 100 * _MEGABYTE
"""Room for the books and one clip."""
SPACE_TO_REST: Final = 1000 * _MEGABYTE
"""Room for some days of clips."""


@dataclass(frozen=True, slots=True)
class Room:
    """How the disk of the data folder is."""

    free_bytes: int
    writable: bool


def judge(free_bytes: int) -> Verdict:
    """Is this much enough?"""
    if free_bytes < SPACE_TO_WORK:
        return Verdict.BROKEN
    return Verdict.WARNING if free_bytes < SPACE_TO_REST else Verdict.OK
