"""What is wrong in a server, judged from what stands in the books.

Rule: nothing here waits for an event. Whoever was away, or restarts, finds the same troubles again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import AlertKind
from bot.domain.budget import Pool
from bot.domain.forecast import Pace, forecast
from bot.domain.ids import ChannelId, JobNumber
from bot.domain.money import Micros
from bot.domain.notice import Facts
from bot.domain.period import Period

NEARLY: Final = 80
"""Percent of a pool."""
SHORTEST_PACE: Final = timedelta(days=3)
"""What a server does on its first evening is no pace."""
MANY_FAILURES: Final = 5
"""In a row: one or two are the provider's daily life."""
FAILURES_WITHIN: Final = timedelta(days=1)
UNKNOWN_FOR: Final = timedelta(minutes=10)
"""A callback or the next check finds most of them sooner."""
UNDELIVERABLE_WITHIN: Final = timedelta(days=1)
LASTS: Final = timedelta(days=7)
"""An alert that is still true after so long is told again."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a server's admins have to know."""

    kind: AlertKind
    subject: str
    """They hear of it once for each of these: a period, a day."""
    ends_at: datetime
    facts: Facts


@dataclass(frozen=True, slots=True)
class Condition:
    """How a server stands."""

    pool: Pool
    pace: Pace
    day: Period
    """The server's own."""
    streak: Sequence[tuple[JobNumber, bool]]
    """The latest `MANY_FAILURES` jobs that are over, the latest first, and whether each failed through
    nobody's fault here. What a member can mend is left out.
    """
    unknown: Sequence[JobNumber]
    undeliverable: Sequence[JobNumber]
    aside: Sequence[JobNumber]
    channel: ChannelId | None


def troubles(condition: Condition, *, cheapest: Micros, now: datetime) -> Iterator[Trouble]:
    """All that the books show. `cheapest`: what the least video costs."""
    yield from _of_pool(condition, cheapest, now)
    day = condition.day.starts_on.isoformat()
    failed = [number for number, bad in condition.streak if bad]
    if len(failed) >= MANY_FAILURES:
        facts = {"count": len(failed), "job": failed[0]}
        yield Trouble(AlertKind.FAILURES, day, now + LASTS, facts)
    for kind, numbers in (
        (AlertKind.FATE_UNKNOWN, condition.unknown),
        (AlertKind.UNDELIVERABLE, condition.undeliverable),
        (AlertKind.SET_ASIDE, condition.aside),
    ):
        if numbers:
            yield Trouble(kind, day, now + LASTS, {"count": len(numbers), "job": numbers[0]})


def _of_pool(condition: Condition, cheapest: Micros, now: datetime) -> Iterator[Trouble]:
    pool = condition.pool
    if pool.limit <= 0:
        return  # the admins want it so
    used = Micros(pool.limit - pool.free)
    spent = pool.free < cheapest
    known = condition.pace.over >= SHORTEST_PACE
    coming = forecast(pool, condition.pace, now) if known else None
    if spent:
        yield _pool_trouble(AlertKind.POOL_SPENT, pool)
    elif used * 100 >= pool.limit * NEARLY:
        yield _pool_trouble(AlertKind.POOL_NEARLY, pool)
    if coming is not None and coming.runs_out_at is not None and not spent:
        yield _pool_trouble(
            AlertKind.POOL_FORECAST,
            pool,
            forecast=coming.total,
            runs_out_at=coming.runs_out_at.isoformat(),
        )


def _pool_trouble(kind: AlertKind, pool: Pool, **more: int | str) -> Trouble:
    facts: Facts = {
        "used": pool.limit - pool.free,
        "limit": pool.limit,
        "free": pool.free,
        "percent": (pool.limit - pool.free) * 100 // pool.limit,
        "renews_at": pool.period.ends_at.isoformat(),
        **more,
    }
    # A pool that was deepened may run out once more.
    return Trouble(kind, f"{pool.period.name} of {pool.limit}", pool.period.ends_at, facts)
