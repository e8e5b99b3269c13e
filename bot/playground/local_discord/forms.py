"""Collects what is wrong with a body, as the tree that Discord answers with.

Rule: all faults are told at once, each at its own place in the body.
"""

from collections.abc import Collection, Iterable
from typing import TypeAlias

from bot.playground.local_discord.refusals import Refusal
from bot.playground.local_discord.wire import Json, as_json

Place: TypeAlias = tuple[str | int, ...]
"""The way to a field, from the top of the body."""


class Form:
    """One body under examination."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def wrong(self, place: Place, code: str, message: str) -> None:
        """Notes one fault."""
        node = self._errors
        for step in place:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def done(self) -> None:
        """Refuses the body if anything was wrong with it."""
        if self._errors:
            raise Refusal(400, 50035, "Invalid Form Body", errors=_pruned(self._errors))

    def text(
        self, body: Json, key: str, place: Place, *, low: int = 0, high: int, needed: bool = False
    ) -> str | None:
        """A string of a length between two bounds. None where there is none."""
        value = body.get(key)
        here = (*place, key)
        if value is None:
            if needed:
                self.required(here)
            return None
        if not isinstance(value, str):
            self.wrong(here, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        self.length(len(value), here, low=low, high=high)
        return value

    def number(
        self, body: Json, key: str, place: Place, *, low: int, high: int, needed: bool = False
    ) -> int | None:
        """An integer between two bounds. None where there is none."""
        value = body.get(key)
        here = (*place, key)
        if value is None:
            if needed:
                self.required(here)
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(here, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if value < low:
            words = f"int value should be greater than or equal to {low}."
            self.wrong(here, "NUMBER_TYPE_MIN", words)
        elif value > high:
            words = f"int value should be less than or equal to {high}."
            self.wrong(here, "NUMBER_TYPE_MAX", words)
        return value

    def things(
        self, body: Json, key: str, place: Place, *, low: int = 0, high: int, needed: bool = False
    ) -> list[Json]:
        """A list of objects, of a length between two bounds. Empty where there is none."""
        value = body.get(key)
        here = (*place, key)
        if value is None:
            if needed:
                self.required(here)
            return []
        if not isinstance(value, list):
            self.wrong(here, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        found: list[object] = value  # pyright: ignore[reportUnknownVariableType]
        self.length(len(found), here, low=low, high=high)
        for index, thing in enumerate(found):
            if not isinstance(thing, dict):
                words = "Only dictionaries may be used in a DictType"
                self.wrong((*here, index), "DICT_TYPE_CONVERT", words)
        return [as_json(thing) for thing in found]

    def choice(
        self, value: object, place: Place, options: Collection[object], *, needed: bool = True
    ) -> bool:
        """Whether the value is one of few; if not, that is wrong."""
        if value is None and not needed:
            return True
        if value is None:
            self.required(place)
            return False
        if value not in options:
            listed = ", ".join(str(option) for option in options)
            self.wrong(place, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
            return False
        return True

    def required(self, place: Place) -> None:
        """Notes that a field is missing."""
        self.wrong(place, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, length: int, place: Place, *, low: int, high: int) -> None:
        """Notes a length that is out of bounds."""
        if low <= length <= high:
            return
        if low and high:
            words = f"Must be between {low} and {high} in length."
            self.wrong(place, "BASE_TYPE_BAD_LENGTH", words)
        else:
            self.wrong(place, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")

    def unique(self, names: Iterable[tuple[Place, str]], code: str, message: str) -> None:
        """Notes each name that was there before."""
        seen: set[str] = set()
        for place, name in names:
            if name in seen:
                self.wrong(place, code, message)
            seen.add(name)


def _pruned(node: Json) -> Json:
    """Where a field itself is wrong, Discord does not look into it."""
    if "_errors" in node:
        return {"_errors": node["_errors"]}
    return {step: _pruned(below) for step, below in node.items()}
