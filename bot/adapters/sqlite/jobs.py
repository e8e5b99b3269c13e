"""The jobs' store: every step of a job, each one transaction.

Rule: money and state move together. A method that can lose a race answers with bool or None.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.codec import stamp
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.job_rows import (
    COLUMNS,
    find_by_interaction,
    find_job,
    get_job,
    job_of,
    log_event,
    raise_flag,
    step,
)
from bot.adapters.sqlite.ledger import give_back, reserve, settle, void, waive
from bot.domain.budget import Caps, Decision, Scope
from bot.domain.ids import AttemptId, GuildId, InteractionId, JobNumber, TaskId, UserId
from bot.domain.job import Charge, Job, JobState, Order
from bot.domain.money import Micros
from bot.domain.provider import Cause

_MEMBER_AND_SERVER: Final = frozenset({Scope.MEMBER, Scope.SERVER})


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs in the books."""

    database: Database
    caps: Caps

    async def reserve(self, order: Order, now: datetime) -> Decision:
        """Holds the money and opens the job: all of it or nothing."""
        return await self.database.write(lambda con: reserve(con, order, caps=self.caps, now=now))

    async def find(self, number: JobNumber) -> Job | None:
        """The job of this number."""
        return await self.database.read(lambda con: find_job(con, number))

    async def find_by_interaction(self, interaction: InteractionId) -> Job | None:
        """The job that a command has made already."""
        return await self.database.read(lambda con: find_by_interaction(con, interaction))

    async def list_of_member(
        self, guild: GuildId, member: UserId, *, limit: int = 25, before: JobNumber | None = None
    ) -> list[Job]:
        """A member's jobs in one server, the newest first."""
        return await self.database.read(
            lambda con: _jobs(
                con,
                "guild_id = ? AND member_id = ? AND number < ? ORDER BY number DESC LIMIT ?",
                (guild, member, before or 1 << 62, limit),
            )
        )

    async def claim(self, number: JobNumber, token_hash: bytes, now: datetime) -> AttemptId | None:
        """Writes down that the one paid POST is about to leave. None: the job is not waiting."""
        return await self.database.write(lambda con: _claim(con, number, token_hash, now))

    async def created(
        self,
        number: JobNumber,
        attempt: AttemptId,
        task: TaskId,
        *,
        due_at: datetime,
        now: datetime,
    ) -> bool:
        """The provider made a task. False: a callback was faster, or the job has another task."""
        return await self.database.write(
            lambda con: _created(con, number, attempt, task, due_at=due_at, now=now)
        )

    async def not_created(
        self, number: JobNumber, attempt: AttemptId, *, due_at: datetime, now: datetime, why: str
    ) -> None:
        """Proof that nothing was created: the job waits again, with its hold."""

        def act(con: sqlite3.Connection) -> None:
            _close_attempt(con, attempt, "not-created", why)
            step(con, number, JobState.HELD, now=tick(con, now), due_at=due_at, detail=why)

        await self.database.write(act)

    async def rejected(
        self, number: JobNumber, attempt: AttemptId, cause: Cause, *, now: datetime, why: str
    ) -> None:
        """The provider judged the request and refused it: the hold is let go."""

        def act(con: sqlite3.Connection) -> None:
            at = tick(con, now)
            _close_attempt(con, attempt, "not-created", why)
            void(con, number, now=at)
            step(
                con,
                number,
                JobState.REJECTED,
                now=at,
                charge=Charge.VOID,
                cause=cause,
                fail_code=why[:200],
                detail=why,
            )

        await self.database.write(act)

    async def unknown(
        self,
        number: JobNumber,
        attempt: AttemptId,
        *,
        due_at: datetime,
        now: datetime,
        why: str,
        candidate: TaskId | None = None,
    ) -> bool:
        """Nobody knows whether a task exists: the hold stays. False: a callback proved it first."""
        return await self.database.write(
            lambda con: _unknown(
                con, number, attempt, due_at=due_at, now=now, why=why, candidate=candidate
            )
        )

    async def proven(
        self, number: JobNumber, task: TaskId, *, due_at: datetime, now: datetime
    ) -> bool:
        """A status read proved the task of a submission whose answer was lost."""
        return await self.database.write(
            lambda con: _proven(con, number, task, due_at=due_at, now=now)
        )

    async def succeeded(
        self,
        number: JobNumber,
        urls: Sequence[str],
        *,
        cost: Micros | None,
        now: datetime,
    ) -> bool:
        """The provider says it is done: paid for, in the same transaction. False: not running."""
        return await self.database.write(
            lambda con: _succeeded(con, number, tuple(urls), cost=cost, now=now)
        )

    async def late_success(
        self, number: JobNumber, task: TaskId, urls: Sequence[str], *, now: datetime
    ) -> bool:
        """A video that came after its job had expired: nobody pays for it again."""
        return await self.database.write(
            lambda con: _late_success(con, number, task, tuple(urls), now)
        )

    async def failed(
        self,
        number: JobNumber,
        cause: Cause,
        *,
        now: datetime,
        fail_code: str | None = None,
        maybe_billed: bool = False,
    ) -> bool:
        """The task ran and failed: nobody is charged. Where the provider may have billed all the
        same, the operator's caps keep the price.
        """
        return await self.database.write(
            lambda con: _failed(
                con, number, cause, now=now, fail_code=fail_code, maybe_billed=maybe_billed
            )
        )

    async def expire(self, number: JobNumber, *, now: datetime) -> bool:
        """Gives up on an unknown submission, unless a hint in the inbox is still unread."""
        return await self.database.write(lambda con: _expire(con, number, now))

    async def cancel(self, number: JobNumber, *, now: datetime, why: str) -> bool:
        """Stops a job that is still waiting. False: it is not."""
        return await self.database.write(lambda con: _cancel(con, number, now=now, why=why))

    async def lost(self, number: JobNumber, *, now: datetime, why: str) -> bool:
        """Paid for, and never to be had: member and server get the money back."""
        return await self.database.write(lambda con: _lost(con, number, now=now, why=why))

    async def log(self, number: JobNumber, what: str, *, now: datetime, detail: str = "") -> None:
        """Adds a line to a job's log."""
        await self.database.write(
            lambda con: log_event(con, number, what, now=tick(con, now), detail=detail)
        )


def _jobs(con: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Job]:
    rows = con.execute(
        f"SELECT {COLUMNS} FROM jobs WHERE {where}",  # noqa: S608 - our own words
        values,
    )
    return [job_of(row) for row in rows]


def _claim(
    con: sqlite3.Connection, number: JobNumber, token_hash: bytes, now: datetime
) -> AttemptId | None:
    at = tick(con, now)
    if get_job(con, number).state is not JobState.HELD:
        return None
    # attempts_one_may_have_created refuses a second attempt while one is not disproved.
    cursor = con.execute(
        "INSERT INTO attempts (job, token_hash, at) VALUES (?, ?, ?)",
        (number, token_hash, stamp(at)),
    )
    step(con, number, JobState.SUBMITTING, now=at)
    assert cursor.lastrowid is not None
    return AttemptId(cursor.lastrowid)


def _close_attempt(
    con: sqlite3.Connection, attempt: AttemptId, state: str, detail: str = ""
) -> None:
    # Proof is never taken back: a late "unknown" does not overwrite what a callback proved.
    con.execute(
        "UPDATE attempts SET state = ?, detail = ? WHERE id = ? AND state IN ('open', 'unknown')",
        (state, detail[:500], attempt),
    )


def _created(
    con: sqlite3.Connection,
    number: JobNumber,
    attempt: AttemptId,
    task: TaskId,
    *,
    due_at: datetime,
    now: datetime,
) -> bool:
    at = tick(con, now)
    _close_attempt(con, attempt, "created")
    if get_job(con, number).state not in {JobState.SUBMITTING, JobState.UNKNOWN}:
        return False
    step(con, number, JobState.RUNNING, now=at, due_at=due_at, task=task)
    return True


def _unknown(
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
    _close_attempt(con, attempt, "unknown", why)
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


def _proven(
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


def _succeeded(
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


def _late_success(
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


def _failed(
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
    return True


def _expire(con: sqlite3.Connection, number: JobNumber, now: datetime) -> bool:
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
    return True


def _cancel(con: sqlite3.Connection, number: JobNumber, *, now: datetime, why: str) -> bool:
    if get_job(con, number).state is not JobState.HELD:
        return False
    at = tick(con, now)
    void(con, number, now=at)
    step(con, number, JobState.CANCELLED, now=at, charge=Charge.VOID, detail=why)
    return True


def _lost(con: sqlite3.Connection, number: JobNumber, *, now: datetime, why: str) -> bool:
    job = get_job(con, number)
    if job.state is not JobState.SUCCEEDED:
        return False
    at = tick(con, now)
    paid = job.charge is Charge.SETTLED
    if paid and not job.refunded:
        give_back(con, number, scopes=_MEMBER_AND_SERVER, now=at, reason=why)
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
    return True
