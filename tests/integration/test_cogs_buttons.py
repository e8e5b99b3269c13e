"""Presses at odd moments, twice or by two at once; forms and menus that are used in odd ways."""

import asyncio

from bot.adapters.sqlite.jobs import Jobs
from bot.domain.ids import JobNumber
from bot.domain.job import JobState
from bot.domain.money import dollars
from bot.playground.local_discord import Can, Message
from tests.faced import until
from tests.members import PNG, Studio, studio

FOX = {"prompt": "a fox in the snow", "duration": 5}
IMAGE = {"image": ("fox.png", PNG)}


async def told(here: Studio) -> Message:
    """The message with the video, once the books know that it stands."""
    async with asyncio.timeout(20):
        while not await here.services.jobs.list_told(JobNumber(1)):
            await asyncio.sleep(0.01)
    return await here.video(1)


async def test_two_clicks_on_delete_are_told_alike(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        video = await here.video(1)
        presses = await asyncio.gather(*(here.ann.press(video, "Delete") for _ in range(2)))
        words = [(await press.message(lambda one: one.text)).text for press in presses]
        assert video.deleted
        assert ["is gone from the channel" in text for text in words] == [True, True], words


async def test_maker_and_moderator_delete_the_same_video_at_once(tmp_path) -> None:
    async with studio(tmp_path) as here:
        world, guild = here.server.world, here.cast.studio
        role = world.add_role(guild, "moderators", permissions=Can.MANAGE_MESSAGES)
        world.set_member(guild, guild.members[here.ben.user.id], roles=[role])
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        video = await here.video(1)
        presses = await asyncio.gather(
            *(who.press(video, "Delete") for who in (here.ann, here.ben))
        )
        words = [(await press.message(lambda one: one.text)).text for press in presses]
        assert ["is gone from the channel" in text for text in words] == [True, True], words


async def test_two_clicks_on_cancel_are_not_told_that_it_has_begun(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=1)
        first = await here.ann.slash("ltx text", FOX, channel=here.videos)
        await first.message(lambda one: "#1" in one.text)
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        waiting = await asked.message(lambda one: "Cancel" in one.labels)
        listed = await (await here.ann.slash("jobs", {}, channel=here.videos)).message()
        presses = await asyncio.gather(
            here.ann.press(waiting, "Cancel"),
            here.ann.press(waiting, "Cancel"),
            here.ann.press(listed, "Cancel"),
        )
        words = [
            (await press.message(lambda one: "Video" in one.text and "Your" not in one.text)).text
            for press in presses
        ]
        assert ["is cancelled, and nothing was charged" in text for text in words] == [True] * 3, (
            words
        )
        await until(lambda: not here.client.busy.count)
        assert len(here.public()) == 1
        assert (await here.job(2)).state is JobState.CANCELLED


async def test_details_are_told_of_a_video_that_the_books_do_not_know_to_be_posted(
    tmp_path, monkeypatch
) -> None:
    written, known = asyncio.Event(), Jobs.delivered

    async def delivered(*given, **named) -> None:
        await written.wait()
        await known(*given, **named)

    monkeypatch.setattr(Jobs, "delivered", delivered)
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        video = await here.video(1)
        said = await (await here.ben.menu("Video details", video)).message()
        written.set()
        assert "#1" in said.text
        assert "a fox in the snow" in said.text


async def test_details_are_told_of_a_message_that_waits_while_its_video_cannot_be_posted(
    tmp_path,
) -> None:
    async with studio(tmp_path) as here:
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        waiting = await asked.message(lambda one: "#1" in one.text)
        here.server.faults.fail("POST", "/channels/*/messages", status=503, times=10_000)
        await until(lambda: here.server.journal.of("POST", "/channels/*/messages"))
        assert (await here.job(1)).state is JobState.STORED
        said = await (await here.ben.menu("Video details", waiting)).message()
        here.server.faults.clear()
        assert "Video #1" in said.text.replace("\N{NO-BREAK SPACE}", " ")
        await here.video(1)


async def test_what_others_post_with_our_marks_is_no_video_of_ours(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        await asked.message(lambda one: "#1" in one.text)
        said = await here.ann.say(here.cast.general, "clapper:details:1")
        told = await (await here.ben.menu("Video details", said)).message()
        assert "no video of this bot" in told.text


async def test_a_form_that_is_refused_shows_its_prompt_again(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx image", FOX, channel=here.videos, attachments=IMAGE)
        opened = await here.ann.press(await here.video(1), "Edit")
        sent = await here.ann.submit(opened, {"prompt": "an owl on a roof", "seed": "lucky"})
        said = await sent.message()
        assert said.ephemeral
        assert "`seed` cannot be read" in said.text
        assert "an owl on a roof" in said.text

        shown = await here.ben.say(here.cast.general, "my fox", files=[IMAGE["image"]])
        opened = await here.ben.menu("Animate this image", shown)
        wish = {"prompt": "an owl " * 120, "model": ["wan"], "duration": ["5"]}
        said = await (await here.ben.submit(opened, wish)).message()
        assert said.ephemeral
        assert "it takes 800 characters" in said.text
        assert "an owl an owl" in said.text
        assert len(await here.jobs_of(here.ann)) + len(await here.jobs_of(here.ben)) == 1


async def test_an_image_that_a_card_of_ours_shows_can_be_animated(tmp_path) -> None:
    async with studio(tmp_path) as here:
        files = {"start_image": ("s.png", PNG), "end_image": ("e.png", PNG)}
        await here.decide(allowance=dollars("5"))
        await here.ann.slash(
            "kling image", {"prompt": "a fox"}, channel=here.videos, attachments=files
        )
        opened = await here.ben.menu("Animate this image", await here.video(1))
        wish = {"prompt": "an owl", "model": ["ltx"], "duration": ["5"], "picture": ["1"]}
        await (await here.ben.submit(opened, wish)).message(lambda one: "#2" in one.text)
        await here.video(2)
        [task] = [it for it in here.provider.books.tasks.values() if it.model == "ltx-2-19b"]
        [url] = task.payload["input"]["image_urls"]
        assert "picture-2.png" in url
        # A video from words shows none.
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        opened = await here.ben.menu("Animate this image", await here.video(3))
        assert "JPEG, PNG or WebP" in (await opened.message()).text


async def test_an_image_that_somebody_has_forwarded_can_be_animated(tmp_path, monkeypatch) -> None:
    async with studio(tmp_path) as here:
        shown = await here.ann.say(here.cast.general, "my fox", files=[IMAGE["image"]])
        render = here.server.world.render

        def forwarded(*given, known=render.message, **named):
            """As Discord tells of a forwarded message: what is in it stands in a snapshot."""
            message = known(*given, **named)
            inside = {"type", "content", "embeds", "attachments", "timestamp", "edited_timestamp"}
            inside |= {"flags", "mentions", "mention_roles", "components"}
            snapshot = {name: message[name] for name in inside if name in message}
            return {**message, "attachments": [], "message_snapshots": [{"message": snapshot}]}

        with monkeypatch.context() as patch:
            patch.setattr(render, "message", forwarded)
            opened = await here.ben.menu("Animate this image", shown)
            await opened.form()
        wish = {"prompt": "an owl", "model": ["ltx"], "duration": ["5"]}
        await here.ben.submit(opened, wish)
        await here.video(1)


# Where a video is shown again


async def test_a_video_is_shown_where_videos_go_by_now(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        await told(here)
        await here.decide(channel=here.cast.general.id)
        asked = await here.ann.slash("show", {"job": 1}, channel=here.videos)
        assert f"<#{here.cast.general.id}>" in (await asked.message()).text
        await here.video(1, channel=here.cast.general)


async def test_a_video_is_shown_again_though_its_channel_is_gone(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        await told(here)
        here.server.world.remove_channel(here.videos)
        await here.decide(channel=None)
        await here.ann.slash("show", {"job": 1}, channel=here.cast.general)
        shown = await here.video(1, channel=here.cast.general)
        assert shown.pinged == {here.ann.user.id}
        assert here.ann.direct_messages() == []


async def test_a_video_is_shown_again_though_the_books_do_not_know_yet_that_it_stands(
    tmp_path, monkeypatch
) -> None:
    written, delivered, find = asyncio.Event(), Jobs.delivered, Jobs.find_debt
    asked = asyncio.Event()

    async def late(*given, **named) -> None:
        await written.wait()
        await delivered(*given, **named)

    async def found(*given) -> object:
        debt = await find(*given)
        if asked.is_set():
            written.set()
        return debt

    monkeypatch.setattr(Jobs, "delivered", late)
    monkeypatch.setattr(Jobs, "find_debt", found)
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        first = await here.video(1)
        asked.set()
        await here.ann.slash("show", {"job": 1}, channel=here.videos)
        await here.ann.wait_for_message(
            lambda one: one.media and "#1" in one.text, channel=here.videos, after=first.id
        )


async def test_the_list_leads_to_no_message_that_was_deleted_and_shows_the_video_instead(
    tmp_path,
) -> None:
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        video = await told(here)
        await (await here.ann.press(video, "Delete")).message()
        listed = await (await here.ann.slash("jobs", {}, channel=here.videos)).message()
        assert listed.labels == ["Show it"]
        await here.ann.press(listed, "Show it")
        shown = await told(here)
        assert shown.id != video.id
        listed = await (await here.ann.slash("jobs", {}, channel=here.videos)).message()
        [link] = [button["url"] for button in listed.buttons]
        assert link.endswith(f"/{shown.id}")


# What waits


async def test_a_message_in_line_says_that_it_has_begun_though_that_was_while_we_were_away(
    tmp_path,
) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=1)
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        await until(lambda: here.public() and "#1" in here.public()[0].text)
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        waiting = await asked.message(lambda one: "Cancel" in one.labels)
        await here.face.close()
        await here.serving
        here.provider.stage.next("task", "ok")
        here.provider.stage.next("task", "never")
        here.watch()
        await until(lambda: len(here.provider.books.tasks) == 2)
        assert "In line" in waiting.text
        await here.restart()
        await until(lambda: "is on it" in waiting.text)
        assert waiting.labels == []
