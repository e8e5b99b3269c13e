"""The store of what admins give and take, and of what members have.

Rule: each act is a row that names its actor and reason, next to a line in the audit.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.adapters.sqlite.accounts import (
    current_period,
    get_grant,
    list_grants,
    open_grant,
    tick,
)
from bot.adapters.sqlite.acts import (
    find_granted,
    find_taken,
    remember_granted,
    remember_taken,
)
from bot.adapters.sqlite.codec import moment_or_none, stamp
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.job_rows import find_job, log_event
from bot.adapters.sqlite.ledger import caps_now, funds, give_back, move_grant, pool
from bot.adapters.sqlite.policy_rows import (
    find_allowance,
    is_blocked,
    read_policy,
    role_allowances,
    write_audit,
)
from bot.domain.budget import (
    Caps,
    Funds,
    Grant,
    NotRefunded,
    Pool,
    Refund,
    Returned,
    Scope,
    Taken,
)
from bot.domain.ids import GuildId, InteractionId, JobNumber, RoleId, UserId
from bot.domain.job import Charge, Job
from bot.domain.member_standing import MemberStanding, origin_of
from bot.domain.money import Micros, show_dollars

_MEMBER: Final = frozenset({Scope.MEMBER})
"""An admin's refund is a gesture to the member. The server's pool and the operator's caps keep the
charge, for the provider was paid: else a refund would be a way around them."""


@dataclass(frozen=True, slots=True)
class Money:
    """Members' money, pools and caps."""

    database: Database
    caps: Caps

    async def funds(
        self, guild: GuildId, member: UserId, *, roles: Iterable[RoleId], now: datetime
    ) -> Funds:
        """What a member has, holds and spent."""
        return await self.database.read(
            lambda con: funds(con, guild, member, roles=tuple(roles), now=now)
        )

    async def standing(
        self, guild: GuildId, member: UserId, *, roles: Iterable[RoleId], now: datetime
    ) -> MemberStanding:
        """The same with where it comes from, what all share, and whether they may order at all."""
        held = tuple(roles)
        return await self.database.read(
            lambda con: _standing(con, guild, member, roles=held, now=now)
        )

    async def pool(self, guild: GuildId, *, now: datetime) -> Pool:
        """What a server has left for everybody together."""
        return await self.database.read(lambda con: pool(con, guild, now=now))

    async def caps_now(self, *, now: datetime) -> dict[Scope, Pool]:
        """What the operator's caps leave."""
        return await self.database.read(lambda con: caps_now(con, self.caps, now=now))

    async def grant(
        self,
        guild: GuildId,
        member: UserId,
        amount: Micros,
        *,
        actor: UserId,
        reason: str = "",
        expires_at: datetime | None = None,
        interaction: InteractionId | None = None,
        now: datetime,
    ) -> Grant:
        """Gives money once, on top of the allowance. The same interaction gives it once as well."""

        def act(con: sqlite3.Connection) -> Grant:
            at = tick(con, now)
            done = None if interaction is None else find_granted(con, interaction)
            if done is not None:
                return get_grant(con, done)
            account = open_grant(con, guild, member, expires_at=expires_at, now=at)
            move_grant(con, account, amount, actor=actor, reason=reason, now=at)
            write_audit(
                con,
                guild,
                actor,
                "grant",
                now=at,
                subject=str(member),
                after=show_dollars(amount),
                reason=reason,
            )
            if interaction is not None:
                remember_granted(con, interaction, account, amount, at)
            return Grant(account, amount, amount, expires_at)

        return await self.database.write(act)

    async def take(
        self,
        guild: GuildId,
        member: UserId,
        amount: Micros | None,
        *,
        actor: UserId,
        reason: str = "",
        interaction: InteractionId | None = None,
        now: datetime,
    ) -> Taken:
        """Takes back what was granted and is free: all of an amount or nothing of it. None: what
        there is. The same interaction takes it once.
        """

        def act(con: sqlite3.Connection) -> Taken:
            at = tick(con, now)
            done = None if interaction is None else find_taken(con, interaction)
            if done is not None:
                return done
            taken = _take(con, guild, member, amount, actor=actor, reason=reason, now=at)
            if interaction is not None:
                remember_taken(con, interaction, taken, at)
            return taken

        return await self.database.write(act)

    async def refund(
        self, guild: GuildId, number: JobNumber, *, actor: UserId, reason: str = "", now: datetime
    ) -> Refund | NotRefunded:
        """Gives a charge back to where it came from, once."""
        return await self.database.write(
            lambda con: _refund(con, guild, number, actor=actor, reason=reason, now=now)
        )


def _standing(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    roles: tuple[RoleId, ...],
    now: datetime,
) -> MemberStanding:
    personal = find_allowance(con, guild, ("member", member))
    origin, role = origin_of(roles, personal=personal, by_role=role_allowances(con, guild))
    return MemberStanding(
        funds(con, guild, member, roles=roles, now=now),
        pool(con, guild, now=now),
        origin,
        role,
        is_blocked(con, guild, member),
    )


def _take(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    amount: Micros | None,
    *,
    actor: UserId,
    reason: str,
    now: datetime,
) -> Taken:
    # The money that lasts longest goes first: it is the last the member would have spent.
    grants = list_grants(con, guild, member, now)[::-1]
    there = Micros(sum(grant.free for grant in grants))
    taken = Taken(there if amount is None else amount, there)
    if not taken.done:
        return taken
    rest = taken.amount
    for grant in grants:
        part = Micros(min(rest, grant.free))
        if part:
            move_grant(con, grant.account, Micros(-part), actor=actor, reason=reason, now=now)
            rest = Micros(rest - part)
    write_audit(
        con,
        guild,
        actor,
        "take",
        now=now,
        subject=str(member),
        before=show_dollars(there),
        after=show_dollars(Micros(there - taken.amount)),
        reason=reason,
    )
    return taken


def _refund(
    con: sqlite3.Connection,
    guild: GuildId,
    number: JobNumber,
    *,
    actor: UserId,
    reason: str,
    now: datetime,
) -> Refund | NotRefunded:
    at = tick(con, now)
    job = find_job(con, number)
    if job is None or job.guild != guild:
        return NotRefunded.MISSING
    if job.refunded:
        return NotRefunded.ALREADY
    if job.charge is not Charge.SETTLED:
        return NotRefunded.UNFINISHED if job.charge is Charge.OPEN else NotRefunded.FREE
    amount = give_back(con, number, scopes=_MEMBER, now=at, actor=actor, reason=reason)
    con.execute("UPDATE jobs SET refunded = 1 WHERE number = ?", (number,))
    log_event(con, number, "refunded", now=at, detail=reason)
    write_audit(
        con,
        guild,
        actor,
        "refund",
        now=at,
        subject=f"job {number}",
        after=show_dollars(amount),
        reason=reason,
    )
    return Refund(number, job.member, _returned(con, job, at))


def _returned(con: sqlite3.Connection, job: Job, now: datetime) -> tuple[Returned, ...]:
    """Where a refund went. A grant or a period that is over keeps it, and nobody can spend it."""
    policy = read_policy(con, job.guild)
    kind = policy.allowance_period
    current = current_period(con, job.guild, kind, zone=policy.zone, now=now)
    parts: list[Returned] = []
    for source, period, expires_at, held_at, amount in con.execute(
        "SELECT a.kind, a.period, a.expires_at, hold.at, t.amount FROM transfers t"
        " JOIN accounts a ON a.id = t.credit_id"
        " JOIN transfers settled ON settled.id = t.resolves"
        " JOIN transfers hold ON hold.id = settled.resolves"
        " WHERE t.job = ? AND t.kind = 'refund' AND t.scope = 'member' ORDER BY t.id",
        (job.number,),
    ):
        if source == "grant":
            usable = expires_at is None or expires_at > stamp(now)
        elif period.startswith(f"{kind} "):
            usable = period == current.name
        else:  # of another length: it weighs on this period if it was held within it
            usable = held_at >= stamp(current.starts_at)
        parts.append(
            Returned(Micros(amount), source == "grant", usable, moment_or_none(expires_at))
        )
    return tuple(parts)
