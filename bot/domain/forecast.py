"""What a pool will have paid when its period ends, if things go on as they do.

What is spent stays spent, what is held is counted as spent, and the rest of the period costs what
the last fourteen days cost, second for second. Two whole weeks hold every weekday twice, so that a
weekend neither alarms nor lulls; they reach back before the period, so that its first day does not
rest on one video; and a server younger than that is measured by its own age, but by no less than a
day, so that its first hour is not multiplied by seven hundred.

Rule: whole micro-dollars and moments alone decide; nothing is rounded before the end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.budget import Pool
from bot.domain.money import Micros

LOOK_BACK: Final = timedelta(days=14)
SHORTEST: Final = timedelta(days=1)
_CENT: Final = 10_000
_MICROSECOND: Final = timedelta(microseconds=1)
"""Lengths are counted in these: money times a timedelta has no room for a few dollars."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a server used in a stretch of time that ends now."""

    used: Micros
    """Spent or held, by when it was held."""
    over: timedelta = LOOK_BACK

    def during(self, stretch: timedelta) -> Micros:
        """What a stretch of time costs at this pace."""
        return Micros(self.used * (stretch // _MICROSECOND) // (self.over // _MICROSECOND))

    def until_used(self, amount: Micros) -> timedelta:
        """How long an amount lasts at this pace, which is not zero."""
        return timedelta(microseconds=amount * (self.over // _MICROSECOND) // self.used)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a period will end."""

    total: Micros
    """Spent at its end, were the pool deep enough."""
    ends_at: datetime
    runs_out_at: datetime | None
    """When the pool would be used up, where that is before the end."""

    @property
    def told(self) -> Micros:
        """The total in whole cents: a finer one would pretend to know what nobody can."""
        return Micros((self.total + _CENT // 2) // _CENT * _CENT)

    @property
    def exceeds(self) -> bool:
        """Whether the pool does not last."""
        return self.runs_out_at is not None


def pace_since(first_at: datetime | None, now: datetime) -> timedelta:
    """How far back the pace is measured, where the server's first video is that old."""
    if first_at is None:
        return LOOK_BACK
    return max(SHORTEST, min(LOOK_BACK, now - first_at))


def forecast(pool: Pool, pace: Pace, now: datetime) -> Forecast:
    """Of the pool's present period."""
    ends_at = pool.period.ends_at
    rest = max(timedelta(), ends_at - now)
    used = pool.spent + pool.held
    total = Micros(used + pace.during(rest))
    return Forecast(total, ends_at, _runs_out(pool, pace, now) if total > pool.limit else None)


def _runs_out(pool: Pool, pace: Pace, now: datetime) -> datetime:
    left = Micros(max(0, pool.limit - pool.spent - pool.held))
    return now + pace.until_used(left) if left else now
