"""What everybody reads who tries to decide for a server."""

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
}
