"""What a verb is.

Rule: a verb answers with the process's exit code, and raises ours for a bad start.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from bot.settings import Settings


class Exit(IntEnum):
    """How the process ends, for scripts and service managers."""

    FINE = 0
    PROBLEM = 1
    """The doctor found something broken, or the verb could not do what it was asked."""
    USAGE = 2
    """Bad settings, or a command line that cannot be understood."""
    DEFECT = 70
    """Something that nobody foresaw; the log has the traceback."""
    LOCKED = 75
    """Another process owns the data folder: trying later may work."""
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that `python -m bot` can do."""

    name: str
    summary: str
    """One line of the help."""
    act: Callable[[Settings, Namespace], Exit]
    declare: Callable[[ArgumentParser], object] | None = None
    """Adds the verb's own arguments."""
