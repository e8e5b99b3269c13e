"""Whom a message calls, and who is notified by it.

Rule: `allowed_mentions` decides; what it does not allow is text, in the list of mentions too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.playground.local_discord.people import User
from bot.playground.local_discord.permissions import Can, in_channel
from bot.playground.local_discord.places import Channel, Guild
from bot.playground.local_discord.wire import Json

_USER: Final = re.compile(r"<@!?(\d{1,20})>")
_ROLE: Final = re.compile(r"<@&(\d{1,20})>")
_ALL: Final = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which mentions of a text may become mentions."""

    kinds: frozenset[str] = frozenset({"users", "roles", "everyone"})
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_user: bool = True

    @classmethod
    def read(cls, body: Json | None) -> "Allowed":
        """From `allowed_mentions`; without one, everything is allowed."""
        if body is None:
            return cls()
        return cls(
            frozenset(body.get("parse") or ()),
            frozenset(int(user) for user in body.get("users") or ()),
            frozenset(int(role) for role in body.get("roles") or ()),
            bool(body.get("replied_user")),
        )

    def user(self, user_id: int) -> bool:
        """Whether this user may be mentioned."""
        return "users" in self.kinds or user_id in self.users

    def role(self, role_id: int) -> bool:
        """Whether this role may be mentioned."""
        return "roles" in self.kinds or role_id in self.roles


@dataclass(frozen=True, slots=True)
class Called:
    """The mentions of one message."""

    users: list[User] = field(default_factory=list[User])
    roles: list[int] = field(default_factory=list[int])
    everyone: bool = False
    pinged: frozenset[int] = frozenset()


def read(
    texts: Iterable[str],
    allowed: Allowed,
    users: dict[int, User],
    *,
    guild: Guild | None,
    channel: Channel,
    by: User,
) -> Called:
    """The mentions in what a message says outside its embeds, which call nobody."""
    text = "\n".join(texts)
    called = _each(_USER, text)
    named = [users[who] for who in called if who in users and allowed.user(who)]
    if guild is None:
        pinged = {user.id for user in named if user in channel.recipients}
        return Called(named, pinged=frozenset(pinged))
    speaker = guild.members.get(by.id)
    may_call_all = bool(speaker and in_channel(guild, speaker, channel) & Can.MENTION_EVERYONE)
    roles = [
        role
        for role in _each(_ROLE, text)
        if role in guild.roles and allowed.role(role) and role != guild.id
    ]
    everyone = bool(_ALL.search(text)) and "everyone" in allowed.kinds and may_call_all
    loud = {role for role in roles if guild.roles[role].mentionable or may_call_all}
    pinged = {
        member.user.id
        for member in guild.members.values()
        if (everyone or member.user in named or member.roles & loud)
        and in_channel(guild, member, channel)
    }
    return Called(named, roles, everyone, frozenset(pinged - {by.id}))


def _each(pattern: re.Pattern[str], text: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in pattern.findall(text)))
