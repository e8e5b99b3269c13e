"""The admin surface's changes of the world: faults, outages, time, servers, roles, channels.

Rule: each change is one form; what does not fit it is refused with a sentence.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.playground.local_discord.faults import Fault, Outage, When
from bot.playground.local_discord.people import Member, Role, User
from bot.playground.local_discord.places import Channel, Guild, Kind
from bot.playground.local_discord.posting import Posting
from bot.playground.local_discord.wire import Json
from bot.playground.local_discord.world import World


class Change(BaseModel):
    """A form; `apply` makes the change and tells what came of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def apply(self, world: World) -> Json:
        """Makes the change."""
        raise NotImplementedError


class AddFault(Change):
    """The next requests that match meet a fault."""

    kind: Literal["status", "reset", "delay", "rate limit"]
    method: str = "*"
    path: str = "*"
    times: int = 1
    when: When = "before"
    status: int = 500
    code: int = 0
    message: str | None = None
    seconds: float = 0
    everywhere: bool = False
    via: bool = True

    def apply(self, world: World) -> Json:
        world.faults.add(Fault(**self.model_dump()))
        return {"waiting": len(world.faults.waiting)}


class ClearFaults(Change):
    """Everything works again."""

    def apply(self, world: World) -> Json:
        world.faults.clear()
        return {}


class SetOutage(Change):
    """Discord is down, or no longer."""

    how: Outage | None
    seconds: float | None = None

    def apply(self, world: World) -> Json:
        if self.how is None:
            world.come_back()
        else:
            world.go_down(self.how, seconds=self.seconds)
        return {}


class SetClock(Change):
    """Pushes the clock ahead, or changes how fast it runs."""

    advance: float = 0
    speed: float | None = None

    def apply(self, world: World) -> Json:
        world.clock.advance(self.advance)
        if self.speed is not None:
            world.clock.speed = self.speed
        return {"now": world.clock.now(), "speed": world.clock.speed}


class DisturbGateway(Change):
    """Closes the gateway, or sends what makes a client stumble."""

    do: Literal["close", "reconnect", "invalidate", "nonsense"]
    code: int = 1001
    resumable: bool = True

    def apply(self, world: World) -> Json:
        if self.do == "close":
            world.gateway.close(self.code, keep=self.resumable)
        elif self.do == "reconnect":
            world.gateway.ask_to_reconnect()
        elif self.do == "invalidate":
            world.gateway.invalidate(resumable=self.resumable)
        else:
            world.gateway.tell_nonsense()
        return {}


class AddUser(Change):
    """A new person, in these servers."""

    name: str
    shown_as: str | None = None
    locale: str = "en-US"
    servers: tuple[int, ...] = ()

    def apply(self, world: World) -> Json:
        user = world.add_user(self.name, shown_as=self.shown_as, locale=self.locale)
        for server in self.servers:
            world.add_member(_guild(world, server), user)
        return {"id": str(user.id)}


class SetUser(Change):
    """What a person allows and may upload."""

    user: int
    takes_direct_messages: bool | None = None
    upload_limit: int | None = None

    def apply(self, world: World) -> Json:
        user = _user(world, self.user)
        if self.takes_direct_messages is not None:
            user.takes_direct_messages = self.takes_direct_messages
        if self.upload_limit is not None:
            user.upload_limit = self.upload_limit
        world.bus.publish("user_changed", user)
        return {}


class AddServer(Change):
    """A new server with the bot in it."""

    name: str
    channels: tuple[str, ...] = ("general",)
    members: tuple[int, ...] = ()
    tier: int = 0

    def apply(self, world: World) -> Json:
        members = [_user(world, user) for user in self.members]
        guild = world.add_guild(self.name, tier=self.tier, channels=self.channels, members=members)
        return {"id": str(guild.id), "channels": [str(channel) for channel in guild.channels]}


class SetTier(Change):
    """Boosts a server."""

    server: int
    tier: int

    def apply(self, world: World) -> Json:
        world.set_tier(_guild(world, self.server), self.tier)
        return {}


class RemoveServer(Change):
    """Throws the bot out."""

    server: int

    def apply(self, world: World) -> Json:
        world.remove_guild(_guild(world, self.server))
        return {}


class AddChannel(Change):
    """A new channel, or a thread below one."""

    server: int
    name: str
    kind: Kind = Kind.TEXT
    parent: int | None = None

    def apply(self, world: World) -> Json:
        parent = _channel(world, self.parent) if self.parent else None
        guild = _guild(world, self.server)
        channel = world.add_channel(guild, self.name, kind=self.kind, parent=parent)
        return {"id": str(channel.id)}


class RemoveChannel(Change):
    """Deletes a channel."""

    channel: int

    def apply(self, world: World) -> Json:
        world.remove_channel(_channel(world, self.channel))
        return {}


class RemoveMessage(Change):
    """Deletes a message, whoever wrote it."""

    channel: int
    message: int

    def apply(self, world: World) -> Json:
        message = _channel(world, self.channel).history.find(self.message)
        if message is None:
            raise LookupError("There is no such message.")
        Posting(world).delete(message)
        return {}


class SetPermissions(Change):
    """What a channel allows a role, a member or (without a target) the bot's own role."""

    channel: int
    target: int | None = None
    allow: int = 0
    deny: int = 0

    def apply(self, world: World) -> Json:
        channel = _channel(world, self.channel)
        guild = world.guild_of(channel)
        if guild is None:
            raise LookupError("Direct messages have no permissions.")
        found: Role | User | None = world.bot_role(guild)
        if self.target is not None:
            found = guild.roles.get(self.target) or world.users.get(self.target)
        if found is None:
            raise LookupError("There is no such role or user.")
        world.set_overwrite(channel, found, allow=self.allow, deny=self.deny)
        return {}


class AddRole(Change):
    """A new role."""

    server: int
    name: str
    permissions: int = 0

    def apply(self, world: World) -> Json:
        guild = _guild(world, self.server)
        return {"id": str(world.add_role(guild, self.name, permissions=self.permissions).id)}


class SetRole(Change):
    """What a role allows in all of its server; without a role, the bot's own."""

    server: int
    role: int | None = None
    permissions: int

    def apply(self, world: World) -> Json:
        guild = _guild(world, self.server)
        role = guild.roles.get(self.role) if self.role else world.bot_role(guild)
        if role is None:
            raise LookupError("There is no such role.")
        world.set_role(guild, role, permissions=self.permissions)
        return {}


class SetMember(Change):
    """Exactly these roles for a member; who is no member becomes one."""

    server: int
    user: int
    roles: tuple[int, ...] = ()

    def apply(self, world: World) -> Json:
        guild, user = _guild(world, self.server), _user(world, self.user)
        roles = [guild.roles[role] for role in self.roles]
        member: Member | None = guild.members.get(user.id)
        if member is None:
            world.add_member(guild, user, roles=roles)
        else:
            world.set_member(guild, member, roles=roles)
        return {}


CHANGES: dict[str, type[Change]] = {
    "faults": AddFault,
    "faults/clear": ClearFaults,
    "outage": SetOutage,
    "clock": SetClock,
    "gateway": DisturbGateway,
    "users": AddUser,
    "users/set": SetUser,
    "servers": AddServer,
    "servers/tier": SetTier,
    "servers/remove": RemoveServer,
    "channels": AddChannel,
    "channels/remove": RemoveChannel,
    "channels/permissions": SetPermissions,
    "messages/remove": RemoveMessage,
    "roles": AddRole,
    "roles/set": SetRole,
    "members/set": SetMember,
}
"""By the path below `/_world/`."""


def _guild(world: World, guild_id: int) -> Guild:
    if guild_id not in world.guilds:
        raise LookupError("There is no such server.")
    return world.guilds[guild_id]


def _channel(world: World, channel_id: int) -> Channel:
    if channel_id not in world.channels:
        raise LookupError("There is no such channel.")
    return world.channels[channel_id]


def _user(world: World, user_id: int) -> User:
    if user_id not in world.users:
        raise LookupError("There is no such user.")
    return world.users[user_id]
