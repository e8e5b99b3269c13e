"""`play`: the whole bot in a browser, with no account anywhere.

Rule: it spends nothing, keeps its data apart from a real bot's, and leaves no process behind.
"""

import asyncio
import os
import sys
import threading
import webbrowser
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.domain.errors import PlaygroundError
from bot.playground.stage import FASTEST, SLOWEST, Playground, open_playground
from bot.running import on_stop
from bot.settings import Settings
from bot.verbs.verb import Exit, Verb

_DATA: Final = Path("playground-data")
_PORT: Final = 8080
_SPEED: Final = 10.0
_READY_SECONDS: Final = 60.0


def _read_speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not SLOWEST <= speed <= FASTEST:  # not-a-number fails this too
        raise ArgumentTypeError(f"must be a number from {SLOWEST:g} to {FASTEST:g}")
    return speed


def _read_port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ArgumentTypeError("must be a number from 0 to 65535; 0: any free one")
    return int(text)


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_read_port, default=_PORT, help=f"where the page is served ({_PORT})"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=_DATA,
        metavar="DIR",
        help=f"where everything is kept ({_DATA})",
    )
    parser.add_argument(
        "--speed", type=_read_speed, default=_SPEED, help=f"how fast time runs ({_SPEED:g})"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, and open nothing"
    )


def _act(settings: Settings, arguments: Namespace) -> Exit:
    del settings  # those of a bot that runs in earnest
    return asyncio.run(_play(arguments))


async def _play(arguments: Namespace) -> Exit:
    data: Path = arguments.data
    with _told_to_stop() as told:
        async with open_playground(data, port=arguments.port, speed=arguments.speed) as play:
            told.at_once = play.bot.pull_the_plug
            if await _is_ready(play, told.stop):
                _greet(play, data)
                if not arguments.no_browser:
                    _open_browser(play.discord.origin)
                await told.stop.wait()
            _say("Stopping…")
    return Exit.FINE


def _greet(play: Playground, data: Path) -> None:
    _say(
        f"Clapper plays at {play.discord.origin}\n"
        f"Nothing is spent. All of it is in {data}: it goes on from there next time, or anew once "
        f"you have deleted it.\n"
        f"The bot's log is {play.bot.log}. Ctrl-C ends the play."
    )


async def _is_ready(play: Playground, stop: asyncio.Event) -> bool:
    """Whether the bot is at Discord; False when we were told to stop before."""
    _say("Starting the local Discord, the rehearsal provider and the bot…")
    await play.bot.start()
    waits = [
        asyncio.create_task(each)
        for each in (
            play.discord.bot_connected(timeout=_READY_SECONDS),
            play.bot.ended(),
            stop.wait(),
        )
    ]
    connected, ended, stopped = waits
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            return False
        if connected.done() and not connected.exception():
            return True
        why = f"ended with code {play.bot.last_code}" if ended.done() else "does not connect"
        words = f"its last words: {play.bot.last_words()}; all of them: {play.bot.log}"
        raise PlaygroundError(f"the bot {why}; {words}")
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


@dataclass
class _Told:
    """What the signals said."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: Callable[[], None] | None = None
    """Who asks again does not want to wait for the bot."""

    def hear(self) -> None:
        if self.stop.is_set() and self.at_once is not None:
            self.at_once()
        self.stop.set()


@contextmanager
def _told_to_stop() -> Generator[_Told]:
    told = _Told()
    with on_stop(told.hear):
        yield told


def _open_browser(address: str) -> None:
    """Where there is a screen: a text browser would take the terminal away."""
    screen = (
        sys.platform == "darwin" or os.environ.get("DISPLAY") or "WAYLAND_DISPLAY" in os.environ
    )
    if screen:
        # A thread of its own, for which nobody waits: some browsers return when they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - the verb's answer


PLAY: Final = Verb("play", "play with the whole bot in a browser, with no account", _act, _declare)
