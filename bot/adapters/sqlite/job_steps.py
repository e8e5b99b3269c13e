"""Every step of a job, as functions on a connection inside one transaction.

Rule: money, state, and the message that is owed for it change together. A step that somebody
else has already taken answers False and changes nothing.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.codec import stamp
from bot.adapters.sqlite.files import COPIED
from bot.adapters.sqlite.job_rows import get_job, log_event, raise_flag, step
from bot.adapters.sqlite.ledger import give_back, settle, void, waive
from bot.adapters.sqlite.outbox import owe
from bot.adapters.sqlite.policy_rows import read_policy, why_unwanted
from bot.domain.budget import Scope
from bot.domain.clip import Clip
from bot.domain.ids import AttemptId, JobNumber, TaskId
from bot.domain.job import Charge, JobState, prompt_of
from bot.domain.money import Micros
from bot.domain.ports import Debt, Purpose
from bot.domain.provider import Cause

_MEMBER_AND_SERVER: Final = frozenset({Scope.MEMBER, Scope.SERVER})
_MOST_HINTS: Final = 20
"""In one job's inbox: a provider that talks too much fills no disk."""


def claim(
    con: sqlite3.Connection, number: JobNumber, token_hash: bytes, now: datetime
) -> AttemptId | Debt | None:
    at = tick(con, now)
    job = get_job(con, number)
    if job.state is not JobState.HELD or read_policy(con, job.guild).paused:
        return None
    debt = turn_away(con, number, now)
    if debt is not None:
        return debt
    # attempts_one_may_have_created refuses a second attempt while one is not disproved.
    cursor = con.execute(
        "INSERT INTO attempts (job, token_hash, at) VALUES (?, ?, ?)",
        (number, token_hash, stamp(at)),
    )
    step(con, number, JobState.SUBMITTING, now=at)
    assert cursor.lastrowid is not None
    return AttemptId(cursor.lastrowid)


def close_attempt(
    con: sqlite3.Connection, attempt: AttemptId, state: str, detail: str = ""
) -> None:
    # Proof is never taken back: a late "unknown" does not overwrite what a callback proved.
    con.execute(
        "UPDATE attempts SET state = ?, detail = ? WHERE id = ? AND state IN ('open', 'unknown')",
        (state, detail[:500], attempt),
    )


def created(
    con: sqlite3.Connection,
    number: JobNumber,
    attempt: AttemptId,
    task: TaskId,
    *,
    due_at: datetime,
    now: datetime,
) -> bool:
    at = tick(con, now)
    close_attempt(con, attempt, "created")
    if get_job(con, number).state not in {JobState.SUBMITTING, JobState.UNKNOWN}:
        return False
    step(con, number, JobState.RUNNING, now=at, due_at=due_at, task=task)
    return True


def unknown(
    con: sqlite3.Connection,
    number: JobNumber,
    attempt: AttemptId,
    *,
    due_at: datetime,
    now: datetime,
    why: str,
    candidate: TaskId | None,
) -> bool:
    at = tick(con, now)
    close_attempt(con, attempt, "unknown", why)
    if get_job(con, number).state is not JobState.SUBMITTING:
        return False
    step(con, number, JobState.UNKNOWN, now=at, due_at=due_at, detail=why)
    if candidate is not None:
        put_hint(con, number, attempt, body_hash=bytes(32), task=candidate, now=at)
    return True


def put_hint(
    con: sqlite3.Connection,
    number: JobNumber,
    attempt: AttemptId,
    *,
    body_hash: bytes,
    task: TaskId | None,
    now: datetime,
) -> bool:
    """Notes a task id that somebody claims for a job. False: the same hint came before."""
    cursor = con.execute(
        "INSERT OR IGNORE INTO inbox (job, attempt, body_hash, task_id, at) VALUES (?, ?, ?, ?, ?)",
        (number, attempt, body_hash, task, stamp(now)),
    )
    return cursor.rowcount == 1


def proven(
    con: sqlite3.Connection, number: JobNumber, task: TaskId, *, due_at: datetime, now: datetime
) -> bool:
    if get_job(con, number).state is not JobState.UNKNOWN:
        return False
    con.execute(
        "UPDATE attempts SET state = 'created' WHERE job = ? AND state IN ('open', 'unknown')",
        (number,),
    )
    step(con, number, JobState.RUNNING, now=tick(con, now), due_at=due_at, task=task)
    return True


def succeeded(
    con: sqlite3.Connection,
    number: JobNumber,
    urls: tuple[str, ...],
    *,
    cost: Micros | None,
    now: datetime,
) -> bool:
    if get_job(con, number).state is not JobState.RUNNING:
        return False
    at = tick(con, now)
    settle(con, number, cost=cost, now=at)
    step(con, number, JobState.SUCCEEDED, now=at, charge=Charge.SETTLED, result_urls=urls)
    return True


def late_success(
    con: sqlite3.Connection, number: JobNumber, task: TaskId, urls: tuple[str, ...], now: datetime
) -> bool:
    if get_job(con, number).state is not JobState.EXPIRED:
        return False
    at = tick(con, now)
    con.execute(
        "UPDATE attempts SET state = 'created' WHERE job = ? AND state = 'unknown'", (number,)
    )
    raise_flag(con, number, "late-gift", now=at, amount=get_job(con, number).price)
    step(con, number, JobState.SUCCEEDED, now=at, task=task, result_urls=urls)
    return True


def failed(
    con: sqlite3.Connection,
    number: JobNumber,
    cause: Cause,
    *,
    now: datetime,
    fail_code: str | None,
    maybe_billed: bool,
) -> bool:
    if get_job(con, number).state is not JobState.RUNNING:
        return False
    at = tick(con, now)
    (waive if maybe_billed else void)(con, number, now=at)
    step(
        con,
        number,
        JobState.FAILED,
        now=at,
        charge=Charge.WAIVED if maybe_billed else Charge.VOID,
        cause=cause,
        fail_code=fail_code,
    )
    owe(con, number, Purpose.FAILURE, now=at)
    return True


def expire(con: sqlite3.Connection, number: JobNumber, now: datetime) -> bool:
    unread = con.execute(
        "SELECT 1 FROM inbox WHERE job = ? AND task_id IS NOT NULL AND verified_at IS NULL",
        (number,),
    ).fetchone()
    if unread is not None or get_job(con, number).state is not JobState.UNKNOWN:
        return False
    at = tick(con, now)
    waive(con, number, now=at)
    step(
        con,
        number,
        JobState.EXPIRED,
        now=at,
        charge=Charge.WAIVED,
        cause=Cause.UNKNOWN,
    )
    owe(con, number, Purpose.FAILURE, now=at)
    return True


def cancel(
    con: sqlite3.Connection,
    number: JobNumber,
    *,
    now: datetime,
    why: str,
    cause: Cause | None = None,
) -> bool:
    if get_job(con, number).state is not JobState.HELD:
        return False
    at = tick(con, now)
    void(con, number, now=at)
    step(con, number, JobState.CANCELLED, now=at, charge=Charge.VOID, cause=cause, detail=why)
    return True


def lost(con: sqlite3.Connection, number: JobNumber, *, now: datetime, why: str) -> bool:
    job = get_job(con, number)
    if job.state is not JobState.SUCCEEDED:
        return False
    at = tick(con, now)
    paid = job.charge is Charge.SETTLED
    if paid:
        # Where an admin was faster, the member has the money already, and the pool has not.
        scopes = frozenset({Scope.SERVER}) if job.refunded else _MEMBER_AND_SERVER
        give_back(con, number, scopes=scopes, now=at, reason=why)
        raise_flag(con, number, "maybe-billed", now=at, amount=job.price)
    step(
        con,
        number,
        JobState.LOST,
        now=at,
        cause=Cause.PROVIDER,
        refunded=True if paid else None,
        detail=why,
    )
    if paid:  # else the member was told when the job expired, and was not charged then either
        owe(con, number, Purpose.FAILURE, now=at)
    return True


def recover(con: sqlite3.Connection, now: datetime) -> list[JobNumber]:
    """After a restart, nobody knows what became of the POSTs that were on their way."""
    at = tick(con, now)
    rows = con.execute("SELECT number FROM jobs WHERE state = 'submitting'").fetchall()
    con.execute("UPDATE attempts SET state = 'unknown', detail = 'restart' WHERE state = 'open'")
    for (number,) in rows:
        step(con, JobNumber(number), JobState.UNKNOWN, now=at, detail="restart")
    # Whoever set it aside could not go on; who starts now may be a mended program, or find a
    # provider that is well again.
    con.execute("UPDATE jobs SET aside = NULL WHERE aside IS NOT NULL")
    if con.execute("DELETE FROM marks WHERE name = ?", (COPIED,)).rowcount:
        _let_go_waiting(con, at)
    return [JobNumber(number) for (number,) in rows]


def _let_go_waiting(con: sqlite3.Connection, now: datetime) -> None:
    """In a copy that was put back: what waits in it may have been submitted meanwhile."""
    for (number,) in con.execute("SELECT number FROM jobs WHERE state = 'held'").fetchall():
        void_stale(con, JobNumber(number), now)


def not_created(
    con: sqlite3.Connection,
    number: JobNumber,
    attempt: AttemptId,
    *,
    due_at: datetime,
    now: datetime,
    why: str,
) -> None:
    """Proof that nothing was created: the job waits again, with its hold."""
    close_attempt(con, attempt, "not-created", why)
    step(con, number, JobState.HELD, now=tick(con, now), due_at=due_at, detail=why)


def rejected(
    con: sqlite3.Connection,
    number: JobNumber,
    attempt: AttemptId,
    cause: Cause,
    *,
    now: datetime,
    why: str,
) -> None:
    """Refused: the hold is let go."""
    at = tick(con, now)
    close_attempt(con, attempt, "not-created", why)
    void(con, number, now=at)
    step(con, number, JobState.REJECTED, now=at, charge=Charge.VOID, cause=cause, detail=why)
    owe(con, number, Purpose.FAILURE, now=at)


def void_stale(con: sqlite3.Connection, number: JobNumber, now: datetime) -> bool:
    """Waited too long to still be wanted: cancelled, and the member gets a word."""
    if not cancel(con, number, now=now, why="stale"):
        return False
    owe(con, number, Purpose.FAILURE, now=now)
    return True


def turn_away(con: sqlite3.Connection, number: JobNumber, now: datetime) -> Debt | None:
    """Cancels a job that waits although the admins have blocked its member or its words since.

    Answers with the word that is owed for it; None: nothing stands against it, or it waits no more.
    """
    job = get_job(con, number)
    cause = why_unwanted(con, job.guild, job.member, prompt_of(job.request))
    if cause is None or not cancel(con, number, now=now, why="turned away", cause=cause):
        return None
    return owe(con, number, Purpose.FAILURE, now=tick(con, now))


def stored(
    con: sqlite3.Connection, number: JobNumber, clips: Sequence[Clip], now: datetime
) -> Debt | None:
    """The files are safe: from now on they are owed to the channel."""
    if get_job(con, number).state is not JobState.SUCCEEDED:
        return None
    at = tick(con, now)
    for position, clip in enumerate(clips):
        con.execute(
            "INSERT INTO clips (job, position, name, size_bytes, sha256, media_type, seconds,"
            " width, height, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                position,
                clip.name,
                clip.size_bytes,
                clip.sha256,
                clip.media_type,
                clip.seconds,
                clip.width,
                clip.height,
                stamp(at),
            ),
        )
    step(con, number, JobState.STORED, now=at)
    return owe(con, number, Purpose.CLIP, now=at)


def looked(con: sqlite3.Connection, number: JobNumber, due_at: datetime) -> int:
    """Counts a look at a job in its present state; answers how many there were."""
    row = con.execute(
        "UPDATE jobs SET tries = tries + 1, due_at = ? WHERE number = ? RETURNING tries",
        (stamp(due_at), number),
    ).fetchone()
    return row[0]


def set_aside(con: sqlite3.Connection, number: JobNumber, why: str, now: datetime) -> bool:
    """Lets a job take no turn: money stays as it is, and the next start takes it up again.

    Answers whether that is news: after a start it may be set aside for the same reason once more.
    """
    told = con.execute(
        "SELECT 1 FROM events WHERE job = ? AND what = 'aside' AND detail = ?", (number, why)
    ).fetchone()
    con.execute("UPDATE jobs SET aside = ? WHERE number = ?", (why[:500], number))
    log_event(con, number, "aside", now=tick(con, now), detail=why)
    return told is None


def take_up(con: sqlite3.Connection, number: JobNumber, now: datetime) -> None:
    """What was set aside goes on."""
    con.execute("UPDATE jobs SET aside = NULL WHERE number = ?", (number,))
    log_event(con, number, "taken up", now=tick(con, now))


def knows_token(con: sqlite3.Connection, token_hash: bytes) -> bool:
    """Whether a callback's token was ever given out.

    Looked for by its hash: how long that takes tells a stranger nothing about a token.
    """
    found = con.execute("SELECT 1 FROM attempts WHERE token_hash = ?", (token_hash,))
    return found.fetchone() is not None


def accept_callback(
    con: sqlite3.Connection,
    token_hash: bytes,
    body_hash: bytes,
    task: TaskId | None,
    now: datetime,
) -> JobNumber | None:
    """Keeps what a callback says, as a hint. None: no attempt has this token."""
    row = con.execute(
        "SELECT a.id, a.job, (SELECT count(*) FROM inbox i WHERE i.job = a.job)"
        " FROM attempts a WHERE a.token_hash = ?",
        (token_hash,),
    ).fetchone()
    if row is None:
        return None
    attempt, number, hints = AttemptId(row[0]), JobNumber(row[1]), row[2]
    if hints < _MOST_HINTS:
        put_hint(con, number, attempt, body_hash=body_hash, task=task, now=tick(con, now))
    return number


def verify_hint(con: sqlite3.Connection, hint: int, now: datetime) -> None:
    """A status read has decided about this hint."""
    con.execute("UPDATE inbox SET verified_at = ? WHERE id = ?", (stamp(tick(con, now)), hint))
