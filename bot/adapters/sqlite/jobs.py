"""The jobs' store: each method is one transaction, or one snapshot.

Rule: nothing is decided here. What a step does stands in `job_steps`, what is asked in `job_views`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.adapters.sqlite import job_steps, job_views, outbox
from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.codec import moment_or_none, stamp
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.job_rows import find_by_interaction, find_job, log_event
from bot.adapters.sqlite.ledger import reserve
from bot.adapters.sqlite.outlook import look_ahead
from bot.domain.budget import Caps, Decision
from bot.domain.clip import Clip
from bot.domain.ids import (
    AttemptId,
    ChannelId,
    GuildId,
    InteractionId,
    JobNumber,
    MessageId,
    TaskId,
    UserId,
)
from bot.domain.job import Job, JobState, Order
from bot.domain.money import Micros
from bot.domain.outcome import Past, Receipt
from bot.domain.outlook import Outlook
from bot.domain.ports import Debt, Hint, Leftover, Purpose, Waiting
from bot.domain.provider import Cause


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs in the books."""

    database: Database
    caps: Caps

    # -- asking ------------------------------------------------------------------------------

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
            lambda con: job_views.list_of_member(con, guild, member, limit=limit, before=before)
        )

    async def list_past(
        self, guild: GuildId, member: UserId, *, limit: int, before: JobNumber | None = None
    ) -> list[Past]:
        """The same, each with what it came to."""
        return await self.database.read(
            lambda con: job_views.list_past(con, guild, member, limit=limit, before=before)
        )

    async def list_waiting(self) -> list[Waiting]:
        """The queue, in the order of arrival."""
        return await self.database.read(job_views.list_waiting)

    async def list_unwanted(self, guild: GuildId) -> list[JobNumber]:
        """A server's jobs in line that its admins do not want any more."""
        return await self.database.read(lambda con: job_views.list_unwanted(con, guild))

    async def list_unfinished(self) -> list[Job]:
        """All that a restart goes on with, besides the queue and the debts."""
        return await self.database.read(job_views.list_unfinished)

    async def count_unfinished(self, guild: GuildId) -> dict[JobState, int]:
        """A server's jobs that are not over, by their state."""
        return await self.database.read(lambda con: job_views.count_unfinished(con, guild))

    async def list_at_provider(self) -> dict[JobNumber, tuple[GuildId, UserId]]:
        """The jobs whose tasks may be at the provider now, and whose they are."""
        return await self.database.read(job_views.list_at_provider)

    async def list_debts(self) -> list[Debt]:
        """Messages that are still owed."""
        return await self.database.read(outbox.list_debts)

    async def list_clips(self, number: JobNumber) -> tuple[Clip, ...]:
        """A job's files that are still kept."""
        return await self.database.read(lambda con: job_views.list_clips(con, number))

    async def list_hints(self, number: JobNumber) -> list[Hint]:
        """Task ids claimed for a job and not verified."""
        return await self.database.read(lambda con: job_views.list_hints(con, number))

    async def look_ahead(self, order: Order, now: datetime) -> Outlook:
        """What this order would meet at this moment."""
        return await self.database.read(lambda con: look_ahead(con, order, caps=self.caps, now=now))

    async def find_by_message(self, guild: GuildId, message: MessageId) -> Job | None:
        """The job that a message is about: its waiting message, or one that was delivered."""
        return await self.database.read(lambda con: job_views.find_by_message(con, guild, message))

    async def list_told(self, number: JobNumber) -> list[Receipt]:
        """The job's messages that were posted, the latest first. They may be gone."""
        return await self.database.read(lambda con: job_views.list_told(con, number))

    async def count_unknown(self) -> int:
        """Submissions whose fate nobody knows."""
        return await self.database.read(
            lambda con: con.execute("SELECT count(*) FROM jobs WHERE state = 'unknown'").fetchone()[
                0
            ]
        )

    async def count_by_state(self) -> dict[str, int]:
        """How many jobs are in each state."""
        rows = await self.database.read(
            lambda con: con.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall()
        )
        return dict(rows)

    async def paid(self, number: JobNumber) -> Micros:
        """What the member has paid for a job, refunds taken off."""
        return await self.database.read(lambda con: job_views.paid_for(con, number))

    async def list_unfetched(self) -> list[JobNumber]:
        """Paid jobs whose files the books do not know yet."""
        rows = await self.database.read(
            lambda con: con.execute("SELECT number FROM jobs WHERE state = 'succeeded'").fetchall()
        )
        return [JobNumber(number) for (number,) in rows]

    async def list_delivered_clips(self) -> list[tuple[str, int, datetime | None]]:
        """Every file that is kept: name, size, and when somebody got it."""
        rows = await self.database.read(
            lambda con: con.execute(
                "SELECT c.name, c.size_bytes, min(d.done_at) FROM clips c"
                " LEFT JOIN deliveries d ON d.job = c.job AND d.message_id IS NOT NULL"
                "   AND d.purpose <> 'failure'"
                " WHERE c.removed_at IS NULL GROUP BY c.name, c.size_bytes"
            ).fetchall()
        )
        return [(name, size, moment_or_none(done_at)) for name, size, done_at in rows]

    # -- stepping ----------------------------------------------------------------------------

    async def reserve(self, order: Order, now: datetime) -> Decision:
        """Holds the money and opens the job: all of it or nothing."""
        return await self.database.write(lambda con: reserve(con, order, caps=self.caps, now=now))

    async def recover(self, now: datetime) -> list[JobNumber]:
        """After a restart, nobody knows what became of the POSTs that were on their way."""
        return await self.database.write(lambda con: job_steps.recover(con, now))

    async def claim(
        self, number: JobNumber, token_hash: bytes, now: datetime
    ) -> AttemptId | Debt | None:
        """Writes down that the one paid POST is about to leave. None: the job is not waiting. A
        debt: it was turned away instead, for it is not wanted any more.
        """
        return await self.database.write(lambda con: job_steps.claim(con, number, token_hash, now))

    async def created(
        self,
        number: JobNumber,
        attempt: AttemptId,
        task: TaskId,
        *,
        due_at: datetime,
        now: datetime,
    ) -> bool:
        """The provider made a task. False: a callback was faster."""
        return await self.database.write(
            lambda con: job_steps.created(con, number, attempt, task, due_at=due_at, now=now)
        )

    async def not_created(
        self, number: JobNumber, attempt: AttemptId, *, due_at: datetime, now: datetime, why: str
    ) -> None:
        """Proof that nothing was created: the job waits again, with its hold."""
        await self.database.write(
            lambda con: job_steps.not_created(con, number, attempt, due_at=due_at, now=now, why=why)
        )

    async def rejected(
        self, number: JobNumber, attempt: AttemptId, cause: Cause, *, now: datetime, why: str
    ) -> None:
        """The provider judged the request and refused it: the hold is let go."""
        await self.database.write(
            lambda con: job_steps.rejected(con, number, attempt, cause, now=now, why=why)
        )

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
            lambda con: job_steps.unknown(
                con, number, attempt, due_at=due_at, now=now, why=why, candidate=candidate
            )
        )

    async def proven(
        self, number: JobNumber, task: TaskId, *, due_at: datetime, now: datetime
    ) -> bool:
        """A status read proved the task of a submission whose answer was lost."""
        return await self.database.write(
            lambda con: job_steps.proven(con, number, task, due_at=due_at, now=now)
        )

    async def succeeded(
        self, number: JobNumber, urls: Sequence[str], *, cost: Micros | None, now: datetime
    ) -> bool:
        """The provider says it is done: paid for, in the same transaction. False: not running."""
        return await self.database.write(
            lambda con: job_steps.succeeded(con, number, tuple(urls), cost=cost, now=now)
        )

    async def late_success(
        self, number: JobNumber, task: TaskId, urls: Sequence[str], *, now: datetime
    ) -> bool:
        """A video that came after its job had expired: nobody pays for it again."""
        return await self.database.write(
            lambda con: job_steps.late_success(con, number, task, tuple(urls), now)
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
            lambda con: job_steps.failed(
                con, number, cause, now=now, fail_code=fail_code, maybe_billed=maybe_billed
            )
        )

    async def expire(self, number: JobNumber, *, now: datetime) -> bool:
        """Gives up on an unknown submission, unless a hint in the inbox is still unread."""
        return await self.database.write(lambda con: job_steps.expire(con, number, now))

    async def cancel(self, number: JobNumber, *, now: datetime, why: str) -> bool:
        """Stops a job that is still waiting. False: it is not."""
        return await self.database.write(
            lambda con: job_steps.cancel(con, number, now=now, why=why)
        )

    async def void_stale(self, number: JobNumber, *, now: datetime) -> bool:
        """Waited too long to still be wanted: cancelled, and the member gets a word."""
        return await self.database.write(lambda con: job_steps.void_stale(con, number, now))

    async def turn_away(self, number: JobNumber, *, now: datetime) -> Debt | None:
        """Cancels a job that waits although the admins have blocked its member or its words since,
        and owes the member a word. None: it goes on.
        """
        return await self.database.write(lambda con: job_steps.turn_away(con, number, now))

    async def lost(self, number: JobNumber, *, now: datetime, why: str) -> bool:
        """Paid for, and never to be had: member and server get the money back."""
        return await self.database.write(lambda con: job_steps.lost(con, number, now=now, why=why))

    async def stored(
        self, number: JobNumber, clips: Sequence[Clip], *, now: datetime
    ) -> Debt | None:
        """The files are safe. None: they were already."""
        return await self.database.write(lambda con: job_steps.stored(con, number, clips, now))

    async def looked(self, number: JobNumber, *, due_at: datetime, now: datetime) -> int:
        """Counts a look at a job in its present state; answers how many there were."""
        del now
        return await self.database.write(lambda con: job_steps.looked(con, number, due_at))

    async def set_aside(self, number: JobNumber, why: str, *, now: datetime) -> bool:
        """Lets a job take no turn. False: it was set aside for the same reason before."""
        return await self.database.write(lambda con: job_steps.set_aside(con, number, why, now))

    async def take_up(self, number: JobNumber, *, now: datetime) -> None:
        """What was set aside goes on."""
        await self.database.write(lambda con: job_steps.take_up(con, number, now))

    async def log(self, number: JobNumber, what: str, *, now: datetime, detail: str = "") -> None:
        """Adds a line to a job's log."""
        await self.database.write(
            lambda con: log_event(con, number, what, now=tick(con, now), detail=detail)
        )

    # -- what comes in, what is owed -----------------------------------------------------------

    async def accept_callback(
        self, token_hash: bytes, body_hash: bytes, task: TaskId | None, *, now: datetime
    ) -> JobNumber | None:
        """Keeps what a callback says, as a hint. None: no attempt has this token."""
        # Strangers may guess as much as they like: they never come before those who write.
        if not await self.database.read(lambda con: job_steps.knows_token(con, token_hash)):
            return None
        return await self.database.write(
            lambda con: job_steps.accept_callback(con, token_hash, body_hash, task, now)
        )

    async def verify_hint(self, hint: int, *, now: datetime) -> None:
        """A status read has decided about this hint."""
        await self.database.write(lambda con: job_steps.verify_hint(con, hint, now))

    async def owe_showing(
        self, number: JobNumber, *, channel: ChannelId | None = None, now: datetime
    ) -> Debt:
        """A finished clip is to be posted again, there where videos go now."""
        return await self.database.write(
            lambda con: outbox.owe(con, number, Purpose.SHOWN, channel=channel, now=tick(con, now))
        )

    async def find_debt(self, number: JobNumber) -> Debt | None:
        """What is still owed for a job."""
        return await self.database.read(lambda con: outbox.find_debt(con, number))

    async def delivered(self, debt: Debt, receipt: Receipt, *, now: datetime) -> None:
        """The message stands."""
        await self.database.write(lambda con: outbox.delivered(con, debt, receipt, tick(con, now)))

    async def taken_away(self, number: JobNumber, message: MessageId) -> None:
        """One of the job's messages is gone."""
        await self.database.write(lambda con: outbox.taken_away(con, number, message))

    async def undeliverable(self, debt: Debt, why: str, *, now: datetime) -> None:
        """Nobody can be told by any route. The file stays."""
        await self.database.write(lambda con: outbox.undeliverable(con, debt, why, tick(con, now)))

    async def postponed(self, debt: Debt, why: str, *, due_at: datetime, now: datetime) -> None:
        """Not now."""
        del now
        await self.database.write(lambda con: outbox.postponed(con, debt, why, due_at))

    async def list_leftovers(self) -> list[Leftover]:
        """Messages that waited, and are still to be taken away."""
        return await self.database.read(outbox.list_leftovers)

    async def find_leftover(self, number: JobNumber) -> Leftover | None:
        """What a job has left behind."""
        return await self.database.read(lambda con: outbox.find_leftover(con, number))

    async def cleared(self, number: JobNumber) -> None:
        """The message that waited is gone."""
        await self.database.write(lambda con: outbox.cleared(con, number))

    async def clear_later(self, number: JobNumber, *, due_at: datetime) -> None:
        """Not now."""
        await self.database.write(lambda con: outbox.clear_later(con, number, due_at))

    async def clips_removed(self, names: Collection[str], *, now: datetime) -> None:
        """Retention gave these files up."""
        await self.database.write(
            lambda con: con.executemany(
                "UPDATE clips SET removed_at = ? WHERE name = ?",
                [(stamp(now), name) for name in names],
            )
        )
