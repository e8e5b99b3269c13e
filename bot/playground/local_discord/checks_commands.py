"""What Discord accepts as an application command, written out as Discord keeps it.

Rule: the limits are Discord's; the client library checks almost none of them.
"""

import re
from collections.abc import Collection
from enum import IntEnum
from typing import Any, Final

from bot.playground.local_discord.forms import Form, Place
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons, without_nones

MAX_SIZE: Final = 8000
MAX_OPTIONS: Final = 25
MAX_TEXT_OPTION: Final = 6000
_NAME: Final = re.compile(r"[-_'\w]{1,32}")


class OptionType(IntEnum):
    """Discord's option types."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


class CommandType(IntEnum):
    """Discord's command types."""

    SLASH = 1
    USER_MENU = 2
    MESSAGE_MENU = 3


BRANCHES: Final = frozenset({OptionType.SUBCOMMAND, OptionType.GROUP})
NUMBERS: Final = frozenset({OptionType.INTEGER, OptionType.NUMBER})
CHOOSABLE: Final = NUMBERS | {OptionType.STRING}
_LEAVES: Final = frozenset(OptionType) - BRANCHES
_BELOW: Final[dict[int, Collection[int]]] = {
    OptionType.GROUP: (OptionType.SUBCOMMAND,),
    OptionType.SUBCOMMAND: _LEAVES,
}


def read_command(form: Form, raw: Json, place: Place = ()) -> Json:
    """One command as Discord keeps it, without the ids."""
    kind = raw.get("type") or CommandType.SLASH
    form.choice(kind, (*place, "type"), tuple(CommandType))
    slash = kind == CommandType.SLASH
    kept: Json = {"type": int(kind), **_names(form, raw, place, slash=slash)}
    if slash:
        kept["options"] = _options(form, raw, place, allowed=tuple(OptionType))
    elif raw.get("options"):
        words = "Context menu commands cannot have options"
        form.wrong((*place, "options"), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", words)
    kept |= _where(form, raw, place)
    if _size(kept) > MAX_SIZE:
        words = f"Command exceeds maximum size ({MAX_SIZE})"
        form.wrong(place, "APPLICATION_COMMAND_TOO_LARGE", words)
    return kept


def _where(form: Form, raw: Json, place: Place) -> Json:
    rights = raw.get("default_member_permissions")
    if rights is not None and not str(rights).isdigit():
        words = f'Value "{rights}" is not int.'
        form.wrong((*place, "default_member_permissions"), "NUMBER_TYPE_COERCE", words)
    contexts, kinds = raw.get("contexts"), raw.get("integration_types")
    return {
        "default_member_permissions": None if rights is None else str(rights),
        "contexts": contexts,
        "integration_types": kinds or [0],
        "dm_permission": raw.get("dm_permission") is not False
        and (contexts is None or 1 in contexts),
        "nsfw": bool(raw.get("nsfw")),
    }


def _names(form: Form, raw: Json, place: Place, *, slash: bool) -> Json:
    name = form.text(raw, "name", place, low=1, high=32, needed=True) or ""
    _good_name(form, name, (*place, "name"), slash=slash)
    if slash:
        description = form.text(raw, "description", place, low=1, high=100, needed=True) or ""
    else:
        description = raw.get("description") or ""
        if description:
            words = "Context menu commands cannot have description"
            code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET"
            form.wrong((*place, "description"), code, words)
    names = _translations(form, raw, place, "name", 32)
    for locale, translated in (names or {}).items():
        _good_name(form, translated, (*place, "name_localizations", locale), slash=slash)
    descriptions = _translations(form, raw, place, "description", 100)
    return {
        "name": name,
        "name_localizations": names,
        "description": description,
        "description_localizations": descriptions,
    }


def _translations(form: Form, raw: Json, place: Place, key: str, high: int) -> Json | None:
    given = raw.get(f"{key}_localizations")
    if not isinstance(given, dict):
        return None
    found: Json = as_json(given)  # pyright: ignore[reportUnknownArgumentType]
    for locale in found:
        form.text(found, locale, (*place, f"{key}_localizations"), low=1, high=high)
    return found


def _good_name(form: Form, name: str, place: Place, *, slash: bool) -> None:
    if slash and name and (not _NAME.fullmatch(name) or name != name.lower()):
        form.wrong(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _options(form: Form, raw: Json, place: Place, *, allowed: Collection[int]) -> Jsons:
    given = form.things(raw, "options", place, high=MAX_OPTIONS)
    here = (*place, "options")
    kept = [_option(form, option, (*here, i), allowed) for i, option in enumerate(given)]
    branches = [option["type"] in BRANCHES for option in kept]
    if any(branches) and not all(branches):
        words = "Sub-command and sub-command group option types are mutually exclusive"
        words += " to all other types"
        at = branches.index(not branches[0])
        form.wrong((*here, at), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
    names = [((*here, i, "name"), str(option["name"])) for i, option in enumerate(kept)]
    words = "Option names must be unique"
    form.unique(names, "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", words)
    _required_first(form, kept, here)
    return kept


def _required_first(form: Form, options: Jsons, place: Place) -> None:
    optional = False
    for index, option in enumerate(options):
        if option["type"] in BRANCHES:
            continue
        if option.get("required") and optional:
            words = "Required options must be placed before non-required options"
            form.wrong((*place, index), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        optional = optional or not option.get("required")


def _option(form: Form, raw: Json, place: Place, allowed: Collection[int]) -> Json:
    kind = raw.get("type")
    names = _names(form, raw, place, slash=True)
    if not form.choice(kind, (*place, "type"), allowed):
        return {"type": 0, **names}
    kept: Json = {"type": int(kind or 0), **names}
    if kind in BRANCHES:
        kept["options"] = _options(form, raw, place, allowed=_BELOW[int(kind or 0)])
        if kind == OptionType.GROUP and not kept["options"]:
            form.required((*place, "options"))
        return kept
    if raw.get("required"):
        kept["required"] = True
    if kind in CHOOSABLE:
        kept |= _choosable(form, raw, place)
    if kind == OptionType.STRING:
        kept["min_length"] = form.number(raw, "min_length", place, low=0, high=MAX_TEXT_OPTION)
        kept["max_length"] = form.number(raw, "max_length", place, low=1, high=MAX_TEXT_OPTION)
    if kind in NUMBERS:
        kept["min_value"], kept["max_value"] = raw.get("min_value"), raw.get("max_value")
        _ordered(form, kept, place, "value")
    if kind == OptionType.CHANNEL:
        kept["channel_types"] = raw.get("channel_types")
    bare = {"name_localizations", "description_localizations"}
    return {key: value for key, value in kept.items() if value is not None or key in bare}


def _ordered(form: Form, option: Json, place: Place, of: str) -> None:
    low, high = option.get(f"min_{of}"), option.get(f"max_{of}")
    if low is not None and high is not None and low > high:
        words = f"Minimum {of} must be less than or equal to maximum {of}"
        code = f"APPLICATION_COMMAND_OPTION_MIN_{of.upper()}_GREATER_THAN_MAX_{of.upper()}"
        form.wrong(place, code, words)


def _choosable(form: Form, raw: Json, place: Place) -> Json:
    kept: Json = {}
    if raw.get("autocomplete"):
        kept["autocomplete"] = True
    given = form.things(raw, "choices", place, high=25)
    if given and raw.get("autocomplete"):
        words = "Autocomplete and choices are mutually exclusive"
        code = "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_MUTUALLY_EXCLUSIVE"
        form.wrong((*place, "choices"), code, words)
    if given:
        kind = int(raw.get("type") or 0)
        here = (*place, "choices")
        kept["choices"] = read_choices(form, given, here, kind=kind)
        names = [((*here, i, "name"), str(one.get("name"))) for i, one in enumerate(given)]
        words = "Option choice names must be unique"
        form.unique(names, "APPLICATION_COMMAND_OPTIONS_CHOICES_NAMES_DUPLICATED", words)
    return kept


def read_choices(form: Form, given: Jsons, place: Place, *, kind: int) -> Jsons:
    """The choices of an option, or the answer to an autocomplete."""
    kept: Jsons = []
    for index, raw in enumerate(given):
        here = (*place, index)
        name = form.text(raw, "name", here, low=1, high=100, needed=True)
        value: Any = raw.get("value")
        if kind == OptionType.STRING:
            form.text(raw, "value", here, high=MAX_TEXT_OPTION, needed=True)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            form.wrong((*here, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not number.')
        translated = raw.get("name_localizations")
        kept.append({"name": name, "name_localizations": translated, "value": value})
    return [without_nones(choice) for choice in kept]


def _size(command: Json) -> int:
    return sum(_longest(command, key) for key in ("name", "description")) + sum(
        _option_size(option) for option in as_jsons(command.get("options"))
    )


def _option_size(option: Json) -> int:
    choices = as_jsons(option.get("choices"))
    return _size(option) + sum(
        _longest(choice, "name") + len(str(choice.get("value", ""))) for choice in choices
    )


def _longest(thing: Json, key: str) -> int:
    translated = as_json(thing.get(f"{key}_localizations"))
    return max(len(str(text)) for text in [thing.get(key) or "", *translated.values()])
