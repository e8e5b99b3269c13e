"""A double click is one press.

Two interactions arrive, each with an id of its own, so the books would take them for two orders.

Rule: while a press is at work, and for a moment after it was made, the same press by the same member
on the same message is the same press. Discord's own time of the two decides, not when they arrive.
"""

from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import discord

_MOMENT: Final = timedelta(seconds=3)
_MOST: Final = 10_000

Key = tuple[str, int, int]
"""Custom id, message, member."""


@dataclass(slots=True)
class Presses:
    """The latest press of each button by each member."""

    _latest: "OrderedDict[Key, datetime]" = field(default_factory=OrderedDict, init=False)
    _working: set[Key] = field(default_factory=set[Key], init=False)

    @contextmanager
    def once(self, interaction: "discord.Interaction[Any]") -> Generator[bool]:
        """Whether this press counts. It is at work until the block ends."""
        key, at = _key(interaction), interaction.created_at
        latest = self._latest.get(key)
        again = key in self._working or (latest is not None and abs(at - latest) < _MOMENT)
        if again:
            yield False
            return
        self._note(key, at)
        self._working.add(key)
        try:
            yield True
        finally:
            self._working.discard(key)

    def _note(self, key: Key, at: datetime) -> None:
        self._latest[key] = at
        self._latest.move_to_end(key)
        while len(self._latest) > _MOST:
            self._latest.popitem(last=False)


def _key(interaction: "discord.Interaction[Any]") -> Key:
    message = interaction.message
    custom_id = str((interaction.data or {}).get("custom_id", ""))
    return custom_id, message.id if message else 0, interaction.user.id
