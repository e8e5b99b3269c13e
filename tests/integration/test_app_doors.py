"""Commands, presses, forms and errors, on the local Discord with the bot's own client."""

import asyncio
import logging

import discord
import pytest
from discord import app_commands, ui

from bot.app import Form, localised
from bot.cards import Press, Reader, Sheet, button, notice_card
from bot.domain.errors import (
    AmountUnreadableError,
    NotFoundError,
    ProviderUnreachableError,
    StoreBusyError,
)
from tests.faced import cogs, face_of, faced, until

SECRET = "a very secret traceback"


def command(act):
    """A cog with one command `/help`."""

    async def setup(bot) -> None:
        bot.tree.command(name="help", description=localised("card.none"))(act)

    return setup


def card(*buttons):
    return notice_card("A card", "With buttons", buttons=list(buttons))


async def test_a_command_is_answered(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=card(button("again", 1, label="Again")))

    async with faced(tmp_path, command(act)) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        assert (await asked.message()).labels == ["Again"]


# The error door


@pytest.mark.parametrize("answered", ["not", "deferred", "said"])
async def test_an_unforeseen_error_gets_a_number_and_never_its_text(
    tmp_path, caplog, answered
) -> None:
    async def act(interaction: discord.Interaction) -> None:
        if answered == "deferred":
            await interaction.response.defer(ephemeral=True)
        if answered == "said":
            await interaction.response.send_message("first")
        raise RuntimeError(SECRET)

    async with faced(tmp_path, command(act)) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        message = await asked.message(lambda one: "unexpected" in one.text)
    assert message.ephemeral
    assert SECRET not in message.text
    [record] = [one for one in caplog.records if "A door failed" in one.getMessage()]
    incident = message.text.split("**")[1]
    assert incident in record.getMessage()
    assert record.levelno == logging.ERROR


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (NotFoundError(SECRET), "door.missing"),
        (StoreBusyError(SECRET), "door.store"),
        (ProviderUnreachableError(SECRET), "door.provider"),
        (app_commands.CheckFailure(SECRET), "door.permission"),
        (app_commands.NoPrivateMessage(SECRET), "door.guild-only"),
        (AmountUnreadableError(SECRET, "decimals"), "door.amount.decimals"),
        (AmountUnreadableError(SECRET, "large"), "door.amount.large"),
    ],
)
async def test_a_foreseen_error_has_its_sentence(tmp_path, error, key) -> None:
    async def act(interaction: discord.Interaction) -> None:
        raise error

    async with faced(tmp_path, command(act)) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        message = await asked.message()
        assert Reader("en").say(key) in message.text
        assert message.ephemeral


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 9), 5), "<t:"),
        (app_commands.BotMissingPermissions(["attach_files"]), "`attach_files`"),
    ],
)
async def test_an_error_with_facts_tells_them(tmp_path, error, said) -> None:
    async def act(interaction: discord.Interaction) -> None:
        raise error

    async with faced(tmp_path, command(act)) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        assert said in (await asked.message()).text


async def test_a_cog_may_have_words_for_an_error_of_its_own(tmp_path) -> None:
    class OwnError(Exception):
        pass

    async def act(interaction: discord.Interaction) -> None:
        raise OwnError

    async def setup(bot) -> None:
        bot.door.explain(OwnError, lambda reader, error: notice_card("", "mended"))
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        assert (await asked.message()).text == "mended"


async def test_an_answer_that_comes_too_late_is_let_go(tmp_path, caplog) -> None:
    met: asyncio.Queue[BaseException] = asyncio.Queue()

    async def act(interaction: discord.Interaction) -> None:
        here.server.world.clock.advance(4)
        try:
            await interaction.response.send_message("late")
        except discord.NotFound as error:
            met.put_nowait(error)
            raise

    async with faced(tmp_path, command(act)) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        assert (await met.get()).code == 10062
        await asked.failure()
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert len(here.server.journal.of("POST", "/interactions/*/callback")) == 1


async def test_a_door_that_discord_shuts_raises_nothing(tmp_path, caplog) -> None:
    caplog.set_level(logging.INFO)
    reached = asyncio.Event()

    async def act(interaction: discord.Interaction) -> None:
        here.server.faults.fail("POST", "/interactions/*/callback", status=403, code=50001)
        reached.set()
        raise RuntimeError(SECRET)

    async with faced(tmp_path, command(act)) as here:
        await here.ann.slash("help", channel=here.cast.general)
        await reached.wait()
        await until(lambda: not here.client.busy.count)
    assert "An error was not told" in caplog.text


# Presses


async def test_a_press_reaches_its_handler_after_a_restart(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=card(button("again", 12, label="Again")))

    async def setup(bot) -> None:
        async def again(interaction, press: Press) -> None:
            await interaction.response.send_message(f"job {press.number}", ephemeral=True)

        bot.on_press("again", again)
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        message = await asked.message()
        await here.again()
        pressed = await here.ann.press(message, "Again")
        assert (await pressed.message()).text == "job 12"


async def test_an_error_behind_a_button_ends_at_the_same_door(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=card(button("again", 12, label="Again")))

    async def setup(bot) -> None:
        async def again(interaction, press: Press) -> None:
            raise NotFoundError(SECRET)

        bot.on_press("again", again)
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        pressed = await here.ann.press(await asked.message(), "Again")
        assert Reader("en").say("door.missing") in (await pressed.message()).text


async def test_nothing_is_tracked_for_a_card_and_no_handler_is_lost_by_its_edits(tmp_path) -> None:
    """discord.py 2.7 unregisters dynamic items for the whole bot when a tracked view drops one."""
    presses: list[str] = []

    class Dynamic(ui.DynamicItem[ui.Button], template=r"clapper:dynamic:(?P<n>\d+)"):
        @classmethod
        async def from_custom_id(cls, interaction, item, match):
            return cls(item)

        async def callback(self, interaction) -> None:
            presses.append(self.custom_id)
            await interaction.response.edit_message(view=card())

    async def act(interaction: discord.Interaction) -> None:
        buttons = [button("dynamic", 1, label="Old"), button("plain", 1, label="Plain")]
        await interaction.response.send_message(view=card(*buttons))
        await interaction.edit_original_response(view=card(*buttons))
        await interaction.followup.send(view=card(button("dynamic", 2, label="Other")))

    async def setup(bot) -> None:
        async def plain(interaction, press: Press) -> None:
            presses.append(press.name)
            await interaction.response.edit_message(view=card(button("dynamic", 1, label="Old")))

        bot.on_press("plain", plain)
        bot.add_dynamic_items(Dynamic)
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        other = await asked.message(lambda one: one.labels == ["Other"])
        [first, *_] = asked.messages
        await (await here.ann.press(first, "Plain")).message()
        await (await here.ann.press(first, "Old")).message()
        await (await here.ann.press(other, "Other")).message()
        store = here.client._connection._view_store
        assert not store._views
        assert not store._synced_message_views
        assert list(store._dynamic_items.values()) == [Dynamic]
    assert presses == ["plain", "clapper:dynamic:1", "clapper:dynamic:2"]


async def test_a_button_in_a_section_is_pressed_like_any_other(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None:
        view = card()
        view.add_item(ui.Section("one line", accessory=button("cancel", 7, label="Cancel")))
        await interaction.response.send_message(view=view)

    async def setup(bot) -> None:
        async def cancel(interaction, press: Press) -> None:
            await interaction.response.send_message(f"{press.number}", ephemeral=True)

        bot.on_press("cancel", cancel)
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        pressed = await here.ann.press(await asked.message(), "Cancel")
        assert (await pressed.message()).text == "7"


# Forms


async def test_a_form_that_was_open_during_a_restart_is_still_taken(tmp_path) -> None:
    filled: list[Form] = []

    async def act(interaction: discord.Interaction) -> None:
        length = ui.Select(custom_id="length", options=[discord.SelectOption(label="5", value="5")])
        form = Sheet(
            "Edit " * 20,
            "edit",
            12,
            fields=[
                ui.Label(text="Prompt", component=ui.TextInput(custom_id="prompt")),
                ui.Label(text="Length", component=length),
            ],
        )
        await interaction.response.send_modal(form)

    async def setup(bot) -> None:
        async def edited(interaction, press: Press, form: Form) -> None:
            filled.append(form)
            await interaction.response.send_message(f"{press.number}", ephemeral=True)

        bot.on_form("edit", edited)
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        await asked.form()
        await here.again()
        sent = await here.ann.submit(asked, {"prompt": "a wolf", "length": ["5"]})
        assert (await sent.message()).text == "12"
    assert filled == [Form(texts={"prompt": "a wolf"}, choices={"length": ("5",)})]


async def test_a_form_brings_files_and_ticks(tmp_path) -> None:
    filled: list[Form] = []

    async def act(interaction: discord.Interaction) -> None:
        fields = [
            ui.Label(text="Image", component=ui.FileUpload(custom_id="image")),
            ui.Label(text="Sure", component=ui.Checkbox(custom_id="sure")),
        ]
        form = Sheet("Picture", "picture", 12, fields=fields)
        await interaction.response.send_modal(form)

    async def setup(bot) -> None:
        async def given(interaction, press: Press, form: Form) -> None:
            filled.append(form)
            body = await form.files["image"][0].read()
            await interaction.response.send_message(body.decode(), ephemeral=True)

        bot.on_form("picture", given)
        await command(act)(bot)

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        await asked.form()
        sent = await here.ann.submit(asked, {"image": [("fox.txt", b"a fox")], "sure": True})
        assert (await sent.message()).text == "a fox"
        assert not here.client._connection._view_store._modals
    assert filled[0].ticks == {"sure": True}


# Commands at Discord


async def test_commands_are_sent_when_they_change_and_only_then(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None: ...

    async def more(bot) -> None:
        if names:
            bot.tree.command(name=names[0], description="More")(act)

    names: list[str] = []
    async with faced(tmp_path, command(act), more) as here:
        sent = "/applications/*/commands"
        assert len(here.server.journal.of("PUT", sent)) == 1
        await here.again()
        assert len(here.server.journal.of("PUT", sent)) == 1
        names.append("more")
        await here.again()
        assert len(here.server.journal.of("PUT", sent)) == 2
        assert {one["name"] for one in here.ann.commands(here.cast.general)} == {"help", "more"}


async def test_commands_that_discord_has_forgotten_are_sent_again(tmp_path, caplog) -> None:
    async def act(interaction: discord.Interaction) -> None: ...

    async def menu(interaction: discord.Interaction, message: discord.Message) -> None: ...

    async def both(bot) -> None:
        bot.tree.command(name="help", description="Helps")(act)
        bot.tree.context_menu(name="help")(menu)

    async with faced(tmp_path, both) as here:
        known = here.server.world.commands
        for sends, forgotten in ((2, slice(1)), (3, slice(1, 2)), (4, slice(2))):
            for one in known.all_of(None)[forgotten]:
                known.remove(None, int(one["id"]))
            await here.again()
            assert len(here.server.journal.of("PUT", "/applications/*/commands")) == sends
            assert len(known.all_of(None)) == 2
        assert "Discord has other commands than these" in caplog.text


@pytest.mark.parametrize("what", ["a subcommand less", "an option less", "one more"])
async def test_commands_that_somebody_else_changed_at_discord_are_sent_again(
    tmp_path, what, caplog
) -> None:
    async def setup(bot) -> None:
        group = app_commands.Group(name="budget", description="Money")

        @group.command(name="show", description="Shows")
        async def show(interaction: discord.Interaction, month: str) -> None: ...

        @group.command(name="take", description="Takes")
        async def take(interaction: discord.Interaction) -> None: ...

        bot.tree.add_command(group)

    async with faced(tmp_path, setup) as here:
        known = here.server.world.commands
        [ours] = before = known.all_of(None)
        shown, taken = ours["options"]
        if what == "one more":
            known.put(None, {"name": "stray", "description": "Of an older bot", "type": 1})
        else:
            rest = [shown] if "subcommand" in what else [{**shown, "options": []}, taken]
            known.change(None, int(ours["id"]), {"options": rest})
        assert not await here.client.has_commands()
        await here.again()
        assert await here.client.has_commands()
        assert [one["options"] for one in known.all_of(None)] == [one["options"] for one in before]
        assert "Discord has other commands than these" in caplog.text


async def test_a_discord_that_does_not_list_its_commands_is_believed_to_have_them(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None: ...

    async with faced(tmp_path, command(act)) as here:
        here.server.faults.fail("GET", "/applications/*/commands", status=403)
        await here.again()
        assert here.client.commands_current
        assert len(here.server.journal.of("PUT", "/applications/*/commands")) == 1


async def test_a_development_server_alone_gets_the_commands(tmp_path) -> None:
    async def act(interaction: discord.Interaction) -> None: ...

    async with faced(tmp_path) as here:
        await here.face.close()
        await here.serving
        with cogs(tmp_path, command(act)) as package:
            here.face = face_of(here.server, package, development_server=here.cast.studio.id)
            here.serving = asyncio.create_task(here.face.serve(here.services, here.marks))
            await here.connected()
        offered = here.ann.commands
        assert [one["name"] for one in offered(here.cast.general)] == ["help"]
        assert offered(here.cast.lobby) == []


async def test_commands_that_discord_refuses_leave_the_bot_at_work(tmp_path, caplog) -> None:
    async def act(interaction: discord.Interaction) -> None: ...

    async def setup(bot) -> None:
        bot.tree.command(name="help", description="x" * 101)(act)

    async with faced(tmp_path, setup, fits=False) as here:
        assert here.face.is_connected()
    assert "Discord refuses the commands" in caplog.text


async def test_commands_that_discord_does_not_take_today_leave_the_bot_at_work(
    tmp_path, caplog
) -> None:
    async def act(interaction: discord.Interaction) -> None: ...

    async with faced(tmp_path, command(act), connect=False) as here:
        here.server.faults.fail("PUT", "/applications/*/commands", status=400, code=30034)
        await here.connected()
        assert "does not take the commands now" in caplog.text
        await here.again()
        assert [one["name"] for one in here.ann.commands(here.cast.general)] == ["help"]
