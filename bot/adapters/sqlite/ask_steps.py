"""The steps of an ask that belong together: put and announced, approved and granted, told.

Rule: the grant, the job and the ask's own state are one transaction: an approval happens whole or not
at all, so nothing has to be taken back.
"""

import sqlite3
from datetime import datetime

from bot.adapters.sqlite.accounts import open_grant, tick
from bot.adapters.sqlite.ask_rows import find_ask, insert_ask
from bot.adapters.sqlite.codec import stamp
from bot.adapters.sqlite.job_rows import find_by_interaction
from bot.adapters.sqlite.ledger import funds, move_grant, reserve
from bot.adapters.sqlite.notices import ASK, owe_notice
from bot.adapters.sqlite.policy_rows import write_audit
from bot.domain.ask import DENIED_FOR, GRANT_LIFE, LIFE, MOST_OPEN, Ask, NotAsked, Question
from bot.domain.budget import AccountId, Already, Caps, Decision, Refused, Reserved
from bot.domain.errors import NotFoundError
from bot.domain.ids import UserId
from bot.domain.job import Order
from bot.domain.money import Micros, show_dollars
from bot.domain.notice import Topic, Word


class UndoneError(Exception):
    """Rolls an approval back, grant and all."""

    def __init__(self, refused: Refused) -> None:
        super().__init__("refused")
        self.refused = refused


def open_ask(con: sqlite3.Connection, question: Question, now: datetime) -> Ask | NotAsked:
    """Puts a question and owes its card, unless the same one stands already."""
    now = tick(con, now)
    same = find_ask(
        con,
        "guild_id = ? AND member_id = ? AND likeness = ? AND (state = 'open'"
        " OR (state = 'denied' AND decided_at > ?)) ORDER BY number DESC LIMIT 1",
        (question.guild, question.member, question.likeness, stamp(now - DENIED_FOR)),
    )
    same = same or find_ask(con, "interaction_id = ?", (question.interaction,))
    if same is not None:
        return same
    count = con.execute(
        "SELECT count(*) FROM asks WHERE guild_id = ? AND member_id = ? AND state = 'open'",
        (question.guild, question.member),
    ).fetchone()[0]
    if count >= MOST_OPEN:
        return NotAsked.MANY
    number = insert_ask(con, question, now)
    owe_notice(
        con,
        question.guild,
        Topic.CARD,
        ASK,
        subject=str(number),
        now=now,
        ends_at=now + LIFE,
    )
    ask = find_ask(con, "number = ?", (number,))
    assert ask is not None
    return ask


def approve(
    con: sqlite3.Connection,
    number: int,
    order: Order,
    *,
    caps: Caps,
    actor: UserId,
    now: datetime,
) -> Decision:
    """Grants what is missing and opens the job. Raises UndoneError and NotFoundError."""
    now = tick(con, now)
    earlier = find_by_interaction(con, order.interaction)
    if earlier is not None:
        return Already(earlier)
    ask = find_ask(con, "number = ? AND state = 'open'", (number,))
    if ask is None:
        raise NotFoundError(f"ask {number} is not open")
    grant = _grant_missing(con, ask, order, actor=actor, now=now)
    decision = reserve(con, order, caps=caps, now=now)
    if isinstance(decision, Refused):
        raise UndoneError(decision)
    assert isinstance(decision, Reserved)
    con.execute(
        "UPDATE asks SET state = 'approved', decided_at = ?, actor_id = ?, grant_id = ?, job = ?"
        " WHERE number = ?",
        (stamp(now), actor, grant, decision.job.number, number),
    )
    return decision


def _grant_missing(
    con: sqlite3.Connection, ask: Ask, order: Order, *, actor: UserId, now: datetime
) -> AccountId | None:
    """Exactly what the member lacks at this moment, which may be nothing."""
    mine = funds(con, order.guild, order.member, roles=order.roles, now=now)
    missing = Micros(max(0, order.price - mine.free))
    granted = show_dollars(missing) if missing else ""
    note_decision(con, ask, "ask-approve", actor, now, after=granted)
    if not missing:
        return None
    account = open_grant(con, order.guild, order.member, expires_at=now + GRANT_LIFE, now=now)
    move_grant(con, account, missing, actor=actor, reason=f"ask {ask.number}", now=now)
    return account


def owe_word(
    con: sqlite3.Connection, ask: Ask, word: Word, now: datetime, **facts: int | str
) -> bool:
    """The member is to read what became of it."""
    return owe_notice(
        con,
        ask.question.guild,
        Topic.WORD,
        word,
        subject=str(ask.number),
        facts=facts,
        now=now,
        ends_at=now + LIFE,
    )


def note_decision(
    con: sqlite3.Connection,
    ask: Ask,
    act: str,
    actor: UserId,
    now: datetime,
    *,
    after: str = "",
    reason: str = "",
) -> None:
    """Writes down who decided what."""
    subject = str(ask.question.member)
    write_audit(
        con, ask.question.guild, actor, act, now=now, subject=subject, after=after, reason=reason
    )
