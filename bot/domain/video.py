"""What a video model is, and what a request for a video is.

Rule: a model is data and pure functions. Whatever differs between two models stands in their files.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.money import Micros

LARGEST_PICTURE_BYTES: Final = 10 * 1024 * 1024
PictureType = Literal["image/jpeg", "image/png", "image/webp"]

_INVISIBLE_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Unicode calls these letters and symbols; they draw nothing, and people know it."""


def is_blank(text: str) -> bool:
    """Whether nothing in the text can be seen: spaces, controls, joiners, fillers."""
    return not any(
        unicodedata.category(letter)[0] in "LNPS" and letter not in _INVISIBLE_LETTERS
        for letter in text
    )


class Picture(BaseModel):
    """An image that a member attached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://\S+$", max_length=2000)
    """Public and direct: the provider fetches it."""
    media_type: PictureType
    size_bytes: int = Field(strict=True, gt=0, le=LARGEST_PICTURE_BYTES)


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
    required: tuple[str, ...] = ("prompt",)
    """Those that must be given. They come first in `options`: Discord wants it so."""


class VideoRequest(BaseModel, frozen=True, extra="forbid", use_attribute_docstrings=True):
    """What a member asked for, checked against every rule of its model.

    An option that only some modes take is None unless it was given: that is how a mode refuses it.
    """

    modes: ClassVar[tuple[Mode, ...]] = ()
    """The model's, in the order people meet them."""

    mode: str
    """Our word for the mode, which is also the subcommand: `text`, `image`, `text-lora` …"""
    prompt: str
    """What should be seen."""

    @classmethod
    def find_mode(cls, name: str) -> Mode | None:
        """The mode of this name."""
        return next((mode for mode in cls.modes if mode.name == name), None)

    @property
    def its_mode(self) -> Mode:
        """The mode that was asked for."""
        mode = self.find_mode(self.mode)
        assert mode is not None, "the contract test holds the names in the type to the table"
        return mode

    def given(self) -> dict[str, object]:
        """What was chosen, by the member or by default, in the order people meet the options."""
        chosen: dict[str, object] = {name: getattr(self, name) for name in self.its_mode.options}
        return {name: value for name, value in chosen.items() if value is not None}

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        mode = self.its_mode
        for name, field in type(self).model_fields.items():
            value: object = getattr(self, name)
            if value is None and name in mode.required:
                raise _missing(name, mode, picture=Picture in get_args(field.annotation))
            if value is not None and name not in (*mode.options, "mode"):
                raise PydanticCustomError(
                    "wrong_mode",
                    "`{option}` does not go with this way of making a video.",
                    {"option": name, "mode": mode.name},
                )
            if isinstance(value, str) and is_blank(value):
                raise PydanticCustomError(
                    "blank", "There is nothing to read in `{option}`.", {"option": name}
                )
        return self


def _missing(option: str, mode: Mode, *, picture: bool) -> PydanticCustomError:
    facts = {"option": option, "mode": mode.name}
    if picture:
        return PydanticCustomError("needs_image", "Attach an image as `{option}`.", facts)
    return PydanticCustomError(
        "needs_option", "This way of making a video needs `{option}`.", facts
    )


class ProviderInput(BaseModel, frozen=True, extra="forbid", strict=True):
    """The provider's `input` for one model: each documented field by its documented type.

    None means that the field is left out.
    """

    def fields(self) -> dict[str, object]:
        """What is sent."""
        return self.model_dump(mode="json", exclude_none=True)


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
class VideoModel:
    """A model of the provider: data and pure functions."""

    key: str
    """Ours, and the command group: `ltx`."""
    provider_id: str
    """The provider's: `ltx-2-19b`."""
    title: str
    """For people: `LTX-2 19B`."""
    request: type[VideoRequest]
    input: type[ProviderInput]
    """What `payload` may contain."""
    prices: PriceList
    """What it costs unless the operator says otherwise."""
    cost: Callable[[Any, Rates], Micros]
    """Of a request of this model's class, rounded up to a whole micro-dollar."""
    payload: Callable[[Any], dict[str, object]]
    """The provider's `input`, exactly as documented."""
    plan: Callable[[Any], PollPlan]
    levers: Mapping[str, tuple[object, ...]]
    """Options that move the price, each with its values from cheapest to dearest."""

    @property
    def modes(self) -> tuple[Mode, ...]:
        """In the order people meet them."""
        return self.request.modes

    def mode(self, name: str) -> Mode:
        """The mode of this name; KeyError when there is none."""
        mode = self.request.find_mode(name)
        if mode is None:
            raise KeyError(name)
        return mode

    def price(self, request: VideoRequest, prices: PriceList | None = None) -> Price:
        """What the request costs, by the operator's list where there is one."""
        listed = prices or self.prices
        return Price(self.cost(request, listed.rates), assumed=listed.assumed)
