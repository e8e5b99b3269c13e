"""`/models`: what can be made here, with limits and prices.

Rule: everything is read from the models and the operator's prices; nothing is written twice.
"""

from collections.abc import Iterable
from typing import Any

from discord import app_commands, ui
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import (
    Card,
    Reader,
    container,
    escaped,
    rehearsal_line,
    rule,
    show_price,
    small,
    text,
)
from bot.domain.options import Option
from bot.domain.showcase import ModeFacts, ModelFacts, describe
from bot.domain.video import Price
from cogs._caller import Asked

_SHOWN = ("duration", "resolution", "aspect_ratio")


class Models(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.models.name"), description=localised("commands.models")
    )
    async def models(self, interaction: Asked) -> None:
        """One card with all of them."""
        services = interaction.client.services
        facts = [
            describe(model, services.prices.get(key)) for key, model in services.models.items()
        ]
        card = models_card(interaction.client.reader(interaction), facts)
        await interaction.response.send_message(view=card, ephemeral=True)


def models_card(reader: Reader, models: Iterable[ModelFacts]) -> Card:
    """The cheapest first."""
    ordered = sorted(models, key=lambda it: it.cheapest.micros)
    parts: list[ui.Item[Any]] = []
    for model in ordered:
        parts += [rule(), text(*_lines(reader, model))]
    assumed = any(model.assumed for model in ordered)
    return Card(
        container(
            text(f"### {reader.say('members.models.title')}", reader.say("members.models.intro")),
            *parts,
            text(
                small(reader.say("members.models.assumed")) if assumed else "",
                rehearsal_line(reader),
            )
            if assumed or reader.rehearsal
            else None,
        )
    )


def _lines(reader: Reader, model: ModelFacts) -> list[str]:
    limits = dict[str, str]()
    for mode in model.modes:
        for option in mode.options:
            if option.name in _SHOWN:
                limits.setdefault(option.name, _limits(reader, option))
    price = show_price(reader, Price(model.cheapest.micros, model.assumed))
    title = f"**{escaped(model.title, 60)}** · {reader.say('members.models.from', price=price)}"
    return [title, " · ".join(limits.values()), *(_mode(reader, model, it) for it in model.modes)]


def _mode(reader: Reader, model: ModelFacts, mode: ModeFacts) -> str:
    given = mode.typical.given()
    return reader.say(
        "members.models.mode",
        command=f"`/{model.key} {mode.name}`",
        price=show_price(reader, mode.price),
        seconds=reader.say("card.seconds", seconds=given.get("duration", "?")),
    )


def _limits(reader: Reader, option: Option) -> str:
    if option.choices:
        values = ", ".join(str(choice) for choice in option.choices)
    else:
        values = f"{option.lowest:g}\N{EN DASH}{option.highest:g}"
    return reader.say("card.seconds", seconds=values) if option.name == "duration" else values


async def setup(bot: Clapper) -> None:
    """Adds the command."""
    await bot.add_cog(Models())
