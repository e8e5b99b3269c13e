"""The ways by which a video or a word reaches people, each after the one before it is closed."""

import asyncio
import dataclasses
import re

import discord
import pytest

from bot.cards import Reader, waiting_card
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import ChannelId, MessageId
from bot.domain.outcome import Route
from bot.domain.ports import Purpose
from bot.domain.provider import Cause
from bot.playground.local_discord import Can
from tests.clips import ffmpeg
from tests.owed import MODELS, PICTURE, debt_of
from tests.post_office import MEBIBYTE, Broken, Full, Unfit, office

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x06"
NASTY = "@everyone @here <@&1> <#2> **b** [x](https://x.example) \u202e🦊 `c` "


async def wait(here, *, picture=None, **options):
    """The message that waits, posted as the command does it, with an image if it has one."""
    job = here.job(**options)
    place = here.stage.place(here.stage.cast.videos)
    if picture is None:
        return await place.send(view=waiting_card(Reader(), job, MODELS[job.model]))
    picture.write_bytes(PNG)
    card = waiting_card(Reader(), job, MODELS[job.model], pictures=["picture-1.png"])
    return await place.send(view=card, file=discord.File(picture, "picture-1.png"))


async def test_a_video_is_posted_in_its_channel_and_its_maker_is_pinged_once(tmp_path) -> None:
    async with office(tmp_path) as here:
        outcome = here.result()
        receipt = await here.deliver(outcome)
        [message] = here.posted()
        assert receipt.route is Route.CHANNEL
        assert (receipt.channel, receipt.message) == (message.channel_id, message.id)
        assert message.pinged == {here.stage.cast.ann.id}
        assert message.nonce == "clapper-12-0"
        [video] = message.media
        assert (video.filename, video.content_type) == ("clapper-12.mp4", "video/mp4")
        assert message.labels == ["Again", "Edit", "Details", "Delete"]


async def test_the_posted_file_plays_and_names_its_job(tmp_path) -> None:
    async with office(tmp_path) as here:
        await here.deliver(here.result())
        [message] = here.posted()
        file = tmp_path / "posted.mp4"
        file.write_bytes(await here.stage.server.read(message.media[0]))
    ffmpeg("-xerror", "-i", file, "-f", "null", "-")
    assert "job 12" in ffmpeg("-i", file, "-f", "ffmetadata", "-")


async def test_all_clips_of_a_job_stand_in_one_gallery(tmp_path) -> None:
    async with office(tmp_path) as here:
        await here.deliver(here.result(clips=3))
        [message] = here.posted()
        names = [file.filename for file in message.media]
        assert names == ["clapper-12.mp4", "clapper-12-2.mp4", "clapper-12-3.mp4"]


async def test_a_prompt_full_of_mentions_pings_nobody(tmp_path) -> None:
    async with office(tmp_path) as here:
        cast = here.stage.cast
        prompt = f"<@{cast.ben.id}> <@&{cast.patrons.id}> {NASTY * 60}"[:5000]
        await here.deliver(here.result(options={"prompt": prompt}))
        await here.deliver(here.failure(options={"prompt": prompt}))
        for message in here.posted():
            assert message.pinged == {cast.ann.id}
            assert not message.mention_everyone
            assert "\u202e" not in message.text


async def test_a_message_that_waited_is_taken_away(tmp_path) -> None:
    async with office(tmp_path) as here:
        waiting = await wait(here)
        spot = ChannelId(waiting.channel.id), MessageId(waiting.id)
        assert await here.postman.withdraw(here.job().guild, spot)
        assert here.posted() == []
        assert not await here.postman.withdraw(here.job().guild, spot), "it is gone"


async def test_a_message_that_waited_stays_while_discord_is_away(tmp_path) -> None:
    async with office(tmp_path) as here:
        waiting = await wait(here)
        here.stage.server.go_down("503")
        spot = ChannelId(waiting.channel.id), MessageId(waiting.id)
        with pytest.raises(PostponedError):
            await here.postman.withdraw(here.job().guild, spot)


async def test_a_waiting_message_that_is_gone_disturbs_nobody(tmp_path) -> None:
    async with office(tmp_path) as here:
        waiting = await wait(here)
        await waiting.delete()
        receipt = await here.deliver(here.result(waiting=waiting))
        assert receipt.route is Route.CHANNEL


async def test_the_image_that_a_video_starts_from_moves_on_to_the_result(tmp_path) -> None:
    async with office(tmp_path) as here:
        options = {"mode": "image", "options": {"image": PICTURE}}
        waiting = await wait(here, picture=tmp_path / "fox.png", **options)
        await here.deliver(here.result(waiting=waiting, **options))
        [message, _] = here.posted()
        video, image = message.media
        assert (video.content_type, image.filename) == ("video/mp4", "picture-1.png")
        assert await here.stage.server.read(image) == PNG


async def test_a_video_is_posted_into_a_thread(tmp_path) -> None:
    async with office(tmp_path) as here:
        thread = here.stage.cast.thread
        assert (await here.deliver(here.result(channel=thread))).channel == thread.id
        assert len(here.posted(thread)) == 1


# Too large


async def test_a_video_above_the_servers_limit_is_made_to_fit(tmp_path) -> None:
    async with office(tmp_path) as here:
        receipt = await here.deliver(here.result(size_bytes=11 * MEBIBYTE))
        [message] = here.posted()
        assert receipt.route is Route.FITTED
        assert message.media[0].size <= 10 * MEBIBYTE
        assert "smaller" in message.text


async def test_a_boosted_server_gets_the_original(tmp_path) -> None:
    async with office(tmp_path) as here:
        stage = here.stage
        stage.world.set_tier(stage.cast.studio, 2)
        guild = stage.bot.get_guild(stage.cast.studio.id)
        await until(lambda: guild.filesize_limit > 10 * MEBIBYTE)
        receipt = await here.deliver(here.result(size_bytes=11 * MEBIBYTE))
        assert receipt.route is Route.CHANNEL


async def until(condition) -> None:
    """An event of the gateway has arrived."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_file_that_discord_calls_too_large_is_made_smaller_still(tmp_path) -> None:
    async with office(tmp_path) as here:
        path = f"/channels/{here.stage.cast.videos.id}/messages"
        here.stage.server.faults.fail("POST", path, status=413, code=40005)
        receipt = await here.deliver(here.result())
        assert receipt.route in {Route.CHANNEL, Route.FITTED}
        assert len(here.posted()) == 1


async def test_a_video_that_cannot_be_made_to_fit_is_linked(tmp_path) -> None:
    async with office(tmp_path, Unfit) as here:
        here.linked()
        outcome = here.result(size_bytes=11 * MEBIBYTE)
        receipt = await here.deliver(outcome)
        [message] = here.posted()
        assert receipt.route is Route.LINK
        assert message.media == []
        urls = [button["url"] for button in message.buttons if "url" in button]
        assert urls == [f"https://clips.example/{outcome.clips[0].name}"]
        assert message.pinged == {here.stage.cast.ann.id}


async def test_a_channel_that_takes_no_files_gets_the_link(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.linked()
        deny(here, Can.ATTACH_FILES)
        assert (await here.deliver(here.result())).route is Route.LINK


async def test_a_channel_that_takes_no_files_and_no_link_gets_a_word(tmp_path) -> None:
    async with office(tmp_path) as here:
        deny(here, Can.ATTACH_FILES)
        receipt = await here.deliver(here.result())
        [direct], [word] = here.direct(), here.posted()
        assert receipt.route is Route.DIRECT
        assert receipt.message == direct.id
        assert direct.media[0].content_type == "video/mp4"
        assert "direct message" in word.text
        assert word.pinged == frozenset()


async def test_a_video_without_any_way_is_kept_and_its_maker_is_told_once(tmp_path) -> None:
    async with office(tmp_path, Unfit) as here:
        waiting = await wait(here)
        outcome = here.result(size_bytes=11 * MEBIBYTE, waiting=waiting)
        with pytest.raises(UndeliverableError, match="unfit"):
            await here.deliver(outcome)
        [word, _] = here.posted()
        assert word.pinged == {here.stage.cast.ann.id}
        assert "/show" in word.text
        assert word.labels == ["Show it"]
        assert len(set(here.encoder.asked)) == len(here.encoder.asked) == 1


async def test_a_video_that_cannot_be_labelled_is_posted_as_it_came(tmp_path) -> None:
    async with office(tmp_path, Broken) as here:
        outcome = here.result()
        await here.deliver(outcome)
        [message] = here.posted()
        original = here.clips.path(outcome.clips[0].name).read_bytes()
        assert await here.stage.server.read(message.media[0]) == original


async def test_a_full_disk_of_ours_postpones(tmp_path) -> None:
    async with office(tmp_path, Full) as here:
        with pytest.raises(PostponedError, match="StoreFullError"):
            await here.deliver(here.result())
        assert here.posted() == []


async def test_a_link_that_is_refused_too_leads_to_a_direct_message(tmp_path) -> None:
    async with office(tmp_path, Unfit) as here:
        here.linked()
        here.stage.world.remove_channel(here.stage.cast.videos)
        receipt = await here.deliver(here.result(size_bytes=11 * MEBIBYTE))
        [message] = here.direct()
        assert receipt.route is Route.DIRECT
        assert "Watch video" in message.labels


async def test_a_person_whom_the_bot_cannot_write_to_at_all_is_no_way(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.stage.world.remove_channel(here.stage.cast.videos)
        here.stage.server.faults.fail("POST", "/users/@me/channels", status=400, code=50007)
        with pytest.raises(UndeliverableError, match="direct: 400 50007"):
            await here.deliver(here.result())


async def test_a_picture_that_does_not_come_holds_up_no_video(tmp_path) -> None:
    async with office(tmp_path) as here:
        options = {"mode": "image", "options": {"image": PICTURE}}
        waiting = await wait(here, **options)
        path = f"/channels/{here.stage.cast.videos.id}/messages/{waiting.id}"
        here.stage.server.faults.fail("GET", path, status=404, code=10008)
        assert (await here.deliver(here.result(waiting=waiting, **options))).route is Route.CHANNEL


# Closed


def deny(here, right) -> None:
    cast, world = here.stage.cast, here.stage.world
    world.set_overwrite(cast.videos, world.bot_role(cast.studio), deny=right)


@pytest.mark.parametrize("right", [Can.VIEW_CHANNEL, Can.SEND_MESSAGES])
async def test_a_channel_that_is_closed_to_the_bot_leads_to_a_direct_message(
    tmp_path, right
) -> None:
    async with office(tmp_path) as here:
        deny(here, right)
        receipt = await here.deliver(here.result())
        assert receipt.route is Route.DIRECT
        assert here.posted() == []
        [message] = here.direct()
        assert message.media[0].filename == "clapper-12.mp4"


async def test_a_deleted_channel_leads_to_a_direct_message(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.stage.world.remove_channel(here.stage.cast.videos)
        assert (await here.deliver(here.result())).route is Route.DIRECT
        failed = here.failure(Cause.IMAGE)
        debt = debt_of(failed.job, id=42, nonce="clapper-12-1")
        assert (await here.deliver(failed, debt)).route is Route.DIRECT
        assert len(here.direct()) == 2


async def test_a_forum_is_no_place_for_a_message(tmp_path) -> None:
    async with office(tmp_path) as here:
        receipt = await here.deliver(here.result(channel=here.stage.cast.forum))
        assert receipt.route is Route.DIRECT


async def test_closed_direct_messages_leave_the_video_on_the_shelf(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.stage.cast.ann.takes_direct_messages = False
        here.stage.world.remove_channel(here.stage.cast.videos)
        with pytest.raises(UndeliverableError, match="10003"):
            await here.deliver(here.result())
        failed = here.failure()
        with pytest.raises(UndeliverableError):
            await here.deliver(failed, debt_of(failed.job, id=42))


async def test_a_locked_thread_is_a_closed_one(tmp_path) -> None:
    async with office(tmp_path) as here:
        thread = here.stage.cast.thread
        here.stage.world.set_archived(thread, archived=True, locked=True)
        assert (await here.deliver(here.result(channel=thread))).route is Route.DIRECT


# Failures, and showing again


async def test_a_failure_pings_its_maker_and_offers_its_fixes(tmp_path) -> None:
    async with office(tmp_path) as here:
        await here.deliver(here.failure(Cause.IMAGE))
        [message] = here.posted()
        assert message.pinged == {here.stage.cast.ann.id}
        assert "Nothing was charged" in message.text
        assert message.labels == ["Another image", "Edit", "Details"]


async def test_a_video_is_shown_again_beside_the_first_message(tmp_path) -> None:
    async with office(tmp_path) as here:
        outcome = here.result()
        await here.deliver(outcome)
        again = debt_of(outcome.job, Purpose.SHOWN, id=42, nonce="clapper-12-1")
        await here.deliver(outcome, again)
        assert len(here.posted()) == 2


async def test_a_file_that_is_no_longer_kept_is_told_and_not_delivered(tmp_path) -> None:
    async with office(tmp_path) as here:
        outcome = here.result(clips=0)
        with pytest.raises(UndeliverableError, match="gone"):
            await here.deliver(outcome, debt_of(outcome.job, Purpose.SHOWN))
        [word] = here.posted()
        assert "no longer kept" in word.text


async def test_a_video_that_is_shown_again_brings_its_image_from_wherever_it_still_is(
    tmp_path,
) -> None:
    async with office(tmp_path) as here:
        options = {"mode": "image", "options": {"image": PICTURE}}
        waiting = await wait(here, picture=tmp_path / "fox.png", **options)
        outcome = here.result(waiting=waiting, **options)
        first = await here.deliver(outcome)
        await waiting.delete()
        for nth, told in enumerate(((first,), (_gone(first), first)), start=1):
            again = debt_of(outcome.job, Purpose.SHOWN, id=41 + nth, nonce=f"clapper-12-{nth}")
            await here.deliver(dataclasses.replace(outcome, told=told), again)
            [_, image] = here.posted()[0].media
            assert await here.stage.server.read(image) == PNG
        debt = debt_of(outcome.job, Purpose.SHOWN, id=50, nonce="clapper-12-9")
        await here.deliver(dataclasses.replace(outcome, told=(_gone(first),)), debt)
        assert len(here.posted()[0].media) == 1, "the image is gone, and holds up no video"


def _gone(receipt):
    return dataclasses.replace(receipt, message=7)


async def test_an_image_whose_first_address_still_works_comes_from_there(tmp_path, caplog) -> None:
    caplog.set_level("INFO")
    async with office(tmp_path) as here:
        place = here.stage.place(here.stage.cast.general)
        (tmp_path / "fox.png").write_bytes(PNG)
        held = await place.send(file=discord.File(tmp_path / "fox.png"))
        address = held.attachments[0].url
        ended = re.sub(r"ex=\w+", "ex=1", address)
        foreign = "https://example.com/fox.png"
        for nth, (url, media) in enumerate(((address, 2), (ended, 1), (foreign, 1))):
            options = {"mode": "image", "options": {"image": {**PICTURE, "url": url}}}
            outcome = here.result(**options)
            await here.deliver(outcome, debt_of(outcome.job, id=nth, nonce=f"clapper-12-{nth}"))
            assert len(here.posted()[0].media) == media
        assert "did not come" not in caplog.text, "nobody was asked for what cannot be there"
