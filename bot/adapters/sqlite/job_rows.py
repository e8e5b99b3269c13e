"""Jobs as rows: reading them, and the one way to change a state.

Rule: a state changes only through `step`, together with its charge and with a line in the log.
"""

import json
import sqlite3
from datetime import datetime
from typing import Any, Final

from bot.adapters.sqlite.codec import moment, stamp
from bot.domain.errors import NotFoundError
from bot.domain.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    JobNumber,
    MessageId,
    TaskId,
    UserId,
)
from bot.domain.job import Charge, Job, JobState, Order, Place
from bot.domain.money import Micros
from bot.domain.provider import Cause

COLUMNS: Final = (
    "number, guild_id, member_id, interaction_id, model, mode, request, price, price_assumed,"
    " state, charge, channel_id, message_id, answered_in, created_at, state_at, due_at, tries,"
    " task_id, result_urls, cause, fail_code, aside, refunded, parent"
)


def job_of(row: tuple[Any, ...]) -> Job:
    """The job that a row of COLUMNS holds."""
    return Job(
        number=JobNumber(row[0]),
        guild=GuildId(row[1]),
        member=UserId(row[2]),
        interaction=InteractionId(row[3]),
        model=row[4],
        mode=row[5],
        request=row[6],
        price=Micros(row[7]),
        price_assumed=bool(row[8]),
        state=JobState(row[9]),
        charge=Charge(row[10]),
        place=Place(
            ChannelId(row[11]),
            None if row[12] is None else MessageId(row[12]),
            None if row[13] is None else ChannelId(row[13]),
        ),
        created_at=moment(row[14]),
        state_at=moment(row[15]),
        due_at=moment(row[16]),
        tries=row[17],
        task=None if row[18] is None else TaskId(row[18]),
        result_urls=tuple(json.loads(row[19])),
        cause=None if row[20] is None else Cause(row[20]),
        fail_code=row[21],
        aside=row[22],
        refunded=bool(row[23]),
        parent=None if row[24] is None else JobNumber(row[24]),
    )


def find_job(con: sqlite3.Connection, number: JobNumber) -> Job | None:
    """The job of this number, in whatever server."""
    row = con.execute(
        f"SELECT {COLUMNS} FROM jobs WHERE number = ?",  # noqa: S608 - our own names
        (number,),
    ).fetchone()
    return None if row is None else job_of(row)


def get_job(con: sqlite3.Connection, number: JobNumber) -> Job:
    """The same, where there must be one."""
    job = find_job(con, number)
    if job is None:
        raise NotFoundError(f"job {number}")
    return job


def find_by_interaction(con: sqlite3.Connection, interaction: InteractionId) -> Job | None:
    """The job that a command has made already."""
    row = con.execute(
        f"SELECT {COLUMNS} FROM jobs WHERE interaction_id = ?",  # noqa: S608 - our own names
        (interaction,),
    ).fetchone()
    return None if row is None else job_of(row)


def count_unfinished(con: sqlite3.Connection, guild: GuildId, member: UserId) -> int:
    """Jobs of a member that wait or are at the provider."""
    return con.execute(
        "SELECT count(*) FROM jobs INDEXED BY jobs_unfinished WHERE guild_id = ? AND member_id = ?"
        " AND state IN ('held', 'submitting', 'unknown', 'running')",
        (guild, member),
    ).fetchone()[0]


def insert_job(con: sqlite3.Connection, order: Order, now: datetime) -> Job:
    """A new job, held."""
    at = stamp(now)
    cursor = con.execute(
        "INSERT INTO jobs (guild_id, member_id, interaction_id, model, mode, request, price,"
        " price_assumed, channel_id, message_id, answered_in, created_at, state_at, due_at, parent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.guild,
            order.member,
            order.interaction,
            order.model,
            order.mode,
            order.request,
            order.price,
            order.price_assumed,
            order.place.channel,
            order.place.message,
            order.place.answered_in,
            at,
            at,
            at,
            order.parent,
        ),
    )
    assert cursor.lastrowid is not None
    number = JobNumber(cursor.lastrowid)
    log_event(con, number, "held", now=now)
    return Job(
        number=number,
        guild=order.guild,
        member=order.member,
        interaction=order.interaction,
        model=order.model,
        mode=order.mode,
        request=order.request,
        price=order.price,
        price_assumed=order.price_assumed,
        state=JobState.HELD,
        charge=Charge.OPEN,
        place=order.place,
        created_at=now,
        state_at=now,
        due_at=now,
        tries=0,
        task=None,
        result_urls=(),
        cause=None,
        fail_code=None,
        aside=None,
        refunded=False,
        parent=order.parent,
    )


def step(  # noqa: PLR0913 - one argument for each column that goes with a state
    con: sqlite3.Connection,
    number: JobNumber,
    state: JobState,
    *,
    now: datetime,
    due_at: datetime | None = None,
    charge: Charge | None = None,
    task: TaskId | None = None,
    result_urls: tuple[str, ...] | None = None,
    cause: Cause | None = None,
    fail_code: str | None = None,
    refunded: bool | None = None,
    detail: str = "",
) -> None:
    """Takes a step, which the database refuses if it is not allowed."""
    # Whatever is not given stays as it is; tries start anew with every state, and a job that goes on
    # waits for nobody.
    con.execute(
        "UPDATE jobs SET state = ?, charge = coalesce(?, charge), state_at = ?, due_at = ?,"
        " tries = 0, aside = NULL, task_id = coalesce(?, task_id), result_urls = coalesce(?, result_urls),"
        " cause = coalesce(?, cause), fail_code = coalesce(?, fail_code),"
        " refunded = coalesce(?, refunded) WHERE number = ?",
        (
            state,
            charge,
            stamp(now),
            stamp(due_at or now),
            task,
            None if result_urls is None else json.dumps(result_urls),
            cause,
            fail_code,
            refunded,
            number,
        ),
    )
    log_event(con, number, state, now=now, detail=detail)


def log_event(
    con: sqlite3.Connection, number: JobNumber, what: str, *, now: datetime, detail: str = ""
) -> None:
    """Adds a line to a job's log."""
    con.execute(
        "INSERT INTO events (job, at, what, detail) VALUES (?, ?, ?, ?)",
        (number, stamp(now), what, detail),
    )


def raise_flag(
    con: sqlite3.Connection,
    number: JobNumber,
    kind: str,
    *,
    now: datetime,
    amount: Micros = Micros(0),
    detail: str = "",
) -> None:
    """Notes that the provider's bill may differ from the books."""
    con.execute(
        "INSERT INTO flags (at, job, kind, amount, detail) VALUES (?, ?, ?, ?, ?)",
        (stamp(now), number, kind, amount, detail),
    )
