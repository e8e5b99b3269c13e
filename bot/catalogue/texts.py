"""What a text is, and how its facts are put in.

Rule: a text comes from us and a fact from anywhere: a fact is never read as a text.
"""

import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from bot.domain.money import Micros, show_dollars


class CatalogueError(Exception):
    """A key that does not exist, or a fact that is missing: a defect of ours."""


@dataclass(frozen=True, slots=True)
class Plural:
    """A text in its forms: those that the language has, `other` always."""

    by: str
    """The fact that decides: a whole number."""
    other: str
    one: str | None = None
    few: str | None = None
    many: str | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """All that are there."""
        return tuple(form for form in (self.one, self.few, self.many, self.other) if form)

    def form(self, language: str, count: int) -> str:
        """The one that goes with a number."""
        category = _russian(count) if language == "ru" else _simple(count)
        return cast("str | None", getattr(self, category)) or self.other


Text = str | Plural


def fill(text: Text, facts: Mapping[str, object], *, language: str) -> str:
    """The text with its facts in place. Raises CatalogueError."""
    if isinstance(text, Plural):
        count = facts.get(text.by)
        if not isinstance(count, int):
            raise CatalogueError(f"no number of {text.by}")
        text = text.form(language, count)
    try:
        return _FORMATTER.vformat(text, (), facts)
    except (KeyError, IndexError) as error:
        raise CatalogueError(f"no fact {error} for: {text}") from None


def placeholders(text: Text) -> frozenset[str]:
    """The facts that a text needs."""
    if isinstance(text, Plural):
        return frozenset({text.by}).union(*(placeholders(form) for form in text.forms))
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


class _Formatter(string.Formatter):
    """`str.format` with our ways to show a fact, and without a way into its attributes."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        if not field_name.isidentifier():
            raise CatalogueError(f"not a fact's name: {field_name}")
        return super().get_field(field_name, args, kwargs)

    def format_field(self, value: Any, format_spec: str) -> str:
        try:
            shown = _SHOWN[format_spec]
        except KeyError:
            raise CatalogueError(f"not a way to show a fact: {format_spec}") from None
        return shown(value)


def _money(value: Any) -> str:
    return show_dollars(Micros(value))


def _stamp(style: str) -> Callable[[Any], str]:
    def stamp(value: datetime) -> str:
        return f"<t:{int(value.timestamp())}:{style}>"

    return stamp


def _bytes(value: Any) -> str:
    size, unit = (value / 2**30, "GiB") if value >= 2**30 else (value / 2**20, "MiB")
    return f"{size:.1f}".removesuffix(".0") + f"\N{NO-BREAK SPACE}{unit}"


def _list(value: Iterable[object]) -> str:
    return ", ".join(str(each) for each in value)


_SHOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "": str,
    "money": _money,
    "ago": _stamp("R"),
    "day": _stamp("D"),
    "moment": _stamp("f"),
    "bytes": _bytes,
    "list": _list,
}
_FORMATTER: Final = _Formatter()


def _simple(count: int) -> str:
    return "one" if count == 1 else "other"


def _russian(count: int) -> str:
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:
        return "one"
    if ones in {2, 3, 4} and tens not in {12, 13, 14}:
        return "few"
    return "many"
