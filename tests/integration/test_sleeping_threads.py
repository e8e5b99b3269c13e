"""Videos in a thread that Discord has archived meanwhile: whatever has to change there changes."""

import asyncio

import pytest

from bot.domain.money import dollars
from bot.playground.local_discord import Channel, Message
from tests.faced import until
from tests.members import Studio, studio

FOX = {"prompt": "a fox", "duration": 5}


async def in_thread(here: Studio) -> Message:
    """A video that stands in a thread."""
    await here.decide(anywhere=True)
    await here.ann.slash("ltx text", FOX, channel=here.cast.thread)
    video = await here.video(1, channel=here.cast.thread)
    await until(lambda: here.public(here.cast.thread) == [video])
    await until(lambda: not here.client.busy.count)
    while (await here.job(1)).state != "delivered":
        await asyncio.sleep(0.005)
    return video


def sleeps(here: Studio, thread: Channel, *, locked: bool = False) -> None:
    here.server.world.set_archived(thread, archived=True, locked=locked)


async def test_a_video_is_posted_and_its_waiting_message_goes(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(anywhere=True)
        asked = await here.ann.slash("ltx text", FOX, channel=here.cast.thread)
        waiting = await asked.message(lambda one: "#1" in one.text)
        sleeps(here, here.cast.thread)
        watch = asyncio.create_task(here.bot.studio.watch.run())
        await here.video(1, channel=here.cast.thread)
        await until(lambda: waiting.deleted)
        await here.bot.studio.watch.drain()
        await watch


@pytest.mark.parametrize("locked", [False, True])
async def test_a_refund_is_marked_unless_a_moderator_has_closed_the_thread(
    tmp_path, locked
) -> None:
    async with studio(tmp_path) as here:
        video = await in_thread(here)
        sleeps(here, here.cast.thread, locked=locked)
        asked = await here.ada.slash("budget refund", {"job": 1}, channel=here.cast.general)
        assert "is paid back" in (await asked.message()).text
        await until(lambda: not here.client.busy.count)
        assert ("Paid back" in video.text) is not locked
        assert here.cast.thread.archived is locked


async def test_a_video_is_deleted(tmp_path) -> None:
    async with studio(tmp_path) as here:
        video = await in_thread(here)
        sleeps(here, here.cast.thread)
        pressed = await here.ann.press(video, "Delete")
        assert "is gone from the channel" in (await pressed.message()).text
        assert video.deleted


async def test_a_place_in_line_is_told_and_given_up(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(anywhere=True, at_once=1)
        for nth in (1, 2):
            asked = await here.ann.slash("ltx text", FOX, channel=here.cast.thread)
            waiting = await asked.message(lambda one, nth=nth: f"#{nth}" in one.text)
        sleeps(here, here.cast.thread)
        jobs = await (await here.ann.slash("jobs", channel=here.videos)).message()
        assert "Cancel" in jobs.labels
        said = waiting.text
        await here.decide(paused=True)
        await until(lambda: waiting.text != said)
        assert "Yours keeps its place" in waiting.text
        sleeps(here, here.cast.thread)
        pressed = await here.ann.press(waiting, "Cancel")
        assert "is cancelled" in (await pressed.message(lambda one: "cancelled" in one.text)).text
        assert waiting.deleted


async def test_what_admins_are_asked_is_answered(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        thread = here.cast.thread
        await here.decide(allowance=dollars("0.05"), admin_channel=thread.id)
        for who in (here.ann, here.ben):
            asked = await who.slash("ltx text", FOX, channel=here.videos)
            await who.press(await asked.message(), "Ask an admin")
            card = await here.ada.wait_for_message(lambda one: "Deny" in one.labels, channel=thread)
            sleeps(here, thread)
            await here.ada.press(card, "Approve once")
            await until(lambda card=card: "Approved" in card.text)
