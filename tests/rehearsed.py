"""A whole bot in this process, against the rehearsal provider, with a postman that keeps a list.

Everything is real but Discord: settings, folder, books, sockets, clips. Waits are a small fraction.
"""

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.apixo.client import Timeouts
from bot.adapters.clips.download import DownloadLimits
from bot.adapters.sqlite.invariants import broken_invariants
from bot.bootstrap import Bot, Parts, PostOffice, build
from bot.domain.alert import Alert, AlertKind
from bot.domain.budget import Decision, Reserved
from bot.domain.ids import ChannelId, GuildId, InteractionId, JobNumber, MessageId, UserId
from bot.domain.job import Job, JobState, Place
from bot.domain.outcome import Outcome, Receipt, Route
from bot.domain.ports import Debt
from bot.models import discover, read_request
from bot.playground.rehearsal import RehearsalProvider
from bot.service.generate import Wish
from bot.settings import read_settings

SCALE = 0.0003
GUILD, MEMBER, ADMIN = GuildId(100), UserId(7), UserId(1)
OVER = frozenset(
    {
        JobState.DELIVERED,
        JobState.REJECTED,
        JobState.FAILED,
        JobState.EXPIRED,
        JobState.LOST,
        JobState.CANCELLED,
    }
)


def free_port() -> int:
    """A port that nobody listens on now, nor will by chance: the kernel hands out higher ones."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port


@dataclass
class ListPostman:
    """Posts into a list."""

    posted: list[tuple[Outcome, Debt]] = field(default_factory=list)

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        self.posted.append((outcome, debt))
        return Receipt(Route.CHANNEL, outcome.job.place.channel, MessageId(len(self.posted)))


@dataclass
class Rehearsed:
    """A bot at work, and what it works with."""

    bot: Bot
    provider: RehearsalProvider
    postman: ListPostman
    alerts: list[Alert]
    _interactions: int = 0

    async def order(self, prompt: str = "a fox", **wish) -> Decision:
        self._interactions += 1
        request = read_request(discover()["ltx"], "text", {"prompt": prompt, "duration": 5})
        return await self.bot.studio.generate.order(
            Wish(
                guild=wish.get("guild", GUILD),
                member=wish.get("member", MEMBER),
                roles=frozenset(),
                interaction=InteractionId(wish.get("interaction", self._interactions)),
                model="ltx",
                request=request,
                place=Place(ChannelId(500)),
            )
        )

    async def ordered(self, prompt: str = "a fox", **wish) -> JobNumber:
        decision = await self.order(prompt, **wish)
        assert isinstance(decision, Reserved), decision
        return decision.job.number

    async def job(self, number: JobNumber) -> Job:
        job = await self.bot.services.jobs.find(number)
        assert job is not None
        return job

    async def ended(self, number: JobNumber, *, seconds: float = 30) -> Job:
        """The job once it is over and everybody was told."""
        async with asyncio.timeout(seconds):
            while True:
                job = await self.job(number)
                debts = [debt.job for debt in await self.bot.services.jobs.list_debts()]
                if job.state in OVER and number not in debts:
                    return job
                await asyncio.sleep(0.01)

    async def reached(self, number: JobNumber, state: JobState, *, seconds: float = 30) -> Job:
        async with asyncio.timeout(seconds):
            while (job := await self.job(number)).state is not state:
                await asyncio.sleep(0.01)
            return job

    async def until(self, holds: Callable[[], bool], *, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)

    def alert_kinds(self) -> set[AlertKind]:
        return {alert.kind for alert in self.alerts}


@asynccontextmanager
async def rehearsed(
    folder: Path,
    *,
    callbacks: bool = False,
    provider_settings: dict | None = None,
    patience: float = 10,
    **settings: str,
) -> AsyncGenerator[Rehearsed]:
    """Runs a bot until the block ends, then looks whether its books add up.

    `patience` is in seconds, for an answer of the provider: less where one never comes.
    """
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(
            RehearsalProvider(wait_scale=SCALE, fast=True, **(provider_settings or {}))
        )
        port = free_port()
        environ = {
            "CLAPPER_DATA_DIR": str(folder / "data"),
            "CLAPPER_PROVIDER": "rehearsal",
            "CLAPPER_APIXO_URL": provider.base_url,
            "CLAPPER_RESULT_HOSTS": "127.0.0.1",
            "CLAPPER_WAIT_SCALE": str(SCALE),
            "CLAPPER_ALLOWED_SERVERS": "*",
            "CLAPPER_WEB_PORT": str(port),
            **({"CLAPPER_PUBLIC_URL": f"http://127.0.0.1:{port}"} if callbacks else {}),
            **settings,
        }
        postman, alerts = ListPostman(), list[Alert]()
        parts = Parts(
            alarm=alerts.append,
            timeouts=Timeouts(connect=patience, post=patience, read=patience),
            limits=DownloadLimits(
                largest_bytes=20 * 1024 * 1024,
                total_seconds=2,
                stall_seconds=0.5,
                slowest_bytes_per_second=50_000,
                rate_window_seconds=0.5,
            ),
        )

        def post_office(_: PostOffice) -> ListPostman:
            return postman

        bot = await stack.enter_async_context(
            build(
                read_settings(environ, None),
                postman=post_office,
                is_connected=lambda: True,
                parts=parts,
            )
        )
        watching = asyncio.create_task(bot.studio.watch.run())
        try:
            yield Rehearsed(bot, provider, postman, alerts)
        finally:
            await bot.studio.watch.drain()
            await watching
            assert await bot.database.read(broken_invariants) == {}
