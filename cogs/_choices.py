"""What is offered while somebody types.

Rule: Discord takes 25 choices with names of 100 characters, and not one when there is more; so what is
beyond is left out.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeVar

from discord.app_commands import Choice

T = TypeVar("T", str, int)

MOST_CHOICES: Final = 25
_LONGEST_NAME: Final = 100


def choices(named: Iterable[tuple[str, T]]) -> list[Choice[T]]:
    """A choice for each name and its value, the first of them first."""
    first = islice(named, MOST_CHOICES)
    return [Choice(name=name[:_LONGEST_NAME], value=value) for name, value in first]
