"""What a clip is made of, as ffmpeg sees it.

The package ships no ffprobe. `-f framecrc` lists every packet with its time in a format that is
made to be compared by machines, so nothing is guessed from messages that are meant for people; no
picture is decoded, and it takes a few hundredths of a second.

Rule: what it cannot read is ClipUnreadableError, never a guess.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from bot.adapters.video.ffmpeg import Ffmpeg, input_options
from bot.domain.clip import MediaType
from bot.domain.errors import ClipUnreadableError

_LARGEST_LISTING: Final = 8 * 1024 * 1024
"""An hour of film."""
_FACT: Final = re.compile(r"#(tb|media_type|codec_id|dimensions) (\d+): (.+)")


@dataclass(frozen=True, slots=True)
class Film:
    """Length, picture and sound of a clip."""

    seconds: float
    """From the first to the last picture."""
    width: int
    """As it is stored: a film that lies on its side is not turned yet."""
    height: int
    pictures: int
    codec: str
    has_sound: bool

    @property
    def rate(self) -> float:
        """Pictures per second."""
        return self.pictures / self.seconds


async def probe(ffmpeg: Ffmpeg, path: Path, kind: MediaType) -> Film:
    """Look at the first picture track and the first sound track."""
    streams = ("-map", "0:V:0", "-map", "0:a:0?", "-c", "copy")
    listing = await ffmpeg.run(
        [*input_options(path, kind), *streams, "-f", "framecrc", "pipe:1"],
        largest_answer=_LARGEST_LISTING,
    )
    return parse(listing.decode(errors="replace"))


@dataclass
class _Track:
    facts: dict[str, str] = field(default_factory=dict[str, str])
    packets: int = 0
    start: int | None = None
    end: int = 0

    def add(self, time: int, duration: int) -> None:
        self.packets += 1
        self.start = time if self.start is None else min(self.start, time)
        self.end = max(self.end, time + duration)


def parse(listing: str) -> Film:
    """Read what `-f framecrc` wrote."""
    try:
        tracks = _tracks(listing)
        picture = next(t for t in tracks.values() if t.facts.get("media_type") == "video")
        return _film(picture, has_sound=len(tracks) > 1)
    except (ValueError, KeyError, StopIteration, ZeroDivisionError):
        raise ClipUnreadableError("ffmpeg sees no film in it") from None


def _tracks(listing: str) -> dict[int, _Track]:
    tracks: dict[int, _Track] = {}
    for line in listing.splitlines():
        if fact := _FACT.fullmatch(line.strip()):
            name, track, value = fact.groups()
            tracks.setdefault(int(track), _Track()).facts[name] = value
        elif line and not line.startswith("#"):
            track, _, time, duration, *_ = line.split(",")
            tracks[int(track)].add(int(time), int(duration))
    return tracks


def _film(picture: _Track, *, has_sound: bool) -> Film:
    width, _, height = picture.facts["dimensions"].partition("x")
    seconds = (picture.end - (picture.start or 0)) * Fraction(picture.facts["tb"])
    if seconds <= 0:
        raise ValueError
    return Film(
        seconds=float(seconds),
        width=int(width),
        height=int(height),
        pictures=picture.packets,
        codec=picture.facts["codec_id"],
        has_sound=has_sound,
    )
