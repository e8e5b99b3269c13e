"""Many at once, and one that spoils it: through the whole bot on real books and sockets."""

import asyncio
import dataclasses

from bot.adapters.sqlite.jobs import Jobs
from bot.domain.alert import AlertKind
from bot.domain.budget import Already, Refused, Reserved
from bot.domain.job import Charge, JobState
from bot.domain.money import dollars
from tests.rehearsed import ADMIN, GUILD, rehearsed


async def test_of_forty_who_race_for_the_money_of_six_exactly_six_get_a_video(tmp_path):
    async with rehearsed(tmp_path) as world:
        await world.bot.services.policies.change(
            GUILD,
            lambda was: dataclasses.replace(was, pool=dollars("0.50")),
            act="server",
            actor=ADMIN,
            now=world.bot.services.clock.now(),
        )
        ended = await asyncio.gather(*(world.order(member=nth) for nth in range(1, 41)))
        winners = [it.job.number for it in ended if isinstance(it, Reserved)]
        assert len(winners) == 6
        assert sum(isinstance(it, Refused) for it in ended) == 34
        for number in winners:
            assert (await world.ended(number)).charge is Charge.SETTLED
        assert len(world.provider.books.tasks) == 6
        assert world.provider.books.billed_micros == dollars("0.48")


async def test_a_command_that_comes_twenty_times_at_once_is_one_video(tmp_path):
    async with rehearsed(tmp_path) as world:
        ended = await asyncio.gather(*(world.order(interaction=7) for _ in range(20)))
        (first,) = [it.job.number for it in ended if isinstance(it, Reserved)]
        assert sum(isinstance(it, Already) for it in ended) == 19
        await world.ended(first)
        assert isinstance(await world.order(interaction=7), Already), "also when it is over"
        assert len(world.provider.books.submissions) == 1
        assert len(world.postman.posted) == 1


async def test_a_job_that_breaks_every_step_is_set_aside_and_the_others_go_on(
    tmp_path, monkeypatch
):
    async with rehearsed(tmp_path) as world:
        find = Jobs.find

        async def poisoned(self, number):
            job = await find(self, number)
            # What a later version wrote, say, and this one cannot read.
            bad = job is not None and "poison" in job.request
            return dataclasses.replace(job, request="{}") if bad else job

        monkeypatch.setattr(Jobs, "find", poisoned)
        first = await world.ordered("poison")
        others = [await world.ordered(f"fox {nth}", member=10 + nth) for nth in range(3)]
        await world.until(lambda: AlertKind.SET_ASIDE in world.alert_kinds())
        for number in others:
            assert (await world.ended(number)).state is JobState.DELIVERED
        job = await world.job(first)
        assert (job.state, job.charge) == (JobState.HELD, Charge.OPEN), "a person decides"
        assert len(world.provider.books.submissions) == 3
        aside = [it.job for it in world.alerts if it.kind is AlertKind.SET_ASIDE]
        assert aside == [first], "one alert, not one for each try"
