"""What a button carries: `clapper:again:12` is *again* for job 12.

Rule: a custom id says all that its press needs, for nothing else survives a restart. It holds no
secret and proves nothing: whoever handles a press checks who pressed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "clapper"
LONGEST: Final = 100
"""What Discord allows."""
_LARGEST: Final = 2**63 - 1


class Act(StrEnum):
    """Buttons that stand on the cards here. A cog may use names of its own besides."""

    AGAIN = "again"
    EDIT = "edit"
    DETAILS = "details"
    """`clapper:details:JOB`, or `clapper:details:JOB:DEBT` on a message that was owed."""
    DELETE = "delete"
    PICTURE = "picture"
    CANCEL = "cancel"
    SHOW = "show"
    REFUND = "refund"
    BALANCE = "balance"
    ASK = "ask"
    """`clapper:ask:TOKEN`, on a refusal."""
    ASK_APPROVE = "ask-approve"
    """`clapper:ask-approve:ASK`."""
    ASK_DENY = "ask-deny"
    NOTED = "noted"
    """`clapper:noted:NOTICE`."""


@dataclass(frozen=True, slots=True)
class Press:
    """A custom id, read."""

    name: str
    parts: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The first part as a number, most often a job's."""
        return self.number_at(0)

    def number_at(self, nth: int) -> int:
        """A part as a number. 0 where there is none that the books could hold: nothing has that."""
        part = self.parts[nth] if nth < len(self.parts) else ""
        number = int(part) if part.isascii() and part.isdigit() else 0
        return number if number <= _LARGEST else 0


_NAME: Final = r"[a-z][a-z0-9-]{0,31}"
_PART: Final = r"[A-Za-z0-9_.~-]*"
PATTERN: Final = re.compile(rf"{PREFIX}:(?P<name>{_NAME})(?P<parts>(:{_PART})*)")


def make(name: str, *parts: object) -> str:
    """The custom id of a button. Parts are numbers or short plain words."""
    words = [str(part) for part in parts]
    custom_id = ":".join((PREFIX, str(name), *words))
    if len(custom_id) > LONGEST or parse(custom_id) != Press(str(name), tuple(words)):
        raise ValueError(f"not a custom id: {custom_id[:120]!r}")
    return custom_id


def parse(custom_id: str) -> Press | None:
    """What `make` was given; None for what is not ours."""
    match = PATTERN.fullmatch(custom_id)
    if match is None:
        return None
    return Press(match["name"], tuple(match["parts"].split(":")[1:]))
