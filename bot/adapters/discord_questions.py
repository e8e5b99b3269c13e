"""Questions to Discord from whoever is not logged in there.

Rule: whatever keeps an answer from coming is a value that says so in words; the token is in none of
them, and no redirect carries it elsewhere.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import aiohttp
import discord
from discord.http import Route
from pydantic import SecretStr, TypeAdapter

from bot.adapters.impatient import ImpatientResolver

LARGEST_ANSWER: Final = 16 * 1024 * 1024
_AGENT: Final = f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})"
"""As the library says it: the wall before Discord may turn away who does not say such a thing."""
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer that can be used."""

    why: str
    status: int | None = None
    """What Discord answered instead, if it did."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks until a deadline that all questions share. Made by `open_questions`."""

    session: aiohttp.ClientSession
    base: str
    token: SecretStr
    deadline: float
    """A moment of the event loop's clock."""

    async def ask(
        self, path: str, answer: TypeAdapter[_Answer], **query: str
    ) -> _Answer | Unanswered:
        """What Discord says there."""
        headers = {"Authorization": f"Bot {self.token.get_secret_value()}", "User-Agent": _AGENT}
        try:
            async with (
                asyncio.timeout_at(self.deadline),
                self.session.get(
                    self.base + path, params=query, headers=headers, allow_redirects=False
                ) as response,
            ):
                if response.status != 200:
                    return _refusal(response)
                return answer.validate_json(await _bounded(response))
        except TimeoutError:
            return Unanswered("Discord does not answer in time.")
        except aiohttp.ClientConnectorError:
            return Unanswered("There is no connection to Discord.")
        except (aiohttp.ClientError, OSError, ValueError):
            # pydantic's are among the last, and would quote what was said.
            return Unanswered("Discord's answer breaks off, or cannot be read.")


@asynccontextmanager
async def open_questions(
    token: SecretStr, api_url: str | None, *, seconds: float
) -> AsyncGenerator[Questions]:
    """For so many seconds. Without an address, Discord's own is asked."""
    deadline = asyncio.get_running_loop().time() + seconds
    connector = aiohttp.TCPConnector(resolver=ImpatientResolver())
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        yield Questions(session, api_url or Route.BASE, token, deadline)


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise ValueError("an endless answer")
    return bytes(body)


def _refusal(response: aiohttp.ClientResponse) -> Unanswered:
    status = response.status
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        given = wait.isascii() and wait.isdigit() and len(wait) < 7
        after = f" for {int(wait)} seconds" if given else ""
        return Unanswered(f"Discord asks to wait{after}.", status)
    if status >= 500:
        return Unanswered(f"Discord is not well: it answers {status}.", status)
    return Unanswered(f"Discord does not answer this: {status}.", status)
