"""Colours with their names, side by side and on as many lines as they need.

Rule: a name stands beside its colour; nobody has to match two places.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from bot.adapters.chart.canvas import DASHES, INK, Canvas

SIZE: Final = 22
LINE: Final = 34
_SWATCH: Final = 18
_BESIDE: Final = 26
_BETWEEN: Final = 22


@dataclass(frozen=True, slots=True)
class Entry:
    """One colour."""

    label: str
    colour: str
    shape: Literal["box", "stripes", "line"] = "box"
    ink: str = INK


def draw_key(canvas: Canvas, entries: Iterable[Entry], *, x: float, y: float, width: float) -> int:
    """Answers how many lines it took; the first has its baseline at `y`."""
    at, line = x, 0
    for entry in entries:
        needed = _BESIDE + canvas.measure(entry.label, size=SIZE)
        if at > x and at + needed > x + width:
            at, line = x, line + 1
        foot = y + line * LINE
        _draw_swatch(canvas, entry, at, foot - _SWATCH + 1)
        room = x + width - at - _BESIDE
        canvas.text(at + _BESIDE, foot, entry.label, size=SIZE, colour=entry.ink, width=room)
        at += needed + _BETWEEN
    return line + 1 if at > x else 0


def _draw_swatch(canvas: Canvas, entry: Entry, x: float, y: float) -> None:
    if entry.shape == "line":
        middle = y + _SWATCH / 2
        canvas.line(x - 2, middle, x + _SWATCH + 2, middle, entry.colour, **DASHES)
    elif entry.shape == "stripes":
        canvas.hatched(x, y, _SWATCH, _SWATCH, entry.colour)
    else:
        canvas.box(x, y, _SWATCH, _SWATCH, entry.colour)
