"""Many at once: who wins, who is told no, and what a caller who gives up leaves behind."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.domain.budget import Already, Caps, Refund, Refused, Reserved
from bot.domain.errors import RuleBrokenError, StoreClosedError
from bot.domain.money import Micros
from tests.books import ADMIN, GUILD, NOON, ROOMY, assert_sound, count, opened, order, running

PRICE = 10
SIX_AND_A_BIT = 6 * PRICE + 9
PLENTY = 10**9


@pytest.mark.parametrize("scope", ["member", "server", "day", "month"])
async def test_of_two_hundred_who_race_for_the_money_of_six_exactly_six_get_it(
    tmp_path: Path, scope: str
) -> None:
    tight = {one: SIX_AND_A_BIT if one == scope else PLENTY for one in ("member", "server")}
    caps = Caps(*(Micros(SIX_AND_A_BIT if one == scope else PLENTY) for one in ("day", "month")))
    async with opened(
        tmp_path / "books.db",
        allowance=tight["member"],
        pool=tight["server"],
        at_once=100,
        queued=100,
    ) as books:
        jobs = Jobs(books, caps)
        decisions = await asyncio.gather(
            *(
                # One member has many browser tabs; a pool is everybody's.
                jobs.reserve(order(n, member=31 if scope == "member" else n, price=PRICE), NOON)
                for n in range(1, 201)
            )
        )
    granted = [it for it in decisions if isinstance(it, Reserved)]
    refused = [it for it in decisions if isinstance(it, Refused)]
    assert (len(granted), len(refused)) == (6, 194)
    assert {short.scope for it in refused for short in it.shortfalls} == {scope}
    assert {short.short_by for it in refused for short in it.shortfalls} == {1}
    assert len({it.job.number for it in granted}) == 6
    assert count(tmp_path / "books.db", "jobs") == 6
    assert_sound(tmp_path / "books.db")


async def test_a_command_that_arrives_fifty_times_at_once_makes_one_job(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        jobs = Jobs(books, ROOMY)
        decisions = await asyncio.gather(*(jobs.reserve(order(1), NOON) for _ in range(50)))
    assert sum(isinstance(it, Reserved) for it in decisions) == 1
    assert sum(isinstance(it, Already) for it in decisions) == 49
    assert {it.job.number for it in decisions if not isinstance(it, Refused)} == {1}
    assert count(tmp_path / "books.db", "transfers WHERE kind = 'hold'") == 4


async def test_a_step_that_fifty_try_at_once_is_taken_by_one(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        jobs = Jobs(books, ROOMY)
        number = await running(jobs, 1)
        tried = await asyncio.gather(
            *(jobs.succeeded(number, [], cost=Micros(10), now=NOON) for _ in range(50))
        )
    assert tried.count(True) == 1
    assert count(tmp_path / "books.db", "transfers WHERE kind = 'settle'") == 4
    assert_sound(tmp_path / "books.db")


async def test_a_refund_that_fifty_admins_press_at_once_is_given_once(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)
        number = await running(jobs, 1)
        await jobs.succeeded(number, [], cost=None, now=NOON)
        given = await asyncio.gather(
            *(money.refund(GUILD, number, actor=ADMIN, now=NOON) for _ in range(50))
        )
        assert [it.amount for it in given if isinstance(it, Refund)] == [10]
    assert_sound(tmp_path / "books.db")


async def test_one_act_that_fails_takes_no_other_of_its_commit_with_it(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:

        def put(con: sqlite3.Connection, name: str, fault: str) -> str:
            con.execute("INSERT INTO marks VALUES (?, '')", (name,))
            if fault == "ours":
                raise LookupError(name)
            if fault == "rule":
                con.execute("DELETE FROM steps WHERE from_state = 'held'")
                con.execute("UPDATE accounts SET scope = 'day'")
            return name

        faults = {3: "ours", 5: "rule", 8: "ours"}
        done = await asyncio.gather(
            *(
                books.write(lambda con, n=n: put(con, f"mark {n}", faults.get(n, "")))
                for n in range(12)
            ),
            return_exceptions=True,
        )
        kept = await books.read(lambda con: con.execute("SELECT name FROM marks").fetchall())
        steps = await books.read(lambda con: con.execute("SELECT count(*) FROM steps").fetchone())
    assert [type(done[n]) for n in faults] == [LookupError, RuleBrokenError, LookupError]
    assert sorted(name for (name,) in kept) == sorted(
        f"mark {n}" for n in set(range(12)) - set(faults)
    )
    assert steps == (16,), "the rest of the failed act was rolled back as well"


@pytest.mark.parametrize("seed", range(40))
async def test_whoever_gives_up_at_whatever_moment_leaves_no_open_transaction_and_no_loss(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    acknowledged: list[int] = []
    async with opened(
        tmp_path / "books.db", allowance=PLENTY, pool=PLENTY, at_once=99, queued=99
    ) as books:
        jobs, money = Jobs(books, ROOMY), Money(books, ROOMY)

        async def caller(n: int) -> None:
            await _turns(chance.randrange(12))
            if chance.random() < 0.3:
                await money.funds(GUILD, 31, roles=(), now=NOON)
            decision = await jobs.reserve(order(n), NOON)
            assert isinstance(decision, Reserved)
            acknowledged.append(n)

        async def quitter(task: asyncio.Task[None]) -> None:
            await _turns(chance.randrange(40))
            task.cancel()

        callers = [asyncio.create_task(caller(n)) for n in range(1, 41)]
        quitters = [asyncio.create_task(quitter(it)) for it in callers if chance.random() < 0.6]
        ended = await asyncio.gather(*callers, *quitters, return_exceptions=True)
        assert {type(it) for it in ended} <= {type(None), asyncio.CancelledError}
        await _assert_at_rest(books)
        present = await books.read(
            lambda con: {n for (n,) in con.execute("SELECT interaction_id FROM jobs")}
        )
        assert set(acknowledged) <= present
        # And whoever comes next is served.
        assert isinstance(await jobs.reserve(order(1000), NOON), Reserved)
    assert_sound(tmp_path / "books.db")


async def _turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def _assert_at_rest(books: Database) -> None:
    """Nothing waits, and neither the writer nor a reader is inside a transaction."""
    await books.write(lambda con: None)
    for connection in (books._writer, *books._readers):
        assert await connection._execute(lambda con: con.in_transaction, connection._conn) is False


@pytest.mark.parametrize("seed", range(10))
def test_a_loop_that_ends_in_the_midst_of_writing_leaves_whole_books(
    tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "books.db"
    acknowledged: list[int] = []

    async def main() -> None:
        chance = random.Random(seed)
        books = await Database.open(path)
        jobs = Jobs(books, ROOMY)

        async def caller(n: int) -> None:
            if isinstance(await jobs.reserve(order(n, member=n), NOON), Reserved):
                acknowledged.append(n)

        callers = [asyncio.create_task(caller(n)) for n in range(1, 41)]
        await _turns(chance.randrange(200))
        # As asyncio.run does when its main task raises: everything is cancelled, the commit too.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await books.close()

    asyncio.run(main())
    assert count(path, "jobs") >= len(acknowledged)
    assert_sound(path)


async def test_what_was_asked_before_closing_is_done_and_later_callers_are_refused(
    tmp_path: Path,
) -> None:
    books = await Database.open(tmp_path / "books.db")
    jobs = Jobs(books, ROOMY)
    asked = [asyncio.create_task(jobs.reserve(order(n, member=n), NOON)) for n in range(1, 21)]
    await _turns(1)
    await books.close()
    assert all(isinstance(it, Reserved) for it in await asyncio.gather(*asked))
    with pytest.raises(StoreClosedError, match="closed"):
        await jobs.reserve(order(99), NOON)
    with pytest.raises(StoreClosedError, match="closed"):
        await jobs.find(1)


async def test_a_reader_sees_one_moment_however_much_is_written_meanwhile(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", allowance=PLENTY, pool=PLENTY) as books:
        jobs = Jobs(books, ROOMY)

        def look(con: sqlite3.Connection) -> tuple[int, int]:
            first = con.execute("SELECT count(*) FROM jobs").fetchone()[0]
            writes.result(timeout=30)
            return first, con.execute("SELECT count(*) FROM jobs").fetchone()[0]

        loop = asyncio.get_running_loop()
        writes = asyncio.run_coroutine_threadsafe(jobs.reserve(order(1), NOON), loop)
        await asyncio.wrap_future(writes)
        writes = asyncio.run_coroutine_threadsafe(jobs.reserve(order(2), NOON), loop)
        first, second = await books.read(look)
    assert first == second
    assert count(tmp_path / "books.db", "jobs") == 2


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        with pytest.raises(Exception, match="readonly"):
            await books.read(lambda con: con.execute("INSERT INTO marks VALUES ('a', 'b')"))
