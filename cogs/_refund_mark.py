"""Lets the messages of a video say that it was paid back.

The message is read as Discord has it and changed in one line, so it does not matter by which route it
came, nor whether its model still exists.

Rule: nothing depends on it. A message that is gone, or that nobody lets us edit, stays as it is, and
*Details* tells the truth.
"""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import discord
from discord import ui

from bot.cards import MOST_TEXT, small
from bot.domain.ids import JobNumber
from bot.domain.outcome import Receipt
from bot.log import get_logger
from cogs._caller import Asked

_MOST: Final = 5
"""Messages of one video: it may have been shown again."""


async def mark_refunded(interaction: Asked, number: JobNumber) -> None:
    """On all of its messages."""
    line = small(interaction.client.reader(interaction, public=True).say("refund.mark"))
    for receipt in (await interaction.client.services.jobs.list_told(number))[:_MOST]:
        try:
            await _mark(interaction, receipt, line)
        except discord.HTTPException as error:
            get_logger(__name__).info("A video's message stays as it is", why=str(error.code))


async def _mark(interaction: Asked, receipt: Receipt, line: str) -> None:
    place = interaction.client.get_partial_messageable(
        receipt.channel, guild_id=interaction.guild_id
    )
    message = await place.fetch_message(receipt.message)
    view = ui.LayoutView.from_message(message, timeout=None)
    texts = [item for item in _walk(view.children) if isinstance(item, ui.TextDisplay)]
    facts = [item for item in texts if _is_small(item.content)]
    room = MOST_TEXT - sum(len(item.content) for item in texts)
    if not facts or room < len(line) + 1:
        return
    facts[0].content = f"{facts[0].content}\n{line}"
    _keep_files(view)
    view.stop()  # nothing listens to it: presses come by their custom ids
    await interaction.client.awake(receipt.channel, lambda: message.edit(view=view))


def _is_small(content: str) -> bool:
    return content.splitlines()[0].startswith("-# ") if content else False


def _keep_files(view: "ui.LayoutView") -> None:
    """Names the message's files, whose addresses would be dead after a day. A video's card shows
    nothing else.
    """
    for item in _walk(view.children):
        if isinstance(item, ui.Thumbnail):
            item.media = _named(item.media)
        elif isinstance(item, ui.MediaGallery):
            for one in item.items:
                one.media = _named(one.media)


def _named(media: discord.UnfurledMediaItem) -> str:
    return f"attachment://{unquote(urlsplit(media.url).path.rpartition('/')[2])}"


def _walk(items: "list[ui.Item[Any]]") -> "Iterator[ui.Item[Any]]":
    for item in items:
        yield item
        yield from _walk(list(getattr(item, "children", [])))
        accessory = getattr(item, "accessory", None)
        if accessory is not None:
            yield accessory
