"""A wish that cannot be granted, with the key of what to say about it.

Rule: it is raised, and the error door says it to the member alone.
"""

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.cards import Card, Reader, Tone, notice_card
from bot.domain.errors import InputError


class SorryError(InputError):
    """Not possible, and no fault of the machine's."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


def sorry_card(
    reader: Reader, error: SorryError, *, buttons: "Sequence[ui.Item[Any]]" = ()
) -> Card:
    """What it says, and that it cost nothing."""
    sentence = reader.say(error.key, **error.facts)
    return notice_card(reader.say("door.title"), sentence, tone=Tone.CAREFUL, buttons=buttons)
