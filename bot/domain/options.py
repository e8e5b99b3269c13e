"""What can be said about a request's options without knowing its model.

Rule: everything is read from the request class. There is no second place that could disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from bot.domain.video import VideoRequest

Kind = Literal["text", "address", "choice", "whole", "number", "flag", "image"]


@dataclass(frozen=True, slots=True)
class Option:
    """One field of a request: what it takes."""

    name: str
    kind: Kind
    default: object = None
    """None where nothing is chosen unless a person chooses it."""
    choices: tuple[str | int, ...] = ()
    """All that it takes, where the provider has a list."""
    lowest: float | None = None
    highest: float | None = None
    """Bounds of a number."""
    longest: int | None = None
    """Unicode code points of a text."""

    def facts(self) -> dict[str, object]:
        """The limits that a sentence about it may want to name."""
        limits = {"lowest": self.lowest, "highest": self.highest, "longest": self.longest}
        facts: dict[str, object] = {name: it for name, it in limits.items() if it is not None}
        return {"choices": self.choices, **facts} if self.choices else facts


@cache
def options(request: type[VideoRequest]) -> Mapping[str, Option]:
    """Every option of a request class, its mode left out."""
    return MappingProxyType(
        {
            name: _option(name, field)
            for name, field in request.model_json_schema()["properties"].items()
            if name != "mode"
        }
    )


def _option(name: str, field: Mapping[str, Any]) -> Option:
    """From JSON Schema, the one description of a field that pydantic promises to keep."""
    alternatives: list[dict[str, Any]] = field.get("anyOf", [field])
    [schema] = [one for one in alternatives if one.get("type") != "null"]
    choices = tuple(schema.get("enum", [schema["const"]] if "const" in schema else []))
    return Option(
        name,
        "choice" if choices else _kind(schema),
        default=field.get("default"),
        choices=choices,
        lowest=schema.get("minimum"),
        highest=schema.get("maximum"),
        longest=schema.get("maxLength"),
    )


def _kind(schema: Mapping[str, Any]) -> Kind:
    if "$ref" in schema:
        return "image"
    if schema.get("format") == "uri":
        return "address"
    kinds: dict[str, Kind] = {
        "string": "text",
        "integer": "whole",
        "number": "number",
        "boolean": "flag",
    }
    return kinds[schema["type"]]
