"""What tests of the books have in common: a moment, orders, and a look at what is true."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.policies import Policies
from bot.domain.ask import Lack, Question
from bot.domain.budget import Caps, Reserved
from bot.domain.ids import AttemptId, ChannelId, GuildId, InteractionId, JobNumber, TaskId, UserId
from bot.domain.job import Order, Place
from bot.domain.money import Micros
from bot.domain.policy import Policy

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""A Wednesday."""
GUILD = GuildId(11)
ADMIN = UserId(77)
ROOMY = Caps(Micros(10**12), Micros(10**12))


def order(
    interaction: int,
    *,
    member: int = 31,
    guild: int = GUILD,
    price: int = 10,
    roles: frozenset[int] = frozenset(),
) -> Order:
    return Order(
        GuildId(guild),
        UserId(member),
        roles,
        InteractionId(interaction),
        "ltx",
        "text",
        '{"prompt": "a paper boat"}',
        Micros(price),
        price_assumed=False,
        place=Place(ChannelId(1)),
    )


def question(interaction: int, *, member: int = 31, price: int = 10) -> Question:
    """What a member without money asks."""
    return Question(
        GuildId(GUILD),
        UserId(member),
        frozenset(),
        InteractionId(interaction),
        interaction.to_bytes(32, "big"),
        "ltx",
        "text",
        '{"prompt": "a paper boat"}',
        Micros(price),
        price_assumed=False,
        lack=Lack(Micros(0), NOON),
        asked_in=ChannelId(1),
    )


@asynccontextmanager
async def opened(path: Path, **rules: object) -> AsyncGenerator[Database]:
    """Books in which the guild has these rules."""
    async with await Database.open(path) as books:
        if rules:
            await decide(books, **rules)
        yield books


async def decide(books: Database, *, guild: int = GUILD, **rules: object) -> Policy:
    return await Policies(books).change(
        GuildId(guild), lambda was: replace(was, **rules), act="set", actor=ADMIN, now=NOON
    )


async def reserved(jobs: Jobs, interaction: int, **terms: object) -> JobNumber:
    decision = await jobs.reserve(order(interaction, **terms), NOON)
    assert isinstance(decision, Reserved), decision
    return decision.job.number


async def claimed(jobs: Jobs, number: JobNumber) -> AttemptId:
    attempt = await jobs.claim(number, number.to_bytes(32, "big"), NOON)
    assert attempt is not None
    return attempt


async def running(jobs: Jobs, interaction: int, **terms: object) -> JobNumber:
    number = await reserved(jobs, interaction, **terms)
    attempt = await claimed(jobs, number)
    assert await jobs.created(number, attempt, TaskId(f"task-{number}"), due_at=NOON, now=NOON)
    return number


def assert_sound(path: Path) -> None:
    """Whatever happened: the file is whole and everything in it adds up."""
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert broken_invariants(con) == {}


def count(path: Path, what: str) -> int:
    """How many rows; `what` follows FROM."""
    with closing(sqlite3.connect(path)) as con:
        return con.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
