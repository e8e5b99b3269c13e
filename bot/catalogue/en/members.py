"""What members read besides a video itself: the answer to a command, their money, their jobs, help."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    # On the way to a video.
    "members.preview.title": "{model} is on it",
    "members.question.title": "Make this video?",
    "members.question.yes": "Make it for {price:money}",
    "members.question.no": "Not now",
    "members.question.declined": "Not made, and nothing was charged.",
    "members.question.over": (
        "This was used already, or has been open for too long. Type the command again; nothing was"
        " charged."
    ),
    "members.elsewhere.title": "Your video comes in another channel",
    "members.elsewhere.where": "It goes to {channel} and should be there {at:ago}.",
    "members.elsewhere.go": "Go there",
    "members.closed": (
        "The bot cannot post in {channel}, so your video would have no place to go. Nothing was charged."
        " An admin can let the bot in, or choose another channel with `/studio channel`."
    ),
}
