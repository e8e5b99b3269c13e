"""Kling 2.5 Turbo Pro, as APIXO serves it.

Rule: its price stands in no document of the provider's, and is never shown as if it did.
"""

from datetime import timedelta
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field
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

ModeName = Literal["text", "image"]
Duration = Literal[5, 10]
AspectRatio = Literal["16:9", "9:16", "1:1"]
LONGEST_PROMPT: Final = 2500
"""In Unicode code points, as everywhere: the page says "characters"."""
LONGEST_NEGATIVE_PROMPT: Final = 2500
LOWEST_CFG_SCALE: Final = 0.0
HIGHEST_CFG_SCALE: Final = 1.0

MODES: Final = (
    Mode(
        name="text",
        spelling="text-to-video",
        summary="A video from words",
        options=("prompt", "duration", "aspect_ratio", "negative_prompt", "cfg_scale"),
    ),
    Mode(
        name="image",
        spelling="image-to-video",
        summary="A video that starts with your image, and may end with another",
        options=(
            *("prompt", "start_image", "end_image"),
            *("duration", "negative_prompt", "cfg_scale"),
        ),
        required=("prompt", "start_image"),
    ),
)


def _whole_tenths(value: float) -> float:
    """The tenth that was meant: 0.30000000000000004 is 0.3, and 0.35 is refused."""
    tenths = round(value * 10)
    if abs(value * 10 - tenths) > 1e-9:
        raise PydanticCustomError("step", "Use steps of {step}.", {"step": 0.1})
    return tenths / 10


CfgScale = Annotated[
    float,
    Field(strict=True, ge=LOWEST_CFG_SCALE, le=HIGHEST_CFG_SCALE),
    AfterValidator(_whole_tenths),
]


class Request(VideoRequest, frozen=True):
    """A request for Kling 2.5 Turbo Pro."""

    modes = MODES

    mode: ModeName
    """What the video starts from."""
    prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT)
    """What should be seen."""
    start_image: Picture | None = None
    """The first frame."""
    end_image: Picture | None = None
    """The last frame."""
    duration: Duration = 5
    """Seconds of video."""
    aspect_ratio: AspectRatio | None = None
    """The shape of the picture. The provider takes 16:9 when nothing is said."""
    negative_prompt: (
        Annotated[str, Field(min_length=1, max_length=LONGEST_NEGATIVE_PROMPT)] | None
    ) = None
    """What should not be seen."""
    cfg_scale: CfgScale | None = None
    """How closely to follow the prompt, from 0 (free) to 1 (strict) in steps of 0.1."""


class Input(ProviderInput, frozen=True):
    """The provider's `input`."""

    mode: str
    prompt: str
    duration: Duration
    aspect_ratio: AspectRatio | None = None
    image_urls: list[str] | None = None
    negative_prompt: str | None = None
    cfg_scale: float | None = None


def cost(request: Request, rates: Rates) -> Micros:
    """A clip of five seconds, and each second after it."""
    further = request.duration - 5
    return Micros(rates["first-5-seconds"] + further * rates["further-second"])


def payload(request: Request) -> dict[str, object]:
    """Duration is always sent, for it decides the price; the rest if it was chosen."""
    pictures = (request.start_image, request.end_image)
    return Input(
        mode=request.its_mode.spelling,
        prompt=request.prompt,
        duration=request.duration,
        aspect_ratio=request.aspect_ratio,
        image_urls=[picture.url for picture in pictures if picture] or None,
        negative_prompt=request.negative_prompt,
        cfg_scale=request.cfg_scale,
    ).fields()


_SECONDS: Final[dict[Duration, tuple[int, int]]] = {5: (30, 45), 10: (45, 60)}
"""Between which two times a task is done."""


def plan(request: Request) -> PollPlan:
    """By length; the first poll is the same for both."""
    shortest, longest = _SECONDS[request.duration]
    return PollPlan(
        first=timedelta(seconds=30),
        interval=timedelta(seconds=5),
        shortest=timedelta(seconds=shortest),
        longest=timedelta(seconds=longest),
    )


MODEL: Final = VideoModel(
    key="kling",
    provider_id="kling-2-5-turbo-pro",
    title="Kling 2.5 Turbo Pro",
    request=Request,
    input=Input,
    # Another vendor's list: the operator sets the true one with CLAPPER_PRICES.
    prices=PriceList(
        rates={"first-5-seconds": dollars("0.35"), "further-second": dollars("0.07")},
        assumed=True,
    ),
    cost=cost,
    payload=payload,
    plan=plan,
    levers={"duration": get_args(Duration)},
)
