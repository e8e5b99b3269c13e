"""A prompt, and the images that its video starts from.

Rule: each attachment stands on the card, for Discord refuses a message whose card leaves one out.
"""

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.cards.card import text


def pictured(prompt: str, pictures: Sequence[str]) -> "list[ui.Item[Any]]":
    """The first image beside the prompt, the others below. `pictures`: the names of the files."""
    if not pictures:
        return [text(prompt)]
    media = [f"attachment://{name}" for name in pictures]
    beside = ui.Section[Any](prompt, accessory=ui.Thumbnail(media[0]))
    below = [discord.MediaGalleryItem(each) for each in media[1:]]
    return [beside, ui.MediaGallery[Any](*below)] if below else [beside]
