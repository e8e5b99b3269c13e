"""The state of the local Discord: people, servers, channels, commands, interactions.

Rule: nothing here waits. A change is complete, told to the bot and to all listeners, before
anything else can happen.
"""

from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Final

from bot.playground.local_discord.background import Background
from bot.playground.local_discord.clock import Clock
from bot.playground.local_discord.commands import CommandBook
from bot.playground.local_discord.events import Bus
from bot.playground.local_discord.faults import Faults
from bot.playground.local_discord.files import Files
from bot.playground.local_discord.gateway import Gateway, Intent
from bot.playground.local_discord.interactions import Interaction
from bot.playground.local_discord.journal import Journal
from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.people import Member, Role, User
from bot.playground.local_discord.permissions import DIRECT, NEWCOMERS, Can, in_channel
from bot.playground.local_discord.places import Channel, Guild, Kind, Overwrite
from bot.playground.local_discord.refusals import unknown
from bot.playground.local_discord.rendering import Renderer
from bot.playground.local_discord.snowflakes import Snowflakes
from bot.playground.local_discord.wire import Json

TOKEN: Final = "local-discord"  # noqa: S105 - it opens nothing but this
BOT_ROLE: Final = int(
    NEWCOMERS | Can.MANAGE_MESSAGES | Can.CREATE_PUBLIC_THREADS | Can.SEND_MESSAGES_IN_THREADS
)
"""What the bot's own role allows in a new server."""


class World:
    """Everything there is."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        bot_name: str = "Clapper",
        clock: Clock | None = None,
        folder: Path | None = None,
    ) -> None:
        self.token = token
        self.clock = clock or Clock()
        self.ids = Snowflakes(self.clock.now)
        self.bus = Bus()
        self.files = Files(self.clock, self.ids, folder=folder)
        self.render = Renderer(self.files, self.find_message)
        self.faults = Faults()
        self.journal = Journal()
        self.gateway = Gateway()
        self.gateway_url = "ws://127.0.0.1/"
        self.background = Background()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        """By token."""
        self.application_id = self.ids.next()
        self.owner = self._new_user("operator", bot=False)
        self.bot = User(self.application_id, bot_name, bot=True)
        self.users[self.bot.id] = self.bot
        self.commands = CommandBook(self.application_id, self.ids)

    # -- who and where --

    def bot_as_json(self) -> Json:
        """The bot's own user, as it sees itself."""
        mine: Json = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
        return self.bot.as_json() | mine

    def application_as_json(self) -> Json:
        """The application."""
        return {
            "id": str(self.application_id),
            "name": self.bot.name,
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.bot.as_json(),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.owner.as_json(),
            "approximate_guild_count": len(self.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": [],
            "rpc_origins": [],
        }

    def guild_of(self, channel: Channel) -> Guild | None:
        """The server of a channel; None for direct messages."""
        return self.guilds.get(channel.guild_id or 0)

    def find_message(self, channel_id: int, message_id: int) -> Message | None:
        """A message, ephemeral or not."""
        channel = self.channels.get(channel_id)
        return channel.history.find(message_id) if channel else None

    def permissions(self, user: User, channel: Channel) -> int:
        """What somebody may in a channel."""
        guild = self.guild_of(channel)
        if guild is None:
            return DIRECT if user is self.bot or user in channel.recipients else 0
        member = guild.members.get(user.id)
        return in_channel(guild, member, channel) if member else 0

    def can(self, user: User, channel: Channel, right: Can) -> bool:
        """Whether somebody may do one thing in a channel."""
        return bool(self.permissions(user, channel) & right)

    def spawn(self, work: Coroutine[object, object, None]) -> Callable[[], None]:
        """Does something beside; the answer cancels it."""
        return self.background.spawn(work)

    # -- building --

    def _new_user(self, name: str, *, bot: bool) -> User:
        user = User(self.ids.next(), name, bot=bot)
        self.users[user.id] = user
        return user

    def add_user(self, name: str, *, shown_as: str | None = None, locale: str = "en-US") -> User:
        """A person with an account, in no server yet."""
        user = self._new_user(name, bot=False)
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

    def channel(self, channel_id: int) -> Channel:
        """A channel by its id."""
        if channel_id not in self.channels:
            raise unknown("Channel")
        return self.channels[channel_id]
