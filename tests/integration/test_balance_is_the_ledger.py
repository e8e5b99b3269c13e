"""Whatever admins decide and members order: `/balance` says what the movements of money add up to.

The figures are added up anew from the rows of `transfers` alone, without the balances that the books
keep. What was decided is remembered from what was typed.
"""

import random
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.sqlite.codec import moment, stamp
from bot.domain.ids import TaskId, UserId
from bot.domain.job import Charge
from bot.domain.money import Micros, dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import Policy
from bot.domain.provider import Cause
from tests.admins import told_also
from tests.faced import until
from tests.fakes import TurnedClock
from tests.members import Studio, studio
from tests.shown_money import Shown, read_balance

ACTS = 120
PEOPLE = ("ann", "ben", "pat")
AMOUNTS = ("0", "0.05", "0.30", "1", "2.5")


@dataclass
class Walk:
    """A server in which anything happens."""

    here: Studio
    clock: TurnedClock
    chance: random.Random
    rules: Policy = field(default_factory=Policy)
    of_role: Micros | None = None
    of_member: dict[str, Micros] = field(default_factory=dict[str, Micros])
    done: list[str] = field(default_factory=list[str])

    # -- what happens --------------------------------------------------------------------------

    async def step(self) -> None:
        act = self.chance.choice(
            [self.order] * 6
            + [self.finish] * 5
            + [self.grant, self.take, self.refund, self.refund, self.allow, self.share]
            + [self.give_role, self.give_member, self.wait]
        )
        await act()

    async def admin(self, command: str, **options: Any) -> str:
        self.done.append(f"{command} {options}")
        return await told_also(self.here.ada, self.here, command, **options)

    async def allow(self) -> None:
        amount, kind = self.chance.choice(AMOUNTS), self.chance.choice([*PeriodKind])
        await self.admin("allowance", amount=amount, period=kind.value)

    async def share(self) -> None:
        amount, kind = self.chance.choice(("1", "3", "10")), self.chance.choice([*PeriodKind])
        await self.admin("server", amount=amount, period=kind.value)

    async def give_role(self) -> None:
        amount = self.chance.choice((*AMOUNTS, "default"))
        await self.admin("role", role="patrons", amount=amount)
        self.of_role = None if amount == "default" else dollars(amount)

    async def give_member(self) -> None:
        who, amount = self.chance.choice(PEOPLE), self.chance.choice((*AMOUNTS, "default"))
        await self.admin("member", member=who, amount=amount)
        self.of_member.pop(who, None)
        if amount != "default":
            self.of_member[who] = dollars(amount)

    async def grant(self) -> None:
        who, amount = self.chance.choice(PEOPLE), self.chance.choice(AMOUNTS[1:])
        expires = self.chance.choice(("2 hours", "tomorrow", "in 1 week", "never"))
        await self.admin("grant", member=who, amount=amount, expires=expires)

    async def take(self) -> None:
        who, amount = self.chance.choice(PEOPLE), self.chance.choice(("all", *AMOUNTS[1:]))
        await self.admin("take", member=who, amount=amount)

    async def refund(self) -> None:
        jobs = [job for who in PEOPLE for job in await self.jobs_of(who)]
        paid = [it for it in jobs if it.charge is Charge.SETTLED and not it.refunded]
        job = self.chance.choice(paid or jobs) if jobs else None
        await self.admin("refund", job=job.number if job else 1)

    async def order(self) -> None:
        who, seconds = self.chance.choice(PEOPLE), self.chance.choice((5, 10, 20))
        self.done.append(f"{who} orders {seconds} s")
        person = self.here.server.person(getattr(self.here.cast, who))
        asked = await person.slash(
            "ltx text", {"prompt": "a fox", "duration": seconds}, channel=self.here.videos
        )
        await asked.message()
        await until(lambda: not self.here.client.busy.count)

    async def finish(self) -> None:
        jobs, now = self.here.services.jobs, self.clock.now()
        still = [
            job for who in PEOPLE for job in await self.jobs_of(who) if job.charge is Charge.OPEN
        ]
        if not still:
            return
        job = self.chance.choice(still)
        how = self.chance.choice(("cancelled", "failed", "paid", "billed less", "billed more"))
        self.done.append(f"{job.number} {how}")
        if how == "cancelled":
            assert await jobs.cancel(job.number, now=now, why="chance")
            return
        attempt = await jobs.claim(job.number, job.number.to_bytes(32, "big"), now)
        assert attempt is not None
        task = TaskId(f"task-{job.number}")
        assert await jobs.created(job.number, attempt, task, due_at=now, now=now)
        if how == "failed":
            assert await jobs.failed(job.number, Cause.PROVIDER, now=now)
            return
        cost = {"paid": None, "billed less": job.price // 2, "billed more": job.price * 2}[how]
        cost = None if cost is None else Micros(cost)
        assert await jobs.succeeded(job.number, [], cost=cost, now=now)

    async def wait(self) -> None:
        hours = self.chance.choice((1, 5, 30, 24 * 8))
        self.done.append(f"{hours} hours")
        self.clock.turn(hours=hours)

    async def jobs_of(self, who: str) -> Any:
        return await self.here.jobs_of(self.here.server.person(getattr(self.here.cast, who)))

    # -- what is shown, and what is true -------------------------------------------------------

    async def compare(self, who: str) -> None:
        user = getattr(self.here.cast, who)
        asked = await self.here.server.person(user).slash("balance", channel=self.here.videos)
        shown = read_balance((await asked.message()).text)
        rules = await self.here.services.policies.read(self.here.guild)
        allowance = self.of_member.get(who)
        if allowance is None and who == "pat":
            allowance = self.of_role
        if allowance is None:
            allowance = rules.allowance
        counted = await self.here.bot.database.read(
            lambda con: added_up(con, UserId(user.id), rules, allowance, self.clock.now())
        )
        assert shown == counted, "\n".join([f"{who}:", *self.done])


def added_up(
    con: sqlite3.Connection, member: int, rules: Policy, allowance: Micros, now: datetime
) -> Shown:
    """From the movements alone."""
    moves = con.execute(
        "SELECT t.id, t.at, t.kind, t.debit_id, t.credit_id, t.amount, t.scope, t.resolves,"
        " a.kind, a.member_id, a.expires_at FROM transfers t JOIN accounts a ON a.id ="
        " CASE WHEN t.kind IN ('fund', 'grant', 'refund') THEN t.credit_id ELSE t.debit_id END"
    ).fetchall()
    resolved = {move[7]: move for move in moves if move[7] is not None}

    def value(hold: tuple[Any, ...]) -> tuple[int, int]:
        """What of a hold is held, and what is paid."""
        end = resolved.get(hold[0])
        if end is None:
            return hold[5], 0
        back = resolved.get(end[0])
        return 0, (end[5] if end[2] == "settle" else 0) - (back[5] if back else 0)

    holds = [move for move in moves if move[2] == "hold"]
    mine = [hold for hold in holds if hold[6] == "member" and hold[9] == member]
    since, pool_since = (first(kind, now) for kind in (rules.allowance_period, rules.pool_period))
    used = sum(sum(value(it)) for it in mine if it[1] >= since and it[8] == "wallet")
    pooled = sum(sum(value(it)) for it in holds if it[6] == "server" and it[1] >= pool_since)
    grants = list[tuple[int, int, int | None]]()
    for account, expires_at in con.execute(
        "SELECT id, expires_at FROM accounts WHERE kind = 'grant' AND member_id = ?"
        " ORDER BY expires_at IS NULL, expires_at, id",
        (member,),
    ).fetchall():
        given = sum(it[5] for it in moves if it[2] == "grant" and it[4] == account)
        given -= sum(it[5] for it in moves if it[2] == "take" and it[3] == account)
        left = given - sum(sum(value(it)) for it in mine if it[3] == account)
        if left and (expires_at is None or moment(expires_at) > now):
            grants.append((left, given, expires_at))
    return Shown(
        free=Micros(max(0, allowance - used) + sum(left for left, _, _ in grants)),
        held=Micros(sum(value(it)[0] for it in mine)),
        spent=Micros(sum(value(it)[1] for it in mine if it[1] >= since)),
        allowance=allowance,
        grants=tuple((Micros(left), Micros(given)) for left, given, _ in grants[:10]),
        pool=Micros(max(0, rules.pool - pooled)),
    )


def first(kind: PeriodKind, now: datetime) -> int:
    """The stamp of the first moment of this day, week or month, in UTC."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind is PeriodKind.WEEK:
        day -= timedelta(days=day.weekday())
    if kind is PeriodKind.MONTH:
        day = day.replace(day=1)
    return stamp(day)


@pytest.mark.parametrize("nth", range(3))
async def test_a_balance_is_what_the_movements_add_up_to(tmp_path, seed, nth) -> None:
    clock = TurnedClock()
    clock.moment = datetime(2027, 1, 4, 9, tzinfo=UTC)
    chance = random.Random(f"{seed} {nth}")
    async with studio(tmp_path, watching=False, clock=clock, fits=False) as here:
        walk = Walk(here, clock, chance)
        for _ in range(ACTS):
            await walk.step()
            await walk.compare(chance.choice(PEOPLE))
        for who in PEOPLE:
            await walk.compare(who)
        made = [job for who in PEOPLE for job in await walk.jobs_of(who)]
        assert len(made) > 5, "something was ordered"
