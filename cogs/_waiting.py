"""The message that waits in the channel until the video is there.

Rule: it is tidied away by whoever posts the video. If it is gone already, that is no error.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import discord

from bot.cards import Card
from bot.domain.ids import ChannelId, MessageId
from cogs._caller import Asked


class Waiting(Protocol):
    """A message that all can see."""

    @property
    def channel(self) -> ChannelId:
        """Where it stands."""
        ...

    @property
    def message(self) -> MessageId:
        """Its id."""
        ...

    async def show(self, card: Card, files: "list[discord.File] | None" = None) -> None:
        """Another card in its place. Without files, those that it has stay."""
        ...

    async def withdraw(self) -> None:
        """As if it had never been there."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an interaction itself: its edits count against no limit of the bot's."""

    interaction: Asked
    message: MessageId

    @property
    def channel(self) -> ChannelId:
        """Where the interaction came from."""
        assert self.interaction.channel_id is not None
        return ChannelId(self.interaction.channel_id)

    async def show(self, card: Card, files: "list[discord.File] | None" = None) -> None:
        """By the interaction's token."""
        with suppress(discord.NotFound):
            if files:
                await self.interaction.edit_original_response(view=card, attachments=files)
            else:
                await self.interaction.edit_original_response(view=card)

    async def withdraw(self) -> None:
        """By the interaction's token."""
        with suppress(discord.NotFound):
            await self.interaction.delete_original_response()


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot's own."""

    place: discord.PartialMessageable
    id: int

    @property
    def channel(self) -> ChannelId:
        """Where it was posted."""
        return ChannelId(self.place.id)

    @property
    def message(self) -> MessageId:
        """Its id."""
        return MessageId(self.id)

    async def show(self, card: Card, files: "list[discord.File] | None" = None) -> None:
        """With the bot's own token."""
        partial = self.place.get_partial_message(self.id)
        with suppress(discord.NotFound):
            if files:
                await partial.edit(view=card, attachments=files)
            else:
                await partial.edit(view=card)

    async def withdraw(self) -> None:
        """With the bot's own token."""
        with suppress(discord.NotFound):
            await self.place.get_partial_message(self.id).delete()
