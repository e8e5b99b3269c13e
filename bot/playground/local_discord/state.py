"""What the local Discord consists of, and how its parts are found.

Rule: it decides nothing and changes nothing; `world` does, and what is built on it.
"""

from collections.abc import Callable, Coroutine
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
from bot.playground.local_discord.people import User
from bot.playground.local_discord.permissions import DIRECT, Can, in_channel
from bot.playground.local_discord.places import Channel, Guild
from bot.playground.local_discord.refusals import unknown
from bot.playground.local_discord.rendering import Renderer
from bot.playground.local_discord.snowflakes import Snowflakes
from bot.playground.local_discord.wire import Json

TOKEN: Final = "local-discord"  # noqa: S105 - it opens nothing but this


class State:
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
        self.owner = self.new_user("operator", bot=False)
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

    def is_open(self, message: Message, intents: int) -> bool:
        """Whether the bot may read a message, or only see that there is one."""
        channel = self.channels.get(message.channel_id)
        own = message.author is self.bot or self.bot in message.mentions
        return own or channel is None or channel.is_direct or bool(intents & Intent.MESSAGE_CONTENT)

    def spawn(self, work: Coroutine[object, object, None]) -> Callable[[], None]:
        """Does something beside; the answer cancels it."""
        return self.background.spawn(work)

    def channel(self, channel_id: int) -> Channel:
        """A channel by its id."""
        if channel_id not in self.channels:
            raise unknown("Channel")
        return self.channels[channel_id]

    def new_user(self, name: str, *, bot: bool) -> User:
        """An account of which nobody has been told."""
        user = User(self.ids.next(), name, bot=bot)
        self.users[user.id] = user
        return user
