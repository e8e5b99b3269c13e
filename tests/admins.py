"""Admins at work on the local Discord: what they type, and what they read."""

from typing import Any

from bot.playground.local_discord import Channel, Person
from tests.members import Studio


def open_to(here: Studio, *whose: int) -> None:
    """What an admin does in Discord's own settings: shows the group to whomever they please."""
    for guild in (here.cast.studio, here.cast.elsewhere):
        guild.command_grants |= {("budget", who) for who in whose}


def filled(here: Studio, options: dict[str, Any]) -> dict[str, Any]:
    """Options with the people of the cast in the place of their names."""
    return {
        name: getattr(here.cast, value) if name in {"member", "role"} else value
        for name, value in options.items()
    }


async def told_also(
    who: Person, here: Studio, command: str, /, channel: Channel | None = None, **options: Any
) -> str:
    """What an admin reads after a command."""
    asked = await who.slash(
        f"budget {command}", filled(here, options), channel=channel or here.cast.general
    )
    message = await asked.message()
    assert message.ephemeral
    assert message.author.bot
    return message.text


async def told(
    who: Person, here: Studio, command: str, /, channel: Channel | None = None, **options: Any
) -> str:
    """The same, where nobody else has read anything yet."""
    text = await told_also(who, here, command, channel=channel, **options)
    assert here.public() == []
    return text
