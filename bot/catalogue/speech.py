"""Finds the text for a key in the reader's language.

Rule: English has every key; another language is asked first and may lack any.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.catalogue.texts import CatalogueError, Text, fill

_HERE: Final = __package__ or ""
_FALLBACK: Final = "en"


def say(locale: object, key: str, **facts: object) -> str:
    """The text of a key, in the language of a locale such as `es-419`, with its facts in place.

    Raises CatalogueError where the key or one of its facts is missing.
    """
    language = language_of(locale)
    text = texts_of(language).get(key)
    if text is None:
        language = _FALLBACK
        text = texts_of(language).get(key)
    if text is None:
        raise CatalogueError(f"no text for {key}")
    return fill(text, facts, language=language)


def language_of(locale: object) -> str:
    """The language that we have for a locale: `ru` for `ru`, `es` for `es-ES`, else `en`."""
    language = str(locale).partition("-")[0].lower()
    return language if language in list_languages() else _FALLBACK


@cache
def list_languages() -> tuple[str, ...]:
    """Every language that has a folder."""
    package = importlib.import_module(_HERE)
    return tuple(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)


@cache
def texts_of(language: str) -> Mapping[str, Text]:
    """All texts of a language, from all its topics. Raises CatalogueError where a key stands twice."""
    folder = importlib.import_module(f"{_HERE}.{language}")
    found: dict[str, Text] = {}
    for topic in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{topic.name}")
        texts: Mapping[str, Text] = module.TEXTS
        twice = found.keys() & texts.keys()
        if twice:
            raise CatalogueError(f"{topic.name} has keys of another topic: {sorted(twice)}")
        found.update(texts)
    return MappingProxyType(found)
