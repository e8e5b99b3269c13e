"""The doctor's look at Discord: is the bot known there, and will commands reach it?

Rule: looking changes nothing and takes seconds at most. An outage that will pass is a
warning; broken is what somebody has to mend.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import discord
from pydantic import BaseModel, SecretStr, TypeAdapter

from bot.adapters.command_outline import COMMANDS, Difference, Outline, differences, outline
from bot.adapters.discord_questions import Questions, Unanswered, open_questions
from bot.domain.finding import Finding
from bot.domain.ids import GuildId
from bot.domain.rights import INVITED_WITH
from bot.domain.servers import AllowedServers
from bot.redaction import Redactor

LONGEST: Final = 10.0
"""Seconds for everything together."""
_PAGE: Final = 200
_SHOWN: Final = 5


class Application(BaseModel):
    """What Discord knows of the bot."""

    id: int
    name: str
    interactions_endpoint_url: str | None = None


class Named(BaseModel):
    """A server, of which the id is enough."""

    id: int


_APPLICATION: Final = TypeAdapter(Application)
_LIST: Final = TypeAdapter(list[Named])


@dataclass(frozen=True, slots=True)
class Expected:
    """What the settings say of Discord."""

    allowed: AllowedServers
    development_server: int | None = None
    api_url: str | None = None
    commands: Outline | None = None
    """What Discord was told when the bot last started. None: nobody knows."""


async def examine_discord(
    token: SecretStr | None, expected: Expected, *, seconds: float = LONGEST
) -> list[Finding]:
    """Asks Discord. Without a token nobody is asked: the look at the settings says so."""
    if token is None:
        return []
    async with open_questions(token, expected.api_url, seconds=seconds) as questions:
        # The route of the login: wherever the bot can log in, the doctor finds it.
        application = await questions.ask("/oauth2/applications/@me", _APPLICATION)
        if isinstance(application, Unanswered):
            return [_no_login(application, expected)]
        name = Redactor([token.get_secret_value()]).clean_text(application.name)
        servers, commands = await asyncio.gather(
            _servers(questions, application, expected.allowed),
            _commands(questions, application, expected),
        )
        login = Finding.ok("Discord", f"Takes the token, which is {name}'s ({application.id}).")
        return [login, servers, commands, _address(application)]


def _no_login(silence: Unanswered, expected: Expected) -> Finding:
    if silence.status == 401:
        remedy = (
            "Copy the token again from the Bot page in Discord's developer portal (Reset Token "
            "makes a new one) into DISCORD_TOKEN."
        )
        return Finding.broken("Discord", "It does not take the token.", remedy=remedy)
    remedy = "Look at this machine's network and at https://discordstatus.com, then look again."
    if expected.api_url is not None:
        remedy = "Look at whoever listens at CLAPPER_DISCORD_API_URL, or correct that address."
    if silence.status == 429:
        remedy = "Wait, then look again."
    return Finding.warning("Discord", silence.why, remedy=remedy)


# -- servers -------------------------------------------------------------------------------------


async def _servers(
    questions: Questions, application: Application, allowed: AllowedServers
) -> Finding:
    name, joined = "joined servers", await _joined(questions)
    if isinstance(joined, Unanswered):
        return Finding.warning(name, joined.why, remedy="Look again in a minute.")
    invite = f"Invite the bot: {_invitation(application.id)}"
    if not joined:
        return Finding.broken(name, "The bot is in no server.", remedy=invite)
    missing = sorted(allowed.ids - joined)
    if missing:
        sentence = f"In {len(joined)}, but not in these that may spend: {_some(missing)}."
        remedy = f"{invite} - or correct CLAPPER_ALLOWED_SERVERS."
        judge = Finding.warning if allowed.ids & joined else Finding.broken
        return judge(name, sentence, remedy=remedy)
    closed = sorted(guild for guild in joined if guild not in allowed)
    idle = f", of which these may not spend: {_some(closed)}" if closed else ""
    return Finding.ok(name, f"In {len(joined)}{idle}.")


async def _joined(questions: Questions) -> set[GuildId] | Unanswered:
    joined, after = set[GuildId](), 0
    while True:
        page = await questions.ask(
            "/users/@me/guilds", _LIST, limit=str(_PAGE), **({"after": str(after)} if after else {})
        )
        if isinstance(page, Unanswered):
            return page
        fresh = {GuildId(guild.id) for guild in page} - joined
        joined |= fresh
        if len(page) < _PAGE or not fresh:  # nothing fresh: somebody does not turn the pages
            return joined
        after = max(joined)


def _invitation(application: int) -> str:
    scopes = ("bot", "applications.commands")
    rights = discord.Permissions(**dict.fromkeys(INVITED_WITH, True))
    return discord.utils.oauth_url(application, permissions=rights, scopes=scopes)


def _some(ids: Sequence[object]) -> str:
    return ", ".join(map(str, ids[:_SHOWN])) + (" …" if len(ids) > _SHOWN else "")


# -- commands ------------------------------------------------------------------------------------


async def _commands(questions: Questions, application: Application, expected: Expected) -> Finding:
    server, name = expected.development_server, "commands"
    where = "" if server is None else f" in development server {server}"
    scope = "" if server is None else f"/guilds/{server}"
    found = await questions.ask(f"/applications/{application.id}{scope}/commands", COMMANDS)
    if isinstance(found, Unanswered):
        if server is not None and found.status in {403, 404}:
            remedy = (
                f"Invite the bot there: {_invitation(application.id)} - or correct "
                "CLAPPER_DEVELOPMENT_SERVER."
            )
            sentence = f"The bot is not{where}, which alone gets them."
            return Finding.broken(name, sentence, remedy=remedy)
        return Finding.warning(name, found.why, remedy="Look again in a minute.")
    if not found:
        remedy = (
            "Start the bot, or start it again: it registers what Discord lacks. If they are still "
            "missing then, its log says what is in the way."
        )
        return Finding.warning(name, f"None are registered{where}.", remedy=remedy)
    differ = differences(expected.commands or outline(found), outline(found))
    if differ:
        remedy = (
            "Start the bot again: it registers them as they are. If that does not last, something "
            "else uses the same token: end it, or make a new token."
        )
        return Finding.warning(name, f"{_told(differ)}{where}.", remedy=remedy)
    return Finding.ok(name, f"{len(found)} registered{where}.")


def _told(differ: Difference) -> str:
    parts = {
        "missing": differ.missing,
        "not this bot's": differ.strange,
        "registered with other options": differ.changed,
    }
    told = (f"{what}: {_some(names)}" for what, names in parts.items() if names)
    return f"Not as the bot registered them; {'; '.join(told)}"


def _address(application: Application) -> Finding:
    name = "commands' way"
    if not application.interactions_endpoint_url:
        return Finding.ok(name, "To the bot's own connection.")
    remedy = (
        "Empty the field Interactions Endpoint URL on the application's page General Information "
        "in Discord's developer portal."
    )
    sentence = "Discord sends commands to a web address, so the bot never hears of them."
    return Finding.broken(name, sentence, remedy=remedy)
