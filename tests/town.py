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
import json
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any

import aiohttp

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.policies import Policies
from bot.domain.ids import GuildId, UserId
from bot.domain.money import dollars
from bot.domain.policy import LoraPreset
from bot.playground.local_discord import (
    Channel,
    Clock,
    Guild,
    Invocation,
    Kind,
    LocalDiscord,
    Message,
    Person,
    World,
)
from bot.playground.rehearsal import RehearsalProvider, TaskEntry
from tests.openapi import assert_fits
from tests.rehearsed import free_port

ROOT = Path(__file__).parents[1]
SCALE = 0.002
SETTLED = 15.0
"""Seconds after which a test gives up; nothing here takes more than a few."""
NUMBERED = re.compile(r"· #\d")
OVER = {"delivered", "undeliverable", "failed", "rejected", "expired", "lost", "cancelled"}

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


@dataclass(frozen=True)
class Row:
    """A job as it stands in the books."""

    number: int
    member_id: int
    interaction_id: int
    model: str
    mode: str
    request: Mapping[str, Any]
    price: int
    state: str
    charge: str
    cause: str | None
    channel_id: int
    message_id: int | None
    task_id: str | None
    parent: int | None


@dataclass
class Town:
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
    _names: Any = field(default_factory=count)

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
        role = world.add_role(guild, f"moderators {someone.id}", permissions=1 << 13)
        world.set_member(guild, guild.members[someone.id], roles=[role])
        return someone

    def prompt(self, words: str = "a fox in the snow") -> str:
        """Words that nobody has used before: by them a task is found at the provider."""
        return f"{words} {next(self._names)}"

    # -- books -----------------------------------------------------------------------------------

    @property
    def database(self) -> Path:
        return self.folder / "clapper.db"

    def look(self) -> "closing[sqlite3.Connection]":
        con = sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=10)
        con.row_factory = sqlite3.Row
        return closing(con)

    def rows(self, where: str = "1", *values: object) -> list[Row]:
        """Jobs, the latest first."""
        with self.look() as con:
            found = con.execute(
                f"SELECT * FROM jobs WHERE {where} ORDER BY number DESC",
                values,
            ).fetchall()
        names = Row.__dataclass_fields__
        read = [{name: row[name] for name in names} for row in found]
        return [Row(**{**row, "request": json.loads(row["request"])}) for row in read]

    def row(self, number: int) -> Row:
        [found] = self.rows("number = ?", number)
        return found

    def spent(self, member: int) -> tuple[int, int]:
        """What a member has spent and what is held, by the transfers alone."""
        with self.look() as con:
            moved = con.execute(_MOVED, (member,)).fetchall()
        by_kind = Counter({row["kind"]: row["amount"] for row in moved})
        held = by_kind["hold"] - by_kind["settle"] - by_kind["void"]
        return by_kind["settle"] - by_kind["refund"], held

    async def settled(self, number: int) -> Row:
        """The job once it is over and everybody was told."""
        await until(lambda: self.row(number).state in OVER and not self.owed(number))
        return self.row(number)

    def owed(self, number: int) -> int:
        """Messages about a job that nobody has got yet."""
        with self.look() as con:
            query = "SELECT count(*) FROM deliveries WHERE job = ? AND done_at IS NULL"
            return con.execute(query, (number,)).fetchone()[0]

    def tasks(self, prompt: str) -> list[TaskEntry]:
        """What the provider made of a prompt."""
        tasks = self.provider.books.tasks.values()
        return [task for task in tasks if _input_of(task).get("prompt") == prompt]

    # -- lives -----------------------------------------------------------------------------------

    async def start(self, *, die: str | None = None) -> None:
        """Starts the bot; without `die`, waits until it is well."""
        how = ["-m", "bot"] if die is None else ["-m", "tests.mortal", die]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *how, cwd=ROOT, env=self._environ(), stderr=log
            )
        await self.well()

    async def well(self) -> None:
        """Waits until its health is good."""
        async with asyncio.timeout(SETTLED):
            while await self.health() != []:
                assert self.is_alive, f"the bot has died: {self.log.read_text()[-3000:]}"
                await asyncio.sleep(0.02)

    async def health(self) -> list[str] | None:
        """What is not well; None while nobody answers."""
        with suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/healthz") as answer,
            ):
                return json.loads(await answer.read())["failing"]
        return None

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def died(self) -> None:
        """Waits until it has killed itself."""
        assert self.process is not None
        code = await asyncio.wait_for(self.process.wait(), SETTLED)
        assert code == -SIGKILL, code
        await self.server.bot_gone()

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.died()

    async def stop(self) -> None:
        """Tells it to stop, and wants a clean end."""
        assert self.process is not None
        self.process.send_signal(SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), SETTLED)
        assert code == 0, self.log.read_text()[-3000:]
        await self.server.bot_gone()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    @property
    def log(self) -> Path:
        return self.folder.with_name("log")

    def _environ(self) -> dict[str, str]:
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

    # -- the end ---------------------------------------------------------------------------------

    def verdict(self) -> list[str]:
        """Everything in which books, provider, log and people disagree."""
        with self.look() as con:
            found = [f"invariant: {name}: {rows}" for name, rows in broken_invariants(con).items()]
        posted = self._posted()
        return [*found, *self._bills(), *self._said(), *self._pings(posted), *self._told(posted)]

    def _posted(self) -> list[Message]:
        """Whatever the bot has ever said to more than one person, or directly."""
        events = [self.news.get_nowait() for _ in range(self.news.qsize())]
        said = [one.subject for one in events if one.kind == "message_posted"]
        return [one for one in said if one.author.bot and not one.ephemeral]

    def _stands(self, message: Message) -> bool:
        return not message.deleted and message.channel_id in self.server.world.channels

    def _pings(self, posted: list[Message]) -> list[str]:
        makers = {row.number: row.member_id for row in self.rows()}
        return [
            f"the message of job {number} pings {set(one.pinged)}"
            for one in posted
            for number in [_mark_of(one)[1] or None]
            if one.mention_everyone
            or not (one.pinged <= {makers.get(number or 0)} or one.id in self.forgiven)
        ]

    def _told(self, posted: list[Message]) -> list[str]:
        """Each message that was owed stands once, and none that only waited is left over."""
        times = Counter(
            _mark_of(one) for one in posted if one.pinged and one.id not in self.forgiven
        )
        with self.look() as con:
            query = "SELECT job, id, message_id FROM deliveries WHERE message_id IS NOT NULL"
            owed = {("details", row["job"], row["id"]) for row in con.execute(query)}
        found = [f"{mark} was posted {n} times" for mark, n in times.items() if n > 1]
        found += [f"{mark} stands in the books, and nowhere else" for mark in owed - times.keys()]
        return found + [
            f"a message that waits is left: {one.text}"
            for one in posted
            if self._stands(one) and not _mark_of(one)[2] and one.id not in self.forgiven
        ]

    def _bills(self) -> list[str]:
        made = self.provider.books.tasks
        twice = Counter(row.task_id for row in self.rows("task_id IS NOT NULL"))
        found = [f"task {task} has {n} jobs" for task, n in twice.items() if n > 1]
        return found + [
            f"job {row.number} is charged {row.price} and billed {made[row.task_id].billed_micros}"
            for row in self.rows("charge = 'settled' AND refunded = 0")
            if row.task_id is not None and made[row.task_id].billed_micros != row.price
        ]

    def _said(self) -> list[str]:
        text = self.log.read_text()
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        found = [
            f"log: {line}"
            for line in lines
            if line["level"] in {"error", "critical"}
            and not line["event"].startswith(tuple(self.expected))
        ]
        secrets = {"the token": self.server.token, "a callback": "/callbacks/"}
        return found + [f"log: {name} stands in it" for name, it in secrets.items() if it in text]


class _Behind(Clock):
    """Discord's clock some time ago."""

    def __init__(self, ago: timedelta) -> None:
        super().__init__()
        self._reached -= ago.total_seconds()


_MOVED = """
    SELECT t.kind, sum(t.amount) AS amount FROM transfers t JOIN jobs j ON j.number = t.job
    WHERE t.scope = 'member' AND j.member_id = ? GROUP BY t.kind"""


def _mark_of(message: Message) -> tuple[str, int, int]:
    """Act, job and debt on a message that was owed; zeros on any other."""
    for button in message.buttons:
        match str(button.get("custom_id", "")).split(":"):
            case ["clapper", ("details" | "show") as act, number, debt, *_]:
                return act, int(number), int(debt)
            case _:
                pass
    return "", 0, 0


def _input_of(task: TaskEntry) -> Mapping[str, Any]:
    content = task.payload["input"]
    assert isinstance(content, dict)
    return content


async def until(condition: Callable[[], object], *, seconds: float = SETTLED) -> None:
    """A condition of another process, which does not notify us."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


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
                await here.stop()
        finally:
            if here.is_alive and here.process is not None:
                here.process.kill()
                await here.process.wait()
        problems = here.verdict()
        assert not problems, "\n".join(problems)
        assert_fits(server.journal)
