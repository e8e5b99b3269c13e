"""Servers with rules of their own, and the members that tests bring to them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.policies import Policies
from bot.domain.ids import GuildId, UserId
from bot.domain.money import dollars
from bot.domain.policy import LoraPreset
from bot.playground.local_discord import (
    Channel,
    Guild,
    Invocation,
    Kind,
    LocalDiscord,
    Message,
    Person,
)
from tests.town_books import SETTLED, Row

if TYPE_CHECKING:
    from tests.town import Town

NUMBERED = re.compile(r"·\s#\d")
"""On a message about a job that stands."""
Rules = Mapping[str, Any]
"""Of a server: fields of its policy. A `channel` is named; `presets` are LoRAs."""


@dataclass(frozen=True)
class Home:
    """A server with rules of its own."""

    guild: Guild
    general: Channel
    videos: Channel
    thread: Channel
    """Below `general`."""
    forum: Channel
    post: Channel
    """In the forum."""


@dataclass
class Someone:
    """A member at their client."""

    town: "Town"
    home: Home
    person: Person

    @property
    def id(self) -> int:
        return self.person.user.id

    @property
    def jobs(self) -> "list[Row]":
        """Theirs, the latest first."""
        return self.town.rows("member_id = ?", self.id)

    @property
    def job(self) -> "Row":
        [job] = self.jobs
        return job

    async def types(
        self,
        command: str,
        *,
        at: Channel | None = None,
        files: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Invocation:
        """Types a command and presses Enter."""
        return await self.person.slash(
            command, options, channel=at or self.home.videos, attachments=files
        )

    async def orders(self, command: str, **more: Any) -> Message:
        """Types a command that makes a job; the message that waits, once it has its number."""
        asked = await self.types(command, **more)
        return await asked.message(lambda one: NUMBERED.search(one.text) is not None)

    async def told(self, command: str, **more: Any) -> Message:
        """Types a command, and reads the answer."""
        return await (await self.types(command, **more)).message()

    async def presses(self, message: Message, button: str) -> Invocation:
        return await self.person.press(message, button)

    async def fills_in(self, opened: Invocation, **fields: Any) -> Invocation:
        return await self.person.submit(opened, fields)

    async def post(self, holds: Callable[[Message], Any], *, at: Channel | None = None) -> Message:
        """A message of the bot's, as soon as it stands."""
        return await self.person.wait_for_message(
            lambda one: one.author.bot and holds(one),
            channel=at or self.home.videos,
            timeout=SETTLED,
        )

    async def result(self, number: int, *, at: Channel | None = None) -> Message:
        """The message that ends a job, whatever it says."""
        mark = f"clapper:details:{number}:"
        return await self.post(
            lambda one: any(str(each.get("custom_id")).startswith(mark) for each in one.buttons),
            at=at,
        )

    async def video(self, prompt: str, *, at: Channel | None = None) -> Message:
        """The message with the finished video."""
        return await self.post(
            lambda one: one.media and prompt in one.text and "Again" in one.labels, at=at
        )

    def public(self, at: Channel | None = None) -> list[Message]:
        """What the bot has said to all, and not taken back."""
        seen = self.person.messages(at or self.home.videos, limit=1000)
        return [one for one in seen if one.author.bot and not one.ephemeral]

    async def offered(
        self, command: str, option: str, typed: str = "", **options: Any
    ) -> list[Any]:
        """What completes itself below an option."""
        at = self.home.videos
        found = await self.person.autocomplete(command, option, typed, channel=at, options=options)
        return [one["value"] for one in found]

    def about(self, prompt: str, at: Channel | None = None) -> list[Message]:
        """The same, as far as it is about one prompt."""
        return [one for one in self.public(at) if prompt in one.text]


def build_home(server: LocalDiscord, name: str) -> Home:
    """A server with a channel of each kind."""
    world = server.world
    guild = world.add_guild(name, owner=world.owner, channels=["general", "videos"])
    general, videos = guild.channels.values()
    thread = world.add_channel(guild, "a thread", parent=general)
    forum = world.add_channel(guild, "showcase", kind=Kind.FORUM)
    return Home(
        guild, general, videos, thread, forum, world.add_channel(guild, "a post", parent=forum)
    )


async def decide(books: Database, home: Home, rules: Rules) -> None:
    """What the admins of a server have decided before the bot starts."""
    policies, guild, now = Policies(books), GuildId(home.guild.id), datetime.now(UTC)
    presets, blocked = rules.get("presets", ()), rules.get("words", ())
    fields = {name: it for name, it in rules.items() if name not in {"presets", "words"}}
    where = fields.get("channel", "videos")
    fields["channel"] = where and getattr(home, where).id
    if "admin_channel" in fields:
        fields["admin_channel"] = getattr(home, fields["admin_channel"]).id
    fields.setdefault("pool", dollars("1000"))
    changed = {"act": "set", "actor": UserId(1), "now": now}
    await policies.change(guild, lambda was: replace(was, **fields), **changed)
    for preset in presets:
        assert isinstance(preset, LoraPreset)
        await policies.put_preset(guild, preset, actor=UserId(1), now=now)
    for word in blocked:
        await policies.block_word(guild, word, actor=UserId(1), now=now)
