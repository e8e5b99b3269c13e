"""The movements of money, as functions on a connection inside one transaction.

Rule: a hold resolves once, and in the same transaction as its job's state.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from bot.adapters.sqlite.accounts import (
    HOUSE,
    HOUSE_SINK,
    Budget,
    bring_to_limit,
    cap_budgets,
    current_period,
    held_by,
    latest_moment,
    list_grants,
    open_sink,
    pool_budget,
    standing,
    tick,
)
from bot.adapters.sqlite.codec import stamp
from bot.adapters.sqlite.job_rows import (
    count_unfinished,
    find_by_interaction,
    insert_job,
    raise_flag,
)
from bot.adapters.sqlite.policy_rows import (
    allowance,
    find_blocked_word,
    is_blocked,
    read_policy,
)
from bot.domain.budget import (
    AccountId,
    Already,
    Caps,
    Decision,
    Funds,
    Leg,
    Limit,
    Pool,
    Purse,
    Refused,
    Reserved,
    Scope,
    Shortfall,
    draw,
    split,
)
from bot.domain.errors import NotFoundError
from bot.domain.ids import GuildId, JobNumber, RoleId, UserId
from bot.domain.job import Job, Order, prompt_of
from bot.domain.money import Micros
from bot.domain.policy import Policy

_CLAPPER: Final = UserId(0)


@dataclass(slots=True)
class _Draft:
    """What one scope would bear of a price."""

    budget: Budget
    purses: tuple[Purse, ...]
    sink: AccountId | None

    @property
    def free(self) -> Micros:
        return Micros(sum(purse.free for purse in self.purses))


def reserve(con: sqlite3.Connection, order: Order, *, caps: Caps, now: datetime) -> Decision:
    """Holds the price in every capped scope and opens the job, or says what is missing."""
    now = tick(con, now)
    earlier = find_by_interaction(con, order.interaction)
    if earlier is not None:
        return Already(earlier)
    policy = read_policy(con, order.guild)
    refused = limited(con, order, policy)
    if refused is not None:
        return refused
    drafts = _drafts(con, order, policy, caps=caps, now=now)
    shortfalls = tuple(_shortfalls(drafts, order.price))
    if shortfalls:
        return Refused(order.price, shortfalls)
    job = insert_job(con, order, now)
    # The wallets' CHECK refuses what is not there.
    _insert(con, [row for draft in drafts for row in _holds(con, draft, job, now)])
    return Reserved(job, Micros(drafts[0].free - order.price))


def settle(
    con: sqlite3.Connection,
    number: JobNumber,
    *,
    cost: Micros | None,
    now: datetime,
    scopes: frozenset[Scope] | None = None,
) -> None:
    """Pays for a job from its holds: at most what was held. What the provider charges beyond that,
    or does not tell, is the house's, and flagged. A cost of nothing is not believed: no video is
    free, and an unknown cost is paid whole.
    """
    price = _price(con, number)
    told = cost if cost is not None and cost > 0 else None
    if told is None:
        detail = "" if cost is None else f"the provider says {cost}"
        raise_flag(con, number, "price-unknown", now=now, amount=price, detail=detail)
    elif told > price:
        _book_excess(con, number, Micros(told - price), now)
    paid = price if told is None else Micros(min(told, price))
    rows = list[_Row]()
    for holds in _open_holds(con, number, scopes).values():
        for hold, part in zip(holds, split(paid, [hold.leg for hold in holds]), strict=True):
            rows.append(hold.settled(part.amount, now) if part.amount else hold.voided(now))
    _insert(con, rows)


def void(
    con: sqlite3.Connection,
    number: JobNumber,
    *,
    now: datetime,
    scopes: frozenset[Scope] | None = None,
) -> None:
    """Lets go of a job's holds."""
    by_scope = _open_holds(con, number, scopes)
    _insert(con, [hold.voided(now) for holds in by_scope.values() for hold in holds])


def waive(con: sqlite3.Connection, number: JobNumber, *, now: datetime) -> None:
    """Frees member and server. The operator's caps count the price: it may have been billed."""
    void(con, number, now=now, scopes=frozenset({Scope.MEMBER, Scope.SERVER}))
    price = _price(con, number)
    settle(con, number, cost=price, now=now)
    raise_flag(con, number, "maybe-billed", now=now, amount=price)


def give_back(
    con: sqlite3.Connection,
    number: JobNumber,
    *,
    scopes: frozenset[Scope],
    now: datetime,
    actor: UserId = _CLAPPER,
    reason: str = "",
) -> Micros:
    """Returns what a job cost to where it came from; answers with the member's part."""
    rows = con.execute(
        "SELECT id, scope, debit_id, credit_id, amount FROM transfers"
        " WHERE job = ? AND kind = 'settle' ORDER BY id",
        (number,),
    ).fetchall()
    returned = 0
    for settlement, scope, wallet, sink, amount in rows:
        if Scope(scope) not in scopes:
            continue
        # transfers_resolve_once refuses a second refund of the same settlement.
        con.execute(
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, resolves,"
            " actor_id, reason) VALUES (?, 'refund', ?, ?, ?, ?, ?, ?, ?, ?)",
            (stamp(now), sink, wallet, amount, scope, number, settlement, actor, reason),
        )
        returned += amount if scope == Scope.MEMBER else 0
    return Micros(returned)


def move_grant(
    con: sqlite3.Connection,
    account: AccountId,
    amount: Micros,
    *,
    actor: UserId,
    reason: str,
    now: datetime,
) -> None:
    """Puts money into a grant, or takes it out where the amount is negative."""
    kind, debit, credit = ("grant", HOUSE, account) if amount > 0 else ("take", account, HOUSE)
    con.execute(
        "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, actor_id, reason)"
        " VALUES (?, ?, ?, ?, ?, 'member', ?, ?)",
        (stamp(now), kind, debit, credit, abs(amount), actor, reason),
    )


def funds(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    roles: Iterable[RoleId],
    now: datetime,
) -> Funds:
    """A member's money, read only."""
    now = latest_moment(con, now)
    policy = read_policy(con, guild)
    budget = _member_budget(con, guild, member, roles=roles, policy=policy, now=now)
    stands = standing(con, budget)
    return Funds(
        period=budget.period,
        allowance=budget.limit,
        allowance_free=stands.free,
        grants=list_grants(con, guild, member, now),
        held=held_by(con, guild, member),
        spent=stands.spent,
    )


def pool(con: sqlite3.Connection, guild: GuildId, *, now: datetime) -> Pool:
    """A server's pool, read only."""
    now = latest_moment(con, now)
    return _pool_of(con, _server_budget(con, guild, read_policy(con, guild), now))


def caps_now(con: sqlite3.Connection, caps: Caps, *, now: datetime) -> dict[Scope, Pool]:
    """The operator's caps, read only."""
    now = latest_moment(con, now)
    return {budget.scope: _pool_of(con, budget) for budget in cap_budgets(con, caps, now)}


def _pool_of(con: sqlite3.Connection, budget: Budget) -> Pool:
    stands = standing(con, budget)
    return Pool(budget.period, budget.limit, stands.free, stands.held, stands.spent)


def limited(con: sqlite3.Connection, order: Order, policy: Policy) -> Refused | None:
    """What other than money stands against an order."""
    if policy.paused:
        return Refused(order.price, limit=Limit.PAUSED)
    if is_blocked(con, order.guild, order.member):
        return Refused(order.price, limit=Limit.BLOCKED)
    word = find_blocked_word(con, order.guild, prompt_of(order.request))
    if word is not None:
        return Refused(order.price, limit=Limit.WORD, word=word)
    if order.price > policy.dearest:
        return Refused(order.price, limit=Limit.DEAREST, allowed=policy.dearest)
    most = policy.at_once + policy.queued
    if count_unfinished(con, order.guild, order.member) >= most:
        return Refused(order.price, limit=Limit.QUEUE, allowed=most)
    return None


def _drafts(
    con: sqlite3.Connection, order: Order, policy: Policy, *, caps: Caps, now: datetime
) -> tuple[_Draft, ...]:
    """Every capped scope with the purses that it can draw on; the member's comes first."""
    mine = _member_budget(con, order.guild, order.member, roles=order.roles, policy=policy, now=now)
    others = (_server_budget(con, order.guild, policy, now), *cap_budgets(con, caps, now))
    drafts = [_drawn(con, budget, now) for budget in (mine, *others)]
    grants = list_grants(con, order.guild, order.member, now)
    drafts[0].purses += tuple(Purse(grant.account, grant.free) for grant in grants)
    return tuple(drafts)


def _drawn(con: sqlite3.Connection, budget: Budget, now: datetime) -> _Draft:
    ready = bring_to_limit(con, budget, now)
    return _Draft(budget, (ready.purse,), ready.sink)


def _member_budget(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    roles: Iterable[RoleId],
    policy: Policy,
    now: datetime,
) -> Budget:
    period = current_period(con, guild, policy.allowance_period, zone=policy.zone, now=now)
    limit = allowance(con, guild, member, roles=roles, default=policy.allowance)
    return Budget(Scope.MEMBER, guild, member, period, limit)


def _server_budget(
    con: sqlite3.Connection, guild: GuildId, policy: Policy, now: datetime
) -> Budget:
    period = current_period(con, guild, policy.pool_period, zone=policy.zone, now=now)
    return pool_budget(guild, period, policy.pool)


def _shortfalls(drafts: Iterable[_Draft], price: Micros) -> Iterable[Shortfall]:
    for draft in drafts:
        if draft.free < price:
            yield Shortfall(
                draft.budget.scope,
                draft.free,
                Micros(price - draft.free),
                draft.budget.period.ends_at,
            )


_Row = tuple[int, str, int, int, int, str, int, int | None]
"""A transfer: at, kind, debit, credit, amount, scope, job, resolves."""


@dataclass(slots=True)
class _Hold:
    transfer: int
    job: JobNumber
    scope: Scope
    leg: Leg
    sink: AccountId

    def settled(self, amount: Micros, now: datetime) -> _Row:
        return self._resolved("settle", amount, now)

    def voided(self, now: datetime) -> _Row:
        return self._resolved("void", self.leg.amount, now)

    def _resolved(self, kind: str, amount: Micros, now: datetime) -> _Row:
        # transfers_resolve_once refuses a second resolution.
        wallet = self.leg.account
        return (stamp(now), kind, wallet, self.sink, amount, self.scope, self.job, self.transfer)


def _holds(con: sqlite3.Connection, draft: _Draft, job: Job, now: datetime) -> Iterator[_Row]:
    legs = draw(job.price, draft.purses)
    assert legs is not None, "a shortfall was refused before"
    sink = draft.sink or open_sink(con, draft.budget, now)
    at, scope = stamp(now), draft.budget.scope
    for leg in legs:
        yield (at, "hold", leg.account, sink, leg.amount, scope, job.number, None)


def _open_holds(
    con: sqlite3.Connection, number: JobNumber, scopes: frozenset[Scope] | None
) -> dict[Scope, list[_Hold]]:
    rows = con.execute(
        "SELECT hold.id, hold.debit_id, hold.credit_id, hold.amount, hold.scope"
        " FROM transfers hold WHERE hold.job = ? AND hold.kind = 'hold'"
        " AND NOT EXISTS (SELECT 1 FROM transfers WHERE resolves = hold.id) ORDER BY hold.id",
        (number,),
    )
    holds: dict[Scope, list[_Hold]] = {}
    for transfer, wallet, sink, amount, named in rows:
        scope = Scope(named)
        if scopes is None or scope in scopes:
            leg = Leg(AccountId(wallet), Micros(amount))
            hold = _Hold(transfer, number, scope, leg, AccountId(sink))
            holds.setdefault(scope, []).append(hold)
    return holds


def _insert(con: sqlite3.Connection, rows: Sequence[_Row]) -> None:
    """All in one statement, which takes a third less time than one for each."""
    if rows:
        marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))
        con.execute(
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, resolves)"  # noqa: S608 - question marks
            f" VALUES {marks}",
            [*chain.from_iterable(rows)],
        )


def _price(con: sqlite3.Connection, number: JobNumber) -> Micros:
    row = con.execute("SELECT price FROM jobs WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError(f"job {number}")
    return Micros(row[0])


def _book_excess(con: sqlite3.Connection, number: JobNumber, amount: Micros, now: datetime) -> None:
    raise_flag(con, number, "excess", now=now, amount=amount)
    con.execute(
        "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, reason)"
        " VALUES (?, 'excess', ?, ?, ?, 'house', ?, 'the provider charged more than the hold')",
        (stamp(now), HOUSE, HOUSE_SINK, amount, number),
    )
