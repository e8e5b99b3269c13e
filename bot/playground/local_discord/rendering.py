"""Messages as JSON: the objects of people, files and media filled in.

Rule: every address of a file is made anew each time a message is shown.
"""

from collections.abc import Callable

from bot.playground.local_discord.components import media_of
from bot.playground.local_discord.files import Files
from bot.playground.local_discord.messages import EMBED_MEDIA, Attachment, Message
from bot.playground.local_discord.wire import Json, Jsons, as_json, stamp, without_nones


class Renderer:
    """Writes messages."""

    def __init__(self, files: Files, find: Callable[[int, int], Message | None]) -> None:
        """`find` gives the message of a channel by its id."""
        self._files = files
        self._find = find

    def message(self, message: Message, *, guild_id: int | None) -> Json:
        """A message object."""
        used = used_attachments(message)
        body = self._core(message, [a for a in message.attachments if a.id not in used])
        if message.nonce is not None:
            body["nonce"] = message.nonce
        if message.author.bot and message.interaction is not None:
            body |= message.interaction.as_metadata(message)
        if message.reply_to is not None:
            body |= self._reference(message, guild_id)
        return body

    def _reference(self, message: Message, guild_id: int | None) -> Json:
        reference: Json = {
            "type": 0,
            "channel_id": str(message.channel_id),
            "message_id": str(message.reply_to),
        }
        if guild_id is not None:
            reference["guild_id"] = str(guild_id)
        replied = self._find(message.channel_id, message.reply_to or 0)
        return {
            "message_reference": reference,
            "referenced_message": self._core(replied, replied.attachments) if replied else None,
        }

    def _core(self, message: Message, shown: list[Attachment]) -> Json:
        return {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "type": message.type,
            "author": message.author.as_json(),
            "content": message.content,
            "timestamp": stamp(message.created_at),
            "edited_timestamp": stamp(message.edited_at) if message.edited_at else None,
            "tts": message.tts,
            "pinned": message.pinned,
            "mention_everyone": message.mention_everyone,
            "mentions": [user.as_json() for user in message.mentions],
            "mention_roles": [str(role) for role in message.mention_roles],
            "attachments": [self.attachment(attachment) for attachment in shown],
            "embeds": [self._embed(embed) for embed in message.embeds],
            "components": self._components(message),
            "flags": message.flags,
        }

    def attachment(self, attachment: Attachment) -> Json:
        """An attachment object."""
        url = self._files.address(attachment)
        body: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": attachment.size,
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
            "width": attachment.width,
            "height": attachment.height,
            "duration_secs": attachment.duration,
            "description": attachment.description,
            "title": attachment.title,
        }
        if attachment.ephemeral:
            body["ephemeral"] = True
        return without_nones(body)

    def _embed(self, embed: Json) -> Json:
        shown = dict(embed)
        for key in EMBED_MEDIA:
            if media := as_json(embed.get(key)):
                shown[key] = self._embed_media(media)
        return shown

    def _embed_media(self, media: Json) -> Json:
        url, attachment = self._where(media)
        body: Json = {"url": url, "proxy_url": url}
        if attachment:
            body |= {
                "content_type": attachment.content_type,
                "width": attachment.width,
                "height": attachment.height,
            }
        return without_nones(body)

    def _components(self, message: Message) -> Jsons:
        return [self._component(component, message) for component in message.components]

    def _component(self, component: Json, message: Message) -> Json:
        shown = dict(component)
        if "components" in component:
            shown["components"] = [
                self._component(below, message) for below in component["components"]
            ]
        if "accessory" in component:
            shown["accessory"] = self._component(component["accessory"], message)
        if "items" in component:
            shown["items"] = [
                item | {"media": self._media(item["media"], message)} for item in component["items"]
            ]
        for key in ("media", "file"):
            if key in component:
                shown[key] = self._media(component[key], message)
        return shown

    def _media(self, media: Json, message: Message) -> Json:
        url, attachment = self._where(media)
        body: Json = {"id": media["id"], "url": url, "proxy_url": url}
        if attachment is None:
            return body | {"width": None, "height": None, "content_type": None}
        body |= {
            "width": attachment.width,
            "height": attachment.height,
            "content_type": attachment.content_type,
        }
        if attachment in message.attachments:
            body["attachment_id"] = str(attachment.id)
        return body

    def _where(self, media: Json) -> tuple[str, Attachment | None]:
        attachment = self._files.find(int(media.get("attachment_id") or 0))
        if attachment is None:
            return str(media.get("url", "")), None
        return self._files.address(attachment), attachment


def held_back(shown: Json) -> Json:
    """A message as a bot sees it that may not read it."""
    return {**shown, "content": "", "embeds": [], "attachments": [], "components": []}


def used_attachments(message: Message) -> set[int]:
    """Files shown by an embed or a component: Discord leaves them out of `attachments`."""
    media = media_of(message.components)
    media += [as_json(embed.get(key)) for embed in message.embeds for key in EMBED_MEDIA]
    return {int(item["attachment_id"]) for item in media if item.get("attachment_id")}
