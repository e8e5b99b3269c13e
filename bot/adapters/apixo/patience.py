"""How long the provider asks us to wait.

Rule: what it writes there is bounded, and what cannot be read is no answer rather than an error.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST: Final = timedelta(hours=1)
"""One strange header must not silence the bot for a day; a limit that lasts is said again."""


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read as seconds or as a date. None where it is neither, or already past: then we choose."""
    text = headers.get("Retry-After", "").strip()
    wait = _seconds(text) if text.isascii() and text.isdigit() else _until(text, now)
    if wait is None or wait <= timedelta():
        return None
    return min(wait, _LONGEST)


def _seconds(digits: str) -> timedelta:
    return _LONGEST if len(digits) > 8 else timedelta(seconds=int(digits))


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(text)
        # HTTP knows no other zone than Greenwich's.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, OverflowError):
        return None
