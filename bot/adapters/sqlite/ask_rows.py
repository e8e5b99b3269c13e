"""Asks as rows: read, put in, decided.

Rule: every statement here is one row of one table; what belongs together is `ask_steps`.
"""

import json
import sqlite3
from datetime import datetime
from typing import Any, Final

from bot.adapters.sqlite.codec import moment, moment_or_none, stamp
from bot.domain.ask import LIFE, Ask, AskState, Lack, Question
from bot.domain.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    JobNumber,
    MessageId,
    RoleId,
    UserId,
)
from bot.domain.money import ZERO, Micros

_COLUMNS: Final = (
    "number, guild_id, member_id, interaction_id, likeness, roles, model, mode, request, price,"
    " price_assumed, free, renews_at, pool_free, asked_in, asked_in_parent, parent, state, asked_at,"
    " expires_at, decided_at, actor_id, reason, job, (SELECT funded FROM accounts WHERE id = grant_id),"
    " waiting_channel, waiting_message"
)
_READ: Final = f"SELECT {_COLUMNS} FROM asks"  # noqa: S608 - our own names


def find_ask(con: sqlite3.Connection, where: str, facts: tuple[Any, ...]) -> Ask | None:
    """The first that fits."""
    return next(iter(list_asks(con, where, facts)), None)


def list_asks(con: sqlite3.Connection, where: str, facts: tuple[Any, ...]) -> list[Ask]:
    """All that fit."""
    return [_ask_of(row) for row in con.execute(f"{_READ} WHERE {where}", facts)]


def insert_ask(con: sqlite3.Connection, question: Question, now: datetime) -> int:
    """Puts one in; its number."""
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


def decide(
    con: sqlite3.Connection,
    number: int,
    state: AskState,
    now: datetime,
    *,
    actor: UserId | None,
    reason: str,
) -> None:
    """Another state, by whom and why."""
    con.execute(
        "UPDATE asks SET state = ?, decided_at = ?, actor_id = ?, reason = ? WHERE number = ?",
        (state, stamp(now), actor, reason, number),
    )


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
