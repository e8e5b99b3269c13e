"""A machine that does to the books, in any order, whatever can be done to them, and to a plain
model as well, and after each step compares the two.

Rule: only public stores are driven, on a real file; the model alone says what is right.
"""

import asyncio
import functools
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.adapters.sqlite import ledger
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.policies import Policies
from bot.domain.budget import Already, Caps, Limit, NotRefunded, Refused, Reserved
from bot.domain.clip import Clip
from bot.domain.ids import ChannelId, InteractionId, MessageId, TaskId
from bot.domain.job import Order, Place
from bot.domain.outcome import Receipt, Route
from bot.domain.period import PeriodKind
from bot.domain.provider import Cause
from tests.integration.books_model import NOBODY, OPERATOR, Model, Rules, turn

ACTOR = 77
ROLES = (501, 502)
ZONES = ("UTC", "America/New_York", "Europe/Madrid", "Pacific/Kiritimati", "Pacific/Pago_Pago")
STARTS = (
    datetime(2026, 10, 24, 21, tzinfo=UTC),  # Europe's clocks go back in the night
    datetime(2027, 3, 13, 22, tzinfo=UTC),  # America's go forward
    datetime(2026, 12, 31, 20, tzinfo=UTC),
    datetime(2028, 2, 28, 12, tzinfo=UTC),
)
SPANS = (
    timedelta(microseconds=1),
    timedelta(hours=1),
    timedelta(hours=11),
    timedelta(days=1),
    timedelta(days=6),
    timedelta(days=32),
)
FINAL = {"cancelled", "rejected", "failed", "delivered", "lost"}

amounts = st.integers(0, 12)
prices = st.integers(1, 9)
picks = st.integers(0, 10_000)
kinds = st.sampled_from(list(PeriodKind))
role_sets = st.frozensets(st.sampled_from(ROLES))
costs = st.one_of(st.none(), st.integers(0, 12))
lifetimes = st.one_of(st.none(), st.integers(1, 40))
Wish = tuple[int, int, frozenset[int]]
wish = st.tuples(picks, prices, role_sets)
wishes = st.lists(wish, min_size=1, max_size=4)


@functools.cache
def blank() -> Path:
    """Empty books, made once: a copy is quicker than all migrations."""
    path = home() / "blank.db"
    asyncio.run(_create(path))
    return path


@functools.cache
def home() -> Path:
    """A folder in memory where there is one: the files are real, the disk is not waited for."""
    shared = Path("/dev/shm")
    folder = tempfile.TemporaryDirectory(prefix="books-", dir=shared if shared.is_dir() else None)
    _kept.append(folder)
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []
"""Folders live as long as the process."""


async def _create(path: Path) -> None:
    async with await Database.open(path, readers=1):
        pass


class BooksMachine(RuleBasedStateMachine):
    """The books beside the model."""

    guilds: tuple[int, ...] = (11, 12)
    members: tuple[int, ...] = (31, 32)

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=home()))
        self.model = Model()
        self.count = 0

    def do(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(act)

    @initialize(start=st.sampled_from(STARTS), day=st.sampled_from([30, 60]))
    def open_books(self, start: datetime, day: int) -> None:
        self.now = start
        shutil.copyfile(blank(), self.folder / "0.db")
        self._open(self.folder / "0.db")
        self.set_caps(day, 120)
        for guild in self.guilds:
            self.model.rules[guild] = Rules()
            self.set_rules(guild, allowance=12, pool=30)

    def _open(self, path: Path) -> None:
        self.path = path
        self.books = self.do(Database.open(path, readers=1))
        self.policies = Policies(self.books)
        self._set_stores(self.model.caps)

    def _set_stores(self, caps: dict[PeriodKind, int | None]) -> None:
        limits = Caps(caps.get(PeriodKind.DAY), caps.get(PeriodKind.MONTH))
        self.jobs, self.money = Jobs(self.books, limits), Money(self.books, limits)

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.do(self.books.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    # -- orders --------------------------------------------------------------------------------

    def _order(self, pick: int, price: int, roles: frozenset[int], interaction: int) -> Order:
        guild = self.guilds[pick % len(self.guilds)]
        member = self.members[pick // len(self.guilds) % len(self.members)]
        return Order(
            guild,
            member,
            roles,
            InteractionId(interaction),
            "ltx",
            "text",
            "{}",
            price,
            price_assumed=False,
            place=Place(ChannelId(1)),
        )

    @rule(wishes=wishes)
    def reserve(self, wishes: list[Wish]) -> None:
        for wish in wishes:
            self._reserve(*wish)

    @rule(wishes=wishes, cost=costs)
    def make_videos(self, wishes: list[Wish], cost: int | None) -> None:
        for wish in wishes:
            number = self._reserve(*wish)
            if number is not None:
                self._claim(number)
                self._created(number)
                self._succeed(number, cost)

    @rule(wish=wish, more=prices, days=lifetimes, finish=st.booleans())
    def grant_and_spend(self, wish: Wish, more: int, days: int | None, finish: bool) -> None:
        """A dear video: what the allowance does not bear, the grant does."""
        pick, price, roles = wish
        who = self._order(pick, 1, roles, 0)
        self._grant(who.guild, who.member, more, days)
        free = self._free(who)
        number = self._reserve(pick, max(1, free - price // 3), roles)
        if number is not None and finish:
            self._claim(number)
            self._created(number)
            self._succeed(number, max(1, price))

    def _reserve(self, pick: int, price: int, roles: frozenset[int]) -> int | None:
        """The job's number, if there was enough."""
        before = len(self.model.jobs)
        self.count += 1
        order = self._order(pick, price, roles, self.count)
        self._agree(order, self.do(self.jobs.reserve(order, self.now)))
        return len(self.model.jobs) if len(self.model.jobs) > before else None

    def _agree(self, order: Order, decision: object) -> None:
        waiting = {"held", "submitting", "unknown", "running"}
        unfinished = [
            work
            for work in self.model.jobs.values()
            if (work.order.guild, work.order.member) == (order.guild, order.member)
            and work.state in waiting
        ]
        if len(unfinished) >= 7:
            self.model.tick(self.now)
            assert decision == Refused(order.price, limit=Limit.QUEUE, allowed=7)
            return
        number = len(self.model.jobs) + 1
        short = self.model.reserve(number, order, self.now)
        if short is None:
            assert isinstance(decision, Reserved)
            assert decision.job.number == number
            assert decision.rest == self._free(order)
        else:
            assert isinstance(decision, Refused)
            assert {it.scope.value: it.free for it in decision.shortfalls} == short
            assert all(it.short_by == order.price - it.free for it in decision.shortfalls)

    def _free(self, order: Order) -> int:
        funds = self.model.funds(order.guild, order.member, frozenset(order.roles), self.now)
        return funds["free"] + sum(left for left, _, _ in funds["grants"])

    # -- steps of jobs -------------------------------------------------------------------------

    @precondition(lambda self: self._unfinished())
    @rule(pick=picks, ways=st.lists(picks, min_size=1, max_size=5), cost=costs)
    def go_on_with_a_job(self, pick: int, ways: list[int], cost: int | None) -> None:
        unfinished = self._unfinished()
        number = unfinished[pick % len(unfinished)]
        for way in ways:
            if self.model.jobs[number].state not in FINAL:
                self._step(number, way, cost)

    @precondition(lambda self: self._unfinished())
    @rule(way=picks, cost=costs)
    def go_on_with_all_jobs(self, way: int, cost: int | None) -> None:
        for turned, number in enumerate(self._unfinished()):
            if self.model.jobs[number].state not in FINAL:
                self._step(number, way + turned, cost)

    def _unfinished(self) -> list[int]:
        return [n for n, work in self.model.jobs.items() if work.state not in FINAL]

    def _step(self, number: int, way: int, cost: int | None) -> None:
        steps: dict[str, list[Any]] = {
            "held": [self._claim, self._claim, self._claim, self._cancel, self._stale],
            "submitting": [
                self._created,
                self._unsure,
                self._not_created,
                self._created,
                self._reject,
                self._recover,
            ],
            "unknown": [self._prove, self._expire],
            "running": [
                lambda number: self._succeed(number, cost),
                lambda number: self._fail(number, billed=False),
                lambda number: self._fail(number, billed=True),
            ],
            "succeeded": [self._lose, self._store],
            "expired": [self._come_late],
            "stored": [self._deliver, self._give_up],
            "undeliverable": [self._deliver],
        }
        ways = steps[self.model.jobs[number].state]
        ways[way % len(ways)](number)

    def _moved(self, number: int, state: str, charge: str | None = None) -> None:
        work = self.model.jobs[number]
        work.state, work.charge = state, charge or work.charge
        self.model.tick(self.now)

    def _claim(self, number: int) -> None:
        token = hashlib.sha256(f"{number} {self.count} {self.now}".encode()).digest()
        self.count += 1
        attempt = self.do(self.jobs.claim(number, token, self.now))
        assert attempt is not None
        self.model.jobs[number].attempt = attempt
        self._moved(number, "submitting")

    def _created(self, number: int) -> None:
        assert self.do(
            self.jobs.created(
                number,
                self.model.jobs[number].attempt,
                TaskId(f"task-{number}"),
                due_at=self.now,
                now=self.now,
            )
        )
        self._moved(number, "running")

    def _unsure(self, number: int) -> None:
        attempt = self.model.jobs[number].attempt
        assert self.do(
            self.jobs.unknown(number, attempt, due_at=self.now, now=self.now, why="timeout")
        )
        self._moved(number, "unknown")

    def _not_created(self, number: int) -> None:
        attempt = self.model.jobs[number].attempt
        self.do(
            self.jobs.not_created(number, attempt, due_at=self.now, now=self.now, why="refused")
        )
        self._moved(number, "held")

    def _reject(self, number: int) -> None:
        attempt = self.model.jobs[number].attempt
        self.do(self.jobs.rejected(number, attempt, Cause.PROMPT, now=self.now, why="422"))
        self.model.void(number)
        self._moved(number, "rejected", "void")

    def _recover(self, number: int) -> None:
        found = self.do(self.jobs.recover(self.now))
        expected = [n for n, work in self.model.jobs.items() if work.state == "submitting"]
        assert found == expected
        for one in expected:
            self._moved(one, "unknown")

    def _prove(self, number: int) -> None:
        task = TaskId(f"task-{number}")
        assert self.do(self.jobs.proven(number, task, due_at=self.now, now=self.now))
        self._moved(number, "running")

    def _expire(self, number: int) -> None:
        assert self.do(self.jobs.expire(number, now=self.now))
        self.model.waive(number)
        self._moved(number, "expired", "waived")

    def _come_late(self, number: int) -> None:
        task = TaskId(f"task-{number}")
        assert self.do(self.jobs.late_success(number, task, ["https://x/y"], now=self.now))
        self.model.flags.append((number, "late-gift", self.model.jobs[number].order.price))
        self._moved(number, "succeeded")

    def _succeed(self, number: int, cost: int | None) -> None:
        assert self.do(self.jobs.succeeded(number, ["https://x/y"], cost=cost, now=self.now))
        self.model.settle(number, cost)
        self._moved(number, "succeeded", "settled")

    def _fail(self, number: int, *, billed: bool) -> None:
        assert self.do(self.jobs.failed(number, Cause.PROVIDER, now=self.now, maybe_billed=billed))
        (self.model.waive if billed else self.model.void)(number)
        self._moved(number, "failed", "waived" if billed else "void")

    def _cancel(self, number: int) -> None:
        assert self.do(self.jobs.cancel(number, now=self.now, why="asked"))
        self.model.void(number)
        self._moved(number, "cancelled", "void")

    def _stale(self, number: int) -> None:
        assert self.do(self.jobs.void_stale(number, now=self.now))
        self.model.void(number)
        self._moved(number, "cancelled", "void")

    def _lose(self, number: int) -> None:
        assert self.do(self.jobs.lost(number, now=self.now, why="gone"))
        work = self.model.jobs[number]
        if work.charge == "settled":
            self.model.give_back(number, {"server"} if work.refunded else {"member", "server"})
            self.model.flags.append((number, "maybe-billed", work.order.price))
            work.refunded = True
        self._moved(number, "lost")

    def _store(self, number: int) -> None:
        clip = Clip(f"clip-{number}.mp4", 10, "a" * 64, "video/mp4", 5.0, 16, 9)
        debt = self.do(self.jobs.stored(number, [clip], now=self.now))
        assert debt is not None
        self.model.jobs[number].debt = debt
        self._moved(number, "stored")

    def _deliver(self, number: int) -> None:
        debt = self.model.jobs[number].debt
        if self.model.jobs[number].state == "undeliverable":
            debt = self.do(self.jobs.owe_showing(number, now=self.now))
        receipt = Receipt(Route.CHANNEL, ChannelId(1), MessageId(2))
        self.do(self.jobs.delivered(debt, receipt, now=self.now))
        self._moved(number, "delivered")

    def _give_up(self, number: int) -> None:
        debt = self.model.jobs[number].debt
        self.do(self.jobs.undeliverable(debt, "no way", now=self.now))
        self._moved(number, "undeliverable")

    @precondition(lambda self: self.model.jobs)
    @rule(pick=picks)
    def try_what_does_not_fit(self, pick: int) -> None:
        number = 1 + pick % len(self.model.jobs)
        state, now, task = self.model.jobs[number].state, self.now, TaskId("another")
        tried = {
            "held": self.jobs.cancel(number, now=now, why="late"),
            "unknown": self.jobs.proven(number, task, due_at=now, now=now),
            "running": self.jobs.succeeded(number, [], cost=1, now=now),
            "expired": self.jobs.late_success(number, task, [], now=now),
            "succeeded": self.jobs.lost(number, now=now, why="late"),
        }
        for needed, act in tried.items():
            if needed == state:
                act.close()
            else:
                assert self.do(act) is False
        again = self.do(self.jobs.reserve(self.model.jobs[number].order, now))
        self.model.tick(now)
        assert isinstance(again, Already)
        assert again.job.number == number

    @precondition(lambda self: self.model.jobs)
    @rule(pick=picks)
    def refund(self, pick: int) -> None:
        number = 1 + pick % len(self.model.jobs)
        work = self.model.jobs[number]
        refund = self.do(
            self.money.refund(work.order.guild, number, actor=ACTOR, reason="sorry", now=self.now)
        )
        self.model.tick(self.now)
        if work.charge == "settled" and not work.refunded:
            assert refund.usable == self.model.usable(number, self.model.latest)
            assert refund.amount == self.model.give_back(number, {"member"})
            work.refunded = True
        else:
            assert isinstance(refund, NotRefunded)

    # -- what admins and the operator decide -----------------------------------------------------

    def _grant(self, guild: int, member: int, amount: int, days: int | None) -> None:
        expires_at = None if days is None else self.now + timedelta(days=days)
        self.do(
            self.money.grant(
                guild, member, amount, actor=ACTOR, expires_at=expires_at, now=self.now
            )
        )
        self.model.tick(self.now)
        self.model.grant(guild, member, amount, expires_at)

    @precondition(lambda self: self.model.gifts)
    @rule(pick=picks, amount=prices)
    def take(self, pick: int, amount: int) -> None:
        gift = self.model.gifts[pick % len(self.model.gifts)]
        taken = self.do(self.money.take(gift.guild, gift.member, amount, actor=ACTOR, now=self.now))
        left = self.model.take(gift.guild, gift.member, amount, self.now)
        assert (None if taken.done else taken.there) == left

    @rule(pick=picks, what=st.sampled_from(["allowance", "pool"]), amount=amounts)
    def set_a_limit(self, pick: int, what: str, amount: int) -> None:
        limit = amount if what == "allowance" else amount * 4
        self.set_rules(self.guilds[pick % len(self.guilds)], **{what: limit})

    @rule(
        pick=picks, what=st.sampled_from(["allowance_period", "pool_period"]), kind=kinds, wish=wish
    )
    def set_a_period(self, pick: int, what: str, kind: PeriodKind, wish: Wish) -> None:
        self.set_rules(self.guilds[pick % len(self.guilds)], **{what: kind})
        self._reserve(*wish)

    def set_rules(self, guild: int, **changed: Any) -> None:
        before = self.model.rules[guild]
        after = replace(before, **changed)
        self.model.rules[guild] = after
        fields = dict(changed)
        if "zone" in fields:
            fields["zone_name"] = fields.pop("zone")
        self.do(
            self.policies.change(
                guild, lambda was: replace(was, **fields), act="set", actor=ACTOR, now=self.now
            )
        )
        if after != before:
            self.model.tick(self.now)

    @rule(pick=picks, zone=st.sampled_from(ZONES))
    def set_zone(self, pick: int, zone: str) -> None:
        self.set_rules(self.guilds[pick % len(self.guilds)], zone=zone)

    @rule(pick=picks, role=st.sampled_from((*ROLES, None)), amount=st.one_of(st.none(), amounts))
    def set_somebodys_allowance(self, pick: int, role: int | None, amount: int | None) -> None:
        who = self._order(pick, 1, frozenset(), 0)
        if role is None:
            set_one, key, table = (
                self.policies.set_member_allowance,
                (who.guild, who.member),
                self.model.of_member,
            )
        else:
            set_one, key, table = (
                self.policies.set_role_allowance,
                (who.guild, role),
                self.model.of_role,
            )
        self.do(set_one(*key, amount, actor=ACTOR, now=self.now))
        self._noted(table, key, amount)

    def _noted(
        self, table: dict[tuple[int, int], int], key: tuple[int, int], amount: int | None
    ) -> None:
        if table.get(key) != amount:
            self.model.tick(self.now)
        table.pop(key, None)
        if amount is not None:
            table[key] = amount

    @rule(day=st.sampled_from([None, 10, 40, 80]), month=st.sampled_from([None, 60, 120]))
    def set_caps(self, day: int | None, month: int | None) -> None:
        self.model.caps = {PeriodKind.DAY: day, PeriodKind.MONTH: month}
        self._set_stores(self.model.caps)

    # -- time and death ------------------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule(kind=kinds, pick=picks, before=st.booleans())
    def time_passes_to_the_turn_of_a_period(
        self, kind: PeriodKind, pick: int, before: bool
    ) -> None:
        zone = self.model.rules[self.guilds[pick % len(self.guilds)]].zone
        self.now = turn(kind, self.now, zone) - timedelta(microseconds=before)

    @rule(span=st.sampled_from((*SPANS, timedelta(days=365))))
    def the_clock_is_set_back(self, span: timedelta) -> None:
        self.now -= span

    @rule(pick=picks, price=prices, back=st.booleans())
    def the_clock_leaps_a_year(self, pick: int, price: int, back: bool) -> None:
        self.now += timedelta(days=365)
        self._reserve(pick, price, frozenset())
        if back:
            self.now -= timedelta(days=365)

    @rule()
    def die_and_come_back(self) -> None:
        self._die(self._copy())

    @rule(pick=picks, price=prices)
    def die_within_a_transaction(self, pick: int, price: int) -> None:
        order = self._order(pick, price, frozenset(), -1)
        copies: list[Path] = []

        def act(con: sqlite3.Connection) -> None:
            ledger.reserve(con, order, caps=self.jobs.caps, now=self.now)
            copies.append(self._copy())
            raise _DiedError

        try:
            self.do(self.books.write(act))
        except _DiedError:
            self._die(copies[0])

    def _copy(self) -> Path:
        """The files as a dead process would leave them."""
        self.count += 1
        copy = self.folder / f"{self.count}.db"
        for tail in ("", "-wal"):
            source = Path(f"{self.path}{tail}")
            if source.exists():
                shutil.copyfile(source, f"{copy}{tail}")
        return copy

    def _die(self, copy: Path) -> None:
        self.do(self.books.close())
        self._open(copy)

    # -- what must be true after every step ----------------------------------------------------

    @invariant()
    def the_books_add_up_and_say_what_the_model_says(self) -> None:
        if not hasattr(self, "books"):
            return
        seen = self.do(self.books.read(self._look))
        assert seen.pop("broken") == {}
        assert seen == self._expected()

    def _everybody(self) -> list[tuple[int, int, frozenset[int]]]:
        roles = frozenset(ROLES[: 1 + self.count % 2])
        return [(guild, member, roles) for guild in self.guilds for member in self.members]

    def _look(self, con: sqlite3.Connection) -> dict[str, Any]:
        funds = {
            who: ledger.funds(con, who[0], who[1], roles=who[2], now=self.now)
            for who in self._everybody()
        }
        pools = {guild: ledger.pool(con, guild, now=self.now) for guild in self.guilds}
        caps = ledger.caps_now(con, self.jobs.caps, now=self.now)
        jobs = con.execute("SELECT number, state, charge, refunded FROM jobs ORDER BY number")
        flags = con.execute("SELECT job, kind, amount FROM flags ORDER BY id")
        return {
            "broken": broken_invariants(con),
            "funds": {who: _plain_funds(it) for who, it in funds.items()},
            "pools": {guild: _plain_pool(it) for guild, it in pools.items()},
            "caps": {scope.value: _plain_pool(it) for scope, it in caps.items()},
            "jobs": [(n, state, charge, bool(it)) for n, state, charge, it in jobs],
            "flags": flags.fetchall(),
            "excess": con.execute("SELECT posted FROM accounts WHERE id = 2").fetchone()[0],
        }

    def _expected(self) -> dict[str, Any]:
        model = self.model
        return {
            "funds": {who: model.funds(*who, self.now) for who in self._everybody()},
            "pools": {guild: model.pool(guild, self.now) for guild in self.guilds},
            "caps": model.caps_now(self.now),
            "jobs": [(n, w.state, w.charge, w.refunded) for n, w in model.jobs.items()],
            "flags": model.flags,
            "excess": model.excess,
        }


class _DiedError(Exception):
    """Ends a transaction that must leave nothing behind."""


def _plain_funds(funds: Any) -> dict[str, Any]:
    return {
        "starts_on": funds.period.starts_on,
        "allowance": funds.allowance,
        "free": funds.allowance_free,
        "grants": [(it.free, it.given, it.expires_at) for it in funds.grants],
        "held": funds.held,
        "spent": funds.spent,
    }


def _plain_pool(pool: Any) -> dict[str, Any]:
    return {
        "starts_on": pool.period.starts_on,
        "limit": pool.limit,
        "free": pool.free,
        "held": pool.held,
        "spent": pool.spent,
    }


__all__ = ["NOBODY", "OPERATOR", "BooksMachine"]
