"""What stands in the way of a message, read from what discord.py raises.

Rule: only Discord's own word closes a way. A 5xx, a lost connection, a wall in between: later.
"""

from collections.abc import Generator
from contextlib import contextmanager
from enum import Enum
from typing import Final

import aiohttp
import discord

from bot.domain.errors import PostponedError


class Obstacle(Enum):
    """Why this message does not stand there."""

    LARGE = "large"
    """Too large as it is."""
    RIGHTS = "rights"
    """The bot may not do this here. Something simpler may be allowed."""
    CLOSED = "closed"
    """Nothing can be posted there: it is gone, locked, or takes nothing from us."""


class ObstacleError(Exception):
    """This way is no way."""

    def __init__(self, obstacle: Obstacle, why: str) -> None:
        super().__init__(why)
        self.obstacle = obstacle


_TOO_LARGE: Final = 40005
_MISSING_PERMISSIONS: Final = 50013
_LATER: Final = frozenset({401, 408, 425, 429})


@contextmanager
def judged(client: discord.Client) -> Generator[None]:
    """Turns what the library raises into PostponedError or ObstacleError."""
    try:
        yield
    except discord.HTTPException as error:
        raise _judge(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError, discord.RateLimited) as error:
        raise PostponedError(type(error).__name__) from error
    except RuntimeError as error:
        if not client.is_closed():
            raise
        raise PostponedError("the client was closed") from error


def _judge(error: discord.HTTPException) -> Exception:
    why = f"{error.status} {error.code}"
    # An error of Discord's own has a code. What has none comes from whatever stands before it.
    nobodys = error.code == 0 and error.status != 413
    if error.status >= 500 or error.status in _LATER or nobodys:
        return PostponedError(why)
    if error.status == 413 or error.code == _TOO_LARGE:
        return ObstacleError(Obstacle.LARGE, why)
    if error.code == _MISSING_PERMISSIONS:
        return ObstacleError(Obstacle.RIGHTS, why)
    return ObstacleError(Obstacle.CLOSED, why)
