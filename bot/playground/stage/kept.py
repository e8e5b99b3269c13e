"""What a playground remembers from one time to the next, beside the bot's own folder.

Rule: the file is replaced whole, so that a playground that is killed finds its last state and no
half of one. It may be as old as `EVERY_SECONDS`.
"""

import asyncio
import json
import os
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.ids import JobNumber
from bot.playground.local_discord import Cast, World
from bot.playground.local_discord.keeping import keep
from bot.playground.local_discord.wire import Json
from bot.playground.stage.guide import Step
from bot.playground.stage.playground import Playground

NAME: Final = "playground.json"
EVERY_SECONDS: Final = 2.0
_AT_ONCE: Final = 200
"""Messages that are written down in one breath."""
_BACKSTAGE: Final = "request"
"""What is asked changes nothing by itself."""


class KeptUnreadableError(ValueError):
    """The file is not one of this version."""


class Kept(BaseModel):
    """All of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    world: dict[str, Any]
    """Without its messages."""
    messages: list[dict[str, Any]]
    provider: dict[str, Any]
    provider_port: int
    web_port: int
    cast: dict[str, int]
    done: frozenset[Step] = frozenset()
    """Steps of the guided start."""
    interrupted: frozenset[JobNumber] = frozenset()


def read_kept(folder: Path) -> Kept | None:
    """What an earlier time has left; None where there was none. Raises KeptUnreadableError."""
    try:
        return Kept.model_validate_json((folder / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise KeptUnreadableError(str(error)) from error


def cast_of(world: World, ids: dict[str, int]) -> Cast:
    """The same people and places in a world that came back. Raises KeptUnreadableError."""
    roles = {role.id: role for guild in world.guilds.values() for role in guild.roles.values()}
    every: dict[int, Any] = {**roles, **world.guilds, **world.channels, **world.users}
    try:
        return Cast(**{field.name: every[ids[field.name]] for field in fields(Cast)})
    except KeyError as error:
        raise KeptUnreadableError(f"{error} is not there any more") from error


@dataclass(eq=False)
class Keeper:
    """Writes the file whenever something has changed, and at the end."""

    play: Playground
    folder: Path
    web_port: int
    _written: object = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop, and then once more."""
        await self.save()
        with self.play.discord.world.bus.listen() as news:
            while not stop.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_SECONDS):
                        await stop.wait()
                changed = self._written != self._signature()
                while not news.empty():
                    changed |= news.get_nowait().kind != _BACKSTAGE
                if changed:
                    with suppress(OSError):  # a full disk: perhaps there is room next time
                        await self.save()
        await self.save()

    async def save(self) -> None:
        """Writes it now. What it says is of one moment; writing it down may take several."""
        self._written = self._signature()
        kept = self._kept()
        messages: list[Json] = kept.pop("messages")
        parts: list[str] = []
        for start in range(0, len(messages), _AT_ONCE):
            parts += [json.dumps(one) for one in messages[start : start + _AT_ONCE]]
            await asyncio.sleep(0)  # else everybody would wait for thousands of them
        text = f'{json.dumps(kept)[:-1]}, "messages": [{", ".join(parts)}]}}'
        await asyncio.to_thread(_replace, self.folder / NAME, text)

    def _signature(self) -> object:
        play, books = self.play, self.play.provider.books
        guide = frozenset(play.guide.done), frozenset(play.guide.interrupted)
        return len(books.tasks), books.running, books.balance_micros, guide

    def _kept(self) -> Json:
        """What `Kept` reads, as JSON."""
        play = self.play
        world = keep(play.discord.world)
        return {
            "messages": world.pop("messages"),
            "world": world,
            "provider": play.provider.written(),
            "provider_port": play.provider.port,
            "web_port": self.web_port,
            "cast": {field.name: getattr(play.cast, field.name).id for field in fields(Cast)},
            "done": sorted(play.guide.done),
            "interrupted": sorted(play.guide.interrupted),
        }


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
