"""A made-up model: dropped into a copy of `bot/models`, it must be all that a new model needs.

It is unlike the three on purpose: a price per clip, an image that is optional, modes of its own.
"""

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.money import Micros, dollars
from bot.domain.video import (
    Mode,
    Picture,
    PollPlan,
    PriceList,
    ProviderInput,
    Rates,
    VideoModel,
    VideoRequest,
)

ModeName = Literal["text", "morph"]
Duration = Literal[4, 8, 12]
Style = Literal["film", "clay"]

MODES: Final = (
    Mode(
        name="text",
        spelling="txt2vid",
        summary="A video from words",
        options=("prompt", "duration", "loop", "style", "grain"),
    ),
    Mode(
        name="morph",
        spelling="morph-frames",
        summary="One image becomes another",
        options=("prompt", "from_image", "to_image", "duration", "grain", "motion"),
        required=("prompt", "from_image"),
    ),
)


class Request(VideoRequest, frozen=True):
    """A request for a model that does not exist."""

    modes = MODES

    mode: ModeName
    """Words, or images."""
    prompt: str = Field(min_length=1, max_length=300)
    """What should be seen."""
    from_image: Picture | None = None
    """The first frame."""
    to_image: Picture | None = None
    """The last frame."""
    duration: Duration = 4
    """Seconds of video."""
    loop: Annotated[bool, Field(strict=True)] | None = None
    """Whether the end meets the beginning."""
    style: Style | None = None
    """What it looks like."""
    grain: Annotated[float, Field(strict=True, ge=0, le=0.5)] | None = None
    """How coarse the film is."""
    motion: Annotated[int, Field(strict=True, ge=1, le=255)] | None = None
    """How much moves."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.style == "clay" and self.grain is not None:
            raise PydanticCustomError(
                "clay_has_no_grain", "Clay has no `{option}`.", {"option": "grain"}
            )
        return self


class Input(ProviderInput, frozen=True):
    """The provider's `input`."""

    mode: str
    prompt: str
    duration: int
    frames: list[str] | None = None
    loop: bool | None = None
    style: Style | None = None
    grain: float | None = None
    motion_bucket: int | None = None


def cost(request: Request, rates: Rates) -> Micros:
    """By the clip."""
    return rates[f"{request.duration}s"]


def payload(request: Request) -> dict[str, object]:
    """All that was chosen."""
    pictures = (request.from_image, request.to_image)
    return Input(
        mode=request.its_mode.spelling,
        prompt=request.prompt,
        duration=request.duration,
        frames=[picture.url for picture in pictures if picture] or None,
        loop=request.loop,
        style=request.style,
        grain=request.grain,
        motion_bucket=request.motion,
    ).fields()


def plan(request: Request) -> PollPlan:
    """A few seconds for each second."""
    return PollPlan(
        first=timedelta(seconds=20),
        interval=timedelta(seconds=5),
        shortest=timedelta(seconds=5 * request.duration),
        longest=timedelta(seconds=10 * request.duration),
    )


MODEL: Final = VideoModel(
    key="mirage",
    provider_id="mirage-1-0-pro",
    title="Mirage 1.0 Pro",
    request=Request,
    input=Input,
    prices=PriceList(
        rates={"4s": dollars("0.2"), "8s": dollars("0.35"), "12s": dollars("0.5")}, assumed=True
    ),
    cost=cost,
    payload=payload,
    plan=plan,
    levers={"duration": (4, 8, 12)},
)
