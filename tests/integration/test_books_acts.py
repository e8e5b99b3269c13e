"""Money that admins move is moved once, however often its interaction comes."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.domain.budget import NotRefunded, Taken
from bot.domain.ids import GuildId, InteractionId, JobNumber, UserId
from bot.domain.money import Micros
from tests.books import ADMIN, GUILD, NOON, ROOMY, assert_sound, count, opened, reserved, running

MEMBER = UserId(31)
BY = {"actor": ADMIN, "now": NOON}


async def left(money: Money) -> list[int]:
    return [it.free for it in (await money.funds(GUILD, MEMBER, roles=(), now=NOON)).grants]


async def test_a_grant_that_comes_twenty_times_at_once_is_given_once(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=0) as books:
        money = Money(books, ROOMY)
        ends = NOON + timedelta(days=3)
        given = await asyncio.gather(
            *(
                money.grant(
                    GUILD, MEMBER, Micros(50), expires_at=ends, interaction=InteractionId(9), **BY
                )
                for _ in range(20)
            )
        )
        assert len({it.account for it in given}) == 1
        assert {(it.given, it.expires_at) for it in given} == {(50, ends)}
        assert await left(money) == [50]
        await money.grant(GUILD, MEMBER, Micros(50), interaction=InteractionId(10), **BY)
        assert await left(money) == [50, 50]
    assert count(tmp_path / "books.db", "audit WHERE act = 'grant'") == 2
    assert_sound(tmp_path / "books.db")


async def test_what_is_taken_twenty_times_at_once_is_taken_once(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=0) as books:
        money = Money(books, ROOMY)
        await money.grant(GUILD, MEMBER, Micros(50), **BY)
        taken = await asyncio.gather(
            *(
                money.take(GUILD, MEMBER, Micros(20), interaction=InteractionId(9), **BY)
                for _ in range(20)
            )
        )
        assert set(taken) == {Taken(Micros(20), Micros(50))}
        assert await left(money) == [30]
        await money.take(GUILD, MEMBER, Micros(20), interaction=InteractionId(10), **BY)
        assert await left(money) == [10]
    assert count(tmp_path / "books.db", "audit WHERE act = 'take'") == 2


async def test_what_could_not_be_taken_is_not_taken_by_a_repetition_either(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=0) as books:
        money = Money(books, ROOMY)
        again = {"interaction": InteractionId(9), **BY}
        assert not (await money.take(GUILD, MEMBER, Micros(20), **again)).done
        await money.grant(GUILD, MEMBER, Micros(50), **BY)
        assert not (await money.take(GUILD, MEMBER, Micros(20), **again)).done
        assert await left(money) == [50]


async def test_it_is_remembered_by_the_next_process(tmp_path: Path) -> None:
    for _ in range(2):
        async with opened(tmp_path / "books.db", allowance=0) as books:
            money = Money(books, ROOMY)
            await money.grant(GUILD, MEMBER, Micros(50), interaction=InteractionId(9), **BY)
            assert await left(money) == [50]


@pytest.mark.parametrize("change", ["DELETE FROM acts", "UPDATE acts SET amount = 1"])
async def test_acts_are_append_only(tmp_path: Path, change: str) -> None:
    async with opened(tmp_path / "books.db", allowance=0) as books:
        money = Money(books, ROOMY)
        await money.grant(GUILD, MEMBER, Micros(50), interaction=InteractionId(9), **BY)
    with (
        sqlite3.connect(tmp_path / "books.db") as con,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        con.execute(change)


async def test_nothing_is_paid_back_that_is_not_this_servers_or_was_not_charged(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db") as books:
        jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)
        paid, runs, gone = await running(jobs, 1), await running(jobs, 2), await reserved(jobs, 3)
        await jobs.succeeded(paid, [], cost=Micros(10), now=NOON)
        await jobs.cancel(gone, now=NOON, why="by its maker")
        for guild, number, why in (
            (GuildId(GUILD + 1), paid, NotRefunded.MISSING),
            (GUILD, JobNumber(99), NotRefunded.MISSING),
            (GUILD, runs, NotRefunded.UNFINISHED),
            (GUILD, gone, NotRefunded.FREE),
        ):
            assert await money.refund(guild, number, **BY) is why
        assert await jobs.paid(paid) == 10
    assert count(tmp_path / "books.db", "audit WHERE act = 'refund'") == 0
    assert_sound(tmp_path / "books.db")
