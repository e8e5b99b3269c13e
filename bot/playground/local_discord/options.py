"""The options of a slash command as a person fills them in.

Rule: what Discord's own client refuses never reaches the bot.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from bot.playground.local_discord.checks_commands import (
    BRANCHES,
    NUMBERS,
    OptionType,
)
from bot.playground.local_discord.messages import Attachment
from bot.playground.local_discord.people import Role, User
from bot.playground.local_discord.places import Channel, Kind
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons

Value: TypeAlias = str | int | float | bool | User | Role | Channel | Attachment
"""What a person puts into an option."""
MAX_SAFE: Final = 2**53
_KINDS: Final[dict[int, tuple[type, ...]]] = {
    OptionType.STRING: (str,),
    OptionType.INTEGER: (int,),
    OptionType.NUMBER: (int, float),
    OptionType.BOOLEAN: (bool,),
    OptionType.USER: (User,),
    OptionType.CHANNEL: (Channel,),
    OptionType.ROLE: (Role,),
    OptionType.MENTIONABLE: (User, Role),
    OptionType.ATTACHMENT: (Attachment,),
}
_WORDS: Final[dict[int, str]] = {
    OptionType.STRING: "Please enter text.",
    OptionType.INTEGER: "Input a valid integer.",
    OptionType.NUMBER: "Input a valid number.",
    OptionType.BOOLEAN: "Please pick True or False.",
    OptionType.USER: "Please select a valid user.",
    OptionType.CHANNEL: "Please select a valid channel.",
    OptionType.ROLE: "Please select a valid role.",
    OptionType.MENTIONABLE: "Please select a valid mentionable.",
    OptionType.ATTACHMENT: "Please upload a file.",
}


class ClientRefusal(Exception):  # noqa: N818 - not an error of the program: a red line under a field
    """Discord's client does not send this. `field` is the option or field it complains about."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


def branch(command: Json, path: list[str]) -> Json:
    """The command, or the subcommand that the words after its name lead to."""
    found = command
    for word in path:
        below = as_jsons(found.get("options"))
        step = next((o for o in below if o["type"] in BRANCHES and o["name"] == word), None)
        if step is None:
            raise ClientRefusal(f"There is no subcommand {word!r} in /{command['name']}.")
        found = step
    if any(option["type"] in BRANCHES for option in as_jsons(found.get("options"))):
        raise ClientRefusal(f"/{command['name']} wants a subcommand.")
    return found


def check_all(specs: Jsons, values: Mapping[str, Value]) -> None:
    """Refuses what a client would refuse, as it is about to be sent."""
    known = {str(spec["name"]): spec for spec in specs}
    for name in values:
        if name not in known:
            raise ClientRefusal("There is no such option.", field=name)
    for name, spec in known.items():
        if name in values:
            check(spec, values[name])
        elif spec.get("required"):
            raise ClientRefusal("This option is required. Specify a value", field=name)


def check(spec: Json, value: Value) -> None:
    """Refuses one value."""
    name, kind = str(spec["name"]), int(spec["type"])
    if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind in NUMBERS):
        raise ClientRefusal(_WORDS[kind], field=name)
    choices = as_jsons(spec.get("choices"))
    if choices and value not in [choice["value"] for choice in choices]:
        raise ClientRefusal("Select a valid option from the list.", field=name)
    if isinstance(value, str):
        _check_length(spec, value, name)
    elif kind in NUMBERS and isinstance(value, int | float):
        _check_range(spec, value, name)
    elif isinstance(value, Channel) and int(value.kind) not in (spec.get("channel_types") or Kind):
        raise ClientRefusal(_WORDS[kind], field=name)


def _check_length(spec: Json, value: str, name: str) -> None:
    if not value:
        raise ClientRefusal("This option is required. Specify a value", field=name)
    least, most = spec.get("min_length") or 0, spec.get("max_length") or 6000
    if len(value) < least:
        words = f"Enter a value that is at least {least} characters long."
        raise ClientRefusal(words, field=name)
    if len(value) > most:
        words = f"Enter a value that is at most {most} characters long."
        raise ClientRefusal(words, field=name)


def _check_range(spec: Json, value: float, name: str) -> None:
    least, most = spec.get("min_value"), spec.get("max_value")
    if least is not None and value < least:
        raise ClientRefusal(f"Enter a value that is at least {least}.", field=name)
    if most is not None and value > most:
        raise ClientRefusal(f"Enter a value that is at most {most}.", field=name)
    if abs(value) > MAX_SAFE:
        raise ClientRefusal("Input a valid number.", field=name)


def written(specs: Jsons, values: Mapping[str, Value], *, focus: str | None = None) -> Jsons:
    """The options as they travel, in the order in which the person filled them in."""
    kinds = {str(spec["name"]): int(spec["type"]) for spec in specs}
    found: Jsons = []
    for name, value in values.items():
        option: Json = {"name": name, "type": kinds[name], "value": _value(value)}
        if name == focus:
            option["focused"] = True
        found.append(option)
    return found


def _value(value: Value) -> Any:
    return str(value.id) if isinstance(value, User | Role | Channel | Attachment) else value


def focused(data: Json) -> Json:
    """The option in which the cursor stands."""
    for option in as_jsons(data.get("options")):
        if option.get("focused"):
            return option
        if below := focused(as_json(option)):
            return below
    return {}
