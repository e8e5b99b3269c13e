"""What everybody reads who decides for a server, or tries to: may they, and what has changed."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    "admin.refused": (
        "This is for the admins of this server: members with *Manage Server*, or with a role that they"
        " named."
    ),
    "admin.server-not-allowed": (
        "The operator of this bot has not let this server spend yet, so there is nothing to decide."
        " Give the operator this number: `{server}`."
    ),
    "admin.changed": "{before} \N{RIGHTWARDS ARROW} **{after}**",
    "admin.unchanged": "It is **{after}** already, so nothing changed.",
    "admin.unchanged.none": "There is no amount of their own, so nothing changed.",
}
