"""What a file is, by its first bytes.

Rule: the server's Content-Type and the address's ending are hearsay and never asked.
"""

from typing import Final

from bot.domain.clip import MediaType

HEAD_BYTES: Final = 64
"""As much of the file as `sniff` wants to see."""

ENDINGS: Final[dict[MediaType, str]] = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
}

_STILL_OR_SOUND: Final = frozenset(
    {b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"M4A ", b"M4B "}
)
"""Brands of MP4's relatives that hold no film."""
_BARE_QUICKTIME: Final = frozenset({b"moov", b"mdat", b"wide"})
"""What a QuickTime file begins with that is older than `ftyp`."""


def sniff(head: bytes) -> MediaType | None:
    """The kind of video, or None for everything else."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _matroska(head[:HEAD_BYTES])
    kind, brand = head[4:8], head[8:12]
    if kind == b"ftyp" and len(brand) == 4 and brand not in _STILL_OR_SOUND:
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    return "video/quicktime" if kind in _BARE_QUICKTIME else None


def _matroska(head: bytes) -> MediaType | None:
    if b"webm" in head:
        return "video/webm"
    return "video/x-matroska" if b"matroska" in head else None
