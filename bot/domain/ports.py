"""What the service needs from the outside, in its own words.

Rule: a Protocol stands here only because the layers forbid the service to import what fulfils it.
The stores of the books are the exception that proves it: they are one implementation, and the
Protocols below are the list of steps that the service may take.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.alert import Alert
from bot.domain.budget import Decision
from bot.domain.clip import Clip
from bot.domain.ids import AttemptId, ChannelId, GuildId, InteractionId, JobNumber, TaskId, UserId
from bot.domain.job import Job, Order
from bot.domain.money import Micros
from bot.domain.notice import Letter, Spot
from bot.domain.outcome import Outcome, Receipt
from bot.domain.provider import Balance, Cause, Submission, TaskReport, Turn, Verdict


class Clock(Protocol):
    """The time, which never goes back and never leaps."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Failpoint(Protocol):
    """Called by name at every instant at which dying would be interesting. Does nothing, except
    under a test that wants to die there.
    """

    def __call__(self, name: str) -> None: ...


def nowhere(name: str) -> None:
    """The failpoint that is off."""


class Provider(Protocol):
    """The paid API."""

    async def turn(self) -> Turn | None:
        """Waits until a paid POST may leave. None: none may any more."""
        ...

    async def submit(self, submission: Submission, turn: Turn) -> Verdict:
        """The one paid POST. Never raises for what the network does, never tries twice."""
        ...

    async def read_task(self, model_id: str, task: TaskId) -> TaskReport:
        """How far a task is; raises ProviderError."""
        ...

    async def balance(self) -> Balance:
        """What is left on the account; raises ProviderError."""
        ...

    async def drain(self) -> None:
        """Waits until no paid POST is on its way."""
        ...


class Purpose(StrEnum):
    """Why a message is owed."""

    CLIP = "clip"
    FAILURE = "failure"
    SHOWN = "shown"
    """Asked for again with `/show`."""


@dataclass(frozen=True, slots=True)
class Debt:
    """A message that somebody is still to get."""

    id: int
    job: JobNumber
    purpose: Purpose
    nonce: str
    tries: int
    due_at: datetime
    channel: ChannelId | None = None
    """Where it is to be posted; None for where its job's videos go."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """The message that waited for a job that is over: it has to be taken away."""

    job: JobNumber
    tries: int
    due_at: datetime


class Postman(Protocol):
    """Brings outcomes to people."""

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        """Posts once under the debt's nonce, by the best route there is.

        Raises PostponedError or UndeliverableError.
        """
        ...

    async def mark_refunded(self, guild: GuildId, receipt: Receipt) -> None:
        """Lets a video's message say that it was paid back, as far as it can be reached."""
        ...

    async def post(self, letter: Letter) -> Spot:
        """Posts a notice once under its nonce. Raises PostponedError or UndeliverableError."""
        ...

    async def amend(self, letter: Letter, spot: Spot) -> bool:
        """Lets a posted notice say what is true now. False: it is gone, and stays gone.

        Raises PostponedError.
        """
        ...

    async def withdraw(self, guild: GuildId, spot: Spot) -> bool:
        """Takes a message of ours away. False: it is not there, or nobody may.

        Raises PostponedError.
        """
        ...

    async def lacking(self, guild: GuildId, channel: ChannelId) -> tuple[str, ...] | None:
        """The permissions that videos need in a channel and the bot does not have. None: nobody
        knows at this moment.
        """
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in the queue, as far as fairness cares."""

    number: JobNumber
    guild: GuildId
    member: UserId
    due_at: datetime
    """Not before."""
    created_at: datetime
    at_once: int
    """How many jobs of one member may be at the provider, by the server's policy."""
    paused: bool
    """Whether the server's admins stopped new jobs."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A task id that somebody claims for a job, unread."""

    id: int
    job: JobNumber
    task: TaskId


class Alarm(Protocol):
    """Tells the operator, and the admins where it is theirs to know."""

    def __call__(self, alert: Alert) -> None: ...


class JobStore(Protocol):
    """The jobs' books. Every method is one transaction."""

    async def reserve(self, order: Order, now: datetime) -> Decision: ...
    async def find(self, number: JobNumber) -> Job | None: ...
    async def find_by_interaction(self, interaction: InteractionId) -> Job | None: ...
    async def list_of_member(
        self, guild: GuildId, member: UserId, *, limit: int = 25, before: JobNumber | None = None
    ) -> list[Job]: ...
    async def list_waiting(self) -> list[Waiting]: ...
    async def list_unfinished(self) -> list[Job]: ...
    async def list_at_provider(self) -> dict[JobNumber, tuple[GuildId, UserId]]: ...
    async def list_debts(self) -> list[Debt]: ...
    async def list_clips(self, number: JobNumber) -> tuple[Clip, ...]: ...
    async def list_hints(self, number: JobNumber) -> list[Hint]: ...
    async def list_told(self, number: JobNumber) -> list[Receipt]: ...
    async def count_unknown(self) -> int: ...
    async def paid(self, number: JobNumber) -> Micros: ...

    async def recover(self, now: datetime) -> list[JobNumber]: ...
    async def claim(
        self, number: JobNumber, token_hash: bytes, now: datetime
    ) -> AttemptId | Debt | None: ...
    async def created(
        self,
        number: JobNumber,
        attempt: AttemptId,
        task: TaskId,
        *,
        due_at: datetime,
        now: datetime,
    ) -> bool: ...
    async def not_created(
        self, number: JobNumber, attempt: AttemptId, *, due_at: datetime, now: datetime, why: str
    ) -> None: ...
    async def rejected(
        self, number: JobNumber, attempt: AttemptId, cause: Cause, *, now: datetime, why: str
    ) -> None: ...
    async def unknown(
        self,
        number: JobNumber,
        attempt: AttemptId,
        *,
        due_at: datetime,
        now: datetime,
        why: str,
        candidate: TaskId | None = None,
    ) -> bool: ...
    async def proven(
        self, number: JobNumber, task: TaskId, *, due_at: datetime, now: datetime
    ) -> bool: ...
    async def succeeded(
        self, number: JobNumber, urls: Sequence[str], *, cost: Micros | None, now: datetime
    ) -> bool: ...
    async def late_success(
        self, number: JobNumber, task: TaskId, urls: Sequence[str], *, now: datetime
    ) -> bool: ...
    async def failed(
        self,
        number: JobNumber,
        cause: Cause,
        *,
        now: datetime,
        fail_code: str | None = None,
        maybe_billed: bool = False,
    ) -> bool: ...
    async def expire(self, number: JobNumber, *, now: datetime) -> bool: ...
    async def cancel(self, number: JobNumber, *, now: datetime, why: str) -> bool: ...
    async def void_stale(self, number: JobNumber, *, now: datetime) -> bool: ...
    async def turn_away(self, number: JobNumber, *, now: datetime) -> Debt | None: ...
    async def lost(self, number: JobNumber, *, now: datetime, why: str) -> bool: ...
    async def stored(
        self, number: JobNumber, clips: Sequence[Clip], *, now: datetime
    ) -> Debt | None: ...
    async def looked(self, number: JobNumber, *, due_at: datetime, now: datetime) -> int: ...
    async def set_aside(self, number: JobNumber, why: str, *, now: datetime) -> bool: ...
    async def take_up(self, number: JobNumber, *, now: datetime) -> None: ...

    async def accept_callback(
        self, token_hash: bytes, body_hash: bytes, task: TaskId | None, *, now: datetime
    ) -> JobNumber | None: ...
    async def verify_hint(self, hint: int, *, now: datetime) -> None: ...

    async def delivered(self, debt: Debt, receipt: Receipt, *, now: datetime) -> None: ...
    async def undeliverable(self, debt: Debt, why: str, *, now: datetime) -> None: ...
    async def postponed(self, debt: Debt, why: str, *, due_at: datetime, now: datetime) -> None: ...
    async def find_debt(self, number: JobNumber) -> Debt | None: ...
    async def list_leftovers(self) -> list[Leftover]: ...
    async def find_leftover(self, number: JobNumber) -> Leftover | None: ...
    async def cleared(self, number: JobNumber) -> None: ...
    async def clear_later(self, number: JobNumber, *, due_at: datetime) -> None: ...

    async def list_unfetched(self) -> list[JobNumber]: ...
    async def list_delivered_clips(self) -> list[tuple[str, int, datetime | None]]: ...
    async def clips_removed(self, names: Collection[str], *, now: datetime) -> None: ...
