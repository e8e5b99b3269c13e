"""Routes about messages by the bot's token, and about threads.

Rule: the bot's permissions in the channel decide; an interaction's token is another matter.
"""

from typing import Final

from bot.playground.local_discord.calls import Call, Reply, Route
from bot.playground.local_discord.checks_messages import Draft, read_message
from bot.playground.local_discord.forms import Form
from bot.playground.local_discord.messages import Flag, Message
from bot.playground.local_discord.people import MEBIBYTE
from bot.playground.local_discord.permissions import Can
from bot.playground.local_discord.places import TALKING, Channel, Kind
from bot.playground.local_discord.posting import Posting
from bot.playground.local_discord.refusals import (
    cannot_message_user,
    missing_permissions,
    not_a_text_channel,
    not_in_direct_messages,
    not_the_author,
    thread_archived,
    unknown,
    wrong_channel_type,
)
from bot.playground.local_discord.rendering import held_back
from bot.playground.local_discord.routes_places import visible
from bot.playground.local_discord.wire import as_json
from bot.playground.local_discord.world import World

FLAGS: Final = int(Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2)
"""The flags that a bot's own message may set."""
DIRECT_LIMIT: Final = 10 * MEBIBYTE


class MessageRoutes:
    """What the bot says by itself."""

    def __init__(self, world: World, posting: Posting) -> None:
        self._world = world
        self._posting = posting

    def routes(self) -> list[Route]:
        """All of them."""
        channel = "/channels/{channel_id}"
        one = f"{channel}/messages/{{message_id}}"
        return [
            Route("GET", f"{channel}/messages", self._page),
            Route("POST", f"{channel}/messages", self._send),
            Route("POST", f"{channel}/messages/bulk-delete", self._delete_many),
            Route("GET", one, self._show),
            Route("PATCH", one, self._edit),
            Route("DELETE", one, self._delete),
            Route("POST", f"{channel}/threads", self._thread),
            Route("POST", f"{one}/threads", self._thread_below),
        ]

    async def _page(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        form = Form()
        raw = call.query.get("limit", "50")
        limit = int(raw) if raw.isdigit() else 0
        form.number({"limit": limit}, "limit", (), low=1, high=100)
        form.done()
        if not self._may(channel, Can.READ_MESSAGE_HISTORY):
            return 200, []
        before, after, around = (call.asked_id(name) for name in ("before", "after", "around"))
        found = channel.history.page(before=before, after=after, around=around, limit=limit)
        return 200, [self._shown(message) for message in found]

    async def _show(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        if not self._may(channel, Can.READ_MESSAGE_HISTORY):
            raise missing_permissions()
        return 200, self._shown(self._find(call, channel))

    async def _send(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        self._refuse_place(channel)
        draft = read_message(call.json, call.uploads, flags=FLAGS)
        self._refuse_parts(channel, draft)
        self._refuse_reply(channel, call, draft)
        limit = self._limit(channel)
        message = await self._posting.create(channel, self._world.bot, draft, limit=limit)
        return 200, self._shown(message)

    async def _edit(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        message = self._find(call, channel)
        if message.author is not self._world.bot:
            raise not_the_author()
        self._posting.refuse_asleep(message)
        draft = read_message(call.json, call.uploads, editing=message, flags=FLAGS)
        self._refuse_parts(channel, draft)
        await self._posting.edit(message, draft, limit=self._limit(channel))
        return 200, self._shown(message)

    async def _delete(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        message = self._find(call, channel)
        if message.author is not self._world.bot:
            if channel.is_direct:
                raise not_in_direct_messages()
            if not self._may(channel, Can.MANAGE_MESSAGES):
                raise missing_permissions()
        self._posting.refuse_asleep(message)
        self._posting.delete(message)
        return 204, None

    async def _delete_many(self, call: Call) -> Reply:
        channel = visible(self._world, call)
        if not self._may(channel, Can.MANAGE_MESSAGES):
            raise missing_permissions()
        for raw in call.json.get("messages") or ():
            message = channel.history.find(int(raw))
            if message is not None and message.only_for is None:
                self._posting.refuse_asleep(message)
                self._posting.delete(message)
        return 204, None

    async def _thread(self, call: Call) -> Reply:
        world, parent, body = self._world, visible(self._world, call), call.json
        if parent.kind not in {Kind.TEXT, Kind.ANNOUNCEMENT, Kind.FORUM}:
            raise wrong_channel_type()
        forum = parent.kind is Kind.FORUM
        right = Can.SEND_MESSAGES if forum else Can.CREATE_PUBLIC_THREADS
        name = self._thread_name(call, parent, right)
        if not forum:
            private = body.get("type", Kind.PRIVATE_THREAD) == Kind.PRIVATE_THREAD
            kind = Kind.PRIVATE_THREAD if private else Kind.PUBLIC_THREAD
            return 201, self._new_thread(parent, name, kind).as_json()
        inside = as_json(body.get("message"))
        draft = read_message(inside, call.uploads, place=("message",), flags=FLAGS)
        self._refuse_parts(parent, draft)
        thread = self._new_thread(parent, name, Kind.PUBLIC_THREAD)
        try:
            message = await self._posting.create(
                thread, world.bot, draft, limit=self._limit(parent)
            )
        except Exception:
            world.remove_channel(thread)
            raise
        return 201, thread.as_json() | {"message": self._shown(message)}

    async def _thread_below(self, call: Call) -> Reply:
        parent = visible(self._world, call)
        self._find(call, parent)
        name = self._thread_name(call, parent, Can.CREATE_PUBLIC_THREADS)
        return 201, self._new_thread(parent, name, Kind.PUBLIC_THREAD).as_json()

    def _thread_name(self, call: Call, parent: Channel, right: Can) -> str:
        if not self._may(parent, right):
            raise missing_permissions()
        form = Form()
        name = form.text(call.json, "name", (), low=1, high=100, needed=True)
        form.done()
        return str(name)

    def _new_thread(self, parent: Channel, name: str, kind: Kind) -> Channel:
        guild = self._world.guild_of(parent)
        assert guild is not None, "Direct messages were refused above."
        thread = self._world.add_channel(guild, name, kind=kind, parent=parent)
        thread.owner_id = self._world.bot.id
        return thread

    # -- what is refused --

    def _refuse_place(self, channel: Channel) -> None:
        if channel.kind not in TALKING:
            raise not_a_text_channel()
        if channel.is_direct and not self._reaches(channel):
            raise cannot_message_user()
        threaded = Can.SEND_MESSAGES_IN_THREADS if channel.is_thread else Can.SEND_MESSAGES
        if not self._may(channel, threaded):
            raise missing_permissions()
        if channel.locked and not self._may(channel, Can.MANAGE_THREADS):
            raise thread_archived()

    def _reaches(self, channel: Channel) -> bool:
        person = channel.recipients[0]
        met = any(person.id in guild.members for guild in self._world.guilds.values())
        return met and person.takes_direct_messages

    def _refuse_parts(self, channel: Channel, draft: Draft) -> None:
        if draft.uploads and not self._may(channel, Can.ATTACH_FILES):
            raise missing_permissions()
        if draft.embeds and not self._may(channel, Can.EMBED_LINKS):
            raise missing_permissions()

    def _refuse_reply(self, channel: Channel, call: Call, draft: Draft) -> None:
        if draft.reply_to is None or channel.history.find(draft.reply_to):
            return
        if as_json(call.json.get("message_reference")).get("fail_if_not_exists") is False:
            return
        form = Form()
        words = "Unknown message"
        form.wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", words)
        form.done()

    def _may(self, channel: Channel, right: Can) -> bool:
        return self._world.can(self._world.bot, channel, right)

    def _limit(self, channel: Channel) -> int:
        guild = self._world.guild_of(channel)
        return guild.file_limit if guild else DIRECT_LIMIT

    def _find(self, call: Call, channel: Channel) -> Message:
        message = channel.history.find(call.id("message_id"))
        # To the bot's own token an ephemeral message does not exist.
        if message is None or message.only_for is not None:
            raise unknown("Message")
        return message

    def _shown(self, message: Message) -> dict[str, object]:
        channel = self._world.channel(message.channel_id)
        shown = self._world.render.message(message, guild_id=channel.guild_id)
        # HTTP holds back as much as the gateway does.
        readable = self._world.is_open(message, self._world.gateway.granted)
        return shown if readable else held_back(shown)
