"""A job: one request for a video, from the reserved money to the clip in the channel.

Rule: paid and delivered are two facts. A state says how far the work is, a charge what became of
the money, and `CHARGES` which of them go together.

    held → submitting → running → succeeded → stored → delivered
      │        │           └→ failed   └→ lost   └→ undeliverable → delivered
      │        ├→ held         nothing was created: later again
      │        ├→ rejected     refused
      │        └→ unknown → running
      │              └→ expired → succeeded      a late video is a gift
      └→ cancelled
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    JobNumber,
    MessageId,
    RoleId,
    TaskId,
    UserId,
)
from bot.domain.money import Micros
from bot.domain.provider import Cause


class JobState(StrEnum):
    """How far the work is."""

    HELD = "held"
    """Money is reserved; it waits for its turn."""
    SUBMITTING = "submitting"
    """The paid POST may be on its way."""
    UNKNOWN = "unknown"
    """Nobody knows yet whether the provider made a task."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    """The provider says so, and it is paid for. The file is not here yet."""
    STORED = "stored"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    """Discord would not take it; the file is kept for `/show`."""
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    """Waited for long enough. The operator's caps keep the estimate."""
    LOST = "lost"
    """Paid for, but the file could never be fetched: the member got the money back."""


class Charge(StrEnum):
    """What became of the money that was held for a job."""

    OPEN = "open"
    SETTLED = "settled"
    VOID = "void"
    WAIVED = "waived"
    """Free for member and server; the operator's caps count it, for the provider may have billed."""


STEPS: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.HELD: frozenset({JobState.SUBMITTING, JobState.CANCELLED}),
    JobState.SUBMITTING: frozenset(
        {JobState.HELD, JobState.REJECTED, JobState.UNKNOWN, JobState.RUNNING}
    ),
    JobState.UNKNOWN: frozenset({JobState.RUNNING, JobState.EXPIRED}),
    JobState.RUNNING: frozenset({JobState.SUCCEEDED, JobState.FAILED}),
    JobState.SUCCEEDED: frozenset({JobState.STORED, JobState.LOST}),
    JobState.STORED: frozenset({JobState.DELIVERED, JobState.UNDELIVERABLE}),
    JobState.UNDELIVERABLE: frozenset({JobState.DELIVERED}),
    JobState.EXPIRED: frozenset({JobState.SUCCEEDED}),
}
"""Every allowed step. The database holds the same table and refuses all others."""

CHARGES: Final[Mapping[JobState, frozenset[Charge]]] = {
    JobState.HELD: frozenset({Charge.OPEN}),
    JobState.SUBMITTING: frozenset({Charge.OPEN}),
    JobState.UNKNOWN: frozenset({Charge.OPEN}),
    JobState.RUNNING: frozenset({Charge.OPEN}),
    JobState.SUCCEEDED: frozenset({Charge.SETTLED, Charge.WAIVED}),
    JobState.STORED: frozenset({Charge.SETTLED, Charge.WAIVED}),
    JobState.DELIVERED: frozenset({Charge.SETTLED, Charge.WAIVED}),
    JobState.UNDELIVERABLE: frozenset({Charge.SETTLED, Charge.WAIVED}),
    JobState.LOST: frozenset({Charge.SETTLED, Charge.WAIVED}),
    JobState.CANCELLED: frozenset({Charge.VOID}),
    JobState.REJECTED: frozenset({Charge.VOID}),
    JobState.FAILED: frozenset({Charge.VOID, Charge.WAIVED}),
    JobState.EXPIRED: frozenset({Charge.WAIVED}),
}

OPEN_STATES: Final = frozenset(
    {JobState.HELD, JobState.SUBMITTING, JobState.UNKNOWN, JobState.RUNNING}
)
"""Money is held, and the provider may be at work."""
TASK_MISSING: Final = "the provider does not know its task"
"""Why a job is set aside that is asked about all the same."""
UNFINISHED_STATES: Final = OPEN_STATES | {JobState.SUCCEEDED, JobState.STORED}
"""What a restart has to go on with."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job's messages are."""

    channel: ChannelId
    """Where the clip goes: the generation channel, or a thread of it."""
    message: MessageId | None = None
    """The answer that waits there with a countdown, once it stands."""
    answered_in: ChannelId | None = None
    """Where the command was used, if that was elsewhere."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that is needed to reserve money for a request."""

    guild: GuildId
    member: UserId
    roles: frozenset[RoleId]
    """The member's roles as Discord told them with the command: they decide the allowance."""
    interaction: InteractionId
    """Makes a repeated command the same job."""
    model: str
    mode: str
    request: str
    """The request as JSON."""
    price: Micros
    price_assumed: bool
    place: Place
    parent: JobNumber | None = None
    """The job that *Again* or *Edit* was pressed on."""


def prompt_of(request: str) -> str:
    """What a request as JSON says in words, whether its model still takes it or not."""
    return str(json.loads(request).get("prompt") or "")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the books have it."""

    number: JobNumber
    guild: GuildId
    member: UserId
    interaction: InteractionId
    model: str
    mode: str
    request: str
    price: Micros
    price_assumed: bool
    state: JobState
    charge: Charge
    place: Place
    created_at: datetime
    state_at: datetime
    """Since when it is in this state."""
    due_at: datetime
    """When somebody should look at it next."""
    tries: int
    """How often somebody looked in this state."""
    task: TaskId | None
    result_urls: tuple[str, ...]
    cause: Cause | None
    """Why it failed, where it did."""
    fail_code: str | None
    aside: str | None
    """Why it was set aside, if it was: for a person, or until the provider knows its task again."""
    refunded: bool
    parent: JobNumber | None

    @property
    def is_gift(self) -> bool:
        """A late video, or one whose money was given up: nobody but the operator paid."""
        return self.charge is Charge.WAIVED


class AttemptState(StrEnum):
    """What is known of one paid POST."""

    OPEN = "open"
    CREATED = "created"
    NOT_CREATED = "not-created"
    UNKNOWN = "unknown"
