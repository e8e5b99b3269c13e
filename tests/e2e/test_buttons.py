"""Buttons, menus and lists on what another life of the bot has left behind."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.domain.money import dollars
from bot.playground.local_discord import Invocation, Message
from tests.members import PNG
from tests.town import Someone, Town, town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

IMAGE = {"image": ("fox.png", PNG)}
OPTIONS = {"resolution": "480p", "duration": 6, "aspect_ratio": "9:16", "seed": 42}
RICH = {"allowance": dollars("5"), "at_once": 1, "queued": 20}


@dataclass
class Yesterday:
    """What stands in the channels when the bot starts."""

    town: Town
    ann: Someone
    prompt: str
    video: Message
    """Of Ann, with every option given."""
    pictured: Message
    """Of Ann, from an image."""
    picture_prompt: str
    question: Message
    offers: Message
    queue: Someone
    """Has one job at the provider and three in line."""
    running: str
    in_line: list[Message]
    form: Invocation
    """*Animate this image*, open."""

    @property
    def number(self) -> int:
        return self.town.rows("member_id = ? AND mode = 'text'", self.ann.id)[-1].number


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def was(tmp_path_factory):
    homes = {"rich": RICH, "poor": {"allowance": dollars("0.10")}, "stranger": {}}
    async with town(tmp_path_factory.mktemp("town"), homes) as here:
        yesterday = await live(here)
        await here.restart()
        yield yesterday


async def live(here: Town) -> Yesterday:
    ann, prompt, pictured = here.newcomer("rich"), here.prompt(), here.prompt()
    await ann.orders("ltx text", prompt=prompt, **OPTIONS)
    await ann.orders("ltx image", prompt=pictured, duration=5, files=IMAGE)
    question = await ann.told("kling text", prompt="a dear fox", duration=10)
    offers = await here.newcomer("poor").told("wan text", prompt="a poor fox")
    queue = here.newcomer("rich")
    video, picture = await ann.video(prompt), await ann.video(pictured)
    here.provider.stage.next("task", "never")
    running = here.prompt()
    await queue.orders("ltx text", prompt=running, duration=5)
    await until(lambda: queue.job.state == "running")
    in_line = [
        await queue.orders("ltx text", prompt=here.prompt("in line"), duration=5) for _ in range(3)
    ]
    message = await ann.person.say(ann.home.general, "my fox", files=[("fox.png", PNG)])
    form = await ann.person.menu("Animate this image", message)
    await form.form()
    return Yesterday(
        town=here,
        ann=ann,
        prompt=prompt,
        video=video,
        pictured=picture,
        picture_prompt=pictured,
        question=question,
        offers=offers,
        queue=queue,
        running=running,
        in_line=in_line,
        form=form,
    )


def sent(here: Town, prompt: str) -> dict:
    """The latest payload of a prompt."""
    return here.tasks(prompt)[-1].payload["input"]


# Again


async def test_again_is_the_same_with_another_seed_and_whoever_presses_pays(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    await ben.presses(was.video, "Again")
    await until(lambda: ben.jobs)
    video = await ben.result(ben.job.number)
    await here.settled(ben.job.number)
    assert video.pinged == {ben.id}
    assert ben.job.parent == was.number
    first, second = (task.payload["input"] for task in here.tasks(was.prompt)[:2])
    assert first == {**second, "seed": 42}
    assert "seed" not in second
    assert here.spent(ben.id) == (dollars("0.072"), 0)


async def test_clicks_of_two_people_make_one_video_for_each(was) -> None:
    here = was.town
    people = [here.newcomer("rich") for _ in range(2)]
    presses = [one.presses(was.video, "Again") for one in people for _ in range(3)]
    asked = await asyncio.gather(*presses)
    await asyncio.gather(*(one.answer() for one in asked))
    for one in people:
        await until(lambda one=one: one.jobs)
        await one.result(one.job.number)
        await here.settled(one.job.number)
        assert len(one.jobs) == 1


async def test_again_brings_the_image_along(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    await ben.presses(was.pictured, "Again")
    await until(lambda: ben.jobs)
    video = await ben.result(ben.job.number)
    assert len(video.media) == 2
    [url] = sent(here, was.picture_prompt)["image_urls"]
    assert f"/attachments/{ben.home.videos.id}/" in url, "the address of the message that holds it"


# Edit


async def test_the_form_is_prefilled_and_what_it_does_not_change_stays(was) -> None:
    here, ben, other = was.town, was.town.newcomer("rich"), was.town.prompt("a wolf")
    opened = await ben.presses(was.video, "Edit")
    fields = {
        one["component"]["custom_id"]: one["component"]
        for one in (await opened.form())["components"]
    }
    assert fields["prompt"]["value"] == was.prompt
    assert chosen(fields["resolution"]) == ["480p"]
    assert chosen(fields["duration"]) == ["6"]
    assert any("$" in one["label"] for one in fields["duration"]["options"])
    await ben.fills_in(opened, prompt=other, duration=["5"])
    await ben.video(other)
    assert sent(here, other) == {
        "mode": "text-to-video",
        "prompt": other,
        **OPTIONS,
        "duration": 5,
    }
    assert ben.job.parent == was.number


def chosen(select: dict) -> list[str]:
    return [one["value"] for one in select["options"] if one.get("default")]


async def test_a_blank_prompt_in_the_form_is_refused_and_nothing_is_made(was) -> None:
    ben = was.town.newcomer("rich")
    opened = await ben.presses(was.video, "Edit")
    said = await (await ben.fills_in(opened, prompt="\u2800")).message()
    assert said.ephemeral
    assert "nothing to read" in said.text
    assert ben.jobs == []


async def test_a_prompt_too_long_for_a_form_keeps_its_end_where_it_is_left_alone(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    prompt = (here.prompt("z") + " " + "long words " * 500)[:4990] + "the end"
    await ben.orders("ltx text", prompt=prompt, duration=5)
    await until(lambda: here.tasks(prompt))
    video = await ben.result(ben.job.number)
    opened = await ben.presses(video, "Edit")
    label = (await opened.form())["components"][0]
    assert "the rest stays" in label["description"]
    await ben.fills_in(opened, duration=["6"])
    await until(lambda: len(here.tasks(prompt)) == 2)
    assert sent(here, prompt)["duration"] == 6
    await ben.result(ben.jobs[0].number)
    await here.settled(ben.jobs[0].number)


async def test_the_image_stays_or_is_replaced(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    kept, replaced = here.prompt("kept"), here.prompt("replaced")
    await ben.fills_in(await ben.presses(was.pictured, "Edit"), prompt=kept)
    await ben.video(kept)
    assert "picture-1" in sent(here, kept)["image_urls"][0]
    opened = await ben.presses(was.pictured, "Edit")
    await ben.fills_in(opened, prompt=replaced, image=("wolf.png", PNG))
    await ben.video(replaced)
    assert "wolf" in sent(here, replaced)["image_urls"][0]


# Details


async def test_details_are_for_whoever_asks(was) -> None:
    ben = was.town.newcomer("rich")
    for said in (
        await (await ben.presses(was.video, "Details")).message(),
        await (await ben.person.menu("Video details", was.video)).message(),
    ):
        assert said.ephemeral
        for fact in (was.prompt, f"#{was.number}", "LTX-2 19B", "480p", "9:16", "42", "$0.072"):
            assert fact in plain(said.text)
        assert f"<@{was.ann.id}>" in said.text


def plain(text: str) -> str:
    """As Discord draws it."""
    return text.replace("\\", "")


async def test_details_of_what_is_no_video_is_a_sentence(was) -> None:
    ben = was.town.newcomer("rich")
    message = await ben.person.say(ben.home.general, "hello")
    said = await (await ben.person.menu("Video details", message)).message()
    assert said.ephemeral
    assert "no video of this bot" in said.text


# Delete and show


async def test_a_stranger_deletes_nothing_and_maker_and_moderator_may(was) -> None:
    here, maker = was.town, was.town.newcomer("rich")
    for whoever in (maker, here.moderator("rich")):
        prompt = here.prompt()
        await maker.orders("ltx text", prompt=prompt, duration=5)
        video = await maker.video(prompt)
        number = maker.jobs[0].number
        await here.settled(number)
        refused = await (await here.newcomer("rich").presses(video, "Delete")).message()
        assert "Only its maker or a moderator" in refused.text
        assert not video.deleted
        said = await (await whoever.presses(video, "Delete")).message()
        assert said.ephemeral
        assert f"#{number}" in said.text
        assert video.deleted
        await maker.types("show", job=number)
        again = await maker.video(prompt)
        assert again.id != video.id
        assert "once more" in again.text
        assert here.spent(maker.id)[1] == 0


async def test_show_is_for_the_maker_and_for_what_is_finished(was) -> None:
    ben = was.town.newcomer("rich")
    assert "Only its maker" in (await ben.told("show", job=was.number)).text
    assert "#999999" in (await ben.told("show", job=999_999)).text
    unfinished = was.queue.jobs[-1].number
    assert "no finished video" in (await was.queue.told("show", job=unfinished)).text
    offered = await was.ann.offered("show", "job")
    assert was.number in offered
    assert await ben.offered("show", "job") == []


# What was open


async def test_questions_and_offers_of_another_life_are_asked_again(was) -> None:
    for message, owner in ((was.question, was.ann), (was.offers, None)):
        who = owner or Someone(
            was.town,
            was.town.homes["poor"],
            was.town.server.person(was.town.server.world.users[message.only_for]),
        )
        before = len(who.jobs)
        said = await (await who.presses(message, message.labels[0])).message(
            lambda one: "type the command again" in one.text
        )
        assert said.ephemeral
        assert len(who.jobs) == before


# The line


async def test_one_in_line_is_cancelled_by_its_maker_alone_and_whoever_runs_is_not(was) -> None:
    here, queue = was.town, was.queue
    first, second, third = was.in_line
    refused = await (await here.newcomer("rich").presses(first, "Cancel")).message()
    assert refused.ephemeral
    spent, held = here.spent(queue.id)
    said = await (await queue.presses(first, "Cancel")).message()
    assert "cancelled" in said.text
    assert first.deleted
    assert here.spent(queue.id) == (spent, held - dollars("0.08"))

    listed = await queue.told("jobs")
    assert listed.ephemeral
    assert listed.labels.count("Cancel") == 2
    await queue.presses(listed, "Cancel")
    await until(lambda: third.deleted)

    balance = await queue.told("balance")
    assert "# $4.84" in balance.text
    assert "**$0.16** is held" in balance.text

    [task] = here.tasks(was.running)
    here.provider.finish(task.task_id)
    await queue.video(was.running)
    await until(lambda: second.deleted)
    for job in queue.jobs:
        await here.settled(job.number)
    assert here.spent(queue.id) == (dollars("0.16"), 0)
    balance = await queue.told("balance")
    assert "# $4.84" in balance.text
    assert "**$0.16** spent this month" in balance.text
    assert "held" not in balance.text


async def test_a_cancel_that_comes_too_late_says_so(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    here.provider.stage.next("task", "never", times=2)
    first, second = here.prompt(), here.prompt()
    await ben.orders("ltx text", prompt=first, duration=5)
    waiting = await ben.orders("ltx text", prompt=second, duration=5)
    await until(lambda: here.tasks(first))
    listed = await ben.told("jobs")
    here.provider.finish(here.tasks(first)[0].task_id)
    await until(lambda: here.tasks(second))
    said = await (await ben.presses(listed, "Cancel")).message(lambda one: "begun" in one.text)
    assert said.ephemeral
    here.provider.finish(here.tasks(second)[0].task_id)
    await ben.video(second)
    await here.settled(ben.jobs[0].number)
    assert waiting.deleted


# Lists


async def test_the_list_has_pages_with_links_and_costs(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    prompts = [here.prompt() for _ in range(9)]
    for prompt in prompts:
        await ben.orders("ltx text", prompt=prompt, duration=5)
    for prompt in prompts:
        await ben.video(prompt)
    for job in ben.jobs:
        await here.settled(job.number)
    latest = await ben.told("jobs")
    assert latest.labels.count("Open") == 8
    assert latest.text.count("$0.08") == 8
    older = await (await ben.presses(latest, "Older")).message()
    assert prompts[0] in older.text
    assert older.labels.count("Open") == 1
    [url] = [one["url"] for one in older.buttons if "url" in one]
    video = await ben.video(prompts[0])
    assert url.endswith(f"/{video.channel_id}/{video.id}")


@pytest.mark.parametrize("home", ["rich", "stranger"])
async def test_models_and_help_are_for_everybody(was, home) -> None:
    ann = was.town.newcomer(home)
    models = await ann.told("models")
    for fact in ("LTX-2 19B", "Kling 2.5 Turbo Pro", "Wan 2.5", "/ltx text-lora", "about $0.35"):
        assert fact in models.text
    told = await ann.told("help")
    assert "/ltx text" in told.text
    assert ("not allowed" in told.text) == (home == "stranger")
    assert models.ephemeral
    assert told.ephemeral
    assert "could not make" not in told.text


# Animate this image


async def test_an_image_of_anybody_is_animated_by_whoever_likes_it(was) -> None:
    here, ben = was.town, was.town.newcomer("rich")
    prompt = here.prompt("it runs away")
    message = await was.ann.person.say(ben.home.general, "my fox", files=[("fox.png", PNG)])
    opened = await ben.person.menu("Animate this image", message)
    await ben.fills_in(opened, prompt=prompt, model=["wan"], duration=["5"])
    await ben.video(prompt)
    assert here.tasks(prompt)[0].model == "wan-2-5"
    assert here.spent(ben.id) == (dollars("0.40"), 0)
    assert "fox.png" in sent(here, prompt)["image_urls"][0]


@pytest.mark.parametrize(
    ("files", "said"),
    [([], "no image attached"), ([("a.gif", b"GIF89a" + bytes(50))], "JPEG, PNG or WebP")],
)
async def test_what_cannot_be_animated_is_a_sentence(was, files, said) -> None:
    ben = was.town.newcomer("rich")
    message = await ben.person.say(ben.home.general, "look", files=files)
    told = await (await ben.person.menu("Animate this image", message)).message()
    assert told.ephemeral
    assert said in told.text


async def test_a_form_of_another_life_is_opened_again(was) -> None:
    said = await (await was.ann.fills_in(was.form, prompt=was.town.prompt())).message()
    assert said.ephemeral
    assert "Open it from the message again" in said.text


# Old images


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def then(tmp_path_factory):
    """Two days ago, by Discord's clock."""
    ago = timedelta(days=2)
    async with town(tmp_path_factory.mktemp("then"), {"rich": RICH}, ago=ago) as here:
        yield here


async def test_again_finds_an_old_image_where_it_stands_and_asks_for_it_where_it_does_not(
    then,
) -> None:
    here, ann, prompt, lost = then, then.newcomer("rich"), then.prompt(), then.prompt("lost")
    await ann.orders("ltx image", prompt=prompt, duration=5, files=IMAGE)
    first, number = await ann.video(prompt), ann.job.number
    await ann.orders("ltx image", prompt=lost, duration=5, files=IMAGE)
    delete(here, await ann.video(lost))
    for job in ann.jobs:
        await here.settled(job.number)
    here.server.world.clock.advance(2 * 24 * 60 * 60)  # the addresses of then are dead
    shown = await shown_again(ann, number)
    for message in (first, shown):
        await more_of(ann, message)
    delete(here, first)
    here.server.world.clock.advance(5)  # sooner it would be a double click
    await more_of(ann, shown)

    opened = await ann.presses(await shown_again(ann, number + 1), "Again")
    assert "image" in (await opened.form())["title"].lower()
    made = len(ann.jobs)
    await ann.fills_in(opened, image=("wolf.png", PNG))
    await until(lambda: len(ann.jobs) > made)
    assert len((await ann.result(ann.jobs[0].number)).media) == 2
    assert "wolf.png" in sent(here, lost)["image_urls"][0]
    for job in ann.jobs:
        assert (await here.settled(job.number)).state == "delivered"


async def shown_again(ann, number):
    await ann.types("show", job=number)
    return await ann.post(lambda one: "once more" in one.text and f"#{number}" in one.text)


async def more_of(ann, message) -> None:
    """Another one, which has what it was made from beside it."""
    made = len(ann.jobs)
    await ann.presses(message, "Again")
    await until(lambda: len(ann.jobs) > made)
    assert len((await ann.result(ann.jobs[0].number)).media) == 2


def delete(here, message) -> None:
    """The owner of the server tidies up."""
    here.server.person(here.server.world.owner).delete(message)


# Hostile words


async def test_a_hostile_prompt_is_text_wherever_it_is_shown(was) -> None:
    here, ann = was.town, was.town.newcomer("rich")
    other = here.newcomer("rich")
    nasty = (
        f"{here.prompt('x')} @everyone @here <@{other.id}> <@&{ann.home.guild.id}> <#1> **bold**"
        " [link](https://evil.example) `code` ||spoiler|| # head \u202egnp.exe \u2066 \u200b 🦊 "
    )
    prompt = (nasty * 60)[:5000]
    assert len(prompt) == 5000
    waiting = await ann.orders("ltx text", prompt=prompt, duration=5)
    video = await ann.result(ann.job.number)
    await here.settled(ann.job.number)
    assert here.tasks(prompt)[0].payload["input"]["prompt"] == prompt, "as it was typed"
    details = await (await ann.presses(video, "Details")).message()
    listed = await ann.told("jobs")
    refusal = await here.newcomer("poor").told("ltx text", prompt=prompt, duration=20)
    for text in (waiting.text, video.text, details.text, listed.text, refusal.text):
        for word in ("**bold**", "\u202e", "\u2066", "[link](", f"<@{other.id}>", " `code`"):
            assert word not in text
    assert "🦊" in video.text
    for message in (waiting, video, details, listed, refusal):
        assert message.pinged <= {ann.id}
        assert not message.mention_everyone
