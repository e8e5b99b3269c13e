"""The provider's answers, in our words.

Rule: an answer that cannot be read is never taken for a refusal, nor for a success.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import TaskId
from bot.domain.money import Micros


class Cause(StrEnum):
    """Whose fault a failure was: decides what a person is told, and which fixes make sense."""

    PROMPT = "prompt"
    IMAGE = "image"
    LORA = "lora"
    CONTENT = "content"
    """The video itself was refused by the provider's safety check."""
    PROVIDER = "provider"
    """Their machine; may work if tried again."""
    ACCOUNT = "account"
    """The operator's key or balance."""
    REQUEST = "request"
    """The provider refused the request and we do not know why: a defect of ours, most likely."""
    BLOCKED = "blocked"
    """The server's admins stopped the member while it waited."""
    WORD = "word"
    """The server's admins forbade a word of the prompt while it waited."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Submission:
    """What is POSTed once."""

    model_id: str
    input: dict[str, object]
    callback_url: str | None = field(repr=False)
    """A secret: whoever knows it can ring for the job."""
    route: str | None
    """Sent as `provider`; None where the key decides."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to POST once, now: whoever comes late with it waits for another."""

    at: float
    """When it was given, by the client's own clock."""


@dataclass(frozen=True, slots=True)
class Created:
    """The provider made a task, and will bill it."""

    task: TaskId


class Obstacle(StrEnum):
    """Why nothing was created although the request was never judged."""

    UNREACHABLE = "unreachable"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Proof that no task exists: it is safe to try again later."""

    obstacle: Obstacle
    wait: timedelta | None = None
    """What the provider asked for, if it did."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider judged the request and said no. Nothing was created."""

    cause: Cause
    status: int
    """As the provider numbers it. 0: refused before it was sent, for it cannot be written down."""
    message: str
    """The provider's own words: for the operator's log, never for a member."""
    stops_submitting: bool = False
    """The account is the trouble: no other request would fare better."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A task may or may not exist. Never try again."""

    reason: str
    candidate: TaskId | None = None
    """A task id seen in an answer that is not to be trusted."""


Verdict = Created | NotCreated | Rejected | Unknown


class TaskState(StrEnum):
    """How far a task is. Whatever we do not know counts as running."""

    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One reading of a task's state."""

    task: TaskId
    state: TaskState
    provider_state: str
    """Their word, for the log."""
    result_urls: tuple[str, ...] = ()
    """Empty on a success whose result cannot be read."""
    cause: Cause | None = None
    fail_code: str | None = None
    fail_message: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left on the provider's account."""

    micros: Micros
    read_at: datetime
