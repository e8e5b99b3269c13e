"""A finished video, and the ways in which it reaches people."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

TEXTS: Final[Mapping[str, Text]] = {
    "result.ready": Plural(
        by="count",
        one="\N{CLAPPER BOARD} {maker}, your video is ready.",
        other="\N{CLAPPER BOARD} {maker}, your videos are ready.",
    ),
    "result.shown": Plural(
        by="count",
        one="\N{CLAPPER BOARD} {maker}, here is your video once more.",
        other="\N{CLAPPER BOARD} {maker}, here are your videos once more.",
    ),
    "result.gift": "It came late, so it is free.",
    "result.fitted": (
        "Made smaller to fit this server's upload limit; the original is kept with the bot."
    ),
    "result.fitted-link": (
        "Made smaller to fit this server's upload limit. [The original]({url}) is kept with the bot."
    ),
    "result.linked": "This server does not take the file itself, so here is where to watch it.",
    "result.watch": "Watch video",
    "result.watch-number": "Watch video {nth}",
    "result.file": "Video {number}, made with {model}",
    "result.direct": ("This could not be posted in its channel, so it comes to you here."),
    "result.word.direct": (
        "Video\N{NO-BREAK SPACE}#{number} could not be posted here, so its maker has it in a direct message."
    ),
    "result.word.kept.title": "Your video is safe, but it could not be posted",
    "result.word.kept": (
        "{maker}, video\N{NO-BREAK SPACE}#{number} is finished and kept with the bot. This channel does not take the"
        " file: it may be too large for the server, or the bot may lack the permission to attach"
        " files. Once that is mended, `/show` brings it back at any time."
    ),
    "result.word.gone": (
        "{maker}, the file of video\N{NO-BREAK SPACE}#{number} is no longer kept, so it cannot be shown again."
    ),
}
