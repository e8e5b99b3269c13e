"""Says in words how the two books stand to each other.

Rule: "agree" is said only where every line does.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.catalogue import say
from bot.domain.money import Micros
from bot.playground.stage.two_books import PASSING, Note, TwoBooks


class Mood(StrEnum):
    """How good that is."""

    GOOD = "good"
    PASSING = "passing"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Mood and sentence."""

    mood: Mood
    sentence: str


def judge(books: TwoBooks | None, *, alive: bool) -> Verdict:
    """The worst that there is comes first."""
    if books is None:
        return Verdict(Mood.PASSING, say("en", "playground.books.unread"))
    if not books.lines:
        return Verdict(Mood.GOOD, say("en", "playground.books.empty"))
    if differing := books.of(Note.DIFFER):
        return Verdict(Mood.BAD, say("en", "playground.books.differ", count=len(differing)))
    return _where_none_differs(books, alive=alive)


def _where_none_differs(books: TwoBooks, *, alive: bool) -> Verdict:
    parts: list[str] = []
    passing, borne = books.of(*PASSING), books.of(Note.BORNE)
    if passing:
        parts.append(say("en", "playground.books.passing", count=len(passing)))
        if not alive:
            parts.append(say("en", "playground.books.dead"))
    if borne:
        amount = Micros(sum(line.billed for line in borne))
        parts.append(say("en", "playground.books.borne", amount=amount))
    if not parts:
        facts = {"billed": books.billed, "charged": books.charged}
        parts.append(say("en", "playground.books.agree", **facts))
    return Verdict(Mood.PASSING if passing else Mood.GOOD, " ".join(parts))
