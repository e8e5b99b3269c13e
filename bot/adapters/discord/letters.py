"""Notices on their way to a channel: alerts, asks, and the word to who asked.

Rule: before one is posted a second time, the channel is searched for what an earlier try left.
"""

import io
import json
from collections.abc import Mapping
from typing import Any

import discord

from bot.adapters.discord.history import find_marked
from bot.adapters.discord.obstacles import ObstacleError, judged
from bot.adapters.discord.threads import awake
from bot.cards import (
    Card,
    Reader,
    alert_card,
    alert_mark,
    answer_card,
    answer_mark,
    ask_card,
    ask_mark,
    images_on,
    picture_name,
)
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.notice import Letter, Spot, Topic
from bot.domain.video import VideoModel
from bot.log import get_logger

Models = Mapping[str, VideoModel]

_Channel = discord.PartialMessageable | discord.DMChannel
_Picture = tuple[str, bytes]


async def post_letter(
    client: discord.Client, letter: Letter, *, models: Models, rehearsal: bool, again: bool
) -> Spot:
    """Posts it in its channel. Where that takes none, a word goes to the member directly.

    Raises PostponedError or UndeliverableError.
    """
    pictures = await _pictures(client, letter)
    names = [name for name, _ in pictures]
    channel = client.get_partial_messageable(letter.channel, guild_id=letter.notice.guild)
    why: list[str] = []
    for place in (channel, *([None] if letter.notice.topic is Topic.WORD else [])):
        try:
            at = place or await _direct(client, letter)
            card = _card(client, letter, models, rehearsal=rehearsal, pictures=names)
            return await _post(client, at, letter, card, pictures, again=again)
        except ObstacleError as error:
            why.append(str(error))
    raise UndeliverableError("; ".join(why))


async def amend_letter(
    client: discord.Client, letter: Letter, spot: Spot, *, models: Models, rehearsal: bool
) -> bool:
    """Replaces the card that stands. False: none does. Raises PostponedError."""
    try:
        with judged(client):
            message = await _partial(client, letter.notice.guild, spot).fetch()
            names = [name for name, _ in _addresses(letter)]
            kept = names if len(images_on(message)) == len(names) else []
            card = _card(client, letter, models, rehearsal=rehearsal, pictures=kept)
            await awake(client, spot[0], lambda: message.edit(view=card))
    except ObstacleError as error:
        get_logger(__name__).info("A card stays as it is, or is gone", why=str(error))
        return False
    return True


async def withdraw(client: discord.Client, guild: GuildId, spot: Spot) -> bool:
    """Takes a message away. False: it is not there, or nobody may. Raises PostponedError."""
    try:
        with judged(client):
            await awake(client, spot[0], _partial(client, guild, spot).delete)
    except ObstacleError as error:
        get_logger(__name__).debug("A message stays, or is gone", why=str(error))
        return False
    return True


# -- inside ----------------------------------------------------------------------------------------


async def _post(
    client: discord.Client,
    channel: _Channel,
    letter: Letter,
    card: Card,
    pictures: list[_Picture],
    *,
    again: bool,
) -> Spot:
    if again:
        found = await find_marked(client, channel, _mark(letter), since=letter.notice.raised_at)
        if found is not None:
            return _spot(found)
    notified: list[Any] = []
    if letter.notice.topic is Topic.WORD and letter.ask is not None:
        notified.append(discord.Object(letter.ask.question.member))
    with judged(client):
        message = await channel.send(
            view=card,
            files=[discord.File(io.BytesIO(body), name) for name, body in pictures],
            nonce=letter.notice.nonce,
            allowed_mentions=discord.AllowedMentions(
                everyone=False, roles=False, users=notified, replied_user=False
            ),
        )
    return _spot(message)


async def _direct(client: discord.Client, letter: Letter) -> discord.DMChannel:
    assert letter.ask is not None
    with judged(client):
        return await client.create_dm(discord.Object(letter.ask.question.member))


async def _pictures(client: discord.Client, letter: Letter) -> list[_Picture]:
    """The images that are asked about: all of them, or none where one does not come."""
    found: list[_Picture] = []
    for name, address in _addresses(letter):
        try:
            with judged(client):
                found.append((name, await client.http.get_from_cdn(address)))
        except (ObstacleError, PostponedError) as error:
            get_logger(__name__).info("A picture did not come", why=str(error))
            return []
    return found


def _addresses(letter: Letter) -> list[tuple[str, str]]:
    if letter.ask is None or letter.notice.topic is not Topic.CARD:
        return []
    values: list[Any] = list(json.loads(letter.ask.question.request).values())
    pictures: list[Mapping[str, Any]] = [it for it in values if isinstance(it, dict)]
    return [
        (picture_name(nth, picture["media_type"]), picture["url"])
        for nth, picture in enumerate(pictures, start=1)
    ]


def _card(
    client: discord.Client,
    letter: Letter,
    models: Models,
    *,
    rehearsal: bool,
    pictures: list[str],
) -> Card:
    guild, ask = client.get_guild(letter.notice.guild), letter.ask
    reader = Reader(str(guild.preferred_locale) if guild else "en", rehearsal=rehearsal)
    if ask is None:
        return alert_card(reader, letter.notice)
    model = models.get(ask.question.model)
    if letter.notice.topic is Topic.WORD:
        return answer_card(reader, ask, model, notice=letter.notice)
    return ask_card(reader, ask, model, latest=letter.latest, pictures=pictures)


def _mark(letter: Letter) -> str:
    if letter.ask is None:
        return alert_mark(letter.notice)
    if letter.notice.topic is Topic.WORD:
        return answer_mark(letter.notice)
    return ask_mark(letter.ask)


def _partial(client: discord.Client, guild: GuildId, spot: Spot) -> discord.PartialMessage:
    channel, message = spot
    return client.get_partial_messageable(channel, guild_id=guild).get_partial_message(message)


def _spot(message: discord.Message) -> Spot:
    return ChannelId(message.channel.id), MessageId(message.id)
