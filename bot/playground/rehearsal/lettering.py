"""Makes a stranger's words fit a frame: letters that the font has, lines that are short enough.

Rule: whatever comes in, what goes out is printable and of bounded size.
"""

import math
import re
import textwrap
import unicodedata
from typing import Final

ADVANCE: Final = 0.602
"""How wide the font's letters are, as a share of their size: all alike."""
PITCH: Final = 1.35
"""How far lines stand apart, as a share of the letters' size."""
LONGEST: Final = 1200
"""More than any frame can show."""
UNKNOWN: Final = "□"
LETTERS: Final = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),
    *((0x400, 0x45F), (0x490, 0x491), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022)),
    *((0x2026, 0x2026), (0x2030, 0x2030), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116)),
    *((0x2190, 0x2193), (0x2212, 0x2212), (0x2260, 0x2260), (0x2264, 0x2265), (0x25A1, 0x25A1)),
)
"""The code points that lettering.ttf can draw."""


def readable(text: str) -> str:
    """The same words in letters that can be drawn, on one line; each unknown sign becomes a □."""
    composed = unicodedata.normalize("NFC", text[: LONGEST * 4])
    drawn = "".join(_drawable(letter) for letter in composed)
    return re.sub(r"\s+", " ", re.sub(f"{UNKNOWN}+", UNKNOWN, drawn)).strip()[:LONGEST]


def _drawable(letter: str) -> str:
    if letter.isspace():
        return " "
    # Joiners, direction marks, variation selectors and control characters show nothing.
    if unicodedata.category(letter) in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    return letter if any(first <= ord(letter) <= last for first, last in LETTERS) else UNKNOWN


def wrap(text: str, *, columns: int, lines: int) -> list[str]:
    """Breaks text into lines; what does not fit is cut with an ellipsis."""
    return textwrap.wrap(
        text,
        width=max(columns, 4),
        max_lines=max(lines, 1),
        placeholder="…",
        break_on_hyphens=False,
    )


def columns(width: float, size: float) -> int:
    """How many letters of a size fit into a width; each takes whole pixels."""
    return int(width / math.ceil(size * ADVANCE))
