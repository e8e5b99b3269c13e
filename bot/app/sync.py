"""Tells Discord the commands, when they have changed there or here.

Our own mark knows what was sent; that Discord still has it, only Discord knows: commands go where an
application is made anew, or where somebody takes them away.

Rule: the same commands are sent once. Discord counts how many commands a bot creates in a day.
"""

import hashlib
import json
from typing import Any, Final

import discord
from discord import app_commands
from discord.http import Route

from bot.adapters.sqlite.marks import Marks
from bot.log import get_logger

_MARK: Final = "commands"


async def sync_commands(
    tree: app_commands.CommandTree[Any], marks: Marks, *, server: int | None = None
) -> bool:
    """Sends the whole set if it differs from what was last sent, or if Discord lacks some of it.
    True: Discord has it now.

    With a `server` it alone gets them.
    """
    digest = await _digest(tree, server)
    if await marks.find(_MARK) == digest and not await _lacks_some(tree, server):
        return True
    log = get_logger(__name__)
    try:
        sent = await _send(tree, server)
    except app_commands.CommandSyncFailure:
        log.exception("Discord refuses the commands; the old ones stay")
        return False
    except discord.HTTPException as error:
        if not 400 <= error.status < 500 or error.status in {401, 429}:
            raise
        log.exception("Discord does not take the commands now")
        return False
    await marks.put(_MARK, digest)
    log.info("Commands sent to Discord", count=len(sent))
    return True


async def _lacks_some(tree: app_commands.CommandTree[Any], server: int | None) -> bool:
    """Whether Discord has forgotten a command. What it does not say is taken for a no."""
    guild = None if server is None else discord.Object(server)
    try:
        known = await tree.fetch_commands(guild=guild)
    except discord.HTTPException as error:
        get_logger(__name__).warning("Discord does not list the commands", status=error.status)
        return False
    missing = _names(tree) - {(each.name, each.type) for each in known}
    if missing:
        get_logger(__name__).warning("Discord has forgotten commands", count=len(missing))
    return bool(missing)


def _names(tree: app_commands.CommandTree[Any]) -> set[tuple[str, discord.AppCommandType]]:
    return {
        (each.name, each.type)
        if isinstance(each, app_commands.ContextMenu)
        else (each.name, discord.AppCommandType.chat_input)
        for each in tree.get_commands()
    }


async def _send(
    tree: app_commands.CommandTree[Any], server: int | None
) -> list[app_commands.AppCommand]:
    if server is None:
        return await tree.sync()
    guild = discord.Object(server)
    tree.copy_global_to(guild=guild)
    return await tree.sync(guild=guild)


async def _digest(tree: app_commands.CommandTree[Any], server: int | None) -> str:
    translator = tree.translator
    payload = [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in sorted(tree.get_commands(), key=lambda each: (each.name, str(type(each))))
    ]
    # Another bot, or another Discord, has not heard of them.
    whole = [Route.BASE, tree.client.application_id, server, payload]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()
