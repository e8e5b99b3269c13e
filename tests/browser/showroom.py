"""A bot that has one of everything, and messages of every shape, for the page to show."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands, ui

from bot.playground import page
from bot.playground.local_discord import Channel, Message
from bot.playground.local_discord.checks_messages import Upload, read_message
from bot.playground.local_discord.posting import Posting
from tests.local_bot import LocalBot, Stage, on_stage

V2 = 1 << 15
LIMIT = 50 * 1024 * 1024


class Showroom(LocalBot):
    """Answers with what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        """What `/slowly` waits for."""
        self.may_count = asyncio.Event()
        """What the button "Count" waits for; nothing, to begin with."""
        self.may_count.set()
        for command in (everything, small_form, large_form, secret, quiet, board):
            self.tree.add_command(command)
        self.tree.context_menu(name="Weigh it")(weigh)
        self.tree.command(name="slowly", description="Thinks first")(self.slowly)

    async def slowly(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await self.go_on.wait()
        await interaction.edit_original_response(content="thought it over")


@app_commands.command(description="Takes one of each")
@app_commands.describe(text="Some words", whole="How many")
@app_commands.choices(style=[app_commands.Choice(name="Bold look", value="b")])
async def everything(
    interaction: discord.Interaction,
    text: app_commands.Range[str, 2, 10],
    whole: app_commands.Range[int, 1, 20] = 1,
    number: float = 0.5,
    yes: bool = False,
    who: discord.Member | None = None,
    where: discord.TextChannel | None = None,
    role: discord.Role | None = None,
    anybody: discord.Member | discord.Role | None = None,
    style: str = "a",
    file: discord.Attachment | None = None,
    tip: str = "none",
) -> None:
    names = [one.name if one else "-" for one in (who, where, role, anybody)]
    size = len(await file.read()) if file else 0
    await interaction.response.send_message(
        f"{text}|{whole}|{number}|{yes}|{'|'.join(names)}|{style}|{size}|{tip}"
    )


@everything.autocomplete("tip")
async def offer_tips(interaction: discord.Interaction, typed: str) -> Any:
    text = interaction.namespace.text or "?"
    return [app_commands.Choice(name=f"{text} and {typed}", value=f"{text}+{typed}")]


class SmallForm(ui.Modal, title="A small form"):
    words = ui.Label[Any](
        text="Words",
        description="Short ones",
        component=ui.TextInput(custom_id="words", min_length=3, max_length=9),
    )
    styles = ui.Label[Any](
        text="Styles",
        component=ui.Select(
            custom_id="styles",
            min_values=1,
            max_values=2,
            options=[discord.SelectOption(label=name, value=name) for name in ("5", "8", "12")],
        ),
    )
    who = ui.Label[Any](text="Who", component=ui.UserSelect(custom_id="who", required=False))
    files = ui.Label[Any](
        text="Picture", component=ui.FileUpload(custom_id="files", required=False, max_values=2)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        parts = [one.component for one in (self.words, self.styles, self.who, self.files)]
        words, styles, who, files = parts
        await interaction.response.send_message(
            f"{words.value}|{','.join(styles.values)}|{[one.name for one in who.values]}"
            f"|{[one.filename for one in files.values]}"
        )


class LargeForm(ui.Modal, title="More to fill in"):
    note = ui.TextDisplay[Any]("Read **this** first.")
    story = ui.Label[Any](
        text="Story",
        component=ui.TextInput(
            custom_id="story", style=discord.TextStyle.paragraph, required=False, default="once"
        ),
    )
    shape = ui.Label[Any](
        text="Shape",
        component=ui.RadioGroup(
            custom_id="shape",
            options=[
                discord.RadioGroupOption(label="Wide", value="w"),
                discord.RadioGroupOption(label="Tall", value="t"),
            ],
        ),
    )
    extras = ui.Label[Any](
        text="Extras",
        component=ui.CheckboxGroup(
            custom_id="extras",
            required=False,
            min_values=0,
            max_values=2,
            options=[
                discord.CheckboxGroupOption(label="Sound", value="s"),
                discord.CheckboxGroupOption(label="Loop", value="l", default=True),
            ],
        ),
    )
    sure = ui.Label[Any](text="Sure", component=ui.Checkbox(custom_id="sure"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        parts = [one.component for one in (self.story, self.shape, self.extras, self.sure)]
        story, shape, extras, sure = parts
        await interaction.response.send_message(
            f"{story.value}|{shape.value}|{sorted(extras.values)}|{sure.value}"
        )


@app_commands.command(name="small-form", description="Opens a form")
async def small_form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(SmallForm())


@app_commands.command(name="large-form", description="Opens another")
async def large_form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(LargeForm())


@app_commands.command(description="For you alone")
async def secret(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("between **us**", ephemeral=True)


@app_commands.command(description="Never answers")
async def quiet(_: discord.Interaction) -> None:
    return


async def weigh(interaction: discord.Interaction, message: discord.Message) -> None:
    files = ", ".join(one.filename for one in message.attachments)
    await interaction.response.send_message(f"{message.content}: {files}", ephemeral=True)


class Board(ui.View):
    """Buttons and menus on a message."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.count = 0
        self.add_item(ui.Button(label="Go there", url="https://discord.com/channels/1/2"))
        self.add_item(ui.Button(label="Not now", disabled=True))

    @ui.button(label="Count", style=discord.ButtonStyle.primary)
    async def counting(self, interaction: discord.Interaction, _: Any) -> None:
        bot = interaction.client
        assert isinstance(bot, Showroom)
        await bot.may_count.wait()
        self.count += 1
        await interaction.response.edit_message(content=f"counted {self.count}")

    @ui.button(label="Silent", style=discord.ButtonStyle.danger)
    async def silent(self, _: discord.Interaction, __: Any) -> None:
        return

    @ui.button(label="Fill in", style=discord.ButtonStyle.success, emoji="\N{PENCIL}")
    async def filling(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(SmallForm())

    @ui.select(
        placeholder="One style",
        options=[
            discord.SelectOption(label="Dawn", value="d", description="Soft light"),
            discord.SelectOption(label="Night", value="n"),
        ],
    )
    async def styling(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(f"style {menu.values[0]}")

    @ui.select(cls=ui.UserSelect, placeholder="Some people", min_values=1, max_values=3)
    async def inviting(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(f"asked {sorted(one.name for one in menu.values)}")


@app_commands.command(description="Buttons and menus")
async def board(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("a board", view=Board())


@asynccontextmanager
async def showroom() -> AsyncGenerator[Stage]:
    """The bot on a local Discord with the page."""
    async with on_stage(Showroom(), routes=page.routes()) as stage:
        yield stage
    assert not stage.bot.errors


async def post(
    stage: Stage,
    body: dict[str, Any],
    *,
    channel: Channel | None = None,
    files: Sequence[tuple[str, bytes]] = (),
    only_for: int | None = None,
) -> Message:
    """A message of the bot in any shape that Discord takes."""
    uploads = [Upload(nth, name, "", data) for nth, (name, data) in enumerate(files)]
    draft = read_message(body, uploads, flags=V2)
    where = channel or stage.cast.videos
    posting = Posting(stage.world)
    return await posting.create(where, stage.world.bot, draft, limit=LIMIT, only_for=only_for)


async def change(stage: Stage, message: Message, body: dict[str, Any]) -> None:
    """An edit by the bot."""
    draft = read_message(body, (), editing=message, flags=V2)
    await Posting(stage.world).edit(message, draft, limit=LIMIT)


async def show(stage: Stage, *components: dict[str, Any], **options: Any) -> Message:
    """A message of components alone."""
    return await post(stage, {"flags": V2, "components": list(components)}, **options)
