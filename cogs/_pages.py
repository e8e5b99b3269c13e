"""Turning the pages of a list that can grow.

Rule: a button carries where its page begins and nothing else, so that it works after any restart; and
a line that has no room is the next page's first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from discord import ui

from bot.cards import Card, Reader, button, list_card

T = TypeVar("T")

MOST_LINES: Final = 20
ROOM: Final = 3300
"""Characters, of 4,000 in a message."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a list."""

    lines: Sequence[str]
    before: int | None
    """Where the page before this one begins."""
    after: int | None


def page_at(things: Sequence[T], start: int, show: Callable[[T], str], *, room: int = ROOM) -> Page:
    """The page that begins there; the last one where the list has grown shorter. Shows no more of
    the things than it has to.
    """
    if start >= len(things):
        start = len(things) - len(fitting(map(show, reversed(things)), room))
    lines = fitting(map(show, things[start:]), room)
    earlier = fitting(map(show, reversed(things[:start])), room)
    end = start + len(lines)
    return Page(
        lines, start - len(earlier) if start > 0 else None, end if end < len(things) else None
    )


def turning(reader: Reader, page: Page, *name: object) -> "list[ui.Button[Any]]":
    """`clapper:NAME:START`: to the page before and to the page after, where there is one."""
    first, *rest = name
    ways = ((page.before, "card.page.before"), (page.after, "card.page.after"))
    return [
        button(str(first), start, *rest, label=reader.say(label))
        for start, label in ways
        if start is not None
    ]


def page_card(
    reader: Reader, title: str, page: Page, *name: object, intro: str = "", empty: str = ""
) -> Card:
    """A page with its buttons."""
    buttons = turning(reader, page, *name)
    return list_card(reader, title, page.lines, intro=intro, empty=empty, buttons=buttons)


def fitting(lines: Iterable[str], room: int) -> list[str]:
    """As many as there is room for; the rest is on another page. One at least: a list that never goes
    on would be worse than a line that is cut.
    """
    found = list[str]()
    for line in lines:
        room -= len(line) + 1
        if len(found) == MOST_LINES or (found and room < 0):
            break
        found.append(line)
    return found
