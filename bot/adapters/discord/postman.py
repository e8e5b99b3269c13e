"""The postman: tries the ways to people in their order, and posts once.

    the clip in its channel → a smaller copy there → a link there → a direct message → kept

Rule: whoever was promised a video gets it or is told where it is; nobody gets it twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

import discord

from bot.adapters.discord.delivery import Delivery
from bot.adapters.discord.letters import amend_letter, post_letter, withdraw
from bot.adapters.discord.parcels import Packer
from bot.adapters.discord.refund_mark import mark_refunded
from bot.adapters.discord.rights import access_to
from bot.domain.clip import ClipStore, Encoder
from bot.domain.errors import PostponedError
from bot.domain.ids import ChannelId, GuildId
from bot.domain.notice import Letter, Notice, Spot
from bot.domain.outcome import Outcome, Receipt
from bot.domain.ports import Clock, Debt
from bot.domain.video import VideoModel
from bot.log import get_logger

_UPLOADS: Final = 4
"""At once: the library holds each file in memory while it is sent."""
_REMEMBERED: Final = 10_000


class Line(Protocol):
    """Where a client can be had."""

    def lend(self) -> AbstractContextManager[discord.Client]:
        """A client that is not closed before the block ends. Raises PostponedError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordPostman:
    """Posts through whatever client is logged in."""

    line: Line
    clips: ClipStore
    encoder: Encoder
    clip_url: Callable[[str], str | None]
    """The public address of a clip by its name; None where the bot has none."""
    models: Mapping[str, VideoModel]
    clock: Clock
    rehearsal: bool = False
    _began_at: datetime = field(init=False)
    _tried: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None], init=False)
    """By their nonces."""
    _uploads: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(_UPLOADS), init=False
    )

    def __post_init__(self) -> None:
        """Remembers the start: what was owed before it may have been posted by another process."""
        object.__setattr__(self, "_began_at", self.clock.now())

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        """Posts once. Raises PostponedError or UndeliverableError."""
        with self.line.lend() as client:
            delivery = Delivery(
                client=client,
                outcome=outcome,
                debt=debt,
                model=self.models.get(outcome.job.model),
                rehearsal=self.rehearsal,
                packer=Packer(self.clips, self.encoder),
                links=self._links(outcome),
                uploads=self._uploads,
                again=self._may_stand(debt),
            )
            return await delivery.deliver()

    async def mark_refunded(self, guild: GuildId, receipt: Receipt) -> None:
        """Lets a video's message say that it was paid back, as far as it can be reached."""
        try:
            with self.line.lend() as client:
                await mark_refunded(client, guild, receipt)
        except PostponedError as error:
            get_logger(__name__).info("A video's message stays as it is", why=str(error))

    async def post(self, letter: Letter) -> Spot:
        """Posts a notice once. Raises PostponedError or UndeliverableError."""
        with self.line.lend() as client:
            again = self._may_stand(letter.notice)
            models, rehearsal = self.models, self.rehearsal
            return await post_letter(
                client, letter, models=models, rehearsal=rehearsal, again=again
            )

    async def amend(self, letter: Letter, spot: Spot) -> bool:
        """Lets a posted notice say what is true now. False: it is gone. Raises PostponedError."""
        with self.line.lend() as client:
            return await amend_letter(
                client, letter, spot, models=self.models, rehearsal=self.rehearsal
            )

    async def withdraw(self, guild: GuildId, spot: Spot) -> bool:
        """Takes a message of ours away. Raises PostponedError."""
        with self.line.lend() as client:
            return await withdraw(client, guild, spot)

    async def lacking(self, guild: GuildId, channel: ChannelId) -> tuple[str, ...] | None:
        """The permissions that videos need there and the bot does not have."""
        try:
            with self.line.lend() as client:
                access = await access_to(client, guild, channel)
        except PostponedError:
            return None
        return access and access.lacking

    def _links(self, outcome: Outcome) -> tuple[str, ...]:
        urls = [self.clip_url(clip.name) for clip in outcome.clips]
        return tuple(url for url in urls if url is not None)

    def _may_stand(self, debt: Debt | Notice) -> bool:
        """Whether an earlier try may have posted it: then the channel's history is looked at."""
        again = debt.tries > 0 or debt.due_at < self._began_at or debt.nonce in self._tried
        self._tried[debt.nonce] = None
        while len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        return again
