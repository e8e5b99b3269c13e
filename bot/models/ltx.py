"""LTX-2 19B by Lightricks, as APIXO serves it.

Rule: every limit here stands in the provider's documentation; nothing is sent that it does not name.
"""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Final, Literal, Self, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, Field, model_validator
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

ModeName = Literal["text", "image", "text-lora", "image-lora"]
Resolution = Literal["480p", "720p", "1080p"]
AspectRatio = Literal["16:9", "9:16"]
LONGEST_PROMPT: Final = 5000
"""In Unicode code points, as everywhere: the page says "characters"."""
SHORTEST_SECONDS: Final = 5
LONGEST_SECONDS: Final = 20
RANDOM_SEED: Final = -1
"""Asks the provider to choose. 0 is no seed at all and is refused."""
HIGHEST_SEED: Final = 2_147_483_647
LOWEST_SCALE: Final = 0.0
HIGHEST_SCALE: Final = 4.0
NEUTRAL_SCALE: Final = 1.0
LONGEST_LORA: Final = 2000
_MAKER_AND_FILE: Final = 2
"""So many steps has an address at Hugging Face that goes no deeper; pages of files do."""
_WEIGHTS: Final = (".safetensors", ".ckpt", ".pt", ".pth", ".bin")

MODES: Final = (
    Mode(
        name="text",
        spelling="text-to-video",
        summary="A video from words",
        options=("prompt", "resolution", "duration", "aspect_ratio", "seed"),
    ),
    Mode(
        name="image",
        spelling="image-to-video",
        summary="A video that starts with your image",
        options=("prompt", "image", "resolution", "duration", "seed"),
        required=("prompt", "image"),
    ),
    Mode(
        name="text-lora",
        spelling="text-to-video-LoRA",
        summary="A video from words, in the style of a LoRA",
        options=(
            *("prompt", "lora", "resolution", "duration", "aspect_ratio", "seed"),
            *("lora_scale", "lora2", "lora2_scale", "lora3", "lora3_scale"),
        ),
        required=("prompt", "lora"),
    ),
    Mode(
        name="image-lora",
        spelling="image-to-video-LoRA",
        summary="A video that starts with your image, in the style of a LoRA",
        options=(
            *("prompt", "image", "lora", "resolution", "duration", "seed"),
            *("lora_scale", "lora2", "lora2_scale", "lora3", "lora3_scale"),
        ),
        required=("prompt", "image", "lora"),
    ),
)


def _downloadable(address: str) -> str:
    """Refuses what the provider cannot download, while it is still free to find out.

    Around a pasted link there may be blanks, and the brackets that keep Discord from showing it.
    """
    address = address.strip()
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1]
    parts = _parts(address)
    if parts is None:
        raise PydanticCustomError("address_form", "A LoRA is a link that starts with https://.")
    host = (parts.hostname or "").removesuffix(".")
    if not _is_public(host):
        raise PydanticCustomError("address_private", "Nobody outside can reach this link.")
    if _is_page(host, parts.path):
        raise PydanticCustomError(
            "address_page", "This link opens a page. Copy the link of its download button."
        )
    return address


def _parts(address: str) -> SplitResult | None:
    """A web address taken apart; None when it is none, or holds somebody's password."""
    if not address.isprintable() or set(address) & set(' \\"<>'):
        return None
    try:
        parts = urlsplit(address)
        usable = parts.hostname and parts.port != 0  # reading the port is what checks it
    except ValueError:
        return None
    fit = usable and parts.scheme in {"http", "https"} and parts.username is None
    return parts if fit else None


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rpartition(".")[2]
        return "." in host and last not in {"localhost", "local", "internal"} and not last.isdigit()


def _is_page(host: str, path: str) -> bool:
    """The two slips that members make: the address bar instead of the download button."""
    steps = [step for step in path.split("/") if step]
    if host in {"huggingface.co", "www.huggingface.co", "hf.co"}:
        # The provider's own examples leave out what stands between maker and file.
        is_file = len(steps) <= _MAKER_AND_FILE and path.endswith(_WEIGHTS)
        return not is_file and "resolve" not in steps
    return host in {"civitai.com", "www.civitai.com"} and steps[:1] == ["models"]


Lora = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_LORA, json_schema_extra={"format": "uri"}),
    AfterValidator(_downloadable),
]
Scale = Annotated[float, Field(strict=True, ge=LOWEST_SCALE, le=HIGHEST_SCALE)]


class Request(VideoRequest, frozen=True):
    """A request for LTX-2 19B."""

    modes = MODES

    mode: ModeName
    """What the video starts from, and whether LoRAs shape it."""
    prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT)
    """What should be seen."""
    image: Picture | None = None
    """The first frame."""
    lora: Lora | None = None
    """Where a LoRA can be downloaded by anybody."""
    resolution: Resolution = "720p"
    """How fine the picture is."""
    duration: int = Field(default=10, strict=True, ge=SHORTEST_SECONDS, le=LONGEST_SECONDS)
    """Seconds of video."""
    aspect_ratio: AspectRatio | None = None
    """Landscape or portrait. The provider takes 16:9 when nothing is said."""
    seed: Annotated[int, Field(strict=True, ge=RANDOM_SEED, le=HIGHEST_SEED)] | None = None
    """The same seed with the same options makes the same video; -1 is chance."""
    lora_scale: Scale | None = None
    """How strongly the LoRA shapes the video. 0.5 to 2 works best; neutral is 1."""
    lora2: Lora | None = None
    """A second LoRA."""
    lora2_scale: Scale | None = None
    """How strongly the second shapes it."""
    lora3: Lora | None = None
    """A third LoRA."""
    lora3_scale: Scale | None = None
    """How strongly the third shapes it."""

    def loras(self) -> Iterator[tuple[str, float]]:
        """Each LoRA with its strength."""
        pairs = ((self.lora, self.lora_scale), (self.lora2, self.lora2_scale))
        for address, scale in (*pairs, (self.lora3, self.lora3_scale)):
            if address is not None:
                yield address, NEUTRAL_SCALE if scale is None else abs(scale)  # -0.0 is 0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.seed == 0:
            raise PydanticCustomError(
                "seed_zero", "A seed is -1 for chance, or 1 and above.", {"option": "seed"}
            )
        for name, needed in (("lora2", "lora"), ("lora3", "lora2")):
            if getattr(self, name) is not None and getattr(self, needed) is None:
                raise PydanticCustomError(
                    "lora_gap",
                    "Give `{needed}` before `{option}`.",
                    {"option": name, "needed": needed},
                )
        for name in ("lora", "lora2", "lora3"):
            scale = f"{name}_scale"
            if getattr(self, scale) is not None and getattr(self, name) is None:
                raise PydanticCustomError(
                    "scale_without_lora",
                    "`{option}` needs `{needed}`.",
                    {"option": scale, "needed": name},
                )
        return self


class InputLora(BaseModel, frozen=True, extra="forbid", strict=True):
    """One LoRA. Both fields are required, also for a neutral scale."""

    path: str
    scale: float


class Input(ProviderInput, frozen=True):
    """The provider's `input`."""

    mode: str
    prompt: str
    resolution: Resolution
    duration: int
    aspect_ratio: AspectRatio | None = None
    image_urls: list[str] | None = None
    seed: int | None = None
    loras: list[InputLora] | None = None


def cost(request: Request, rates: Rates) -> Micros:
    """Seconds of video, by resolution; LoRA modes are dearer."""
    key = f"{request.resolution}-lora" if request.lora else request.resolution
    return Micros(request.duration * rates[key])


def payload(request: Request) -> dict[str, object]:
    """Resolution and duration are required; the rest is sent if it was chosen."""
    return Input(
        mode=request.its_mode.spelling,
        prompt=request.prompt,
        resolution=request.resolution,
        duration=request.duration,
        aspect_ratio=request.aspect_ratio,
        image_urls=[request.image.url] if request.image else None,
        seed=request.seed,
        loras=[InputLora(path=path, scale=scale) for path, scale in request.loras()] or None,
    ).fields()


_SECONDS: Final[dict[Resolution, tuple[int, int, int]]] = {
    "480p": (40, 40, 60),
    "720p": (60, 60, 90),
    "1080p": (90, 90, 120),
}
"""First poll, and between which two times a task is done."""


def plan(request: Request) -> PollPlan:
    """By resolution. Loading LoRAs takes 10 to 20 seconds more."""
    first, shortest, longest = _SECONDS[request.resolution]
    sooner, later = (10, 20) if request.lora else (0, 0)
    return PollPlan(
        first=timedelta(seconds=first + sooner),
        interval=timedelta(seconds=5),
        shortest=timedelta(seconds=shortest + sooner),
        longest=timedelta(seconds=longest + later),
    )


MODEL: Final = VideoModel(
    key="ltx",
    provider_id="ltx-2-19b",
    title="LTX-2 19B",
    request=Request,
    input=Input,
    prices=PriceList(
        rates={
            "480p": dollars("0.012"),
            "720p": dollars("0.016"),
            "1080p": dollars("0.024"),
            "480p-lora": dollars("0.015"),
            "720p-lora": dollars("0.02"),
            "1080p-lora": dollars("0.03"),
        },
        assumed=False,
    ),
    cost=cost,
    payload=payload,
    plan=plan,
    levers={
        "resolution": get_args(Resolution),
        "duration": tuple(range(SHORTEST_SECONDS, LONGEST_SECONDS + 1)),
    },
)
