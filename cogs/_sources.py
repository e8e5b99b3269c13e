"""Images of an old job, under addresses that still work.

An address dies after a day. The press itself brings the message it was made on, with addresses made
for it; else the job's own messages are fetched; else the first address may still live.

Rule: an image is taken from a message of the job, or asked for again; never from anywhere else.
"""

from datetime import datetime, timedelta
from typing import Final

import discord

from bot.cards import images_on, kind_of, lives_until
from bot.domain.ids import ChannelId, MessageId
from bot.domain.job import Job
from bot.domain.video import Picture, VideoRequest
from cogs._caller import Asked
from cogs._pictures import pictures_in

_MARGIN: Final = timedelta(minutes=30)
"""A job may wait in line before the provider fetches its image."""
_MOST_FETCHED: Final = 3


async def refreshed(asked: Asked, job: Job, request: VideoRequest) -> VideoRequest | None:
    """The same request with images that are there; None where one is lost."""
    if not pictures_in(request):
        return request
    at_hand = refreshed_at_hand(asked, request)
    return at_hand or await _fetched(asked, job, request)


def refreshed_at_hand(asked: Asked, request: VideoRequest) -> VideoRequest | None:
    """The same, as far as nobody has to be asked."""
    pressed = _taken_from(asked.message, request) if asked.message else None
    if pressed is not None:
        return pressed
    now = asked.client.services.clock.now()
    alive = all(_lives(picture, now) for picture in pictures_in(request).values())
    return request if alive else None


def shown_on(message: discord.Message, request: VideoRequest) -> dict[str, Picture]:
    """The images of a job as its own message shows them, by their options; none where it does not."""
    taken = _taken_from(message, request)
    return pictures_in(taken) if taken else {}


async def _fetched(asked: Asked, job: Job, request: VideoRequest) -> VideoRequest | None:
    told = await asked.client.services.jobs.list_told(job.number)
    places = [(receipt.channel, receipt.message) for receipt in told]
    if job.place.message is not None:
        places.append((job.place.channel, job.place.message))
    for channel, message in places[:_MOST_FETCHED]:
        found = await _message(asked, channel, message)
        taken = _taken_from(found, request) if found else None
        if taken is not None:
            return taken
    return None


async def _message(asked: Asked, channel: ChannelId, message: MessageId) -> discord.Message | None:
    place = asked.client.get_partial_messageable(channel, guild_id=asked.guild_id)
    try:
        return await place.fetch_message(message)
    except (discord.NotFound, discord.Forbidden):
        return None


def _taken_from(message: discord.Message, request: VideoRequest) -> VideoRequest | None:
    pictures, images = pictures_in(request), images_on(message)
    if len(images) < len(pictures):
        return None
    fresh = {
        option: picture.model_copy(update={"url": image.url, "media_type": kind_of(image)})
        for (option, picture), image in zip(pictures.items(), images, strict=False)
    }
    return request.model_copy(update=fresh)


def _lives(picture: Picture, now: datetime) -> bool:
    ends = lives_until(picture.url)
    return ends is not None and ends > now + _MARGIN
