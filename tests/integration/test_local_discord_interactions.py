"""What people do and what a bot answers: over real sockets, with the real client library."""

import asyncio
import io
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.playground.local_discord import ClientRefusal, DidNotRespond
from tests.local_bot import LocalBot, on_stage

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x06"


def bot_that(act: Any, **options: Any) -> LocalBot:
    """A bot with one command `/do` that acts so."""
    bot = LocalBot(**options)
    bot.tree.command(name="do", description="Does it")(act)
    return bot


async def refused(call: Any) -> tuple[int, int]:
    with pytest.raises(discord.HTTPException) as caught:
        await call
    return caught.value.status, caught.value.code


async def test_a_subcommand_arrives_with_all_kinds_of_options() -> None:
    bot, got = LocalBot(), {}
    group = app_commands.Group(name="ltx", description="Videos")

    @group.command(name="image", description="From a picture")
    @app_commands.choices(size=[app_commands.Choice(name="Full HD", value="1080p")])
    async def from_image(
        interaction: discord.Interaction,
        image: discord.Attachment,
        prompt: str,
        seconds: app_commands.Range[int, 1, 10],
        strength: app_commands.Range[float, 0, 1],
        loud: bool,
        size: app_commands.Choice[str],
        who: discord.Member,
        role: discord.Role,
        where: discord.TextChannel,
        seed: int = 7,
    ) -> None:
        got.update(locals())
        got["picture"] = await image.read()
        await interaction.response.send_message("ok")

    bot.tree.add_command(group)
    async with on_stage(bot) as stage:
        cast = stage.cast
        asked = await stage.ann.slash(
            "ltx image",
            {
                "prompt": "a fox",
                "seconds": 3,
                "strength": 0.5,
                "loud": True,
                "size": "1080p",
                "who": cast.ben,
                "role": cast.patrons,
                "where": cast.videos,
            },
            channel=cast.general,
            attachments={"image": ("my fox.png", PNG)},
        )
        message = await asked.message()
    assert not bot.errors
    assert message.text == "ok"
    assert message.interaction is asked.interaction
    assert got["picture"] == PNG
    file = got["image"]
    shape = (file.filename, file.content_type, file.width, file.height, file.ephemeral)
    assert shape == ("my_fox.png", "image/png", 640, 480, True)
    assert (got["prompt"], got["seconds"], got["strength"], got["loud"]) == ("a fox", 3, 0.5, True)
    assert (got["size"].value, got["seed"]) == ("1080p", 7)
    assert (got["who"].id, got["role"].id) == (cast.ben.id, cast.patrons.id)
    assert got["where"].id == cast.videos.id
    interaction = got["interaction"]
    assert interaction.user.id == cast.ann.id
    assert interaction.guild_id == cast.studio.id
    assert interaction.channel.name == "general"
    assert interaction.filesize_limit == 10 * 1024 * 1024
    assert interaction.app_permissions.send_messages
    assert not interaction.permissions.manage_guild


async def test_a_first_answer_after_three_seconds_finds_no_interaction() -> None:
    seen: asyncio.Queue[Any] = asyncio.Queue()

    async def act(interaction: discord.Interaction) -> None:
        stage.world.clock.advance(3.1)
        seen.put_nowait(await refused(interaction.response.send_message("late")))

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        await asked.failure()
        with pytest.raises(DidNotRespond):
            await asked.message()
        assert await asyncio.wait_for(seen.get(), 10) == (404, 10062)


async def test_a_second_first_answer_is_refused() -> None:
    seen: asyncio.Queue[Any] = asyncio.Queue()

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        interaction.response._response_type = None
        seen.put_nowait(await refused(interaction.response.send_message("two")))

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        assert (await asked.message()).text == "one"
        assert await asyncio.wait_for(seen.get(), 10) == (400, 40060)


async def test_after_fifteen_minutes_the_token_is_dead_and_the_bots_own_still_edits() -> None:
    seen = []

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        first = await interaction.edit_original_response(content="running")
        stage.world.clock.advance(15 * 60)
        seen.append(await refused(interaction.edit_original_response(content="dead")))
        seen.append(await refused(interaction.followup.send("dead")))
        seen.append(await refused(first.edit(content="dead")))
        channel = interaction.client.get_partial_messageable(interaction.channel_id)
        await channel.get_partial_message(first.id).edit(content="done")

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        message = await asked.message(lambda one: one.text == "done")
    assert seen == [(401, 50027)] * 3
    assert not message.ephemeral


async def test_a_deferred_answer_thinks_until_it_is_edited_and_pings_nobody() -> None:
    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        everybody = discord.AllowedMentions.all()
        await interaction.edit_original_response(content="<@1> hi", allowed_mentions=everybody)

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        message = await asked.message()
        assert not message.thinking
        assert not message.pinged
        assert message.type == 20


async def test_a_follow_up_fills_the_placeholder_and_the_next_one_is_a_new_message() -> None:
    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first")
        await interaction.followup.send("second", ephemeral=True)
        await interaction.followup.send("third, for all")

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        await asked.message(lambda one: one.text == "third, for all")
        found = [(one.text, one.ephemeral) for one in asked.messages]
        assert found == [("first", True), ("second", True), ("third, for all", False)]
        assert [one.text for one in stage.ben.messages(stage.cast.general)] == ["third, for all"]
        assert len(stage.ann.messages(stage.cast.general)) == 3


async def test_an_ephemeral_message_does_not_exist_for_the_bots_own_token() -> None:
    seen = []

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("hush", ephemeral=True)
        message = await interaction.original_response()
        place = stage.place(stage.cast.general)
        seen.append(await refused(place.get_partial_message(message.id).edit(content="x")))
        seen.append(await refused(place.fetch_message(message.id)))
        seen.append([one.content async for one in place.history()])
        await interaction.edit_original_response(content="hush now")

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        message = await asked.message(lambda one: one.text == "hush now")
        assert message.only_for == stage.cast.ann.id
        stage.ann.dismiss(message)
        assert not stage.ann.messages(stage.cast.general)
        with pytest.raises(ClientRefusal):
            await stage.ben.press(message, "x")
    assert seen == [(404, 10008), (404, 10008), []]


async def test_a_button_edits_its_message_and_another_one_opens_a_form() -> None:
    class Form(discord.ui.Modal, title="Again"):
        prompt = discord.ui.Label(
            text="Prompt", component=discord.ui.TextInput(default="a fox", max_length=20)
        )
        length = discord.ui.Label(
            text="Length",
            component=discord.ui.Select(
                options=[discord.SelectOption(label=f"{n} s", value=str(n)) for n in (5, 10)]
            ),
        )
        picture = discord.ui.Label(
            text="Picture", component=discord.ui.FileUpload(required=False, max_values=1)
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.prompt.component, discord.ui.TextInput)
            assert isinstance(self.length.component, discord.ui.Select)
            assert isinstance(self.picture.component, discord.ui.FileUpload)
            body = await self.picture.component.values[0].read()
            words = (self.prompt.component.value, *self.length.component.values, len(body))
            await interaction.response.edit_message(content=" ".join(map(str, words)))

    class Buttons(discord.ui.View):
        @discord.ui.button(label="Count", custom_id="count")
        async def count(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.edit_message(content="2", view=self)

        @discord.ui.button(label="Edit", custom_id="edit")
        async def edit(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.send_modal(Form())

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("1", view=Buttons(timeout=None))

    bot = bot_that(act)
    async with on_stage(bot) as stage:
        message = await (await stage.ann.slash("do", channel=stage.cast.general)).message()
        assert message.labels == ["Count", "Edit"]
        pressed = await stage.ben.press(message, "Count")
        assert await pressed.message() is message
        assert message.text == "2"
        opened = await stage.ann.press(message, "edit")
        assert (await opened.form())["title"] == "Again"
        with pytest.raises(ClientRefusal, match="20 in length"):
            await stage.ann.submit(opened, {"Prompt": "x" * 21, "Length": "5"})
        with pytest.raises(ClientRefusal):
            await stage.ann.submit(opened, {"Prompt": "a cat"})
        fields = {"Prompt": "a cat", "Length": "10 s", "Picture": [PNG]}
        sent = await stage.ann.submit(opened, fields)
        assert await sent.message() is message
        assert message.text == f"a cat 10 {len(PNG)}"
    assert not bot.errors


async def test_a_press_may_be_deferred_and_its_message_edited_later() -> None:
    class Buttons(discord.ui.View):
        @discord.ui.button(label="Go")
        async def go(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content="gone", view=None)
            await interaction.followup.send("and more", ephemeral=True)

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("go?", view=Buttons())

    async with on_stage(bot_that(act)) as stage:
        message = await (await stage.ann.slash("do", channel=stage.cast.general)).message()
        pressed = await stage.ann.press(message, "Go")
        assert await pressed.message(lambda one: one is message) is message
        assert (message.text, message.buttons) == ("gone", [])
        more = await pressed.message(lambda one: one is not message)
        assert (more.text, more.only_for) == ("and more", stage.cast.ann.id)
        with pytest.raises(ClientRefusal, match="no button"):
            await stage.ann.press(message, "Go")


async def test_select_menus_of_strings_users_and_channels_bring_what_was_chosen() -> None:
    got = []

    class Menus(discord.ui.View):
        @discord.ui.select(
            placeholder="Model", options=[discord.SelectOption(label="Kling", value="kling")]
        )
        async def model(self, interaction: discord.Interaction, menu: Any) -> None:
            got.extend(menu.values)
            await interaction.response.defer()

        @discord.ui.select(cls=discord.ui.UserSelect, placeholder="Who", max_values=2)
        async def who(self, interaction: discord.Interaction, menu: Any) -> None:
            got.extend(user.display_name for user in menu.values)
            await interaction.response.defer()

        @discord.ui.select(cls=discord.ui.ChannelSelect, placeholder="Where")
        async def where(self, interaction: discord.Interaction, menu: Any) -> None:
            got.extend(place.name for place in menu.values)
            await interaction.response.defer()

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("choose", view=Menus())

    bot = bot_that(act)
    async with on_stage(bot) as stage:
        message = await (await stage.ann.slash("do", channel=stage.cast.general)).message()
        cast = stage.cast
        await (await stage.ann.choose(message, "Model", "Kling")).answer()
        await (await stage.ann.choose(message, "Who", cast.ben, cast.pat)).answer()
        await (await stage.ann.choose(message, "Where", cast.videos)).answer()
        with pytest.raises(ClientRefusal):
            await stage.ann.choose(message, "Model", "sora")
        with pytest.raises(ClientRefusal):
            await stage.ann.choose(message, "Who", cast.ann, cast.ben, cast.pat)
    assert got == ["kling", "Ben", "Pat", "videos"]
    assert not bot.errors


async def test_autocomplete_knows_the_other_options_and_offers_choices() -> None:
    async def act(interaction: discord.Interaction, size: str, seconds: int) -> None:
        await interaction.response.send_message(f"{size} {seconds}")

    bot = LocalBot()
    command = bot.tree.command(name="do", description="Does it")(act)

    @command.autocomplete("seconds")
    async def offer(interaction: discord.Interaction, current: str) -> Any:
        size = interaction.namespace.size
        name = f"{current} s at {size}"
        return [app_commands.Choice(name=name, value=int(current or 5))]

    async with on_stage(bot) as stage:
        place = stage.cast.general
        offers = await stage.ann.autocomplete(
            "do", "seconds", "7", channel=place, options={"size": "720p"}
        )
        assert offers == [{"name": "7 s at 720p", "value": 7}]
        with pytest.raises(ClientRefusal):
            await stage.ann.autocomplete("do", "size", "7", channel=place)


async def test_twenty_six_autocomplete_choices_are_refused() -> None:
    seen = []

    async def act(interaction: discord.Interaction, seconds: int) -> None: ...

    bot = LocalBot()
    command = bot.tree.command(name="do", description="Does it")(act)

    @command.autocomplete("seconds")
    async def offer(interaction: discord.Interaction, current: str) -> Any:
        many = [app_commands.Choice(name=str(n), value=n) for n in range(26)]
        seen.append(await refused(interaction.response.autocomplete(many)))
        return many[:25]

    async with on_stage(bot) as stage:
        offers = await stage.ann.autocomplete("do", "seconds", "", channel=stage.cast.general)
    assert len(offers) == 25
    assert seen == [(400, 50035)]


async def test_a_message_menu_gets_the_message_with_its_files_without_the_content_intent() -> None:
    bot = LocalBot()

    @bot.tree.context_menu(name="Animate this image")
    async def animate(interaction: discord.Interaction, message: discord.Message) -> None:
        body = await message.attachments[0].read()
        await interaction.response.send_message(f"{message.content} {len(body)}")

    async with on_stage(bot) as stage:
        place = stage.cast.general
        message = await stage.ben.say(place, "look", files=[("fox.png", PNG)])
        asked = await stage.ann.menu("Animate this image", message)
        answer = await asked.message()
        assert answer.text == f"look {len(PNG)}"
        assert answer.type == 23


async def test_a_component_answer_must_fit_what_was_asked() -> None:
    seen = []

    async def act(interaction: discord.Interaction) -> None:
        # A command has no message to update.
        interaction.message = discord.Object(1)
        raw = discord.webhook.async_.interaction_response_params(7, {"content": "x"})
        adapter = discord.webhook.async_.async_context.get()
        seen.append(
            await refused(
                adapter.create_interaction_response(
                    interaction.id, interaction.token, session=interaction._session, params=raw
                )
            )
        )
        await interaction.response.send_message("ok")

    async with on_stage(bot_that(act)) as stage:
        assert (await (await stage.ann.slash("do", channel=stage.cast.general)).message()).text
    assert seen == [(400, 50035)]


async def test_a_refused_first_answer_was_none_and_the_next_one_counts() -> None:
    seen = []

    async def act(interaction: discord.Interaction) -> None:
        seen.append(await refused(interaction.response.send_message("x" * 2001)))
        await interaction.response.send_message("short")

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        assert (await asked.message()).text == "short"
    assert seen == [(400, 50035)]


async def test_a_file_in_an_answer_may_be_as_large_as_the_person_or_the_server_allows() -> None:
    seen = []

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        big = io.BytesIO(bytes(interaction.filesize_limit + 1))
        file = discord.File(big, "big.mp4")
        seen.append(await refused(interaction.edit_original_response(attachments=[file])))
        fits = discord.File(io.BytesIO(bytes(interaction.filesize_limit)), "fits.mp4")
        await interaction.edit_original_response(attachments=[fits])

    async with on_stage(bot_that(act)) as stage:
        stage.cast.ann.upload_limit = 12 * 1024 * 1024
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        message = await asked.message()
        assert message.attachments[0].size == 12 * 1024 * 1024
    assert seen == [(413, 40005)]


async def test_a_form_takes_texts_ticks_and_choices_of_every_kind() -> None:
    seen: dict[str, Any] = {}

    class Form(discord.ui.Modal, title="All"):
        about = discord.ui.TextDisplay("Fill it in")
        model = discord.ui.Label(
            text="Model",
            component=discord.ui.RadioGroup(
                options=[discord.RadioGroupOption(label=n, value=n.lower()) for n in ("LTX", "Wan")]
            ),
        )
        extras = discord.ui.Label(
            text="Extras",
            component=discord.ui.CheckboxGroup(
                required=False,
                options=[discord.CheckboxGroupOption(label=n, value=n) for n in ("sound", "loop")],
            ),
        )
        sure = discord.ui.Label(text="Sure", component=discord.ui.Checkbox())
        who = discord.ui.Label(text="Who", component=discord.ui.UserSelect(required=False))

        async def on_submit(self, interaction: discord.Interaction) -> None:
            parts: Any = self
            seen["model"] = parts.model.component.value
            seen["extras"] = parts.extras.component.values
            seen["sure"] = parts.sure.component.value
            seen["who"] = [user.display_name for user in parts.who.component.values]
            await interaction.response.send_message("taken", ephemeral=True)

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    bot = bot_that(act)
    async with on_stage(bot) as stage:
        opened = await stage.ann.slash("do", channel=stage.cast.general)
        await opened.form()
        for fields in ({}, {"Model": "sora"}, {"Model": "wan", "Extras": ["x"]}, {"Else": "x"}):
            with pytest.raises(ClientRefusal):
                await stage.ann.submit(opened, fields)
        fields = {"Model": "wan", "Extras": ["loop"], "Sure": True, "Who": [stage.cast.ben]}
        sent = await stage.ann.submit(opened, fields)
        assert (await sent.message()).text == "taken"
        assert seen == {"model": "wan", "extras": ["loop"], "sure": True, "who": ["Ben"]}
        with pytest.raises(ClientRefusal, match="has been sent"):
            await stage.ann.submit(opened, {"Model": "ltx"})
        opened = await stage.ann.slash("do", channel=stage.cast.general)
        await (await stage.ann.submit(opened, {"Model": "ltx"})).message()
        assert seen == {"model": "ltx", "extras": [], "sure": False, "who": []}
    assert not bot.errors


@pytest.mark.parametrize("name", ["thread", "videos", "lobby"])
async def test_a_command_works_wherever_the_person_is(name: str) -> None:
    async def act(interaction: discord.Interaction) -> None:
        words = f"{interaction.channel} of {interaction.guild}"
        await interaction.response.send_message(words)

    async with on_stage(bot_that(act)) as stage:
        place = getattr(stage.cast, name)
        message = await (await stage.ann.slash("do", channel=place)).message()
        guild = stage.world.guild_of(place)
        assert message.text == f"{place.name} of {guild.name}"
        assert message.channel_id == place.id


async def test_a_public_answer_to_a_private_button_does_not_show_the_private_message() -> None:
    class Buttons(discord.ui.View):
        @discord.ui.button(label="Tell all")
        async def tell(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.send_message("all")

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("secret", view=Buttons(), ephemeral=True)

    async with on_stage(bot_that(act)) as stage:
        private = await (await stage.ann.slash("do", channel=stage.cast.general)).message()
        public = await (await stage.ann.press(private, "Tell all")).message()
        assert (public.reply_to, public.ephemeral) == (None, False)


async def test_in_direct_messages_the_person_is_a_user_without_a_server() -> None:
    async def act(interaction: discord.Interaction) -> None:
        words = f"{interaction.guild_id} {type(interaction.user).__name__} {interaction.context.dm_channel}"
        await interaction.response.send_message(words)

    async with on_stage(bot_that(act)) as stage:
        place = stage.world.direct_channel(stage.cast.ann)
        asked = await stage.ann.slash("do", channel=place)
        assert (await asked.message()).text == "None User True"


async def test_a_deleted_original_answer_is_unknown_and_follow_ups_still_work() -> None:
    seen = []

    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("waiting")
        await interaction.delete_original_response()
        seen.append(await refused(interaction.edit_original_response(content="x")))
        await interaction.followup.send("here")

    async with on_stage(bot_that(act)) as stage:
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        assert (await asked.message(lambda one: one.text == "here")).reply_to
        assert [one.text for one in asked.messages] == ["here"]
    assert seen == [(404, 10008)]


async def test_with_no_bot_there_the_person_reads_that_nobody_responds() -> None:
    async with on_stage() as stage:
        stage.bot.tree.command(name="do", description="d")(_nothing)
        await stage.bot.tree.sync()
        await stage.bot.close()
        await stage.server.bot_gone()
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        stage.world.clock.advance(4)
        with pytest.raises(DidNotRespond):
            await asked.message()


async def _nothing(interaction: discord.Interaction) -> None: ...
