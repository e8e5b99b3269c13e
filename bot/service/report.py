"""A report about one month: figures, a picture, and a sheet of every job.

Rule: all of it is of one moment. The snapshot is let go before anybody talks to Discord about it, and
a picture that cannot be drawn takes neither figures nor sheet with it.
"""

import asyncio
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.drawing import Drawing
from bot.domain.errors import ChartError
from bot.domain.ids import GuildId, UserId
from bot.domain.job_sheet import JobSheet
from bot.domain.ports import Clock
from bot.domain.report import JobLine, Report
from bot.domain.video import VideoModel
from bot.log import get_logger

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Called:
    """What somebody is called."""

    name: str
    """In this server."""
    handle: str
    """Theirs alone, in plain letters."""


Names = Mapping[UserId, Called]
"""Of those whose names are known."""


class Study(Protocol):
    """A month, read."""

    @property
    def report(self) -> Report: ...
    async def rows(self, take: Callable[[Iterator[JobLine]], T]) -> T: ...


class Books(Protocol):
    """Where months can be read."""

    def study(
        self, guild: GuildId, first: date, *, now: datetime
    ) -> AbstractAsyncContextManager[Study]: ...
    async def list_months(self, guild: GuildId, *, now: datetime) -> list[date]: ...


class Folder(Protocol):
    """Where one sheet's files are."""

    def write(
        self,
        stem: str,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        largest_bytes: int,
    ) -> list[Path]: ...


class Painter(Protocol):
    """Draws."""

    async def paint(self, drawing: Drawing) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, and all that the books do not know."""

    guild: GuildId
    first: date
    """The month, by its first day."""
    zone: ZoneInfo
    names_of: Callable[[Sequence[UserId]], Awaitable[Names]]
    design: Callable[[Report, Names], Drawing]
    largest_bytes: int
    """Of one file."""


@dataclass(frozen=True, slots=True)
class Made:
    """A report, while its files are there."""

    report: Report
    names: Names
    picture: bytes | None
    """None: it could not be drawn."""
    sheets: Sequence[Path]
    """In order; most often one."""


@dataclass(frozen=True, slots=True)
class MakeReport:
    """Makes reports, so many at once."""

    books: Books
    painter: Painter
    open_folder: Callable[[], AbstractContextManager[Folder]]
    clock: Clock
    options: Sequence[str]
    """Of all models, as the columns of a sheet."""
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def months(self, guild: GuildId) -> list[date]:
        """Those that there is something to report about, the latest first."""
        return await self.books.list_months(guild, now=self.clock.now())

    @asynccontextmanager
    async def __call__(self, wish: Wish) -> AsyncGenerator[Made]:
        """Its files are gone when the block ends. Raises StoreError."""
        with self.open_folder() as folder:
            async with self.turns:
                made = await self._make(wish, folder)
            yield made

    async def _make(self, wish: Wish, folder: Folder) -> Made:
        books = self.books.study(wish.guild, wish.first, now=self.clock.now())
        async with books as study:
            report = study.report
            names = await wish.names_of([one.member for one in report.members])
            painting = asyncio.ensure_future(self._paint(wish.design(report, names)))
            try:
                sheets = await study.rows(lambda lines: self._write(wish, folder, names, lines))
                picture = await painting
            finally:
                painting.cancel()
                await asyncio.wait({painting})
        return Made(report, names, picture, sheets)

    async def _paint(self, drawing: Drawing) -> bytes | None:
        try:
            return await self.painter.paint(drawing)
        except ChartError as error:
            get_logger(__name__).warning("A report has no picture", why=str(error))
            return None

    def _write(
        self, wish: Wish, folder: Folder, names: Names, lines: Iterator[JobLine]
    ) -> list[Path]:
        """On the reader's thread."""
        known = {member: called.name for member, called in names.items()}
        sheet = JobSheet(wish.zone, known, self.options)
        return folder.write(
            f"clapper-{wish.first:%Y-%m}",
            sheet.header,
            map(sheet.row, lines),
            largest_bytes=wish.largest_bytes,
        )


def list_options(models: Mapping[str, VideoModel]) -> tuple[str, ...]:
    """Every option but the prompt, each once, in the order in which people meet them."""
    named = (option for model in models.values() for mode in model.modes for option in mode.options)
    return tuple(name for name in dict.fromkeys(named) if name != "prompt")
