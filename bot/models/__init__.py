"""The video models that Clapper can drive, one file each.

Rule: nothing lists them. A file in this package is a model, unless `_PARTS` says what else it is.

A new model is a new file, made like `kling.py`: the types and limits of its options, the modes,
the request, the provider's input, cost, payload, plan, and `MODEL`. What its types cannot say is
one validator that raises PydanticCustomError, with the option's name in its context and a sentence
for the member. `tests/contract/test_models.py` covers it from the moment it exists.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from bot.domain.reading import read_request, refuse_address
from bot.domain.video import VideoModel

__all__ = ["discover", "read_request", "refuse_address"]

_PARTS: Final = frozenset({"prices"})
"""Files here that serve all models and are none."""


def discover() -> Mapping[str, VideoModel]:
    """Every model by its key. A file that holds none stops the start: it was meant to."""
    found: dict[str, VideoModel] = {}
    for _, name, _ in pkgutil.iter_modules(__path__):
        if name in _PARTS:
            continue
        model: object = getattr(import_module(f"{__name__}.{name}"), "MODEL", None)
        if not isinstance(model, VideoModel):
            raise TypeError(f"bot/models/{name}.py defines no MODEL")
        if model.key in found:
            raise TypeError(f"bot/models/{name}.py takes the key of another model: {model.key}")
        found[model.key] = model
    return MappingProxyType(found)
