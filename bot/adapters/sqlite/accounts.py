"""Wallets and their periods: how much is free, and bringing a wallet to its limit.

Rule: nothing is ever reset. A new period is a new wallet, and a new limit moves the difference.
"""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.adapters.sqlite.codec import moment, moment_or_none, stamp
from bot.domain.budget import AccountId, Caps, Grant, Purse, Scope, free_after_change
from bot.domain.ids import GuildId, UserId
from bot.domain.money import ZERO, Micros
from bot.domain.period import Period, PeriodKind, period_from, period_of

HOUSE: Final = AccountId(1)
"""Where all money comes from."""
HOUSE_SINK: Final = AccountId(2)
"""Where the house's own money goes: what the provider charged beyond a hold."""
_UTC: Final = ZoneInfo("UTC")
_OPERATOR: Final = GuildId(0)
_NOBODY: Final = UserId(0)


@dataclass(slots=True)
class Budget:
    """One capped scope in its present period, with its present limit."""

    scope: Scope
    guild: GuildId
    member: UserId
    period: Period
    limit: Micros


@dataclass(slots=True)
class Wallet:
    """What the books hold for a budget."""

    account: AccountId
    funded: Micros
    posted: Micros
    pending: Micros

    @property
    def free(self) -> Micros:
        return Micros(self.posted - self.pending)

    @property
    def used(self) -> Micros:
        """Spent or held, refunds taken off."""
        return Micros(self.funded - self.free)


@dataclass(slots=True)
class Ready:
    """A budget whose wallet has what its limit allows."""

    purse: Purse
    sink: AccountId | None
    """Where its money goes, if anything has gone there yet."""


@dataclass(slots=True)
class Standing:
    """How a budget stands, read only. All in this period, also while its length was another."""

    free: Micros
    held: Micros
    spent: Micros
    """Refunds taken off."""


@dataclass(slots=True)
class _Sink:
    account: AccountId
    posted: Micros


@dataclass(slots=True)
class _Elsewhere:
    """What happened in a period's time under other lengths than its own."""

    used: Micros = ZERO
    """Of wallets: spent or held, refunds taken off."""
    held: Micros = ZERO
    spent: Micros = ZERO
    """Of wallets and grants."""


def tick(con: sqlite3.Connection, now: datetime) -> datetime:
    """The books' time: never before a moment they have seen.

    A clock set back stands still here until it has caught up, so no period is opened again and no
    grant comes back. A clock that leaps a year ahead and returns makes the books wait in that later
    period: its money is given once, and the earlier one's is over. Waiting is the safe side; that
    the leap does not get this far is the business of whoever says what time it is.
    """
    # One row; what another transaction saw cannot be taken back.
    latest = con.execute("SELECT latest_at FROM clock").fetchone()[0]
    if stamp(now) <= latest:
        return moment(latest)
    con.execute("UPDATE clock SET latest_at = ?", (stamp(now),))
    return now


def latest_moment(con: sqlite3.Connection, now: datetime) -> datetime:
    """The same for a reader, who writes nothing."""
    latest = con.execute("SELECT latest_at FROM clock").fetchone()[0]
    return max(now, moment(latest))


def current_period(
    con: sqlite3.Connection, guild: GuildId, kind: PeriodKind, *, zone: ZoneInfo, now: datetime
) -> Period:
    """The period that counts now: the calendar's, unless a later one has begun already."""
    natural = period_of(kind, now, zone)
    # The last to begin; a clock or a time zone set back finds it instead of an earlier one.
    row = con.execute(
        "SELECT starts_on, starts_at FROM periods WHERE guild_id = ? AND kind = ?"
        " ORDER BY starts_on DESC LIMIT 1",
        (guild, kind),
    ).fetchone()
    if row is None or row[0] < natural.starts_on.isoformat():
        return natural
    latest = period_from(kind, date.fromisoformat(row[0]), zone)
    # Where the time zone moved west, the same date starts later: what was used since it began, by
    # the zone of that time, still counts.
    began_at = moment(row[1])
    return replace(latest, starts_at=began_at) if began_at < latest.starts_at else latest


def cap_budgets(con: sqlite3.Connection, caps: Caps, now: datetime) -> tuple[Budget, ...]:
    """The operator's caps: UTC days and months, whatever the servers' time zones are."""
    limits = (
        (Scope.DAY, PeriodKind.DAY, caps.day),
        (Scope.MONTH, PeriodKind.MONTH, caps.month),
    )
    return tuple(
        Budget(
            scope,
            _OPERATOR,
            _NOBODY,
            current_period(con, _OPERATOR, kind, zone=_UTC, now=now),
            limit,
        )
        for scope, kind, limit in limits
        if limit is not None
    )


def pool_budget(guild: GuildId, period: Period, limit: Micros) -> Budget:
    """A server's pool."""
    return Budget(Scope.SERVER, guild, _NOBODY, period, limit)


def standing(con: sqlite3.Connection, budget: Budget) -> Standing:
    """What is free, held and spent under the present limit."""
    wallet, sink = _find_accounts(con, budget)
    elsewhere = _elsewhere(con, budget)
    return Standing(
        _free(budget, wallet, elsewhere),
        Micros((wallet.pending if wallet else 0) + elsewhere.held),
        Micros((sink.posted if sink else 0) + elsewhere.spent),
    )


def bring_to_limit(con: sqlite3.Connection, budget: Budget, now: datetime) -> Ready:
    """Opens the budget's wallet if need be and moves the difference to its limit."""
    found, sink = _find_accounts(con, budget)
    free = _free(budget, found, _elsewhere(con, budget))
    wallet = found or _open_wallet(con, budget, now)
    difference = free - wallet.free
    if difference:
        kind = "adjust" if found else "fund"
        debit, credit = (HOUSE, wallet.account) if difference > 0 else (wallet.account, HOUSE)
        # The difference alone moves: what was spent or held stays where it is.
        con.execute(
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, 'limit')",
            (stamp(now), kind, debit, credit, abs(difference), budget.scope),
        )
    return Ready(Purse(wallet.account, free), sink.account if sink else None)


def open_sink(con: sqlite3.Connection, budget: Budget, now: datetime) -> AccountId:
    """Where the money of this scope and period goes from now on."""
    return _open_account(con, budget, "sink", now)


def list_grants(
    con: sqlite3.Connection, guild: GuildId, member: UserId, now: datetime
) -> tuple[Grant, ...]:
    """Grants with money left, the one that expires first before the others."""
    rows = con.execute(
        # Expired money stays where it is and counts no more.
        "SELECT id, posted - pending, funded, expires_at FROM accounts"
        " WHERE kind = 'grant' AND guild_id = ? AND member_id = ? AND posted - pending > 0"
        " AND (expires_at IS NULL OR expires_at > ?)"
        " ORDER BY expires_at IS NULL, expires_at, id",
        (guild, member, stamp(now)),
    )
    return tuple(
        Grant(AccountId(account), Micros(free), Micros(given), moment_or_none(expires_at))
        for account, free, given, expires_at in rows
    )


def get_grant(con: sqlite3.Connection, account: AccountId) -> Grant:
    """One that there is, used up or not."""
    free, given, expires_at = con.execute(
        "SELECT posted - pending, funded, expires_at FROM accounts WHERE id = ? AND kind = 'grant'",
        (account,),
    ).fetchone()
    return Grant(account, Micros(free), Micros(given), moment_or_none(expires_at))


def open_grant(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    expires_at: datetime | None,
    now: datetime,
) -> AccountId:
    """An account for one grant."""
    cursor = con.execute(
        "INSERT INTO accounts (kind, scope, guild_id, member_id, period, expires_at, opened_at)"
        " VALUES ('grant', 'member', ?, ?, '', ?, ?)",
        (guild, member, stamp(expires_at) if expires_at else None, stamp(now)),
    )
    assert cursor.lastrowid is not None
    return AccountId(cursor.lastrowid)


def held_by(con: sqlite3.Connection, guild: GuildId, member: UserId) -> Micros:
    """What a member has held for unfinished jobs, in whatever period they began."""
    row = con.execute(
        # Each of them holds its whole price; that is an invariant, and few rows to read. Left to
        # itself, SQLite would read all the member ever made.
        "SELECT coalesce(sum(price), 0) FROM jobs INDEXED BY jobs_unfinished"
        " WHERE guild_id = ? AND member_id = ?"
        " AND state IN ('held', 'submitting', 'unknown', 'running')",
        (guild, member),
    ).fetchone()
    return Micros(row[0])


def _find_accounts(con: sqlite3.Connection, budget: Budget) -> tuple[Wallet | None, _Sink | None]:
    wallet = sink = None
    for kind, account, funded, posted, pending in con.execute(
        # One of each, by accounts_once. No kind is a parameter: SQLite would plan anew whenever it
        # changes, for the index is a partial one.
        "SELECT kind, id, funded, posted, pending FROM accounts"
        " WHERE guild_id = ? AND member_id = ? AND scope = ? AND period = ? AND kind <> 'grant'",
        (budget.guild, budget.member, budget.scope, budget.period.name),
    ):
        if kind == "wallet":
            wallet = Wallet(account, funded, posted, pending)
        else:
            sink = _Sink(account, posted)
    return wallet, sink


def _open_wallet(con: sqlite3.Connection, budget: Budget, now: datetime) -> Wallet:
    # The trigger refuses a period earlier than one that has begun.
    con.execute(
        "INSERT OR IGNORE INTO periods VALUES (?, ?, ?, ?)",
        (
            budget.guild,
            budget.period.kind,
            budget.period.starts_on.isoformat(),
            stamp(budget.period.starts_at),
        ),
    )
    return Wallet(_open_account(con, budget, "wallet", now), ZERO, ZERO, ZERO)


def _open_account(con: sqlite3.Connection, budget: Budget, kind: str, now: datetime) -> AccountId:
    cursor = con.execute(
        "INSERT INTO accounts (kind, scope, guild_id, member_id, period, opened_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (kind, budget.scope, budget.guild, budget.member, budget.period.name, stamp(now)),
    )
    assert cursor.lastrowid is not None
    return AccountId(cursor.lastrowid)


def _free(budget: Budget, wallet: Wallet | None, elsewhere: _Elsewhere) -> Micros:
    used = (wallet.used if wallet else ZERO) + elsewhere.used
    return free_after_change(budget.limit, used=Micros(used))


def _elsewhere(con: sqlite3.Connection, budget: Budget) -> _Elsewhere:
    """A change from months to weeks and back gives nobody their money twice."""
    if budget.guild == _OPERATOR:
        return _Elsewhere()  # the caps' lengths never change
    first, second = (kind for kind in PeriodKind if kind is not budget.period.kind)
    earliest = (budget.period.starts_on - _LONGEST).isoformat()
    whose = (budget.guild, budget.member, budget.scope)
    sinks = con.execute(
        f"{_SINKS} UNION ALL {_SINKS}",
        (
            *(*whose, f"{first} {earliest}", f"{first} ~"),
            *(*whose, f"{second} {earliest}", f"{second} ~"),
        ),
    ).fetchall()
    found = [_taken_by(con, sink, since=budget.period.starts_at) for (sink,) in sinks]
    return _Elsewhere(*(Micros(sum(amounts)) for amounts in zip(*found, strict=True)))


_SINKS: Final = (
    # The few that can have taken holds since this period began, by accounts_once.
    "SELECT id FROM accounts WHERE guild_id = ? AND member_id = ? AND scope = ?"
    " AND period BETWEEN ? AND ? AND kind = 'sink' AND kind <> 'grant'"
)
_LONGEST: Final = timedelta(days=33)
"""A month, and what two time zones can differ by."""


def _taken_by(
    con: sqlite3.Connection, sink: int, *, since: datetime
) -> tuple[Micros, Micros, Micros]:
    """Used, held and spent through the holds that a sink has taken since a moment."""
    # A hold counts whole until it is resolved, then as what was settled and not refunded.
    return con.execute(
        "SELECT coalesce(sum(iif(from_wallet, held + paid, 0)), 0), coalesce(sum(held), 0),"
        " coalesce(sum(paid), 0) FROM ("
        "  SELECT wallet.kind = 'wallet' AS from_wallet,"
        "   iif(resolved.id IS NULL, hold.amount, 0) AS held,"
        "   iif(resolved.kind = 'settle', resolved.amount, 0) - coalesce(refund.amount, 0) AS paid"
        "  FROM transfers hold"
        "  JOIN accounts wallet ON wallet.id = hold.debit_id"
        "  LEFT JOIN transfers resolved ON resolved.resolves = hold.id"
        "  LEFT JOIN transfers refund ON refund.resolves = resolved.id"
        "  WHERE hold.kind = 'hold' AND hold.credit_id = ? AND hold.at >= ?)",
        (sink, stamp(since)),
    ).fetchone()
