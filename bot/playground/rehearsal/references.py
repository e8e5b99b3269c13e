"""Fetches what a request points to, as the provider would: the images and the LoRAs.

Rule: only addresses on this machine are asked. The rest of the world is trusted, because a rehearsal
must work without it.
"""

from collections.abc import Callable
from typing import Final

from aiohttp import ClientError, ClientSession

from bot.playground.rehearsal.inputs import ModelInput
from bot.playground.rehearsal.order import is_loopback

LARGEST_IMAGE: Final = 10 * 1024 * 1024
GLANCE: Final = 64


class References:
    """Looks at the addresses of an order."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    async def problem(self, order: ModelInput) -> str:
        """The fail code of the first address that is no good; empty when all are."""
        for url in order.image_urls or ():
            if code := await self._try(url, "ImageNotAccess", _image_problem):
                return code
        for lora in order.styles:
            if code := await self._try(lora.path, "INVALID_LORA_URL", _lora_problem):
                return code
        return ""

    async def _try(self, url: str, gone: str, judge: Callable[[int, bytes], str]) -> str:
        if not is_loopback(url):
            return ""
        try:
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status not in {200, 206}:
                    return gone
                size, head = 0, b""
                async for chunk in response.content.iter_chunked(65_536):
                    size += len(chunk)
                    head = head or chunk[:GLANCE]
                    if size > LARGEST_IMAGE:
                        break
                return judge(size, head)
        except (ClientError, TimeoutError):
            return gone


def _image_problem(size: int, head: bytes) -> str:
    if size > LARGEST_IMAGE:
        return "InvalidImageSize"
    known = head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return "" if known or webp else "ImageFormatIncorrect"


def _lora_problem(size: int, head: bytes) -> str:
    return "" if size and not head.lstrip().startswith(b"<") else "INVALID_LORA_URL"
