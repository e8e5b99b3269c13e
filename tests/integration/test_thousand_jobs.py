"""A thousand jobs in flight: within the pace, and none forgotten, also over a restart."""

import asyncio
import dataclasses

from bot.adapters.sqlite.policies import Policies
from bot.domain.money import dollars
from tests.rehearsed import ADMIN, GUILD, rehearsed

JOBS = 1000
PACE = 12_000
ROOMY = {"requests_per_minute": 10**6, "tasks_at_once": 5 * JOBS, "balance": 1000}
SETTINGS = {
    "CLAPPER_REQUESTS_PER_MINUTE": str(PACE),
    "CLAPPER_DAILY_CAP": "1000",
    "CLAPPER_MONTHLY_CAP": "1000",
}


async def crowd(world) -> None:
    """A thousand members, each with one order."""
    await Policies(world.bot.database).change(
        GUILD,
        lambda policy: dataclasses.replace(policy, pool=dollars("1000")),
        act="server",
        actor=ADMIN,
        now=world.bot.services.clock.now(),
    )
    await asyncio.gather(*(world.ordered(f"fox {nth}", member=nth) for nth in range(1, JOBS + 1)))


async def counted(world, state: str, count: int, *, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while (await world.bot.services.jobs.count_by_state()).get(state, 0) < count:
            await asyncio.sleep(0.1)


async def test_a_thousand_jobs_are_stored_and_delivered_within_the_pace(tmp_path):
    async with rehearsed(tmp_path, provider_settings=ROOMY, **SETTINGS) as world:
        await crowd(world)
        await counted(world, "delivered", JOBS, seconds=120)
        assert len(world.provider.books.tasks) == JOBS
        assert world.provider.books.busiest(60) <= PACE
        assert world.provider.books.busiest(1) <= PACE / 60 * 1.15
        assert len(list((tmp_path / "data" / "clips").glob("*.mp4"))) == JOBS


async def test_a_restart_goes_on_with_a_thousand_jobs_without_passing_the_pace(tmp_path):
    async with rehearsed(tmp_path, provider_settings=ROOMY, **SETTINGS) as world:
        world.provider.stage.always("task", "never")
        await crowd(world)
        await counted(world, "running", JOBS, seconds=60)
    async with rehearsed(tmp_path, provider_settings=ROOMY, **SETTINGS) as again:
        # This provider knows none of them: what counts is that each is asked about, and how fast.
        async with asyncio.timeout(60):
            while again.provider.books.requests["status"] < JOBS:
                await asyncio.sleep(0.1)
        assert again.provider.books.busiest(1) <= PACE / 60 * 1.15
