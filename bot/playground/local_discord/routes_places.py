"""Routes about the bot itself, users, servers and channels.

Rule: what the bot may not see, it is not told.
"""

from bot.playground.local_discord.calls import Call, Reply, Route, snowflake
from bot.playground.local_discord.forms import Form
from bot.playground.local_discord.gateway import Intent
from bot.playground.local_discord.people import Member
from bot.playground.local_discord.permissions import Can
from bot.playground.local_discord.places import Channel, Guild
from bot.playground.local_discord.refusals import (
    missing_access,
    missing_permissions,
    not_in_direct_messages,
    thread_archived,
    unknown,
)
from bot.playground.local_discord.wire import Json
from bot.playground.local_discord.world import World


class PlaceRoutes:
    """Who and where."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """All of them."""
        guild = "/guilds/{guild_id}"
        return [
            Route("GET", "/gateway", self._gateway, open=True),
            Route("GET", "/gateway/bot", self._gateway_bot),
            Route("GET", "/users/@me", self._me),
            Route("GET", "/users/@me/guilds", self._my_guilds),
            Route("POST", "/users/@me/channels", self._open_direct),
            Route("GET", "/users/{user_id}", self._user),
            Route("GET", "/oauth2/applications/@me", self._application),
            Route("GET", "/applications/@me", self._application),
            Route("GET", guild, self._guild),
            Route("GET", f"{guild}/channels", self._channels),
            Route("GET", f"{guild}/roles", self._roles),
            Route("GET", f"{guild}/threads/active", self._threads),
            Route("GET", f"{guild}/members", self._members),
            Route("GET", f"{guild}/members/search", self._search),
            Route("GET", f"{guild}/members/{{user_id}}", self._member),
            Route("GET", "/channels/{channel_id}", self._channel),
            Route("PATCH", "/channels/{channel_id}", self._change_thread),
            Route("DELETE", "/channels/{channel_id}", self._remove),
            Route("POST", "/channels/{channel_id}/typing", self._typing),
        ]

    async def _gateway(self, call: Call) -> Reply:
        del call
        return 200, {"url": self._world.gateway_url}

    async def _gateway_bot(self, call: Call) -> Reply:
        del call
        limit: Json = {
            "total": 1000,
            "remaining": max(0, 1000 - self._world.gateway.identified),
            "reset_after": 0,
            "max_concurrency": 1,
        }
        return 200, {"url": self._world.gateway_url, "shards": 1, "session_start_limit": limit}

    async def _me(self, call: Call) -> Reply:
        del call
        return 200, self._world.bot_as_json()

    async def _my_guilds(self, call: Call) -> Reply:
        del call
        bot = self._world.bot
        return 200, [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": guild.owner_id == bot.id,
                "permissions": "0",
                "features": [],
            }
            for guild in self._world.guilds.values()
        ]

    async def _application(self, call: Call) -> Reply:
        del call
        return 200, self._world.application_as_json()

    async def _user(self, call: Call) -> Reply:
        user = self._world.users.get(call.id("user_id"))
        if user is None:
            raise unknown("User")
        return 200, user.as_json()

    async def _open_direct(self, call: Call) -> Reply:
        raw = call.json.get("recipient_id")
        if raw is None:
            form = Form()
            form.required(("recipient_id",))
            form.done()
        user = self._world.users.get(snowflake(str(raw), "recipient_id"))
        if user is None:
            raise unknown("User")
        return 200, self._world.direct_channel(user).as_json()

    async def _guild(self, call: Call) -> Reply:
        guild = self._find_guild(call)
        body = guild.as_json()
        if call.query.get("with_counts") in {"1", "true"}:
            count = len(guild.members)
            body |= {"approximate_member_count": count, "approximate_presence_count": count}
        return 200, body

    async def _channels(self, call: Call) -> Reply:
        channels = self._find_guild(call).channels.values()
        return 200, [channel.as_json() for channel in channels if not channel.is_thread]

    async def _roles(self, call: Call) -> Reply:
        return 200, [role.as_json() for role in self._find_guild(call).roles.values()]

    async def _threads(self, call: Call) -> Reply:
        channels = self._find_guild(call).channels.values()
        threads = [one.as_json() for one in channels if one.is_thread and not one.archived]
        return 200, {"threads": threads, "members": [], "has_more": False}

    async def _member(self, call: Call) -> Reply:
        member = self._find_guild(call).members.get(call.id("user_id"))
        if member is None:
            raise unknown("Member")
        return 200, member.as_json()

    async def _members(self, call: Call) -> Reply:
        guild = self._find_guild(call)
        if not self._world.gateway.granted & Intent.GUILD_MEMBERS:
            raise missing_access()
        after, limit = call.asked_id("after") or 0, int(call.query.get("limit", "1"))
        found = [guild.members[user] for user in sorted(guild.members) if user > after]
        return 200, _all_json(found[:limit])

    async def _search(self, call: Call) -> Reply:
        members = self._find_guild(call).members.values()
        wanted, limit = call.query.get("query", "").lower(), int(call.query.get("limit", "1"))
        found = [
            member
            for member in members
            if member.name.lower().startswith(wanted) or member.user.name.startswith(wanted)
        ]
        return 200, _all_json(found[:limit])

    async def _channel(self, call: Call) -> Reply:
        return 200, visible(self._world, call).as_json()

    async def _change_thread(self, call: Call) -> Reply:
        world, channel, body = self._world, visible(self._world, call), call.json
        right = Can.MANAGE_THREADS if channel.is_thread else Can.MANAGE_CHANNELS
        own = channel.is_thread and channel.owner_id == world.bot.id
        opening = channel.is_thread and not channel.locked and body == {"archived": False}
        if opening:
            right = Can.SEND_MESSAGES_IN_THREADS
        if not own and not world.can(world.bot, channel, right):
            raise missing_permissions()
        if channel.archived and body.get("archived") is not False:
            raise thread_archived()
        form = Form()
        channel.name = form.text(body, "name", (), low=1, high=100) or channel.name
        form.done()
        if channel.is_thread:
            archived = bool(body.get("archived", channel.archived))
            locked = bool(body.get("locked", channel.locked))
            world.set_archived(channel, archived=archived, locked=locked)
        return 200, channel.as_json()

    async def _remove(self, call: Call) -> Reply:
        world, channel = self._world, visible(self._world, call)
        if channel.is_direct:
            raise not_in_direct_messages()
        right = Can.MANAGE_THREADS if channel.is_thread else Can.MANAGE_CHANNELS
        if not world.can(world.bot, channel, right):
            raise missing_permissions()
        world.remove_channel(channel)
        return 200, channel.as_json()

    async def _typing(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        if not self._world.can(self._world.bot, channel, Can.SEND_MESSAGES):
            raise missing_permissions()
        self._world.bus.publish("typing", channel)
        return 204, None

    def _find_guild(self, call: Call) -> Guild:
        guild = self._world.guilds.get(call.id("guild_id"))
        if guild is None:
            raise unknown("Guild")
        return guild


def visible(world: World, call: Call) -> Channel:
    """The channel in the path, if the bot can see it."""
    channel = world.channel(call.id("channel_id"))
    if not world.can(world.bot, channel, Can.VIEW_CHANNEL):
        raise missing_access()
    return channel


def _all_json(members: list[Member]) -> list[Json]:
    return [member.as_json() for member in members]
