"""What the doctor found.

Rule: a finding names no secret, and one that is not fine says how to mend it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Verdict(StrEnum):
    """How well a thing stands."""

    OK = "ok"
    WARNING = "warning"
    """Works, but somebody should know."""
    BROKEN = "broken"
    """Does not work; the doctor's exit code says so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    """Two or three words, the same on every run."""
    verdict: Verdict
    sentence: str
    """What was seen."""
    remedy: str = ""
    """What to do about it, if anything."""

    @classmethod
    def ok(cls, name: str, sentence: str) -> Self:
        """Nothing to do."""
        return cls(name, Verdict.OK, sentence)

    @classmethod
    def warning(cls, name: str, sentence: str, *, remedy: str) -> Self:
        """Something to know."""
        return cls(name, Verdict.WARNING, sentence, remedy)

    @classmethod
    def broken(cls, name: str, sentence: str, *, remedy: str) -> Self:
        """Something to mend."""
        return cls(name, Verdict.BROKEN, sentence, remedy)
