"""*Animate this image*: a message menu that opens a form with model, prompt and length.

Only the menu's own press brings the message's attachments: whoever fetched it later would need a
right that the bot does not ask for. So the images are remembered until the form comes back.

Rule: what is offered in the form, every model in it can do.
"""

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import app_commands, ui

from bot.app import Clapper, Form, localised
from bot.cards import Press, Reader, Sheet, clean, show_price
from bot.domain.errors import RequestRefusedError, SorryError
from bot.domain.ids import UserId
from bot.domain.options import options as options_of
from bot.domain.showcase import typical
from bot.domain.video import Mode, Picture, Price, PriceList, VideoModel
from cogs._answer import Answer
from cogs._caller import Asked, caller_of
from cogs._desk import desk_of
from cogs._found import get_job_of, get_request
from cogs._order import order
from cogs._pictures import picture_of
from cogs._refusals import read_form
from cogs._sources import shown_on
from cogs._wished import read_wished

NAME: Final = "animate"
_LONGEST_INPUT: Final = 4000
_MOST_IMAGES: Final = 25
_LONGEST_CHOICE: Final = 100
"""Discord's limit for the label and the description of a choice."""


async def animate(interaction: Asked, message: discord.Message) -> None:
    """The menu of a message."""
    caller_of(interaction)
    pictures = await _pictures_on(interaction, message)
    client = interaction.client
    member = UserId(interaction.user.id)
    token = desk_of(client).pictures.put(tuple(pictures.values()), member)
    reader = client.reader(interaction)
    fields = _fields(reader, client.services.models, client.services.prices, [*pictures])
    title = reader.say("members.animate.title")
    await interaction.response.send_modal(Sheet(title, NAME, token, fields=fields))


async def filled_in(interaction: Asked, press: Press, form: Form) -> None:
    """The form came back."""
    desk, member = desk_of(interaction.client), UserId(interaction.user.id)
    pictures = desk.pictures.take(press.parts[0], member)
    if pictures is None:
        raise SorryError("members.animate.over")
    model = interaction.client.services.models[form.choices["model"][0]]
    mode, option = starting_with_image(model) or (None, "")
    assert mode is not None, "the form offers no other model"
    options: dict[str, object] = {
        option: pictures[int(form.choices.get("picture", ("0",))[0])],
        "prompt": form.texts.get("prompt"),
    }
    if "duration" in form.choices:
        options["duration"] = int(form.choices["duration"][0])
    answer = Answer(interaction)
    reading = read_wished(interaction, model, mode.name, options=options)
    wished = await read_form(answer, reading, form)
    if wished is not None:
        await order(answer, wished)


def starting_with_image(model: VideoModel) -> tuple[Mode, str] | None:
    """The mode that needs a prompt and one image, and what it calls the image."""
    known = options_of(model.request)
    for mode in model.modes:
        images = [name for name in mode.required if known[name].kind == "image"]
        if len(images) == 1 and {"prompt", *images} == set(mode.required):
            return mode, images[0]
    return None


def common_lengths(models: Mapping[str, VideoModel]) -> list[int]:
    """Seconds that each of these models can do."""
    every = [model.levers.get("duration", ()) for model in models.values()]
    first = every[0] if every else ()
    return [it for it in first if isinstance(it, int) and all(it in lengths for lengths in every)]


async def _pictures_on(interaction: Asked, message: discord.Message) -> dict[str, Picture]:
    """What can be used, by file names. A card of ours shows what its own video was made from."""
    try:
        return _pictures(message)
    except (RequestRefusedError, SorryError):
        if shown := await _pictures_shown(interaction, message):
            return shown
        raise


async def _pictures_shown(interaction: Asked, message: discord.Message) -> dict[str, Picture]:
    try:
        job = await get_job_of(interaction, message)
        request = get_request(interaction, job)[1]
    except SorryError:
        return {}
    reader = interaction.client.reader(interaction)
    shown = enumerate(shown_on(message, request).items())
    return {f"{nth} {reader.name('option', option)}": it for nth, (option, it) in shown}


def _pictures(message: discord.Message) -> dict[str, Picture]:
    """What can be used, by file names. Raises SorryError, or what is wrong with the only image."""
    found: dict[str, Picture] = {}
    fault: RequestRefusedError | None = None
    forwarded = (one for it in message.message_snapshots for one in it.attachments)
    for attachment in (*message.attachments, *forwarded):
        try:
            found[f"{len(found)} {attachment.filename}"] = picture_of("image", attachment)
        except RequestRefusedError as error:
            fault = fault or error
    if not found:
        raise fault or SorryError("members.animate.none")
    return found


def _fields(
    reader: Reader,
    models: Mapping[str, VideoModel],
    prices: Mapping[str, PriceList],
    names: list[str],
) -> "list[ui.Item[Any]]":
    able = {key: model for key, model in models.items() if starting_with_image(model)}
    fields: list[ui.Item[Any]] = [
        ui.Label(text=reader.say("members.animate.model"), component=_models(reader, able, prices)),
        ui.Label(
            text=reader.name("option", "prompt"),
            description=reader.say("members.animate.prompt"),
            component=ui.TextInput(
                custom_id="prompt",
                style=discord.TextStyle.paragraph,
                max_length=_LONGEST_INPUT,
            ),
        ),
    ]
    lengths = common_lengths(able)
    if lengths:
        options = [
            discord.SelectOption(
                label=reader.say("members.animate.seconds", seconds=seconds),
                value=str(seconds),
                description=_prices_of(reader, able, prices, seconds),
                default=seconds == lengths[0],
            )
            for seconds in lengths
        ]
        select = ui.Select[Any](custom_id="duration", options=options)
        fields.append(ui.Label(text=reader.name("option", "duration"), component=select))
    if len(names) > 1:
        select = ui.Select[Any](custom_id="picture", options=_images(names[:_MOST_IMAGES]))
        fields.append(ui.Label(text=reader.name("option", "image"), component=select))
    return fields


def _models(
    reader: Reader, models: Mapping[str, VideoModel], prices: Mapping[str, PriceList]
) -> "ui.Select[Any]":
    options: list[discord.SelectOption] = []
    for key, model in models.items():
        cheapest = min(
            (_price(model, prices.get(key), seconds=seconds) for seconds in common_lengths(models)),
            key=_micros,
        )
        options.append(
            discord.SelectOption(
                label=model.title[:_LONGEST_CHOICE],
                value=key,
                description=reader.say("members.models.from", price=show_price(reader, cheapest))[
                    :_LONGEST_CHOICE
                ],
                default=not options,
            )
        )
    return ui.Select(custom_id="model", options=options)


def _price(model: VideoModel, prices: PriceList | None, *, seconds: int) -> Price:
    """Of what the form makes where nothing else is chosen."""
    found = starting_with_image(model)
    assert found is not None
    return model.price(typical(model, found[0]).model_copy(update={"duration": seconds}), prices)


def _micros(price: Price) -> int:
    return price.micros


def _prices_of(
    reader: Reader,
    models: Mapping[str, VideoModel],
    prices: Mapping[str, PriceList],
    seconds: int,
) -> str:
    """What a length costs with each model; only the least of it where that has no room."""
    each = {key: _price(it, prices.get(key), seconds=seconds) for key, it in models.items()}
    said = " · ".join(f"{models[key].title} {show_price(reader, it)}" for key, it in each.items())
    if len(said) <= _LONGEST_CHOICE:
        return said
    cheapest = min(each.values(), key=_micros)
    return reader.say("members.models.from", price=show_price(reader, cheapest))[:_LONGEST_CHOICE]


def _images(names: list[str]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=clean(name.partition(" ")[2], 90) or name[:90], value=str(nth), default=nth == 0
        )
        for nth, name in enumerate(names)
    ]


async def setup(bot: Clapper) -> None:
    """Adds the menu, and listens."""
    menu = app_commands.ContextMenu(name=localised("commands.animate.name"), callback=animate)
    bot.tree.add_command(menu)
    bot.on_form(NAME, filled_in)
