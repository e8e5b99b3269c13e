"""How a finished video reaches people when Discord is small, closed, slow, away or forgetful."""

import asyncio

import aiohttp
import pytest
import pytest_asyncio

from bot.domain.money import dollars
from bot.playground.local_discord import Can
from tests.members import PNG
from tests.town import town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

POST = ("POST", "/channels/*/messages")
LARGE = {"status": 413, "code": 40005}
HOURS = 5 * 60 * 60
HOMES = {
    "plain": {},
    "single": {"at_once": 1},
    "closed": {},
    "mute": {},
    "gone": {},
    "gone too": {},
    "locked": {"channel": "thread"},
    "thrown out": {},
    "boosted": {"allowance": dollars("5")},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory):
    """A bot without a public address."""
    async with town(tmp_path_factory.mktemp("town"), HOMES) as here:
        # The library's word, and the operator's.
        here.expected += ["Attempting a reconnect", "Alert"]
        yield here


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def linked(tmp_path_factory):
    """A bot with one."""
    async with town(tmp_path_factory.mktemp("linked"), HOMES, public=True) as here:
        yield here


@pytest.fixture(autouse=True)
def fair_weather(request):
    yield
    for name in {"here", "linked"} & set(request.fixturenames):
        one = request.getfixturevalue(name)
        one.provider.stage.clear()
        one.server.faults.clear()


async def running(here, someone, command="ltx text", **more):
    """A job at the provider that ends when it is told to."""
    prompt = here.prompt()
    here.provider.stage.next("task", "never")
    waiting = await someone.orders(command, prompt=prompt, duration=5, **more)
    await until(lambda: someone.jobs[0].state == "running")
    return prompt, waiting


def finish(here, prompt) -> None:
    [task] = here.tasks(prompt)
    here.provider.finish(task.task_id)


async def delivered(here, someone, prompt, **where):
    """The one message with the video, everything else tidied away."""
    finish(here, prompt)
    video = await someone.video(prompt, **where)
    await here.settled(someone.jobs[0].number)
    assert someone.about(prompt, **where) == [video]
    return video


# Time


async def test_a_token_that_dies_before_the_video_is_there_is_not_needed(here) -> None:
    ann = here.newcomer("plain")
    prompt, waiting = await running(here, ann)
    here.server.world.clock.advance(16 * 60)
    since = len(here.server.journal)
    await delivered(here, ann, prompt)
    assert waiting.deleted
    assert {one.status for one in here.server.journal.since(since)} <= {200, 204}


async def test_who_waits_in_line_is_told_of_it_after_the_token_has_died(here) -> None:
    ann = here.newcomer("single")
    first, _ = await running(here, ann)
    second = here.prompt()
    here.provider.stage.next("task", "never")
    waiting = await ann.orders("ltx text", prompt=second, duration=5)
    assert "Yours is next" in waiting.text
    assert waiting.labels == ["Cancel"]
    here.server.world.clock.advance(16 * 60)
    finish(here, first)
    await until(lambda: "is on it" in waiting.text and here.tasks(second))
    assert waiting.labels == []
    await delivered(here, ann, second)


async def test_a_video_that_takes_an_hour_is_posted_all_the_same(here) -> None:
    ann = here.newcomer("plain")
    files = {"image": ("fox.png", PNG)}
    prompt, _ = await running(here, ann, "ltx image", files=files)
    here.server.world.clock.advance(HOURS)
    video = await delivered(here, ann, prompt)
    assert len(video.media) == 2


# Size


async def test_what_is_too_large_is_made_smaller_and_says_so(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("task", f"padded:{12 * 2**20}")
    await ann.types("ltx text", prompt=prompt, duration=5)
    video = await ann.video(prompt)
    assert "Made smaller to fit this server's upload limit" in video.text
    assert video.media[0].size < 10 * 2**20
    number = (await here.settled(ann.job.number)).number
    [kept] = (here.folder / "clips").glob(f"{number}-*.mp4")
    assert kept.stat().st_size == 12 * 2**20, "the original stays"


async def test_a_boosted_server_gets_the_original(here) -> None:
    ann, prompt = here.newcomer("boosted"), here.prompt()
    here.server.world.set_tier(ann.home.guild, 2)
    here.provider.stage.next("task", f"padded:{12 * 2**20}")
    await ann.types("ltx text", prompt=prompt, duration=5)
    video = await ann.video(prompt)
    assert "Made smaller" not in video.text


async def test_what_discord_refuses_as_too_large_is_linked(linked) -> None:
    here, ann = linked, linked.newcomer("plain")
    prompt, waiting = await running(here, ann)
    here.server.faults.fail(*POST, **LARGE, times=2)
    finish(here, prompt)
    message = await ann.post(lambda one: prompt in one.text and "Watch video" in one.labels)
    assert message.pinged == {ann.id}
    assert message.media == []
    [link] = [one["url"] for one in message.buttons if "url" in one]
    async with aiohttp.ClientSession() as session, session.get(link) as answer:
        served = await answer.read()
    [kept] = (here.folder / "clips").glob(f"{ann.job.number}-*.mp4")
    assert served == kept.read_bytes()
    await here.settled(ann.job.number)
    assert waiting.deleted


async def test_without_an_address_it_comes_as_a_direct_message_and_the_channel_is_told(
    here,
) -> None:
    ann = here.newcomer("plain")
    prompt, waiting = await running(here, ann)
    here.server.faults.fail(*POST, **LARGE, times=2)
    finish(here, prompt)
    number = ann.job.number
    word = await ann.post(lambda one: f"#{number}" in one.text and "direct message" in one.text)
    [direct] = ann.person.direct_messages()
    assert prompt in direct.text
    assert direct.media
    assert word.pinged == frozenset()
    assert direct.labels == ["Details", "Delete"], "there is no server's money to order with"
    details = await (await ann.presses(direct, "Details")).message()
    assert prompt in details.text
    await ann.presses(direct, "Delete")
    await until(lambda: direct.deleted)
    await here.settled(ann.job.number)
    assert waiting.deleted


async def test_what_goes_nowhere_is_kept_told_and_shown_later(here) -> None:
    ann = here.newcomer("plain", takes_direct_messages=False)
    prompt, waiting = await running(here, ann)
    here.server.faults.fail(*POST, **LARGE, times=2)
    finish(here, prompt)
    word = await ann.post(lambda one: f"<@{ann.id}>" in one.text and not one.media)
    assert "could not be posted" in word.text
    assert word.pinged == {ann.id}
    job = await here.settled(ann.job.number)
    assert job.state == "undeliverable"
    assert here.spent(ann.id) == (job.price, 0)
    assert waiting.deleted
    await ann.types("show", job=job.number)
    await ann.video(prompt)
    assert (await here.settled(job.number)).state == "delivered"


@pytest.mark.parametrize(
    ("home", "denied"), [("mute", Can.ATTACH_FILES), ("closed", Can.SEND_MESSAGES)]
)
async def test_a_right_that_is_taken_away_meanwhile_makes_it_a_direct_message(
    here, home, denied
) -> None:
    ann = here.newcomer(home)
    prompt, _ = await running(here, ann)
    world = here.server.world
    world.set_overwrite(ann.home.videos, world.bot_role(ann.home.guild), deny=denied)
    finish(here, prompt)
    await until(ann.person.direct_messages)
    [direct] = ann.person.direct_messages()
    assert prompt in direct.text
    await here.settled(ann.job.number)


async def test_a_thread_that_was_locked_makes_it_a_direct_message(here) -> None:
    ann = here.newcomer("locked")
    prompt, waiting = await running(here, ann, at=ann.home.thread)
    here.server.world.set_archived(ann.home.thread, archived=True, locked=True)
    finish(here, prompt)
    await until(ann.person.direct_messages)
    assert (await here.settled(ann.job.number)).state == "delivered"
    assert not waiting.deleted, "nobody but a moderator changes anything there"
    here.forgiven.add(waiting.id)


async def test_thrown_out_of_the_server_it_keeps_the_video_and_works_on(here) -> None:
    ann = here.newcomer("thrown out", takes_direct_messages=False)
    prompt, _ = await running(here, ann)
    here.server.world.remove_guild(ann.home.guild)
    finish(here, prompt)
    assert (await here.settled(ann.job.number)).state == "undeliverable"
    assert here.spent(ann.id) == (dollars("0.08"), 0)
    ben, other = here.newcomer("plain"), here.prompt()
    await ben.orders("ltx text", prompt=other, duration=5)
    await ben.video(other)


async def test_a_failure_too_finds_its_maker_where_the_channel_is_gone(here) -> None:
    ann, prompt = here.newcomer("gone too"), here.prompt()
    here.provider.stage.next("submit", "slow:300")
    here.provider.stage.next("task", "fail:Timeout")
    await ann.orders("ltx text", prompt=prompt, duration=5)
    here.server.world.remove_channel(ann.home.videos)
    await until(ann.person.direct_messages)
    [direct] = ann.person.direct_messages()
    assert "Nothing was charged." in direct.text
    assert direct.labels == ["Details"]
    await here.settled(ann.job.number)


async def test_a_channel_that_is_gone_makes_it_a_direct_message(here) -> None:
    ann = here.newcomer("gone")
    prompt, _ = await running(here, ann)
    here.server.world.remove_channel(ann.home.videos)
    finish(here, prompt)
    await until(ann.person.direct_messages)
    await here.settled(ann.job.number)


# Outages


@pytest.mark.parametrize(
    "trouble",
    [
        lambda faults: faults.fail(*POST, status=503, times=3),
        lambda faults: faults.fail(*POST, status=500),
        lambda faults: faults.reset(*POST, times=2),
        lambda faults: faults.limit(*POST, seconds=0.1),
        lambda faults: faults.fail(*POST, status=503, when="after"),
        lambda faults: faults.fail(*POST, status=502, when="after"),
        lambda faults: faults.reset(*POST, when="after"),
        lambda faults: faults.fail("DELETE", "/channels/*/messages/*", status=503),
        lambda faults: faults.reset("DELETE", "/channels/*/messages/*", when="after"),
        lambda faults: faults.fail("DELETE", "/channels/*/messages/*", status=503, times=6),
    ],
    ids=[
        "503",
        "500",
        "reset",
        "429",
        "503 after",
        "502 after",
        "reset after",
        "tidy",
        "tidied",
        "tidied at last",
    ],
)
async def test_trouble_while_it_is_posted_leaves_one_message(here, trouble) -> None:
    ann = here.newcomer("plain")
    prompt, waiting = await running(here, ann)
    trouble(here.server.faults)
    await delivered(here, ann, prompt)
    assert waiting.deleted
    assert here.server.faults.waiting == []


@pytest.mark.parametrize("how", ["503", "reset"])
@pytest.mark.parametrize("stood", [False, True], ids=["not posted", "posted unseen"])
async def test_an_outage_of_hours_is_outlasted_and_one_message_stands(here, how, stood) -> None:
    ann = here.newcomer("plain")
    prompt, _ = await running(here, ann)
    here.server.faults.reset(*POST, when="after" if stood else "before", then=how)
    finish(here, prompt)
    await until(lambda: ann.job.state == "stored")
    await until(lambda: tries(here, ann.job.number) >= 2)
    here.server.world.clock.advance(HOURS)  # whatever Discord remembers of a nonce is forgotten
    here.server.come_back()
    await delivered_once(here, ann, prompt)


async def test_an_outage_that_takes_the_gateway_too_is_outlasted(here) -> None:
    ann = here.newcomer("plain")
    prompt, _ = await running(here, ann)
    here.server.go_down("reset")
    finish(here, prompt)
    await until(lambda: ann.job.state == "stored" and tries(here, ann.job.number) >= 1)
    assert await here.health() == ["gateway"]
    here.server.world.clock.advance(HOURS)
    here.server.come_back()
    await delivered_once(here, ann, prompt)
    await here.well()


def tries(here, number: int) -> int:
    with here.look() as con:
        query = "SELECT tries FROM deliveries WHERE job = ?"
        row = con.execute(query, (number,)).fetchone()
    return row[0] if row else 0


async def delivered_once(here, someone, prompt) -> None:
    video = await someone.video(prompt)
    await here.settled(someone.job.number)
    await until(lambda: someone.about(prompt) == [video])


@pytest.mark.parametrize("code", [1001, 4000, 4009])
async def test_a_gateway_that_closes_keeps_no_video_from_its_channel(here, code) -> None:
    ann = here.newcomer("plain")
    prompt, _ = await running(here, ann)
    here.server.gateway.close(code)
    await delivered(here, ann, prompt)
    await here.well()


# The answer itself


async def test_a_job_whose_answer_cannot_be_edited_goes_on(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.server.faults.reset("PATCH", "/webhooks/*/*/messages/@original")
    asked = await ann.types("ltx text", prompt=prompt, duration=5)
    await ann.video(prompt)
    await here.settled(ann.job.number)
    assert here.server.faults.waiting == []
    assert asked.messages == [], "whoever is told to try again pays twice"


async def test_an_image_that_cannot_be_put_on_the_answer_orders_nothing(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.server.faults.reset("PATCH", "/webhooks/*/*/messages/@original")
    asked = await ann.types(
        "ltx image", prompt=prompt, duration=5, files={"image": ("fox.png", PNG)}
    )
    said = await asked.message(lambda one: one.ephemeral)
    assert "stumbled" in said.text
    await until(lambda: ann.about(prompt) == [])
    assert ann.jobs == []


async def test_who_waits_in_line_can_cancel_though_the_answer_could_not_be_edited(here) -> None:
    ann = here.newcomer("single")
    first, _ = await running(here, ann)
    second = here.prompt()
    here.server.faults.reset("PATCH", "/webhooks/*/*/messages/@original")
    await ann.types("ltx text", prompt=second, duration=5)
    waiting = await ann.post(lambda one: second in one.text and "Cancel" in one.labels)
    await ann.presses(waiting, "Cancel")
    await until(lambda: ann.jobs[0].state == "cancelled")
    finish(here, first)
    await ann.video(first)
    await here.settled(ann.jobs[1].number)
    await until(lambda: waiting.deleted)


async def test_what_cannot_be_answered_is_not_ordered(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.server.faults.reset("POST", "/interactions/*/*/callback")
    await ann.types("ltx text", prompt=prompt, duration=5)
    await until(lambda: not here.server.faults.waiting)
    other = here.prompt()
    await ann.types("ltx text", prompt=other, duration=5)
    await ann.video(other)
    assert [job.request["prompt"] for job in ann.jobs] == [other]


@pytest.mark.parametrize("how", ["502", "reset"])
async def test_an_answer_that_stands_unseen_is_used(here, how) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    path = ("POST", "/interactions/*/*/callback")
    if how == "reset":
        here.server.faults.reset(*path, when="after")
    else:
        here.server.faults.fail(*path, status=502, when="after")
    waiting = await ann.orders("ltx text", prompt=prompt, duration=5)
    assert ann.job.message_id == waiting.id
    await ann.video(prompt)
    await until(lambda: waiting.deleted)
    await here.settled(ann.job.number)


async def test_many_at_once_are_all_answered_and_all_made(here) -> None:
    people = [here.newcomer("plain") for _ in range(20)]
    prompts = [here.prompt() for _ in people]
    asked = await asyncio.gather(
        *(
            one.types("ltx text", prompt=prompt, duration=5)
            for one, prompt in zip(people, prompts, strict=True)
        )
    )
    await asyncio.gather(*(each.answer() for each in asked))
    for one, prompt in zip(people, prompts, strict=True):
        await one.video(prompt)
        assert len(here.tasks(prompt)) == 1
