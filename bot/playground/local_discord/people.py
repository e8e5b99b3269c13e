"""Users, roles and members.

Rule: plain state and how it looks as JSON; nothing here decides or sends.
"""

from dataclasses import dataclass, field
from typing import Final

from bot.playground.local_discord.wire import Json, stamp

MEBIBYTE: Final = 1024 * 1024


@dataclass(eq=False, slots=True)
class User:
    """An account: a person's, or the bot's."""

    id: int
    name: str
    shown_as: str | None = None
    """The display name, where it differs from the name."""
    bot: bool = False
    locale: str = "en-US"
    upload_limit: int = 10 * MEBIBYTE
    """Bytes in one file; more with Nitro."""
    takes_direct_messages: bool = True
    """Off: the bot's direct messages are refused with 50007."""

    @property
    def mention(self) -> str:
        """What stands in a message to call this user."""
        return f"<@{self.id}>"

    def as_json(self) -> Json:
        """A user object."""
        body: Json = {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.shown_as,
            "discriminator": "0000" if self.bot else "0",
            "avatar": None,
            "avatar_decoration_data": None,
            "banner": None,
            "accent_color": None,
            "collectibles": None,
            "primary_guild": None,
            "public_flags": 0,
            "flags": 0,
        }
        if self.bot:
            body["bot"] = True
        return body


@dataclass(eq=False, slots=True)
class Role:
    """A role of one server."""

    id: int
    name: str
    permissions: int = 0
    position: int = 1
    colour: int = 0
    mentionable: bool = False
    managed_by: int | None = None
    """The bot whose own role this is."""

    @property
    def mention(self) -> str:
        """What stands in a message to call everybody of this role."""
        return f"<@&{self.id}>"

    def as_json(self) -> Json:
        """A role object."""
        body: Json = {
            "id": str(self.id),
            "name": self.name,
            "description": None,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": self.colour,
            "colors": {
                "primary_color": self.colour,
                "secondary_color": None,
                "tertiary_color": None,
            },
            "hoist": False,
            "managed": self.managed_by is not None,
            "mentionable": self.mentionable,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }
        if self.managed_by is not None:
            body["tags"] = {"bot_id": str(self.managed_by)}
        return body


@dataclass(eq=False, slots=True)
class Member:
    """A user in one server."""

    user: User
    joined_at: float
    nick: str | None = None
    roles: set[int] = field(default_factory=set[int])

    @property
    def name(self) -> str:
        """The name that others see."""
        return self.nick or self.user.shown_as or self.user.name

    def as_json(self, *, with_user: bool = True) -> Json:
        """A member object; inside a message it comes without its user."""
        body: Json = {
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "flags": 0,
            "joined_at": stamp(self.joined_at),
            "nick": self.nick,
            "pending": False,
            "premium_since": None,
            # Strings, or the client looks up roles by the wrong key.
            "roles": [str(role) for role in sorted(self.roles)],
            "mute": False,
            "deaf": False,
        }
        if with_user:
            body["user"] = self.user.as_json()
        return body
