"""The bot as `python -m bot` runs it, except that it dies at a point that is named to it.

Rule: the wiring is the verb's own; only the failpoint is ours.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass

from bot import log
from bot.bootstrap import Parts
from bot.settings import read_settings
from bot.verbs.run import work


@dataclass
class DieAt:
    """Kills this process when it comes to a point for the nth time."""

    name: str
    left: int = 1

    def __call__(self, name: str) -> None:
        if name == self.name:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main(point: str) -> None:
    os.umask(0o077)
    settings = read_settings()
    log.configure(settings.log_format, secrets=settings.list_secrets())
    asyncio.run(work(settings, Parts(failpoint=DieAt(point))))


if __name__ == "__main__":
    main(sys.argv[1])
