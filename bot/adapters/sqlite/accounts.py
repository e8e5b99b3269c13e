"""Wallets and their periods: how much is free, and bringing a wallet to its limit.

Rule: nothing is ever reset. A new period is a new wallet, and a new limit moves the difference.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
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


@dataclass(frozen=True, slots=True)
class Budget:
    """One capped scope in its present period, with its present limit."""

    scope: Scope
    guild: GuildId
    member: UserId
    period: Period
    limit: Micros


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Standing:
    """How a budget stands, before anything is written for it."""

    wallet: Wallet | None
    free: Micros
    spent: Micros
    """In this period, also while its length was another."""


def tick(con: sqlite3.Connection, now: datetime) -> datetime:
    """The books' time: never before a moment they have seen."""
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
        "SELECT starts_on FROM periods WHERE guild_id = ? AND kind = ?"
        " ORDER BY starts_on DESC LIMIT 1",
        (guild, kind),
    ).fetchone()
    if row is None or date.fromisoformat(row[0]) <= natural.starts_on:
        return natural
    return period_from(kind, date.fromisoformat(row[0]), zone)


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
    """What is free under the present limit. Writes nothing, so members and the ledger agree."""
    wallet = _find_wallet(con, budget)
    used = wallet.used if wallet else ZERO
    used_elsewhere, spent_elsewhere = _used_under_other_lengths(con, budget)
    free = free_after_change(budget.limit, used=Micros(used + used_elsewhere))
    return Standing(wallet, free, Micros(_spent(con, budget) + spent_elsewhere))


def bring_to_limit(con: sqlite3.Connection, budget: Budget, now: datetime) -> Purse:
    """Opens the budget's wallet if need be and moves the difference to its limit."""
    now_standing = standing(con, budget)
    wallet = now_standing.wallet or _open_wallet(con, budget, now)
    difference = now_standing.free - wallet.free
    if difference:
        house_pays = difference > 0
        debit, credit = (HOUSE, wallet.account) if house_pays else (wallet.account, HOUSE)
        # The difference alone moves: what was spent or held stays where it is.
        con.execute(
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, 'limit')",
            (
                stamp(now),
                "adjust" if now_standing.wallet else "fund",
                debit,
                credit,
                abs(difference),
                budget.scope,
            ),
        )
    return Purse(wallet.account, now_standing.free)


def sink_of(con: sqlite3.Connection, budget: Budget, now: datetime) -> AccountId:
    """Where the money of this scope and period goes."""
    found = _find_account(con, budget, "sink")
    return AccountId(found[0]) if found else _open_account(con, budget, "sink", now)


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
        "SELECT coalesce(sum(pending), 0) FROM accounts"
        " WHERE guild_id = ? AND member_id = ? AND scope = 'member'",
        (guild, member),
    ).fetchone()
    return Micros(row[0])


def _find_account(con: sqlite3.Connection, budget: Budget, kind: str) -> tuple[int, ...] | None:
    # Unique by accounts_once.
    return con.execute(
        "SELECT id, funded, posted, pending FROM accounts WHERE guild_id = ? AND member_id = ?"
        " AND scope = ? AND kind = ? AND period = ? AND kind <> 'grant'",
        (budget.guild, budget.member, budget.scope, kind, budget.period.name),
    ).fetchone()


def _find_wallet(con: sqlite3.Connection, budget: Budget) -> Wallet | None:
    row = _find_account(con, budget, "wallet")
    if row is None:
        return None
    account, funded, posted, pending = row
    return Wallet(AccountId(account), Micros(funded), Micros(posted), Micros(pending))


def _open_wallet(con: sqlite3.Connection, budget: Budget, now: datetime) -> Wallet:
    # The trigger refuses a period earlier than one that has begun.
    con.execute(
        "INSERT OR IGNORE INTO periods VALUES (?, ?, ?)",
        (budget.guild, budget.period.kind, budget.period.starts_on.isoformat()),
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


def _spent(con: sqlite3.Connection, budget: Budget) -> Micros:
    row = _find_account(con, budget, "sink")
    return Micros(row[2]) if row else ZERO


def _used_under_other_lengths(con: sqlite3.Connection, budget: Budget) -> tuple[Micros, Micros]:
    """What was used of wallets, and spent in all, since this period began but while periods had
    another length: a change from months to weeks and back gives nobody their money twice.
    """
    sinks = con.execute(
        "SELECT id FROM accounts WHERE guild_id = ? AND member_id = ? AND scope = ?"
        " AND kind = 'sink' AND substr(period, 1, ?) <> ?",
        (
            budget.guild,
            budget.member,
            budget.scope,
            len(budget.period.kind) + 1,
            f"{budget.period.kind} ",
        ),
    ).fetchall()
    used = spent = 0
    for (sink,) in sinks:
        sink_used, sink_spent = _used_into(con, sink, since=budget.period.starts_at)
        used, spent = used + sink_used, spent + sink_spent
    return Micros(used), Micros(spent)


def _used_into(con: sqlite3.Connection, sink: int, *, since: datetime) -> tuple[int, int]:
    # A hold counts whole until it is resolved, then as what was settled and not refunded.
    row = con.execute(
        "SELECT"
        " coalesce(sum(CASE WHEN wallet.kind <> 'wallet' THEN 0"
        "   WHEN resolved.id IS NULL THEN hold.amount ELSE"
        "   iif(resolved.kind = 'settle', resolved.amount, 0) - coalesce(refund.amount, 0) END), 0),"
        " coalesce(sum(iif(resolved.kind = 'settle', resolved.amount, 0)"
        "   - coalesce(refund.amount, 0)), 0)"
        " FROM transfers hold"
        " JOIN accounts wallet ON wallet.id = hold.debit_id"
        " LEFT JOIN transfers resolved ON resolved.resolves = hold.id"
        " LEFT JOIN transfers refund ON refund.resolves = resolved.id"
        " WHERE hold.kind = 'hold' AND hold.credit_id = ? AND hold.at >= ?",
        (sink, stamp(since.astimezone(UTC))),
    ).fetchone()
    return row[0], row[1]
