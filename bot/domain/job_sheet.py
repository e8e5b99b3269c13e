"""The jobs of a month as rows of a spreadsheet: one column for each thing that is known of a job.

Rule: whatever people typed passes `safe_cell`, and an address leaves its secrets behind: what stands
after a question mark is a signature or somebody's key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from bot.domain.cells import money_cell, safe_cell
from bot.domain.ids import UserId
from bot.domain.report import JobLine

KNOWN: Final = (
    *("number", "time", "member", "member_name", "model", "mode", "state"),
    *("charged", "refunded", "pool", "price", "cause", "prompt"),
)
"""What every job has. `charged` was settled, `refunded` went back to its member, `pool` is what the
server's pool has paid in the end, `price` is what was held."""
OTHER: Final = "other"
"""Options that no model has today, as JSON."""
_NOT_OPTIONS: Final = frozenset({"mode", "prompt"})


@dataclass(frozen=True, slots=True)
class JobSheet:
    """How jobs become rows."""

    zone: ZoneInfo
    names: Mapping[UserId, str]
    """Of members, where they are known."""
    options: Sequence[str]
    """Of all models."""

    @property
    def header(self) -> list[str]:
        """The names of the columns; they are the same in every language, for formulas to rely on."""
        return [*KNOWN, *self.options, OTHER]

    def row(self, line: JobLine) -> list[str]:
        """One job."""
        request = _read(line.request)
        given = {name: it for name, it in request.items() if name not in _NOT_OPTIONS}
        rest = {name: it for name, it in given.items() if name not in self.options}
        return [
            str(line.number),
            line.at.astimezone(self.zone).isoformat(timespec="seconds"),
            f"<@{line.member}>",  # a bare number of so many digits would be rounded
            safe_cell(self.names.get(line.member, "")),
            safe_cell(line.model),
            safe_cell(line.mode),
            line.state.value,
            money_cell(line.charged),
            money_cell(line.refunded),
            money_cell(line.pool),
            money_cell(line.price),
            line.cause.value if line.cause else "",
            safe_cell(str(request.get("prompt", ""))),
            *(safe_cell(_shown(name, given.get(name))) for name in self.options),
            safe_cell(json.dumps(rest, ensure_ascii=False)) if rest else "",
        ]


def _read(request: str) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(request)
    return written


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):  # an image
        image = cast("dict[str, Any]", value)
        return _address(str(image.get("url", "")))
    if isinstance(value, str):
        return _address(value) if value.startswith(("http://", "https://")) else value
    if name == "seed" and value <= 0:
        return ""  # left to chance
    return str(value)


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return ""
