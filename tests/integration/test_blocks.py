"""Blocked members and blocked words, by every way that leads to a job.

Each way ends in a refusal that the member alone reads; nothing is held, nothing is asked of an admin,
and nothing reaches the provider.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest

from bot.adapters.sqlite.asks import Asks
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.policies import Policies
from bot.domain.ask import AskState
from bot.domain.ids import UserId
from bot.domain.job import JobState
from bot.domain.money import dollars
from bot.domain.options import options as options_of
from bot.playground.local_discord import Invocation, Message
from tests.faced import until
from tests.members import ADMIN, PNG, Studio, studio

FOX = "a fox in the snow"
LORA = {"lora": "https://example.com/a.safetensors"}
PICTURE = ("fox.png", PNG)
COMMANDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "ltx text": ({}, ()),
    "ltx image": ({}, ("image",)),
    "ltx text-lora": (LORA, ()),
    "ltx image-lora": (LORA, ("image",)),
    "kling text": ({}, ()),
    "kling image": ({}, ("start_image",)),
    "wan text": ({}, ()),
    "wan image": ({}, ("image",)),
}
QUESTION = {"prompt": FOX, "duration": 10, "resolution": "1080p"}
"""$0.24, above the threshold."""
DEAR = {"prompt": FOX, "duration": 20, "resolution": "1080p"}
"""$0.48, more than anybody has."""

QUESTIONS = "notices WHERE topic IN ('card', 'word')"
"""What admins are asked, and what comes of it. What is wrong they hear by itself."""

Block = Callable[[Studio], Awaitable[object]]


async def block_member(here: Studio) -> None:
    """Ann, by a command as admins type it."""
    asked = await here.ada.slash(
        "studio block", {"member": here.cast.ann}, channel=here.cast.general
    )
    await asked.message()


async def block_word(here: Studio) -> None:
    asked = await here.ada.slash("studio block", {"word": "fox"}, channel=here.cast.general)
    await asked.message()


BLOCKS = {
    "member": (block_member, "You cannot make videos here"),
    "word": (block_word, "do not want `fox` in prompts"),
}
blocked = pytest.mark.parametrize(("block", "said"), BLOCKS.values(), ids=BLOCKS)


async def books_of(here: Studio) -> dict[str, int]:
    """What would show that something was held, sent or asked."""
    tables = ("jobs", "transfers", "attempts", "asks", "accounts", QUESTIONS)
    counts = await here.bot.database.read(
        lambda con: {
            name: con.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables
        }
    )
    return {**counts, "tasks": len(here.provider.books.tasks)}


def about(here: Studio) -> set[int]:
    """Everything that stands where all can read it."""
    return {one.id for one in here.public()}


@dataclass
class Open:
    """All that Ann had open before anybody blocked anything."""

    video: Message
    picture: Message
    """Her own, with an image on it."""
    question: Message
    offers: Message
    asking: Message
    asked: Message
    """The card in the admins' channel."""
    edit: Invocation
    animate: Invocation
    another: Invocation


async def everything_open(here: Studio) -> Open:
    """A video, a failure, and every question and form that can lead to another job."""
    await here.decide(
        allowance=dollars("0.40"),
        confirm_above=dollars("0.10"),
        admin_channel=here.cast.admins_only.id,
    )
    await here.ann.slash("ltx text", {"prompt": FOX, "duration": 5}, channel=here.videos)
    video = await here.video(1)
    here.provider.stage.next("task", "fail:ImageNotAccess")
    await here.ann.slash(
        "ltx image",
        {"prompt": FOX, "duration": 5},
        channel=here.videos,
        attachments={"image": PICTURE},
    )
    failure = await here.ann.wait_for_message(
        lambda one: "Another image" in one.labels, channel=here.videos, timeout=30
    )
    picture = await here.ann.say(here.videos, files=[PICTURE])
    asked = await here.ann.slash("ltx text", QUESTION, channel=here.videos)
    question = await asked.message()
    offers, asking, second = [
        await (await here.ann.slash("ltx text", wish, channel=here.videos)).message()
        for wish in (DEAR, DEAR, {**DEAR, "prompt": f"{FOX} again"})
    ]
    await (await here.ann.press(second, "Ask an admin")).message(
        lambda one: "The admins are asked" in one.text
    )
    card = await here.ada.wait_for_message(
        lambda one: "Deny" in one.labels, channel=here.cast.admins_only
    )
    return Open(
        video,
        picture,
        question,
        offers,
        asking,
        card,
        edit=await here.ann.press(video, "Edit"),
        animate=await here.ann.menu("Animate this image", picture),
        another=await here.ann.press(failure, "Another image"),
    )


async def every_way(here: Studio, opened: Open) -> dict[str, Coroutine[Any, Any, Invocation]]:
    """Each way to a job, by its name."""
    ann = here.ann
    ways = {
        f"/{command}": ann.slash(
            command,
            {"prompt": FOX, **options},
            channel=here.videos,
            attachments=dict.fromkeys(images, PICTURE),
        )
        for command, (options, images) in COMMANDS.items()
    }
    offer = next(label for label in opened.offers.labels if "$" in label)
    return ways | {
        "Again": ann.press(opened.video, "Again"),
        "Edit": ann.submit(opened.edit, {}),
        "Animate this image": ann.submit(opened.animate, {"prompt": FOX}),
        "another image": ann.submit(opened.another, {"image": PICTURE}),
        "an offer": ann.press(opened.offers, offer),
        "the question": ann.press(opened.question, opened.question.labels[0]),
        "Ask an admin": ann.press(opened.asking, "Ask an admin"),
    }


@blocked
async def test_no_way_leads_past_a_block(tmp_path, block: Block, said: str) -> None:
    async with studio(tmp_path) as here:
        opened = await everything_open(here)
        await block(here)
        before, public = await books_of(here), about(here)
        for name, way in (await every_way(here, opened)).items():
            pressed = await way
            refusal = await pressed.message(lambda one: said in one.text)
            assert refusal.ephemeral, name
            assert FOX in refusal.text, "the prompt is kept, to be changed or tried again"
            await until(lambda: not here.client.busy.count)
            assert await books_of(here) == before, name
            assert about(here) == public, name
        # Forms that were not open yet end the same way.
        form = await here.ann.menu("Animate this image", opened.picture)
        sent = await here.ann.submit(form, {"prompt": FOX})
        assert (await sent.message(lambda one: said in one.text)).ephemeral
        assert await books_of(here) == before


@blocked
async def test_an_admin_cannot_approve_what_was_blocked_since(
    tmp_path, block: Block, said: str
) -> None:
    async with studio(tmp_path) as here:
        opened = await everything_open(here)
        await block(here)
        before, public = await books_of(here), about(here)
        pressed = await here.ada.press(opened.asked, "Approve once")
        told = await pressed.message(lambda one: one.ephemeral)
        assert {"member": "may not make videos", "word": "does not want any more"}[
            "member" if "You" in said else "word"
        ] in told.text
        await until(lambda: not here.client.busy.count)
        after = await books_of(here)
        assert {**after, QUESTIONS: 0} == {**before, QUESTIONS: 0}
        assert opened.asked.labels == []
        ask = await here.services.asking.get(here.guild, 1)
        assert (ask.state, ask.job, ask.granted) == (AskState.VOID, None, 0)
        acts = [it.act for it in await here.services.policies.list_audit(here.guild)]
        assert "ask-approve" not in acts
        await here.ann.wait_for_message(
            lambda one: one.id not in public and f"<@{here.cast.ann.id}>" in one.text,
            channel=here.videos,
        )


# What is searched


async def test_every_text_is_searched_but_the_negative_prompt(tmp_path) -> None:
    async with studio(tmp_path) as here:
        texts = {
            name
            for model in here.services.models.values()
            for name, option in options_of(model.request).items()
            if option.kind == "text"
        }
        assert texts == {"prompt", "negative_prompt"}, "decide about each new one"
        asked = await here.ada.slash("studio block", {"word": "red hat"}, channel=here.cast.general)
        await asked.message()
        wish = {"prompt": "a fox", "negative_prompt": "a red hat"}
        await here.ann.slash("wan text", wish, channel=here.videos)
        video = await here.video(1)
        before = await books_of(here)
        # Only a form takes several lines.
        form = await here.ann.press(video, "Edit")
        sent = await here.ann.submit(form, {"prompt": "a fox in a RE\u0301D\nha\u200bt"})
        refusal = await sent.message(lambda one: "do not want `red hat`" in one.text)
        assert refusal.ephemeral
        assert await books_of(here) == before
        sent = await here.ann.submit(
            await here.ann.press(video, "Edit"), {"prompt": "a fox is red, that it is"}
        )
        await here.video(2)


# Between the look and the hold


@pytest.fixture(params=["member", "word"])
def blocked_at_the_last_moment(request, monkeypatch) -> str:
    """An admin is quicker than the hold: everything had been looked at, and was well."""
    which, said = request.param, BLOCKS[request.param][1]
    for kind, name in ((Jobs, "reserve"), (Asks, "approve")):
        whole = getattr(kind, name)

        async def late(self, *args: Any, _whole: Any = whole, **more: Any) -> Any:
            order = next(it for it in args if hasattr(it, "guild"))
            facts = {"actor": ADMIN, "now": more.get("now") or args[-1]}
            policies = Policies(self.database)
            if which == "member":
                await policies.block_member(order.guild, order.member, **facts)
            else:
                await policies.block_word(order.guild, "fox", **facts)
            return await _whole(self, *args, **more)

        monkeypatch.setattr(kind, name, late)
    return said


@pytest.mark.parametrize("way", ["here", "elsewhere", "question", "offer"])
async def test_a_block_of_the_last_moment_counts(
    tmp_path, way: str, blocked_at_the_last_moment: str
) -> None:
    async with studio(tmp_path, watching=False) as here:
        said = blocked_at_the_last_moment
        await here.decide(allowance=dollars("0.40"), confirm_above=dollars("0.10"))
        place = here.cast.general if way == "elsewhere" else here.videos
        wish = {"question": QUESTION, "offer": DEAR}.get(way, {"prompt": FOX, "duration": 5})
        pressed = await here.ann.slash("ltx text", wish, channel=place)
        if way in {"question", "offer"}:
            message = await pressed.message()
            pressed = await here.ann.press(message, message.labels[0])
        before = await books_of(here)
        refusal = await pressed.message(lambda one: said in one.text)
        assert refusal.ephemeral
        await until(lambda: not here.client.busy.count)
        private = [one for one in here.ann.messages(place) if one.ephemeral]
        assert [one for one in private if "<t:" in one.text] == [], "no promise is left"
        assert here.public() == []
        assert await books_of(here) == before
        assert await here.jobs_of(here.ann) == []


async def test_an_approval_is_overtaken_by_a_block(tmp_path, blocked_at_the_last_moment) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("0.10"), admin_channel=here.cast.admins_only.id)
        refusal = await (await here.ann.slash("ltx text", DEAR, channel=here.videos)).message()
        await (await here.ann.press(refusal, "Ask an admin")).message(
            lambda one: "The admins are asked" in one.text
        )
        card = await here.ada.wait_for_message(
            lambda one: "Deny" in one.labels, channel=here.cast.admins_only
        )
        pressed = await here.ada.press(card, "Approve once")
        await pressed.message(lambda one: one.ephemeral)
        await until(lambda: not here.client.busy.count)
        ask = await here.services.asking.get(here.guild, 1)
        assert (ask.state, ask.waiting, ask.granted) == (AskState.VOID, None, 0)
        assert await here.jobs_of(here.ann) == []
        assert not [one for one in here.public() if "said yes" in one.text]


# What waits in line


async def lined_up(here: Studio) -> None:
    """One video of Ann's is held, one of Ben's is too, and nobody has submitted either."""
    for number, who in enumerate((here.ann, here.ben), 1):
        asked = await who.slash("ltx text", {"prompt": FOX, "duration": 5}, channel=here.videos)
        await asked.message(lambda one, number=number: f"#{number}" in one.text)


async def free(here: Studio, member: int) -> int:
    now = here.services.clock.now()
    funds = await here.services.money.funds(here.guild, UserId(member), roles=(), now=now)
    assert funds.held == 0
    return funds.free


async def test_who_is_blocked_loses_their_place_in_line_and_no_money(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await lined_up(here)
        asked = await here.ada.slash(
            "studio block", {"member": here.cast.ann}, channel=here.cast.general
        )
        assert "One video was taken out of the line" in (await asked.message()).text
        assert [(await here.job(it)).state for it in (1, 2)] == [JobState.CANCELLED, JobState.HELD]
        assert await free(here, here.cast.ann.id) == dollars("1")
        here.watch()
        said = await here.ann.wait_for_message(
            lambda one: "Taken out of the line" in one.text, channel=here.videos
        )
        assert "Nothing was charged" in said.text
        assert FOX not in said.text
        assert here.ann.was_pinged_by(said)
        assert said.labels == ["Details"]
        await here.video(2)
        assert len(here.provider.books.tasks) == 1, "nothing of Ann's was sent"
        assert not [one for one in here.public() if "#1" in one.text and one.id != said.id]


async def test_a_word_that_is_blocked_takes_its_prompts_out_of_the_line(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await lined_up(here)
        asked = await here.ann.slash("ltx text", {"prompt": "a wolf"}, channel=here.videos)
        await asked.message(lambda one: "#3" in one.text)
        asked = await here.ada.slash("studio block", {"word": "FOX"}, channel=here.cast.general)
        assert "2 videos were taken out of the line" in (await asked.message()).text
        here.watch()
        await here.video(3)
        assert len(here.provider.books.tasks) == 1
        assert await free(here, here.cast.ben.id) == dollars("1")
        said = await here.ben.wait_for_message(
            lambda one: "forbade a word" in one.text and here.ben.was_pinged_by(one),
            channel=here.videos,
        )
        assert "Edit" in said.labels[0] or "Change" in said.labels[0]


@pytest.mark.parametrize("which", ["member", "word"])
async def test_what_slipped_by_is_stopped_before_its_post(tmp_path, which: str) -> None:
    async with studio(tmp_path, watching=False) as here:
        await lined_up(here)
        policies, now = here.services.policies, here.services.clock.now()
        if which == "member":
            for who in (here.cast.ann, here.cast.ben):
                await policies.block_member(here.guild, UserId(who.id), actor=ADMIN, now=now)
        else:
            await policies.block_word(here.guild, "fox", actor=ADMIN, now=now)
        assert (await here.job(1)).state is JobState.HELD, "as after a crash"
        here.watch()
        for who in (here.ann, here.ben):
            await who.wait_for_message(
                lambda one, who=who: "Taken out" in one.text and who.was_pinged_by(one),
                channel=here.videos,
            )
        assert here.provider.books.tasks == {}
        for number in (1, 2):
            job = await here.job(number)
            assert (job.state, job.cause) == (
                JobState.CANCELLED,
                which.replace("member", "blocked"),
            )


async def test_what_is_being_made_is_finished_and_what_waits_behind_it_is_told_at_once(
    tmp_path,
) -> None:
    async with studio(tmp_path) as here:
        await here.decide(at_once=1)
        here.provider.stage.next("task", "slow:4")
        for number in (1, 2):
            wish = {"prompt": FOX, "duration": 5}
            asked = await here.ann.slash("ltx text", wish, channel=here.videos)
            await asked.message(lambda one, number=number: f"#{number}" in one.text)
        await until(lambda: here.provider.books.tasks)
        await block_member(here)
        await block_word(here)
        await here.ann.wait_for_message(
            lambda one: "Taken out of the line" in one.text and "#2" in one.text,
            channel=here.videos,
        )
        await here.video(1)
        assert (await here.job(1)).cause is None
