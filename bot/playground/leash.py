"""Runs `python -m bot …` on a leash: when whoever started it is gone, it is told to stop.

Rule: a playground that is killed outright leaves no bot behind. Its end of the pipe on our stdin
closes with it, whatever it died of.
"""

import os
import runpy
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Final

PATIENCE_SECONDS: Final = 3
"""Its Discord and its provider are gone as well: there is not much that it could finish."""


def main() -> None:
    """Becomes the bot."""
    threading.Thread(target=_watch, args=(os.dup(0),), name="leash", daemon=True).start()
    sys.argv = ["bot", *sys.argv[1:]]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _watch(pipe: int) -> None:
    with suppress(OSError):  # a connection that was torn off is over as well
        while os.read(pipe, 1):
            pass  # nothing is ever said on it
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
