"""What Prometheus may ask.

Rule: it is counted when somebody asks, so that nothing else has to remember to count; and whatever
can be counted is there from the start, as 0, so that an alarm on it is never blind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.domain.budget import Pool, Scope
from bot.domain.job import JobState
from bot.domain.money import Micros
from bot.domain.ports import Clock
from bot.service.guard import ALERTS
from bot.service.studio import Studio

_MICROS = 1_000_000


class Counts(Protocol):
    """What the books count."""

    async def count_by_state(self) -> dict[str, int]: ...


class Caps(Protocol):
    """What the books know of the operator's caps."""

    async def caps_now(self, *, now: datetime) -> dict[Scope, Pool]: ...


@dataclass(frozen=True, slots=True)
class Metrics:
    """Reads the books and the services."""

    jobs: Counts
    money: Caps
    studio: Studio
    clock: Clock

    async def render(self) -> bytes:
        """All metrics as Prometheus reads them."""
        now = self.clock.now()
        counted = await self.jobs.count_by_state()
        caps = await self.money.caps_now(now=now)
        guard, registry = self.studio.guard, CollectorRegistry()
        jobs = Gauge("clapper_jobs", "Jobs by state", ["state"], registry=registry)
        for state in JobState:
            jobs.labels(state).set(counted.get(state, 0))
        stopped = Gauge("clapper_stopped", "1: nothing is submitted", ["why"], registry=registry)
        for stop, kind in ALERTS.items():
            stopped.labels(kind).set(guard.stop is stop)
        money = Gauge("clapper_cap_dollars", "The caps", ["period", "part"], registry=registry)
        for (period, part), amount in _parts(caps):
            money.labels(period, part).set(amount / _MICROS)
        for name, text, value in self._readings(now):
            Gauge(name, text, registry=registry).set(value)
        return generate_latest(registry)

    def _readings(self, now: datetime) -> Iterable[tuple[str, str, float]]:
        guard = self.studio.guard
        yield "clapper_errands", "Errands that are planned", len(self.studio.agenda)
        silent = guard.silent_since
        seconds = (now - silent).total_seconds() if silent else 0
        yield "clapper_provider_silent_seconds", "For how long no answer could be used", seconds
        if guard.balance is not None:
            dollars = guard.balance.micros / _MICROS
            yield "clapper_balance_dollars", "Left at the provider", dollars


def _parts(caps: Mapping[Scope, Pool]) -> Iterable[tuple[tuple[str, str], Micros]]:
    for scope, pool in caps.items():
        yield (scope, "free"), pool.free
        yield (scope, "held"), pool.held
        yield (scope, "spent"), pool.spent
