"""The images that stand on a message of ours: what a video was made from.

Discord leaves a file out of a message's attachments when a component shows it, so both are read.

Rule: an image's address dies after a day. Fetch the message again for a fresh one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from mimetypes import guess_type
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import discord

IMAGE_ENDINGS: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
"""What a video can be made from, and what such a file is called."""

Shown = discord.Attachment | discord.UnfurledMediaItem
_UNSAID: Final = frozenset({"", "application/octet-stream"})
_ALSO_CALLED: Final = {"image/jpg": "image/jpeg"}


def images_on(message: discord.Message) -> list[Shown]:
    """Each has `url` and `content_type`, in reading order. `read()` works for attachments only."""
    found: list[Shown] = [*_media(message.components), *message.attachments]
    return [item for item in found if kind_of(item) in IMAGE_ENDINGS]


def kind_of(item: Shown) -> str:
    """The media type, without its parameters; by the file's name where Discord does not say it."""
    told = (item.content_type or "").partition(";")[0].strip().lower()
    if told in _UNSAID:
        told = guess_type(urlsplit(item.url).path, strict=False)[0] or ""
    return _ALSO_CALLED.get(told, told)


def lives_until(url: str) -> datetime | None:
    """When a file's address dies, as Discord writes it into each; None where it does not say."""
    ends = parse_qs(urlsplit(url).query).get("ex", [""])[0]
    try:
        return datetime.fromtimestamp(int(ends, 16), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def picture_name(nth: int, kind: str) -> str:
    """What an image that we attach is called: `picture-1.png`."""
    return f"picture-{nth}{IMAGE_ENDINGS[kind]}"


def _media(components: Any) -> Iterator[discord.UnfurledMediaItem]:
    for component in components:
        media = getattr(component, "media", None)
        if isinstance(media, discord.UnfurledMediaItem):
            yield media
        yield from _media(getattr(component, "items", []))
        yield from _media(getattr(component, "children", []))
        accessory = getattr(component, "accessory", None)
        if accessory is not None:
            yield from _media([accessory])
