"""What Discord accepts as a form (a modal), and what a person may send back in it.

Rule: the limits are Discord's: five parts at most, one field in each label.
"""

from collections.abc import Callable
from typing import Final

from bot.playground.local_discord.checks_components import number_components, options, select
from bot.playground.local_discord.components import SELECTS, Part
from bot.playground.local_discord.forms import Form, Place
from bot.playground.local_discord.wire import Json, Jsons, as_json, without_nones

MAX_PARTS: Final = 5
_ON_TOP: Final = (Part.ROW, Part.TEXT, Part.LABEL)
FIELDS: Final = (
    frozenset(
        {
            Part.TEXT_INPUT,
            Part.FILE_UPLOAD,
            Part.RADIO_GROUP,
            Part.CHECKBOX_GROUP,
            Part.CHECKBOX,
        }
    )
    | SELECTS
)


def read_form(data: Json, *, place: Place) -> Json:
    """A form as the client gets it."""
    form = Form()
    custom_id = form.text(data, "custom_id", place, low=1, high=100, needed=True)
    title = form.text(data, "title", place, low=1, high=45, needed=True)
    given = form.things(data, "components", place, low=1, high=MAX_PARTS, needed=True)
    here = (*place, "components")
    parts = [_part(form, raw, (*here, index)) for index, raw in enumerate(given)]
    names = [(place, field["custom_id"] or "") for place, field in _fields(parts, here)]
    words = "Component custom id cannot be duplicated"
    form.unique(names, "COMPONENT_CUSTOM_ID_DUPLICATED", words)
    form.done()
    number_components(parts)
    return {"custom_id": custom_id, "title": title, "components": parts}


def _fields(parts: Jsons, place: Place) -> list[tuple[Place, Json]]:
    found: list[tuple[Place, Json]] = []
    for index, part in enumerate(parts):
        if field := as_json(part.get("component")):
            found.append(((*place, index, "component"), field))
        below: Jsons = part.get("components") or []
        found += [((*place, index, "components", i), field) for i, field in enumerate(below)]
    return [(where, field) for where, field in found if "custom_id" in field]


def _part(form: Form, raw: Json, place: Place) -> Json:
    kind = raw.get("type")
    if not form.choice(kind, (*place, "type"), _ON_TOP):
        return {"type": 0}
    kept: Json = {"type": int(kind or 0), "id": raw.get("id") or 0}
    if kind == Part.TEXT:
        content = form.text(raw, "content", place, low=1, high=4000, needed=True)
        return kept | {"content": content}
    if kind == Part.ROW:
        given = form.things(raw, "components", place, low=1, high=1, needed=True)
        here = (*place, "components")
        fields = [_field(form, one, (*here, i), {Part.TEXT_INPUT}) for i, one in enumerate(given)]
        return kept | {"components": fields}
    kept["label"] = form.text(raw, "label", place, low=1, high=45, needed=True)
    kept["description"] = form.text(raw, "description", place, low=1, high=100)
    field = as_json(raw.get("component"))
    if not field:
        form.required((*place, "component"))
    kept["component"] = _field(form, field, (*place, "component"), FIELDS) if field else {}
    return without_nones(kept)


def _field(form: Form, raw: Json, place: Place, allowed: frozenset[Part] | set[Part]) -> Json:
    kind = raw.get("type")
    if not form.choice(kind, (*place, "type"), sorted(allowed)):
        return {"type": 0}
    custom_id = form.text(raw, "custom_id", place, low=1, high=100, needed=True)
    kept: Json = {
        "type": int(kind or 0),
        "id": raw.get("id") or 0,
        "custom_id": custom_id,
        "required": raw.get("required") is not False,
    }
    if kind in SELECTS:
        return kept | select(form, raw, place, custom_id=custom_id)
    return without_nones(kept | _KINDS[Part(int(kind or 0))](form, raw, place))


def _text_input(form: Form, raw: Json, place: Place) -> Json:
    form.choice(raw.get("style"), (*place, "style"), (1, 2))
    least = form.number(raw, "min_length", place, low=0, high=4000)
    most = form.number(raw, "max_length", place, low=1, high=4000)
    value = form.text(raw, "value", place, high=most or 4000)
    if least is not None and most is not None and least > most:
        words = f"int value should be less than or equal to {most}."
        form.wrong((*place, "min_length"), "NUMBER_TYPE_MAX", words)
    return {
        "style": raw.get("style"),
        "label": form.text(raw, "label", place, low=1, high=45),
        "placeholder": form.text(raw, "placeholder", place, high=100),
        "value": value,
        "min_length": least,
        "max_length": most,
    }


def _file_upload(form: Form, raw: Json, place: Place) -> Json:
    least = form.number(raw, "min_values", place, low=0, high=10)
    most = form.number(raw, "max_values", place, low=1, high=10)
    return {"min_values": 1 if least is None else least, "max_values": most or 1}


def _radio_group(form: Form, raw: Json, place: Place) -> Json:
    given = form.things(raw, "options", place, low=2, high=10, needed=True)
    return {"options": options(form, given, (*place, "options"))}


def _checkbox_group(form: Form, raw: Json, place: Place) -> Json:
    given = form.things(raw, "options", place, low=1, high=10, needed=True)
    return {
        "min_values": form.number(raw, "min_values", place, low=0, high=10),
        "max_values": form.number(raw, "max_values", place, low=1, high=10),
        "options": options(form, given, (*place, "options")),
    }


def _checkbox(form: Form, raw: Json, place: Place) -> Json:
    del form, place
    return {"default": bool(raw.get("default"))}


_KINDS: Final[dict[Part, Callable[[Form, Json, Place], Json]]] = {
    Part.TEXT_INPUT: _text_input,
    Part.FILE_UPLOAD: _file_upload,
    Part.RADIO_GROUP: _radio_group,
    Part.CHECKBOX_GROUP: _checkbox_group,
    Part.CHECKBOX: _checkbox,
}
