"""`run`: the bot at work, until it is told to stop.

Rule: nothing is opened before the settings are whole, and everything that was opened is closed.
"""

import asyncio
from argparse import Namespace
from contextlib import AsyncExitStack
from typing import Final

from bot.adapters.discord.postman import DiscordPostman
from bot.adapters.sqlite.marks import Marks
from bot.app import Face
from bot.bootstrap import Bot, Parts, PostOffice, build
from bot.domain.hosts import shown
from bot.log import get_logger
from bot.playground.rehearsal import RehearsalProvider
from bot.playground.rehearsed_settings import rehearse_with
from bot.running import run_until, told_to_stop
from bot.settings import Settings, list_strangers
from bot.verbs.verb import Exit, Verb


def _act(settings: Settings, arguments: Namespace) -> Exit:
    del arguments
    asyncio.run(work(settings))
    return Exit.FINE


async def work(settings: Settings, parts: Parts | None = None) -> None:
    """Until it is told to stop. A test may replace parts."""
    token = settings.require_discord()
    settings.require_provider()
    face = Face(
        token,
        scale=settings.wait_scale,
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        development_server=settings.development_server,
    )
    async with AsyncExitStack() as stack:
        stop = stack.enter_context(told_to_stop())
        if settings.provider == "rehearsal":
            settings = await _rehearse(settings, stack)

        def postman(office: PostOffice) -> DiscordPostman:
            return DiscordPostman(
                face,
                office.clips,
                office.encoder,
                office.clip_url,
                office.models,
                office.clock,
                rehearsal=office.rehearsal,
            )

        bot = await stack.enter_async_context(
            build(settings, postman=postman, is_connected=face.is_connected, parts=parts)
        )
        _greet(bot)
        serving = face.serve(bot.services, Marks(bot.database))
        await run_until(stop, bot, serving, closing=[face.close])


def _greet(bot: Bot) -> None:
    """All that is said of a good start: a bad one is one line."""
    log, (host, port) = get_logger(__name__), bot.web_address
    if bot.settings.provider == "rehearsal":
        log.warning(
            "REHEARSAL: the provider is a stand-in inside this process, and nothing is spent"
        )
    for name in list_strangers():
        log.warning("This is no setting of Clapper's, and does nothing", name=name)
    log.info("Clapper is open", web=f"http://{shown(host)}:{port}")


async def _rehearse(settings: Settings, stack: AsyncExitStack) -> Settings:
    provider = await stack.enter_async_context(RehearsalProvider(wait_scale=settings.wait_scale))
    return rehearse_with(settings, provider)


RUN: Final = Verb("run", "run the bot (what is done when no verb is typed)", _act)
