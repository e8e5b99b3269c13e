"""Writes the whole world down as JSON, and makes the same world again.

Rule: everything that people see comes back, under the same ids. What belongs to a moment does not:
sessions, faults, the journal.
"""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.playground.local_discord.interactions import Answer, Asked, Interaction
from bot.playground.local_discord.messages import Attachment, Message
from bot.playground.local_discord.people import Member, Role, User
from bot.playground.local_discord.places import Channel, Guild, Kind, Overwrite
from bot.playground.local_discord.wire import Json
from bot.playground.local_discord.world import World

VERSION: Final = 1

_MEMBER_LINKS: Final = frozenset({"user", "roles"})
_MESSAGE_LINKS: Final = frozenset({"author", "attachments", "mentions", "interaction", "pinged"})
_INTERACTION_LINKS: Final = frozenset(
    {"user", "channel", "guild", "message", "cause", "original", "messages", "submission"}
)
_CHANNEL_LINKS: Final = frozenset({"overwrites", "recipients", "history", "tags"})
_GUILD_LINKS: Final = frozenset({"roles", "members", "channels", "command_grants"})


class WorldUnreadableError(ValueError):
    """What was kept was not kept by this version."""


# Writing down


def keep(world: World) -> Json:
    """The world as JSON. Things refer to each other by their ids."""
    channels = world.channels.values()
    messages = [message for channel in channels for message in channel.history]
    # Also those that were deleted: an interaction still speaks of them.
    asked = [one for one in world.interactions.values() if one.channel.id in world.channels]
    answers = [message for one in asked for message in one.messages]
    every = {message.id: message for message in [*messages, *answers]}
    return {
        "version": VERSION,
        "token": world.token,
        "application": world.application_id,
        "owner": world.owner.id,
        "bot": world.bot.id,
        "last_id": world.ids.last,
        "secret": world.files.secret.hex(),
        "commands": world.commands.written(),
        "users": [_plain(user) for user in world.users.values()],
        "files": [_plain(file) for file in world.files.list_known()],
        "guilds": [_guild(guild) for guild in world.guilds.values()],
        "channels": [_channel(channel) for channel in channels],
        "last_ids": {str(channel.id): channel.history.last_id for channel in channels},
        "messages": [_message(message) for message in every.values()],
        "interactions": [_interaction(one) for one in asked],
    }


_NOTHING: Final = frozenset[str]()


def _plain(thing: Any, *, without: frozenset[str] = _NOTHING) -> Json:
    return {name: getattr(thing, name) for name in _names(thing.__class__, without)}


@cache
def _names(kind: type[Any], without: frozenset[str]) -> tuple[str, ...]:
    # There may be thousands of messages, and all of them are written at one moment.
    return tuple(field.name for field in fields(kind) if field.name not in without)


def _guild(guild: Guild) -> Json:
    members = [
        {**_plain(one, without=_MEMBER_LINKS), "user": one.user.id, "roles": sorted(one.roles)}
        for one in guild.members.values()
    ]
    return {
        **_plain(guild, without=_GUILD_LINKS),
        "roles": [_plain(role) for role in guild.roles.values()],
        "members": members,
        "channels": list(guild.channels),
        "command_grants": sorted(guild.command_grants),
    }


def _channel(channel: Channel) -> Json:
    return {
        **_plain(channel, without=_CHANNEL_LINKS),
        "overwrites": [_plain(way) for way in channel.overwrites.values()],
        "recipients": [user.id for user in channel.recipients],
        "tags": list(channel.tags),
    }


def _message(message: Message) -> Json:
    return {
        **_plain(message, without=_MESSAGE_LINKS),
        "author": message.author.id,
        "attachments": [file.id for file in message.attachments],
        "mentions": [user.id for user in message.mentions],
        "interaction": message.interaction.id if message.interaction else None,
        "pinged": sorted(message.pinged),
    }


def _interaction(asked: Interaction) -> Json:
    single = {name: getattr(asked, name) for name in _INTERACTION_LINKS - {"messages"}}
    return {
        **_plain(asked, without=_INTERACTION_LINKS),
        **{name: thing.id if thing else None for name, thing in single.items()},
        "messages": [message.id for message in asked.messages],
    }


# Making it again


def bring_back(kept: Json, *, folder: Path | None = None) -> World:
    """The world that was kept. Raises WorldUnreadableError."""
    if kept.get("version") != VERSION:
        raise WorldUnreadableError("It was kept by another version.")
    try:
        return _Builder(kept, World(token=kept["token"], folder=folder)).build()
    except (KeyError, TypeError, ValueError) as error:
        raise WorldUnreadableError(f"{type(error).__name__}: {error}") from error


class _Builder:
    """Puts the things of a kept world into a fresh one."""

    def __init__(self, kept: Json, world: World) -> None:
        self._kept = kept
        self._world = world
        self._messages = dict[int, Message]()

    def build(self) -> World:
        """In an order in which everything finds what it refers to."""
        kept, world = self._kept, self._world
        world.users = {one["id"]: User(**one) for one in kept["users"]}
        world.owner, world.bot = world.users[kept["owner"]], world.users[kept["bot"]]
        world.application_id = kept["application"]
        world.ids.go_on_after(kept["last_id"])
        world.files.take_back(
            bytes.fromhex(kept["secret"]), [Attachment(**x) for x in kept["files"]]
        )
        world.commands.take_back(kept["application"], kept["commands"])
        world.channels = {one["id"]: self._channel(one) for one in kept["channels"]}
        world.guilds = {one["id"]: self._guild(one) for one in kept["guilds"]}
        self._messages = {one["id"]: self._message(one) for one in kept["messages"]}
        asked = {one["id"]: self._interaction(one) for one in kept["interactions"]}
        world.interactions = {one.token: one for one in asked.values()}
        self._tie(asked)
        return world

    def _channel(self, one: Json) -> Channel:
        ways = [Overwrite(**way) for way in one["overwrites"]]
        links: Json = {
            "kind": Kind(one["kind"]),
            "overwrites": {way.target_id: way for way in ways},
            "recipients": tuple(self._world.users[user] for user in one["recipients"]),
            "tags": tuple(one["tags"]),
        }
        channel = Channel(**{**one, **links})
        channel.history.last_id = self._kept["last_ids"][str(channel.id)]
        return channel

    def _guild(self, one: Json) -> Guild:
        world = self._world
        roles = [Role(**role) for role in one["roles"]]
        members = [self._member(member) for member in one["members"]]
        links: Json = {
            "roles": {role.id: role for role in roles},
            "members": {member.user.id: member for member in members},
            "channels": {channel: world.channels[channel] for channel in one["channels"]},
            "command_grants": {(name, who) for name, who in one["command_grants"]},
        }
        return Guild(**{**one, **links})

    def _member(self, one: Json) -> Member:
        links: Json = {"user": self._world.users[one["user"]], "roles": set(one["roles"])}
        return Member(**{**one, **links})

    def _message(self, one: Json) -> Message:
        world = self._world
        files = [world.files.find(file) for file in one["attachments"]]
        links: Json = {
            "author": world.users[one["author"]],
            "attachments": [file for file in files if file],
            "mentions": [world.users[user] for user in one["mentions"]],
            "interaction": None,
            "pinged": frozenset(one["pinged"]),
        }
        message = Message(**{**one, **links})
        channel = world.channels.get(message.channel_id)
        if channel is not None and not message.deleted:
            channel.history.add(message)
        return message

    def _interaction(self, one: Json) -> Interaction:
        world, answer = self._world, one["answer"]
        links: Json = {
            "type": Asked(one["type"]),
            "answer": None if answer is None else Answer(answer),
            "user": world.users[one["user"]],
            "channel": world.channels[one["channel"]],
            "guild": world.guilds.get(one["guild"] or 0),
            "message": self._messages.get(one["message"]),
            "original": self._messages.get(one["original"]),
            "messages": [self._messages[each] for each in one["messages"]],
            "cause": None,
            "submission": None,
            # Its three seconds are over.
            "failed": one["failed"] or answer is None,
        }
        return Interaction(**{**one, **links})

    def _tie(self, asked: dict[int, Interaction]) -> None:
        """What refers to interactions, now that there are all."""
        for one in self._kept["messages"]:
            self._messages[one["id"]].interaction = asked.get(one["interaction"])
        for one in self._kept["interactions"]:
            asked[one["id"]].cause = asked.get(one["cause"])
            asked[one["id"]].submission = asked.get(one["submission"])
