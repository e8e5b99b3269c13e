"""Turning the pages of a list that can grow.

Rule: a button carries where its page begins and nothing else, so that it works after any restart.
"""

from collections.abc import Sized
from typing import Any, Final

from discord import ui

from bot.cards import Reader, button

PAGE: Final = 20
"""Lines."""


def turning(reader: Reader, lines: Sized, name: str, start: int) -> "list[ui.Button[Any]]":
    """`clapper:NAME:START`: to the page before and to the page after, where there is one."""
    buttons: list[ui.Button[Any]] = []
    if start > 0:
        buttons.append(button(name, max(0, start - PAGE), label=reader.say("studio.page.before")))
    if start + PAGE < len(lines):
        buttons.append(button(name, start + PAGE, label=reader.say("studio.page.after")))
    return buttons
