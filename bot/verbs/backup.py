"""`backup FILE`: a consistent copy of the database, also while the bot runs.

Rule: it takes no lock and needs no token, so that it works from a timer beside the bot.
"""

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.backup import back_up
from bot.settings import Settings
from bot.verbs.verb import Exit, Verb


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a file that does not exist yet")


def _act(settings: Settings, arguments: Namespace) -> Exit:
    file: Path = arguments.file
    asyncio.run(back_up(DataFolder(settings.data_dir).database, file))
    print(f"Wrote {file}: {file.stat().st_size:,} bytes.")  # noqa: T201 - the verb's answer
    return Exit.FINE


BACKUP: Final = Verb("backup", "write a copy of the database to FILE", _act, _declare)
