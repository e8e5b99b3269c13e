"""What the playground's panel says by itself: how the two books stand to each other."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

TEXTS: Final[Mapping[str, Text]] = {
    # The verdict
    "playground.books.unread": (
        "The bot's books cannot be read at this moment. They are looked at again in a second."
    ),
    "playground.books.empty": "Nothing was ordered yet: both books are empty.",
    "playground.books.agree": (
        "The books agree: {billed:money} billed, {charged:money} charged, and nothing is open."
    ),
    "playground.books.passing": Plural(
        by="count",
        one=(
            "The books agree, and one job is on its way. The provider bills when a job begins; the"
            " bot holds the money, and charges it when the video is there."
        ),
        other=(
            "The books agree, and {count} jobs are on their way. The provider bills when a job"
            " begins; the bot holds the money, and charges it when the video is there."
        ),
    ),
    "playground.books.dead": (
        "The bot is dead: its books stand as it left them, and what is held stays held until it is"
        " back."
    ),
    "playground.books.borne": (
        "Members' books agree. {amount:money} was billed and charged to nobody: the bot gave up"
        " waiting, so the member pays nothing and the operator bears it."
    ),
    "playground.books.differ": Plural(
        by="count",
        one="The books differ in one line. That must not stay so.",
        other="The books differ in {count} lines. That must not stay so.",
    ),
    # A line of the books
    "playground.note.agree": "agree",
    "playground.note.waiting": "held, nothing asked of the provider yet",
    "playground.note.underway": "billed there, held here until the video is there",
    "playground.note.unheard": "over there, and not heard of here yet",
    "playground.note.unknown": "the answer was lost: the bot finds out, and never pays again",
    "playground.note.borne": "billed, and charged to nobody: the operator bears it",
    "playground.note.differ": "differ",
    # Who can be played
    "playground.standing.member": "member",
    "playground.standing.patron": "member, patron",
    "playground.standing.admin": "admin",
    "playground.standing.operator": "operator",
}
