"""What became of a server's money in one month, as figures.

A job belongs to the day and the month in which its money was held: so do the books, and so the
figures of a month add up to what its pool has paid.

Rule: no sentences and no names of people; and each figure is what the books say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.domain.budget import Pool
from bot.domain.forecast import Forecast, Pace, forecast
from bot.domain.ids import JobNumber, UserId
from bot.domain.job import JobState
from bot.domain.money import ZERO, Micros
from bot.domain.period import Period
from bot.domain.provider import Cause

MADE_STATES: Final = frozenset(
    {JobState.SUCCEEDED, JobState.STORED, JobState.DELIVERED, JobState.UNDELIVERABLE}
)
"""There is a video."""
FAILED_STATES: Final = frozenset(
    {JobState.REJECTED, JobState.FAILED, JobState.EXPIRED, JobState.LOST}
)
"""There never will be one, and nobody wanted it so."""


class Fault(StrEnum):
    """Whose a failure was."""

    MEMBER = "member"
    """The prompt, the image, the LoRA, or what the video would have shown."""
    PROVIDER = "provider"
    OURS = "ours"
    """The operator's account, or a request that we put badly."""
    NOBODY = "nobody"
    """It never came out."""


FAULTS: Final[Mapping[Cause, Fault]] = {
    Cause.PROMPT: Fault.MEMBER,
    Cause.IMAGE: Fault.MEMBER,
    Cause.LORA: Fault.MEMBER,
    Cause.CONTENT: Fault.MEMBER,
    Cause.PROVIDER: Fault.PROVIDER,
    Cause.ACCOUNT: Fault.OURS,
    Cause.REQUEST: Fault.OURS,
    Cause.BLOCKED: Fault.MEMBER,
    Cause.WORD: Fault.MEMBER,
    Cause.UNKNOWN: Fault.NOBODY,
}


@dataclass(frozen=True, slots=True)
class Several:
    """Some jobs, and an amount that goes with them."""

    jobs: int = 0
    amount: Micros = ZERO


@dataclass(frozen=True, slots=True)
class Day:
    """What one day cost."""

    on: date
    by_model: Mapping[str, Micros]
    """By the models' keys; those that cost something."""

    @property
    def spent(self) -> Micros:
        """By all of them."""
        return Micros(sum(self.by_model.values()))


@dataclass(frozen=True, slots=True)
class MemberSpend:
    """What one member's videos cost."""

    member: UserId
    spent: Micros
    jobs: int


@dataclass(frozen=True, slots=True)
class Report:
    """One month in one server."""

    month: Period
    days: tuple[Day, ...]
    """All of the month's, in order."""
    members: tuple[MemberSpend, ...]
    """Those who spent most, the first first."""
    member_count: int
    """Who ordered anything."""
    failures: Mapping[Cause, int]
    """Most frequent first."""
    jobs: int
    made: int
    cancelled: int
    unfinished: int
    gifts: Several
    """Videos that came late and cost nobody anything but the operator; what they would have cost."""
    refunds: Several
    """Given back to members by admins. The pool paid for these all the same."""
    held: Several
    """At this moment, for jobs of whatever month."""
    pool: Pool | None
    """As it stands at this moment; None where the month is not the present one."""
    limit: Micros | None
    """The month's own pool, where the pool was by the month."""
    pace: Pace
    """Of the latest two weeks."""
    read_at: datetime

    @property
    def spent(self) -> Micros:
        """What the pool paid for the jobs of this month."""
        return Micros(sum(day.spent for day in self.days))

    @property
    def failed(self) -> int:
        """Jobs that came to nothing."""
        return sum(self.failures.values())

    @property
    def by_fault(self) -> Mapping[Fault, int]:
        """Failures by whose they were, most frequent first."""
        counts = dict.fromkeys(Fault, 0)
        for cause, count in self.failures.items():
            counts[FAULTS[cause]] += count
        ordered = sorted(counts.items(), key=lambda pair: -pair[1])
        return {fault: count for fault, count in ordered if count}

    @property
    def by_model(self) -> Mapping[str, Micros]:
        """What each model cost, the dearest first."""
        totals: dict[str, int] = {}
        for day in self.days:
            for model, spent in day.by_model.items():
                totals[model] = totals.get(model, 0) + spent
        ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        return {model: Micros(total) for model, total in ordered}

    @property
    def forecast(self) -> Forecast | None:
        """How the pool's present period will end; None for a month that is over."""
        return forecast(self.pool, self.pace, self.read_at) if self.pool else None


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job of the month, as a row for a spreadsheet."""

    number: JobNumber
    at: datetime
    member: UserId
    model: str
    mode: str
    state: JobState
    price: Micros
    """What was held for it."""
    charged: Micros
    """What was settled."""
    refunded: Micros
    """What its member got back of that."""
    pool: Micros
    """What the pool has paid for it in the end."""
    cause: Cause | None
    request: str
    """As JSON."""
