"""Reads the size of pictures and films from their first bytes.

Rule: it believes the bytes and not the name, and whatever it cannot read is just a file.
"""

import struct
from collections.abc import Callable
from typing import Final

Measures = tuple[int, int]
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def measure(body: bytes) -> tuple[str, Measures | None] | None:
    """Content type, and width and height; None where it is no picture and no film."""
    for start, at, kind, measured in _KINDS:
        if body.startswith(start, at):
            return kind, measured(body)
    return None


def _png(body: bytes) -> Measures | None:
    return struct.unpack(">II", body[16:24]) if len(body) >= 24 else None


def _gif(body: bytes) -> Measures | None:
    return struct.unpack("<HH", body[6:10]) if len(body) >= 10 else None


def _unmeasured(body: bytes) -> Measures | None:
    del body
    return None


def _jpeg(body: bytes) -> Measures | None:
    at = 2
    while at + 9 < len(body) and body[at] == 0xFF:
        if body[at + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(body[at + 2 : at + 4])
    return None


def _webp(body: bytes) -> Measures | None:
    kind = body[12:16]
    if kind == b"VP8X" and len(body) >= 30:
        return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
    if kind == b"VP8 " and len(body) >= 30:
        width, height = struct.unpack("<HH", body[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and len(body) >= 25:
        bits = int.from_bytes(body[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _mp4(body: bytes) -> Measures | None:
    at = body.find(b"tkhd")
    while at >= 4:
        end = at - 4 + int.from_bytes(body[at - 4 : at])
        if end <= len(body):
            # The last eight bytes of a track header: width and height as 16.16 fixed point.
            width, height = (side >> 16 for side in struct.unpack(">II", body[end - 8 : end]))
            if width and height:
                return width, height
        at = body.find(b"tkhd", at + 4)
    return None


_KINDS: Final[tuple[tuple[bytes, int, str, Callable[[bytes], Measures | None]], ...]] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", _png),
    (b"GIF8", 0, "image/gif", _gif),
    (b"\xff\xd8\xff", 0, "image/jpeg", _jpeg),
    (b"WEBP", 8, "image/webp", _webp),
    (b"ftypqt", 4, "video/quicktime", _mp4),
    (b"ftyp", 4, "video/mp4", _mp4),
    (b"\x1aE\xdf\xa3", 0, "video/webm", _unmeasured),
)
"""First bytes, where they stand, the type, and how to read the size."""
