"""The gateway's sessions: who is told of what, in which order, and what a resumed one missed.

Rule: numbers of a session rise by one and nothing is lost between a break and its RESUME.
"""

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from enum import IntFlag
from typing import Final, Protocol

from bot.playground.local_discord.wire import Json

KEPT_EVENTS: Final = 10_000
KEPT_SESSIONS: Final = 10


class Intent(IntFlag):
    """Gateway intents that matter here."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED: Final = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT


class Line(Protocol):
    """An open connection to a client."""

    def send(self, text: str) -> None:
        """Queues a frame."""
        ...

    def hang_up(self, code: int) -> None:
        """Closes the connection with a code, once what is queued has gone out."""
        ...


class Session:
    """One IDENTIFY and all that follows from it."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.line: Line | None = None
        self._sent: deque[tuple[int, str]] = deque(maxlen=KEPT_EVENTS)

    def serves(self, guild_id: int | None) -> bool:
        """Whether a server belongs to this shard. Direct messages go to the first."""
        number, count = self.shard
        return number == ((guild_id >> 22) % count if guild_id else 0)

    def tell(self, name: str, data: Json) -> None:
        """Sends an event, or keeps it for the RESUME."""
        self.seq += 1
        text = json.dumps({"op": 0, "t": name, "s": self.seq, "d": data})
        self._sent.append((self.seq, text))
        if self.line is not None:
            self.line.send(text)

    def since(self, seq: int) -> list[str]:
        """The frames after a number."""
        return [text for number, text in self._sent if number > seq]

    def remembers(self, seq: int) -> bool:
        """Whether nothing after that number has been dropped."""
        oldest = self._sent[0][0] if self._sent else 1
        return oldest - 1 <= seq <= self.seq


class Gateway:
    """All sessions of the bot."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self.identified = 0
        """IDENTIFYs so far: Discord allows 1,000 a day."""
        self.resumed = 0
        self.granted = 0
        """Privileged intents that the application has. Who asks for another is closed with 4014."""

    @property
    def live(self) -> list[Session]:
        """The sessions with an open connection."""
        return [session for session in self._sessions.values() if session.line is not None]

    @property
    def connected(self) -> bool:
        """Whether a bot is there."""
        return bool(self.live)

    def open(self, intents: int, shard: tuple[int, int]) -> Session:
        """A new session."""
        session = Session(intents, shard)
        self._sessions[session.id] = session
        self.identified += 1
        gone = [found for found in self._sessions.values() if found.line is None]
        for old in gone[: max(0, len(gone) - KEPT_SESSIONS)]:
            del self._sessions[old.id]
        return session

    def find(self, session_id: object) -> Session | None:
        """A session that can be resumed."""
        return self._sessions.get(str(session_id))

    def forget(self, session: Session) -> None:
        """Makes a session impossible to resume."""
        self._sessions.pop(session.id, None)

    def tell(self, name: str, data: Json, *, guild_id: int | None = None, intent: int = 0) -> None:
        """An event for all sessions that asked for its kind."""
        for session in self._listening(guild_id, intent):
            session.tell(name, data)

    def tell_each(
        self, name: str, data: Callable[[Session], Json], *, guild_id: int | None, intent: int
    ) -> None:
        """The same, where sessions are told different things."""
        for session in self._listening(guild_id, intent):
            session.tell(name, data(session))

    def _listening(self, guild_id: int | None, intent: int) -> Iterable[Session]:
        return [
            session
            for session in self._sessions.values()
            if session.serves(guild_id) and (not intent or session.intents & intent)
        ]

    def close(self, code: int = 1001, *, keep: bool = True) -> None:
        """Ends all connections with a close code; `keep` lets the sessions be resumed."""
        for session in self.live:
            line, session.line = session.line, None
            if line is not None:
                line.hang_up(code)
            if not keep:
                self.forget(session)

    def ask_to_reconnect(self) -> None:
        """Op 7: Discord wants the client to come back by another door."""
        for session in self.live:
            assert session.line is not None
            session.line.send(json.dumps({"op": 7, "d": None, "s": None, "t": None}))

    def invalidate(self, *, resumable: bool = False) -> None:
        """Op 9: the session is over, or has to be resumed."""
        for session in self.live:
            assert session.line is not None
            session.line.send(json.dumps({"op": 9, "d": resumable, "s": None, "t": None}))
            if not resumable:
                session.line = None
                self.forget(session)

    def tell_nonsense(self, name: str = "MESSAGE_CREATE", data: Json | None = None) -> None:
        """An event whose body lacks what it must have."""
        for session in self.live:
            session.tell(name, data or {})
