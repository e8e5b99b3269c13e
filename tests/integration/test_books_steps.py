"""What single steps leave in the books: the job as it was opened, and what the operator may be billed."""

from dataclasses import replace
from pathlib import Path

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.domain.budget import Reserved
from bot.domain.ids import ChannelId, MessageId, TaskId
from bot.domain.job import Place
from bot.domain.money import Micros
from bot.domain.provider import Cause
from tests.books import NOON, ROOMY, assert_sound, claimed, opened, order, reserved, running


async def told(books: Database) -> list[tuple[int, str, int]]:
    """What the operator can read of bills that may differ."""
    return await books.read(
        lambda con: con.execute("SELECT job, kind, amount FROM flags ORDER BY id").fetchall()
    )


async def test_what_the_provider_charges_beyond_the_hold_is_the_houses(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=10) as books:
        jobs = Jobs(books, ROOMY)
        number = await running(jobs, 1, price=6)
        assert await jobs.succeeded(number, [], cost=Micros(9), now=NOON)
        assert await jobs.paid(number) == 6
        assert await told(books) == [(number, "excess", 3)]
        [(excess,)] = await books.read(
            lambda con: con.execute("SELECT posted FROM accounts WHERE id = 2").fetchall()
        )
        assert excess == 3
        caps = await Money(books, ROOMY).caps_now(now=NOON)
        assert {pool.spent for pool in caps.values()} == {6}
    assert_sound(tmp_path / "books.db")


async def test_the_operator_can_find_whatever_may_be_on_the_bill_for_nothing(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db", allowance=30) as books:
        jobs = Jobs(books, ROOMY)
        lost, late, odd = await running(jobs, 1), await reserved(jobs, 2), await running(jobs, 3)
        await jobs.succeeded(lost, [], cost=Micros(10), now=NOON)
        assert await jobs.lost(lost, now=NOON, why="gone")
        assert not await jobs.lost(lost, now=NOON, why="gone")
        await jobs.unknown(late, await claimed(jobs, late), due_at=NOON, now=NOON, why="lost")
        assert await jobs.expire(late, now=NOON)
        assert not await jobs.late_success(odd, TaskId("t"), [], now=NOON), "it still runs"
        assert await jobs.late_success(late, TaskId("t"), [], now=NOON)
        assert await jobs.failed(odd, Cause.PROVIDER, now=NOON, maybe_billed=True)
        assert await told(books) == [
            (lost, "maybe-billed", 10),
            (late, "maybe-billed", 10),
            (late, "late-gift", 10),
            (odd, "maybe-billed", 10),
        ]
    assert_sound(tmp_path / "books.db")


async def test_a_job_that_was_just_opened_is_the_one_in_the_books(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        jobs = Jobs(books, ROOMY)
        place = Place(ChannelId(5), MessageId(6), ChannelId(7))
        first = await reserved(jobs, 1)
        wish = replace(order(2), place=place, parent=first, price_assumed=True)
        decision = await jobs.reserve(wish, NOON)
        assert isinstance(decision, Reserved)
        assert await jobs.find(decision.job.number) == decision.job
