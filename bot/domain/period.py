"""Calendar days, weeks and months in a server's time zone.

Rule: a period is named by the local date on which it starts. Nothing here knows the time of day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo


class PeriodKind(StrEnum):
    """How often money renews."""

    DAY = "day"
    WEEK = "week"
    """From Monday."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week or month: from its first instant to before its last."""

    kind: PeriodKind
    starts_on: date
    starts_at: datetime
    ends_at: datetime

    @property
    def name(self) -> str:
        """`month 2026-11-01`: sorts by time within a kind."""
        return f"{self.kind} {self.starts_on.isoformat()}"


def period_of(kind: PeriodKind, moment: datetime, zone: ZoneInfo) -> Period:
    """The period in which a moment lies."""
    return period_from(kind, _first_day(kind, moment.astimezone(zone).date()), zone)


@lru_cache(maxsize=1024)
def period_from(kind: PeriodKind, starts_on: date, zone: ZoneInfo) -> Period:
    """The period that starts on a local date."""
    following = _first_day(kind, starts_on + timedelta(days=_MORE_THAN_ONE[kind]))
    return Period(kind, starts_on, _midnight(starts_on, zone), _midnight(following, zone))


_MORE_THAN_ONE = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7, PeriodKind.MONTH: 31}
"""Days that lead from a period's first day into the next period, and never beyond it."""


def _first_day(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.DAY:
        return day
    if kind is PeriodKind.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Where the clocks skip midnight, this is the instant of the skip: the day's first all the same.
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
