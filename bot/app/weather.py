"""What Discord and the network do now and then, told in one line: nobody here can mend it.

The library writes a whole traceback for every try to come back, which buries the log of an evening.

Rule: what nobody expected keeps its traceback.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord

_LIBRARY: Final = "discord.client"
_LONGEST: Final = 200


def reason_of(error: BaseException) -> str | None:
    """Why Discord is away, in a few words; None where that is not what happened."""
    # A first connection that fails ends in a defect of the library; what it met is the context.
    if isinstance(error, AttributeError) and error.__context__ is not None:
        error = error.__context__
    if isinstance(error, discord.HTTPException):
        # Its text quotes the whole page of whoever stands in between.
        return f"HTTP {error.status}" if error.status >= 500 or error.status == 429 else None
    away = (OSError, aiohttp.ClientError, discord.GatewayNotFound, discord.ConnectionClosed)
    if not isinstance(error, away):
        return None
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}"[:_LONGEST] if said else type(error).__name__


@contextmanager
def told_briefly() -> Generator[None]:
    """For a block, the library's own lines are as short."""
    logger = logging.getLogger(_LIBRARY)
    logger.addFilter(_shorten)
    try:
        yield
    finally:
        logger.removeFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    reason = reason_of(error) if error is not None else None
    if reason is not None:
        record.msg, record.args = f"{record.getMessage()}: %s", (reason,)
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True
