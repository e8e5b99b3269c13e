"""The books' file: made, upgraded, refused, looked at, copied."""

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.folder import DataFolder
from bot.adapters.sqlite import files
from bot.adapters.sqlite import migrate as migrating
from bot.adapters.sqlite.backup import back_up
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.examine import examine
from bot.adapters.sqlite.files import COPIED
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.marks import Marks
from bot.adapters.sqlite.migrate import APPLICATION_ID, list_migrations, schema_of
from bot.adapters.sqlite.money import Money
from bot.domain.errors import (
    NotFoundError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
)
from bot.domain.finding import Verdict
from bot.domain.job import JobState
from bot.domain.money import Micros
from bot.domain.ports import Purpose
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
NEWEST = list_migrations()[-1].version


def digests(folder: Path) -> dict[str, str]:
    """Every file in a folder by what is in it."""
    return {it.name: hashlib.sha256(it.read_bytes()).hexdigest() for it in folder.iterdir()}


async def filled(path: Path, jobs: int = 3) -> None:
    async with opened(path) as books:
        for n in range(1, jobs + 1):
            number = await running(Jobs(books, ROOMY), n)
            await Jobs(books, ROOMY).succeeded(number, [], cost=Micros(7), now=NOON)
        await Money(books, ROOMY).grant(GUILD, 31, Micros(50), actor=ADMIN, now=NOON)


def old_books(path: Path, version: int) -> None:
    """A file of an earlier version, with money and a job in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        for step in list_migrations()[:version]:
            con.executescript(step.script)
        con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        con.execute(f"PRAGMA user_version = {version}")
        con.executescript(_OLD_DATA)


_OLD_DATA = """
UPDATE clock SET latest_at = 1763467200000000;
INSERT INTO periods VALUES (11, 'month', '2025-11-01', 1761955200000000);
INSERT INTO accounts (id, kind, scope, guild_id, member_id, period, opened_at) VALUES
  (3, 'wallet', 'member', 11, 31, 'month 2025-11-01', 0),
  (4, 'wallet', 'server', 11, 0, 'month 2025-11-01', 0),
  (5, 'sink', 'member', 11, 31, 'month 2025-11-01', 0),
  (6, 'sink', 'server', 11, 0, 'month 2025-11-01', 0),
  (7, 'grant', 'member', 11, 31, '', 0);
INSERT INTO transfers (id, at, kind, debit_id, credit_id, amount, scope) VALUES
  (1, 0, 'fund', 1, 3, 1000000, 'member'), (2, 0, 'fund', 1, 4, 25000000, 'server'),
  (3, 0, 'grant', 1, 7, 500000, 'member');
INSERT INTO jobs (number, guild_id, member_id, interaction_id, model, mode, request, price,
  price_assumed, channel_id, created_at, state_at, due_at)
VALUES (1, 11, 31, 1, 'ltx', 'text', '{}', 160000, 0, 1, 0, 0, 0);
INSERT INTO transfers (id, at, kind, debit_id, credit_id, amount, scope, job) VALUES
  (4, 0, 'hold', 3, 5, 160000, 'member', 1), (5, 0, 'hold', 4, 6, 160000, 'server', 1);
"""


# -- making and upgrading ------------------------------------------------------------------------


async def test_new_books_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    async with opened(path, allowance=5):
        modes = {it.name: stat.S_IMODE(it.stat().st_mode) for it in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


async def test_the_migrations_together_make_the_documented_schema(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db"):
        pass
    documented = Path(migrating.__file__).with_name("schema.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as wanted:
        wanted.executescript(documented)
        with closing(sqlite3.connect(tmp_path / "books.db")) as made:
            assert schema_of(made) == schema_of(wanted)
            for table in ("steps", "accounts", "clock"):
                rows = f"SELECT * FROM {table}"
                assert made.execute(rows).fetchall() == wanted.execute(rows).fetchall()


@pytest.mark.parametrize("version", range(1, NEWEST))
async def test_old_books_are_upgraded_with_all_that_is_in_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, version: int
) -> None:
    caplog.set_level("INFO")
    path = tmp_path / "books.db"
    old_books(path, version)
    async with opened(path) as books:
        job = await Jobs(books, ROOMY).find(1)
        funds = await Money(books, ROOMY).funds(
            GUILD, 31, roles=(), now=datetime(2025, 11, 18, 12, tzinfo=UTC)
        )
    assert job is not None
    assert (job.price, job.state) == (160000, "held")
    assert (funds.allowance_free, funds.held) == (840000, 160000)
    assert [grant.free for grant in funds.grants] == [500000]
    assert_sound(path)
    (copy,) = tmp_path.glob("books.db.before-*")
    assert copy.name.startswith(f"books.db.before-{version + 1}-")
    assert copy.name in caplog.text, "who has to go back reads there to what"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as con:
        assert con.execute("PRAGMA user_version").fetchone() == (version,)
        assert con.execute("SELECT count(*) FROM jobs").fetchone() == (1,)


async def test_an_upgrade_that_fails_changes_nothing_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "books.db"
    await filled(path)
    real = list_migrations()
    broken = migrating.Migration(NEWEST + 1, "CREATE TABLE half (a) STRICT; SELECT nonsense();")
    monkeypatch.setattr(migrating, "list_migrations", lambda: (*real, broken))
    for _ in range(2):
        with pytest.raises(StoreError, match=r"datatype|nonsense|half"):
            await Database.open(path)
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA user_version").fetchone() == (NEWEST,)
        assert con.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None
    assert len(list(tmp_path.glob("books.db.before-*"))) == 1, "one copy of one state is enough"
    whole = migrating.Migration(NEWEST + 1, "CREATE TABLE half (a INTEGER) STRICT;")
    monkeypatch.setattr(migrating, "list_migrations", lambda: (*real, whole))
    async with opened(path) as books:
        assert await Jobs(books, ROOMY).find(3) is not None


# -- refusing ------------------------------------------------------------------------------------


def newer(path: Path) -> None:
    asyncio.run(filled(path))
    with closing(sqlite3.connect(path)) as con:
        con.execute(f"PRAGMA user_version = {NEWEST + 1}")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.executescript("CREATE TABLE songs (title); INSERT INTO songs VALUES ('a'), ('b');")


def foreign_in_wal_mode(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.executescript("PRAGMA journal_mode = WAL; CREATE TABLE songs (title);")


def foreign_with_a_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.executescript("PRAGMA user_version = 1; PRAGMA application_id = 1;")


def text(path: Path) -> None:
    path.write_text("Dear diary, today I did not write a database. " * 100)


def torn(path: Path) -> None:
    asyncio.run(filled(path))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])


def garbled(path: Path) -> None:
    asyncio.run(filled(path))
    whole = bytearray(path.read_bytes())
    for page in range(2, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 40] = bytes(range(200, 240))
    path.write_bytes(whole)


REFUSED = (
    (newer, f"schema {NEWEST + 1}, and this version of Clapper knows {NEWEST}"),
    (foreign, "not one of Clapper's"),
    (foreign_in_wal_mode, "not one of Clapper's"),
    (foreign_with_a_version, "not one of Clapper's"),
    (text, "not a database"),
    (torn, "damaged|malformed"),
    (garbled, "damaged|malformed"),
)


@pytest.mark.parametrize(("make", "why"), REFUSED, ids=[it[0].__name__ for it in REFUSED])
def test_a_file_that_we_may_not_touch_is_refused_with_the_reason_and_stays_as_it_was(
    tmp_path: Path, make, why: str
) -> None:
    path = tmp_path / "books.db"
    make(path)
    before = digests(tmp_path)
    with pytest.raises(StoreDamagedError, match=why):
        asyncio.run(Database.open(path))
    assert digests(tmp_path) == before, "not a byte, and no file beside it"
    findings = asyncio.run(examine(path))
    assert [it.verdict for it in findings] == [Verdict.BROKEN]
    assert findings[0].remedy
    with pytest.raises(StoreDamagedError, match=r"Clapper|database|malformed"):
        asyncio.run(_back_up_checked(path, tmp_path / "copy.db"))
    assert not (tmp_path / "copy.db").exists()


async def _back_up_checked(path: Path, target: Path) -> None:
    await back_up(path, target)
    async with await Database.open(target):
        pass


async def test_a_file_that_somebody_else_holds_locked_is_busy_and_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_BUSY_SECONDS", 0.05)
    path = tmp_path / "books.db"
    async with opened(path) as books:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusyError, match="locked"):
                await Marks(books).put("a", "1")
            other.execute("ROLLBACK")
        await Marks(books).put("a", "2")
        assert await Marks(books).find("a") == "2"
        assert await Marks(books).find("b") is None


# -- looking -------------------------------------------------------------------------------------


async def test_the_doctor_finds_good_books_well_also_while_they_are_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "books.db"
    await filled(path)
    before = digests(tmp_path)
    assert {it.verdict for it in await examine(path)} == {Verdict.OK}
    assert digests(tmp_path) == before
    async with opened(path) as books:
        writing = [
            asyncio.create_task(Jobs(books, ROOMY).reserve(order(n, member=n), NOON))
            for n in range(100, 200)
        ]
        assert {it.verdict for it in await examine(path)} == {Verdict.OK}
        await asyncio.gather(*writing)


async def test_the_doctor_says_what_does_not_add_up(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    await filled(path)
    with closing(sqlite3.connect(path)) as con:
        con.execute(
            "UPDATE accounts SET posted = posted + 1 WHERE kind = 'wallet' AND scope = 'day'"
        )
        con.commit()
    broken = [it for it in await examine(path) if it.verdict is Verdict.BROKEN]
    assert {it.name for it in broken} == {"books add up"}
    assert "the sum of all postings is zero" in broken[0].sentence
    assert "backup" in broken[0].remedy


async def test_the_doctor_sees_a_schema_that_was_changed_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    await filled(path)
    with closing(sqlite3.connect(path)) as con:
        con.execute("DROP TRIGGER transfers_remain")
    (broken,) = [it for it in await examine(path) if it.verdict is Verdict.BROKEN]
    assert "by hand" in broken.sentence


async def test_the_doctor_knows_missing_empty_old_and_early_books(tmp_path: Path) -> None:
    missing, empty, old, early = (tmp_path / f"{it}.db" for it in ("a", "b", "c", "d"))
    empty.touch()
    old_books(old, 1)
    async with opened(early) as books:
        now = datetime.now(UTC) + timedelta(days=400)
        await Jobs(books, ROOMY).reserve(order(1), now)
    said = {}
    for path in (missing, empty, old, early):
        warnings = [it for it in await examine(path) if it.verdict is Verdict.WARNING]
        assert len(warnings) == 1, path
        assert warnings[0].remedy
        said[path] = warnings[0].sentence
    assert "not there" in said[missing]
    assert "empty" in said[empty]
    assert f"knows {NEWEST}" in said[old]
    assert "still to come" in said[early]
    assert not missing.exists()


# -- copying -------------------------------------------------------------------------------------


async def test_a_backup_is_whole_while_a_writer_works_and_can_be_restored(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    confirmed = 0
    async with opened(path, pool=10**9) as books:
        done = asyncio.Event()

        async def write() -> None:
            nonlocal confirmed
            while not done.is_set():
                confirmed += 1
                await running(Jobs(books, ROOMY), confirmed, member=confirmed)

        writer = asyncio.create_task(write())
        present = []
        for turn in range(5):
            at_least = confirmed - 1
            await back_up(path, tmp_path / f"copy{turn}.db")
            present.append(count(tmp_path / f"copy{turn}.db", "jobs"))
            assert present[-1] >= at_least
        done.set()
        await writer
    assert present == sorted(present)
    assert present[-1] > present[0], "the writer worked meanwhile"
    for turn in range(5):
        copy = tmp_path / f"copy{turn}.db"
        assert_sound(copy)
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    async with opened(tmp_path / "copy4.db") as books:
        await Jobs(books, ROOMY).reserve(order(99_999), NOON)
    assert {it.verdict for it in await examine(tmp_path / "copy4.db")} <= {
        Verdict.OK,
        Verdict.WARNING,
    }


async def test_what_waits_in_a_copy_that_was_put_back_is_let_go_and_told(tmp_path: Path) -> None:
    """The books it was taken from may have submitted it since: nothing proves the contrary."""
    path, target = tmp_path / "books.db", tmp_path / "copy.db"
    async with opened(path) as books:
        jobs = Jobs(books, ROOMY)
        waits, leaves = await reserved(jobs, 1), await reserved(jobs, 2)
        await claimed(jobs, leaves)
        runs = await running(jobs, 3)
        await back_up(path, target)
        await jobs.recover(NOON)
        assert (await jobs.find(waits)).state is JobState.HELD, "it is in its own books still"
        await claimed(jobs, waits)
    async with opened(target) as books:
        jobs = Jobs(books, ROOMY)
        assert await jobs.recover(NOON) == [leaves]
        states = [(await jobs.find(number)).state for number in (waits, leaves, runs)]
        assert states == [JobState.CANCELLED, JobState.UNKNOWN, JobState.RUNNING]
        assert [(debt.job, debt.purpose) for debt in await jobs.list_debts()] == [
            (waits, Purpose.FAILURE)
        ]
        await reserved(jobs, 4)
        await jobs.recover(NOON)
        assert len(await jobs.list_waiting()) == 1, "from now on it is like any other"
    assert_sound(target)


async def test_the_copy_before_an_upgrade_is_a_copy_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    old_books(path, NEWEST - 1)
    async with opened(path) as books:
        assert await Marks(books).find(COPIED) is None
    (copy,) = tmp_path.glob("books.db.before-*")
    async with opened(copy) as books:
        assert await Marks(books).find(COPIED) is not None


async def test_a_backup_replaces_no_file_and_says_what_is_missing(tmp_path: Path) -> None:
    path, target = tmp_path / "books.db", tmp_path / "copy.db"
    await filled(path)
    target.write_text("precious")
    with pytest.raises(StoreError, match="is there already; a copy replaces nothing"):
        await back_up(path, target)
    assert target.read_text() == "precious"
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="is there already"):
        await back_up(path, tmp_path / "link.db")
    with pytest.raises(StoreError, match="cannot be written: No such file or directory"):
        await back_up(path, tmp_path / "no folder" / "copy.db")
    with pytest.raises(NotFoundError, match="no books at"):
        await back_up(tmp_path / "nothing.db", tmp_path / "new.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(NotFoundError, match="the file is empty"):
        await back_up(tmp_path / "empty.db", tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()
    assert [it.name for it in tmp_path.iterdir() if "part" in it.name] == []


# -- as people do it -----------------------------------------------------------------------------


def test_the_doctor_and_a_backup_work_from_the_shell_while_another_process_writes(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    path = _database_in(data)
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.books_writer", str(path), "1", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        assert writer.stdout is not None
        for _ in range(50):
            writer.stdout.readline()
        doctor = _clapper(data, "doctor", "--json")
        said = {it["name"]: it["verdict"] for it in json.loads(doctor.stdout)}
        assert said["books"] == said["books add up"] == said["books schema"] == "ok"
        backup = _clapper(data, "backup", str(tmp_path / "copy.db"))
        assert backup.returncode == 0, backup.stderr
        again = _clapper(data, "backup", str(tmp_path / "copy.db"))
        assert again.returncode != 0
        assert "is there already" in again.stderr
        assert "Traceback" not in again.stderr
    finally:
        writer.kill()
        writer.communicate()
    assert_sound(tmp_path / "copy.db")
    assert count(tmp_path / "copy.db", "jobs") > 0
    with closing(sqlite3.connect(path)) as con:
        con.execute("UPDATE accounts SET funded = funded + 1 WHERE id = 2")
        con.commit()
    doctor = _clapper(data, "doctor")
    assert doctor.returncode != 0
    assert "what was put in equals what was given and taken" in doctor.stdout


def _database_in(data: Path) -> Path:
    return DataFolder(data).database


def _clapper(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "CLAPPER_DATA_DIR": str(data),
        "CLAPPER_PROVIDER": "rehearsal",
        "DISCORD_TOKEN": "a.b.c",
        "CLAPPER_ALLOWED_SERVERS": "*",
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env={**os.environ, **settings},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_books_left_by_a_dead_process_are_read_with_what_lies_in_their_journal(
    tmp_path: Path,
) -> None:
    async def leave() -> None:
        async with opened(tmp_path / "books.db") as books:
            await running(Jobs(books, ROOMY), 1)
            for tail in ("", "-wal"):
                shutil.copyfile(tmp_path / f"books.db{tail}", tmp_path / f"dead.db{tail}")

    asyncio.run(leave())
    assert {it.verdict for it in asyncio.run(examine(tmp_path / "dead.db"))} == {Verdict.OK}
    asyncio.run(back_up(tmp_path / "dead.db", tmp_path / "copy.db"))
    assert count(tmp_path / "copy.db", "jobs") == 1
