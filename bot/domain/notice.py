"""A message that a server is to get once, besides the videos themselves.

Rule: whatever makes it true writes it down first; it is posted under one nonce, and dropped when it
is of no use to anybody any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.ask import Ask
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.job import Job
from bot.domain.money import Micros

Facts = Mapping[str, int | str]
"""What goes into its sentences: amounts in micro-dollars, counts, words. A name that ends in `_at` is
a moment, written as ISO 8601."""

TAKEN: Final = "taken"
"""The fact how often somebody has taken its message away."""


class Topic(StrEnum):
    """What sort of message."""

    ALERT = "alert"
    """To the admin channel: something is wrong."""
    RELIEF = "relief"
    """To the admin channel: it is over."""
    CARD = "card"
    """To the admin channel: a member asks."""
    WORD = "word"
    """To the member who asked: what became of it."""


class Word(StrEnum):
    """What is said to a member who asked."""

    DENIED = "denied"
    EXPIRED = "expired"
    VOID = "void"
    STUCK = "stuck"
    """An admin said yes, and something else stands in the way for now."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that is owed, or was posted."""

    id: int
    guild: GuildId
    topic: Topic
    name: str
    """Which alert, which word."""
    subject: str
    """What makes it another one: a period, a day, an ask."""
    raised_at: datetime
    ends_at: datetime
    due_at: datetime
    tries: int = 0
    facts: Facts = field(default_factory=dict[str, int | str])
    posted: tuple[ChannelId, MessageId] | None = None

    @property
    def nonce(self) -> str:
        """The same after every restart; another one for each time that it was taken away, for
        Discord would answer with the message that is gone.
        """
        taken = self.facts.get(TAKEN, 0)
        return f"clapper-n{self.id}-{taken}" if taken else f"clapper-n{self.id}"

    @property
    def ask(self) -> int:
        """The number of the ask that a card or a word is about."""
        return int(self.subject)


class Posting(StrEnum):
    """What became of one try."""

    POSTED = "posted"
    LATER = "later"
    NEVER = "never"
    """There is no channel for it, or it takes nothing from us."""


Spot = tuple[ChannelId, MessageId]
"""A message of ours."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice with all that its message needs."""

    notice: Notice
    channel: ChannelId
    ask: Ask | None = None
    latest: tuple[tuple[Job, Micros | None], ...] = ()
    """The last jobs of who asks, and what each cost them in the end."""
