"""Cards for everything else: a notice with a title, and a list that is cut where it must be.

Rule: what is given in fits Discord's limits when it comes out; nothing is refused for its length.
"""

from collections.abc import Sequence
from typing import Any, Final

from discord import ui

from bot.cards.card import Card, Reader, Tone, container, rows, small, text

MOST_BUTTONS: Final = 25
_ROOM: Final = 3600
"""For the body: titles and footers need the rest."""


def notice_card(
    title: str,
    *paragraphs: str,
    tone: Tone = Tone.PLAIN,
    footer: str = "",
    buttons: "Sequence[ui.Item[Any]]" = (),
) -> Card:
    """A title, a few paragraphs, buttons. Texts are ready: said by the catalogue, escaped."""
    body, room = list[ui.Item[Any]](), _ROOM
    for paragraph in paragraphs:
        if not paragraph or room <= 0:
            continue
        body.append(text(paragraph[:room]))
        room -= len(paragraph)
    return Card(
        container(
            text(f"### {title[:200]}") if title else None,
            *body[:10],
            text(small(footer[:150])) if footer else None,
            *rows(buttons[:MOST_BUTTONS]),
            tone=tone,
        )
    )


def list_card(
    reader: Reader,
    title: str,
    lines: Sequence[str],
    *,
    intro: str = "",
    empty: str = "",
    tone: Tone = Tone.PLAIN,
    footer: str = "",
    buttons: "Sequence[ui.Item[Any]]" = (),
) -> Card:
    """A title and lines, as many as there is room for; the rest is counted."""
    room = _ROOM - len(intro)
    shown: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    left = len(lines) - len(shown)
    more = small(reader.say("card.more", count=left)) if left else ""
    body = (
        "\n".join((*shown, *([more] if more else [])))
        if lines
        else empty or reader.say("card.none")
    )
    return notice_card(title, intro, body, tone=tone, footer=footer, buttons=buttons)
