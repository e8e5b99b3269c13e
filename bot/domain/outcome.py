"""How a job ended, and all that a person may be told about it. No text is made here.

Rule: `charged` is what the books say, never what we hope.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.clip import Clip
from bot.domain.ids import ChannelId, MessageId
from bot.domain.job import Charge, Job, JobState
from bot.domain.money import ZERO, Micros
from bot.domain.provider import Cause


class Fix(StrEnum):
    """What a person can do about a failure; each is a button."""

    AGAIN = "again"
    """The very same request: it may work now."""
    EDIT = "edit"
    """Change the prompt or the options."""
    PICTURE = "picture"
    """Attach another image."""


FIXES: Final[dict[Cause, tuple[Fix, ...]]] = {
    Cause.PROMPT: (Fix.EDIT,),
    Cause.CONTENT: (Fix.EDIT,),
    Cause.IMAGE: (Fix.PICTURE, Fix.EDIT),
    Cause.LORA: (Fix.EDIT,),
    Cause.PROVIDER: (Fix.AGAIN, Fix.EDIT),
    Cause.ACCOUNT: (Fix.AGAIN,),
    Cause.REQUEST: (Fix.EDIT,),
    Cause.BLOCKED: (),
    Cause.WORD: (Fix.EDIT,),
    Cause.UNKNOWN: (Fix.AGAIN,),
}
"""The fixes that make sense. No member can mend what admins think of them; the operator's
account is mended for them, and then the same request works."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    job: Job
    charged: Micros
    """What the member has paid in the end."""
    cause: Cause | None
    """Why there is no video; None where there is one."""
    fixes: tuple[Fix, ...]
    clips: tuple[Clip, ...] = ()
    told: "tuple[Receipt, ...]" = ()
    """Messages about it that were posted before, the latest first."""

    @property
    def worked(self) -> bool:
        return self.cause is None


_UNEXPLAINED: Final = frozenset({JobState.EXPIRED, JobState.CANCELLED})
_WORKED: Final = frozenset({JobState.STORED, JobState.DELIVERED, JobState.UNDELIVERABLE})
"""A video that came after its job was given up still carries the cause of that."""


def outcome_of(job: Job, clips: tuple[Clip, ...] = (), *, paid: Micros | None = None) -> Outcome:
    """The outcome of a job that is over, or whose clip is ready."""
    settled = job.charge is Charge.SETTLED and not job.refunded
    charged = (job.price if paid is None else paid) if settled else ZERO
    cause = None if job.state in _WORKED else job.cause
    if cause is None and job.state in _UNEXPLAINED:
        cause = Cause.UNKNOWN
    return Outcome(job, charged, cause, FIXES[cause] if cause else (), clips)


class Route(StrEnum):
    """How a message reached people."""

    CHANNEL = "channel"
    FITTED = "fitted"
    """A smaller copy, for the original is too large."""
    LINK = "link"
    DIRECT = "direct"
    """A direct message to the maker."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message stands."""

    route: Route
    channel: ChannelId
    message: MessageId
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """A job with what it came to, read at one moment."""

    job: Job
    paid: Micros
    """By the member, refunds taken off."""
    told: Receipt | None
    """Where it was told of last. That may be gone."""
