"""Which letters can be drawn, and by which of the fonts that are here.

matplotlib brings DejaVu, which knows Latin, Cyrillic, Greek, Arabic and Hebrew. For other scripts the
machine's own fonts are looked through, and only where a letter asks for it.

Rule: a letter that no font has is not drawn as a box. A name that would lose one gives way to the
next.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from matplotlib import rcParams
from matplotlib.font_manager import FontEntry, fontManager
from matplotlib.ft2font import FT2Font

from bot.domain.drawing import Names

BASE: Final = "DejaVu Sans"
_NO_LETTERS: Final = ("last resort", "emoji", "dejavu", "stix", "symbol", "dingbat", "adobe blank")
"""Fonts that draw boxes, only pictures, or nothing that the base lacks. The first draws a box for
everything."""
_COMPUTER_MODERN: Final = frozenset(
    {"cmb10", "cmex10", "cmmi10", "cmr10", "cmss10", "cmsy10", "cmtt10"}
)
"""matplotlib's own for formulas: their letters do not stand where Unicode has them."""
_MOST_FONTS: Final = 400
"""Looked into for one letter."""


def choose(names: Names) -> str:
    """The first name whose letters can all be drawn, without its emoji; else the last."""
    for name in names[:-1]:
        letters = [letter for letter in name if unicodedata.category(letter)[0] in "LN"]
        if letters and all(_can_draw(letter) for letter in letters):
            return " ".join("".join(filter(_can_draw, name)).split())
    return "".join(filter(_can_draw, names[-1]))


def use_fonts_for(texts: Iterable[str]) -> None:
    """From now on these texts are drawn with the fonts that they need."""
    families = [BASE]
    for letter in sorted({letter for text in texts for letter in text}):
        found = _font_of(letter)
        if found is not None and found not in families:
            families.append(found)
    rcParams["font.family"] = families


def _can_draw(letter: str) -> bool:
    return letter == " " or _font_of(letter) is not None


@cache
def _font_of(letter: str) -> str | None:
    code = ord(letter)
    if unicodedata.category(letter)[0] == "C":
        return None  # what cannot be seen, and may turn around what can
    if code in _base_letters():
        return BASE
    if unicodedata.category(letter)[0] == "S":
        return None  # emoji: no font for text has them in a form worth drawing
    return next((it.name for it in _others() if code in _letters(it.fname)), None)


@cache
def _base_letters() -> frozenset[int]:
    [path] = {
        it.fname
        for it in fontManager.ttflist
        if (it.name, it.style, it.weight) == (BASE, "normal", 400) and "mpl-data" in it.fname
    }
    return _letters(path)


@cache
def _others() -> tuple[FontEntry, ...]:
    seen: dict[str, FontEntry] = {}
    for entry in fontManager.ttflist:
        known = entry.name.casefold()
        useless = known in _COMPUTER_MODERN or any(word in known for word in _NO_LETTERS)
        if not useless and entry.style == "normal":
            seen.setdefault(entry.name, entry)
    return tuple(seen.values())[:_MOST_FONTS]


@cache
def _letters(path: str) -> frozenset[int]:
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):  # a font that cannot be opened draws nothing
        return frozenset()
