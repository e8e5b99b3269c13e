"""What the three models accept in `input`, what they cost and how long they take.

Rule: read from the provider's documentation alone. Nothing of the bot's own models is used, so that
a mistake made there is refused here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

Seconds = tuple[int, int]
"""The shortest and the longest time that is typical, in seconds."""


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an HTTP or HTTPS URL")
    return text


def _five_or_ten(seconds: int) -> int:
    if seconds not in {5, 10}:
        raise ValueError("must be 5 or 10")
    return seconds


def _tenths(scale: float) -> float:
    if Decimal(str(scale)) % Decimal("0.1"):
        raise ValueError("must be a multiple of 0.1")
    return scale


def _not_zero(seed: int) -> int:
    if seed == 0:
        raise ValueError("must be -1, or from 1 through 2147483647")
    return seed


Url = Annotated[str, Field(min_length=1), AfterValidator(_web_address)]
FiveOrTen = Annotated[int, AfterValidator(_five_or_ten)]


class ModelInput(BaseModel, ABC):
    """One model's `input`. A field that it does not name is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    model: ClassVar[str]
    image_counts: ClassVar[frozenset[int]] = frozenset({1})

    prompt: str
    image_urls: tuple[Url, ...] | None = Field(default=None, strict=False)
    duration: int

    @property
    @abstractmethod
    def price_micros(self) -> int:
        """What this costs, in millionths of a dollar."""

    @property
    @abstractmethod
    def typical(self) -> Seconds:
        """How long the provider says that it works on this."""

    @property
    def way(self) -> str:
        """The mode as it is spelled; each model declares its own spellings."""
        return str(getattr(self, "mode", ""))

    @property
    def quality(self) -> str:
        """The resolution tier; models without one are rendered as if it were 720p."""
        return str(getattr(self, "resolution", "720p"))

    @property
    def shape(self) -> str:
        """The aspect ratio. The rehearsal does not measure images: those give 16:9."""
        return str(getattr(self, "aspect_ratio", None) or "16:9")

    @property
    def styles(self) -> "tuple[Lora, ...]":
        """The LoRAs to load."""
        return ()

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_no_value(cls, value: object) -> object:
        if value is None:
            raise ValueError("must not be null; leave it out")
        return value

    @model_validator(mode="after")
    def _fields_fit_the_mode(self) -> Self:
        from_image = self.way.startswith("image-to-video")
        if from_image != (self.image_urls is not None):
            raise ValueError(
                f"image_urls is {'required' if from_image else 'refused'} in {self.way}"
            )
        if self.image_urls is not None and len(self.image_urls) not in self.image_counts:
            raise ValueError(f"image_urls must hold {_either(self.image_counts)} URL(s)")
        if from_image and getattr(self, "aspect_ratio", None) is not None:
            raise ValueError(f"aspect_ratio is refused in {self.way}")
        return self


def _either(counts: frozenset[int]) -> str:
    return " or ".join(map(str, sorted(counts)))


class Lora(BaseModel):
    """A style to load. Both fields are required, even a neutral scale."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    path: Url
    scale: float = Field(ge=0, le=4, allow_inf_nan=False)


class LtxInput(ModelInput):
    """ltx-2-19b."""

    model = "ltx-2-19b"

    mode: Literal["text-to-video", "image-to-video", "text-to-video-LoRA", "image-to-video-LoRA"]
    prompt: str = Field(min_length=1, max_length=5000)
    resolution: Literal["480p", "720p", "1080p"]
    duration: int = Field(ge=5, le=20)
    aspect_ratio: Literal["16:9", "9:16"] | None = None
    seed: Annotated[int, Field(ge=-1, le=2_147_483_647), AfterValidator(_not_zero)] | None = None
    loras: Annotated[tuple[Lora, ...], Field(min_length=1, max_length=3, strict=False)] | None = (
        None
    )

    @model_validator(mode="after")
    def _loras_fit_the_mode(self) -> Self:
        if self.mode.endswith("-LoRA") != (self.loras is not None):
            wanted = "refused" if self.loras else "required"
            raise ValueError(f"loras is {wanted} in {self.mode}")
        return self

    @property
    def styles(self) -> tuple[Lora, ...]:
        return self.loras or ()

    @property
    def price_micros(self) -> int:
        plain = {"480p": 12_000, "720p": 16_000, "1080p": 24_000}
        styled = {"480p": 15_000, "720p": 20_000, "1080p": 30_000}
        return self.duration * (styled if self.loras else plain)[self.resolution]

    @property
    def typical(self) -> Seconds:
        low, high = {"480p": (40, 60), "720p": (60, 90), "1080p": (90, 120)}[self.resolution]
        return (low + 10, high + 20) if self.loras else (low, high)


class KlingInput(ModelInput):
    """kling-2-5-turbo-pro. Its price is an assumption: no page of the provider names one."""

    model = "kling-2-5-turbo-pro"
    image_counts = frozenset({1, 2})

    mode: Literal["text-to-video", "image-to-video"]
    prompt: str = Field(min_length=1, max_length=2500)
    duration: FiveOrTen = 5
    aspect_ratio: Literal["16:9", "9:16", "1:1"] | None = None
    negative_prompt: str | None = Field(default=None, max_length=2500)
    cfg_scale: Annotated[float, Field(ge=0, le=1), AfterValidator(_tenths)] | None = None

    @property
    def price_micros(self) -> int:
        return 350_000 + 70_000 * (self.duration - 5)

    @property
    def typical(self) -> Seconds:
        return (30, 45) if self.duration == 5 else (45, 60)


class WanInput(ModelInput):
    """wan-2-5."""

    model = "wan-2-5"

    mode: Literal["text-to-video", "image-to-video"]
    prompt: str = Field(min_length=1, max_length=800)
    resolution: Literal["720p", "1080p"] = "720p"
    duration: FiveOrTen = 5
    aspect_ratio: Literal["16:9", "9:16", "1:1"] | None = None
    negative_prompt: str | None = Field(default=None, max_length=500)
    seed: int | None = Field(default=None, ge=1, le=2_147_483_647)
    enable_prompt_expansion: bool = True

    @property
    def price_micros(self) -> int:
        return self.duration * {"720p": 80_000, "1080p": 130_000}[self.resolution]

    @property
    def typical(self) -> Seconds:
        return {"720p": (50, 70), "1080p": (70, 90)}[self.resolution]


MODELS: Final[Mapping[str, type[ModelInput]]] = {
    model.model: model for model in (LtxInput, KlingInput, WanInput)
}
