"""Three things to try, ticked off when they have really happened.

Rule: a tick is read from the books and from what Discord saw; nobody is taken at their word.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from bot.adapters.sqlite.glance import Entry
from bot.cards import parse
from bot.domain.ids import InteractionId, JobNumber
from bot.domain.job import UNFINISHED_STATES, JobState

OFFER: Final = "offer"
"""What the buttons of cheaper videos are called."""
_AT_WORK: Final = UNFINISHED_STATES - {JobState.HELD}


class Step(StrEnum):
    """What a newcomer may try."""

    VIDEO = "video"
    """Make a video."""
    OFFER = "offer"
    """Run into the budget and take what is cheaper."""
    KILL = "kill"
    """Kill the bot in the middle of a job, and see the video arrive once."""


class Guide:
    """Which steps were done."""

    def __init__(self, pressed: Callable[[InteractionId], str | None]) -> None:
        """`pressed` tells the custom id of the button behind an interaction."""
        self.done: set[Step] = set()
        self.interrupted: set[JobNumber] = set()
        """Jobs that a killed bot was at work on."""
        self._pressed = pressed

    def note_kill(self, entries: Iterable[Entry]) -> None:
        """The bot was killed while its books said this."""
        self.interrupted |= {entry.number for entry in entries if entry.state in _AT_WORK}

    def look(self, entries: Sequence[Entry]) -> None:
        """Ticks off what the books show."""
        delivered = [entry for entry in entries if entry.state is JobState.DELIVERED]
        if delivered:
            self.done.add(Step.VIDEO)
        if any(entry.number in self.interrupted for entry in delivered):
            self.done.add(Step.KILL)
        if Step.OFFER not in self.done and any(map(self._was_offered, entries)):
            self.done.add(Step.OFFER)

    def _was_offered(self, entry: Entry) -> bool:
        press = parse(self._pressed(entry.interaction) or "")
        return press is not None and press.name == OFFER
