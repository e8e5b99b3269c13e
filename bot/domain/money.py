"""Money as whole micro-dollars.

Rule: no float ever holds money. Decimal is for reading and showing, int for everything else.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final, NewType

from bot.domain.errors import AmountUnreadableError

Micros = NewType("Micros", int)
"""Millionths of a US dollar."""

MICROS_PER_DOLLAR: Final = 1_000_000
ZERO: Final = Micros(0)
LARGEST_AMOUNT: Final = Micros(100_000 * MICROS_PER_DOLLAR)
"""The most that one command may move: a slip of the finger stays repairable."""

_DECIMALS_TYPED: Final = 4
_IN_DOLLARS: Final = re.compile(
    r"(?:(?:us ?)?\$|usd)\s*(?P<after>[^a-z$]*)|(?P<before>[^a-z$]*?)\s*(?:\$|usd|dollars?)",
    re.IGNORECASE | re.ASCII,
)
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2},\d{3}")
OWN_ENDS: Final = "default"
"""The word that ends an amount of one's own: then what everybody gets counts again."""
_ENDS: Final = frozenset({OWN_ENDS, "reset", "remove"})
EVERYTHING: Final = "all"
"""The word for as much as there is."""
_EVERYTHING: Final = frozenset({EVERYTHING, "everything"})
_UNCLEAR: Final = frozenset({"none", "off", "no", "nothing", "-", "unset", "clear"})
"""Nothing at all to some, no amount of its own to others."""


def dollars(amount: Decimal | str) -> Micros:
    """Exact micro-dollars of a trusted amount, rounded up where it is finer than they are."""
    # As a fraction: Decimal's own arithmetic would round what is longer than its precision.
    numerator, denominator = Decimal(amount).as_integer_ratio()
    return Micros(-(-numerator * MICROS_PER_DOLLAR // denominator))


def parse_dollars(
    text: str, *, allow_zero: bool = False, largest: Micros = LARGEST_AMOUNT
) -> Micros:
    """What a person typed as an amount: `1`, `$0.25`, `1,5`, `3 USD`. At most four decimals.

    `1,500` is refused: it is one and a half to some and fifteen hundred to others.
    """
    cleaned = text.strip()
    if named := _IN_DOLLARS.fullmatch(cleaned):
        cleaned = (named["after"] or named["before"] or "").strip()
    if _THOUSANDS.fullmatch(cleaned):
        raise AmountUnreadableError(text, "comma")
    if cleaned.count(",") == 1 and "." not in cleaned:
        cleaned = cleaned.replace(",", ".")
    if not cleaned.isascii() or not cleaned.replace(".", "", 1).isdigit():
        raise AmountUnreadableError(text, "form")
    try:
        amount = Decimal(cleaned)
    except InvalidOperation as error:  # pragma: no cover - the form above leaves no such text
        raise AmountUnreadableError(text, "form") from error
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _DECIMALS_TYPED:
        raise AmountUnreadableError(text, "decimals")
    micros = dollars(amount)
    if micros > largest:
        raise AmountUnreadableError(text, "large")
    if micros == 0 and not allow_zero:
        raise AmountUnreadableError(text, "zero")
    return micros


def parse_own_dollars(text: str) -> Micros | None:
    """What a person typed as an amount for one role or one member; None ends such an amount.

    Nothing is an amount too: `0`.
    """
    word = text.strip().casefold()
    if word in _ENDS:
        return None
    if word in _UNCLEAR:
        raise AmountUnreadableError(text, "unclear")
    return parse_dollars(text, allow_zero=True)


def parse_dollars_or_all(text: str) -> Micros | None:
    """What a person typed as an amount to take back; None for all that there is."""
    return None if text.strip().casefold() in _EVERYTHING else parse_dollars(text)


def show_dollars(amount: Micros) -> str:
    """`$0.16`; finer amounts show as many of four decimals as they need (`$0.075`)."""
    exact = Decimal(abs(amount)) / MICROS_PER_DOLLAR
    rounded = exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)
    whole, _, decimals = f"{rounded:,f}".partition(".")
    shown = f"${whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return f"-{shown}" if amount < 0 and rounded else shown
