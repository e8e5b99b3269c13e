"""One file, one writer, readers apart.

Rule: a transaction is one plain function, run whole on the writer's own thread. There is no `await`
between BEGIN and COMMIT, so no caller can be cancelled inside one or see another's half.

Callers that wait together are committed together: the disk is asked to sync once, and nobody gets
an answer before that.

A short look takes its turn on one of the readers. A long one, such as a report over a month, has a
connection and a thread of its own (`study`), so that nobody waits behind it.
"""

import asyncio
import os
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import aiosqlite

from bot.adapters.sqlite.failures import RESTORE, RIGHTS, translated, unusable
from bot.adapters.sqlite.files import looked_at, studied, untouched, written_to
from bot.adapters.sqlite.migrate import check_ours, migrate
from bot.domain.errors import StoreClosedError, StoreDamagedError, StoreError

T = TypeVar("T")

MOST_TOGETHER: Final = 64
"""Functions in one commit: enough to share the sync, few enough that nobody waits long."""
_STEPS_BETWEEN_LOOKS: Final = 50_000
"""Of SQLite's machine: some milliseconds."""


@dataclass(slots=True)
class _Call:
    act: Callable[[sqlite3.Connection], Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Failure:
    error: Exception


class Snapshot:
    """The books as they were at one moment, for as long as somebody studies them."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._given_up = False
        # Unlike `interrupt`, it also stops the statement that has not begun yet.
        _sqlite3_of(connection).set_progress_handler(lambda: self._given_up, _STEPS_BETWEEN_LOOKS)

    async def read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """Runs a function on the moment that the first look saw. A caller who is cancelled stops it."""
        try:
            result = await _on_thread(self._connection, lambda con: _tried(con, look))
        except asyncio.CancelledError:
            self._given_up = True
            raise
        if isinstance(result, _Failure):
            raise result.error
        return result


class Database:
    """The books' file, open."""

    def __init__(
        self, path: Path, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]
    ) -> None:
        self._path = path
        self._writer = writer
        self._readers = readers
        self._turn = 0
        self._calls = deque[_Call]()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, readers: int = 2) -> Self:
        """Opens the file, creating or upgrading it. Raises StoreDamagedError rather than touch a
        file that is not ours.
        """
        try:
            await asyncio.to_thread(_prepare, path)
            writer = await _opened(path, written_to)
        except sqlite3.Error as error:
            raise unusable(error, path) from error
        opened = cls(path, writer, [])
        try:
            for _ in range(readers):
                opened._readers.append(await _opened(path, looked_at))
        except sqlite3.Error as error:
            await opened.close()
            raise unusable(error, path) from error
        return opened

    async def write(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Runs a function in a transaction of its own and answers once that is on the disk.

        A caller cancelled while waiting loses only the answer. The function may run twice, the
        first time rolled back, so it must touch nothing but the connection.
        """
        if self._closed:
            raise StoreClosedError("the books are closed")
        loop = asyncio.get_running_loop()
        call = _Call(act, loop.create_future())
        self._calls.append(call)
        if self._idle.is_set():
            self._idle.clear()
            loop.call_soon(self._commit_waiting)  # whoever else asks in this turn comes along
        return await call.answer

    async def read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """Runs a function on one snapshot of the books; it cannot write."""
        if self._closed:
            raise StoreClosedError("the books are closed")
        self._turn = (self._turn + 1) % len(self._readers)
        result = await _on_thread(self._readers[self._turn], lambda con: _looked(con, look))
        if isinstance(result, _Failure):
            raise result.error
        return result

    @asynccontextmanager
    async def study(self) -> AsyncGenerator[Snapshot]:
        """One snapshot for several long looks, which may make temporary tables. Leave it soon: while
        it is open, the log of what is written cannot be folded into the file.
        """
        if self._closed:
            raise StoreClosedError("the books are closed")
        try:
            connection = await _opened(self._path, studied)
        except sqlite3.Error as error:
            raise translated(error) from error
        try:
            yield Snapshot(connection)
        finally:
            await asyncio.shield(connection.close())

    async def close(self) -> None:
        """Finishes what is waiting, then closes the file."""
        self._closed = True
        await self._idle.wait()
        for connection in (*self._readers, self._writer):
            await connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _commit_waiting(self) -> None:
        """Hands those who wait to the writer's thread. No task: nobody can cancel a commit."""
        # A caller that gave up before its function began gets nothing done.
        batch = [call for call in self._taken() if not call.answer.done()]
        loop = asyncio.get_running_loop()
        if batch:
            _put_on_thread(self._writer, lambda: self._commit(batch, loop))
        elif self._calls:
            loop.call_soon(self._commit_waiting)
        else:
            self._idle.set()

    def _taken(self) -> list[_Call]:
        size = min(MOST_TOGETHER, len(self._calls))
        return [self._calls.popleft() for _ in range(size)]

    def _commit(self, batch: list[_Call], loop: asyncio.AbstractEventLoop) -> None:
        """On the writer's thread."""
        outcomes: list[Any]
        try:
            outcomes = _committed(_sqlite3_of(self._writer), [call.act for call in batch])
        except BaseException as error:  # noqa: BLE001 - else everybody would wait for ever
            failure = _Failure(StoreError(f"the writer failed: {type(error).__name__}: {error}"))
            outcomes = [failure] * len(batch)
        with suppress(RuntimeError):  # the loop was closed, and nobody waits any more
            loop.call_soon_threadsafe(self._answer, batch, outcomes)

    def _answer(self, batch: list[_Call], outcomes: Sequence[object]) -> None:
        _answer(batch, outcomes)
        # After the answers: whom they wake may have more to write, and shares the next commit.
        asyncio.get_running_loop().call_soon(self._commit_waiting)


def _answer(batch: list[_Call], outcomes: Sequence[object]) -> None:
    for call, outcome in zip(batch, outcomes, strict=True):
        if call.answer.done():
            continue
        if isinstance(outcome, _Failure):
            call.answer.set_exception(outcome.error)
        else:
            call.answer.set_result(outcome)


def _committed(
    connection: sqlite3.Connection, acts: Sequence[Callable[[sqlite3.Connection], Any]]
) -> list[Any]:
    """Commits all functions together; where one fails, each by itself, so that it takes no other
    with it. Failures are rare, and savepoints would cost every commit for their sake.
    """
    if len(acts) > 1:
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [act(connection) for act in acts]
            connection.execute("COMMIT")
        except Exception:  # noqa: BLE001 - found again below, by whom it concerns
            _roll_back(connection)
        else:
            return outcomes
    return [_alone(connection, act) for act in acts]


def _alone(connection: sqlite3.Connection, act: Callable[[sqlite3.Connection], T]) -> T | _Failure:
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcome = act(connection)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        return _Failure(translated(error))
    except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
        _roll_back(connection)
        return _Failure(error)
    return outcome


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _looked(
    connection: sqlite3.Connection, look: Callable[[sqlite3.Connection], T]
) -> T | _Failure:
    def whole(con: sqlite3.Connection) -> T:
        con.execute("BEGIN")
        return look(con)

    try:
        return _tried(connection, whole)
    finally:
        _roll_back(connection)


def _tried(connection: sqlite3.Connection, look: Callable[[sqlite3.Connection], T]) -> T | _Failure:
    try:
        return look(connection)
    except sqlite3.Error as error:
        return _Failure(translated(error))
    except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
        return _Failure(error)


# aiosqlite offers single statements only. A whole function on its thread is what it does inside,
# and what the three functions below ask of it: for their sake the dependency is pinned to the minor
# version.


def _sqlite3_of(connection: aiosqlite.Connection) -> sqlite3.Connection:
    return connection._conn  # noqa: SLF001 # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]


def _put_on_thread(connection: aiosqlite.Connection, function: Callable[[], None]) -> None:
    """Runs a function there after those before it; nobody is told when."""
    connection._tx.put_nowait((None, function))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]


async def _on_thread(
    connection: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]
) -> T:
    """Runs a function there and answers with its result."""
    return await connection._execute(function, _sqlite3_of(connection))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]


def _prepare(path: Path) -> None:
    """Creates or upgrades the file, on any thread, before anybody else has it open."""
    if path.exists():
        _check_file(path)
    else:
        _create(path)
    with closing(written_to(path)) as connection:
        migrate(connection, path)


def _create(path: Path) -> None:
    try:
        path.touch(mode=0o600)
    except OSError as error:
        fault = f"{path} cannot be made ({(error.strerror or 'no reason given').lower()})"
        raise StoreError(fault, RIGHTS) from error
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # else a power cut could leave the file without a name
    finally:
        os.close(folder)


def _check_file(path: Path) -> None:
    """Looks at a file without writing: even a journal mode is a change to somebody else's file."""
    with closing(untouched(path)) as connection:
        check_ours(connection, path)
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if not os.access(path, os.W_OK):  # SQLite opens it all the same, and fails much later
        raise StoreError(f"{path} cannot be written (permission denied)", RIGHTS)
    if damage != "ok":
        raise StoreDamagedError(f"{path} is damaged ({' '.join(damage.split())})", RESTORE)


async def _opened(
    path: Path, open_file: Callable[[Path], sqlite3.Connection]
) -> aiosqlite.Connection:
    return await aiosqlite.Connection(lambda: open_file(path), 64)
