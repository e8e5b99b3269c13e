"""Describes things to whoever watches the world: the playground's page, a test elsewhere.

Rule: a person's watcher is told only what that person could see.
"""

from collections.abc import Callable, Iterable
from typing import Final

from bot.playground.local_discord.events import Event
from bot.playground.local_discord.gateway import Session
from bot.playground.local_discord.interactions import Interaction
from bot.playground.local_discord.journal import Exchange
from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.people import User
from bot.playground.local_discord.permissions import Can
from bot.playground.local_discord.places import Channel, Guild
from bot.playground.local_discord.wire import Json, Jsons
from bot.playground.local_discord.world import World

_BACKSTAGE: Final = frozenset({"request"})
"""What no person at a client would notice."""


class Teller:
    """Writes the world down as JSON."""

    def __init__(self, world: World) -> None:
        self._world = world

    def snapshot(self, *, watcher: User | None = None) -> Json:
        """Everything but messages and requests; of the places, those that the watcher sees."""
        world = self._world
        guilds = [one for one in world.guilds.values() if not watcher or watcher.id in one.members]
        direct = [one for one in world.channels.values() if one.is_direct]
        return {
            "bot": world.bot.as_json(),
            "connected": world.gateway.connected,
            "outage": world.faults.outage,
            "now": world.clock.now(),
            "speed": world.clock.speed,
            "users": [self.user(user) for user in world.users.values()],
            "servers": [self.server(guild, watcher=watcher) for guild in guilds],
            "direct_channels": self._channels(direct, watcher),
            "last_request": max((one.number for one in world.journal), default=0),
        }

    def user(self, user: User) -> Json:
        """A user, with what only the local Discord knows."""
        more: Json = {
            "upload_limit": user.upload_limit,
            "takes_direct_messages": user.takes_direct_messages,
            "locale": user.locale,
        }
        return user.as_json() | more

    def server(self, guild: Guild, *, watcher: User | None = None) -> Json:
        """A server with its channels, roles and members."""
        channels = self._channels(guild.channels.values(), watcher)
        members = [member.as_json() for member in guild.members.values()]
        more: Json = {"channels": channels, "members": members, "file_limit": guild.file_limit}
        return guild.as_json() | more

    def _channels(self, channels: Iterable[Channel], watcher: User | None) -> Jsons:
        if watcher is None:
            return [channel.as_json() for channel in channels]
        rights = [(one, self._world.permissions(watcher, one)) for one in channels]
        return [
            one.as_json() | {"permissions": str(allowed)}
            for one, allowed in rights
            if allowed & Can.VIEW_CHANNEL
        ]

    def message(self, message: Message) -> Json:
        """A message as a client shows it."""
        channel = self._world.channels.get(message.channel_id)
        guild_id = channel.guild_id if channel else None
        return self._world.render.message(message, guild_id=guild_id) | {
            "guild_id": str(guild_id) if guild_id else None,
            "only_for": str(message.only_for) if message.only_for else None,
            "pinged": [str(user) for user in sorted(message.pinged)],
            "text": message.text,
        }

    def interaction(self, interaction: Interaction) -> Json:
        """How far an interaction has come."""
        message, original = interaction.message, interaction.original
        return {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "name": interaction.name,
            "user_id": str(interaction.user.id),
            "channel_id": str(interaction.channel.id),
            "message_id": str(message.id) if message else None,
            "answer": int(interaction.answer) if interaction.answer else None,
            "original_id": str(original.id) if original else None,
            "message_ids": [str(one.id) for one in interaction.messages],
            "form": interaction.form,
            "choices": interaction.choices,
            "failed": interaction.failed,
        }

    def event(self, event: Event, *, watcher: User | None) -> Json | None:
        """An event for a watcher; None where it is none of the watcher's business."""
        if watcher is not None and not self._concerns(event, watcher):
            return None
        return {"kind": event.kind, "data": self._subject(event.subject, watcher)}

    def _concerns(self, event: Event, watcher: User) -> bool:
        if event.kind in _BACKSTAGE or event.only_for not in {None, watcher.id}:
            return False
        subject = event.subject
        if isinstance(subject, Message):
            channel = self._world.channels.get(subject.channel_id)
            return channel is not None and self._world.can(watcher, channel, Can.VIEW_CHANNEL)
        return True

    def _subject(self, subject: object, watcher: User | None) -> object:
        if watcher is not None and isinstance(subject, Guild | Channel):
            # It may just have been closed to the watcher: who wants more looks at the world.
            return {"id": str(subject.id)}
        describe: dict[type, Callable[..., object]] = {
            Message: self.message,
            Interaction: self.interaction,
            Exchange: Exchange.as_json,
            Guild: self.server,
            Channel: Channel.as_json,
            User: self.user,
            Session: _session,
        }
        found = describe.get(type(subject))
        return found(subject) if found else subject


def _session(session: Session) -> Json:
    return {"id": session.id, "open": session.line is not None}
