"""Images that videos start from: checked before anything else, and kept on the job's own message.

Type and size are checked by what Discord says of the file; once the bytes are here, by those.

A slash command's attachment is gone after a while. So its bytes are put on the waiting message, from
where the postman carries them to the result, and *Again* finds them there with a fresh address.

Rule: the provider gets Discord's own address of the image.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, get_args

import discord

from bot.app import CUT_OFF, Clapper
from bot.cards import kind_of, picture_name
from bot.domain.errors import RequestRefusedError
from bot.domain.video import LARGEST_PICTURE_BYTES, Picture, PictureType, VideoRequest
from bot.log import get_logger

_TYPES: Final[tuple[PictureType, ...]] = get_args(PictureType)
_UNREACHABLE: Final = frozenset({403, 404, 410})
_INVALID_FORM: Final = 50035
"""Among else: a card that shows a file which its message does not hold."""
_OTHERS: Final = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"%PDF", b"PK\3\4", b"\x1aE\xdf\xa3", b"<")
"""How GIF, BMP, TIFF, PDF, ZIP, WebM and pages begin."""
_PATIENCE_SECONDS: Final = 10.0
"""For one image. Its maker sees the answer already, and money waits to be held."""


def picture_of(option: str, attachment: discord.Attachment) -> Picture:
    """What was attached as an option. Raises RequestRefusedError."""
    kind = kind_of(attachment)
    media_type: PictureType | None = next((known for known in _TYPES if known == kind), None)
    if media_type is None:
        raise RequestRefusedError(option, "image_type", choices=_TYPES)
    if attachment.size > LARGEST_PICTURE_BYTES:
        raise RequestRefusedError(option, "image_large", largest_bytes=LARGEST_PICTURE_BYTES)
    if attachment.size <= 0:
        raise RequestRefusedError(option, "image_empty")
    return Picture(url=attachment.url, media_type=media_type, size_bytes=attachment.size)


def with_pictures(options: Mapping[str, object]) -> dict[str, object]:
    """The same options with every attachment looked at."""
    return {
        name: picture_of(name, value) if isinstance(value, discord.Attachment) else value
        for name, value in options.items()
    }


def pictures_in(request: VideoRequest) -> dict[str, Picture]:
    """The images of a request by their options, in the order people meet them."""
    return {name: it for name, it in request.given().items() if isinstance(it, Picture)}


def picture_names(request: VideoRequest) -> list[str]:
    """What the images are called on the waiting message."""
    pictures = enumerate(pictures_in(request).values(), start=1)
    return [picture_name(nth, picture.media_type) for nth, picture in pictures]


async def files_for(bot: Clapper, request: VideoRequest) -> list[discord.File]:
    """The images' bytes, to be attached to one message. Raises RequestRefusedError where one is no
    longer there, or is another kind of file than its name says: the provider would fare no better.

    All of them, or none where one cannot be had at present: the provider goes another way to it.
    """
    files: list[discord.File] = []
    names = picture_names(request)
    for name, (option, picture) in zip(names, pictures_in(request).items(), strict=True):
        body = await _body(bot, option, picture)
        if body is None:
            return []
        files.append(discord.File(io.BytesIO(body), name))
    return files


async def _body(bot: Clapper, option: str, picture: Picture) -> bytes | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            body = await bot.http.get_from_cdn(picture.url)
    except discord.HTTPException as error:
        if error.status in _UNREACHABLE:
            raise RequestRefusedError(option, "image_gone") from error
        why = str(error.status)
    except (TimeoutError, *CUT_OFF) as error:
        why = type(error).__name__
    else:
        if _is_another(body):
            raise RequestRefusedError(option, "image_type", choices=_TYPES)
        return body
    get_logger(__name__).info("An image is not kept on the message", why=why)
    return None


def _is_another(body: bytes) -> bool:
    """Whether the first bytes are those of a file that no model takes, whatever it is called: phones
    and browsers name images so. What nobody knows is the provider's to judge.
    """
    if body.startswith(b"RIFF"):
        return body[8:12] != b"WEBP"
    return body[4:8] == b"ftyp" or body.lstrip().startswith(_OTHERS)


async def show_with(names: Sequence[str], show: Callable[[Sequence[str]], Awaitable[None]]) -> None:
    """A card with the images that its message should hold; without where it does not hold them."""
    try:
        await show(names)
    except discord.HTTPException as error:
        if not names or error.code != _INVALID_FORM:
            raise
        await show(())
