"""A town for end-to-end tests: a local Discord and a provider in this process, the bot in another.

    async with town(folder, {"plain": {}, "poor": {"allowance": dollars("0.10")}}) as here:
        ann = here.newcomer("plain")
        asked = await ann.types("ltx text", prompt="a fox", duration=5)
        video = await ann.video("a fox")

Everything is real: sockets, files, books, signals. Whatever is not about one test (a broken
invariant, a request that Discord would refuse, a secret or an error in the log) is looked at when the
town closes.

Rule: a test reads the books and never writes them; what it wants changed it asks for before the bot
starts, or as a person at Discord.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.adapters.sqlite.database import Database
from bot.playground.local_discord import Can, Clock, LocalDiscord, World
from bot.playground.rehearsal import RehearsalProvider, TaskEntry
from tests.openapi import assert_fits
from tests.rehearsed import free_port
from tests.town_books import TownBooks, until
from tests.town_lives import Lives
from tests.town_verdict import verdict
from tests.townspeople import Home, Rules, Someone, build_home, decide

__all__ = ["Home", "Someone", "Town", "town", "until"]
SCALE = 0.002


@dataclass
class Town(TownBooks, Lives):
    """Everything that outlives the bot, and the bot."""

    server: LocalDiscord
    provider: RehearsalProvider
    folder: Path
    settings: Mapping[str, str]
    homes: dict[str, Home] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    expected: list[str] = field(default_factory=list)
    """Events in the log that a test brings about by intent, though they are errors."""
    forgiven: set[int] = field(default_factory=set)
    """Messages that may be left over, and may ping somebody who has no job."""
    news: "asyncio.Queue[Any]" = field(default_factory=asyncio.Queue)
    """Everything that happened at Discord since the town opened."""
    _names: "count[int]" = field(default_factory=count)

    # -- people ----------------------------------------------------------------------------------

    def newcomer(self, home: str, *, locale: str = "en-US", **changed: Any) -> Someone:
        """A member who has not done anything yet."""
        world, place = self.server.world, self.homes[home]
        user = world.add_user(f"member{next(self._names)}", locale=locale)
        for name, value in changed.items():
            setattr(user, name, value)
        world.add_member(place.guild, user)
        return Someone(self, place, self.server.person(user))

    def moderator(self, home: str) -> Someone:
        """Somebody who may delete other people's messages."""
        someone = self.newcomer(home)
        guild, world = someone.home.guild, self.server.world
        role = world.add_role(guild, f"moderators {someone.id}", permissions=Can.MANAGE_MESSAGES)
        world.set_member(guild, guild.members[someone.id], roles=[role])
        return someone

    def admin(self, home: str) -> Someone:
        """Somebody with Manage Server."""
        someone = self.newcomer(home)
        guild, world = someone.home.guild, self.server.world
        role = world.add_role(guild, f"admins {someone.id}", permissions=Can.MANAGE_GUILD)
        world.set_member(guild, guild.members[someone.id], roles=[role])
        return someone

    def prompt(self, words: str = "a fox in the snow") -> str:
        """Words that nobody has used before: by them a task is found at the provider."""
        return f"{words} {next(self._names)}"

    # -- the far side ----------------------------------------------------------------------------

    def tasks(self, prompt: str) -> list[TaskEntry]:
        """What the provider made of a prompt."""
        tasks = self.provider.books.tasks.values()
        return [task for task in tasks if _input_of(task).get("prompt") == prompt]

    async def runs_dry(self, balance: str) -> None:
        """The account answers like this from now on, and the bot knows: it submits nothing."""
        requests = self.provider.books.requests
        seen = requests["balance"]
        self.provider.stage.always("balance", balance)
        await until(lambda: requests["balance"] > seen)  # an earlier answer may still open it
        await self.closes()

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "DISCORD_TOKEN": self.server.token,
            "APIXO_API_KEY": self.provider.key,
            "CLAPPER_DATA_DIR": str(self.folder),
            "CLAPPER_APIXO_URL": self.provider.base_url,
            "CLAPPER_RESULT_HOSTS": "127.0.0.1",
            "CLAPPER_DISCORD_API_URL": self.server.api_url,
            "CLAPPER_DISCORD_GATEWAY_URL": self.server.gateway_url,
            "CLAPPER_ALLOWED_SERVERS": ",".join(
                str(home.guild.id) for name, home in self.homes.items() if name != "stranger"
            ),
            "CLAPPER_WEB_PORT": str(self.port),
            "CLAPPER_LOG_FORMAT": "json",
            "CLAPPER_DAILY_CAP": "1000",
            "CLAPPER_MONTHLY_CAP": "10000",
            **self.settings,
        }


class _Behind(Clock):
    """Discord's clock some time ago."""

    def __init__(self, ago: timedelta) -> None:
        super().__init__()
        self._reached -= ago.total_seconds()


def _input_of(task: TaskEntry) -> Mapping[str, Any]:
    content = task.payload["input"]
    assert isinstance(content, dict)
    return content


@asynccontextmanager
async def town(
    folder: Path,
    homes: Mapping[str, Rules],
    *,
    start: bool = True,
    scale: float = SCALE,
    public: bool = False,
    ago: timedelta = timedelta(0),
    **settings: str,
) -> AsyncGenerator[Town]:
    """Opens a town; `settings` are the bot's. A home called `stranger` is not allowed to spend.

    `public`: the bot has a public address, and so callbacks and links. `ago`: by how much Discord's
    clock is behind the bot's, so that a test may push it ahead to today.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(RehearsalProvider(wait_scale=scale, fast=True))
        server = await stack.enter_async_context(LocalDiscord(World(clock=_Behind(ago))))
        settings["CLAPPER_WAIT_SCALE"] = str(scale)
        here = Town(server, provider, data, settings)
        if public:
            settings["CLAPPER_PUBLIC_URL"] = f"http://127.0.0.1:{here.port}"
        here.news = stack.enter_context(server.world.bus.listen())
        async with await Database.open(here.database) as books:
            for name, rules in homes.items():
                here.homes[name] = build_home(server, name)
                await decide(books, here.homes[name], rules)
        try:
            if start:
                await here.start()
            yield here
            if here.is_alive:
                await until(lambda: not here.owes())
                await here.stop()
        except Exception as error:
            if log := here.last_lines():
                error.add_note(f"the last lines of the bot's log:\n{log}")
            raise
        finally:
            if here.is_alive and here.process is not None:
                here.process.kill()
                await here.process.wait()
        problems = verdict(here)
        assert not problems, "\n".join(problems)
        assert_fits(server.journal)
