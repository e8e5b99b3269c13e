"""Walks through the components of a message or a form.

Rule: it reads only; what is allowed is decided in `checks_components`.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum

from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons


class Part(IntEnum):
    """Discord's component types."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {
        Part.STRING_SELECT,
        Part.USER_SELECT,
        Part.ROLE_SELECT,
        Part.MENTIONABLE_SELECT,
        Part.CHANNEL_SELECT,
    }
)


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Each component and all below it, in reading order."""
    for component in components:
        yield component
        yield from walk(as_jsons(component.get("components")))
        for key in ("accessory", "component"):
            if below := as_json(component.get(key)):
                yield from walk([below])


def of_kind(components: Iterable[Json], *kinds: Part) -> Jsons:
    """The components of some types, in reading order."""
    return [component for component in walk(components) if component.get("type") in kinds]


def buttons_of(components: Iterable[Json]) -> Jsons:
    """All buttons."""
    return of_kind(components, Part.BUTTON)


def selects_of(components: Iterable[Json]) -> Jsons:
    """All select menus."""
    return of_kind(components, *SELECTS)


def texts_of(components: Iterable[Json]) -> list[str]:
    """All texts."""
    return [str(text.get("content", "")) for text in of_kind(components, Part.TEXT)]


def media_of(components: Iterable[Json]) -> Jsons:
    """All media items: what galleries, thumbnails and file components show."""
    found: Jsons = []
    for component in walk(components):
        if component.get("type") == Part.GALLERY:
            found += [as_json(item.get("media")) for item in as_jsons(component.get("items"))]
        elif component.get("type") == Part.THUMBNAIL:
            found.append(as_json(component.get("media")))
        elif component.get("type") == Part.FILE:
            found.append(as_json(component.get("file")))
    return found
