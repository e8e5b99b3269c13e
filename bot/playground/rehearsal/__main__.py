"""Runs the rehearsal provider as a process of its own, which outlives a bot that is killed.

Rule: the first line on stdout is JSON and says where it listens; it ends on SIGTERM, SIGINT, or
when its stdin is closed.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.playground.rehearsal.server import KEY, RehearsalProvider


async def run(arguments: argparse.Namespace) -> None:
    """Serves until it is told to stop."""
    async with RehearsalProvider(
        key=arguments.key,
        balance=arguments.balance,
        folder=arguments.folder,
        port=arguments.port,
        requests_per_minute=arguments.requests_per_minute,
        wait_scale=arguments.wait_scale,
        fast=arguments.fast,
        full_size=arguments.full_size,
    ) as provider:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if arguments.until_eof:
            loop.add_reader(sys.stdin, stop.set)
        sys.stdout.write(json.dumps({"base_url": provider.base_url, "key": provider.key}) + "\n")
        sys.stdout.flush()
        await stop.wait()
        if arguments.until_eof:
            loop.remove_reader(sys.stdin)


def read(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bot.playground.rehearsal", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default=KEY)
    parser.add_argument("--balance", type=float, default=100, help="dollars")
    parser.add_argument("--requests-per-minute", type=int, default=10_000, help="above: 429")
    parser.add_argument("--folder", type=Path, help="where clips are kept")
    parser.add_argument("--wait-scale", type=float, default=1, help="0.001: a minute in 60 ms")
    parser.add_argument("--fast", action="store_true", help="one tiny clip per shape and length")
    parser.add_argument("--full-size", action="store_true", help="true 480p, 720p and 1080p")
    parser.add_argument("--until-eof", action="store_true", help="end when stdin is closed")
    return parser.parse_args(words)


if __name__ == "__main__":
    asyncio.run(run(read()))
