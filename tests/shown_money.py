"""What people read about money, read back into figures."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.money import Micros, dollars

_MONEY = r"\$([\d,]+\.\d+)"


@dataclass(frozen=True)
class Shown:
    """A `/balance`."""

    free: Micros
    held: Micros
    spent: Micros
    allowance: Micros
    grants: tuple[tuple[Micros, Micros], ...]
    """What is left of each, and what was given."""
    pool: Micros
    """Left for everybody."""


def read_balance(text: str) -> Shown:
    """Every figure on the card."""
    pool = _first(rf"The server has {_MONEY} of", text) or _first(rf"only {_MONEY} of it", text)
    assert pool, text
    return Shown(
        free=_micros(_first(rf"^# {_MONEY}$", text)),
        held=_micros(_first(rf"\*\*{_MONEY}\*\* is held", text)),
        spent=_micros(_first(rf"\*\*{_MONEY}\*\* spent", text)),
        allowance=_micros(_first(rf"Your \*\*{_MONEY}\*\* a", text)),
        grants=_grants(text),
        pool=_micros(pool),
    )


def read_show(text: str) -> Shown:
    """The same of a member's card, as admins see it."""
    return Shown(
        free=_micros(_first(rf"^# {_MONEY}$", text)),
        held=_micros(_first(rf"\*\*{_MONEY}\*\* is held", text)),
        spent=_micros(_first(rf"\*\*{_MONEY}\*\* spent", text)),
        allowance=_micros(_first(rf"They get {_MONEY} a", text)),
        grants=_grants(text),
        pool=_micros(_first(rf"is held, and \*\*{_MONEY}\*\* is left", text)),
    )


def _grants(text: str) -> tuple[tuple[Micros, Micros], ...]:
    lines = re.findall(rf"\*\*{_MONEY}\*\* of {_MONEY}, (?:until|for)", text)
    return tuple((_micros(left), _micros(given)) for left, given in lines)


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else ""


def _micros(amount: str) -> Micros:
    return dollars(Decimal(amount.replace(",", "") or "0"))
