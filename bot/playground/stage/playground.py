"""What is open while the playground plays, and what can be done to it.

Rule: a deed is complete when it answers, and touches one thing: the provider's weather, time,
Discord, or the bot.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.glance import Entry, Glance, glance
from bot.domain.errors import StoreError
from bot.domain.ids import GuildId, InteractionId, RoleId, UserId
from bot.playground.local_discord import Cast, LocalDiscord, User
from bot.playground.rehearsal import RehearsalProvider
from bot.playground.stage.bot_process import BotProcess
from bot.playground.stage.guide import Guide

LONGEST_OUTAGE: Final = 3600.0
_NEVER: Final = "never"
"""The act of a task that does not end by itself."""


@dataclass(eq=False)
class Playground:
    """Discord, provider and bot."""

    discord: LocalDiscord
    provider: RehearsalProvider
    bot: BotProcess
    cast: Cast
    folder: DataFolder
    """The bot's own."""
    speed: float
    guide: Guide = field(init=False)
    outage_ends: float | None = None
    """In Unix seconds."""
    _outage: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self.guide = Guide(self._pressed)

    # -- looking -------------------------------------------------------------------------------

    @property
    def people(self) -> tuple[User, ...]:
        """Who can be played."""
        cast = self.cast
        return (cast.ann, cast.ben, cast.pat, cast.ada, cast.olga)

    async def glance(self) -> Glance | None:
        """The bot's books as they stand; None where they cannot be read at this moment."""
        guild = self.cast.studio
        purses = {
            UserId(user.id): [RoleId(role) for role in guild.members[user.id].roles]
            for user in self.people
            if user.id in guild.members
        }
        try:
            return await asyncio.to_thread(
                glance, self.folder.database, GuildId(guild.id), purses, now=datetime.now(UTC)
            )
        except StoreError:
            return None

    def _pressed(self, interaction: InteractionId) -> str | None:
        every = self.discord.world.interactions.values()
        found = next((one for one in every if one.id == interaction), None)
        return None if found is None else str(found.data.get("custom_id") or "")

    @property
    def stuck(self) -> list[str]:
        """Tasks that never end by themselves."""
        tasks = self.provider.books.tasks.values()
        return [one.task_id for one in tasks if one.act.name == _NEVER and not one.ended]

    # -- the provider --------------------------------------------------------------------------

    def change_weather(self, name: str) -> None:
        """What the provider does from now on. ValueError for a weather that there is not."""
        self.provider.stage.change_weather(name)
        if self.provider.stage.weather != "never finishes":
            for task in self.stuck:
                self.provider.finish(task)

    async def change_speed(self, speed: float) -> None:
        """How fast time runs, for the provider at once and for the bot by a restart in order: its
        patience is a setting like any other.
        """
        if speed == self.speed:
            return
        self.speed = speed
        self.provider.adjust(wait_scale=1 / speed)
        if self.bot.pid is not None:
            await self.bot.restart()

    # -- Discord -------------------------------------------------------------------------------

    def take_discord_down(self, seconds: float) -> None:
        """Nobody reaches Discord for so long."""
        self._forget_outage()
        self.discord.go_down("503")
        self.outage_ends = time.time() + seconds
        self._outage = asyncio.get_running_loop().call_later(seconds, self.bring_discord_back)

    def bring_discord_back(self) -> None:
        """The outage is over."""
        self._forget_outage()
        self.discord.come_back()

    def _forget_outage(self) -> None:
        if self._outage is not None:
            self._outage.cancel()
        self._outage = self.outage_ends = None

    # -- the bot -------------------------------------------------------------------------------

    async def kill_bot(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        await self.bot.kill()
        # Looked at afterwards: what the books say now is what it died over.
        self.guide.note_kill(await self._entries())

    async def _entries(self) -> Sequence[Entry]:
        seen = await self.glance()
        return seen.entries if seen else ()


def settings_of(
    discord: LocalDiscord, provider: RehearsalProvider, *, guild: int, web_port: int, speed: float
) -> Mapping[str, str]:
    """The environment of the playground's bot: that of a real one, with other addresses."""
    return {
        "DISCORD_TOKEN": discord.token,
        "CLAPPER_DISCORD_API_URL": discord.api_url,
        "CLAPPER_DISCORD_GATEWAY_URL": discord.gateway_url,
        "APIXO_API_KEY": provider.key,
        "CLAPPER_APIXO_URL": provider.base_url,
        "CLAPPER_RESULT_HOSTS": "127.0.0.1",
        "CLAPPER_PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "CLAPPER_WEB_PORT": str(web_port),
        "CLAPPER_ALLOWED_SERVERS": str(guild),
        "CLAPPER_WAIT_SCALE": f"{1 / speed:.9g}",
        "CLAPPER_DATA_DIR": ".",
    }
