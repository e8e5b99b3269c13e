"""Somebody sets the machine's clock while the whole bot is at work."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.clock import SteadyClock
from bot.domain.budget import Refused
from bot.domain.job import Charge, JobState
from bot.domain.money import dollars
from tests.rehearsed import GUILD, MEMBER, SCALE, rehearsed

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEAPS = [timedelta(days=-1), timedelta(days=365), timedelta(days=-400)]


class Machine:
    """A machine whose seconds pass when a test says so, and whose clock anybody can set."""

    def __init__(self) -> None:
        self.at, self.seconds, self.leaps = NOON, 0.0, []

    def clock(self, floor: datetime, *, on_leap) -> SteadyClock:
        """As the bot makes one."""

        def noted(off: timedelta) -> None:
            self.leaps.append(off)
            on_leap(off)

        return SteadyClock(floor, lambda: self.at, lambda: self.seconds, noted)

    def set_clock(self, by: timedelta) -> None:
        self.at += by

    def pass_on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds

    async def runs(self) -> None:
        while True:
            await asyncio.sleep(0.005)
            self.pass_on(0.005)


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr("bot.bootstrap.SteadyClock", machine.clock)
    return machine


async def money(world):
    services = world.bot.services
    return await services.money.funds(GUILD, MEMBER, roles=(), now=services.clock.now())


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_clock_that_leaps_neither_stops_a_job_nor_gives_an_allowance_twice(
    tmp_path, machine, leap
):
    async with rehearsed(tmp_path) as world:
        running = asyncio.create_task(machine.runs())
        for _ in range(11):
            await world.ended(await world.ordered())
        before = await money(world)
        world.provider.stage.next("task", "never")
        number = await world.ordered()
        task = (await world.reached(number, JobState.RUNNING)).task
        machine.set_clock(leap)
        assert isinstance(await world.order(), Refused), (
            "the allowance is used up, whatever the day"
        )
        world.provider.finish(task)
        assert (await world.ended(number)).charge is Charge.SETTLED
        after = await money(world)
        assert after.free == before.free - dollars("0.08") < dollars("0.08")
        assert after.period == before.period
        assert machine.leaps, "and it was reported"
        running.cancel()


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_clock_that_leaps_lets_no_unknown_submission_expire_early(tmp_path, machine, leap):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("submit", "created+reset")
        machine.pass_on(1)
        number = await world.ordered()
        await world.reached(number, JobState.UNKNOWN)
        machine.set_clock(leap)
        checks = world.provider.books.requests
        for _ in range(10):
            seen = checks["balance"]
            machine.pass_on(61 * SCALE)
            world.bot.studio.agenda.wake()
            await world.until(lambda seen=seen: checks["balance"] > seen)
        assert (await world.job(number)).state is JobState.UNKNOWN, "checked often, but too young"
        machine.pass_on(60 * 60 * SCALE)
        assert (await world.ended(number)).state is JobState.EXPIRED


async def test_a_restart_under_a_clock_that_was_set_back_goes_on_where_the_books_ended(
    tmp_path, machine
):
    async with rehearsed(tmp_path) as world:
        running = asyncio.create_task(machine.runs())
        for _ in range(12):
            last = await world.ended(await world.ordered())
        running.cancel()
    machine.set_clock(timedelta(days=-40))
    async with rehearsed(tmp_path) as again:
        assert again.bot.services.clock.now() >= last.state_at
        assert isinstance(await again.order(interaction=99), Refused), "last month is over"
