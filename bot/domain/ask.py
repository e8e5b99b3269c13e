"""Asking an admin: a video that a member's money does not suffice for, and what becomes of it.

    open → approved      the missing money was granted and held for the job, in one step
      ├→ denied          by an admin, perhaps with a reason
      ├→ expired         nobody answered
      └→ void            it cannot be made any more, whoever approves

Rule: an ask is decided once. What an admin can mend (the pool, a pause, a full queue) leaves it open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.budget import Limit, Refused, Scope
from bot.domain.ids import ChannelId, GuildId, InteractionId, JobNumber, MessageId, RoleId, UserId
from bot.domain.money import ZERO, Micros

LIFE: Final = timedelta(days=3)
"""A weekend passes, and the member still knows what they asked for."""
GRANT_LIFE: Final = timedelta(days=1)
"""If the video fails, its money is back in the grant, for another try on the same day."""
DENIED_FOR: Final = timedelta(days=1)
"""For so long the same question gets the same answer."""
MOST_OPEN: Final = 3
"""Of one member: the admins' channel is not the place for a wish list."""


class AskState(StrEnum):
    """How far the question is."""

    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    VOID = "void"


class Void(StrEnum):
    """Why an ask can never be approved."""

    BLOCKED = "blocked"
    """The member may not generate any more."""
    WORD = "word"
    """The prompt has a word that was forbidden since."""
    DEARER = "dearer"
    """The price went up: nobody agreed to that one."""
    PICTURE = "picture"
    """The image is gone."""
    MODEL = "model"
    """The model is gone, or no longer takes such a request."""
    LEFT = "left"
    """The member left the server."""
    CHANNEL = "channel"
    """The card could not be posted."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What was missing when the member asked."""

    free: Micros
    """The member's own."""
    renews_at: datetime
    pool_free: Micros | None = None
    """The server's, where that is too little as well."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a member wants an admin to decide."""

    guild: GuildId
    member: UserId
    roles: frozenset[RoleId]
    interaction: InteractionId
    """Of the press. The job is ordered under it, so that it is ordered once."""
    likeness: bytes
    """The same for the same wish, whenever and wherever its image was attached."""
    model: str
    mode: str
    request: str
    price: Micros
    price_assumed: bool
    lack: Lack
    asked_in: ChannelId
    asked_in_parent: ChannelId | None = None
    parent: JobNumber | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as the books have it."""

    number: int
    question: Question
    state: AskState
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None = None
    actor: UserId | None = None
    reason: str = ""
    job: JobNumber | None = None
    granted: Micros = ZERO
    waiting: tuple[ChannelId, MessageId] | None = None
    """The message that waits for its video, where one stands."""

    @property
    def missing(self) -> Micros:
        """What the member lacked when they asked."""
        return Micros(max(0, self.question.price - self.question.lack.free))


class NotAsked(StrEnum):
    """Why a question is not put to the admins."""

    MANY = "many"
    """The member has enough open ones."""
    CLOSED = "closed"
    """There is no admin channel, or the bot cannot post there."""


class Unanswered(StrEnum):
    """Why an approval is not carried out, and what is to be done first."""

    POOL = "pool"
    CAP = "cap"
    PAUSED = "paused"
    QUEUE = "queue"
    DEAREST = "dearest"
    STOPPED = "stopped"
    SERVER = "server"


_FOR_GOOD: Final = {Limit.BLOCKED: Void.BLOCKED, Limit.WORD: Void.WORD}


def lack_of(refused: Refused) -> Lack | None:
    """What an admin could mend of a refusal. None: asking would not help.

    An admin can grant to a member and deepen the pool. The operator's caps are not theirs.
    """
    by_scope = {short.scope: short for short in refused.shortfalls}
    if refused.limit is not None or not by_scope or by_scope.keys() & {Scope.DAY, Scope.MONTH}:
        return None
    mine, pool = by_scope.get(Scope.MEMBER), by_scope.get(Scope.SERVER)
    first = mine or pool
    assert first is not None
    return Lack(
        free=mine.free if mine else refused.price,
        renews_at=first.renews_at,
        pool_free=pool.free if pool else None,
    )


def obstacle_of(refused: Refused) -> Void | Unanswered | None:
    """What stands against an approval. None: only the member's own money, which it brings."""
    if refused.limit is not None:
        return _FOR_GOOD.get(refused.limit) or Unanswered(refused.limit)
    scopes = {short.scope for short in refused.shortfalls}
    if scopes & {Scope.DAY, Scope.MONTH}:
        return Unanswered.CAP
    return Unanswered.POOL if Scope.SERVER in scopes else None
