"""SIGKILL, again and again, while eight callers write: nothing that was confirmed is missing.

For longer than CI has time: `python -m tests.crash.test_books_kill --rounds 500 --seed 7`.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.books import assert_sound

ROOT = Path(__file__).parents[2]
ORDER = ("held", "submitting", "running", "succeeded")


def test_what_was_confirmed_survives_sigkill_and_nothing_is_half_done(
    tmp_path: Path, seed: int
) -> None:
    kill_and_look(tmp_path / "books.db", rounds=12, seed=seed)


def kill_and_look(path: Path, *, rounds: int, seed: int) -> int:
    """Answers how many confirmations were checked."""
    print(f"seed {seed}")
    chance, confirmed = random.Random(seed), list[list[str]]()
    for turn in range(rounds):
        confirmed += _one_life(path, chance, first=1 + turn * 1_000_000)
        assert_sound(path)
        _assert_present(path, confirmed)
    return len(confirmed)


def _one_life(path: Path, chance: random.Random, *, first: int) -> list[list[str]]:
    """Lets a writer live for some confirmations, kills it, and answers with all it had said."""
    command = [sys.executable, "-m", "tests.crash.books_writer", str(path)]
    with subprocess.Popen(
        [*command, str(chance.randrange(1 << 30)), str(first)], cwd=ROOT, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 400))]
        writer.kill()
        lines += writer.stdout.readlines()
    assert writer.returncode == -9, "it was to die by our hand and no other"
    return [line.decode().split() for line in lines if line.endswith(b"\n")]


def _assert_present(path: Path, confirmed: list[list[str]]) -> None:
    with closing(sqlite3.connect(path)) as con:
        numbers = dict(con.execute("SELECT interaction_id, number FROM jobs"))
        states = dict(con.execute("SELECT number, state FROM jobs"))
        sums = "SELECT job, sum(amount) FROM transfers WHERE scope = 'member' AND kind = ? GROUP BY job"
        paid = dict(con.execute(sums, ("settle",)))
        refunded = dict(con.execute(sums, ("refund",)))
        granted = {m for (m,) in con.execute("SELECT member_id FROM accounts WHERE kind = 'grant'")}
    for what, number, *more in confirmed:
        key = int(number)
        if what == "reserved":
            assert numbers[key] == int(more[0])
        elif what == "state":
            # A later step may have been taken and not confirmed.
            later = ORDER[ORDER.index(more[0]) :] if more[0] in ORDER else ()
            assert states[key] in {more[0], *later, *(("failed",) if later else ())}
        elif what == "granted":
            assert key in granted
        else:
            assert {"paid": paid, "refunded": refunded}[what][key] == int(more[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    terms = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checked = kill_and_look(Path(folder) / "books.db", rounds=terms.rounds, seed=terms.seed)
    print(f"{terms.rounds} kills, {checked} confirmations, none missing")


if __name__ == "__main__":
    main()
