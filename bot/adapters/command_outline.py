"""What can be told of commands that somebody lists: their names, down to their options.

Rule: nothing else is compared. Discord adds to the rest, and leaves out of it what it takes for given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, TypeAdapter

_SLASH: Final = 1
_OURS: Final = frozenset({_SLASH, 2, 3})
"""Commands and both kinds of menu. Discord itself may add another for an application."""
_BRANCHES: Final = frozenset({1, 2})
"""Options that are subcommands or groups of them."""

Outline = Mapping[str, Sequence[str]]
"""The names of all that can be used, each with those of its options, in order."""


class Listed(BaseModel):
    """A command, or an option of one."""

    name: str = ""
    type: int = _SLASH
    options: "list[Listed] | None" = None


COMMANDS: Final = TypeAdapter(list[Listed])


class Told(BaseModel):
    """What Discord was told, and for which server alone."""

    server: int | None
    commands: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """How what is there differs from what should be there: by names."""

    missing: Sequence[str]
    strange: Sequence[str]
    """Nobody sent them."""
    changed: Sequence[str]
    """They have other options."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.missing or self.strange or self.changed)


def outline(commands: Sequence[Listed]) -> dict[str, list[str]]:
    """All that can be used."""
    return dict(
        leaf
        for command in commands
        if command.type in _OURS
        for leaf in _leaves(_shown(command), command.options or [])
    )


def differences(wanted: Outline, there: Outline) -> Difference:
    """Compares two outlines."""
    both = wanted.keys() & there.keys()
    return Difference(
        missing=sorted(wanted.keys() - both),
        strange=sorted(there.keys() - both),
        changed=sorted(name for name in both if list(wanted[name]) != list(there[name])),
    )


def _shown(command: Listed) -> str:
    return f"/{command.name}" if command.type == _SLASH else command.name


def _leaves(path: str, options: Sequence[Listed]) -> Iterator[tuple[str, list[str]]]:
    branches = [option for option in options if option.type in _BRANCHES]
    if not branches:
        yield path, sorted(option.name for option in options)
    for branch in branches:
        yield from _leaves(f"{path} {branch.name}", branch.options or [])
