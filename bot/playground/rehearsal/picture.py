"""Draws a clip that proves its request: prompt, model and options, a moving band, a clock.

Rule: what a member wrote reaches ffmpeg only as the content of a text file, never as a part of a
command or of a filter, so that no quote, percent sign or backslash can mean anything.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from bot.playground.rehearsal.inputs import ModelInput
from bot.playground.rehearsal.lettering import PITCH, columns, readable, wrap

NOTICE: Final = "REHEARSAL · nothing was spent"
SMALL: Final = {"16:9": (320, 180), "9:16": (180, 320), "1:1": (240, 240)}
LINES: Final = {"480p": 480, "720p": 720, "1080p": 1080}
FRAME_RATE: Final = 12
LAZY_RATE: Final = 4
MARGIN: Final = 10
PROMPT_SIZES: Final = (19, 16, 13.5, 11.5, 10)
NOTICE_SIZES: Final = (10.5, 9.5, 8.3, 7)
GROUNDS: Final = ("16213e", "1b2a41", "2b1b3d", "123534", "3a1f2b", "26301c")
ACCENTS: Final = ("f9c74f", "90be6d", "f9844a", "4cc9f0", "ff99c8", "a0c4ff")


@dataclass(frozen=True, slots=True)
class Picture:
    """What one clip shows."""

    title: str
    prompt: str
    details: str
    seconds: int
    width: int
    height: int
    rate: int = FRAME_RATE

    @property
    def key(self) -> str:
        """The same for two clips that look alike."""
        return sha256(repr(self).encode()).hexdigest()[:32]

    @property
    def unit(self) -> float:
        """A pixel of the smallest picture."""
        return min(self.width, self.height) / 180

    @property
    def ground(self) -> str:
        """The background's colour: another prompt has, as a rule, another one."""
        return GROUNDS[int(self.key, 16) % len(GROUNDS)]

    @property
    def accent(self) -> str:
        """The colour of what moves."""
        return ACCENTS[int(self.key, 16) // 7 % len(ACCENTS)]


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of text with their place."""

    name: str
    lines: Sequence[str]
    size: float
    colour: str
    top: float = 0

    @property
    def height(self) -> float:
        """How much room the lines take."""
        return len(self.lines) * self.size * PITCH


def picture_of(order: ModelInput, *, full_size: bool, label: str = "") -> Picture:
    """The picture that shows an order."""
    width, height = _size(order, full_size=full_size)
    return Picture(
        title=f"{order.model} · {order.way}{label}",
        prompt=readable(order.prompt) or "(nothing that can be drawn)",
        details=readable(" · ".join(_options(order))),
        seconds=order.duration,
        width=width,
        height=height,
    )


def tiny_picture(order: ModelInput) -> Picture:
    """One for all orders of a shape and a length, for tests with a thousand tasks."""
    width, height = _size(order, full_size=False)
    return Picture(
        "rehearsal", "Many tasks share this clip.", "", order.duration, width, height, LAZY_RATE
    )


def _size(order: ModelInput, *, full_size: bool) -> tuple[int, int]:
    width, height = SMALL[order.shape]
    if not full_size:
        return width, height
    scale = LINES[order.quality] / min(width, height)
    return 2 * round(width * scale / 2), 2 * round(height * scale / 2)


def _options(order: ModelInput) -> Iterator[str]:
    worded = {"mode", "prompt", "image_urls", "loras", "negative_prompt"}
    for name, value in order.model_dump(exclude=worded, exclude_unset=True).items():
        yield f"{name.replace('_', ' ')} {value}"
    for number, url in enumerate(order.image_urls or (), start=1):
        yield f"image {number} {_tail(url)}"
    for lora in order.styles:
        yield f"LoRA {_tail(lora.path)} at {lora.scale:g}"
    if unwanted := getattr(order, "negative_prompt", None):
        yield f"not: {unwanted}"  # last, because it may be long


def _tail(url: str) -> str:
    """The end of an address, which is where the name stands; queries may hold signatures."""
    return url.partition("?")[0].rstrip("/").rpartition("/")[2][-24:] or "?"


def layout(picture: Picture) -> list[Block]:
    """Where everything stands: title above, options and notice below, the prompt between them."""
    unit = picture.unit
    title = _block(picture, "title", picture.title, size=11, lines=2, colour=picture.accent)
    notice = _on_one_line(picture, NOTICE)
    options = _block(picture, "options", picture.details, size=8.5, lines=4, colour="b8c0d0")
    title_top = 22 * unit
    notice_top = picture.height - 21 * unit - notice.height
    options_top = notice_top - 3 * unit - options.height
    prompt_top = title_top + title.height + 5 * unit
    prompt = _largest_prompt(picture, options_top - 5 * unit - prompt_top)
    return [
        replace(title, top=title_top),
        replace(prompt, top=prompt_top),
        replace(options, top=options_top),
        replace(notice, top=notice_top),
    ]


def _on_one_line(picture: Picture, notice: str) -> Block:
    sizes = (
        _block(picture, "notice", notice, size=size, lines=2, colour="ff6b6b")
        for size in NOTICE_SIZES
    )
    return _first(sizes, lambda block: len(block.lines) == 1)


def _largest_prompt(picture: Picture, room: float) -> Block:
    def sized(size: float) -> Block:
        lines = int(room / (size * picture.unit * PITCH))
        return _block(picture, "prompt", picture.prompt, size=size, lines=lines, colour="ffffff")

    blocks = (sized(size) for size in PROMPT_SIZES)
    return _first(blocks, lambda block: not block.lines[-1].endswith("…"))


def _first(blocks: Iterable[Block], fits: Callable[[Block], bool]) -> Block:
    """The first that fits, or the last, which is the smallest."""
    tried: list[Block] = []
    for block in blocks:
        if fits(block):
            return block
        tried.append(block)
    return tried[-1]


def _block(
    picture: Picture, name: str, text: str, *, size: float, lines: int, colour: str
) -> Block:
    size *= picture.unit
    width = picture.width - 2 * MARGIN * picture.unit
    fitted = wrap(text, columns=columns(width, size), lines=lines)
    return Block(name, [line.removesuffix(" ·") for line in fitted], size, colour)
