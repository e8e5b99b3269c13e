"""The message that waited goes when its job is over: on real books, with a faked postman."""

from datetime import timedelta

import pytest

from bot.adapters.sqlite.invariants import broken_invariants
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import ChannelId, MessageId, TaskId
from bot.domain.job import JobState, Place
from bot.domain.provider import Unknown
from bot.service.agenda import Errand
from tests.fakes import CHANNEL, open_stage

WAITING = MessageId(77)
ELSEWHERE = ChannelId(78)
TASK = TaskId("task_1")
OUTAGE = PostponedError("503")


@pytest.fixture
async def stage(tmp_path):
    async with open_stage(tmp_path) as stage:
        yield stage
        assert await stage.database.read(broken_invariants) == {}


async def stored(stage, **place):
    number = await stage.submitted(place=Place(CHANNEL, WAITING, **place))
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    return number


async def leftovers(stage):
    return [one.job for one in await stage.jobs.list_leftovers()]


def planned(stage, errand):
    return [number for kind, number in stage.studio.agenda._due if kind is errand]


async def test_it_goes_once_the_video_stands(stage):
    number = await stored(stage)
    assert await leftovers(stage) == [], "it is still waited for"
    await stage.tell(number)
    assert planned(stage, Errand.CLEAR) == [number]
    assert await stage.clear(number) is None
    assert stage.postman.withdrawn == [(CHANNEL, WAITING)]
    assert await leftovers(stage) == []
    assert await stage.clear(number) is None
    assert len(stage.postman.withdrawn) == 1


async def test_it_goes_where_the_command_was_used(stage):
    number = await stored(stage, answered_in=ELSEWHERE)
    await stage.tell(number)
    await stage.clear(number)
    assert stage.postman.withdrawn == [(ELSEWHERE, WAITING)]


async def test_what_does_not_stand_there_stands_with_the_clip(stage):
    number = await stored(stage, answered_in=ELSEWHERE)
    await stage.tell(number)
    stage.postman.absent.add((ELSEWHERE, WAITING))
    await stage.clear(number)
    assert stage.postman.withdrawn == [(CHANNEL, WAITING)]


async def test_it_goes_when_nobody_can_be_told_too(stage):
    number = await stored(stage)
    stage.postman.troubles.append(UndeliverableError("closed"))
    await stage.tell(number)
    assert await stage.state(number) is JobState.UNDELIVERABLE
    assert planned(stage, Errand.CLEAR) == [number]
    await stage.clear(number)
    assert stage.postman.withdrawn == [(CHANNEL, WAITING)]


async def test_a_job_without_one_leaves_nothing(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    await stage.tell(number)
    assert await leftovers(stage) == []


async def test_a_video_that_is_shown_again_has_none(stage):
    number = await stored(stage)
    await stage.tell(number)
    await stage.clear(number)
    await stage.jobs.owe_showing(number, now=stage.clock.now())
    await stage.tell(number)
    assert len(stage.postman.posted) == 2
    assert await leftovers(stage) == []


async def test_it_waits_on_where_a_failure_was_overtaken_by_the_video(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted(place=Place(CHANNEL, WAITING))
    assert await stage.jobs.expire(number, now=stage.clock.now())
    url = "https://results.example/1.mp4"
    assert await stage.jobs.late_success(number, TASK, [url], now=stage.clock.now())
    await stage.fetch(number)
    await stage.tell(number)
    assert stage.postman.posted == []
    assert await leftovers(stage) == []
    await stage.tell(number)
    await stage.clear(number)
    assert stage.postman.withdrawn == [(CHANNEL, WAITING)]


async def test_an_outage_as_long_as_a_delivery_may_take_is_outlasted(stage):
    number = await stored(stage)
    await stage.tell(number)
    end = stage.clock.now() + timedelta(days=7)
    waits = []
    while stage.clock.now() <= end:
        stage.postman.troubles.append(OUTAGE)
        again = await stage.clear(number)
        assert again is not None
        waits.append(again - stage.clock.now())
        assert await stage.clear(number) == again, "not before its time"
        stage.clock.moment = again
    assert waits[:4] == [timedelta(seconds=it) for it in (2, 4, 8, 16)]
    assert max(waits) == timedelta(minutes=10)
    stage.postman.troubles.clear()
    assert await stage.clear(number) is None
    assert stage.postman.withdrawn == [(CHANNEL, WAITING)]


async def test_what_never_goes_is_left_at_last(stage):
    number = await stored(stage)
    await stage.tell(number)
    stage.clock.turn(days=7, seconds=1)
    stage.postman.troubles.append(OUTAGE)
    assert await stage.clear(number) is None
    assert await leftovers(stage) == []


async def test_discord_says_how_long_to_wait(stage):
    number = await stored(stage)
    await stage.tell(number)
    stage.postman.troubles.append(PostponedError("429", wait_seconds=100))
    assert await stage.clear(number) == stage.clock.now() + timedelta(seconds=100)


async def test_a_restart_remembers_what_is_left(tmp_path):
    async with open_stage(tmp_path) as stage:
        number = await stored(stage)
        await stage.tell(number)
    async with open_stage(tmp_path) as stage:
        await stage.studio.watch.resume()
        assert planned(stage, Errand.CLEAR) == [number]
        stage.clock.turn(seconds=1)
        await stage.clear(number)
        assert stage.postman.withdrawn == [(CHANNEL, WAITING)]
