"""Text for a cell of a spreadsheet: as it was written, and never a formula.

A spreadsheet takes a cell for a formula by its first letter, also where that is full-width or comes
after blanks, and some take a semicolon inside a cell for the beginning of the next one. So an
apostrophe goes before such a letter. One that was there already gets a second: whoever reads the
cells takes one apostrophe off where there is one, and has the text.

Rule: nothing that leaves here begins like a formula, in whichever cell a reader puts it.
"""

import re
from decimal import Decimal
from typing import Final

from bot.domain.money import MICROS_PER_DOLLAR, Micros

_FORMULA: Final = re.escape(
    "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a\u207b\u207c"
)
_UNSEEN: Final = (
    r"[\s\u00ad\u034f\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff]"
)
_BEGINS: Final = re.compile(rf"{_UNSEEN}*[{_FORMULA}']|[\t\r\n]")
_BEGINS_WITHIN: Final = re.compile(rf"([;|\t\r\n]{_UNSEEN}*)(?=[{_FORMULA}])")
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def safe_cell(text: str) -> str:
    """The text, with an apostrophe where it would begin a formula."""
    seen = _NO_TEXT.sub("\ufffd", text)
    within = _BEGINS_WITHIN.sub(r"\1'", seen)
    return f"'{within}" if _BEGINS.match(within) else within


def money_cell(amount: Micros) -> str:
    """Dollars as a plain number: `0.16`, `0.0753`."""
    whole, _, decimals = f"{Decimal(amount) / MICROS_PER_DOLLAR:.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
