"""Where Discord's own description of its API lies, if it is here.

Rule: it is Discord's and stays outside this tree. Whoever has no copy runs everything but what is held
against it; a run in which nothing may be skipped ends before its first test, and says what it lacks.
"""

import os
from pathlib import Path

VARIABLE = "DISCORD_OPENAPI"
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "discord-openapi.json"
"""Looked at when the variable is not set."""
HOME = "https://github.com/discord/discord-api-spec"
ADVICE = f"put openapi.json from {HOME} somewhere and name it in {VARIABLE}"


class MissingDescriptionError(Exception):
    """Discord's OpenAPI description is not there."""


def find_description() -> Path | None:
    """The file; None where there is none. Raises MissingDescriptionError if it should be there."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else BESIDE
    if path.is_file():
        return path
    if named:
        raise MissingDescriptionError(
            f"{VARIABLE} names a file that is not there, {named}: {ADVICE}, or unset it."
        )
    return None


def describe_run(*, complete: bool) -> str:
    """A line for the head of a run. Raises MissingDescriptionError where a complete run lacks it."""
    if find_description() is not None:
        return f"Discord's description: {find_description()}"
    if complete:
        raise MissingDescriptionError(f"Discord's OpenAPI description is missing: {ADVICE}.")
    return f"Discord's description: not here, so nothing is held against it ({ADVICE})"
