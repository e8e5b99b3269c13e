"""What every card is made of: who reads it, its colour, its text, its buttons.

Rule: a card is data. Its buttons carry custom ids and nothing listens to the card itself, so it
makes no difference whether the process that sent it still lives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import discord
from discord import ui

from bot.cards.custom_ids import make
from bot.catalogue import CatalogueError, say

MOST_TEXT: Final = 4000
"""Characters on one message, all its parts together."""
MOST_COMPONENTS: Final = 40
MOST_IN_ROW: Final = 5


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a card is written."""

    locale: str = "en"
    """A member's for what they alone see, the server's for what all see."""
    rehearsal: bool = False
    """Nothing is spent: each card about a job says so."""

    def say(self, key: str, **facts: object) -> str:
        """A text in the reader's language."""
        return say(self.locale, key, **facts)

    def name(self, kind: str, name: str) -> str:
        """What a thing of ours is called, such as `option` `duration`; its own name otherwise."""
        try:
            return self.say(f"{kind}.{name}")
        except CatalogueError:  # a video model brought something that has no name in the catalogue
            return name


class Tone(Enum):
    """What a card is about, as its colour."""

    PLAIN = 0x6C7BFF
    GOOD = 0x2FB67C
    CAREFUL = 0xF0A93B
    BAD = 0xE5484D


class Card(ui.LayoutView):
    """A message's components. Make a new one for every send and every edit."""

    def __init__(self, *items: "ui.Item[Any]") -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)

    def is_finished(self) -> bool:
        """Always: then discord.py sends the card and keeps no track of it.

        A card that it tracked would stay in memory for ever, and would take the handlers of
        buttons with it when it is edited away.
        """
        return True


def container(*items: "ui.Item[Any] | None", tone: Tone = Tone.PLAIN) -> "ui.Container[Any]":
    """A box with a coloured edge. None among the items is left out."""
    return ui.Container(*(item for item in items if item is not None), accent_colour=tone.value)


def text(*lines: str) -> "ui.TextDisplay[Any]":
    """A paragraph of these lines. Empty lines are left out."""
    return ui.TextDisplay("\n".join(line for line in lines if line))


def small(line: str) -> str:
    """A line in small grey letters."""
    return f"-# {line}"


def rule() -> "ui.Separator[Any]":
    """A thin line with a little room."""
    return ui.Separator(spacing=discord.SeparatorSpacing.small)


def button(  # one for each thing that a button may differ in
    name: str,
    *parts: object,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    emoji: str | None = None,
    disabled: bool = False,
) -> "ui.Button[Any]":
    """A button that carries `clapper:name:parts`."""
    return ui.Button(
        custom_id=make(name, *parts),
        label=label[:80],
        style=style,
        emoji=emoji,
        disabled=disabled,
    )


def link(url: str, *, label: str) -> "ui.Button[Any]":
    """A button that opens an address."""
    return ui.Button(url=url, label=label[:80])


def row(*buttons: "ui.Item[Any]") -> "ui.ActionRow[Any] | None":
    """Buttons side by side; None when there is none, as Discord takes no empty row."""
    return ui.ActionRow(*buttons[:MOST_IN_ROW]) if buttons else None


def rows(buttons: Sequence["ui.Item[Any]"]) -> "list[ui.ActionRow[Any]]":
    """As many rows as these buttons need."""
    starts = range(0, len(buttons), MOST_IN_ROW)
    return [ui.ActionRow(*buttons[start : start + MOST_IN_ROW]) for start in starts]


def rehearsal_line(reader: Reader) -> str:
    """Says that nothing is spent, where that is so; else nothing."""
    return small(reader.say("card.rehearsal")) if reader.rehearsal else ""
