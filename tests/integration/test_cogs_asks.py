"""Asking an admin, on the local Discord with everything real behind it."""

import asyncio
from typing import Any

import pytest

from bot.domain.ids import UserId
from bot.domain.money import dollars
from bot.playground.local_discord import Message, Person
from tests.faced import until
from tests.members import Studio, studio

FOX = {"prompt": "a fox in the snow", "duration": 20, "resolution": "1080p"}
"""$0.48."""


async def poor(here: Studio, **rules: Any) -> None:
    """Nobody can afford the fox, and there are admins to ask."""
    await here.decide(allowance=dollars("0.10"), admin_channel=here.cast.admins_only.id, **rules)


async def refused(here: Studio, who: Person, prompt: str = "a fox in the snow") -> Message:
    asked = await who.slash("ltx text", {**FOX, "prompt": prompt}, channel=here.videos)
    return await asked.message(lambda one: "Not enough" in one.text)


async def asked(here: Studio, who: Person, prompt: str = "a fox in the snow") -> Message:
    """What the member reads after the press."""
    pressed = await who.press(await refused(here, who, prompt), "Ask an admin")
    return await pressed.message(lambda one: "Ask an admin" not in one.labels)


def cards(here: Studio) -> list[Message]:
    """What stands in the admin channel."""
    return [one for one in here.ada.messages(here.cast.admins_only) if not one.ephemeral]


async def card(here: Studio, who: Person) -> Message:
    said = await asked(here, who)
    assert "The admins are asked" in said.text
    assert said.ephemeral
    [only] = cards(here)
    return only


async def free(here: Studio, who: Person) -> int:
    now = here.services.clock.now()
    funds = await here.services.money.funds(here.guild, UserId(who.user.id), roles=(), now=now)
    return funds.free


async def word(here: Studio, text: str) -> Message:
    """What is said to the member in the channel."""
    return await here.ann.wait_for_message(lambda one: text in one.text, channel=here.videos)


async def test_an_admin_approves_and_the_video_starts_by_itself(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        for fact in (
            f"<@{here.cast.ann.id}> asks for **$0.48** and is **$0.38** short",
            "$0.10 of their own",
            "a fox in the snow",
            "1080p",
            "not made any videos here yet",
            "<t:",
        ):
            assert fact in question.text
        assert question.labels == ["Approve once", "Deny"]
        assert await here.jobs_of(here.ann) == []
        await here.ada.press(question, "Approve once")
        video = await here.video(1)
        assert "a fox in the snow" in video.text
        await until(lambda: "It is video #1" in question.text)
        assert f"<@{here.cast.ada.id}> approved" in question.text
        assert "$0.38 was granted" in question.text
        assert question.labels == []
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.48")
        assert await free(here, here.ann) == 0
        [line] = [
            it for it in await here.services.policies.list_audit(here.guild) if it.act != "set"
        ]
        assert (line.act, line.actor, line.subject, line.after) == (
            "ask-approve",
            here.cast.ada.id,
            str(here.cast.ann.id),
            "$0.38",
        )


async def test_the_waiting_message_tells_who_asked_and_nobody_else(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        await here.ada.press(await card(here, here.ann), "Approve once")
        waiting = await word(here, "said yes to your video")
        await until(lambda: "#1" in waiting.text)
        assert here.ann.was_pinged_by(waiting)
        assert not here.ada.was_pinged_by(waiting)
        assert "$0.48" in waiting.text
        assert "said yes to your video" in waiting.text
        [job] = await here.jobs_of(here.ann)
        assert (job.place.message, job.place.channel) == (waiting.id, here.videos.id)


async def test_a_denial_reaches_the_member_with_its_reason(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        form = await here.ada.press(question, "Deny")
        await here.ada.submit(form, {"reason": "too many *foxes* @everyone"})
        said = await word(here, "Not this time")
        assert f"<@{here.cast.ann.id}>, <@{here.cast.ada.id}> said no" in said.text
        assert "too many \\*foxes\\* \\@everyone" in said.text
        assert "Nothing was charged" in said.text
        assert here.ann.was_pinged_by(said)
        assert not here.ben.was_pinged_by(said)
        await until(lambda: question.labels == [])
        assert "said no" in question.text
        assert "foxes" in question.text
        assert await here.jobs_of(here.ann) == []
        balance = await here.ann.press(said, "What I can spend")
        assert "$0.10" in (await balance.message()).text
        again = await asked(here, here.ann)
        assert "the answer was no" in again.text
        assert len(cards(here)) == 1


async def test_a_reason_may_be_left_out(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        form = await here.ada.press(await card(here, here.ann), "Deny")
        await here.ada.submit(form)
        assert "They write" not in (await word(here, "Not this time")).text


async def test_asked_twice_is_one_card_and_several_members_have_several(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        await asyncio.gather(*(asked(here, here.ann) for _ in range(2)))
        assert "The admins are asked" in (await asked(here, here.ann)).text
        assert len(cards(here)) == 1
        await asked(here, here.ben)
        assert len(cards(here)) == 2
        for prompt in ("a wolf", "a bear"):
            await asked(here, here.ann, prompt)
        assert "asked for 3 videos already" in (await asked(here, here.ann, "an owl")).text
        assert len(cards(here)) == 4


async def test_a_double_click_on_the_refusal_is_one_card(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        message = await refused(here, here.ann)
        for press in await asyncio.gather(
            *(here.ann.press(message, "Ask an admin") for _ in range(2))
        ):
            await press.answer()
        await until(lambda: not here.client.busy.count)
        assert len(cards(here)) == 1


async def test_two_admins_and_a_double_click_make_one_video(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        olga = here.server.person(here.cast.olga)
        presses = await asyncio.gather(
            *(who.press(question, "Approve once") for who in (here.ada, olga, here.ada))
        )
        await asyncio.gather(*(press.answer() for press in presses))
        await until(lambda: not here.client.busy.count)
        assert len(await here.jobs_of(here.ann)) == 1
        assert await free(here, here.ann) == 0
        assert len(here.public()) == 1
        await until(lambda: question.labels == [])


async def test_a_card_works_after_a_restart_and_cannot_be_approved_twice(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        await here.restart()
        await here.ada.press(question, "Approve once")
        await until(lambda: question.labels == [])
        assert len(await here.jobs_of(here.ann)) == 1


@pytest.mark.parametrize("label", ["Approve once", "Deny"])
async def test_a_stranger_decides_nothing(tmp_path, label) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        await here.decide(admin_channel=here.cast.general.id)
        await asked(here, here.ann)
        [question] = [one for one in here.ben.messages(here.cast.general) if one.labels]
        said = await (await here.ben.press(question, label)).message(
            lambda one: "for the admins" in one.text
        )
        assert said.ephemeral
        assert question.labels == ["Approve once", "Deny"]
        assert await here.jobs_of(here.ann) == []
