"""Fills in a form as a person would and writes down what the client sends.

Rule: fields that the person does not touch keep what the form proposed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bot.playground.local_discord.components import SELECTS, Part
from bot.playground.local_discord.options import ClientRefusal, Value
from bot.playground.local_discord.people import User
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.resolving import resolved_values
from bot.playground.local_discord.uploading import FileLike, take_file
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons
from bot.playground.local_discord.world import World

Fill: TypeAlias = str | bool | Sequence[Value] | Sequence[FileLike]
"""A text, a tick, some choices, some files."""


async def fill_in(
    world: World, form: Json, fields: Mapping[str, Fill], user: User, channel: Channel
) -> Json:
    """The data of the interaction that sending the form makes."""
    filler = _Filler(world, dict(fields), user, channel)
    parts = [await filler.part(part) for part in as_jsons(form["components"])]
    if filler.fields:
        raise ClientRefusal("There is no such field.", field=next(iter(filler.fields)))
    data: Json = {"custom_id": form["custom_id"], "components": parts}
    if filler.resolved:
        data["resolved"] = filler.resolved
    return data


class _Filler:
    def __init__(self, world: World, fields: dict[str, Fill], user: User, channel: Channel) -> None:
        self.fields = fields
        self.resolved: Json = {}
        self._world = world
        self._user = user
        self._channel = channel

    async def part(self, part: Json) -> Json:
        sent: Json = {"type": part["type"], "id": part["id"]}
        if part["type"] == Part.ROW:
            below = as_jsons(part["components"])
            sent["components"] = [await self._field(one, one.get("label")) for one in below]
        elif part["type"] == Part.LABEL:
            sent["component"] = await self._field(as_json(part["component"]), part["label"])
        return sent

    async def _field(self, field: Json, label: object) -> Json:
        fill: Fill | None = None
        for name in (field["custom_id"], label):
            if name in self.fields:
                fill = self.fields.pop(str(name))
                break
        sent: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
        kind = field["type"]
        if kind == Part.TEXT_INPUT:
            return sent | {"value": _text(field, fill)}
        if kind == Part.CHECKBOX:
            return sent | {"value": bool(field.get("default") if fill is None else fill)}
        if kind == Part.RADIO_GROUP:
            return sent | {"value": _radio(field, fill)}
        if kind == Part.CHECKBOX_GROUP:
            return sent | {"values": _ticks(field, fill)}
        if kind == Part.FILE_UPLOAD:
            return sent | {"values": await self._files(field, fill)}
        assert kind in SELECTS
        return sent | {"values": self._chosen(field, fill)}

    def _chosen(self, field: Json, fill: Fill | None) -> list[str]:
        values: list[Any] = _proposed(field) if fill is None else _several(fill)
        if not values and not field["required"]:
            return []
        found = resolved_values(self._world, field, values, self._channel)
        self._resolve(as_json(found.get("resolved")))
        return found["values"]

    async def _files(self, field: Json, fill: Fill | None) -> list[str]:
        given: list[FileLike] = _several(fill)
        name = str(field["custom_id"])
        if not given and field["required"]:
            raise ClientRefusal("This field is required.", field=name)
        if given and not field["min_values"] <= len(given) <= field["max_values"]:
            words = f"Attach {field['min_values']} to {field['max_values']} files."
            raise ClientRefusal(words, field=name)
        ids: list[str] = []
        for file in given:
            taken = await take_file(self._world, file, self._user, self._channel)
            ids.append(str(taken.id))
            shown = self._world.render.attachment(taken)
            self._resolve({"attachments": {str(taken.id): shown}})
        return ids

    def _resolve(self, more: Json) -> None:
        for kind, found in more.items():
            self.resolved.setdefault(kind, {}).update(found)


def _text(field: Json, fill: Fill | None) -> str:
    text = str(field.get("value") or "") if fill is None else str(fill)
    name = str(field["custom_id"])
    if not text:
        if field["required"]:
            raise ClientRefusal("This field is required.", field=name)
        return ""
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if not least <= len(text) <= most:
        raise ClientRefusal(f"Must be between {least} and {most} in length.", field=name)
    return text


def _radio(field: Json, fill: Fill | None) -> str | None:
    chosen = str(fill) if fill is not None else next(iter(_proposed(field)), None)
    known = _values(as_jsons(field["options"]))
    if chosen is None and field["required"]:
        raise ClientRefusal("This field is required.", field=str(field["custom_id"]))
    if chosen is not None and chosen not in known:
        raise ClientRefusal(f"There is no {chosen!r} to choose.", field=str(field["custom_id"]))
    return chosen


def _ticks(field: Json, fill: Fill | None) -> list[str]:
    chosen = _proposed(field) if fill is None else [str(one) for one in _several(fill)]
    if strange := [value for value in chosen if value not in _values(as_jsons(field["options"]))]:
        words = f"There is no {strange[0]!r} to choose."
        raise ClientRefusal(words, field=str(field["custom_id"]))
    return chosen


def _values(options: Jsons) -> list[str]:
    return [str(option["value"]) for option in options]


def _proposed(field: Json) -> list[str]:
    options = as_jsons(field.get("options"))
    return [str(option["value"]) for option in options if option.get("default")]


def _several(fill: Fill | None) -> list[Any]:
    # One thing or several: whether they fit is asked where they are used.
    if fill is None or isinstance(fill, bool):
        return []
    return [fill] if isinstance(fill, str | bytes | tuple) else list(fill)
