"""Messages that are owed to people, as functions on a connection.

Rule: a debt is written in the transaction that makes it, and its nonce never changes. So is what
has to be taken away again.
"""

import sqlite3
from datetime import datetime
from typing import Final

from bot.adapters.sqlite.codec import moment, stamp
from bot.adapters.sqlite.job_rows import get_job, log_event, step
from bot.domain.ids import ChannelId, JobNumber, MessageId
from bot.domain.job import UNFINISHED_STATES, JobState
from bot.domain.outcome import Receipt
from bot.domain.ports import Debt, Leftover, Purpose

TAKEN_AWAY: Final = "taken away"
"""Of a message that our own button has deleted."""


def owe(
    con: sqlite3.Connection,
    number: JobNumber,
    purpose: Purpose,
    *,
    channel: ChannelId | None = None,
    now: datetime,
) -> Debt:
    """A new debt. Each showing is one of its own; a clip or a failure is told once."""
    count = con.execute("SELECT count(*) FROM deliveries WHERE job = ?", (number,)).fetchone()[0]
    nonce = f"clapper-{number}-{count}"
    cursor = con.execute(
        "INSERT INTO deliveries (job, purpose, nonce, channel_id, due_at) VALUES (?, ?, ?, ?, ?)",
        (number, purpose, nonce, channel, stamp(now)),
    )
    assert cursor.lastrowid is not None
    return Debt(cursor.lastrowid, number, purpose, nonce, 0, now, channel)


def list_debts(con: sqlite3.Connection) -> list[Debt]:
    """All that is still owed."""
    rows = con.execute(
        "SELECT id, job, purpose, nonce, tries, due_at, channel_id FROM deliveries"
        " WHERE done_at IS NULL ORDER BY due_at"
    )
    return [_debt_of(row) for row in rows]


def find_debt(con: sqlite3.Connection, number: JobNumber) -> Debt | None:
    """What is still owed for a job, the oldest first."""
    row = con.execute(
        "SELECT id, job, purpose, nonce, tries, due_at, channel_id FROM deliveries"
        " WHERE job = ? AND done_at IS NULL ORDER BY id LIMIT 1",
        (number,),
    ).fetchone()
    return None if row is None else _debt_of(row)


def delivered(con: sqlite3.Connection, debt: Debt, receipt: Receipt, now: datetime) -> None:
    """The message stands. A clip that somebody has seen is delivered, however it came about."""
    con.execute(
        "UPDATE deliveries SET done_at = ?, route = ?, channel_id = ?, message_id = ?,"
        " tries = tries + 1, detail = ? WHERE id = ? AND done_at IS NULL",
        (stamp(now), receipt.route, receipt.channel, receipt.message, receipt.detail, debt.id),
    )
    state = get_job(con, debt.job).state
    if debt.purpose is not Purpose.FAILURE and state in {JobState.STORED, JobState.UNDELIVERABLE}:
        step(con, debt.job, JobState.DELIVERED, now=now, detail=receipt.route)
    else:
        log_event(con, debt.job, "told", now=now, detail=f"{debt.purpose} {receipt.route}")
    _leave(con, debt, now)


def undeliverable(con: sqlite3.Connection, debt: Debt, why: str, now: datetime) -> None:
    """Nobody can be told by any route. The file stays."""
    con.execute(
        "UPDATE deliveries SET done_at = ?, tries = tries + 1, detail = ? WHERE id = ?",
        (stamp(now), why[:500], debt.id),
    )
    if debt.purpose is Purpose.CLIP and get_job(con, debt.job).state is JobState.STORED:
        step(con, debt.job, JobState.UNDELIVERABLE, now=now, detail=why)
    else:
        log_event(con, debt.job, "untold", now=now, detail=why)
    _leave(con, debt, now)


def taken_away(con: sqlite3.Connection, number: JobNumber, message: MessageId) -> None:
    """A message that stood is gone. That it was delivered stays true."""
    con.execute(
        "UPDATE deliveries SET detail = ? WHERE job = ? AND message_id = ?",
        (TAKEN_AWAY, number, message),
    )


def postponed(con: sqlite3.Connection, debt: Debt, why: str, due_at: datetime) -> None:
    """Not now."""
    con.execute(
        "UPDATE deliveries SET due_at = ?, tries = tries + 1, detail = ? WHERE id = ?",
        (stamp(due_at), why[:500], debt.id),
    )


def _leave(con: sqlite3.Connection, debt: Debt, now: datetime) -> None:
    """The job is over, so the message that waits for it has to go."""
    job = get_job(con, debt.job)
    if debt.purpose is Purpose.SHOWN or job.place.message is None:
        return
    if job.state not in UNFINISHED_STATES:
        con.execute(
            "INSERT INTO leftovers (job, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (debt.job, stamp(now)),
        )


def list_leftovers(con: sqlite3.Connection) -> list[Leftover]:
    """All that is still to be taken away."""
    rows = con.execute("SELECT job, tries, due_at FROM leftovers ORDER BY due_at")
    return [_leftover_of(row) for row in rows]


def find_leftover(con: sqlite3.Connection, number: JobNumber) -> Leftover | None:
    """What a job has left behind."""
    row = con.execute(
        "SELECT job, tries, due_at FROM leftovers WHERE job = ?", (number,)
    ).fetchone()
    return None if row is None else _leftover_of(row)


def cleared(con: sqlite3.Connection, number: JobNumber) -> None:
    """It is gone, or nobody may take it away."""
    con.execute("DELETE FROM leftovers WHERE job = ?", (number,))


def clear_later(con: sqlite3.Connection, number: JobNumber, due_at: datetime) -> None:
    """Not now."""
    con.execute(
        "UPDATE leftovers SET tries = tries + 1, due_at = ? WHERE job = ?", (stamp(due_at), number)
    )


def _leftover_of(row: tuple[int, int, int]) -> Leftover:
    return Leftover(JobNumber(row[0]), row[1], moment(row[2]))


def _debt_of(row: tuple[int, int, str, str, int, int, int | None]) -> Debt:
    channel = None if row[6] is None else ChannelId(row[6])
    return Debt(row[0], JobNumber(row[1]), Purpose(row[2]), row[3], row[4], moment(row[5]), channel)
