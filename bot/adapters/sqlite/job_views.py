"""What is asked about jobs, as functions on a connection that only reads.

Rule: whatever a member may ask carries the guild id.
"""

import sqlite3
from typing import cast

from bot.adapters.sqlite.codec import moment
from bot.adapters.sqlite.job_rows import COLUMNS, job_of
from bot.adapters.sqlite.outbox import TAKEN_AWAY
from bot.adapters.sqlite.policy_rows import DEFAULTS, why_unwanted
from bot.domain.clip import Clip, MediaType
from bot.domain.ids import ChannelId, GuildId, JobNumber, MessageId, TaskId, UserId
from bot.domain.job import Job, JobState, prompt_of
from bot.domain.money import Micros
from bot.domain.outcome import Past, Receipt, Route
from bot.domain.ports import Hint, Waiting


def list_jobs(con: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Job]:
    """Jobs by a condition of ours."""
    rows = con.execute(
        f"SELECT {COLUMNS} FROM jobs WHERE {where}",  # noqa: S608 - our own words
        values,
    )
    return [job_of(row) for row in rows]


def find_by_message(con: sqlite3.Connection, guild: GuildId, message: MessageId) -> Job | None:
    """The job of a message that was delivered, else of one that waits."""
    told = list_jobs(
        con,
        "guild_id = ? AND number IN (SELECT job FROM deliveries WHERE message_id = ?)",
        (guild, message),
    )
    if told:
        return told[0]
    # Once people were told, the waiting message is gone: only the unfinished need to be looked
    # through, those with money held by their own index.
    for states in ("'held', 'submitting', 'unknown', 'running'", "'succeeded', 'stored'"):
        waits = f"guild_id = ? AND message_id = ? AND state IN ({states})"
        for job in list_jobs(con, waits, (guild, message)):
            return job
    return None


def list_of_member(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    limit: int,
    before: JobNumber | None = None,
) -> list[Job]:
    """A member's jobs in one server, the newest first."""
    return list_jobs(
        con,
        "guild_id = ? AND member_id = ? AND number < ? ORDER BY number DESC LIMIT ?",
        (guild, member, before or 1 << 62, limit),
    )


def list_past(
    con: sqlite3.Connection,
    guild: GuildId,
    member: UserId,
    *,
    limit: int,
    before: JobNumber | None = None,
) -> list[Past]:
    """The same, each with what it came to."""
    jobs = list_of_member(con, guild, member, limit=limit, before=before)
    return [
        Past(job, paid_for(con, job.number), next(iter(list_told(con, job.number)), None))
        for job in jobs
    ]


def list_told(con: sqlite3.Connection, number: JobNumber) -> list[Receipt]:
    """The job's messages that were posted and not taken away by our own button, the latest first."""
    rows = con.execute(
        "SELECT route, channel_id, message_id, detail FROM deliveries"
        " WHERE job = ? AND message_id IS NOT NULL AND detail <> ? ORDER BY id DESC",
        (number, TAKEN_AWAY),
    )
    return [
        Receipt(Route(route), ChannelId(channel), MessageId(message), detail)
        for route, channel, message, detail in rows
    ]


def list_waiting(con: sqlite3.Connection) -> list[Waiting]:
    """The queue, in the order of arrival, with what each server's policy says about it."""
    rows = con.execute(
        "SELECT j.number, j.guild_id, j.member_id, j.due_at, j.created_at,"
        " coalesce(p.at_once, ?), coalesce(p.paused, 0)"
        " FROM jobs j LEFT JOIN policies p ON p.guild_id = j.guild_id"
        " WHERE j.state = 'held' AND j.aside IS NULL ORDER BY j.number",
        (DEFAULTS.at_once,),
    )
    return [
        Waiting(
            number=JobNumber(number),
            guild=GuildId(guild),
            member=UserId(member),
            due_at=moment(due_at),
            created_at=moment(created_at),
            at_once=at_once,
            paused=bool(paused),
        )
        for number, guild, member, due_at, created_at, at_once, paused in rows
    ]


def list_unwanted(con: sqlite3.Connection, guild: GuildId) -> list[JobNumber]:
    """A server's jobs in line that its admins do not want any more."""
    rows = con.execute(
        "SELECT number, member_id, request FROM jobs"
        " WHERE state = 'held' AND aside IS NULL AND guild_id = ? ORDER BY number",
        (guild,),
    ).fetchall()
    return [
        JobNumber(number)
        for number, member, request in rows
        if why_unwanted(con, guild, UserId(member), prompt_of(request)) is not None
    ]


def list_unfinished(con: sqlite3.Connection) -> list[Job]:
    """All that a restart goes on with. An expired job counts while a hint about it is unread."""
    return list_jobs(
        con,
        "aside IS NULL AND state IN ('unknown', 'running', 'succeeded', 'expired')"
        " AND (state <> 'expired' OR EXISTS (SELECT 1 FROM inbox i WHERE i.job = jobs.number"
        "   AND i.verified_at IS NULL AND i.task_id IS NOT NULL))",
        (),
    )


def list_at_provider(con: sqlite3.Connection) -> dict[JobNumber, tuple[GuildId, UserId]]:
    """The jobs whose tasks may be at the provider now, and whose they are. One that was set aside
    takes no turn of its member's: that may last.
    """
    rows = con.execute(
        "SELECT number, guild_id, member_id FROM jobs"
        " WHERE state IN ('submitting', 'unknown', 'running') AND aside IS NULL"
    )
    return {JobNumber(number): (GuildId(guild), UserId(member)) for number, guild, member in rows}


def count_unfinished(con: sqlite3.Connection, guild: GuildId) -> dict[JobState, int]:
    """A server's jobs that are not over, by their state. One that was set aside goes nowhere."""
    rows = con.execute(
        "SELECT state, count(*) FROM jobs WHERE guild_id = ? AND aside IS NULL AND state IN"
        " ('held', 'submitting', 'unknown', 'running', 'succeeded', 'stored') GROUP BY state",
        (guild,),
    )
    return {JobState(state): count for state, count in rows}


def list_clips(con: sqlite3.Connection, number: JobNumber) -> tuple[Clip, ...]:
    """A job's files that are still kept."""
    rows = con.execute(
        "SELECT name, size_bytes, sha256, media_type, seconds, width, height FROM clips"
        " WHERE job = ? AND removed_at IS NULL ORDER BY position",
        (number,),
    )
    return tuple(
        Clip(
            name=name,
            size_bytes=size,
            sha256=sha256,
            media_type=cast("MediaType", media_type),
            seconds=seconds,
            width=width,
            height=height,
        )
        for name, size, sha256, media_type, seconds, width, height in rows
    )


def list_hints(con: sqlite3.Connection, number: JobNumber) -> list[Hint]:
    """Task ids that somebody claims for a job and nobody has verified, the oldest first."""
    rows = con.execute(
        "SELECT id, job, task_id FROM inbox"
        " WHERE job = ? AND verified_at IS NULL AND task_id IS NOT NULL ORDER BY id",
        (number,),
    )
    return [Hint(row[0], JobNumber(row[1]), TaskId(row[2])) for row in rows]


def paid_for(con: sqlite3.Connection, number: JobNumber) -> Micros:
    """What the member has paid for a job, refunds taken off."""
    row = con.execute(
        "SELECT coalesce(sum(iif(kind = 'settle', amount, -amount)), 0) FROM transfers"
        " WHERE job = ? AND scope = 'member' AND kind IN ('settle', 'refund')",
        (number,),
    ).fetchone()
    return Micros(row[0])
