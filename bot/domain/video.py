"""What a video model is, and what a request for a video is.

Rule: a model is data and pure functions. Whatever differs between two models stands in their files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.money import Micros

LARGEST_PICTURE_BYTES: Final = 10 * 1024 * 1024
PictureType = Literal["image/jpeg", "image/png", "image/webp"]


class Picture(BaseModel):
    """An image that a member attached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://\S+$", max_length=2000)
    """Public and direct: the provider fetches it."""
    media_type: PictureType
    size_bytes: int = Field(gt=0, le=LARGEST_PICTURE_BYTES)


class VideoRequest(BaseModel):
    """What a member asked for, checked against every rule of its model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: str
    """Our word for the mode, which is also the subcommand: `text`, `image`, `text-lora` …"""
    prompt: str
    """What should be seen."""


Rates = Mapping[str, Micros]
"""A model's price list. Each model names its own keys."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a model charges, and how far that can be trusted."""

    rates: Rates
    assumed: bool
    """True while no document of the provider says so. Shown to admins wherever the price is."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one request will cost."""

    micros: Micros
    assumed: bool


@dataclass(frozen=True, slots=True)
class PollPlan:
    """When to ask the provider about a task."""

    first: timedelta
    """Before this nothing is ready."""
    interval: timedelta
    shortest: timedelta
    """A typical task takes between this …"""
    longest: timedelta
    """… and this."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to use a model: one subcommand."""

    name: str
    """The subcommand, and `VideoRequest.mode`."""
    spelling: str
    """The provider's word, letter for letter."""
    summary: str
    """A few words for lists and descriptions."""
    options: tuple[str, ...]
    """The fields of the request that this mode takes, in the order a person meets them."""


@dataclass(frozen=True, slots=True)
class VideoModel:
    """A model of the provider: data and pure functions."""

    key: str
    """Ours, and the command group: `ltx`."""
    provider_id: str
    """The provider's: `ltx-2-19b`."""
    title: str
    """For people: `LTX-2 19B`."""
    request: type[VideoRequest]
    modes: tuple[Mode, ...]
    prices: PriceList
    """What it costs unless the operator says otherwise."""
    cost: Callable[[Any, Rates], Micros]
    """Of a request of this model's class, rounded up to a whole micro-dollar."""
    payload: Callable[[Any], dict[str, object]]
    """The provider's `input`, exactly as documented."""
    plan: Callable[[Any], PollPlan]

    def mode(self, name: str) -> Mode:
        """The mode of this name; KeyError when there is none."""
        for mode in self.modes:
            if mode.name == name:
                return mode
        raise KeyError(name)

    def price(self, request: VideoRequest, prices: PriceList | None = None) -> Price:
        """What the request costs, by the operator's list where there is one."""
        listed = prices or self.prices
        return Price(self.cost(request, listed.rates), assumed=listed.assumed)
