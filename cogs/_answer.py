"""The first answer to an interaction, and what becomes of it.

Discord wants it within three seconds and takes it once; whether it is for one member or for all is
settled with it.

Rule: whoever waits for the books longer than a moment has answered first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

import discord
from discord import app_commands

from bot.app import CUT_OFF
from bot.cards import Card
from bot.domain.ids import ChannelId, MessageId
from cogs._caller import Asked
from cogs._waiting import Answered, Posted, Waiting

T = TypeVar("T")

PATIENCE_SECONDS: Final = 1.5
"""Half of what Discord allows: the rest is for the way there."""
_TAKEN_ALREADY: Final = 40060
"""An error hid an answer that took effect."""
_NEEDED: Final = ("view_channel", "send_messages", "attach_files")


class Answer:
    """What one interaction has been told so far."""

    def __init__(self, interaction: Asked, *, replaces: bool = False) -> None:
        """`replaces`: a message of ours that this member alone sees was pressed on, and the answer
        takes its place.
        """
        self.interaction = interaction
        self._replaces = replaces
        self._private = replaces
        self._public = False
        self._stands = False
        self._posted: Posted | None = None

    async def patiently(self, work: Awaitable[T]) -> T:
        """Waits for the books. If that takes long, the member sees that somebody is at it."""
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not done:
            await self._first(self._defer)
            self._private = True
        return await task

    async def takes_a_while(self) -> None:
        """Says at once that somebody is at it, to this member alone."""
        await self._first(self._defer)
        self._private = True

    @property
    def may_be_public(self) -> bool:
        """Whether all may see the answer: not when it is deferred, or takes a private place."""
        return not self._private

    async def privately(self, card: Card) -> None:
        """For this member alone; again and again, if need be."""
        response = self.interaction.response
        if self._public:
            await self.interaction.followup.send(view=card, ephemeral=True)
        elif self._stands or response.is_done():
            await self.interaction.edit_original_response(view=card)
        elif self._replaces:
            await self._first(lambda: response.edit_message(view=card))
        else:
            await self._first(lambda: response.send_message(view=card, ephemeral=True))
        self._private = not self._public

    async def publicly(self, card: Card) -> Waiting:
        """For all, where the command was used."""
        assert self.may_be_public
        _require(self.interaction)
        response = self.interaction.response
        message = await self._first(lambda: response.send_message(view=card))
        self._public = True
        return Answered(self.interaction, MessageId(message))

    async def posted(self, card: Card, channel: ChannelId, files: list[discord.File]) -> Waiting:
        """For all, in another channel, by the bot itself."""
        place = self.interaction.client.get_partial_messageable(
            channel, guild_id=self.interaction.guild_id
        )
        message = await place.send(view=card, files=files)
        self._posted = Posted(place, message.id)
        return self._posted

    async def withdraw(self) -> None:
        """Takes back what was said, public or not."""
        if self._posted is not None:
            await self._posted.withdraw()
        if self._public or self._private:
            with suppress(discord.NotFound):
                await self.interaction.delete_original_response()

    async def _defer(self) -> Any:
        return await self.interaction.response.defer(ephemeral=True, thinking=not self._replaces)

    async def _first(self, send: Callable[[], Awaitable[Any]]) -> int:
        """Sends the first answer; says which message it is."""
        known: int | None = None
        try:
            known = getattr(await send(), "message_id", None)
        except discord.HTTPException as error:
            if error.code != _TAKEN_ALREADY:
                raise
        except CUT_OFF:
            # The line was cut: before it took effect, or after.
            known = await self._find()
            if known is None:
                raise
        self._stands = True
        return known or (await self.interaction.original_response()).id

    async def _find(self) -> int | None:
        """The answer that stands, if one does."""
        with suppress(discord.HTTPException, *CUT_OFF):
            return (await self.interaction.original_response()).id
        return None


async def answer_with(interaction: Asked, work: Awaitable[Card], *, replaces: bool = False) -> None:
    """Answers with a card that takes a look at the books, for this member alone."""
    answer = Answer(interaction, replaces=replaces)
    await answer.privately(await answer.patiently(work))


def _require(interaction: Asked) -> None:
    """An answer needs no rights, but the video that follows does."""
    rights = interaction.app_permissions
    if not rights.value:  # nobody has no right at all: they were not said
        return
    missing = [name for name in _NEEDED if not getattr(rights, name)]
    if isinstance(interaction.channel, discord.Thread) and rights.send_messages_in_threads:
        missing = [name for name in missing if name != "send_messages"]
    if missing and not rights.administrator:
        raise app_commands.BotMissingPermissions(missing)
