"""Messages by the bot's own token: what is kept, what is refused, who is pinged."""

import asyncio
import io
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.local_discord import Can, Kind, LocalDiscord, World
from bot.playground.local_discord.messages import Message
from tests.local_bot import LocalBot, Stage, on_stage
from tests.openapi import assert_fits

MEBIBYTE = 1024 * 1024


def clip(name: str = "clip.mp4", size: int = 9) -> discord.File:
    return discord.File(io.BytesIO(bytes(size)), name)


async def refusal(call: Any) -> discord.HTTPException:
    with pytest.raises(discord.HTTPException) as caught:
        await call
    return caught.value


def told(error: discord.HTTPException) -> tuple[int, int]:
    return error.status, error.code


async def post(stage: Stage, body: dict[str, Any]) -> tuple[int, Any]:
    """A body as it is, past the library's own checks."""
    url = f"{stage.server.api_url}/channels/{stage.cast.general.id}/messages"
    headers = {"Authorization": f"Bot {stage.server.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as response,
    ):
        return response.status, await response.json()


def codes(errors: Any) -> set[str]:
    if isinstance(errors, list):
        return {error["code"] for error in errors}
    return set().union(*(codes(below) for below in errors.values()))


async def test_a_message_with_one_nonce_is_posted_once_also_when_two_ask_at_once() -> None:
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        sent = [place.send("done", nonce="job-7", file=clip()) for _ in range(3)]
        ids = {message.id for message in await asyncio.gather(*sent)}
        assert len(ids) == 1
        assert len(stage.cast.general.history) == 1
        stage.world.clock.advance(6 * 60)
        assert (await place.send("done", nonce="job-7")).id not in ids


async def test_history_pages_by_before_after_and_around() -> None:
    async with on_stage() as stage:
        general, place = stage.cast.general, stage.place(stage.cast.general)
        ids = [(await place.send(str(n), nonce=str(n))).id for n in range(8)]
        pages: dict[Any, Any] = {
            (2, None, None, None): [7, 6],
            (2, 3, None, None): [2, 1],
            (3, None, 3, None): [4, 5, 6],
            (3, None, None, 3): [4, 3, 2],
        }
        for (limit, before, after, around), wanted in pages.items():
            found = [
                int(one.content)
                async for one in place.history(
                    limit=limit,
                    before=None if before is None else discord.Object(ids[before]),
                    after=None if after is None else discord.Object(ids[after]),
                    around=None if around is None else discord.Object(ids[around]),
                )
            ]
            assert found == wanted, (limit, before, after, around)
        assert [one.text for one in stage.ann.messages(general, limit=3)] == ["5", "6", "7"]


async def test_five_thousand_messages_do_not_slow_a_page_down() -> None:
    async with on_stage() as stage:
        general, world = stage.cast.general, stage.world
        for number in range(5000):
            message = Message(world.ids.next(), general.id, world.bot, 0, content=str(number))
            general.history.add(message)
        place = stage.place(general)
        found = [one.content async for one in place.history(limit=None)]
        assert found == [str(number) for number in reversed(range(5000))]
        looked = general.history.page(limit=100)
        assert [one.content for one in looked][:2] == ["4999", "4998"]


async def test_a_file_is_given_out_whole_and_in_ranges_with_its_type(tmp_path: Path) -> None:
    body = bytes(range(100))
    async with on_stage(world=World(folder=tmp_path / "files")) as stage:
        place = stage.place(stage.cast.general)
        file = discord.File(io.BytesIO(body), "My clip.mp4", description="a clip")
        sent = (await place.send(file=file)).attachments[0]
        assert (sent.filename, sent.size, sent.description) == ("My_clip.mp4", 100, "a clip")
        assert sent.content_type == "video/mp4"
        async with aiohttp.ClientSession() as session:
            for asked, status, part in (
                ("bytes=10-19", 206, body[10:20]),
                ("bytes=90-", 206, body[90:]),
                ("bytes=-5", 206, body[95:]),
                ("bytes=100-", 416, b""),
                ("nonsense", 200, body),
            ):
                async with session.get(sent.url, headers={"Range": asked}) as response:
                    assert (response.status, await response.read()) == (status, part), asked
                    assert status == 416 or response.content_type == "video/mp4"
        assert [one.read_bytes() for one in (tmp_path / "files").iterdir()] == [body]


async def test_an_address_dies_after_a_day_and_the_message_gives_a_fresh_one() -> None:
    async with on_stage() as stage:
        message = await stage.place(stage.cast.general).send(file=clip())
        old = message.attachments[0]
        stage.world.clock.advance(24 * 60 * 60)
        with pytest.raises(discord.NotFound):
            await old.read()
        fresh = (await message.channel.fetch_message(message.id)).attachments[0]
        assert await fresh.read() == bytes(9)
        async with (
            aiohttp.ClientSession() as session,
            session.get(fresh.url.replace("hm=", "hm=0")) as response,
        ):
            assert response.status == 404


async def test_an_edit_keeps_the_files_it_lists_drops_the_others_and_adds_new_ones() -> None:
    async with on_stage() as stage:
        message = await stage.place(stage.cast.general).send(files=[clip("a.mp4"), clip("b.mp4")])
        message = await message.edit(content="only words")
        assert [one.filename for one in message.attachments] == ["a.mp4", "b.mp4"]
        message = await message.edit(attachments=[message.attachments[1], clip("c.mp4")])
        assert [one.filename for one in message.attachments] == ["b.mp4", "c.mp4"]
        stranger = await stage.place(stage.cast.general).send(file=clip("d.mp4"))
        error = await refusal(message.edit(attachments=stranger.attachments))
        assert told(error) == (400, 50035)
        message = await message.edit(attachments=[])
        assert not message.attachments


async def test_a_file_above_the_servers_limit_is_refused_until_the_server_is_boosted() -> None:
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        assert told(await refusal(place.send(file=clip(size=10 * MEBIBYTE + 1)))) == (413, 40005)
        assert not len(stage.cast.general.history)
        stage.world.set_tier(stage.cast.studio, 2)
        await place.send(file=clip(size=10 * MEBIBYTE + 1))
        several = [clip(f"{n}.mp4", 20 * MEBIBYTE) for n in range(3)]
        assert told(await refusal(place.send(files=several))) == (413, 40005)


async def test_components_show_files_which_then_stand_in_no_list_of_attachments() -> None:
    class Card(discord.ui.LayoutView):
        box = discord.ui.Container(
            discord.ui.TextDisplay("## Done\n<@1>"),
            discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://clip.mp4")),
            discord.ui.Separator(),
            discord.ui.Section("left", accessory=discord.ui.Button(label="Again", custom_id="a")),
            discord.ui.File("attachment://log.txt"),
            discord.ui.ActionRow(discord.ui.Button(label="Open", url="https://example.com")),
            accent_colour=5,
        )

    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        sent = await place.send(view=Card(), files=[clip(), clip("log.txt")])
        assert sent.flags.components_v2
        assert sent.attachments == []
        message = stage.ann.messages(stage.cast.general)[0]
        assert message.text == "## Done\n<@1>\nleft"
        assert message.labels == ["Again", "Open"]
        assert [one.filename for one in message.media] == ["clip.mp4", "log.txt"]
        fetched = await place.fetch_message(sent.id)
        item = fetched.components[0].children[1].items[0].media
        assert (item.attachment_id, item.content_type) == (message.media[0].id, "video/mp4")
        async with aiohttp.ClientSession() as session, session.get(item.url) as response:
            assert await response.read() == bytes(9)
        # What was read is sent back, as the library does when it edits a view it was given.
        again = discord.ui.LayoutView()
        gallery = discord.ui.MediaGallery(discord.MediaGalleryItem(item.url))
        edited = await sent.edit(view=again.add_item(gallery))
        assert edited.components[0].items[0].media.attachment_id == item.attachment_id
        assert told(await refusal(sent.edit(content="words"))) == (400, 50035)
        assert told(await refusal(place.send(view=Card(), file=clip()))) == (400, 50035)


BUTTON = {"type": 2, "style": 1, "label": "x", "custom_id": "x"}
ROW = {"type": 1, "components": [BUTTON]}
TEXT = {"type": 10, "content": "x"}
V2 = 1 << 15
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "content": ({"content": "x" * 2001}, "BASE_TYPE_MAX_LENGTH"),
    "nonce": ({"content": "x", "nonce": "n" * 26}, "BASE_TYPE_MAX_LENGTH"),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, "BASE_TYPE_MAX_LENGTH"),
    "embed text": ({"embeds": [{"description": "x" * 4096}] * 2}, "MAX_EMBED_SIZE_EXCEEDED"),
    "field name": ({"embeds": [{"fields": [{"value": "x"}]}]}, "BASE_TYPE_REQUIRED"),
    "both mentions": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    "six rows": (
        {"content": "x", "components": [ROW] * 6},
        "BASE_TYPE_MAX_LENGTH",
    ),
    "six buttons": (
        {"content": "x", "components": [{"type": 1, "components": [BUTTON] * 6}]},
        "BASE_TYPE_BAD_LENGTH",
    ),
    "twice the same id": (
        {"content": "x", "components": [ROW, ROW]},
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "custom id": (
        {
            "content": "x",
            "components": [{"type": 1, "components": [BUTTON | {"custom_id": "x" * 101}]}],
        },
        "BASE_TYPE_BAD_LENGTH",
    ),
    "nameless button": (
        {"content": "x", "components": [{"type": 1, "components": [BUTTON | {"label": ""}]}]},
        "BUTTON_COMPONENT_INVALID_LABEL",
    ),
    "text without the flag": ({"content": "x", "components": [TEXT]}, "UNION_TYPE_CHOICES"),
    "content with the flag": (
        {"content": "x", "components": [TEXT], "flags": V2},
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "4,001 characters": (
        {"components": [{"type": 10, "content": "x" * 2000}] * 2 + [TEXT], "flags": V2},
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "41 components": (
        {
            "components": [{"type": 17, "components": [TEXT] * 10} for _ in range(4)],
            "flags": V2,
        },
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "four texts in a section": (
        {"components": [{"type": 9, "components": [TEXT] * 4, "accessory": BUTTON}], "flags": V2},
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a file that is not there": (
        {
            "components": [{"type": 12, "items": [{"media": {"url": "attachment://x.mp4"}}]}],
            "flags": V2,
        },
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    "26 options": (
        {
            "content": "x",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 3,
                            "custom_id": "s",
                            "options": [{"label": str(n), "value": str(n)} for n in range(26)],
                        }
                    ],
                }
            ],
        },
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a container in a container": (
        {
            "components": [{"type": 17, "components": [{"type": 17, "components": [TEXT]}]}],
            "flags": V2,
        },
        "UNION_TYPE_CHOICES",
    ),
    "reply to nothing": (
        {"content": "x", "message_reference": {"message_id": "1"}},
        "REPLIES_UNKNOWN_MESSAGE",
    ),
}


@pytest.fixture(scope="module")
def refused_bodies() -> dict[str, tuple[int, Any]]:
    """All of them on one stage: a stage for each would only cost time."""

    async def send() -> dict[str, tuple[int, Any]]:
        async with on_stage() as stage:
            found = {name: await post(stage, body) for name, (body, _) in REFUSED.items()}
            assert not len(stage.cast.general.history)
            return found

    return asyncio.run(send())


@pytest.mark.parametrize("name", REFUSED)
def test_a_body_beyond_discords_limits_is_refused_with_its_code(
    name: str, refused_bodies: dict[str, tuple[int, Any]]
) -> None:
    status, answer = refused_bodies[name]
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    assert REFUSED[name][1] in codes(answer["errors"])


@pytest.mark.parametrize("body", [{}, {"content": " "}, {"components": [ROW]}, {"flags": V2}])
async def test_a_message_that_shows_nothing_is_refused(body: dict[str, Any]) -> None:
    async with on_stage() as stage:
        assert await post(stage, body) == (
            400,
            {"code": 50006, "message": "Cannot send an empty message"},
        )


async def test_mentions_ping_only_whom_allowed_mentions_allows() -> None:
    async with on_stage() as stage:
        cast, place = stage.cast, stage.place(stage.cast.general)
        words = f"{cast.ann.mention} {cast.ben.mention} {cast.patrons.mention} @everyone"
        stage.world.set_role(
            cast.studio, stage.world.bot_role(cast.studio), permissions=Can.MENTION_EVERYONE
        )
        only_ann = discord.AllowedMentions(users=[cast.ann])
        only_ann.everyone = only_ann.roles = False
        for allowed, pinged in (
            (discord.AllowedMentions.none(), set()),
            (only_ann, {cast.ann}),
            (discord.AllowedMentions(everyone=False, users=False, roles=True), {cast.pat}),
            (discord.AllowedMentions.all(), {cast.ann, cast.ben, cast.pat, cast.ada, cast.olga}),
        ):
            await place.send(words, allowed_mentions=allowed)
            message = stage.ann.messages(cast.general)[-1]
            assert message.pinged == {user.id for user in pinged}
            assert stage.ann.was_pinged_by(message) == (cast.ann in pinged)
        quiet = await place.send("later", allowed_mentions=discord.AllowedMentions.all())
        await quiet.edit(content=words, allowed_mentions=discord.AllowedMentions.all())
        assert not stage.ann.messages(cast.general)[-1].pinged


async def test_who_cannot_see_a_channel_is_not_pinged_there() -> None:
    async with on_stage() as stage:
        cast = stage.cast
        place = stage.place(cast.admins_only)
        await place.send(
            f"{cast.ann.mention} {cast.ada.mention}", allowed_mentions=discord.AllowedMentions.all()
        )
        message = stage.server.person(cast.ada).messages(cast.admins_only)[0]
        assert message.pinged == {cast.ada.id}
        assert not stage.ann.sees(cast.admins_only)


async def test_what_the_bot_may_not_do_is_refused_as_discord_refuses_it() -> None:
    async with on_stage() as stage:
        cast, world = stage.cast, stage.world
        place, own = stage.place(cast.general), world.bot_role(cast.studio)
        mine, other = await place.send("mine"), await stage.ann.say(cast.general, "hers")
        hers = place.get_partial_message(other.id)
        assert told(await refusal(hers.edit(content="x"))) == (403, 50005)
        world.set_overwrite(cast.general, own, deny=Can.ATTACH_FILES | Can.MANAGE_MESSAGES)
        assert told(await refusal(place.send(file=clip()))) == (403, 50013)
        assert told(await refusal(hers.delete())) == (403, 50013)
        world.set_overwrite(cast.general, own, deny=Can.SEND_MESSAGES)
        assert told(await refusal(place.send("x"))) == (403, 50013)
        await mine.edit(content="still mine")
        world.set_overwrite(cast.general, own, deny=Can.READ_MESSAGE_HISTORY)
        assert [one async for one in place.history()] == []
        world.set_overwrite(cast.general, own, deny=Can.VIEW_CHANNEL)
        for call in (place.send("x"), mine.edit(content="x"), stage.bot.fetch_channel(place.id)):
            error = await refusal(call)
            assert (error.status, error.code, error.text) == (403, 50001, "Missing Access")
        world.remove_channel(cast.general)
        for call in (place.send("x"), stage.bot.fetch_channel(place.id)):
            assert told(await refusal(call)) == (404, 10003)


async def test_unknown_things_are_unknown_by_their_own_codes() -> None:
    async with on_stage() as stage:
        bot, place = stage.bot, stage.place(stage.cast.general)
        assert told(await refusal(place.fetch_message(7))) == (404, 10008)
        assert told(await refusal(bot.fetch_channel(7))) == (404, 10003)
        assert told(await refusal(bot.fetch_guild(7))) == (404, 10004)
        assert told(await refusal(bot.fetch_user(7))) == (404, 10013)
        assert told(await refusal(place.guild.fetch_member(7))) == (404, 10007)
        member = await place.guild.fetch_member(stage.cast.pat.id)
        assert [role.name for role in member.roles] == ["@everyone", "patrons"]
        guild = await bot.fetch_guild(place.guild.id)
        assert (guild.name, guild.filesize_limit) == ("Studio", 10 * MEBIBYTE)


async def test_direct_messages_arrive_until_the_person_closes_them() -> None:
    async with on_stage() as stage:
        user = await stage.bot.fetch_user(stage.cast.ann.id)
        sent = await user.send("for you", file=clip())
        found = stage.ann.direct_messages()
        assert [(one.text, one.id) for one in found] == [("for you", sent.id)]
        assert not stage.server.person(stage.cast.ben).direct_messages()
        stage.cast.ann.takes_direct_messages = False
        assert told(await refusal(user.send("more"))) == (403, 50007)
        stage.cast.ann.takes_direct_messages = True
        for guild in (stage.cast.studio, stage.cast.elsewhere):
            stage.world.remove_member(guild, stage.cast.ann)
        assert told(await refusal(user.send("we share no server"))) == (403, 50007)


async def test_threads_take_messages_and_forums_only_posts() -> None:
    async with on_stage() as stage:
        cast = stage.cast
        thread, forum = stage.place(cast.thread), stage.place(cast.forum)
        await thread.send("in the thread")
        assert stage.ann.messages(cast.thread)[0].text == "in the thread"
        raw = stage.bot.get_partial_messageable(forum.id)
        assert told(await refusal(raw.send("x"))) == (400, 50008)
        post = await forum.create_thread(name="A clip", content="look", file=clip())
        assert (post.thread.parent_id, post.message.content) == (forum.id, "look")
        own = stage.world.bot_role(cast.studio)
        stage.world.set_overwrite(cast.general, own, deny=Can.SEND_MESSAGES_IN_THREADS)
        assert told(await refusal(thread.send("x"))) == (403, 50013)
        below = await stage.place(cast.videos).create_thread(
            name="talk", type=discord.ChannelType.public_thread
        )
        await below.send("hi")
        made = stage.world.channel(below.id)
        assert (made.kind, made.parent_id) == (Kind.PUBLIC_THREAD, cast.videos.id)
        stage.world.set_archived(made, archived=True, locked=True)
        assert told(await refusal(below.send("x"))) == (400, 50083)


async def test_a_thread_that_sleeps_wakes_for_a_message_and_for_nothing_else() -> None:
    async with on_stage() as stage:
        place, thread = stage.place(stage.cast.thread), stage.cast.thread
        sent = await place.send("good night")
        own = stage.world.bot_role(stage.cast.studio)
        stage.world.set_overwrite(stage.cast.general, own, deny=Can.MANAGE_THREADS)
        stage.world.set_archived(thread, archived=True)
        assert told(await refusal(sent.edit(content="still up?"))) == (400, 50083)
        assert told(await refusal(sent.delete())) == (400, 50083)
        await place.send("good morning")
        assert not thread.archived
        await sent.edit(content="up again")
        stage.world.set_archived(thread, archived=True)
        found = await stage.bot.fetch_channel(thread.id)
        assert isinstance(found, discord.Thread)
        assert told(await refusal(found.edit(name="renamed"))) == (403, 50013)
        await found.edit(archived=False)
        assert not thread.archived
        stage.world.set_archived(thread, archived=True, locked=True)
        assert told(await refusal(found.edit(archived=False))) == (403, 50013)


async def test_typing_is_shown_and_a_reply_refers_to_its_message() -> None:
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        with stage.world.bus.listen() as news:
            async with place.typing():
                assert (await news.get()).kind in {"typing", "request"}
        first = await place.send("first")
        second = await first.reply("second")
        assert second.reference.resolved.content == "first"
        assert second.type is discord.MessageType.reply


async def test_deleting_works_for_ones_own_and_with_the_right_for_others() -> None:
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        mine, hers = await place.send("mine"), await stage.ann.say(stage.cast.general, "hers")
        await mine.delete()
        await place.get_partial_message(hers.id).delete()
        assert hers.deleted
        assert not len(stage.cast.general.history)
        assert told(await refusal(mine.delete())) == (404, 10008)


async def test_json_answers_say_exactly_application_json() -> None:
    async with LocalDiscord() as server, aiohttp.ClientSession() as session:
        async with session.get(f"{server.api_url}/gateway") as response:
            assert response.headers["Content-Type"] == "application/json"
        async with session.get(f"{server.api_url}/users/@me") as response:
            assert response.headers["Content-Type"] == "application/json"
            assert (response.status, await response.json()) == (
                401,
                {"code": 0, "message": "401: Unauthorized"},
            )
        async with session.get(f"{server.api_url}/nothing/here") as response:
            assert (response.status, (await response.json())["code"]) == (404, 0)
        assert_fits(server.journal)


async def test_the_library_reads_back_what_it_wrote_in_an_embed() -> None:
    embed = discord.Embed(title="Report", description="a month", colour=3, url="https://a.example")
    embed.add_field(name="Spent", value="$1", inline=False).set_footer(text="foot")
    embed.set_author(name="Clapper").set_image(url="attachment://chart.png")
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        sent = await place.send(embed=embed, file=clip("chart.png"))
        assert sent.attachments == []
        back = sent.embeds[0]
        assert (back.title, back.description, back.fields[0].value) == ("Report", "a month", "$1")
        assert back.image.url.startswith(stage.server.cdn_url)
        message = stage.ann.messages(stage.cast.general)[0]
        assert message.text == "Clapper\nReport\na month\nSpent: $1\nfoot"
        assert [one.filename for one in message.media] == ["chart.png"]


async def test_the_message_content_of_others_is_empty_without_the_intent() -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()

    class Listener(LocalBot):
        async def on_message(self, message: discord.Message) -> None:
            await heard.put((message.content, len(message.attachments)))

    plain = discord.Intents(guilds=True, guild_messages=True)
    reading = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    for intents, content in ((plain, ("", 0)), (reading, ("hello", 1))):
        world = World()
        world.gateway.granted = intents.value
        async with on_stage(Listener(intents), world=world) as stage:
            said = await stage.ann.say(stage.cast.general, "hello", files=[b"file"])
            assert await heard.get() == content
            fetched = await stage.place(stage.cast.general).fetch_message(said.id)
            assert (fetched.content, len(fetched.attachments)) == content
            await stage.ann.say(stage.cast.general, stage.world.bot.mention)
            assert (await heard.get())[0] == stage.world.bot.mention
