"""The books of a bot in another process, as a test reads them.

Rule: they are looked at and never written.
"""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTLED = 30.0
"""Seconds after which a test gives up; nothing here takes more than a few."""
OVER = {"delivered", "undeliverable", "failed", "rejected", "expired", "lost", "cancelled"}


@dataclass(frozen=True)
class Row:
    """A job as it stands in the books."""

    number: int
    member_id: int
    interaction_id: int
    model: str
    mode: str
    request: Mapping[str, Any]
    price: int
    state: str
    charge: str
    cause: str | None
    channel_id: int
    message_id: int | None
    task_id: str | None
    parent: int | None


class TownBooks:
    """What can be read of them."""

    folder: Path
    """The bot's data."""

    @property
    def database(self) -> Path:
        return self.folder / "clapper.db"

    def look(self) -> "closing[sqlite3.Connection]":
        con = sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=10)
        con.row_factory = sqlite3.Row
        return closing(con)

    def rows(self, where: str = "1", *values: object) -> list[Row]:
        """Jobs, the latest first."""
        with self.look() as con:
            found = con.execute(
                f"SELECT * FROM jobs WHERE {where} ORDER BY number DESC",
                values,
            ).fetchall()
        names = Row.__dataclass_fields__
        read = [{name: row[name] for name in names} for row in found]
        return [Row(**{**row, "request": json.loads(row["request"])}) for row in read]

    def row(self, number: int) -> Row:
        [found] = self.rows("number = ?", number)
        return found

    def spent(self, member: int) -> tuple[int, int]:
        """What a member has spent and what is held, by the transfers alone."""
        with self.look() as con:
            moved = con.execute(_MOVED, (member,)).fetchall()
        by_kind = Counter({row["kind"]: row["amount"] for row in moved})
        held = by_kind["hold"] - by_kind["settle"] - by_kind["void"]
        return by_kind["settle"] - by_kind["refund"], held

    async def settled(self, number: int) -> Row:
        """The job once it is over and everybody was told."""
        await until(lambda: self.row(number).state in OVER and not self.owed(number))
        return self.row(number)

    def owed(self, number: int) -> int:
        """Messages about a job that nobody has got yet, or that are still to be taken away."""
        with self.look() as con:
            query = """
                SELECT (SELECT count(*) FROM deliveries WHERE job = ?1 AND done_at IS NULL)
                     + (SELECT count(*) FROM leftovers WHERE job = ?1)"""
            return con.execute(query, (number,)).fetchone()[0]

    def owes(self) -> bool:
        """Whether anybody is still to be told anything, or a message to be taken away."""
        with self.look() as con:
            return any(
                con.execute(f"SELECT 1 FROM {owed} LIMIT 1").fetchone()
                for owed in ("deliveries WHERE done_at IS NULL", "leftovers")
            )


_MOVED = """
    SELECT t.kind, sum(t.amount) AS amount FROM transfers t JOIN jobs j ON j.number = t.job
    WHERE t.scope = 'member' AND j.member_id = ? GROUP BY t.kind"""


async def until(condition: Callable[[], object], *, seconds: float = SETTLED) -> None:
    """A condition of another process, which does not notify us."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
