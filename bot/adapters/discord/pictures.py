"""Carries the images that a video started from over to its result, and to whatever shows it again.

An attachment's address dies after a day, so *Again* needs a message that still holds the image; and
the waiting message, which holds it first, is tidied away.

Rule: a clip never waits for its pictures.
"""

import io
import json
from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.adapters.discord.obstacles import ObstacleError, judged
from bot.cards import images_on, kind_of, lives_until, picture_name
from bot.domain.errors import PostponedError
from bot.domain.job import Job
from bot.domain.video import LARGEST_PICTURE_BYTES
from bot.log import get_logger

Picture = tuple[str, bytes]
"""A file name of ours, and what is in the file."""

_MOST: Final = 2


def wants_pictures(job: Job) -> bool:
    """Whether the request has images."""
    return bool(_pictures_in(job))


def _pictures_in(job: Job) -> list[Mapping[str, Any]]:
    values: list[Any] = list(json.loads(job.request).values())
    return [value for value in values if isinstance(value, dict) and "media_type" in value]


async def read_pictures(client: discord.Client, message: discord.Message) -> tuple[Picture, ...]:
    """The images on a message, as far as they come."""
    return await _read(client, [(it.url, kind_of(it)) for it in images_on(message)[:_MOST]])


async def read_addresses(client: discord.Client, job: Job) -> tuple[Picture, ...]:
    """The images under the addresses that they had when the job was ordered, if these still work."""
    now = discord.utils.utcnow()
    addresses = [(str(it["url"]), str(it["media_type"])) for it in _pictures_in(job)]
    ends = [lives_until(url) for url, _ in addresses]
    if not all(end is not None and end > now for end in ends):
        return ()
    return await _read(client, addresses)


async def _read(client: discord.Client, images: list[tuple[str, str]]) -> tuple[Picture, ...]:
    """By address and kind."""
    found: list[Picture] = []
    for url, kind in images:
        try:
            with judged(client):
                # Not `image.read()`: the library gives a component's file no connection to read by.
                body = await client.http.get_from_cdn(url)
        except (ObstacleError, PostponedError) as error:
            get_logger(__name__).info("A picture did not come", why=str(error))
            continue
        if len(body) <= LARGEST_PICTURE_BYTES:
            found.append((picture_name(len(found) + 1, kind), body))
    return tuple(found)


def as_file(picture: Picture) -> discord.File:
    """For one try."""
    name, body = picture
    return discord.File(io.BytesIO(body), filename=name)
