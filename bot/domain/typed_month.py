"""A month, as a person types it: `2026-10`, `October`, `oct 2025`, `10/2026`, `last month`.

Rule: a month without its year is the latest of that name, for a report looks back.
"""

import re
from datetime import date, timedelta
from typing import Final

from bot.domain.errors import MonthUnreadableError
from bot.domain.typed_days import read_month

EARLIEST_YEAR: Final = 2015
"""There was no Discord before."""
_THIS: Final = frozenset({"", "this month", "this", "now", "current", "current month", "the month"})
_LAST: Final = frozenset({"last month", "last", "previous month", "previous", "the last month"})
_FORMS: Final = tuple(
    map(
        re.compile,
        (
            r"(?P<year>[0-9]{4})[-/. ](?P<month>[0-9]{1,2})",
            r"(?P<month>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})",
            r"(?P<month>[a-z]{3,})[.,]?(?:(?: of)? (?P<year>[0-9]{4}))?",
            r"(?P<year>[0-9]{4}),? (?P<month>[a-z]{3,})",
            r"(?P<month>[0-9]{1,2})(?P<year>(?!))?",
        ),
    )
)


def parse_month(text: str, today: date) -> date:
    """The first day of the month that is meant. Raises MonthUnreadableError."""
    typed = " ".join(text.casefold().split())
    present = today.replace(day=1)
    if typed in _THIS:
        return present
    if typed in _LAST:
        return (present - timedelta(days=1)).replace(day=1)
    for form in _FORMS:
        match = form.fullmatch(typed) if typed.isascii() else None
        month = read_month(match["month"]) if match else None
        if match and month is not None and 1 <= month <= 12:
            return _in_year(text, match["year"], month, present)
    raise MonthUnreadableError(text, "form")


def _in_year(text: str, year: str | None, month: int, present: date) -> date:
    if year is None:
        this_year = present.replace(month=month)
        return this_year if this_year <= present else this_year.replace(year=present.year - 1)
    if int(year) < EARLIEST_YEAR:
        raise MonthUnreadableError(text, "form")
    found = date(int(year), month, 1)
    if found > present:
        raise MonthUnreadableError(text, "coming")
    return found
