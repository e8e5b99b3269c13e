"""What Prometheus may ask.

Rule: counted when asked. Nothing in the bot's way has to remember to count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.service.studio import Studio


class Counts(Protocol):
    """What the books count."""

    async def count_by_state(self) -> dict[str, int]: ...


@dataclass(frozen=True, slots=True)
class Metrics:
    """Reads the books and the services."""

    jobs: Counts
    studio: Studio

    async def render(self) -> bytes:
        """All metrics as Prometheus reads them."""
        registry = CollectorRegistry()
        jobs = Gauge("clapper_jobs", "Jobs by state", ["state"], registry=registry)
        for state, count in (await self.jobs.count_by_state()).items():
            jobs.labels(state).set(count)
        for name, text, value in self._readings():
            Gauge(name, text, registry=registry).set(value)
        return generate_latest(registry)

    def _readings(self) -> Iterable[tuple[str, str, float]]:
        guard = self.studio.guard
        yield "clapper_stopped", "1 while nothing is submitted", guard.stop is not None
        yield "clapper_errands", "Errands that are planned", len(self.studio.agenda)
        if guard.balance is not None:
            dollars = guard.balance.micros / 1_000_000
            yield "clapper_balance_dollars", "Left at the provider", dollars
