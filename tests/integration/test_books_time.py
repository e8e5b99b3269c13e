"""What time does to money: periods turn, clocks are set, zones and lengths change, grants expire."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.domain.budget import Caps, Funds, NotRefunded, Refund, Refused, Reserved, Scope
from bot.domain.ids import JobNumber, TaskId
from bot.domain.money import Micros
from bot.domain.period import PeriodKind
from tests.books import ADMIN, GUILD, NOON, ROOMY, assert_sound, decide, opened, order

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
MEMBER = 31


async def ask(books: Database, interaction: int, price: int, now: datetime) -> JobNumber | Refused:
    decision = await Jobs(books, ROOMY).reserve(order(interaction, price=price), now)
    return decision.job.number if isinstance(decision, Reserved) else decision


async def spend(books: Database, interaction: int, price: int, now: datetime) -> JobNumber:
    number = await ask(books, interaction, price, now)
    assert not isinstance(number, Refused), number
    jobs = Jobs(books, ROOMY)
    attempt = await jobs.claim(number, interaction.to_bytes(32, "big"), now)
    assert attempt is not None
    await jobs.created(number, attempt, TaskId(f"task-{number}"), due_at=now, now=now)
    assert await jobs.succeeded(number, [], cost=None, now=now)
    return number


async def funds(books: Database, now: datetime) -> Funds:
    return await Money(books, ROOMY).funds(GUILD, MEMBER, roles=(), now=now)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("day", "2026-11-18T23:59:59", "2026-11-19T00:00:00"),
        ("week", "2026-11-22T23:59:59", "2026-11-23T00:00:00"),
        ("month", "2026-11-30T23:59:59", "2026-12-01T00:00:00"),
        ("month", "2028-02-29T23:59:59", "2028-03-01T00:00:00"),
    ],
)
async def test_money_renews_with_the_period_and_what_was_left_does_not_add_up(
    tmp_path: Path, kind: str, before: str, after: str
) -> None:
    last, first = (datetime.fromisoformat(it).replace(tzinfo=UTC) for it in (before, after))
    async with opened(
        tmp_path / "books.db", allowance=10, allowance_period=PeriodKind(kind)
    ) as books:
        await spend(books, 1, 7, last)
        assert (await funds(books, last)).allowance_free == 3
        assert (await funds(books, last)).period.ends_at == first
        refused = await ask(books, 2, 4, last)
        assert isinstance(refused, Refused)
        assert [it.renews_at for it in refused.shortfalls] == [first]
        assert (await funds(books, first)).allowance_free == 10
        await spend(books, 3, 10, first)
        assert isinstance(await ask(books, 4, 1, first), Refused)


async def test_the_day_on_which_clocks_go_back_has_one_allowance_though_it_has_an_hour_twice(
    tmp_path: Path,
) -> None:
    rules = {"allowance": 10, "allowance_period": PeriodKind.DAY, "zone_name": "Europe/Madrid"}
    async with opened(tmp_path / "books.db", **rules) as books:
        first_two_thirty = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
        await spend(books, 1, 10, first_two_thirty)
        second_two_thirty = first_two_thirty + timedelta(hours=1)
        assert isinstance(await ask(books, 2, 1, second_two_thirty), Refused)
        last_moment = datetime(2027, 10, 31, 22, 59, 59, tzinfo=UTC)
        assert isinstance(await ask(books, 3, 1, last_moment), Refused)
        await spend(books, 4, 10, last_moment + timedelta(seconds=1))


async def test_a_clock_set_back_a_day_opens_no_earlier_day(tmp_path: Path) -> None:
    async with opened(
        tmp_path / "books.db", allowance=10, allowance_period=PeriodKind.DAY
    ) as books:
        await spend(books, 1, 4, NOON)
        await spend(books, 2, 8, NOON + DAY)
        back = await funds(books, NOON)
        assert (back.period.starts_on.day, back.allowance_free) == (19, 2)
        assert isinstance(await ask(books, 3, 3, NOON), Refused)
        await spend(books, 4, 2, NOON)
        assert (await funds(books, NOON + DAY)).allowance_free == 0
        assert (await funds(books, NOON + 2 * DAY)).allowance_free == 10


async def test_a_clock_that_leaps_a_year_and_returns_gives_no_allowance_twice(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db", allowance=10) as books:
        await spend(books, 1, 10, NOON)
        await spend(books, 2, 10, NOON + YEAR)  # a new month, as far as anybody can know
        for later in (timedelta(), DAY, 40 * DAY, 300 * DAY, YEAR):
            assert isinstance(await ask(books, 3, 1, NOON + later), Refused)
        await spend(books, 4, 10, NOON + YEAR + 31 * DAY)
    assert_sound(tmp_path / "books.db")


async def test_a_clock_set_back_brings_no_expired_grant_back(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=0) as books:
        money = Money(books, ROOMY)
        await money.grant(GUILD, MEMBER, Micros(5), actor=ADMIN, expires_at=NOON + DAY, now=NOON)
        assert [it.free for it in (await funds(books, NOON)).grants] == [5]
        assert (await funds(books, NOON + DAY)).grants == (), "on the moment it is over"
        assert isinstance(await ask(books, 1, 5, NOON + DAY), Refused)
        assert (await funds(books, NOON)).grants == ()
        assert isinstance(await ask(books, 2, 5, NOON), Refused)


async def test_reading_a_balance_in_the_future_starts_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=10) as books:
        await spend(books, 1, 4, NOON)
        assert (await funds(books, NOON + YEAR)).allowance_free == 10
        assert (await funds(books, NOON)).allowance_free == 6


async def test_a_video_is_paid_from_the_period_in_which_it_was_ordered(tmp_path: Path) -> None:
    later = datetime(2026, 12, 2, tzinfo=UTC)
    async with opened(tmp_path / "books.db", allowance=10) as books:
        jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)
        number = await ask(books, 1, 8, NOON)
        assert not isinstance(number, Refused)
        attempt = await jobs.claim(number, bytes(32), NOON)
        assert attempt is not None
        await jobs.created(number, attempt, TaskId("t"), due_at=NOON, now=NOON)
        now = await funds(books, later)
        assert (now.allowance_free, now.held, now.spent) == (10, 8, 0)
        await jobs.succeeded(number, [], cost=Micros(6), now=later)
        now = await funds(books, later)
        assert (now.allowance_free, now.held, now.spent) == (10, 0, 0)
        refund = await money.refund(GUILD, number, actor=ADMIN, now=later)
        assert isinstance(refund, Refund)
        assert (refund.amount, refund.usable) == (6, 0), "that month is over"
        assert (await funds(books, later)).allowance_free == 10


async def test_money_lent_from_a_grant_returns_to_the_grant_also_when_that_is_over(
    tmp_path: Path,
) -> None:
    later = NOON + 2 * DAY
    async with opened(tmp_path / "books.db", allowance=2) as books:
        money = Money(books, ROOMY)
        for amount, days in ((3, 1), (4, 9)):
            await money.grant(
                GUILD, MEMBER, Micros(amount), actor=ADMIN, expires_at=NOON + days * DAY, now=NOON
            )
        number = await spend(books, 1, 8, NOON)  # 2 of the allowance, 3 and 3 of the grants
        assert [it.free for it in (await funds(books, NOON)).grants] == [1]
        refund = await money.refund(GUILD, number, actor=ADMIN, now=later)
        assert isinstance(refund, Refund)
        assert (refund.amount, refund.usable) == (8, 5), "three came from the grant that is over"
        now = await funds(books, later)
        assert (now.allowance_free, [it.free for it in now.grants]) == (2, [4])


async def test_months_to_weeks_to_days_and_back_gives_nothing_twice(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=10, pool=100) as books:
        await spend(books, 1, 6, NOON)
        for kind in (PeriodKind.WEEK, PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.DAY):
            await decide(books, allowance_period=kind, pool_period=kind)
            now = await funds(books, NOON)
            assert (now.allowance_free, now.spent) == (4, 6), kind
            pool = await Money(books, ROOMY).pool(GUILD, now=NOON)
            assert (pool.free, pool.spent) == (94, 6), kind
        await spend(books, 2, 4, NOON)
        await decide(books, allowance_period=PeriodKind.WEEK)
        assert (await funds(books, NOON)).allowance_free == 0
        # Last month's money does not weigh on this week's.
        assert (await funds(books, NOON + 7 * DAY)).allowance_free == 10


async def test_a_hold_under_another_length_counts_until_it_is_let_go(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=10, pool=100) as books:
        number = await ask(books, 1, 6, NOON)
        assert not isinstance(number, Refused)
        await decide(books, allowance_period=PeriodKind.DAY, pool_period=PeriodKind.DAY)
        assert (await funds(books, NOON)).allowance_free == 4
        pool = await Money(books, ROOMY).pool(GUILD, now=NOON)
        assert (pool.free, pool.held) == (94, 6)
        await Jobs(books, ROOMY).cancel(number, now=NOON, why="asked")
        assert (await funds(books, NOON)).allowance_free == 10


async def test_a_refund_of_what_was_ordered_under_another_length_can_be_spent_again(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db", allowance=10) as books:
        number = await spend(books, 1, 6, NOON)
        await decide(books, allowance_period=PeriodKind.DAY)
        refund = await Money(books, ROOMY).refund(GUILD, number, actor=ADMIN, now=NOON)
        assert isinstance(refund, Refund)
        assert (refund.amount, refund.usable) == (6, 6)
        assert (await funds(books, NOON)).allowance_free == 10


async def test_a_time_zone_moved_west_and_back_gives_nothing_twice(tmp_path: Path) -> None:
    rules = {"allowance": 10, "allowance_period": PeriodKind.WEEK, "zone_name": "Asia/Tokyo"}
    monday_in_tokyo = datetime(2026, 11, 22, 16, tzinfo=UTC)  # and Sunday in America
    async with opened(tmp_path / "books.db", **rules) as books:
        await spend(books, 1, 7, monday_in_tokyo)
        await decide(books, allowance_period=PeriodKind.DAY)
        assert (await funds(books, monday_in_tokyo)).allowance_free == 3
        assert isinstance(await ask(books, 2, 4, monday_in_tokyo), Refused)
        await decide(books, zone_name="America/Los_Angeles")
        assert (await funds(books, monday_in_tokyo)).allowance_free == 3
        await decide(books, zone_name="Asia/Tokyo")
        assert (await funds(books, monday_in_tokyo)).allowance_free == 3


async def test_a_changed_allowance_counts_at_once_and_forgets_nothing_that_was_used(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db", allowance=10) as books:
        await spend(books, 1, 3, NOON)
        number = await ask(books, 2, 4, NOON)
        assert not isinstance(number, Refused)
        for limit, free in ((10, 3), (8, 1), (5, 0), (0, 0), (7, 0), (20, 13)):
            await decide(books, allowance=limit)
            now = await funds(books, NOON)
            assert (now.allowance_free, now.held, now.spent) == (free, 4, 3), limit
            assert isinstance(await ask(books, 100 + limit, free + 1, NOON), Refused)
        await decide(books, allowance=5)
        await ask(books, 200, 1, NOON)  # refused, but the wallet follows the limit
        await Jobs(books, ROOMY).cancel(number, now=NOON, why="asked")
        assert (await funds(books, NOON)).allowance_free == 2
    assert_sound(tmp_path / "books.db")


async def test_each_scope_that_is_short_is_named_with_what_is_missing_and_when_it_renews(
    tmp_path: Path,
) -> None:
    caps = Caps(Micros(6), Micros(7))
    async with opened(tmp_path / "books.db", allowance=5, pool=8) as books:
        refused = await Jobs(books, caps).reserve(order(1, price=10), NOON)
    assert isinstance(refused, Refused)
    next_month = datetime(2026, 12, 1, tzinfo=UTC)
    assert [(it.scope, it.free, it.short_by, it.renews_at) for it in refused.shortfalls] == [
        (Scope.MEMBER, 5, 5, next_month),
        (Scope.SERVER, 8, 2, next_month),
        (Scope.DAY, 6, 4, datetime(2026, 11, 19, tzinfo=UTC)),
        (Scope.MONTH, 7, 3, next_month),
    ]
    assert refused.affordable == 5


async def test_a_clip_that_is_lost_after_a_refund_returns_to_the_pool_as_well(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db", allowance=10, pool=100) as books:
        number = await spend(books, 1, 6, NOON)
        money = Money(books, ROOMY)
        refund = await money.refund(GUILD, number, actor=ADMIN, now=NOON)
        assert isinstance(refund, Refund)
        assert (await money.pool(GUILD, now=NOON)).free == 94, "the provider was paid"
        assert await Jobs(books, ROOMY).lost(number, now=NOON, why="gone")
        assert (await money.pool(GUILD, now=NOON)).free == 100
        assert (await money.caps_now(now=NOON))[Scope.DAY].spent == 6
        again = await money.refund(GUILD, number, actor=ADMIN, now=NOON)
        assert again is NotRefunded.ALREADY
    assert_sound(tmp_path / "books.db")


@pytest.mark.parametrize("told", [None, 0, -3])
async def test_a_cost_that_is_not_told_or_cannot_be_true_is_the_price_and_is_flagged(
    tmp_path: Path, told: int | None
) -> None:
    async with opened(tmp_path / "books.db", allowance=10) as books:
        number = await ask(books, 1, 6, NOON)
        assert not isinstance(number, Refused)
        jobs = Jobs(books, ROOMY)
        attempt = await jobs.claim(number, bytes(32), NOON)
        assert attempt is not None
        await jobs.created(number, attempt, TaskId("t"), due_at=NOON, now=NOON)
        cost = None if told is None else Micros(told)
        assert await jobs.succeeded(number, [], cost=cost, now=NOON)
        assert await jobs.paid(number) == 6
        flags = await books.read(
            lambda con: con.execute("SELECT kind, amount, detail FROM flags").fetchall()
        )
        assert flags == [("price-unknown", 6, "" if told is None else f"the provider says {told}")]
    assert_sound(tmp_path / "books.db")
