"""What the operator and the admins have to know, as facts.

Rule: an alert says something that a person can act on. Everything else is a log line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

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
    POOL_NEARLY = "pool-nearly"
    """80 % of a server's pool is used."""
    POOL_SPENT = "pool-spent"
    """What is left of it pays for no video."""
    POOL_FORECAST = "pool-forecast"
    """At this pace it will not last."""
    FAILURES = "failures"
    """Many in a row, and none of them a member's fault."""
    FATE_UNKNOWN = "fate-unknown"
    """Nobody knows yet whether the provider made a task."""
    CHANNEL_CLOSED = "channel-closed"
    """The bot lacks a permission where videos go."""


class Audience(Enum):
    """Who is told besides the log."""

    OPERATOR = "operator"
    SERVER = "server"
    """The admins of the server that it is about."""
    EVERY_SERVER = "every server"
    """The admins of all servers: nobody can make a video."""


AUDIENCES: Final[Mapping[AlertKind, Audience]] = {
    **dict.fromkeys(AlertKind, Audience.OPERATOR),
    **dict.fromkeys(
        (
            AlertKind.BALANCE_EMPTY,
            AlertKind.BALANCE_LOW,
            AlertKind.KEY_REFUSED,
            AlertKind.TOO_MANY_UNKNOWN,
        ),
        Audience.EVERY_SERVER,
    ),
    **dict.fromkeys(
        (
            AlertKind.SET_ASIDE,
            AlertKind.UNDELIVERABLE,
            AlertKind.POOL_NEARLY,
            AlertKind.POOL_SPENT,
            AlertKind.POOL_FORECAST,
            AlertKind.FAILURES,
            AlertKind.FATE_UNKNOWN,
            AlertKind.CHANNEL_CLOSED,
        ),
        Audience.SERVER,
    ),
}

TOLD_WHEN_OVER: Final = frozenset(
    {
        AlertKind.BALANCE_EMPTY,
        AlertKind.BALANCE_LOW,
        AlertKind.KEY_REFUSED,
        AlertKind.TOO_MANY_UNKNOWN,
        AlertKind.CHANNEL_CLOSED,
    }
)
"""People wait for the end of these. Of the others the admins know, or it does not matter."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong."""

    kind: AlertKind
    job: JobNumber | None = None
    guild: GuildId | None = None
    facts: dict[str, str] = field(default_factory=dict[str, str])
