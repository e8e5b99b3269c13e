"""Wan 2.5, as APIXO serves it.

Rule: its price comes from an old page, and is shown as assumed until the operator sets the true one.
"""

from datetime import timedelta
from typing import Annotated, Final, Literal, get_args

from pydantic import Field

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
Resolution = Literal["720p", "1080p"]
Duration = Literal[5, 10]
AspectRatio = Literal["16:9", "9:16", "1:1"]
DEFAULT_ASPECT_RATIO: Final[AspectRatio] = "16:9"
LONGEST_PROMPT: Final = 800
"""In Unicode code points, as everywhere: the page says "characters"."""
LONGEST_NEGATIVE_PROMPT: Final = 500
LOWEST_SEED: Final = 1
HIGHEST_SEED: Final = 2_147_483_647
"""Ours: no page gives a range."""

MODES: Final = (
    Mode(
        name="text",
        spelling="text-to-video",
        summary="A video from words",
        options=(
            *("prompt", "resolution", "duration", "aspect_ratio"),
            *("negative_prompt", "seed", "expand_prompt"),
        ),
    ),
    Mode(
        name="image",
        spelling="image-to-video",
        summary="A video that starts with your image",
        options=(
            *("prompt", "image", "resolution", "duration"),
            *("negative_prompt", "seed", "expand_prompt"),
        ),
        required=("prompt", "image"),
    ),
)


class Request(VideoRequest, frozen=True):
    """A request for Wan 2.5."""

    modes = MODES

    mode: ModeName
    """What the video starts from."""
    prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT)
    """What should be seen."""
    image: Picture | None = None
    """The first frame."""
    resolution: Resolution = "720p"
    """How fine the picture is."""
    duration: Duration = 5
    """Seconds of video."""
    aspect_ratio: AspectRatio | None = None
    """The shape of the picture: 16:9 unless another is chosen."""
    negative_prompt: (
        Annotated[str, Field(min_length=1, max_length=LONGEST_NEGATIVE_PROMPT)] | None
    ) = None
    """What should not be seen."""
    seed: Annotated[int, Field(strict=True, ge=LOWEST_SEED, le=HIGHEST_SEED)] | None = None
    """The same seed with the same options makes the same video."""
    expand_prompt: Annotated[bool, Field(strict=True)] | None = None
    """Whether the provider may enrich the prompt. It does so when nothing is said."""


class Input(ProviderInput, frozen=True):
    """The provider's `input`."""

    mode: str
    prompt: str
    resolution: Resolution
    duration: Duration
    aspect_ratio: AspectRatio | None = None
    image_urls: list[str] | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    enable_prompt_expansion: bool | None = None


def cost(request: Request, rates: Rates) -> Micros:
    """Seconds of video, by resolution."""
    return Micros(request.duration * rates[request.resolution])


def payload(request: Request) -> dict[str, object]:
    """Resolution and duration are always sent, for they decide the price; the rest if chosen."""
    shape = request.aspect_ratio
    if shape is None and "aspect_ratio" in request.its_mode.options:
        shape = DEFAULT_ASPECT_RATIO  # the pages disagree about the default, so it is said
    return Input(
        mode=request.its_mode.spelling,
        prompt=request.prompt,
        resolution=request.resolution,
        duration=request.duration,
        aspect_ratio=shape,
        image_urls=[request.image.url] if request.image else None,
        negative_prompt=request.negative_prompt,
        seed=request.seed,
        enable_prompt_expansion=request.expand_prompt,
    ).fields()


_SECONDS: Final[dict[Resolution, tuple[int, int]]] = {"720p": (50, 70), "1080p": (70, 90)}
"""Between which two times a task is done. An older page says up to 250 seconds."""


def plan(request: Request) -> PollPlan:
    """By resolution; the first poll is the same for both."""
    shortest, longest = _SECONDS[request.resolution]
    return PollPlan(
        first=timedelta(seconds=50),
        interval=timedelta(seconds=5),
        shortest=timedelta(seconds=shortest),
        longest=timedelta(seconds=longest),
    )


MODEL: Final = VideoModel(
    key="wan",
    provider_id="wan-2-5",
    title="Wan 2.5",
    request=Request,
    input=Input,
    prices=PriceList(
        rates={"720p": dollars("0.08"), "1080p": dollars("0.13")},
        assumed=True,
    ),
    cost=cost,
    payload=payload,
    plan=plan,
    levers={"resolution": get_args(Resolution), "duration": get_args(Duration)},
)
