"""Calendar days, as a person types them: `tomorrow`, `friday`, `end of month`, `24 December`.

Rule: the server's today comes in from outside, and what is no day at all is None.
"""

import re
from datetime import date, timedelta
from typing import Final

from bot.domain.errors import MomentUnreadableError

_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS: Final = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_FROM_TODAY: Final = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
}
_END: Final = re.compile(
    r"(?:the )?end of (?:the |this )?(?P<next>next )?(?P<kind>day|week|month|year)"
)
_DATED: Final = tuple(
    map(
        re.compile,
        (
            r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
            r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})?",
            r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)? (?:of )?(?P<month>[a-z]+)\.?,?(?: (?P<year>[0-9]{4}))?",
            r"(?P<month>[a-z]+)\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?(?: (?P<year>[0-9]{4}))?",
        ),
    )
)
_YEARS_TO_A_LEAP_DAY: Final = 9
"""At most eight lie between two of them, as in 1896 and 1904."""


def read_day(typed: str, today: date) -> date | None:
    """The day that is meant, past or not. Raises MomentUnreadableError for one that never is."""
    if typed in _FROM_TODAY:
        return today + timedelta(days=_FROM_TODAY[typed])
    return _weekday(typed, today) or _end_of(typed, today) or _dated(typed, today)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = _first_after("month", first) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def _weekday(typed: str, today: date) -> date | None:
    """The coming one; today's own name means a week from now."""
    nth = _named(typed.removeprefix("this "), _WEEKDAYS)
    return None if nth is None else today + timedelta(days=(nth - today.weekday() - 1) % 7 + 1)


def _end_of(typed: str, today: date) -> date | None:
    """`end of month`: its last day."""
    match = _END.fullmatch(typed)
    if match is None:
        return None
    day = _first_after(match["kind"], today) if match["next"] else today
    return _first_after(match["kind"], day) - timedelta(days=1)


def _dated(typed: str, today: date) -> date | None:
    for form in _DATED:
        match = form.fullmatch(typed)
        month = read_month(match["month"]) if match else None
        if match and month is not None:
            return _on(match["year"], month, int(match["day"]), today=today, typed=typed)
    return None


def _on(year: str | None, month: int, day: int, *, today: date, typed: str) -> date:
    """Without a year it is the next such day."""
    years = [int(year)] if year else range(today.year, today.year + _YEARS_TO_A_LEAP_DAY)
    for each in years:
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    raise MomentUnreadableError(typed, "no-day")


def read_month(name: str) -> int | None:
    """The number of a month that is named, or numbered; 13 may be among them."""
    if name.isdigit():
        return int(name)
    nth = _named(name, _MONTHS)
    return None if nth is None else nth + 1


def _named(typed: str, names: list[str]) -> int | None:
    """Three letters tell all of them apart."""
    found = [nth for nth, name in enumerate(names) if len(typed) >= 3 and name.startswith(typed)]
    return found[0] if len(found) == 1 else None


def _first_after(kind: str, day: date) -> date:
    """The first day of the next such stretch of the calendar."""
    if kind == "day":
        return day + timedelta(days=1)
    if kind == "week":
        return day + timedelta(days=7 - day.weekday())
    if kind == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return date(day.year + 1, 1, 1)
