"""No space left: each kind of write is refused cleanly, and works again when there is room."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.sqlite.backup import back_up
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.policies import Policies
from bot.domain.budget import Reserved
from bot.domain.clip import Clip
from bot.domain.errors import StoreFullError
from bot.domain.ids import JobNumber, RoleId, TaskId
from bot.domain.money import Micros
from bot.domain.policy import LoraPreset
from bot.domain.provider import Cause
from tests.books import (
    ADMIN,
    GUILD,
    NOON,
    ROOMY,
    assert_sound,
    claimed,
    count,
    opened,
    order,
    reserved,
    running,
)

ROOT = Path(__file__).parents[2]
PREPARED = 150
"""Enough that each kind of write needs another page before they are used up."""
Act = Callable[[Database, int], Awaitable[object]]


async def reserve(books: Database, n: int) -> object:
    return await Jobs(books, ROOMY).reserve(order(1000 + n, member=1000 + n), NOON)


async def claim(books: Database, n: int) -> object:
    return await Jobs(books, ROOMY).claim(JobNumber(n), n.to_bytes(32, "big"), NOON)


async def settle(books: Database, n: int) -> object:
    return await Jobs(books, ROOMY).succeeded(
        JobNumber(n), ["https://example.com/" + "x" * 200], cost=Micros(7), now=NOON
    )


async def fail(books: Database, n: int) -> object:
    jobs = Jobs(books, ROOMY)
    return await jobs.failed(JobNumber(n), Cause.PROVIDER, now=NOON, maybe_billed=True)


async def keep(books: Database, n: int) -> object:
    clip = Clip(f"clip-{n}.mp4", 10, "a" * 64, "video/mp4", 5.0, 16, 9)
    return await Jobs(books, ROOMY).stored(JobNumber(n), [clip], now=NOON)


async def refund(books: Database, n: int) -> object:
    return await Money(books, ROOMY).refund(
        GUILD, JobNumber(n), actor=ADMIN, reason="sorry " * 30, now=NOON
    )


async def cancel(books: Database, n: int) -> object:
    return await Jobs(books, ROOMY).cancel(JobNumber(n), now=NOON, why="asked " * 30)


async def hear(books: Database, n: int) -> object:
    """A callback's row in the inbox."""
    return await Jobs(books, ROOMY).accept_callback(
        n.to_bytes(32, "big"), n.to_bytes(32, "little"), TaskId(f"task-{n}"), now=NOON
    )


async def grant(books: Database, n: int) -> object:
    return await Money(books, ROOMY).grant(
        GUILD, 5000 + n, Micros(5), actor=ADMIN, reason="well done " * 20, now=NOON
    )


async def decide(books: Database, n: int) -> object:
    return await Policies(books).change(
        GUILD,
        lambda was: replace(was, dearest=Micros(100 + n)),
        act="dearest",
        actor=ADMIN,
        reason="because " * 40,
        now=NOON + timedelta(seconds=n),
    )


async def name_a_lora(books: Database, n: int) -> object:
    preset = LoraPreset(f"style {n}", "https://example.com/" + "x" * 500, 1.0)
    return await Policies(books).put_preset(GUILD, preset, actor=ADMIN, now=NOON)


async def give_a_role(books: Database, n: int) -> object:
    return await Policies(books).set_role_allowance(
        GUILD, RoleId(n), Micros(n), actor=ADMIN, reason="because " * 40, now=NOON
    )


async def _held(jobs: Jobs, n: int) -> None:
    await reserved(jobs, n, member=n)


async def _submitting(jobs: Jobs, n: int) -> None:
    await claimed(jobs, await reserved(jobs, n, member=n))


async def _running(jobs: Jobs, n: int) -> None:
    await running(jobs, n, member=n)


async def _succeeded(jobs: Jobs, n: int) -> None:
    assert await jobs.succeeded(await running(jobs, n, member=n), [], cost=Micros(7), now=NOON)


async def _nothing(jobs: Jobs, n: int) -> None:
    del jobs, n


WRITES: tuple[tuple[Act, Callable[[Jobs, int], Awaitable[None]], str], ...] = (
    (reserve, _nothing, "jobs"),
    (claim, _held, "attempts"),
    (settle, _running, "jobs WHERE state = 'succeeded'"),
    (fail, _running, "jobs WHERE state = 'failed'"),
    (keep, _succeeded, "clips"),
    (refund, _succeeded, "jobs WHERE refunded = 1"),
    (cancel, _held, "jobs WHERE state = 'cancelled'"),
    (hear, _submitting, "inbox"),
    (grant, _nothing, "accounts WHERE kind = 'grant'"),
    (decide, _nothing, "audit WHERE act = 'dearest'"),
    (name_a_lora, _nothing, "lora_presets"),
    (give_a_role, _nothing, "role_allowances"),
)


@pytest.mark.parametrize(("act", "prepare", "rows"), WRITES, ids=[it[0].__name__ for it in WRITES])
async def test_a_full_disk_refuses_cleanly_and_room_makes_it_work_again(
    tmp_path: Path, act: Act, prepare: Callable[[Jobs, int], Awaitable[None]], rows: str
) -> None:
    path = tmp_path / "books.db"
    async with opened(path, pool=10**9) as books:
        await asyncio.gather(*(prepare(Jobs(books, ROOMY), n) for n in range(1, PREPARED + 1)))
        await _room_for(books, 0)
        done = await _until_full(books, act)
        assert count(path, rows) == done, "what was confirmed is there, and nothing more"
        assert_sound(path)
        await _room_for(books, 10_000)
        for n in range(done + 1, PREPARED + 1):
            await act(books, n)
    assert count(path, rows) == PREPARED
    assert_sound(path)


async def test_a_full_disk_in_the_midst_of_a_shared_commit_fails_only_whom_it_must(
    tmp_path: Path,
) -> None:
    path = tmp_path / "books.db"
    async with opened(path, pool=10**9) as books:
        jobs = Jobs(books, ROOMY)
        await _room_for(books, 3)
        orders = [order(n, member=n) for n in range(1, 61)]
        ended = await asyncio.gather(
            *(jobs.reserve(it, NOON) for it in orders), return_exceptions=True
        )
        granted = [it for it in ended if isinstance(it, Reserved)]
        refused = [it for it in ended if isinstance(it, StoreFullError)]
        assert granted
        assert refused
        assert len(granted) + len(refused) == len(orders)
        assert count(path, "jobs") == len(granted)
        assert_sound(path)
        await _room_for(books, 10_000)
        again = await asyncio.gather(*(jobs.reserve(it, NOON) for it in orders))
    assert sum(isinstance(it, Reserved) for it in again) == len(refused)
    assert count(path, "jobs") == len(orders)
    assert_sound(path)


async def test_reading_goes_on_while_nothing_can_be_written(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db", pool=10**9) as books:
        number = await reserved(Jobs(books, ROOMY), 1)
        await _room_for(books, 0)
        await _until_full(books, reserve)
        assert (await Jobs(books, ROOMY).find(number)) is not None
        assert (await Money(books, ROOMY).pool(GUILD, now=NOON)).held >= 10


@pytest.mark.parametrize("together", ["alone", "together"])
def test_a_file_that_may_not_grow_is_a_full_disk_too(tmp_path: Path, together: str) -> None:
    """RLIMIT_FSIZE: the write itself fails, as it does with a quota, and not SQLite's own count."""
    path = tmp_path / "books.db"
    told = subprocess.run(
        [sys.executable, "-m", "tests.crash.books_full", str(path), together],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    seen = json.loads(told.stdout)
    assert seen["errors"] == ["StoreFullError"]
    assert seen["granted"] > 0
    assert seen["granted_later"] == seen["refused"] > 0
    assert count(path, "jobs") == seen["granted"] + seen["granted_later"]
    assert_sound(path)


async def test_a_backup_without_room_leaves_nothing_behind(tmp_path: Path) -> None:
    path, target = tmp_path / "books.db", tmp_path / "elsewhere" / "copy.db"
    target.parent.mkdir()
    async with opened(path, pool=10**9):
        told = subprocess.run(
            [sys.executable, "-c", _BACKUP, str(path), str(target)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            timeout=60,
        )
        assert b"StoreFullError: there is no room for a copy at" in told.stderr
        assert list(target.parent.iterdir()) == []
        await back_up(path, target)
    assert_sound(target)


_BACKUP = """
import asyncio, resource, sys
from pathlib import Path
from bot.adapters.sqlite.backup import back_up
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, -1))
asyncio.run(back_up(*map(Path, sys.argv[1:])))
"""


async def _until_full(books: Database, act: Act) -> int:
    """How many were done before one was refused."""
    for n in range(1, PREPARED + 1):
        try:
            await act(books, n)
        except StoreFullError as error:
            assert "database or disk is full" in str(error)  # noqa: PT017 - counted as well
            return n - 1
    pytest.fail("the disk never was full")


async def _room_for(books: Database, pages: int) -> None:
    """Limits the file to so many pages more than it has."""

    def limit(con) -> None:
        there = con.execute("PRAGMA page_count").fetchone()[0]
        con.execute(f"PRAGMA max_page_count = {there + pages}")

    await books._writer._execute(limit, books._writer._conn)
