"""No room, or a disk that hangs, while the whole bot is at work.

In `tests/crash` the files of a whole process cannot grow; here it is each step by itself.
"""

import asyncio
import shutil
import threading
from contextlib import contextmanager

import aiohttp
import pytest

from bot.adapters.sqlite.backup import back_up
from bot.adapters.sqlite.database import Database
from bot.domain.alert import AlertKind
from bot.domain.errors import StoreFullError
from bot.domain.job import Charge, JobState
from bot.domain.money import dollars
from bot.service.agenda import Errand
from tests.rehearsed import GUILD, MEMBER, rehearsed


@contextmanager
def full_books(when=lambda: True):
    """Nothing can be written down; yields how often that was tried."""
    tries, write = [], Database.write

    async def full(self, act):
        if not when():
            return await write(self, act)
        tries.append(1)
        raise StoreFullError("no space")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "write", full)
        yield tries


@contextmanager
def full_shelf():
    """There is no room for a clip; yields how often it was looked for."""
    tries = []

    def none(_):
        tries.append(1)
        return shutil._ntuple_diskusage(1, 1, 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.adapters.clips.part.shutil.disk_usage", none)
        yield tries


async def free(world):
    money = world.bot.services.money
    return (await money.funds(GUILD, MEMBER, roles=(), now=world.bot.services.clock.now())).free


async def polled(world, times: int) -> None:
    """So many more reads of tasks."""
    reads = world.provider.books.requests
    enough = reads["status"] + times
    await world.until(lambda: reads["status"] >= enough)


async def test_a_full_disk_at_the_order_refuses_it_and_spends_nothing(tmp_path):
    async with rehearsed(tmp_path) as world:
        with full_books():
            with pytest.raises(StoreFullError):
                await world.order()
            assert await free(world) == dollars("1"), "it can still be read"
        assert world.provider.books.submissions == []
        assert (await world.ended(await world.ordered())).state is JobState.DELIVERED


async def test_a_full_disk_at_the_settlement_delays_it_and_charges_once(tmp_path):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("task", "never", "never")
        done, other = await world.ordered(), await world.ordered()
        for number in (done, other):
            await world.reached(number, JobState.RUNNING)
        task, other_task = [(await world.job(number)).task for number in (done, other)]
        with full_books() as tries:
            world.provider.finish(task)
            await world.until(lambda: len(tries) >= 3)
            await polled(world, 10)
            assert await world.reached(done, JobState.RUNNING), "nothing is half done"
        assert (await world.ended(done)).charge is Charge.SETTLED
        world.provider.finish(other_task)
        assert (await world.ended(other)).charge is Charge.SETTLED
        assert await free(world) == dollars("0.84")
        assert len(world.postman.posted) == 2


async def test_a_full_disk_after_the_paid_request_loses_no_answer(tmp_path):
    async with rehearsed(tmp_path) as world:
        with full_books(when=lambda: world.provider.books.tasks) as tries:
            number = await world.ordered()
            await world.until(lambda: len(tries) >= 3)
            assert AlertKind.DISK_FULL in world.alert_kinds()
        assert (await world.ended(number)).charge is Charge.SETTLED
        assert len(world.provider.books.submissions) == 1


async def test_a_full_disk_at_the_download_keeps_the_paid_clip_waiting_and_nobody_else(tmp_path):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("task", "ok", "never")
        with full_shelf() as tries:
            number = await world.ordered()
            await world.until(lambda: len(tries) >= 3)
            await world.ordered()
            await polled(world, 5)
            job = await world.job(number)
            assert (job.state, job.charge) == (JobState.SUCCEEDED, Charge.SETTLED)
            assert len(list((tmp_path / "data" / "clips").glob("*.*"))) <= 1, "of the present try"
        assert (await world.ended(number)).state is JobState.DELIVERED
        assert not list((tmp_path / "data" / "clips").glob("*.tmp"))
        assert await free(world) == dollars("0.84"), "held for the one that runs"
        assert world.alert_kinds() == {AlertKind.DISK_FULL}


async def test_a_disk_that_hangs_stops_no_poll_and_no_delivery_and_is_not_called_dead(tmp_path):
    async with rehearsed(tmp_path, callbacks=True) as world, aiohttp.ClientSession() as session:
        shown = await world.ordered()
        await world.ended(shown)
        world.provider.stage.next("task", "never")
        running = await world.ordered()
        task = (await world.reached(running, JobState.RUNNING)).task
        await world.bot.services.jobs.owe_showing(shown, now=world.bot.services.clock.now())
        go_on = threading.Event()
        hanging = asyncio.create_task(world.bot.database.write(lambda _: go_on.wait(30)))
        try:
            world.bot.studio.agenda.plan(Errand.TELL, shown, world.bot.services.clock.now())
            await world.until(lambda: len(world.postman.posted) == 2)
            await polled(world, 10)
            host, port = world.bot.web_address
            async with session.get(f"http://{host}:{port}/healthz") as answer:
                assert (await answer.json())["failing"] == []
            world.provider.finish(task)
            url = world.provider.books.tasks[task].callback_url
            with pytest.raises(TimeoutError):  # it is not acknowledged before it is written down
                await session.post(url, data=b"{}", timeout=aiohttp.ClientTimeout(total=0.3))
        finally:
            go_on.set()
        await hanging
        assert (await world.ended(running)).charge is Charge.SETTLED
        assert len(world.postman.posted) == 3


async def test_a_copy_made_while_it_works_can_be_restored_and_goes_on(tmp_path):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("task", "never")
        running = await world.ordered()
        await world.reached(running, JobState.RUNNING)
        done = await world.ordered()
        await world.ended(done)
        ordering = [asyncio.create_task(world.ordered(member=nth)) for nth in range(20, 40)]
        await back_up(tmp_path / "data" / "clapper.db", tmp_path / "copy.db")
        await asyncio.gather(*ordering)
    restored = tmp_path / "restored" / "data"
    restored.mkdir(parents=True, mode=0o700)
    (tmp_path / "copy.db").rename(restored / "clapper.db")
    async with rehearsed(tmp_path / "restored") as again:
        assert (await again.job(done)).state is JobState.DELIVERED
        assert (await again.job(running)).state is JobState.RUNNING
        assert (await again.ended(await again.ordered(interaction=999))).state is JobState.DELIVERED
