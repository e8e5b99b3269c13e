"""The store of what members ask their admins.

Rule: the grant, the job and the ask's own state are one transaction: an approval happens whole or not
at all, so nothing has to be taken back.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.adapters.sqlite.accounts import open_grant, tick
from bot.adapters.sqlite.codec import moment, moment_or_none, stamp
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.job_rows import find_by_interaction
from bot.adapters.sqlite.ledger import funds, move_grant, reserve
from bot.adapters.sqlite.notices import ASK, owe_notice
from bot.adapters.sqlite.policy_rows import write_audit
from bot.domain.ask import (
    DENIED_FOR,
    GRANT_LIFE,
    LIFE,
    MOST_OPEN,
    Ask,
    AskState,
    Lack,
    NotAsked,
    Question,
    Void,
)
from bot.domain.budget import AccountId, Already, Caps, Decision, Refused, Reserved
from bot.domain.errors import NotFoundError
from bot.domain.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    JobNumber,
    MessageId,
    RoleId,
    UserId,
)
from bot.domain.job import Order
from bot.domain.money import ZERO, Micros, show_dollars
from bot.domain.notice import Topic, Word

_COLUMNS: Final = (
    "number, guild_id, member_id, interaction_id, likeness, roles, model, mode, request, price,"
    " price_assumed, free, renews_at, pool_free, asked_in, asked_in_parent, parent, state, asked_at,"
    " expires_at, decided_at, actor_id, reason, job, (SELECT funded FROM accounts WHERE id = grant_id),"
    " waiting_channel, waiting_message"
)
_READ: Final = f"SELECT {_COLUMNS} FROM asks"  # noqa: S608 - our own names


class _UndoneError(Exception):
    """Rolls an approval back, grant and all."""

    def __init__(self, refused: Refused) -> None:
        super().__init__("refused")
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Asks:
    """Members' questions."""

    database: Database
    caps: Caps

    # -- asking ------------------------------------------------------------------------------

    async def find(self, guild: GuildId, number: int) -> Ask | None:
        """A server's ask of this number."""
        return await self.database.read(
            lambda con: _find(con, "number = ? AND guild_id = ?", (number, guild))
        )

    async def list_expired(self, now: datetime) -> list[Ask]:
        """Open ones that nobody answered in time."""
        return await self.database.read(
            lambda con: _list(con, "state = 'open' AND expires_at <= ?", (stamp(now),))
        )

    async def list_untold(self) -> list[Ask]:
        """Those whose cards do not tell yet what became of them."""
        return await self.database.read(lambda con: _list(con, "shown <> state", ()))

    async def list_stranded(self) -> list[Ask]:
        """Those for whom a waiting message stands, and no job."""
        return await self.database.read(
            lambda con: _list(con, "state <> 'approved' AND waiting_message IS NOT NULL", ())
        )

    # -- deciding ----------------------------------------------------------------------------

    async def open(self, question: Question, *, now: datetime) -> Ask | NotAsked:
        """Puts a question, and owes its card. The same question is the same ask: an open one, or one
        that was denied a while ago.
        """
        return await self.database.write(lambda con: _open(con, question, now))

    async def approve(self, number: int, order: Order, *, actor: UserId, now: datetime) -> Decision:
        """Grants what is missing and opens the job. Raises NotFoundError where it was decided
        otherwise before.
        """
        try:
            return await self.database.write(
                lambda con: _approve(con, number, order, caps=self.caps, actor=actor, now=now)
            )
        except _UndoneError as undone:
            return undone.refused

    async def deny(
        self, guild: GuildId, number: int, *, actor: UserId, reason: str, now: datetime
    ) -> bool:
        """Says no, and owes the member a word. False: it was decided before."""

        def act(con: sqlite3.Connection) -> bool:
            at = tick(con, now)
            ask = _find(con, "number = ? AND guild_id = ? AND state = 'open'", (number, guild))
            if ask is None:
                return False
            _decide(con, number, AskState.DENIED, at, actor=actor, reason=reason)
            _owe_word(con, ask, Word.DENIED, at)
            _note(con, ask, "ask-deny", actor, at, reason=reason)
            return True

        return await self.database.write(act)

    async def expire(self, number: int, *, now: datetime) -> bool:
        """Nobody answered: the member gets a word."""
        return await self._end(number, AskState.EXPIRED, Word.EXPIRED, now=now)

    async def void(
        self,
        number: int,
        why: Void,
        *,
        now: datetime,
        actor: UserId | None = None,
        told: bool = True,
    ) -> bool:
        """It cannot be made any more. `told`: the member gets a word."""
        word = Word.VOID if told else None
        return await self._end(number, AskState.VOID, word, now=now, actor=actor, reason=why)

    async def stuck(self, number: int, why: str, *, now: datetime) -> bool:
        """An admin said yes, and something stands in the way: the member gets a word, once."""

        def act(con: sqlite3.Connection) -> bool:
            at = tick(con, now)
            ask = _find(con, "number = ? AND state = 'open'", (number,))
            return ask is not None and _owe_word(con, ask, Word.STUCK, at, why=why)

        return await self.database.write(act)

    async def stands(self, number: int, place: tuple[ChannelId, MessageId] | None) -> None:
        """Where the message stands that waits for its video; None: it was taken away."""
        channel, message = place or (None, None)
        await self.database.write(
            lambda con: con.execute(
                "UPDATE asks SET waiting_channel = ?, waiting_message = ? WHERE number = ?",
                (channel, message, number),
            )
        )

    async def shown(self, number: int, state: AskState) -> None:
        """Its card tells this state."""
        await self.database.write(
            lambda con: con.execute("UPDATE asks SET shown = ? WHERE number = ?", (state, number))
        )

    async def _end(
        self,
        number: int,
        state: AskState,
        word: Word | None,
        *,
        now: datetime,
        actor: UserId | None = None,
        reason: str = "",
    ) -> bool:
        def act(con: sqlite3.Connection) -> bool:
            at = tick(con, now)
            ask = _find(con, "number = ? AND state = 'open'", (number,))
            if ask is None:
                return False
            _decide(con, number, state, at, actor=actor, reason=reason)
            if word is not None:
                _owe_word(con, ask, word, at)
            return True

        return await self.database.write(act)


def _open(con: sqlite3.Connection, question: Question, now: datetime) -> Ask | NotAsked:
    now = tick(con, now)
    same = _find(
        con,
        "guild_id = ? AND member_id = ? AND likeness = ? AND (state = 'open'"
        " OR (state = 'denied' AND decided_at > ?)) ORDER BY number DESC LIMIT 1",
        (question.guild, question.member, question.likeness, stamp(now - DENIED_FOR)),
    )
    same = same or _find(con, "interaction_id = ?", (question.interaction,))
    if same is not None:
        return same
    count = con.execute(
        "SELECT count(*) FROM asks WHERE guild_id = ? AND member_id = ? AND state = 'open'",
        (question.guild, question.member),
    ).fetchone()[0]
    if count >= MOST_OPEN:
        return NotAsked.MANY
    number = _insert(con, question, now)
    owe_notice(
        con,
        question.guild,
        Topic.CARD,
        ASK,
        subject=str(number),
        now=now,
        ends_at=now + LIFE,
    )
    ask = _find(con, "number = ?", (number,))
    assert ask is not None
    return ask


def _insert(con: sqlite3.Connection, question: Question, now: datetime) -> int:
    cursor = con.execute(
        "INSERT INTO asks (guild_id, member_id, interaction_id, likeness, roles, model, mode,"
        " request, price, price_assumed, free, renews_at, pool_free, asked_in, asked_in_parent,"
        " parent, asked_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            question.guild,
            question.member,
            question.interaction,
            question.likeness,
            json.dumps(sorted(question.roles)),
            question.model,
            question.mode,
            question.request,
            question.price,
            question.price_assumed,
            question.lack.free,
            stamp(question.lack.renews_at),
            question.lack.pool_free,
            question.asked_in,
            question.asked_in_parent,
            question.parent,
            stamp(now),
            stamp(now + LIFE),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _approve(
    con: sqlite3.Connection,
    number: int,
    order: Order,
    *,
    caps: Caps,
    actor: UserId,
    now: datetime,
) -> Decision:
    now = tick(con, now)
    earlier = find_by_interaction(con, order.interaction)
    if earlier is not None:
        return Already(earlier)
    ask = _find(con, "number = ? AND state = 'open'", (number,))
    if ask is None:
        raise NotFoundError(f"ask {number} is not open")
    grant = _grant_missing(con, ask, order, actor=actor, now=now)
    decision = reserve(con, order, caps=caps, now=now)
    if isinstance(decision, Refused):
        raise _UndoneError(decision)
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
    _note(con, ask, "ask-approve", actor, now, after=granted)
    if not missing:
        return None
    account = open_grant(con, order.guild, order.member, expires_at=now + GRANT_LIFE, now=now)
    move_grant(con, account, missing, actor=actor, reason=f"ask {ask.number}", now=now)
    return account


def _decide(
    con: sqlite3.Connection,
    number: int,
    state: AskState,
    now: datetime,
    *,
    actor: UserId | None,
    reason: str,
) -> None:
    con.execute(
        "UPDATE asks SET state = ?, decided_at = ?, actor_id = ?, reason = ? WHERE number = ?",
        (state, stamp(now), actor, reason, number),
    )


def _owe_word(
    con: sqlite3.Connection, ask: Ask, word: Word, now: datetime, **facts: int | str
) -> bool:
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


def _note(
    con: sqlite3.Connection,
    ask: Ask,
    act: str,
    actor: UserId,
    now: datetime,
    *,
    after: str = "",
    reason: str = "",
) -> None:
    subject = str(ask.question.member)
    write_audit(
        con, ask.question.guild, actor, act, now=now, subject=subject, after=after, reason=reason
    )


def _find(con: sqlite3.Connection, where: str, facts: tuple[Any, ...]) -> Ask | None:
    return next(iter(_list(con, where, facts)), None)


def _list(con: sqlite3.Connection, where: str, facts: tuple[Any, ...]) -> list[Ask]:
    return [_ask_of(row) for row in con.execute(f"{_READ} WHERE {where}", facts)]


def _ask_of(row: tuple[Any, ...]) -> Ask:
    question = Question(
        guild=GuildId(row[1]),
        member=UserId(row[2]),
        interaction=InteractionId(row[3]),
        likeness=row[4],
        roles=frozenset(RoleId(role) for role in json.loads(row[5])),
        model=row[6],
        mode=row[7],
        request=row[8],
        price=Micros(row[9]),
        price_assumed=bool(row[10]),
        lack=Lack(Micros(row[11]), moment(row[12]), _micros(row[13])),
        asked_in=ChannelId(row[14]),
        asked_in_parent=None if row[15] is None else ChannelId(row[15]),
        parent=_job(row[16]),
    )
    return Ask(
        number=row[0],
        question=question,
        state=AskState(row[17]),
        asked_at=moment(row[18]),
        expires_at=moment(row[19]),
        decided_at=moment_or_none(row[20]),
        actor=None if row[21] is None else UserId(row[21]),
        reason=row[22],
        job=_job(row[23]),
        granted=_micros(row[24]) or ZERO,
        waiting=None if row[26] is None else (ChannelId(row[25]), MessageId(row[26])),
    )


def _micros(stored: int | None) -> Micros | None:
    return None if stored is None else Micros(stored)


def _job(stored: int | None) -> JobNumber | None:
    return None if stored is None else JobNumber(stored)
