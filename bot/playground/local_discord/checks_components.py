"""What Discord accepts as the components of a message, written out as Discord keeps them.

Rule: the limits are Discord's. What passes here is in the shape of its answers, ids included.
"""

from collections.abc import Callable, Collection
from typing import Final

from bot.playground.local_discord.components import SELECTS, Part, walk
from bot.playground.local_discord.forms import Form, Place
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons, without_nones

MAX_V2: Final = 40
MAX_ROWS: Final = 5
MAX_TEXT: Final = 4000
LINK: Final = 5
PREMIUM: Final = 6
_IN_CONTAINER: Final = (
    Part.ROW,
    Part.SECTION,
    Part.TEXT,
    Part.GALLERY,
    Part.FILE,
    Part.SEPARATOR,
)
_ON_TOP: Final = (*_IN_CONTAINER, Part.CONTAINER)


class ComponentChecks:
    """One message's components under examination."""

    def __init__(self, form: Form, *, v2: bool, files: Collection[str]) -> None:
        """`files` are the names that `attachment://` may point to."""
        self._form = form
        self._v2 = v2
        self._files = files
        self._count = 0
        self._text = 0
        self._custom_ids: list[tuple[Place, str]] = []
        self._kept: dict[int, Callable[[Json, Place], Json]] = {
            Part.ROW: self._row,
            Part.BUTTON: self._button,
            Part.SECTION: self._section,
            Part.TEXT: self._text_display,
            Part.THUMBNAIL: self._thumbnail,
            Part.GALLERY: self._gallery,
            Part.FILE: self._file,
            Part.SEPARATOR: self._separator,
            Part.CONTAINER: self._container,
            **dict.fromkeys(SELECTS, self._select),
        }

    def read(self, body: Json, place: Place) -> Jsons:
        """The `components` of a body as Discord keeps them."""
        here = (*place, "components")
        form = self._form
        given = form.things(body, "components", place, high=MAX_V2 if self._v2 else MAX_ROWS)
        allowed = _ON_TOP if self._v2 else (Part.ROW,)
        kept = [self._one(raw, (*here, index), allowed) for index, raw in enumerate(given)]
        if self._v2 and self._count > MAX_V2:
            words = f"Must be {MAX_V2} or fewer in length."
            form.wrong(here, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
        if self._text > MAX_TEXT:
            words = f"The total text of all components exceeds the maximum size of {MAX_TEXT}"
            form.wrong(here, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)
        words = "Component custom id cannot be duplicated"
        form.unique(self._custom_ids, "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        number_components(kept)
        return kept

    def _one(self, raw: Json, place: Place, allowed: Collection[int]) -> Json:
        self._count += 1
        kind = raw.get("type")
        if not isinstance(kind, int) or kind not in allowed:
            listed = ", ".join(str(int(part)) for part in allowed)
            words = f'Value of field "type" must be one of ({listed},).'
            self._form.wrong((*place, "type"), "UNION_TYPE_CHOICES", words)
            return raw
        self._form.number(raw, "id", place, low=0, high=2**31 - 1)
        kept: Json = {"type": kind, "id": raw.get("id") or 0}
        return kept | self._kept[kind](raw, place)

    def _custom_id(self, raw: Json, place: Place, *, needed: bool) -> str | None:
        custom_id = self._form.text(raw, "custom_id", place, low=1, high=100, needed=needed)
        if custom_id:
            self._custom_ids.append(((*place, "custom_id"), custom_id))
        return custom_id

    def _row(self, raw: Json, place: Place) -> Json:
        given = self._form.things(raw, "components", place, low=1, high=5, needed=True)
        if len(given) > 1 and any(below.get("type") in SELECTS for below in given):
            words = "The specified component exceeds the maximum width"
            code = "COMPONENT_LAYOUT_WIDTH_EXCEEDED"
            self._form.wrong((*place, "components", 1), code, words)
        allowed = (Part.BUTTON, *SELECTS)
        return {"components": self._below(given, (*place, "components"), allowed)}

    def _below(self, given: Jsons, place: Place, allowed: Collection[int]) -> Jsons:
        return [self._one(raw, (*place, index), allowed) for index, raw in enumerate(given)]

    def _button(self, raw: Json, place: Place) -> Json:
        form = self._form
        style = raw.get("style")
        form.choice(style, (*place, "style"), range(1, 7))
        label = form.text(raw, "label", place, high=80)
        url = form.text(raw, "url", place, high=512, needed=style == LINK)
        custom_id = self._custom_id(raw, place, needed=style not in {LINK, PREMIUM})
        if url and custom_id:
            words = "A custom id and url cannot both be specified"
            form.wrong(place, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words)
        if url and not url.startswith(("http://", "https://", "discord://")):
            words = f'Scheme "{url.partition(":")[0]}" is not supported. Scheme must be one of'
            words += " ('http', 'https', 'discord')."
            form.wrong((*place, "url"), "URL_TYPE_INVALID_SCHEME", words)
        emoji = as_json(raw.get("emoji"))
        if not label and not emoji and style != PREMIUM:
            words = "A button must have a label or emoji"
            form.wrong(place, "BUTTON_COMPONENT_INVALID_LABEL", words)
        return without_nones(
            {
                "style": style,
                "label": label,
                "url": url,
                "custom_id": custom_id,
                "disabled": True if raw.get("disabled") else None,
                "emoji": without_nones(emoji) or None,
            }
        )

    def _select(self, raw: Json, place: Place) -> Json:
        return select(self._form, raw, place, custom_id=self._custom_id(raw, place, needed=True))

    def _section(self, raw: Json, place: Place) -> Json:
        given = self._form.things(raw, "components", place, low=1, high=3, needed=True)
        accessory = as_json(raw.get("accessory"))
        if not accessory:
            self._form.required((*place, "accessory"))
            return {}
        beside = (Part.BUTTON, Part.THUMBNAIL)
        return {
            "components": self._below(given, (*place, "components"), (Part.TEXT,)),
            "accessory": self._one(accessory, (*place, "accessory"), beside),
        }

    def _text_display(self, raw: Json, place: Place) -> Json:
        text = self._form.text(raw, "content", place, low=1, high=MAX_TEXT, needed=True) or ""
        self._text += len(text)
        return {"content": text}

    def _thumbnail(self, raw: Json, place: Place) -> Json:
        return self._shown(raw, place, "media")

    def _shown(self, raw: Json, place: Place, key: str) -> Json:
        return {
            key: self._media(as_json(raw.get(key)), (*place, key)),
            "description": self._form.text(raw, "description", place, low=1, high=1024),
            "spoiler": bool(raw.get("spoiler")),
        }

    def _gallery(self, raw: Json, place: Place) -> Json:
        given = self._form.things(raw, "items", place, low=1, high=10, needed=True)
        here = (*place, "items")
        items = [self._shown(item, (*here, index), "media") for index, item in enumerate(given)]
        return {"items": items}

    def _file(self, raw: Json, place: Place) -> Json:
        media = self._media(as_json(raw.get("file")), (*place, "file"))
        if media and not str(media["url"]).startswith("attachment://"):
            words = "The file must be an attachment:// reference"
            self._form.wrong((*place, "file", "url"), "UNFURLED_MEDIA_ITEM_INVALID", words)
        # Name and size are filled in when the file has been taken in.
        return {"file": media, "name": None, "size": None, "spoiler": bool(raw.get("spoiler"))}

    def _media(self, raw: Json, place: Place) -> Json:
        url = self._form.text(raw, "url", place, high=2048, needed=True)
        if url is None:
            return {}
        scheme, _, rest = url.partition("://")
        if scheme == "attachment" and rest not in self._files:
            code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
            words = "The referenced attachment in the unfurled media item was not found"
            self._form.wrong((*place, "url"), code, words)
        elif scheme not in {"attachment", "http", "https"}:
            words = f'Scheme "{scheme}" is not supported. Scheme must be one of'
            words += " ('http', 'https', 'attachment')."
            self._form.wrong((*place, "url"), "URL_TYPE_INVALID_SCHEME", words)
        return {"url": url}

    def _separator(self, raw: Json, place: Place) -> Json:
        self._form.choice(raw.get("spacing"), (*place, "spacing"), (1, 2), needed=False)
        divider = raw.get("divider")
        return {"spacing": raw.get("spacing") or 1, "divider": divider is None or bool(divider)}

    def _container(self, raw: Json, place: Place) -> Json:
        given = self._form.things(raw, "components", place, low=1, high=MAX_V2, needed=True)
        self._form.number(raw, "accent_color", place, low=0, high=0xFFFFFF)
        return {
            "accent_color": raw.get("accent_color"),
            "spoiler": bool(raw.get("spoiler")),
            "components": self._below(given, (*place, "components"), _IN_CONTAINER),
        }


def select(form: Form, raw: Json, place: Place, *, custom_id: str | None) -> Json:
    """A select menu of any type, in a message or in a form."""
    least = form.number(raw, "min_values", place, low=0, high=25)
    most = form.number(raw, "max_values", place, low=1, high=25)
    body: Json = {
        "custom_id": custom_id,
        "placeholder": form.text(raw, "placeholder", place, high=150),
        "min_values": 1 if least is None else least,
        "max_values": 1 if most is None else most,
        "disabled": True if raw.get("disabled") else None,
    }
    if raw.get("type") == Part.STRING_SELECT:
        given = form.things(raw, "options", place, low=1, high=25, needed=True)
        body["options"] = options(form, given, (*place, "options"))
        if (most or 1) > max(1, len(given)):
            words = f"int value should be less than or equal to {len(given)}."
            form.wrong((*place, "max_values"), "NUMBER_TYPE_MAX", words)
    elif values := as_jsons(raw.get("default_values")):
        body["default_values"] = values
    if raw.get("type") == Part.CHANNEL_SELECT and raw.get("channel_types"):
        body["channel_types"] = raw["channel_types"]
    return without_nones(body)


def options(form: Form, given: Jsons, place: Place) -> Jsons:
    """The options of a select menu or a group of boxes."""
    kept: Jsons = []
    names: list[tuple[Place, str]] = []
    for index, raw in enumerate(given):
        here = (*place, index)
        value = form.text(raw, "value", here, low=1, high=100, needed=True)
        names.append(((*here, "value"), value or ""))
        option: Json = {
            "label": form.text(raw, "label", here, low=1, high=100, needed=True),
            "value": value,
            "description": form.text(raw, "description", here, high=100),
            "emoji": without_nones(as_json(raw.get("emoji"))) or None,
            "default": True if raw.get("default") else None,
        }
        kept.append(without_nones(option))
    words = "The specified option value is already used"
    form.unique(names, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
    return kept


def number_components(components: Jsons) -> None:
    """Gives an id to each component that has none, as Discord does."""
    every = list(walk(components))
    taken = {component["id"] for component in every if component.get("id")}
    free = (number for number in range(1, len(every) + len(taken) + 1) if number not in taken)
    for component in every:
        if not component.get("id"):
            component["id"] = next(free)
