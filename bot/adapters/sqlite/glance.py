"""A look into the books from another process, also while no bot is there: what the playground shows.

Rule: it reads one snapshot, judges by the ledger's own functions, and changes nothing.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.adapters.sqlite.failures import translated
from bot.adapters.sqlite.files import untouched
from bot.adapters.sqlite.ledger import funds
from bot.adapters.sqlite.migrate import check_ours
from bot.domain.budget import Funds
from bot.domain.errors import NotFoundError
from bot.domain.ids import GuildId, InteractionId, JobNumber, RoleId, TaskId, UserId
from bot.domain.job import Charge, JobState
from bot.domain.money import Micros

Purses = Mapping[UserId, Iterable[RoleId]]
"""Whose money is asked for, and by which roles."""

_ENTRIES: Final = (
    "SELECT number, member_id, interaction_id, model, state, charge, price, task_id, refunded,"
    # Under which tokens a task of this job would call.
    " (SELECT group_concat(lower(hex(token_hash))) FROM attempts WHERE job = number),"
    # What the member paid; what an admin gave back later was billed all the same.
    " (SELECT coalesce(sum(amount), 0) FROM transfers"
    "  WHERE job = number AND kind = 'settle' AND scope = 'member')"
    " FROM jobs ORDER BY number"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One job, as far as money is concerned."""

    number: JobNumber
    member: UserId
    interaction: InteractionId
    model: str
    state: JobState
    charge: Charge
    price: Micros
    task: TaskId | None
    refunded: bool
    tokens: frozenset[str]
    """SHA-256 of the callback tokens that its paid requests carried, in hex."""
    charged: Micros
    """What was taken from the member, refunds not taken off."""

    @property
    def held(self) -> Micros:
        """What is bound for it and not spent yet."""
        return self.price if self.charge is Charge.OPEN else Micros(0)


@dataclass(frozen=True, slots=True)
class Glance:
    """The books at one moment."""

    entries: tuple[Entry, ...]
    """All jobs, the oldest first."""
    funds: Mapping[UserId, Funds]


def glance(path: Path, guild: GuildId, purses: Purses, *, now: datetime) -> Glance:
    """Looks. Raises NotFoundError where there are no books yet, else StoreError."""
    if not path.is_file():
        raise NotFoundError(f"there are no books at {path}")
    try:
        with closing(untouched(path)) as connection:
            if check_ours(connection, path) == 0:
                raise NotFoundError(f"the books at {path} are empty")
            connection.execute("BEGIN")  # one snapshot, whatever is written meanwhile
            return Glance(
                entries=tuple(_entry_of(row) for row in connection.execute(_ENTRIES)),
                funds={
                    member: funds(connection, guild, member, roles=roles, now=now)
                    for member, roles in purses.items()
                },
            )
    except sqlite3.Error as error:
        raise translated(error) from error


def _entry_of(row: tuple[Any, ...]) -> Entry:
    return Entry(
        number=JobNumber(row[0]),
        member=UserId(row[1]),
        interaction=InteractionId(row[2]),
        model=row[3],
        state=JobState(row[4]),
        charge=Charge(row[5]),
        price=Micros(row[6]),
        task=None if row[7] is None else TaskId(row[7]),
        refunded=bool(row[8]),
        tokens=frozenset(row[9].split(",")) if row[9] else frozenset(),
        charged=Micros(row[10]),
    )
