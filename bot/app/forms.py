"""What somebody filled in, read from the submission alone.

discord.py ties a form to the object that opened it, which a restart loses. Ours are found by their
custom id like buttons.

Rule: a field that was left empty is absent; what is there is members' text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a submitted form, by their custom ids."""

    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Text inputs, and the one choice of radio groups."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Selects and checkbox groups."""
    ticks: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Single checkboxes."""
    files: Mapping[str, tuple[discord.Attachment, ...]] = field(
        default_factory=dict[str, tuple[discord.Attachment, ...]]
    )


def read_form(interaction: discord.Interaction[Any]) -> Form:
    """Reads a modal's submission."""
    data: Mapping[str, Any] = interaction.data or {}
    sent: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    texts, choices = dict[str, str](), dict[str, tuple[str, ...]]()
    ticks, files = dict[str, bool](), dict[str, tuple[discord.Attachment, ...]]()
    for name, part in _fields(data.get("components", [])):
        value, values = part.get("value"), part.get("values")
        if isinstance(value, bool):
            ticks[name] = value
        elif value:
            texts[name] = str(value)
        elif values and part.get("type") == discord.ComponentType.file_upload.value:
            files[name] = tuple(
                _attachment(interaction, sent[each]) for each in values if each in sent
            )
        elif values:
            choices[name] = tuple(values)
    return Form(texts, choices, ticks, files)


def _fields(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"], component
        yield from _fields(component.get("components", []))
        if "component" in component:
            yield from _fields([component["component"]])


def _attachment(interaction: discord.Interaction[Any], data: Any) -> discord.Attachment:
    # The library makes its own attachments from nothing else.
    state = interaction._state  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - see above
    return discord.Attachment(data=data, state=state)
