"""What can be made, as data for lists such as /models.

Rule: no sentences. Those stand in the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.money import Micros
from bot.domain.options import Option, options
from bot.domain.reading import read_request
from bot.domain.video import Mode, Picture, PollPlan, Price, PriceList, VideoModel, VideoRequest

_PICTURE: Final = Picture(
    url="https://example.com/picture.png", media_type="image/png", size_bytes=1
)
_ADDRESS: Final = "https://example.com/style.safetensors"


@dataclass(frozen=True, slots=True)
class ModeFacts:
    """One mode: what it takes, and what a clip with every option left alone costs."""

    name: str
    summary: str
    options: tuple[Option, ...]
    """In the order people meet them."""
    required: tuple[str, ...]
    typical: VideoRequest
    """Prompt, image and LoRA are stand-ins."""
    price: Price
    """Of the typical clip."""
    plan: PollPlan


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model: for people, and to hold a command against."""

    key: str
    title: str
    assumed: bool
    """Its prices are not documented."""
    cheapest: Price
    """Of everything that it can make."""
    modes: tuple[ModeFacts, ...]


def describe(model: VideoModel, prices: PriceList | None = None) -> ModelFacts:
    """A model's modes, limits and prices, by the operator's list where there is one."""
    listed = prices or model.prices
    modes = tuple(_mode(model, mode, listed) for mode in model.modes)
    cheapest = min((_least(model, mode, listed) for mode in modes), key=lambda it: it.micros)
    return ModelFacts(model.key, model.title, listed.assumed, cheapest, modes)


def cheapest(models: Mapping[str, VideoModel], prices: Mapping[str, PriceList]) -> Micros:
    """What the least video of all costs."""
    return min(describe(it, prices.get(it.key)).cheapest.micros for it in models.values())


def typical(model: VideoModel, mode: Mode) -> VideoRequest:
    """The request of somebody who gives only what must be given."""
    known = options(model.request)
    return read_request(model, mode.name, {name: _stand_in(known[name]) for name in mode.required})


def _mode(model: VideoModel, mode: Mode, prices: PriceList) -> ModeFacts:
    known = options(model.request)
    request = typical(model, mode)
    return ModeFacts(
        mode.name,
        mode.summary,
        tuple(known[name] for name in mode.options),
        mode.required,
        request,
        model.price(request, prices),
        model.plan(request),
    )


def _least(model: VideoModel, mode: ModeFacts, prices: PriceList) -> Price:
    lowest = {lever: values[0] for lever, values in model.levers.items()}
    return model.price(mode.typical.model_copy(update=lowest), prices)


def _stand_in(option: Option) -> object:
    if option.kind == "choice":
        return option.choices[0]
    plain: Mapping[str, object] = {
        "text": "a paper boat",
        "address": _ADDRESS,
        "image": _PICTURE,
        "flag": True,
        "whole": int(option.lowest or 1),
        "number": float(option.lowest or 0),
    }
    return plain[option.kind]
