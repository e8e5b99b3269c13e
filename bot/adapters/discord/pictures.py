"""Carries the images that a video started from over to its result.

An attachment's address dies after a day, so *Again* needs a message that still holds the image; and
the waiting message, which holds it first, is tidied away.

Rule: a clip never waits for its pictures.
"""

import io
import json
from typing import Any, Final

import discord

from bot.adapters.discord.obstacles import ObstacleError, judged
from bot.cards import images_on, kind_of, picture_name
from bot.domain.errors import PostponedError
from bot.domain.job import Job
from bot.domain.video import LARGEST_PICTURE_BYTES
from bot.log import get_logger

Picture = tuple[str, bytes]
"""A file name of ours, and what is in the file."""

_MOST: Final = 2


def wants_pictures(job: Job) -> bool:
    """Whether the request has images."""
    values: list[Any] = list(json.loads(job.request).values())
    return any(isinstance(value, dict) for value in values)


async def read_pictures(client: discord.Client, message: discord.Message) -> tuple[Picture, ...]:
    """The images on a message, as far as they come."""
    found: list[Picture] = []
    for image in images_on(message)[:_MOST]:
        try:
            with judged(client):
                # Not `image.read()`: the library gives a component's file no connection to read by.
                body = await client.http.get_from_cdn(image.url)
        except (ObstacleError, PostponedError) as error:
            get_logger(__name__).info("A picture did not come", why=str(error))
            continue
        if len(body) <= LARGEST_PICTURE_BYTES:
            found.append((picture_name(len(found) + 1, kind_of(image)), body))
    return tuple(found)


def as_file(picture: Picture) -> discord.File:
    """For one try."""
    name, body = picture
    return discord.File(io.BytesIO(body), filename=name)
