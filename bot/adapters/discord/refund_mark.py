"""Lets the messages of a video say that it was paid back.

The message is read as Discord has it and changed in one line, so it does not matter by which route it
came, nor whether its model still exists.

Rule: nothing depends on it. A message that is gone, or that nobody lets us edit, stays as it is, and
*Details* tells the truth.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import discord
from discord import ui

from bot.adapters.discord.obstacles import ObstacleError, judged
from bot.adapters.discord.threads import awake
from bot.cards import MOST_TEXT, Reader, small
from bot.domain.errors import PostponedError
from bot.domain.ids import GuildId
from bot.domain.outcome import Receipt
from bot.log import get_logger


async def mark_refunded(client: discord.Client, guild: GuildId, receipt: Receipt) -> None:
    """On one of them. Again and again is once."""
    server = client.get_guild(guild)
    reader = Reader(str(server.preferred_locale) if server else "en")
    try:
        with judged(client):
            await _mark(client, guild, receipt, small(reader.say("refund.mark")))
    except (ObstacleError, PostponedError) as error:
        get_logger(__name__).info("A video's message stays as it is", why=str(error))


async def _mark(client: discord.Client, guild: GuildId, receipt: Receipt, line: str) -> None:
    place = client.get_partial_messageable(receipt.channel, guild_id=guild)
    message = await place.fetch_message(receipt.message)
    view = ui.LayoutView.from_message(message, timeout=None)
    texts = [item for item in _walk(view.children) if isinstance(item, ui.TextDisplay)]
    facts = [item for item in texts if _is_small(item.content)]
    room = MOST_TEXT - sum(len(item.content) for item in texts)
    if not facts or room < len(line) + 1 or line in facts[0].content.splitlines():
        return
    facts[0].content = f"{facts[0].content}\n{line}"
    _keep_files(view)
    view.stop()  # nothing listens to it: presses come by their custom ids
    await awake(client, receipt.channel, lambda: message.edit(view=view))


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
