"""The Discord client: what it listens to, how commands and presses find their handlers.

Rule: it needs no privileged intent, mentions nobody unless a message says so, and keeps no message.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, TypeVar

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.refund_mark import mark_refunded
from bot.adapters.discord.rights import access_to
from bot.adapters.discord.threads import awake
from bot.adapters.sqlite.marks import Marks
from bot.app.busy import Busy
from bot.app.doors import Door, answer_privately
from bot.app.forms import Form, read_form
from bot.app.memory import Memory
from bot.app.services import Services
from bot.app.sync import knows_commands, sync_commands
from bot.app.translation import Translator
from bot.cards import Press, Reader, notice_card, parse
from bot.domain.ids import ChannelId, GuildId
from bot.domain.outcome import Receipt
from bot.domain.rights import Access
from bot.log import get_logger

T = TypeVar("T")
Asked: TypeAlias = "discord.Interaction[Any]"
OnPress: TypeAlias = Callable[[Any, Press], Awaitable[None]]
OnForm: TypeAlias = Callable[[Any, Press, Form], Awaitable[None]]

_DRAIN_SECONDS: Final = 60.0
"""A large file on a slow line takes its time, and is never cut off for a new login."""


class CogBrokenError(RuntimeError):
    """A cog that does not load: a defect, which stops the start."""


class Tree(app_commands.CommandTree["Clapper"]):
    """The commands, each of them counted while it runs, all of them with one error door."""

    async def interaction_check(self, interaction: "discord.Interaction[Clapper]", /) -> bool:
        """Nothing new begins while the bot closes."""
        return await self.client.is_open(interaction)

    async def on_error(
        self, interaction: "discord.Interaction[Clapper]", error: app_commands.AppCommandError, /
    ) -> None:
        """To the door."""
        await self.client.door.meet(interaction, error)

    async def _call(self, interaction: "discord.Interaction[Clapper]") -> None:
        # The library offers no other place that sees the beginning and the end of a command.
        with self.client.busy.work():
            try:
                await super()._call(interaction)
            except app_commands.AppCommandError:
                raise  # on its way to `on_error`
            except Exception as error:  # noqa: BLE001 - would only be an unread task's exception
                await self.client.door.meet(interaction, error)


class Clapper(commands.Bot):
    """One login at Discord. `Face` makes a new one whenever one has ended."""

    def __init__(
        self,
        services: Services,
        marks: Marks,
        memory: Memory,
        *,
        development_server: int | None = None,
        **options: Any,
    ) -> None:
        """`options` go to discord.py: tests have less patience than it has."""
        intents = discord.Intents.none()
        intents.guilds = True
        # It never speaks, so nobody needs to be warned that it cannot.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            **options,
        )
        self.services = services
        self.memory = memory
        self.busy = Busy()
        self.door = Door(self.reader)
        self.closing = False
        self.connected = False
        """Whether the gateway is open at this moment."""
        self.commands_current = True
        """Whether Discord knows the commands as they are."""
        self._marks = marks
        self._development_server = development_server
        self._presses: dict[str, OnPress] = {}
        self._forms: dict[str, OnForm] = {}

    # -- for cogs ------------------------------------------------------------------------------

    def on_press(self, name: str, handler: OnPress) -> None:
        """Presses of `clapper:NAME:…` go to this handler, whoever sent the button and when."""
        assert name not in self._presses, f"two handlers for {name}"
        self._presses[name] = handler

    def on_form(self, name: str, handler: OnForm) -> None:
        """Forms whose custom id is `clapper:NAME:…` go to this handler."""
        assert name not in self._forms, f"two handlers for the form {name}"
        self._forms[name] = handler

    def reader(self, interaction: Asked, *, public: bool = False) -> Reader:
        """For whom an answer is written: the member, or everybody in the server."""
        locale = interaction.guild_locale if public else interaction.locale
        return Reader(str(locale or "en"), rehearsal=self.services.rehearsal)

    async def access_to(self, guild: GuildId, channel: ChannelId) -> Access | None:
        """What keeps the bot from working in a channel; None where it is not known."""
        return await access_to(self, guild, channel)

    async def awake(self, channel: int, act: Callable[[], Awaitable[T]]) -> T:
        """Does something to a message, also where its thread sleeps."""
        return await awake(self, channel, act)

    async def mark_refunded(self, guild: GuildId, receipt: Receipt) -> None:
        """Lets a video's message say that it was paid back, as far as it can be reached."""
        await mark_refunded(self, guild, receipt)

    # -- life ----------------------------------------------------------------------------------

    async def load_cogs(self, package: str) -> None:
        """Sets up all in a package that does not begin with `_`. Raises CogBrokenError."""
        folder = importlib.import_module(package)
        for module in pkgutil.iter_modules(folder.__path__):
            if module.name.startswith("_"):
                continue
            try:
                cog = importlib.import_module(f"{package}.{module.name}")
                await cog.setup(self)
            except Exception as error:
                raise CogBrokenError(f"{package}.{module.name} does not load: {error}") from error

    async def setup_hook(self) -> None:
        """After the login, before the gateway."""
        await self.tree.set_translator(Translator())
        self.commands_current = await sync_commands(
            self.tree, self._marks, server=self._development_server
        )

    async def has_commands(self) -> bool:
        """Whether Discord has the commands as they are. What it does not say is taken for a yes."""
        if not self.commands_current:
            return False
        try:
            known = await knows_commands(self.tree, server=self._development_server)
        except (OSError, aiohttp.ClientError):
            return True
        return known is not False

    async def rest(self) -> None:
        """Nothing new begins; waits for what runs."""
        self.closing = True
        if not await self.busy.rest(_DRAIN_SECONDS):
            get_logger(__name__).warning("Closing although something runs", count=self.busy.count)

    async def is_open(self, interaction: Asked) -> bool:
        """Whether work may begin. Says so if it may not."""
        if self.closing and interaction.type is not discord.InteractionType.autocomplete:
            sentence = self.reader(interaction).say("door.closing")
            await answer_privately(interaction, notice_card("", sentence))
        return not self.closing

    # -- events --------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        """The gateway is open."""
        self.connected = True

    async def on_resumed(self) -> None:
        """It is open again."""
        self.connected = True

    async def on_disconnect(self) -> None:
        """It is closed; the library opens it again by itself, most of the time."""
        self.connected = False

    async def on_message(self, _message: discord.Message, /) -> None:
        """Nothing: commands are slash commands."""

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """An event broke its handler: a line in the log, and on with the next."""
        get_logger(__name__).exception("An event failed", about=event_method)

    async def on_interaction(self, interaction: Asked) -> None:
        """Presses and forms, by their custom ids. Commands go their own way, through the tree."""
        press = parse(str((interaction.data or {}).get("custom_id", "")))
        if press is None:
            return
        with self.busy.work():
            try:
                await self._dispatch(interaction, press)
            except Exception as error:  # noqa: BLE001 - the door is the last
                await self.door.meet(interaction, error)

    async def _dispatch(self, interaction: Asked, press: Press) -> None:
        if interaction.type is discord.InteractionType.component:
            handler = self._presses.get(press.name)
            if handler is not None and await self.is_open(interaction):
                await handler(interaction, press)
        elif interaction.type is discord.InteractionType.modal_submit:
            form = self._forms.get(press.name)
            if form is not None and await self.is_open(interaction):
                await form(interaction, press, read_form(interaction))
