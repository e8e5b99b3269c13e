"""How moments lie in the books.

Rule: integer microseconds since 1970, UTC; never a local time, never a float.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def stamp(moment: datetime) -> int:
    """A moment as the books hold it."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(stamped: int) -> datetime:
    """The moment that the books hold."""
    return _EPOCH + timedelta(microseconds=stamped)


def moment_or_none(stamped: int | None) -> datetime | None:
    """The same where there may be none."""
    return None if stamped is None else moment(stamped)
