"""Facts about ourselves that must outlive a restart, such as the hash of the commands.

Rule: nothing that moves money or a job is kept here, except that these books are a copy
(`files.COPIED`).
"""

from dataclasses import dataclass
from typing import Final

from bot.adapters.sqlite.database import Database

TOLD: Final = "told commands"
"""The mark for the outline of the commands that Discord has been told, and where."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Names with values."""

    database: Database

    async def find(self, name: str) -> str | None:
        """What was put under this name."""
        row = await self.database.read(
            lambda con: con.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        )
        return None if row is None else row[0]

    async def put(self, name: str, value: str) -> None:
        """Keeps a value in the place of an earlier one."""
        await self.database.write(
            lambda con: con.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))
        )
