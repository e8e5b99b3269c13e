"""Tells Discord the commands, when they have changed there or here.

Our own mark knows what was sent; that Discord still has it, only Discord knows: commands go where an
application is made anew, or where somebody takes them away.

Rule: the same commands are sent once. Discord counts how many commands a bot creates in a day. Its
answers are read for what is asked of them alone: the library takes them apart, and then fails where
a field is missing that nobody wants.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any, Final

import discord
from discord import app_commands
from discord.http import Route
from pydantic import ValidationError

from bot.adapters.command_outline import COMMANDS, Told, differences, outline
from bot.adapters.sqlite.marks import TOLD, Marks
from bot.log import get_logger

_MARK: Final = "commands"
_INVALID_FORM: Final = 50035

_Payload = list[dict[str, Any]]


async def sync_commands(
    tree: app_commands.CommandTree[Any], marks: Marks, *, server: int | None = None
) -> bool:
    """Sends the whole set if it differs from what was last sent, or if Discord lists another.
    True: Discord has it now.

    With a `server` it alone gets them.
    """
    payload = await _payload(tree)
    digest = _digest(tree, payload, server)
    if await marks.find(_MARK) == digest and await knows_commands(tree, server=server) is not False:
        await _note(tree, marks, server)
        return True
    log = get_logger(__name__)
    try:
        await _send(tree, payload, server)
    except app_commands.CommandSyncFailure:
        log.exception("Discord refuses the commands; the old ones stay")
        return False
    except discord.HTTPException as error:
        if not 400 <= error.status < 500 or error.status in {401, 429}:
            raise
        log.exception("Discord does not take the commands now")
        return False
    await marks.put(_MARK, digest)
    await _note(tree, marks, server)
    log.info("Commands sent to Discord", count=len(payload))
    return True


async def knows_commands(
    tree: app_commands.CommandTree[Any], *, server: int | None = None
) -> bool | None:
    """Whether Discord lists the commands as they are, as far as their names tell. None: it does not
    say.
    """
    http, application = tree.client.http, _application(tree)
    try:
        listed: Any = (
            await http.get_global_commands(application)
            if server is None
            else await http.get_guild_commands(application, server)
        )
    except discord.HTTPException as error:
        get_logger(__name__).warning("Discord does not list the commands", status=error.status)
        return None
    try:
        known = outline(COMMANDS.validate_python(listed))
    except ValidationError:
        return None
    found = differences(_outline(tree), known)
    if found:
        get_logger(__name__).warning("Discord has other commands than these", **asdict(found))
    return not found


def _outline(tree: app_commands.CommandTree[Any]) -> dict[str, list[str]]:
    return outline(COMMANDS.validate_python([it.to_dict(tree) for it in tree.get_commands()]))


async def _note(tree: app_commands.CommandTree[Any], marks: Marks, server: int | None) -> None:
    """What Discord has been told, for the doctor."""
    told = Told(server=server, commands=_outline(tree)).model_dump_json()
    if await marks.find(TOLD) != told:
        await marks.put(TOLD, told)


async def _send(tree: app_commands.CommandTree[Any], payload: _Payload, server: int | None) -> None:
    http, application = tree.client.http, _application(tree)
    try:
        if server is None:
            await http.bulk_upsert_global_commands(application, payload)
        else:
            await http.bulk_upsert_guild_commands(application, server, payload)
    except discord.HTTPException as error:
        if error.code == _INVALID_FORM:
            raise app_commands.CommandSyncFailure(error, tree.get_commands()) from error
        raise


def _application(tree: app_commands.CommandTree[Any]) -> int:
    found = tree.client.application_id
    assert found is not None, "the login says who we are"
    return found


async def _payload(tree: app_commands.CommandTree[Any]) -> _Payload:
    translator = tree.translator
    return [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in sorted(tree.get_commands(), key=lambda each: (each.name, str(type(each))))
    ]


def _digest(tree: app_commands.CommandTree[Any], payload: _Payload, server: int | None) -> str:
    # Another bot, or another Discord, has not heard of them.
    whole = [Route.BASE, tree.client.application_id, server, payload]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()
