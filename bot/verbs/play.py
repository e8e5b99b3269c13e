"""`play`: the bot's main job with no account anywhere.

Rule: it spends nothing, and keeps its data apart from a real bot's.
"""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Final

from bot.playground.story import tell_story
from bot.settings import Settings
from bot.verbs.verb import Exit, Verb

_DATA: Final = Path("playground-data")
_SPEED: Final = 20.0
_FASTEST: Final = 1000.0


def _read_speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= _FASTEST:
        raise ArgumentTypeError(f"must be a number above 0 and up to {_FASTEST:g}")
    return speed


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=_DATA, metavar="DIR", help=f"where it is kept ({_DATA})"
    )
    parser.add_argument(
        "--speed", type=_read_speed, default=_SPEED, help=f"how fast time runs ({_SPEED:g})"
    )


def _act(settings: Settings, arguments: Namespace) -> Exit:
    own = settings.model_copy(update={"data_dir": arguments.data})
    _say(f"Clapper plays in {arguments.data}, and nothing is spent.")
    asyncio.run(tell_story(own, speed=arguments.speed, say=_say))
    return Exit.FINE


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the story


PLAY: Final = Verb(
    "play", "make a few test videos with no account, in the terminal", _act, _declare
)
