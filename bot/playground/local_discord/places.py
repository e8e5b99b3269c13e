"""Servers and their channels, threads and direct-message channels.

Rule: plain state and how it looks as JSON; nothing here decides or sends.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from bot.playground.local_discord.history import History
from bot.playground.local_discord.people import MEBIBYTE, Member, Role, User
from bot.playground.local_discord.wire import Json, stamp

FILE_LIMITS: Final = (10 * MEBIBYTE, 10 * MEBIBYTE, 50 * MEBIBYTE, 100 * MEBIBYTE)
"""Bytes in one file, by boost tier."""


class Kind(IntEnum):
    """Discord's channel types, those that exist here."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS: Final = frozenset({Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})
TALKING: Final = THREADS | {Kind.TEXT, Kind.DIRECT, Kind.VOICE, Kind.ANNOUNCEMENT}
"""Kinds that hold messages."""


@dataclass(slots=True)
class Overwrite:
    """What a channel changes for a role (0) or a member (1)."""

    target_id: int
    type: int
    allow: int = 0
    deny: int = 0

    def as_json(self) -> Json:
        """A permission overwrite object."""
        return {
            "id": str(self.target_id),
            "type": self.type,
            "allow": str(self.allow),
            "deny": str(self.deny),
        }


@dataclass(eq=False, slots=True)
class Channel:
    """A place for messages, or for threads."""

    id: int
    kind: Kind
    name: str
    guild_id: int | None = None
    position: int = 0
    topic: str | None = None
    parent_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    recipients: tuple[User, ...] = ()
    """Of a direct-message channel: the person (the bot is not told about itself)."""
    owner_id: int | None = None
    """Of a thread: who began it."""
    created_at: float = 0
    archived: bool = False
    locked: bool = False
    tags: tuple[str, ...] = ()
    """Of a forum: the names of its tags."""
    history: History = field(default_factory=History)

    @property
    def is_thread(self) -> bool:
        """Whether it hangs below another channel."""
        return self.kind in THREADS

    @property
    def is_direct(self) -> bool:
        """Whether it is between the bot and one person."""
        return self.kind is Kind.DIRECT

    @property
    def mention(self) -> str:
        """What stands in a message to link here."""
        return f"<#{self.id}>"

    def as_json(self) -> Json:
        """A channel object."""
        last = self.history.last_id
        body: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "flags": 0,
            "last_message_id": str(last) if last else None,
        }
        if self.is_direct:
            return body | {"recipients": [user.as_json() for user in self.recipients]}
        body |= {
            "guild_id": str(self.guild_id),
            "name": self.name,
            "parent_id": str(self.parent_id) if self.parent_id else None,
            "rate_limit_per_user": 0,
        }
        return body | (self._of_thread() if self.is_thread else self._of_channel())

    def _of_channel(self) -> Json:
        body: Json = {
            "position": self.position,
            "topic": self.topic,
            "nsfw": False,
            "permission_overwrites": [way.as_json() for way in self.overwrites.values()],
        }
        if self.kind is Kind.VOICE:
            body |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
        if self.kind is Kind.FORUM:
            body |= {
                "available_tags": [
                    {
                        "id": str(self.id + index),
                        "name": name,
                        "moderated": False,
                        "emoji_id": None,
                        "emoji_name": None,
                    }
                    for index, name in enumerate(self.tags, 1)
                ],
                "default_reaction_emoji": None,
                "default_sort_order": None,
                "default_forum_layout": 0,
            }
        return body

    def _of_thread(self) -> Json:
        count = len(self.history)
        return {
            "owner_id": str(self.owner_id),
            "thread_metadata": {
                "archived": self.archived,
                "archive_timestamp": stamp(self.created_at),
                "auto_archive_duration": 1440,
                "locked": self.locked,
                "create_timestamp": stamp(self.created_at),
            },
            "message_count": count,
            "member_count": 1,
            "total_message_sent": count,
            "applied_tags": [],
        }


@dataclass(eq=False, slots=True)
class Guild:
    """A server. Its id is also the id of the role that everybody has."""

    id: int
    name: str
    owner_id: int
    made_at: float
    tier: int = 0
    """Boost tier; it decides how large a file may be."""
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    command_grants: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    """(command, role or user): opened by an admin whatever the command's default asks for."""

    @property
    def file_limit(self) -> int:
        """Bytes in one file that the bot may post by itself."""
        return FILE_LIMITS[self.tier]

    def as_json(self) -> Json:
        """A guild object, as `GET /guilds/{id}` answers."""
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": [],
            "banner": None,
            "owner_id": str(self.owner_id),
            "application_id": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": [role.as_json() for role in self.roles.values()],
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": None,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": self.tier,
            "premium_subscription_count": (0, 2, 7, 14)[self.tier],
            "preferred_locale": self.locale,
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
        }

    def as_event(self, bot_id: int) -> Json:
        """GUILD_CREATE: the same with all that stands in it. Of the members only the bot is told."""
        bot = self.members[bot_id]
        threads = [channel for channel in self.channels.values() if channel.is_thread]
        return self.as_json() | {
            "joined_at": stamp(bot.joined_at),
            "large": False,
            "member_count": len(self.members),
            "members": [bot.as_json()],
            "channels": [
                channel.as_json() for channel in self.channels.values() if not channel.is_thread
            ],
            "threads": [thread.as_json() for thread in threads if not thread.archived],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
