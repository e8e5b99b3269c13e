"""Lengths with their prices, for an option that completes itself.

Rule: the price is of what is typed so far; a choice costs what it says if nothing else is changed.
"""

from discord import app_commands

from bot.cards import show_price
from bot.domain.showcase import typical
from bot.domain.video import VideoModel
from cogs._caller import Asked
from cogs._choices import choices


def length_choices(asked: Asked, model: VideoModel, typed: str) -> list[app_commands.Choice[int]]:
    """Every length that begins like what was typed."""
    assert isinstance(asked.command, app_commands.Command)
    reader = asked.client.reader(asked)
    prices = asked.client.services.prices.get(model.key)
    # Whoever has not typed a prompt yet has a price all the same: it depends on the levers alone.
    base = typical(model, model.mode(asked.command.name)).model_copy(update=_levers(asked, model))
    lengths = [it for it in model.levers["duration"] if str(it).startswith(str(typed).strip())]

    def named(seconds: object) -> tuple[str, int]:
        assert isinstance(seconds, int)
        price = model.price(base.model_copy(update={"duration": seconds}), prices)
        shown = show_price(reader, price)
        return reader.say("commands.length", seconds=seconds, price=shown), seconds

    return choices(map(named, lengths))


def _levers(asked: Asked, model: VideoModel) -> dict[str, object]:
    """What was typed so far, as far as it moves the price and can be used."""
    typed = {name: getattr(asked.namespace, name, None) for name in model.levers}
    return {name: value for name, value in typed.items() if value in model.levers[name]}
