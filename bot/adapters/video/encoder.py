"""Makes the copies of clips and keeps them beside the shelf: the domain's `Encoder`.

A label is written into copies alone. The clip itself stays what the provider sent, byte for byte,
because its hash is in the books.

Rule: a copy appears under its name when it is whole and as small as it was asked to be, and not
before. Asked again, the same copy is handed out again.
"""

import asyncio
import hashlib
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.adapters.clips.magic import ENDINGS
from bot.adapters.clips.part import disk_errors
from bot.adapters.clips.shelf import Shelf
from bot.adapters.clips.turns import Turns
from bot.adapters.video.ffmpeg import Ffmpeg, input_options
from bot.adapters.video.plan import Plan, reckon
from bot.adapters.video.probe import probe
from bot.domain.clip import Label, MediaType
from bot.domain.errors import ClipUnfitError, ClipUnreadableError

_AIM: Final = 0.96
"""Of the limit: the encoder may miss by a little."""
_TRIES: Final = 4
_LONGEST_TEXT: Final = 1000
_POSTER_SIDE: Final = 640
_KINDS: Final[dict[str, MediaType]] = {ending: kind for kind, ending in ENDINGS.items()}
_MUXERS: Final = {".mp4": "mp4", ".mov": "mov", ".webm": "webm", ".mkv": "matroska"}

Make = Callable[[Path], Awaitable[None]]
"""Writes a copy to this path."""


class ShelfEncoder:
    """Copies of what is on the shelf."""

    def __init__(self, shelf: Shelf, ffmpeg: Ffmpeg) -> None:
        """The shelf is prepared."""
        self._shelf = shelf
        self._ffmpeg = ffmpeg
        self._turns = Turns()

    async def label(self, name: str, label: Label) -> Path:
        """The same film, packed anew, with the label inside."""
        clip = self._shelf.path(name)
        options = ["-map", "0:V:0", "-map", "0:a?", "-c", "copy", *_label_options(label)]
        options += _muxer_options(clip.suffix)

        async def make(path: Path) -> None:
            await self._ffmpeg.run([*_input(clip), *options, _output(path)])

        return await self._copy(name, f"label-{_digest(label)}{clip.suffix}", make=make)

    async def fit(self, name: str, limit_bytes: int, *, label: Label) -> Path:
        """A labelled copy within the limit: packed anew if that is enough, else encoded anew."""
        if _size_of(self._shelf.path(name)) <= limit_bytes:
            labelled = await self.label(name, label)
            if _size_of(labelled) <= limit_bytes:
                return labelled

        async def make(path: Path) -> None:
            await self._squeeze(self._shelf.path(name), path, limit_bytes, label)

        return await self._copy(name, f"fit-{limit_bytes}-{_digest(label)}.mp4", make=make)

    async def poster(self, name: str) -> Path:
        """The most telling of the first pictures."""
        clip = self._shelf.path(name)
        box = f"w='min({_POSTER_SIDE},iw)':h='min({_POSTER_SIDE},ih)'"
        small = f"thumbnail=24,scale={box}:force_original_aspect_ratio=decrease"
        options = ["-map", "0:V:0", "-vf", small, "-frames:v", "1", "-q:v", "4", "-f", "mjpeg"]

        async def make(path: Path) -> None:
            await self._ffmpeg.run([*_input(clip), *options, _output(path)])

        return await self._copy(name, "poster.jpg", make=make)

    async def _squeeze(self, clip: Path, path: Path, limit_bytes: int, label: Label) -> None:
        film = await probe(self._ffmpeg, clip, _KINDS[clip.suffix])
        aim = limit_bytes * _AIM
        for _ in range(_TRIES):
            plan = reckon(film, aim)
            options = [*_encoder_options(plan), *_label_options(label), *_muxer_options(".mp4")]
            await self._ffmpeg.run([*_input(clip), *options, _output(path)])
            size = _size_of(path)
            if size <= limit_bytes:
                return
            aim *= limit_bytes / size * _AIM
        raise ClipUnfitError(f"not below {limit_bytes} bytes after {_TRIES} tries")

    async def _copy(self, name: str, what: str, *, make: Make) -> Path:
        final = self._shelf.copy_path(name, what)
        async with self._turns.of(final):
            with suppress(FileNotFoundError):
                os.utime(final)  # still wanted: a sweep spares it
                return final
            path = final.with_name(f"{final.name}.{secrets.token_hex(4)}.tmp")
            try:
                await make(path)
                await asyncio.to_thread(_publish, path, final)
            finally:
                path.unlink(missing_ok=True)
        return final


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _publish(path: Path, final: Path) -> None:
    if _size_of(path) == 0:
        raise ClipUnreadableError("ffmpeg wrote nothing")
    with disk_errors():
        path.chmod(0o600)
        path.rename(final)


def _input(clip: Path) -> list[str]:
    return input_options(clip, _KINDS[clip.suffix])


def _output(path: Path) -> str:
    return f"file:{path}"


def _encoder_options(plan: Plan) -> list[str]:
    """What Discord plays everywhere: H.264 in 4:2:0 with AAC."""
    rate = plan.picture_rate
    # Even sides, as H.264 wants them, and never larger than they were.
    nearest = "trunc" if plan.scale == 1 else "round"
    sides = ":".join(f"{nearest}({side}*{plan.scale:.6f}/2)*2" for side in ("iw", "ih"))
    picture = ["-map", "0:V:0", "-vf", f"scale={sides}", "-c:v", "libx264", "-preset", "veryfast"]
    picture += ["-pix_fmt", "yuv420p", "-threads", "1", "-b:v", f"{rate}"]
    picture += ["-maxrate", f"{int(rate * 1.3)}", "-bufsize", f"{rate * 2}"]
    channels = "2" if plan.sound_rate >= 48_000 else "1"
    sound = ["-map", "0:a:0?", "-c:a", "aac", "-b:a", f"{plan.sound_rate}", "-ac", channels]
    return picture + (sound if plan.sound_rate else [])


def _muxer_options(ending: str) -> list[str]:
    """The container, with the table of contents first so that it plays while it loads."""
    first = ["-movflags", "+faststart"] if ending in {".mp4", ".mov"} else []
    return [*first, "-f", _MUXERS[ending]]


def _label_options(label: Label) -> list[str]:
    """Our label, and none of what the provider may have written about prompts and machines."""
    texts = {"title": label.title, "comment": label.comment}
    written = [f"{name}={_printable(text)}" for name, text in texts.items()]
    return ["-map_metadata", "-1", *(part for text in written for part in ("-metadata", text))]


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST_TEXT]


def _digest(label: Label) -> str:
    return hashlib.sha256(f"{label.title}\0{label.comment}".encode()).hexdigest()[:8]
