"""Many jobs at once: a rehearsal provider in a process of its own, and a bot that has a crowd.

Apart, so that what the bot costs is not mixed with what the provider costs.
"""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.adapters.sqlite.policies import Policies
from bot.bootstrap import Bot, Parts, PostOffice, build
from bot.domain.budget import Reserved
from bot.domain.ids import ChannelId, GuildId, InteractionId, MessageId, UserId
from bot.domain.job import Place
from bot.domain.money import Micros
from bot.domain.outcome import Outcome, Receipt, Route
from bot.domain.policy import MOST_JOBS, Policy
from bot.domain.ports import Debt
from bot.domain.reading import read_request
from bot.service.generate import Wish
from bot.settings import Settings, read_settings

ROOT = Path(__file__).parents[1]
GUILD = GuildId(1)
PLENTY = Micros(10**9)


@dataclass
class FarProvider:
    """The rehearsal provider in another process, and the door to its stage."""

    base_url: str
    session: aiohttp.ClientSession

    async def tell(self, route: str, **form: object) -> None:
        url = self.base_url.removesuffix("/api/v1") + f"/_stage/{route}"
        async with self.session.post(url, json=form) as answer:
            assert answer.status == 204, await answer.text()

    async def books(self) -> dict[str, Any]:
        url = self.base_url.removesuffix("/api/v1") + "/_stage/books"
        async with self.session.get(url) as answer:
            return await answer.json()


@asynccontextmanager
async def far_provider(
    *, scale: float = 1.0, requests_per_minute: int = 10_000
) -> AsyncGenerator[FarProvider]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.playground.rehearsal", "--fast", "--until-eof"),
        *("--wait-scale", str(scale), "--balance", "10000"),
        *("--requests-per-minute", str(requests_per_minute)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        about = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield FarProvider(about["base_url"], session)
    finally:
        process.stdin.close()
        await process.wait()


@dataclass
class CountingPostman:
    """Counts."""

    told: list[tuple[int, str]] = field(default_factory=list)

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        self.told.append((debt.job, debt.purpose))
        return Receipt(Route.CHANNEL, outcome.job.place.channel, MessageId(len(self.told)))


def settings_for(folder: Path, base_url: str, **settings: str) -> Settings:
    environ = {
        "CLAPPER_DATA_DIR": str(folder),
        "CLAPPER_PROVIDER": "rehearsal",
        "CLAPPER_APIXO_URL": base_url,
        "CLAPPER_RESULT_HOSTS": "127.0.0.1",
        "CLAPPER_ALLOWED_SERVERS": "*",
        "CLAPPER_WEB_PORT": "0",
        "CLAPPER_DAILY_CAP": "100000",
        "CLAPPER_MONTHLY_CAP": "100000",
        **settings,
    }
    return read_settings(environ, None)


@asynccontextmanager
async def crowded(
    settings: Settings, postman: CountingPostman | None = None, parts: Parts | None = None
) -> AsyncGenerator[Bot]:
    """A bot that is open and does nothing yet."""
    postman = postman or CountingPostman()

    def post_office(_: PostOffice) -> CountingPostman:
        return postman

    async with build(settings, postman=post_office, is_connected=lambda: True, parts=parts) as bot:
        yield bot


async def order_many(bot: Bot, count: int) -> None:
    """As many orders, from as many members as it takes, in a server that can afford them."""
    rich = Policy(allowance=PLENTY, pool=PLENTY * 50, at_once=MOST_JOBS, queued=MOST_JOBS)
    await Policies(bot.database).change(
        GUILD, lambda _: rich, act="set", actor=UserId(1), now=bot.services.clock.now()
    )
    await asyncio.gather(*(_order(bot, number) for number in range(1, count + 1)))


async def _order(bot: Bot, number: int) -> None:
    options = {"prompt": f"order {number}", "duration": 5, "resolution": "480p"}
    decision = await bot.studio.generate.order(
        Wish(
            guild=GUILD,
            member=UserId(number // 50 + 1),
            roles=frozenset(),
            interaction=InteractionId(number),
            model="ltx",
            request=read_request(bot.services.models["ltx"], "text", options),
            place=Place(ChannelId(1)),
        )
    )
    assert isinstance(decision, Reserved), decision


@asynccontextmanager
async def at_work(bot: Bot) -> AsyncGenerator[None]:
    watching = asyncio.create_task(bot.studio.watch.run())
    try:
        yield
    finally:
        await bot.studio.watch.drain()
        await watching


async def until_counted(
    bot: Bot, holds: Callable[[dict[str, int]], bool], *, seconds: float = 60
) -> dict[str, int]:
    """Waits until something holds of the number of jobs in each state."""
    async with asyncio.timeout(seconds):
        while not holds(counts := await bot.services.jobs.count_by_state()):
            await asyncio.sleep(0.05)
    return counts
