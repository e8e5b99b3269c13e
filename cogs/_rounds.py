"""Something that is done again and again while a client lives.

Rule: no call of discord.py is ever cancelled: the round that runs when the bot closes is finished,
and a round that breaks does not end those after it.
"""

import asyncio
from abc import abstractmethod
from contextlib import suppress

from discord.ext import commands

from bot.app import Clapper
from bot.domain.errors import StoreError
from bot.log import get_logger


class Rounds(commands.Cog):
    """Goes round until its client ends."""

    every_seconds: float
    """Before the operator's scale."""

    def __init__(self, bot: Clapper) -> None:
        self.bot = bot
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def round(self) -> None:
        """What is done."""

    async def cog_load(self) -> None:
        """Begins."""
        self._task = asyncio.create_task(self._go(), name=type(self).__name__)

    async def cog_unload(self) -> None:
        """Ends after the round."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _go(self) -> None:
        while not (self._stop.is_set() or self.bot.closing):
            if self.bot.connected:
                await self._safely()
            patience = self.bot.services.studio.watch.patience
            with suppress(TimeoutError):
                async with asyncio.timeout(patience.seconds(self.every_seconds).total_seconds()):
                    await self._stop.wait()

    async def _safely(self) -> None:
        try:
            with self.bot.busy.work():
                await self.round()
        except StoreError as error:
            get_logger(__name__).warning("The books cannot be read now", error=str(error))
        except Exception:  # noqa: BLE001 - a round that breaks must not end the rest
            get_logger(__name__).exception("A round failed", about=type(self).__name__)
