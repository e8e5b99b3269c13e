"""Posts, edits and deletes messages.

Rule: a message is examined, then its files are taken in, then it appears all at once.
"""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Final, TypeAlias

from bot.playground.local_discord import mentions
from bot.playground.local_discord.checks_messages import Draft, refuse_empty
from bot.playground.local_discord.components import Part, media_of, texts_of, walk
from bot.playground.local_discord.gateway import Intent, Session
from bot.playground.local_discord.interactions import Interaction
from bot.playground.local_discord.messages import EMBED_MEDIA, Attachment, Flag, Message
from bot.playground.local_discord.people import MEBIBYTE, User
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.refusals import thread_archived, too_large
from bot.playground.local_discord.rendering import held_back
from bot.playground.local_discord.wire import Json, as_json
from bot.playground.local_discord.world import World

NONCE_SECONDS: Final = 5 * 60
REQUEST_LIMIT: Final = 25 * MEBIBYTE
"""All files of one request together, unless the server's limit for one file is higher."""
_Once: TypeAlias = tuple[int, int, str | int]
_EDITABLE: Final = int(Flag.SUPPRESS_EMBEDS | Flag.COMPONENTS_V2)


class Posting:
    """The one place where messages come and go."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._once: dict[_Once, tuple[float, asyncio.Future[Message]]] = {}

    async def create(
        self,
        channel: Channel,
        author: User,
        draft: Draft,
        *,
        limit: int,
        interaction: Interaction | None = None,
        only_for: int | None = None,
        kind: int = 0,
        reply_to: int | None = None,
    ) -> Message:
        """A new message, or the one that already has its nonce."""
        message = Message(0, channel.id, author, 0, interaction=interaction, only_for=only_for)
        message.flags = (draft.flags or 0) | (Flag.EPHEMERAL if only_for else 0)
        message.content, message.tts = draft.content or "", draft.tts
        message.embeds, message.components = draft.embeds or [], draft.components or []
        message.nonce = draft.nonce
        message.reply_to = reply_to or draft.reply_to
        message.type = kind or (19 if message.reply_to else 0)
        if not message.thinking:
            refuse_empty(message, files=bool(draft.uploads))
        _refuse_large(draft, limit)
        if draft.once and draft.nonce is not None:
            return await self._create_once((channel.id, author.id, draft.nonce), message, draft)
        return await self._appear(message, draft)

    async def _create_once(self, key: _Once, message: Message, draft: Draft) -> Message:
        now = self._world.clock.now()
        said, known = self._once.get(key, (0.0, None))
        if known is not None and now - said < NONCE_SECONDS:
            return await asyncio.shield(known)
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._once[key] = now, future
        try:
            posted = await self._appear(message, draft)
        except BaseException:
            del self._once[key]
            future.cancel()
            raise
        future.set_result(posted)
        return posted

    async def _appear(self, message: Message, draft: Draft) -> Message:
        world, channel = self._world, self._world.channel(message.channel_id)
        fresh = await self._take_in(channel, draft)
        message.attachments = fresh
        self._bind(message)
        called = self._called(message, draft.allowed)
        message.mentions, message.mention_roles = called.users, called.roles
        message.mention_everyone = called.everyone
        if not message.thinking:
            message.pinged = called.pinged
        message.id, message.created_at = world.ids.next(), world.clock.now()
        channel.history.add(message)
        if channel.archived and message.only_for is None:
            world.set_archived(channel, archived=False, locked=channel.locked)
        self._tell("MESSAGE_CREATE", message)
        return message

    async def edit(self, message: Message, draft: Draft, *, limit: int) -> Message:
        """Changes what the draft speaks of. Nobody is pinged."""
        kept = [
            attachment
            for attachment in message.attachments
            if draft.keeps_all or attachment.id in draft.about
        ]
        flags = message.flags & ~(Flag.LOADING | Flag.SUPPRESS_EMBEDS)
        flags |= message.flags & Flag.SUPPRESS_EMBEDS if draft.flags is None else 0
        flags |= (draft.flags or 0) & _EDITABLE
        changed = replace(
            message,
            flags=flags,
            content=message.content if draft.content is None else draft.content,
            embeds=message.embeds if draft.embeds is None else draft.embeds,
            components=message.components if draft.components is None else draft.components,
            attachments=kept,
        )
        refuse_empty(changed, files=bool(draft.uploads))
        _refuse_large(draft, limit)
        channel = self._world.channel(message.channel_id)
        fresh = await self._take_in(channel, draft)
        if not message.thinking:
            message.edited_at = self._world.clock.now()
            message.edits += 1
        message.flags, message.content = changed.flags, changed.content
        message.embeds, message.components = changed.embeds, changed.components
        message.attachments = [*kept, *fresh]
        self._bind(message)
        called = self._called(message, draft.allowed)
        message.mentions, message.mention_roles = called.users, called.roles
        message.mention_everyone = called.everyone
        self._tell("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """Takes a message away."""
        channel = self._world.channel(message.channel_id)
        channel.history.remove(message.id)
        message.deleted = True
        if message.only_for is None:
            gone: Json = {"id": str(message.id), "channel_id": str(channel.id)}
            if channel.guild_id:
                gone["guild_id"] = str(channel.guild_id)
            intent = Intent.GUILD_MESSAGES if channel.guild_id else Intent.DIRECT_MESSAGES
            guild_id = channel.guild_id
            self._world.gateway.tell("MESSAGE_DELETE", gone, guild_id=guild_id, intent=intent)
        self._world.bus.publish("message_deleted", message, only_for=message.only_for)

    def refuse_asleep(self, message: Message) -> None:
        """A new message wakes a thread; what stands in it, the bot cannot change meanwhile."""
        if message.only_for is None and self._world.channel(message.channel_id).archived:
            raise thread_archived()

    async def _take_in(self, channel: Channel, draft: Draft) -> list[Attachment]:
        fresh: list[Attachment] = []
        for upload in draft.uploads:
            about = draft.about.get(upload.index, {})
            attachment = await self._world.files.store(
                upload.filename,
                upload.body,
                channel_id=channel.id,
                content_type=upload.content_type,
                description=about.get("description"),
            )
            attachment.title = about.get("title")
            fresh.append(attachment)
        return fresh

    def _bind(self, message: Message) -> None:
        """Ties `attachment://` references to files; then they survive later edits."""
        message.components = deepcopy(message.components)
        message.embeds = deepcopy(message.embeds)
        names = {attachment.filename: attachment for attachment in message.attachments}
        embedded = [as_json(embed.get(key)) for embed in message.embeds for key in EMBED_MEDIA]
        for media in [*media_of(message.components), *(item for item in embedded if item)]:
            url = str(media["url"])
            found = names.get(url.removeprefix("attachment://")) or self._world.files.named_by(url)
            if found is not None:
                media["attachment_id"] = found.id
            media.setdefault("id", str(self._world.ids.next()))
        for part in walk(message.components):
            if part["type"] == Part.FILE and (file := names.get(_name(part["file"]["url"]))):
                part["name"], part["size"] = file.filename, file.size

    def _called(self, message: Message, allowed: mentions.Allowed) -> mentions.Called:
        world, channel = self._world, self._world.channel(message.channel_id)
        called = mentions.read(
            [message.content, *texts_of(message.components)],
            allowed,
            world.users,
            guild=world.guild_of(channel),
            channel=channel,
            by=message.author,
        )
        if message.only_for is not None or message.flags & Flag.SUPPRESS_NOTIFICATIONS:
            return replace(called, pinged=frozenset())
        return called

    def _tell(self, name: str, message: Message) -> None:
        world, channel = self._world, self._world.channel(message.channel_id)
        if message.only_for is None and world.permissions(world.bot, channel):
            full = world.render.message(message, guild_id=channel.guild_id)
            full |= self._surroundings(message, channel)
            intent = Intent.GUILD_MESSAGES if channel.guild_id else Intent.DIRECT_MESSAGES

            def for_session(session: Session) -> Json:
                return full if world.is_open(message, session.intents) else held_back(full)

            guild_id = channel.guild_id
            world.gateway.tell_each(name, for_session, guild_id=guild_id, intent=intent)
        kind = "message_posted" if name == "MESSAGE_CREATE" else "message_edited"
        world.bus.publish(kind, message, only_for=message.only_for)

    def _surroundings(self, message: Message, channel: Channel) -> Json:
        around: Json = {"channel_type": int(channel.kind)}
        guild = self._world.guild_of(channel)
        if guild is not None:
            around["guild_id"] = str(guild.id)
            if member := guild.members.get(message.author.id):
                around["member"] = member.as_json(with_user=False)
        return around


def _name(url: object) -> str:
    return str(url).removeprefix("attachment://")


def _refuse_large(draft: Draft, limit: int) -> None:
    sizes: Sequence[int] = [len(upload.body) for upload in draft.uploads]
    if any(size > limit for size in sizes) or sum(sizes) > max(limit, REQUEST_LIMIT):
        raise too_large()
