"""Reads a drawing as the bot wrote it down.

Rule: what is not a drawing is an error, for only the bot writes here.
"""

from typing import Any

from pydantic import TypeAdapter

from bot.domain.drawing import Drawing

_DRAWING = TypeAdapter(Drawing)


def read_drawing(written: Any) -> Drawing:
    """The drawing that `asdict` took apart. Raises pydantic's ValidationError."""
    return _DRAWING.validate_python(written)
