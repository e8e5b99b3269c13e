"""The rules that the database keeps by itself, whatever a program asks of it.

Rule: every refusal is tried on real rows, made by the books' own functions.
"""

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.sqlite.files import written_to
from bot.adapters.sqlite.jobs import Jobs
from bot.domain.ask import AskState
from bot.domain.budget import Scope
from bot.domain.job import CHARGES, STEPS, AttemptState, Charge, JobState
from bot.domain.notice import Topic
from bot.domain.period import PeriodKind
from bot.domain.ports import Purpose
from tests.books import ROOMY, opened, order, reserved
from tests.books_story import tell_a_story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("story") / "books.db"
    asyncio.run(tell_a_story(path))  # a fixture of the whole module has no loop of its own
    return path


@pytest.fixture
def con(story: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    shutil.copyfile(story, tmp_path / "books.db")
    with closing(written_to(tmp_path / "books.db")) as connection:
        yield connection


# -- states and charges --------------------------------------------------------------------------


def test_the_steps_in_the_database_are_the_steps_of_the_domain(con: sqlite3.Connection) -> None:
    table = set(con.execute("SELECT from_state, to_state FROM steps"))
    assert table == {(before, after) for before, afters in STEPS.items() for after in afters}


def _put(con: sqlite3.Connection, state: str, charge: str) -> None:
    """Sets job 1 down in a state, past the triggers that guard its way there."""
    con.execute(
        "UPDATE jobs SET state = ?, charge = ?, refunded = ?, task_id = 'task-1' WHERE number = 1",
        (state, charge, charge == "settled" and state == "lost"),
    )


def _guards_off(con: sqlite3.Connection, *names: str) -> None:
    for name in names:
        con.execute(f"DROP TRIGGER {name}")


def test_each_state_goes_with_the_charges_of_the_domain_and_no_others(
    con: sqlite3.Connection,
) -> None:
    _guards_off(con, "jobs_step", "jobs_charge")
    for state, charge in itertools.product(JobState, Charge):
        if charge in CHARGES[state]:
            _put(con, state, charge)
        else:
            with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
                _put(con, state, charge)


@pytest.mark.parametrize("before", JobState)
def test_from_each_state_the_allowed_steps_can_be_taken_and_all_others_not(
    con: sqlite3.Connection, before: JobState
) -> None:
    (guard,) = con.execute("SELECT sql FROM sqlite_master WHERE name = 'jobs_step'").fetchone()
    for after in JobState:
        if after is before:
            continue
        con.execute("SAVEPOINT try")
        _guards_off(con, "jobs_step", "jobs_charge")
        _put(con, before, next(iter(CHARGES[before])))
        con.execute(guard)
        charge = next(iter(CHARGES[after]))
        if after in STEPS.get(before, frozenset()):
            _put(con, after, charge)
        else:
            with pytest.raises(sqlite3.IntegrityError, match="rule: a job can not take this step"):
                _put(con, after, charge)
        con.execute("ROLLBACK TO try")
        con.execute("RELEASE try")


def test_the_words_in_the_database_are_those_of_the_domain(con: sqlite3.Connection) -> None:
    schema = " ".join(
        sql for (sql,) in con.execute("SELECT sql FROM sqlite_master WHERE sql <> ''")
    )
    words = (*JobState, *Charge, *AttemptState, *Scope, *PeriodKind, *Purpose, *AskState, *Topic)
    assert [word for word in words if f"'{word}'" not in schema] == []


# -- what stays ----------------------------------------------------------------------------------

APPEND_ONLY = ("transfers", "events", "flags", "audit", "periods")
NEVER_DELETED = (*APPEND_ONLY, "accounts", "jobs", "attempts", "asks", "notices")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_that_was_written_is_never_changed(con: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in con.execute(f"PRAGMA table_info({table})")]
    assert con.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    for column in columns:
        with pytest.raises(sqlite3.IntegrityError, match=r"rule: .*append-only"):
            con.execute(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_a_row_that_was_written_is_never_deleted(con: sqlite3.Connection, table: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"rule: .*(append-only|never deleted)"):
        con.execute(f"DELETE FROM {table}")


def test_replacing_a_row_is_no_way_around_that(con: sqlite3.Connection) -> None:
    """SQLite's REPLACE deletes without asking the triggers, unless told to."""
    for table in APPEND_ONLY:
        with pytest.raises(sqlite3.IntegrityError, match="rule: "):
            con.execute(f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "column",
    ["number", "guild_id", "member_id", "interaction_id", "model", "mode", "request", "price"],
)
def test_a_job_keeps_what_was_ordered(con: sqlite3.Connection, column: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="rule: a job keeps its order and its price"):
        con.execute(f"UPDATE jobs SET {column} = {column}")


@pytest.mark.parametrize(
    "column", ["id", "kind", "scope", "guild_id", "member_id", "period", "expires_at", "opened_at"]
)
def test_an_account_keeps_its_owner(con: sqlite3.Connection, column: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="rule: an account keeps its owner"):
        con.execute(f"UPDATE accounts SET {column} = {column}")


@pytest.mark.parametrize(
    "column",
    ["number", "guild_id", "member_id", "interaction_id", "model", "mode", "request", "price"],
)
def test_an_ask_keeps_what_was_asked_for(con: sqlite3.Connection, column: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="rule: an ask keeps its request"):
        con.execute(f"UPDATE asks SET {column} = {column}")


@pytest.mark.parametrize("state", [state for state in AskState if state is not AskState.APPROVED])
def test_an_ask_that_was_decided_stays_so(con: sqlite3.Connection, state: AskState) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="rule: an ask is decided once"):
        con.execute("UPDATE asks SET state = ? WHERE number = 1", (state,))


# -- what can not be written ---------------------------------------------------------------------

_HOLD = (
    "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, resolves) SELECT"
    " h.at, {kind}, h.debit_id, h.credit_id, {amount}, h.scope, {job}, {resolves}"
    " FROM transfers h WHERE h.kind = 'hold' AND h.scope = {scope} AND h.job = {of}"
)


def _transfer(**terms: object) -> str:
    usual = {"kind": "'settle'", "amount": "h.amount", "job": "h.job", "resolves": "h.id"}
    return _HOLD.format(**{**usual, "scope": "'member'", "of": 3, **terms})


_JOB = (
    "INSERT INTO jobs (guild_id, member_id, interaction_id, model, mode, request, price,"
    " price_assumed, channel_id, created_at, state_at, due_at, state, result_urls, refunded)"
    " VALUES (11, 31, {interaction}, 'ltx', 'text', {request}, {price}, {assumed}, 1, 0, 0, 0,"
    " {state}, {urls}, {refunded})"
)


def _job(**terms: object) -> str:
    usual = {"interaction": 99, "request": "'{}'", "price": 1, "assumed": 0, "state": "'held'"}
    return _JOB.format(**{**usual, "urls": "'[]'", "refunded": 0, **terms})


_ACCOUNT = (
    "INSERT INTO accounts (kind, scope, guild_id, member_id, period, expires_at, opened_at, posted,"
    " pending, incoming) VALUES ({kind}, {scope}, 11, 99, 'month 2026-11-01', {expires}, 0, {posted},"
    " {pending}, {incoming})"
)


def _account(**terms: object) -> str:
    usual = {"kind": "'wallet'", "scope": "'member'", "expires": "NULL", "posted": 0}
    return _ACCOUNT.format(**{**usual, "pending": 0, "incoming": 0, **terms})


_CLIP = (
    "INSERT INTO clips (job, position, name, size_bytes, sha256, media_type, stored_at)"
    " VALUES ({job}, {position}, {name}, {size}, {sha}, 'video/mp4', 0)"
)


def _clip(**terms: object) -> str:
    sha = f"'{'a' * 64}'"
    usual = {"job": 5, "position": 0, "name": "'new.mp4'", "size": 1, "sha": sha}
    return _CLIP.format(**{**usual, **terms})


def _policy(**terms: object) -> str:
    usual: dict[str, object] = {
        "guild_id": 99,
        "allowance": 0,
        "allowance_period": "'day'",
        "pool": 0,
        "pool_period": "'day'",
        "confirm_above": 0,
        "dearest": 0,
        "at_once": 1,
        "queued": 0,
        "zone_name": "'UTC'",
        "currency": "'USD'",
        "anywhere": 0,
        "paused": 0,
    }
    row = {**usual, **terms}
    return f"INSERT INTO policies ({', '.join(row)}) VALUES ({', '.join(map(str, row.values()))})"


_HASH = "zeroblob(32)"


def _ask(**terms: object) -> str:
    usual = {"interaction": 99, "member": 35, "likeness": _HASH, "state": "'open'"}
    return _ASK.format(**{**usual, "decided": "NULL", "job": "NULL", "grant": "NULL", **terms})


_ASK = (
    "INSERT INTO asks (guild_id, member_id, interaction_id, likeness, roles, model, mode, request,"
    " price, price_assumed, free, renews_at, asked_in, asked_at, expires_at, state, decided_at, job,"
    " grant_id) VALUES (11, {member}, {interaction}, {likeness}, '[]', 'ltx', 'text', '{{}}', 1, 0, 0,"
    " 0, 1, 0, 1, {state}, {decided}, {job}, {grant})"
)
_NOTICE = (
    "INSERT INTO notices (guild_id, topic, name, subject, raised_at, ends_at, due_at)"
    " VALUES (11, {topic}, {name}, '1', 0, 1, 0)"
)
FINE = {
    "a question": _ask(),
    "an approved question": _ask(state="'approved'", decided=1, job=3, grant=7),
    "a denied question": _ask(state="'denied'", decided=1),
    "an alert": _NOTICE.format(topic="'alert'", name="'pool'"),
    "a settlement": _transfer(),
    "a smaller settlement": _transfer(amount=1),
    "a void": _transfer(kind="'void'"),
    "a job": _job(),
    "an account": _account(),
    "a grant that expires": _account(kind="'grant'", expires=5),
    "a clip": _clip(),
    "a policy": _policy(),
    "an attempt": f"INSERT INTO attempts (job, token_hash, at) VALUES (3, {_HASH}, 0)",
    "a later period": "INSERT INTO periods VALUES (11, 'month', '2026-12-01', 0)",
}
"""What the refused statements below look like when nothing is wrong with them."""

REFUSED = {
    # money
    "settle more than the hold": (_transfer(amount="h.amount + 1"), "at most the hold is settled"),
    "settle another job's hold": (_transfer(job=2), "at most the hold is settled"),
    "settle a settled hold": (_transfer(of=1), "UNIQUE constraint failed: transfers.resolves"),
    "void a settled hold": (_transfer(kind="'void'", of=1), "UNIQUE|voided whole"),
    "void a part of a hold": (_transfer(kind="'void'", amount=1), "a hold is voided whole"),
    "hold twice": (
        _transfer(kind="'hold'", resolves="NULL"),
        "UNIQUE constraint failed: transfers",
    ),
    "hold more than there is": (
        _transfer(kind="'hold'", resolves="NULL", amount=10**13, job=2),
        "CHECK constraint failed: kind = 'house' OR posted - pending >= 0|UNIQUE",
    ),
    "move nothing": (_transfer(amount=0), "CHECK constraint failed: amount > 0"),
    "move less than nothing": (_transfer(amount=-1), "CHECK constraint failed: amount > 0"),
    "move a fraction": (_transfer(amount=0.5), "cannot store REAL value in INTEGER column"),
    "settle without a hold": (_transfer(resolves="NULL"), "CHECK|at most the hold"),
    "hold without a job": (
        _transfer(kind="'hold'", job="NULL", resolves="NULL"),
        "CHECK constraint",
    ),
    "grant for a job": (_transfer(kind="'grant'", resolves="NULL"), "CHECK constraint failed"),
    "move in a new way": (
        _transfer(kind="'gift'", resolves="NULL"),
        "CHECK constraint failed: kind",
    ),
    "refund what was not paid": (_transfer(kind="'refund'"), "a refund returns what was settled"),
    "refund to another wallet": (
        (
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, resolves) SELECT"
            " 0, 'refund', credit_id, (SELECT id FROM accounts WHERE kind = 'grant'), amount, scope, job,"
            " id FROM transfers WHERE kind = 'settle' AND scope = 'member' AND job = 5"
        ),
        "a refund returns what was settled to where it came from",
    ),
    "refund a part": (
        (
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, resolves) SELECT"
            " 0, 'refund', credit_id, debit_id, amount - 1, scope, job, id FROM transfers"
            " WHERE kind = 'settle' AND scope = 'member' AND job = 5"
        ),
        "a refund returns what was settled to where it came from",
    ),
    "refund twice": (
        (
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope, job, resolves) SELECT"
            " 0, 'refund', credit_id, debit_id, amount, scope, job, id FROM transfers"
            " WHERE kind = 'settle' AND scope = 'member' AND job = 1"
        ),
        "UNIQUE constraint failed: transfers.resolves",
    ),
    "move from an account to itself": (
        (
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope)"
            " VALUES (0, 'adjust', 3, 3, 1, 'member')"
        ),
        "CHECK constraint failed: debit_id <> credit_id",
    ),
    "move to an account that is not there": (
        (
            "INSERT INTO transfers (at, kind, debit_id, credit_id, amount, scope)"
            " VALUES (0, 'adjust', 1, 999, 1, 'member')"
        ),
        "FOREIGN KEY constraint failed",
    ),
    "spend what is held": (
        "UPDATE accounts SET posted = 0 WHERE pending > 0 AND kind = 'wallet'",
        "CHECK constraint failed: kind = 'house' OR posted - pending >= 0",
    ),
    # accounts
    "an account below zero": (_account(posted=-1), "CHECK constraint failed"),
    "an account that owes a hold": (_account(pending=-1), "CHECK constraint failed: pending >= 0"),
    "an account that waits for less than nothing": (
        _account(incoming=-1),
        "CHECK constraint failed",
    ),
    "a kind of account that nobody knows": (
        _account(kind="'purse'"),
        "CHECK constraint failed: kind",
    ),
    "a scope that nobody knows": (_account(scope="'moon'"), "CHECK constraint failed: scope"),
    "a wallet that expires": (_account(expires=5), "CHECK constraint failed: expires_at IS NULL"),
    # periods
    "a period that is over": (
        "INSERT INTO periods VALUES (11, 'month', '2026-10-01', 0)",
        "rule: a period that is over can not begin",
    ),
    "a length that nobody knows": (
        "INSERT INTO periods VALUES (11, 'year', '2027-01-01', 0)",
        "CHECK constraint failed: kind",
    ),
    "a day that is none": (
        "INSERT INTO periods VALUES (11, 'month', 'soon', 0)",
        "CHECK constraint failed: starts_on",
    ),
    # jobs
    "the same command twice": (
        _job(interaction=1),
        "UNIQUE constraint failed: jobs.interaction_id",
    ),
    "a job that is free": (_job(price=0), "CHECK constraint failed: price > 0"),
    "a job without a request": (_job(request="'no json'"), "CHECK constraint failed: json_valid"),
    "results that are no list": (_job(urls="'no json'"), "CHECK constraint failed: json_valid"),
    "a price that is half assumed": (_job(assumed=2), "CHECK constraint failed: price_assumed"),
    "a job half refunded": (_job(refunded=2), "CHECK constraint failed"),
    "a job refunded before it was paid": (_job(refunded=1), "CHECK constraint failed: refunded"),
    "a job that starts at the end": (_job(state="'delivered'"), "rule: a job starts held"),
    "run without a task": (
        "UPDATE jobs SET state = 'running' WHERE number = 2",
        "CHECK constraint failed: task_id",
    ),
    "another task": (
        "UPDATE jobs SET task_id = 'other' WHERE number = 1",
        "rule: a job keeps its task",
    ),
    "no task any more": (
        "UPDATE jobs SET task_id = NULL WHERE number = 1",
        "rule: a job keeps its task",
    ),
    "the task of another job": (
        "UPDATE jobs SET task_id = 'task-1' WHERE number = 2",
        "UNIQUE constraint failed: jobs.task_id",
    ),
    "a charge that opens again": (
        "UPDATE jobs SET charge = 'open', refunded = 0 WHERE number = 1",
        "rule: a charge is resolved once",
    ),
    "lost and kept": (
        "UPDATE jobs SET state = 'lost' WHERE number = 5",
        "CHECK constraint failed: state <> 'lost'",
    ),
    # attempts, hints, clips, deliveries, flags
    "a second attempt while one is unknown": (
        f"INSERT INTO attempts (job, token_hash, at) VALUES (2, {_HASH}, 0)",
        "UNIQUE constraint failed: attempts.job",
    ),
    "a token in clear": (
        "INSERT INTO attempts (job, token_hash, at) VALUES (3, x'00', 0)",
        "CHECK constraint failed: length",
    ),
    "a token twice": (
        "INSERT INTO attempts (job, token_hash, at) SELECT 3, token_hash, 0 FROM attempts LIMIT 1",
        "UNIQUE constraint failed: attempts.token_hash",
    ),
    "proof that is taken back": (
        "UPDATE attempts SET state = 'not-created' WHERE state = 'created'",
        "rule: what is proven of an attempt stays",
    ),
    "a fate that nobody knows": (
        "UPDATE attempts SET state = 'lost' WHERE state = 'unknown'",
        "CHECK constraint failed: state",
    ),
    "a hint twice": (
        "INSERT INTO inbox (job, attempt, body_hash, at) SELECT job, attempt, body_hash, 0 FROM inbox",
        "UNIQUE constraint failed: inbox",
    ),
    "a hint without a hash": (
        "INSERT INTO inbox (job, attempt, body_hash, at) VALUES (2, 1, x'00', 0)",
        "CHECK constraint failed: length",
    ),
    "a clip of no job": (_clip(job=99), "FOREIGN KEY constraint failed"),
    "a clip before the first": (_clip(position=-1), "CHECK constraint failed: position"),
    "an empty clip": (_clip(size=0), "CHECK constraint failed: size_bytes"),
    "a clip without its hash": (_clip(sha="'aa'"), "CHECK constraint failed: length"),
    "a clip under another's name": (
        _clip(name="'clip.mp4'"),
        "UNIQUE constraint failed: clips.name",
    ),
    "a clip told twice": (
        "INSERT INTO deliveries (job, purpose, nonce, due_at) VALUES (1, 'clip', 'x', 0)",
        "UNIQUE constraint failed: deliveries.job, deliveries.purpose",
    ),
    "a nonce twice": (
        (
            "INSERT INTO deliveries (job, purpose, nonce, due_at) SELECT 5, 'clip', nonce, 0"
            " FROM deliveries LIMIT 1"
        ),
        "UNIQUE constraint failed: deliveries.nonce",
    ),
    "a nonce that Discord cuts": (
        (
            "INSERT INTO deliveries (job, purpose, nonce, due_at)"
            " VALUES (5, 'clip', 'abcdefghijklmnopqrstuvwxyz', 0)"
        ),
        "CHECK constraint failed: length",
    ),
    "a purpose that nobody knows": (
        "INSERT INTO deliveries (job, purpose, nonce, due_at) VALUES (5, 'spam', 'x', 0)",
        "CHECK constraint failed: purpose",
    ),
    "a flag that nobody knows": (
        "INSERT INTO flags (at, job, kind) VALUES (0, 1, 'pirate')",
        "CHECK constraint failed: kind",
    ),
    "a second clock": ("INSERT INTO clock VALUES (2, 0)", "CHECK constraint failed: one = 1"),
    # policies
    **{
        f"a policy with {field} {value}": (
            _policy(**{field: value}),
            f"CHECK constraint failed: {field}",
        )
        for field, value in {
            "allowance": -1,
            "allowance_period": "'year'",
            "pool": -1,
            "pool_period": "'year'",
            "confirm_above": -1,
            "dearest": -1,
            "at_once": 0,
            "queued": -1,
            "anywhere": 2,
            "paused": 2,
        }.items()
    },
    # asks
    "the same open question twice": (
        _ask(member=34, likeness="x'" + (7).to_bytes(32, "big").hex() + "'"),
        "UNIQUE constraint failed: asks",
    ),
    "a question of the same press": (_ask(interaction=7), "UNIQUE constraint failed: asks"),
    "an approval without a job": (_ask(state="'approved'", decided=1), "CHECK constraint failed"),
    "a job without an approval": (_ask(job=3), "CHECK constraint failed"),
    "a job for two questions": (
        _ask(state="'approved'", decided=1, job=6),
        "UNIQUE constraint failed: asks.job",
    ),
    "a grant without an approval": (_ask(state="'denied'", decided=1, grant=7), "CHECK constraint"),
    "a decision that is none": (_ask(decided=1), "CHECK constraint failed"),
    "a decision of a new kind": (_ask(state="'maybe'", decided=1), "CHECK constraint failed"),
    "the same card twice": (
        _NOTICE.format(topic="'card'", name="'ask'"),
        "UNIQUE constraint failed: notices",
    ),
    "a notice of a new kind": (_NOTICE.format(topic="'news'", name="'x'"), "CHECK constraint"),
    "a role below zero": (
        "INSERT INTO role_allowances VALUES (11, 9, -1)",
        "CHECK constraint failed: amount >= 0",
    ),
    "a member below zero": (
        "INSERT INTO member_allowances VALUES (11, 9, -1)",
        "CHECK constraint failed: amount >= 0",
    ),
    "a word without letters": (
        "INSERT INTO blocked_words VALUES (11, '')",
        "CHECK constraint failed: length",
    ),
    "a preset without a name": (
        "INSERT INTO lora_presets VALUES (11, '', 'https://x', 1)",
        "CHECK constraint failed: length",
    ),
    "a preset under a name in capitals": (
        "INSERT INTO lora_presets VALUES (11, 'STYLE', 'https://x', 1)",
        "UNIQUE constraint failed: lora_presets",
    ),
    "a preset that is too strong": (
        "INSERT INTO lora_presets VALUES (11, 'new', 'https://x', 4.5)",
        "CHECK constraint failed: scale",
    ),
}


@pytest.mark.parametrize("what", FINE)
def test_the_database_takes(con: sqlite3.Connection, what: str) -> None:
    assert con.execute(FINE[what]).rowcount > 0


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(con: sqlite3.Connection, what: str) -> None:
    statement, why = REFUSED[what]
    before = con.execute("SELECT sum(posted), sum(pending), count(*) FROM accounts").fetchone()
    with pytest.raises(sqlite3.IntegrityError, match=why):
        con.execute(statement)
    after = con.execute("SELECT sum(posted), sum(pending), count(*) FROM accounts").fetchone()
    assert after == before


async def test_a_job_of_another_interaction_number_is_another_job(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        jobs = Jobs(books, ROOMY)
        assert [await reserved(jobs, n) for n in (5, 3, 4)] == [1, 2, 3]
        found = await jobs.find_by_interaction(order(3).interaction)
        assert found is not None
        assert found.number == 2
