"""The shapes that travel: JSON objects as plain dictionaries.

Rule: `Any` stands for foreign JSON and for nothing else.
"""

from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""One JSON object as it came or as it will go."""
Jsons: TypeAlias = list[Json]
"""A list of them."""


def stamp(moment: float) -> str:
    """A time as Discord writes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def as_json(value: object) -> Json:
    """The value as a JSON object; anything else counts as an empty one."""
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def as_jsons(value: object) -> Jsons:
    """The JSON objects of a list; anything else counts as an empty list."""
    if not isinstance(value, list):
        return []
    things: list[object] = value  # pyright: ignore[reportUnknownVariableType]
    return [as_json(thing) for thing in things]


def without_nones(body: Json) -> Json:
    """The same object without the keys that hold null: Discord leaves those away."""
    return {key: value for key, value in body.items() if value is not None}
