"""The files that Discord keeps, and the addresses under which it gives them out.

Rule: an address is signed and dies after a day; each look at a message makes a fresh one.
"""

import asyncio
import hashlib
import hmac
import mimetypes
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from bot.playground.local_discord.clock import Clock
from bot.playground.local_discord.messages import Attachment
from bot.playground.local_discord.pictures import measure
from bot.playground.local_discord.snowflakes import Snowflakes

LIFE_SECONDS: Final = 24 * 60 * 60
UNKNOWN_TYPE: Final = "application/octet-stream"
_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_PATH: Final = re.compile(r"^/(?:ephemeral-)?attachments/\d+/(\d+)/[^/]+$")


class Files:
    """Keeps files in a folder, or in memory where no folder is given."""

    def __init__(self, clock: Clock, ids: Snowflakes, *, folder: Path | None = None) -> None:
        self.origin = "http://127.0.0.1"
        """Where the CDN listens; the server says so when it starts."""
        self._clock = clock
        self._ids = ids
        self._folder = folder
        self._memory: dict[int, bytes] = {}
        self._known: dict[int, Attachment] = {}
        self.secret = secrets.token_bytes(16)
        """Signs the addresses."""

    async def store(
        self,
        name: str,
        body: bytes,
        *,
        channel_id: int,
        content_type: str | None = None,
        description: str | None = None,
        ephemeral: bool = False,
    ) -> Attachment:
        """Takes a file in."""
        looked = measure(body)
        width, height = (looked[1] if looked else None) or (None, None)
        attachment = Attachment(
            self._ids.next(),
            channel_id,
            plain_name(name),
            len(body),
            # Clients send files as mere bytes: Discord looks for itself.
            looked[0] if looked else type_by_name(name) or content_type or UNKNOWN_TYPE,
            width=width,
            height=height,
            description=description,
            ephemeral=ephemeral,
        )
        if self._folder is None:
            self._memory[attachment.id] = body
        else:
            await asyncio.to_thread(self._write, self._path(attachment.id), body)
        self._known[attachment.id] = attachment
        return attachment

    async def read(self, attachment: Attachment) -> bytes:
        """The bytes of a file."""
        if self._folder is None:
            return self._memory[attachment.id]
        return await asyncio.to_thread(self._path(attachment.id).read_bytes)

    def list_known(self) -> list[Attachment]:
        """Every file."""
        return list(self._known.values())

    def take_back(self, secret: bytes, files: Iterable[Attachment]) -> None:
        """Knows what an earlier life knew. The bytes lie in the same folder."""
        self.secret = secret
        self._known = {file.id: file for file in files}

    def find(self, attachment_id: int) -> Attachment | None:
        """The file with that id."""
        return self._known.get(attachment_id)

    def named_by(self, url: str) -> Attachment | None:
        """The file that an address of ours points to, whether or not the address still works."""
        found = _PATH.match(urlsplit(url).path) if url.startswith(self.origin) else None
        return self.find(int(found[1])) if found else None

    def address(self, attachment: Attachment) -> str:
        """A fresh address."""
        now = self._clock.now()
        made, ends = f"{int(now):x}", f"{int(now + LIFE_SECONDS):x}"
        kind = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        name = quote(attachment.filename)
        path = f"/{kind}/{attachment.channel_id}/{attachment.id}/{name}"
        signed = self._sign(attachment.id, made, ends)
        return f"{self.origin}{path}?ex={ends}&is={made}&hm={signed}&"

    def admits(self, attachment: Attachment, *, made: str, ends: str, signature: str) -> bool:
        """Whether an address is ours and still alive."""
        good = self._sign(attachment.id, made, ends).encode()
        if not hmac.compare_digest(good, signature.encode()):
            return False
        return self._clock.now() < int(ends, 16)

    def _sign(self, attachment_id: int, made: str, ends: str) -> str:
        text = f"{attachment_id}:{made}:{ends}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()

    def _path(self, attachment_id: int) -> Path:
        assert self._folder is not None
        return self._folder / str(attachment_id)

    @staticmethod
    def _write(path: Path, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def plain_name(name: str) -> str:
    """The name under which Discord keeps a file: blanks become underscores, oddities go."""
    return _STRANGE.sub("_", name).strip("_") or "unknown"


def type_by_name(name: str) -> str | None:
    """A content type guessed from the ending."""
    return mimetypes.guess_type(name)[0]
