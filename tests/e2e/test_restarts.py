"""The bot dies between every two steps, or is told to stop amid one: one video, one bill.

What it leaves at Discord and at the provider outlives it; the next life finds it.
"""

import asyncio

import pytest
import pytest_asyncio

from bot.playground.local_discord import DidNotRespond
from tests.crash.world import FAILPOINTS
from tests.members import PNG
from tests.town import town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

POST = ("POST", "/channels/*/messages")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    async with town(folder, {"plain": {}}, public=True, start=False, scale=0.001) as here:
        here.expected.append("Alert")  # an unknown submission is the operator's business too
        yield here


@pytest.fixture(autouse=True)
def fair_weather(here):
    yield
    here.provider.stage.clear()
    here.server.faults.clear()


async def comes_alive(here) -> None:
    """Whatever lived before, an ordinary life begins."""
    if not here.is_alive:
        await here.start()


async def one_of_each(here, someone, prompt) -> None:
    """One video in the channel and nothing else about it, one task, one bill."""
    video = await someone.video(prompt)
    [job] = someone.jobs
    await here.settled(job.number)
    assert someone.about(prompt) == [video]
    assert video.pinged == {someone.id}
    assert len(here.tasks(prompt)) == 1
    assert here.spent(someone.id) == (job.price, 0)


STEPS = [point for point in FAILPOINTS if point not in {"before-hold", "after-submitting"}]
STEPS += ["before-clear", "after-clear"]  # of the message that waits


@pytest.mark.parametrize("point", STEPS)
async def test_it_dies_at_a_step_and_the_next_life_ends_it(here, point) -> None:
    if here.is_alive:
        await here.kill()
    await here.start(die=point)
    ann, prompt = here.newcomer("plain"), here.prompt()
    if point == "after-inbox-row":
        here.provider.stage.next("submit", "created+reset")
    if point == "after-answer":
        here.provider.stage.next("task", "never")
    await ann.types("ltx image", prompt=prompt, duration=5, files={"image": ("fox.png", PNG)})
    await here.died()
    await here.start()
    if point == "after-answer":  # only a callback can say which task that was
        here.provider.finish(here.tasks(prompt)[0].task_id)
    await one_of_each(here, ann, prompt)


async def test_it_dies_with_the_paid_request_on_its_way_and_pays_once(here) -> None:
    await comes_alive(here)
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("submit", "slow:5000")
    here.provider.stage.next("task", "never")
    await ann.orders("ltx text", prompt=prompt, duration=5)
    await until(lambda: here.tasks(prompt))
    await here.kill()
    assert ann.job.state == "submitting"
    await here.start()
    here.provider.finish(here.tasks(prompt)[0].task_id)
    await one_of_each(here, ann, prompt)


async def test_it_dies_before_the_paid_request_leaves_and_nobody_pays(here) -> None:
    """The next life cannot know that nothing was created: it waits, and then gives up."""
    if here.is_alive:
        await here.kill()
    await here.start(die="after-submitting")
    ann, prompt = here.newcomer("plain"), here.prompt()
    await ann.types("ltx text", prompt=prompt, duration=5)
    await here.died()
    await here.start()
    word = await ann.post(lambda one: prompt in one.text and one.pinged)
    assert "Nothing was charged." in word.text
    assert (await here.settled(ann.job.number)).state == "expired"
    assert ann.about(prompt) == [word]
    assert here.tasks(prompt) == []
    assert here.spent(ann.id) == (0, 0)


async def test_it_dies_while_jobs_wait_for_the_pace_and_none_is_in_doubt(here) -> None:
    """Nothing was sent for them, so nothing is unknown: they go as soon as they may."""
    await comes_alive(here)
    people = [here.newcomer("plain") for _ in range(4)]
    prompts = [here.prompt() for _ in people]
    posts = here.provider.books.requests["submit"]
    here.provider.stage.next("submit", "http:429:5")
    for one, prompt in zip(people, prompts, strict=True):
        await one.orders("ltx text", prompt=prompt, duration=5)
        await until(lambda: here.provider.books.requests["submit"] > posts)
    await until(lambda: people[0].job.state == "held")
    await here.kill()
    assert {one.job.state for one in people} == {"held"}
    await here.start()
    for one, prompt in zip(people, prompts, strict=True):
        await one_of_each(here, one, prompt)


async def test_it_dies_before_anything_is_held_and_has_promised_nothing(here) -> None:
    if here.is_alive:
        await here.kill()
    await here.start(die="before-hold")
    ann, prompt = here.newcomer("plain"), here.prompt()
    await ann.types("ltx text", prompt=prompt, duration=5)
    await here.died()
    await here.start()
    [left] = ann.about(prompt)
    here.forgiven.add(left.id)
    assert "Nothing is charged before this has its number" in left.text
    assert "is on it" not in left.text
    assert ann.jobs == []
    assert here.tasks(prompt) == []


@pytest.mark.parametrize("stands", ["in time", "late"])
async def test_it_dies_while_the_clip_is_on_its_way(here, stands) -> None:
    """Whether Discord has the message when the next life looks, or gets it afterwards."""
    await comes_alive(here)
    ann, prompt = here.newcomer("plain"), here.prompt()
    await ann.orders("ltx text", prompt=prompt, duration=5)
    here.server.faults.delay(*POST, seconds=0.3 if stands == "in time" else 3)
    await until(lambda: not here.server.faults.waiting)
    await here.kill()
    if stands == "in time":
        await ann.video(prompt)
    await here.start()
    await one_of_each(here, ann, prompt)


async def test_videos_that_end_while_it_is_away_are_found_and_the_others_awaited(here) -> None:
    await comes_alive(here)
    people = [here.newcomer("plain") for _ in range(4)]
    prompts = [here.prompt() for _ in people]
    here.provider.stage.next("task", "never", times=4)
    for one, prompt in zip(people, prompts, strict=True):
        await one.orders("ltx text", prompt=prompt, duration=5)
        await until(lambda one=one: one.job.state == "running")
    await here.kill()
    for prompt in prompts[:2]:
        here.provider.finish(here.tasks(prompt)[0].task_id)
    await here.start()
    for prompt in prompts[2:]:
        here.provider.finish(here.tasks(prompt)[0].task_id)
    for one, prompt in zip(people, prompts, strict=True):
        await one_of_each(here, one, prompt)


async def test_while_it_is_away_nobody_is_answered_and_nothing_is_held(here) -> None:
    await comes_alive(here)
    await here.kill()
    ann, prompt = here.newcomer("plain"), here.prompt()
    asked = await ann.types("ltx text", prompt=prompt, duration=5)
    here.server.world.clock.advance(4)
    with pytest.raises(DidNotRespond):
        await asked.message()
    await here.start()
    assert ann.jobs == []
    await ann.orders("ltx text", prompt=prompt, duration=5)
    await one_of_each(here, ann, prompt)


async def test_told_to_stop_it_ends_the_upload_that_is_on_its_way(here) -> None:
    await comes_alive(here)
    ann, prompt = here.newcomer("plain"), here.prompt()
    await ann.orders("ltx text", prompt=prompt, duration=5)
    here.server.faults.delay(*POST, seconds=0.5)
    await until(lambda: not here.server.faults.waiting)
    await here.stop()
    assert ann.job.state == "delivered", "it is in the books, not only in the channel"
    await here.start()
    await one_of_each(here, ann, prompt)


async def test_told_to_stop_it_hears_the_answer_to_what_it_has_paid(here) -> None:
    await comes_alive(here)
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("submit", "slow:400")
    here.provider.stage.next("callback", "lost")
    await ann.orders("ltx text", prompt=prompt, duration=5)
    await until(lambda: ann.job.state == "submitting")
    await here.stop()
    assert ann.job.state == "running"
    assert ann.job.task_id is not None
    await here.start()
    await one_of_each(here, ann, prompt)


async def test_told_to_stop_it_ends_the_command_at_work_and_takes_no_other(here) -> None:
    await comes_alive(here)
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.server.faults.delay("PATCH", "/webhooks/*/*/messages/@original", seconds=0.7)
    await ann.types("ltx text", prompt=prompt, duration=5)
    await until(lambda: not here.server.faults.waiting)
    stopping = asyncio.create_task(here.stop())
    late = here.newcomer("plain")
    said = await stopped_word(late, here.prompt())
    assert "restarting" in said.text
    assert said.ephemeral
    await stopping
    assert late.jobs == []
    await here.start()
    await one_of_each(here, ann, prompt)


async def stopped_word(someone, prompt):
    """The first answer that is no longer an order."""
    asked = await someone.types("balance")
    while "restarting" not in (said := await asked.message()).text:
        asked = await someone.types("balance")
    return said
