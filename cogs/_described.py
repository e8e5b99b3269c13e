"""Names and descriptions of a model's commands, from the catalogue.

Rule: a model that the catalogue does not know yet describes itself, so that it needs no file but its
own two.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from discord import app_commands

from bot.app import localised
from bot.catalogue import CatalogueError
from bot.domain.options import options as options_of
from bot.domain.video import VideoModel

T = TypeVar("T", bound=Callable[..., Any])

LONGEST: Final = 100
"""What Discord allows a description."""


def about(key: str, otherwise: str, **facts: object) -> app_commands.locale_str:
    """A text of the catalogue, or what the model says of itself."""
    try:
        return localised(key, **facts)
    except CatalogueError:
        return app_commands.locale_str(otherwise[:LONGEST])


def about_model(model: VideoModel) -> app_commands.locale_str:
    """Of the group of its commands."""
    return about(f"commands.{model.key}", model.title)


def about_mode(model: VideoModel, mode: str) -> app_commands.locale_str:
    """Of one subcommand."""
    return about(f"commands.{model.key}.{mode}", model.mode(mode).summary)


def with_options(model: VideoModel, mode: str) -> Callable[[T], T]:
    """Describes every option of a subcommand, with its limits."""
    known = options_of(model.request)
    fields = model.request.model_fields
    return app_commands.describe(
        **{
            name: about(
                f"commands.option.{name}", fields[name].description or name, **known[name].facts()
            )
            for name in model.mode(mode).options
        }
    )
