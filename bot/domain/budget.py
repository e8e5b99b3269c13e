"""Whose money a video takes, in which order, and what is missing when it does not suffice.

Rule: nothing here reads a clock or a database; the ledger asks these functions and writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.ids import JobNumber, RoleId, UserId
from bot.domain.job import Job
from bot.domain.money import Micros
from bot.domain.period import Period

AccountId = NewType("AccountId", int)


class Scope(StrEnum):
    """Who has to be able to afford a video. All of them, at once."""

    MEMBER = "member"
    SERVER = "server"
    """The pool that nobody together can exceed."""
    DAY = "day"
    """The operator's cap for a day, over all servers."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Caps:
    """The operator's limits over all servers. None: that scope is not capped."""

    day: Micros | None
    month: Micros | None


def allowance_of(
    roles: Iterable[RoleId],
    *,
    personal: Micros | None,
    by_role: Mapping[RoleId, Micros],
    default: Micros,
) -> Micros:
    """A personal allowance, else the highest of the member's roles, else what everybody gets."""
    if personal is not None:
        return personal
    of_roles = [by_role[role] for role in roles if role in by_role]
    return max(of_roles, default=default)


def free_after_change(target: Micros, *, used: Micros) -> Micros:
    """What is free in a wallet once its limit is `target`: money used never comes back."""
    return Micros(max(0, target - used))


@dataclass(frozen=True, slots=True)
class Purse:
    """A wallet that can be drawn on."""

    account: AccountId
    free: Micros


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a hold that one wallet bears."""

    account: AccountId
    amount: Micros


def draw(price: Micros, purses: Sequence[Purse]) -> tuple[Leg, ...] | None:
    """The legs that bear a price, in the order of the purses; None when they do not suffice."""
    missing, legs = price, list[Leg]()
    for purse in purses:
        part = Micros(min(missing, purse.free))
        if part > 0:
            legs.append(Leg(purse.account, part))
            missing = Micros(missing - part)
    return tuple(legs) if missing == 0 else None


def split(amount: Micros, legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """How an amount is paid from held legs: the first held is the first spent."""
    rest, parts = amount, list[Leg]()
    for leg in legs:
        part = Micros(min(rest, leg.amount))
        parts.append(Leg(leg.account, part))
        rest = Micros(rest - part)
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One scope that cannot afford a video."""

    scope: Scope
    free: Micros
    short_by: Micros
    renews_at: datetime


class Limit(StrEnum):
    """A policy other than money that says no."""

    DEAREST = "dearest"
    """This one video costs more than any may."""
    QUEUE = "queue"
    """The member has enough jobs already."""
    BLOCKED = "blocked"
    """The admins do not want videos of this member."""
    WORD = "word"
    """The admins do not want a word that stands in the prompt."""
    PAUSED = "paused"
    """The admins stopped new jobs."""
    SERVER = "server"
    """The operator has not allowed this server."""
    STOPPED = "stopped"
    """Nothing is submitted at present, for nobody: the provider's account, or too many unknowns."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """The money is held, and the job stands in the books."""

    job: Job
    rest: Micros
    """What the member can still spend."""


@dataclass(frozen=True, slots=True)
class Already:
    """The same interaction came before: this is its job."""

    job: Job


@dataclass(frozen=True, slots=True)
class Refused:
    """No money moved."""

    price: Micros
    shortfalls: tuple[Shortfall, ...] = ()
    limit: Limit | None = None
    allowed: int | None = None
    """The number behind the limit: micro-dollars or jobs."""
    word: str | None = None
    """The word behind the limit, as the admins typed it."""

    @property
    def affordable(self) -> Micros:
        """The dearest price that every scope could bear."""
        return Micros(min((short.free for short in self.shortfalls), default=self.price))


Decision = Reserved | Already | Refused


@dataclass(frozen=True, slots=True)
class Grant:
    """Money given once, on top."""

    account: AccountId
    free: Micros
    given: Micros
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of taking money back: all that was asked for, or nothing."""

    amount: Micros
    """Asked for; what was there where all was asked for."""
    there: Micros
    """Could be taken: granted, neither spent nor held, and not expired."""

    @property
    def done(self) -> bool:
        """Whether it was taken."""
        return 0 < self.amount <= self.there


@dataclass(frozen=True, slots=True)
class Funds:
    """A member's money in one server, at one moment."""

    period: Period
    allowance: Micros
    """What the member gets per period at present."""
    allowance_free: Micros
    grants: tuple[Grant, ...]
    """With money left and not expired, in the order in which they are spent."""
    held: Micros
    """For jobs that are not finished, whenever they were started."""
    spent: Micros
    """In this period, refunds taken off."""

    @property
    def free(self) -> Micros:
        """What the member could spend now, were the pool deep enough."""
        return Micros(self.allowance_free + sum(grant.free for grant in self.grants))


@dataclass(frozen=True, slots=True)
class Pool:
    """A capped scope other than a member's: the server's pool, or one of the operator's caps."""

    period: Period
    limit: Micros
    free: Micros
    held: Micros
    spent: Micros


@dataclass(frozen=True, slots=True)
class Returned:
    """A part of a refund: what one account got back."""

    amount: Micros
    grant: bool
    """To a grant; else to the allowance of the period in which it was held."""
    usable: bool
    """That grant, or that period, is not over."""
    expires_at: datetime | None = None
    """Of the grant."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A charge given back."""

    job: JobNumber
    member: UserId
    parts: tuple[Returned, ...]

    @property
    def amount(self) -> Micros:
        """All of it."""
        return Micros(sum(part.amount for part in self.parts))

    @property
    def usable(self) -> Micros:
        """What of it can be spent again: money returns to where it came from, and that may be over."""
        return Micros(sum(part.amount for part in self.parts if part.usable))


class NotRefunded(StrEnum):
    """Why nothing was given back."""

    MISSING = "missing"
    """This server has no such job."""
    UNFINISHED = "unfinished"
    """Nothing is charged yet."""
    FREE = "free"
    """It was never charged."""
    ALREADY = "already"
    """It was given back before."""
