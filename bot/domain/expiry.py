"""When something ends, as a person types it.

    in 3 days · 2 weeks · 12h · tomorrow · friday · end of month · 2026-12-24 · 24 December 18:00 · never

A day means all of it: what ends on the 24th can be used on the 24th. A length in hours is exact, and
a length in days ends at the same time of day by the server's clocks.

Rule: nothing is guessed at. What can be read in two ways is refused, and so is what is over.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.errors import MomentUnreadableError
from bot.domain.period import PeriodKind, period_of
from bot.domain.typed_days import months_later, read_day

FARTHEST: Final = timedelta(days=5 * 366)
"""A slip of the finger stays repairable."""
TYPICAL: Final = (
    "tomorrow",
    "in 3 days",
    "in 1 week",
    "in 2 weeks",
    "end of month",
    "in 3 months",
    "never",
)
"""What most mean; a door may offer it."""
_NEVER: Final = frozenset({"never", "no end", "does not expire"})
_NUMBERS: Final = "one two three four five six seven eight nine ten eleven twelve"
_COUNTS: Final = {"a": 1, "an": 1} | {word: nth for nth, word in enumerate(_NUMBERS.split(), 1)}
_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
"""At most so long each."""
_SHORT: Final = {"min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week", "y": "year"}
_LENGTH: Final = re.compile(r"(?:in |for )?(?P<count>[0-9]+|[a-z]+) ?(?P<unit>[a-z]+)")
_CLOCK: Final = re.compile(
    r"(?:(?P<day>.+?),? )?(?:at )?(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))? ?(?P<half>am|pm)?"
)
_UNCLEAR: Final = re.compile(
    r"[0-9]{1,4}/[0-9]{1,2}(/[0-9]{2,4})?|next \w+|[0-9]+ ?m|[0-9]{1,2}[-.][0-9]{1,2}[-.][0-9]{2}"
)
"""The American date or the other; the coming Friday or the one after; minutes or months."""


def parse_expiry(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that is meant; None where it never ends. Raises MomentUnreadableError."""
    typed = " ".join(text.casefold().split())
    typed = re.sub(r"^(until|till|on|by|expires) ", "", typed)
    if typed in _NEVER:
        return None
    if not typed.isascii():
        raise MomentUnreadableError(text, "form")
    if _UNCLEAR.fullmatch(typed):
        raise MomentUnreadableError(text, "unclear")
    here = _Here(typed, now, now.astimezone(zone), zone)
    moment = here.length() or here.whole_day() or here.clock()
    if moment is None:
        raise here.fault("form")
    if moment <= now:
        raise here.fault("past")
    if moment - now > FARTHEST:
        raise here.fault("far")
    return moment


@dataclass(frozen=True, slots=True)
class _Here:
    """A text, and where and when it is read."""

    typed: str
    now: datetime
    local: datetime
    zone: ZoneInfo

    def fault(self, kind: str) -> MomentUnreadableError:
        return MomentUnreadableError(self.typed, kind)

    def length(self) -> datetime | None:
        """`in 3 days`."""
        match = _LENGTH.fullmatch(self.typed)
        unit = _unit(match["unit"]) if match else None
        if match is None or unit is None:
            return None
        count = int(match["count"]) if match["count"].isdigit() else _COUNTS.get(match["count"])
        if count is None:
            return None
        if count > 10**7 or count * _UNITS[unit] > 2 * FARTHEST:
            raise self.fault("far")
        today = self.local.date()
        if unit in {"minute", "hour"}:
            return self.now + count * _UNITS[unit]
        if unit in {"day", "week"}:
            return self.at(today + count * _UNITS[unit], self.local.time())
        return self.at(
            months_later(today, count * (12 if unit == "year" else 1)), self.local.time()
        )

    def whole_day(self) -> datetime | None:
        """`friday`: to the midnight after it, by the server's clocks."""
        day = read_day(self.typed, self.local.date())
        if day is None:
            return None
        noon = datetime.combine(self.near(day), time(12), tzinfo=self.zone)
        return period_of(PeriodKind.DAY, noon, self.zone).ends_at

    def clock(self) -> datetime | None:
        """`friday 18:00`, `24 december 6pm`, `18:00`."""
        typed = re.sub(r"\bnoon$", "12:00", re.sub(r"(?<=[0-9])t(?=[0-9])", " ", self.typed))
        match = _CLOCK.fullmatch(typed)
        if match is None or not (match["minute"] or match["half"]):
            return None
        hour = int(match["hour"])
        if match["half"]:
            hour = hour % 12 + (12 if match["half"] == "pm" else 0) if 1 <= hour <= 12 else 24
        minute = int(match["minute"] or 0)
        if hour > 23 or minute > 59:
            return None
        today = self.local.date()
        day = read_day(match["day"], today) if match["day"] else today
        return None if day is None else self.at(day, time(hour, minute))

    def at(self, day: date, clock: time) -> datetime:
        """A time of that day. One that the clocks skip is as long after as it would have been."""
        return datetime.combine(self.near(day), clock, tzinfo=self.zone).astimezone(UTC)

    def near(self, day: date) -> date:
        """Raises for days that no calendar arithmetic should be tried on."""
        today = self.local.date()
        if day < today:
            raise self.fault("past")
        if day - today > FARTHEST:
            raise self.fault("far")
        return day


def _unit(typed: str) -> str | None:
    for name in (typed, typed.removesuffix("s")):
        if name in _UNITS:
            return name
        if name in _SHORT:
            return _SHORT[name]
    return None
