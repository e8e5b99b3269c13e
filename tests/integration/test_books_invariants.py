"""Every invariant sees what it is there to see: books are damaged behind the triggers' backs."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.sqlite.invariants import INVARIANTS, broken_invariants
from tests.books_story import tell_a_story

DAMAGE = {
    "the sum of all postings is zero": "UPDATE accounts SET posted = posted + 1 WHERE id = 1",
    "what is held is bound for somewhere": "UPDATE accounts SET incoming = 0",
    "no wallet is below zero": "UPDATE accounts SET posted = -5 WHERE kind = 'wallet'",
    "what is there equals what moved": "UPDATE accounts SET posted = posted + 1 WHERE kind = 'sink'",
    "what was put in equals what was given and taken": "UPDATE accounts SET funded = funded + 1",
    "what is held equals the open holds": "UPDATE accounts SET pending = 1 WHERE kind = 'grant'",
    "what is awaited equals the open holds": "UPDATE accounts SET incoming = 1 WHERE kind = 'grant'",
    "every job holds its price in every scope that it touches": (
        "UPDATE transfers SET amount = amount - 1 WHERE kind = 'hold' AND scope = 'day' AND job = 3"
    ),
    "every job has a hold of the member's and one of the server's": (
        "DELETE FROM transfers WHERE kind = 'hold' AND scope = 'server' AND job = 3"
    ),
    "every job's charge matches its holds": (
        "DELETE FROM transfers WHERE kind = 'settle' AND scope = 'server' AND job = 5"
    ),
    "a settled job was paid for in every scope": (
        "UPDATE transfers SET kind = 'void' WHERE kind = 'settle' AND scope = 'month' AND job = 5"
    ),
    "a refund is marked on its job": "UPDATE jobs SET refunded = 0 WHERE number = 1",
    "at most one attempt of a job may have created a task": (
        "INSERT INTO attempts (job, token_hash, at) VALUES (2, zeroblob(32), 0)"
    ),
    "a job that was submitted has an attempt that may have created its task": (
        "UPDATE attempts SET state = 'not-created' WHERE job = 1"
    ),
    "a waiting job has no attempt that may have created a task": (
        "INSERT INTO attempts (job, token_hash, at) VALUES (3, zeroblob(32), 0)"
    ),
    "what runs or ran has a task": "UPDATE jobs SET task_id = NULL WHERE number = 5",
    "no two jobs share a task": "UPDATE jobs SET task_id = 'task-1' WHERE number = 5",
    "what is stored has a file": "DELETE FROM clips",
    "what was delivered has a message": "UPDATE deliveries SET message_id = NULL",
    "no wallet belongs to a period that never began": "DELETE FROM periods WHERE kind = 'day'",
    "every row that is referred to exists": "DELETE FROM attempts WHERE job = 2",
    "what an admin approved is the job that was asked for": (
        "UPDATE jobs SET interaction_id = 99 WHERE number = 6"
    ),
    "what was granted for an ask is its member's": (
        "UPDATE asks SET grant_id = 1 WHERE grant_id IS NOT NULL"
    ),
}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("story") / "books.db"
    asyncio.run(tell_a_story(path))
    return path


def test_every_invariant_has_its_damage() -> None:
    assert DAMAGE.keys() == INVARIANTS.keys()


def test_sound_books_break_none(story: Path) -> None:
    with closing(sqlite3.connect(story)) as con:
        assert broken_invariants(con) == {}


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_the_damage_is_seen_by(story: Path, tmp_path: Path, invariant: str) -> None:
    shutil.copyfile(story, tmp_path / "books.db")
    with closing(sqlite3.connect(tmp_path / "books.db", isolation_level=None)) as con:
        _disarm(con)
        assert con.execute(DAMAGE[invariant]).rowcount > 0
        broken = broken_invariants(con)
    assert broken[invariant], "with the rows that break it"
    assert len(broken[invariant]) <= 5


def _disarm(con: sqlite3.Connection) -> None:
    """Takes away all that would refuse the damage."""
    con.execute("PRAGMA ignore_check_constraints = ON")
    things = con.execute(
        "SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE UNIQUE%'"
    ).fetchall()
    for kind, name in things:
        con.execute(f"DROP {kind} {name}")
    # jobs.task_id is UNIQUE in the table itself: the same table without it takes its place.
    con.execute("CREATE TABLE loose AS SELECT * FROM jobs")
    con.execute("PRAGMA legacy_alter_table = ON")
    con.execute("ALTER TABLE jobs RENAME TO strict_jobs")
    (made,) = con.execute("SELECT sql FROM sqlite_master WHERE name = 'strict_jobs'").fetchone()
    con.execute(made.replace("strict_jobs", "jobs").replace("task_id TEXT UNIQUE", "task_id TEXT"))
    con.execute("INSERT INTO jobs SELECT * FROM loose")
    con.execute("DROP TABLE loose")
