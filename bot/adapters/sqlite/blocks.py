"""Whom and what the admins do not want: members who may not make videos, words in prompts.

Rule: words are compared as prompts are searched, so that none is there twice in two guises.
"""

import re
import sqlite3
from datetime import datetime
from typing import Final

from bot.adapters.sqlite import policy_rows
from bot.adapters.sqlite.decided import Decided, note
from bot.domain.errors import PolicyRefusedError
from bot.domain.ids import GuildId, UserId
from bot.domain.policy import LONGEST_NAME, MOST_WORDS
from bot.domain.words import words_of

_LISTED: Final = re.compile("[,;\u060c\u3001\uff0c\uff1b]")
"""What stands between the words of a list: commas of several scripts, and semicolons."""


class Blocks(Decided):
    """The part of the policies about them."""

    __slots__ = ()

    # -- members -------------------------------------------------------------------------------

    async def list_blocked_members(self, guild: GuildId) -> list[UserId]:
        """Members who may not generate."""
        return [UserId(row) for row in await self._list("blocked_members", guild)]

    async def is_blocked(self, guild: GuildId, member: UserId) -> bool:
        """Whether a member may not generate."""
        return await self.database.read(lambda con: policy_rows.is_blocked(con, guild, member))

    async def block_member(
        self, guild: GuildId, member: UserId, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Stops a member's new jobs. False: they were stopped already."""
        return await self._put(
            "blocked_members", guild, member, "block", actor=actor, reason=reason, now=now
        )

    async def unblock_member(
        self, guild: GuildId, member: UserId, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Lets a member generate again. False: nobody had stopped them."""
        return await self._drop(
            "blocked_members", guild, member, "unblock", actor=actor, reason=reason, now=now
        )

    # -- words ---------------------------------------------------------------------------------

    async def list_blocked_words(self, guild: GuildId) -> list[str]:
        """Words that prompts may not contain, as the admins typed them."""
        return await self.database.read(lambda con: policy_rows.blocked_words(con, guild))

    async def find_blocked_word(self, guild: GuildId, prompt: str) -> str | None:
        """The first of them that a prompt contains."""
        return await self.database.read(
            lambda con: policy_rows.find_blocked_word(con, guild, prompt)
        )

    async def block_word(
        self, guild: GuildId, word: str, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Forbids a word, or several in a row. False: one that looks like it is already."""
        typed = " ".join(word.split())
        if not words_of(typed):
            raise PolicyRefusedError("word", "blank")
        if sum(map(bool, map(words_of, _LISTED.split(typed)))) > 1:
            raise PolicyRefusedError("word", "several")
        if len(typed) > LONGEST_NAME:
            raise PolicyRefusedError("word", "too_long", longest=LONGEST_NAME)

        def write(con: sqlite3.Connection) -> bool:
            if _alike(con, guild, typed):
                return False
            count = "SELECT count(*) FROM blocked_words WHERE guild_id = ?"
            if con.execute(count, (guild,)).fetchone()[0] >= MOST_WORDS:
                raise PolicyRefusedError("word", "too_many", most=MOST_WORDS)
            con.execute("INSERT INTO blocked_words VALUES (?, ?)", (guild, typed))
            note(con, guild, actor, "word-block", now, subject=typed, reason=reason)
            return True

        return await self.database.write(write)

    async def unblock_word(
        self, guild: GuildId, word: str, *, actor: UserId, reason: str = "", now: datetime
    ) -> bool:
        """Allows a word again, however it is written. False: it was allowed."""

        def write(con: sqlite3.Connection) -> bool:
            found = _alike(con, guild, word)
            for typed in found:
                con.execute(
                    "DELETE FROM blocked_words WHERE guild_id = ? AND word = ?", (guild, typed)
                )
                note(con, guild, actor, "word-unblock", now, subject=typed, reason=reason)
            return bool(found)

        return await self.database.write(write)


def _alike(con: sqlite3.Connection, guild: GuildId, word: str) -> list[str]:
    """Blocked words that prompts could not tell from this one."""
    rows = con.execute("SELECT word FROM blocked_words WHERE guild_id = ?", (guild,))
    return [typed for (typed,) in rows if words_of(typed) == words_of(word)]
