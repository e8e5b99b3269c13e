"""The store of what members ask their admins.

Rule: each method is one statement or one transaction; what belongs together is a step of `ask_steps`.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.adapters.sqlite.accounts import tick
from bot.adapters.sqlite.ask_rows import decide, find_ask, list_asks
from bot.adapters.sqlite.ask_steps import UndoneError, approve, note_decision, open_ask, owe_word
from bot.adapters.sqlite.codec import stamp
from bot.adapters.sqlite.database import Database
from bot.domain.ask import (
    Ask,
    AskState,
    NotAsked,
    Question,
    Void,
)
from bot.domain.budget import Caps, Decision
from bot.domain.ids import (
    ChannelId,
    GuildId,
    MessageId,
    UserId,
)
from bot.domain.job import Order
from bot.domain.notice import Word


@dataclass(frozen=True, slots=True)
class Asks:
    """Members' questions."""

    database: Database
    caps: Caps

    # -- asking ------------------------------------------------------------------------------

    async def find(self, guild: GuildId, number: int) -> Ask | None:
        """A server's ask of this number."""
        return await self.database.read(
            lambda con: find_ask(con, "number = ? AND guild_id = ?", (number, guild))
        )

    async def list_expired(self, now: datetime) -> list[Ask]:
        """Open ones that nobody answered in time."""
        return await self.database.read(
            lambda con: list_asks(con, "state = 'open' AND expires_at <= ?", (stamp(now),))
        )

    async def list_untold(self) -> list[Ask]:
        """Those whose cards do not tell yet what became of them."""
        return await self.database.read(lambda con: list_asks(con, "shown <> state", ()))

    async def list_stranded(self) -> list[Ask]:
        """Those for whom a waiting message stands, and no job."""
        return await self.database.read(
            lambda con: list_asks(con, "state <> 'approved' AND waiting_message IS NOT NULL", ())
        )

    # -- deciding ----------------------------------------------------------------------------

    async def open(self, question: Question, *, now: datetime) -> Ask | NotAsked:
        """Puts a question, and owes its card. The same question is the same ask: an open one, or one
        that was denied a while ago.
        """
        return await self.database.write(lambda con: open_ask(con, question, now))

    async def approve(self, number: int, order: Order, *, actor: UserId, now: datetime) -> Decision:
        """Grants what is missing and opens the job. Raises NotFoundError where it was decided
        otherwise before.
        """
        try:
            return await self.database.write(
                lambda con: approve(con, number, order, caps=self.caps, actor=actor, now=now)
            )
        except UndoneError as undone:
            return undone.refused

    async def deny(
        self, guild: GuildId, number: int, *, actor: UserId, reason: str, now: datetime
    ) -> bool:
        """Says no, and owes the member a word. False: it was decided before."""

        def act(con: sqlite3.Connection) -> bool:
            at = tick(con, now)
            ask = find_ask(con, "number = ? AND guild_id = ? AND state = 'open'", (number, guild))
            if ask is None:
                return False
            decide(con, number, AskState.DENIED, at, actor=actor, reason=reason)
            owe_word(con, ask, Word.DENIED, at)
            note_decision(con, ask, "ask-deny", actor, at, reason=reason)
            return True

        return await self.database.write(act)

    async def expire(self, number: int, *, now: datetime) -> bool:
        """Nobody answered: the member gets a word."""
        return await self._end(number, AskState.EXPIRED, Word.EXPIRED, now=now)

    async def void(
        self,
        number: int,
        why: Void,
        *,
        now: datetime,
        actor: UserId | None = None,
        told: bool = True,
    ) -> bool:
        """It cannot be made any more. `told`: the member gets a word."""
        word = Word.VOID if told else None
        return await self._end(number, AskState.VOID, word, now=now, actor=actor, reason=why)

    async def stuck(self, number: int, why: str, *, now: datetime) -> bool:
        """An admin said yes, and something stands in the way: the member gets a word, once."""

        def act(con: sqlite3.Connection) -> bool:
            at = tick(con, now)
            ask = find_ask(con, "number = ? AND state = 'open'", (number,))
            return ask is not None and owe_word(con, ask, Word.STUCK, at, why=why)

        return await self.database.write(act)

    async def stands(self, number: int, place: tuple[ChannelId, MessageId] | None) -> None:
        """Notes where the message stands that waits for its video; None: it was taken away."""
        channel, message = place or (None, None)
        await self.database.write(
            lambda con: con.execute(
                "UPDATE asks SET waiting_channel = ?, waiting_message = ? WHERE number = ?",
                (channel, message, number),
            )
        )

    async def shown(self, number: int, state: AskState) -> None:
        """Notes that its card tells this state."""
        await self.database.write(
            lambda con: con.execute("UPDATE asks SET shown = ? WHERE number = ?", (state, number))
        )

    async def _end(
        self,
        number: int,
        state: AskState,
        word: Word | None,
        *,
        now: datetime,
        actor: UserId | None = None,
        reason: str = "",
    ) -> bool:
        def act(con: sqlite3.Connection) -> bool:
            at = tick(con, now)
            ask = find_ask(con, "number = ? AND state = 'open'", (number,))
            if ask is None:
                return False
            decide(con, number, state, at, actor=actor, reason=reason)
            if word is not None:
                owe_word(con, ask, word, at)
            return True

        return await self.database.write(act)
