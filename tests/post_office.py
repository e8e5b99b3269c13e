"""A postman on the local Discord, with real clips on a real shelf."""

import shutil
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import discord

from bot.adapters.clips import Shelf
from bot.adapters.discord import DiscordPostman
from bot.adapters.video import Ffmpeg, ShelfEncoder
from bot.domain.clip import Clip, Encoder, Label
from bot.domain.errors import (
    ClipUnfitError,
    ClipUnreadableError,
    PostponedError,
    StoreFullError,
)
from bot.domain.job import Job
from bot.domain.outcome import Outcome, Receipt, outcome_of
from bot.domain.ports import Debt
from bot.domain.provider import Cause
from tests.clips import padded_clip, sha256, small_clip
from tests.local_bot import LocalBot, Stage, on_stage
from tests.owed import MODELS, debt_of, failure_of, job_of, placed

NAMES = count(1)
MEBIBYTE = 2**20


@dataclass
class OnShelf:
    """The part of the clip store that a postman uses."""

    shelf: Shelf

    def path(self, name: str) -> Path:
        return self.shelf.path(name)

    def lay(self, *, size_bytes: int | None = None) -> Clip:
        """A clip on the shelf, as large as it is asked to be."""
        name = f"{next(NAMES)}-0-abcdefghijklmnopqrstuv.mp4"
        path = self.shelf.folder / name
        if size_bytes is None:
            shutil.copy(small_clip(), path)
        else:
            with path.open("wb") as file:
                file.writelines(padded_clip(size_bytes))
        return Clip(name, path.stat().st_size, sha256(path), "video/mp4", 1.0, 192, 108)


class Unfit:
    """An encoder whose films are all too long to be made small."""

    def __init__(self, shelf: Shelf) -> None:
        self.asked: list[int] = []
        self._shelf = shelf

    async def label(self, name: str, label: Label) -> Path:
        return self._shelf.path(name)

    async def fit(self, name: str, limit_bytes: int, *, label: Label) -> Path:
        self.asked.append(limit_bytes)
        raise ClipUnfitError(name)

    async def poster(self, name: str) -> Path:
        return self._shelf.path(name)


class Broken(Unfit):
    """An encoder that cannot read any film."""

    async def label(self, name: str, label: Label) -> Path:
        raise ClipUnreadableError(name)


class Full(Unfit):
    """An encoder whose disk is full."""

    async def label(self, name: str, label: Label) -> Path:
        raise StoreFullError(name)


@dataclass
class Line:
    """Lends the test's client while there is one."""

    client: discord.Client | None

    @contextmanager
    def lend(self) -> Generator[discord.Client]:
        if self.client is None:
            raise PostponedError("not logged in")
        yield self.client


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Office:
    """A postman, and what a test wants to know of his world."""

    stage: Stage
    shelf: Shelf
    clips: OnShelf
    encoder: Encoder
    line: Line
    clip_url: Callable[[str], str | None] = lambda _: None
    postman: DiscordPostman = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process, which knows what the books know and nothing else."""
        clips: Any = self.clips  # the postman asks for paths alone
        self.postman = DiscordPostman(
            line=self.line,
            clips=clips,
            encoder=self.encoder,
            clip_url=self.clip_url,
            models=MODELS,
            clock=Now(),
            rehearsal=True,
        )

    def linked(self) -> None:
        """From now on the bot has a public address."""
        self.clip_url = lambda name: f"https://clips.example/{name}"
        self.restart()

    def job(self, *, waiting: Any = None, channel: Any = None, **options: Any) -> Job:
        """Ann's job, placed in the channel for videos."""
        cast = self.stage.cast
        return placed(job_of(**options), cast.studio, channel or cast.videos, cast.ann, waiting)

    def result(self, *, clips: int = 1, size_bytes: int | None = None, **job: Any) -> Outcome:
        laid = tuple(self.clips.lay(size_bytes=size_bytes) for _ in range(clips))
        return outcome_of(self.job(**job), laid)

    def failure(self, cause: Cause = Cause.PROMPT, **job: Any) -> Outcome:
        return failure_of(self.job(**job), cause)

    async def deliver(self, outcome: Outcome, debt: Debt | None = None) -> Receipt:
        return await self.postman.deliver(outcome, debt or debt_of(outcome.job))

    def posted(self, channel: Any = None) -> list[Any]:
        """The bot's messages that stand in a channel."""
        channel = channel or self.stage.cast.videos
        messages = channel.history.page(before=None, after=None, around=None, limit=100)
        return [message for message in messages if message.author.bot]

    def direct(self) -> list[Any]:
        """What the bot wrote to Ann alone."""
        return self.stage.ann.direct_messages()


@asynccontextmanager
async def office(folder: Path, encoder: Any = None) -> AsyncGenerator[Office]:
    """A furnished local Discord, a client on it, and a postman with an empty shelf."""
    shelf = Shelf(folder / "clips")
    shelf.prepare()
    async with on_stage(LocalBot()) as stage:
        chosen = encoder(shelf) if encoder else ShelfEncoder(shelf, Ffmpeg())
        yield Office(stage, shelf, OnShelf(shelf), chosen, Line(stage.bot))
