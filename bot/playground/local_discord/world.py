"""The local Discord: its state, and the changes that people and tests make to it.

Rule: nothing here waits. A change is complete, told to the bot and to all listeners, before
anything else can happen.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from bot.playground.local_discord.faults import Outage
from bot.playground.local_discord.gateway import Intent
from bot.playground.local_discord.people import Member, Role, User
from bot.playground.local_discord.permissions import NEWCOMERS, Can
from bot.playground.local_discord.places import Channel, Guild, Kind, Overwrite
from bot.playground.local_discord.state import State
from bot.playground.local_discord.wire import Json

BOT_ROLE: Final = int(
    NEWCOMERS | Can.MANAGE_MESSAGES | Can.CREATE_PUBLIC_THREADS | Can.SEND_MESSAGES_IN_THREADS
)
"""What the bot's own role allows in a new server."""


class World(State):
    """Everything there is, and everything that can be changed."""

    def add_user(self, name: str, *, shown_as: str | None = None, locale: str = "en-US") -> User:
        """A person with an account, in no server yet."""
        user = self.new_user(name, bot=False)
        user.shown_as, user.locale = shown_as, locale
        return user

    def add_guild(
        self,
        name: str,
        *,
        owner: User | None = None,
        tier: int = 0,
        locale: str = "en-US",
        channels: Iterable[str] = (),
        members: Iterable[User] = (),
    ) -> Guild:
        """A server that the bot is in, with text channels of these names."""
        now, owner = self.clock.now(), owner or self.owner
        guild = Guild(self.ids.next(), name, owner.id, now, tier, locale)
        guild.roles[guild.id] = Role(guild.id, "@everyone", NEWCOMERS, position=0)
        own = Role(self.ids.next(), self.bot.name, BOT_ROLE, managed_by=self.bot.id)
        guild.roles[own.id] = own
        guild.members[self.bot.id] = Member(self.bot, now, roles={own.id})
        for user in dict.fromkeys([owner, *members]):
            guild.members[user.id] = Member(user, now)
        for channel in channels:
            self._new_channel(channel, Kind.TEXT, guild)
        self.guilds[guild.id] = guild
        self.gateway.tell(
            "GUILD_CREATE",
            guild.as_event(self.bot.id),
            guild_id=guild.id,
            intent=Intent.GUILDS,
        )
        self.bus.publish("server_created", guild)
        return guild

    def remove_guild(self, guild: Guild) -> None:
        """The bot is thrown out of a server."""
        del self.guilds[guild.id]
        for channel in guild.channels.values():
            del self.channels[channel.id]
        gone: Json = {"id": str(guild.id)}
        self.gateway.tell("GUILD_DELETE", gone, guild_id=guild.id, intent=Intent.GUILDS)
        self.bus.publish("server_deleted", guild)

    def set_tier(self, guild: Guild, tier: int) -> None:
        """Changes the boost tier, and so how large a file may be."""
        guild.tier = tier
        self._tell_guild(guild)

    def _tell_guild(self, guild: Guild) -> None:
        intent = Intent.GUILDS
        self.gateway.tell("GUILD_UPDATE", guild.as_json(), guild_id=guild.id, intent=intent)
        self.bus.publish("server_changed", guild)

    def add_role(
        self, guild: Guild, name: str, *, permissions: int = 0, mentionable: bool = False
    ) -> Role:
        """A role above those that are there."""
        role = Role(self.ids.next(), name, int(permissions), len(guild.roles))
        role.mentionable = mentionable
        guild.roles[role.id] = role
        self._tell_role("GUILD_ROLE_CREATE", guild, {"role": role.as_json()})
        return role

    def set_role(self, guild: Guild, role: Role, *, permissions: int) -> None:
        """Changes what a role allows."""
        role.permissions = int(permissions)
        self._tell_role("GUILD_ROLE_UPDATE", guild, {"role": role.as_json()})

    def remove_role(self, guild: Guild, role: Role) -> None:
        """Deletes a role."""
        del guild.roles[role.id]
        for member in guild.members.values():
            member.roles.discard(role.id)
        self._tell_role("GUILD_ROLE_DELETE", guild, {"role_id": str(role.id)})

    def _tell_role(self, name: str, guild: Guild, data: Json) -> None:
        data["guild_id"] = str(guild.id)
        self.gateway.tell(name, data, guild_id=guild.id, intent=Intent.GUILDS)
        self.bus.publish("server_changed", guild)

    def bot_role(self, guild: Guild) -> Role:
        """The bot's own role: take its rights away to see what the bot does then."""
        return next(role for role in guild.roles.values() if role.managed_by == self.bot.id)

    def add_member(
        self, guild: Guild, user: User, *, nick: str | None = None, roles: Iterable[Role] = ()
    ) -> Member:
        """Lets a person into a server."""
        member = Member(user, self.clock.now(), nick, {role.id for role in roles})
        guild.members[user.id] = member
        self._tell_member("GUILD_MEMBER_ADD", guild, member)
        return member

    def set_member(
        self, guild: Guild, member: Member, *, roles: Iterable[Role] | None = None
    ) -> None:
        """Gives a member exactly these roles."""
        if roles is not None:
            member.roles = {role.id for role in roles}
        self._tell_member("GUILD_MEMBER_UPDATE", guild, member)

    def remove_member(self, guild: Guild, user: User) -> None:
        """A member leaves."""
        member = guild.members.pop(user.id)
        self._tell_member("GUILD_MEMBER_REMOVE", guild, member)

    def _tell_member(self, name: str, guild: Guild, member: Member) -> None:
        # About itself a bot is told whatever it asked for.
        intent = Intent.GUILDS if member.user is self.bot else Intent.GUILD_MEMBERS
        data = {**member.as_json(), "guild_id": str(guild.id)}
        self.gateway.tell(name, data, guild_id=guild.id, intent=intent)
        self.bus.publish("server_changed", guild)

    # -- channels --

    def _new_channel(self, name: str, kind: Kind, guild: Guild | None) -> Channel:
        channel = Channel(self.ids.next(), kind, name, created_at=self.clock.now())
        if guild is not None:
            channel.guild_id, channel.position = guild.id, len(guild.channels)
            guild.channels[channel.id] = channel
        self.channels[channel.id] = channel
        return channel

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        kind: Kind = Kind.TEXT,
        parent: Channel | None = None,
        topic: str | None = None,
        tags: Iterable[str] = (),
        overwrites: Iterable[Overwrite] = (),
    ) -> Channel:
        """A channel; with a parent that is no category it is a thread."""
        if parent is not None and kind is Kind.TEXT and parent.kind is not Kind.CATEGORY:
            kind = Kind.PUBLIC_THREAD
        channel = self._new_channel(name, kind, guild)
        channel.parent_id = parent.id if parent else None
        channel.topic, channel.tags = topic, tuple(tags)
        channel.overwrites = {way.target_id: way for way in overwrites}
        if channel.is_thread:
            channel.owner_id = self.owner.id
            self._tell_channel("THREAD_CREATE", channel, {"newly_created": True})
        else:
            self._tell_channel("CHANNEL_CREATE", channel)
        return channel

    def set_overwrite(
        self, channel: Channel, target: Role | User, *, allow: int = 0, deny: int = 0
    ) -> None:
        """Changes for a role or a member what a channel allows."""
        kind = 0 if isinstance(target, Role) else 1
        channel.overwrites[target.id] = Overwrite(target.id, kind, int(allow), int(deny))
        self._tell_channel("CHANNEL_UPDATE", channel)

    def set_archived(self, thread: Channel, *, archived: bool, locked: bool = False) -> None:
        """Archives a thread or opens it again."""
        thread.archived, thread.locked = archived, locked
        self._tell_channel("THREAD_UPDATE", thread)

    def remove_channel(self, channel: Channel) -> None:
        """Deletes a channel and all that hangs below it."""
        guild = self.guild_of(channel)
        assert guild is not None, "A direct-message channel cannot be deleted."
        for thread in [one for one in guild.channels.values() if one.parent_id == channel.id]:
            if thread.is_thread:
                self.remove_channel(thread)
        del guild.channels[channel.id], self.channels[channel.id]
        self._tell_channel("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def _tell_channel(self, name: str, channel: Channel, more: Json | None = None) -> None:
        data = channel.as_json() | (more or {})
        self.gateway.tell(name, data, guild_id=channel.guild_id, intent=Intent.GUILDS)
        self.bus.publish("channel_changed", channel)

    def direct_channel(self, user: User) -> Channel:
        """The channel between the bot and a person, made when it is first wanted."""
        for channel in self.channels.values():
            if channel.is_direct and user in channel.recipients:
                return channel
        channel = self._new_channel(user.name, Kind.DIRECT, None)
        channel.recipients = (user,)
        return channel

    # -- weather --

    def go_down(self, how: Outage, *, seconds: float | None = None) -> None:
        """All of Discord is down, HTTP and gateway: for so many real seconds, or until told."""
        self.faults.outage = how
        self.gateway.close(1001)
        self.bus.publish("outage", how)
        if seconds is not None:
            self.spawn(self._come_back_after(seconds))

    def come_back(self) -> None:
        """The outage is over."""
        self.faults.outage = None
        self.bus.publish("outage", None)

    async def _come_back_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.come_back()
