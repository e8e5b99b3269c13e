"""What the operator has to know, as facts.

Rule: an alert says something that a person can act on. Everything else is a log line.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.ids import GuildId, JobNumber


class AlertKind(StrEnum):
    """Each has its remedy in the runbook."""

    BALANCE_EMPTY = "balance-empty"
    BALANCE_LOW = "balance-low"
    KEY_REFUSED = "key-refused"
    MODEL_FORBIDDEN = "model-forbidden"
    TOO_MANY_UNKNOWN = "too-many-unknown"
    UNKNOWN_EXPIRED = "unknown-expired"
    LATE_GIFT = "late-gift"
    MAYBE_BILLED = "maybe-billed"
    TASK_MISSING = "task-missing"
    REQUEST_REFUSED = "request-refused"
    SET_ASIDE = "set-aside"
    UNDELIVERABLE = "undeliverable"
    DISK_FULL = "disk-full"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong."""

    kind: AlertKind
    job: JobNumber | None = None
    guild: GuildId | None = None
    facts: dict[str, str] = field(default_factory=dict[str, str])
