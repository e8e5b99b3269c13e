"""A thousand jobs in flight: within the pace, and none forgotten, also over a restart."""

import asyncio
import dataclasses

import pytest

from bot.adapters.apixo.pace import Pace
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


class Turns:
    """Every turn that was handed out, with two moments between which that was.

    Not when requests arrive: on a busy machine they bunch up on their way, however evenly they left.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moments: list[tuple[float, float]] = []
        self._count = 0
        serve, take = Pace._serve, Pace._next

        def serving(pace: Pace) -> None:
            clock, count = asyncio.get_running_loop().time, self._count
            before = clock()
            serve(pace)
            self.moments += [(before, clock())] * (self._count - count)

        def taking(pace: Pace) -> asyncio.Future[bool] | None:
            future = take(pace)
            self._count += future is not None
            return future

        monkeypatch.setattr(Pace, "_serve", serving)
        monkeypatch.setattr(Pace, "_next", taking)

    def most_beyond(self, per_second: float) -> float:
        """By how many the turns of any stretch of time ever passed what its length allows."""
        most, start = 0.0, float("-inf")
        for nth, (earliest, latest) in enumerate(self.moments):
            start = max(start, earliest * per_second - nth)
            most = max(most, nth + 1 - latest * per_second + start)
        return most

    def hold_the_pace(self, world) -> None:
        """Nothing was asked without a turn; no stretch saw more than a tenth of a second at once."""
        requests = world.provider.books.requests
        assert requests.total() - requests["file"] <= len(self.moments)
        assert self.most_beyond(PACE / 60) <= PACE / 600 + 0.001


@pytest.fixture
def turns(monkeypatch):
    return Turns(monkeypatch)


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


async def test_a_thousand_jobs_are_stored_and_delivered_within_the_pace(tmp_path, turns):
    async with rehearsed(tmp_path, provider_settings=ROOMY, **SETTINGS) as world:
        await crowd(world)
        await counted(world, "delivered", JOBS, seconds=120)
        assert len(world.provider.books.tasks) == JOBS
        turns.hold_the_pace(world)
        assert len(list((tmp_path / "data" / "clips").glob("*.mp4"))) == JOBS


async def test_a_restart_goes_on_with_a_thousand_jobs_without_passing_the_pace(tmp_path, turns):
    async with rehearsed(tmp_path, provider_settings=ROOMY, **SETTINGS) as world:
        world.provider.stage.always("task", "never")
        await crowd(world)
        await counted(world, "running", JOBS, seconds=60)
    turns.moments.clear()
    async with rehearsed(tmp_path, provider_settings=ROOMY, **SETTINGS) as again:
        # This provider knows none of them: what counts is that each is asked about, and how fast.
        async with asyncio.timeout(60):
            while again.provider.books.requests["status"] < JOBS:
                await asyncio.sleep(0.1)
        turns.hold_the_pace(again)
