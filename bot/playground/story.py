"""The bot's main job, told in a terminal: members order videos, pay from a budget, and get files.

Rule: everything but Discord and the provider's machines is the real thing. Nothing is spent.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.adapters.folder import DataFolder
from bot.bootstrap import Bot, PostOffice, build
from bot.domain.budget import Refused, Reserved
from bot.domain.ids import ChannelId, GuildId, InteractionId, MessageId, UserId
from bot.domain.job import JobState, Place
from bot.domain.money import show_dollars
from bot.domain.outcome import Outcome, Receipt, Route
from bot.domain.ports import Debt
from bot.domain.reading import read_request
from bot.playground.rehearsal import RehearsalProvider
from bot.playground.rehearsed_settings import rehearse_with
from bot.service.generate import Wish
from bot.settings import Settings

Say = Callable[[str], None]

_GUILD: Final = GuildId(1)
_MEMBER: Final = UserId(2)
_CHANNEL: Final = ChannelId(3)
_PROMPTS: Final = (
    ("ltx", "a small robot walks through a rainy neon street"),
    ("wan", "paper boats drift down a gutter after the storm"),
    ("kling", "a fox looks up as the first snow falls"),
)


@dataclass(slots=True)
class Channel:
    """Where the story's videos are posted: the terminal."""

    say: Say
    folder: Path
    told: asyncio.Queue[Outcome] = field(default_factory=asyncio.Queue[Outcome])

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        """One line for each message."""
        del debt
        for clip in outcome.clips:
            self.say(f"  #{outcome.job.number} is done: {self.folder / clip.name}")
        if not outcome.worked:
            self.say(f"  #{outcome.job.number} failed ({outcome.cause}); nothing was charged")
        self.told.put_nowait(outcome)
        return Receipt(Route.CHANNEL, _CHANNEL, MessageId(outcome.job.number))


async def tell_story(settings: Settings, *, speed: float, say: Say) -> None:
    """Runs the bot against the rehearsal provider until every order is done."""
    channel = Channel(say, DataFolder(settings.data_dir).clips)

    def open_channel(_: PostOffice) -> Channel:
        return channel

    async with RehearsalProvider(wait_scale=1 / speed) as provider:
        rehearsed = rehearse_with(settings, provider, speed=speed)
        async with build(rehearsed, postman=open_channel, is_connected=lambda: True) as bot:
            watching = asyncio.create_task(bot.studio.watch.run())
            await _order_videos(bot, channel)
            await bot.studio.watch.drain()
            await watching
        billed = sum(task.billed_micros for task in provider.books.tasks.values())
        say(f"The provider's own books: {len(provider.books.tasks)} tasks, ${billed / 1e6:.2f}.")


async def _order_videos(bot: Bot, channel: Channel) -> None:
    say = channel.say
    waiting = 0
    for key, prompt in _PROMPTS:
        waiting += await _order(bot, key, prompt, say)
    for _ in range(waiting):
        await channel.told.get()
    await _settled(bot)
    funds = await bot.services.money.funds(_GUILD, _MEMBER, roles=(), now=bot.services.clock.now())
    say(f"The member's budget: {show_dollars(funds.spent)} spent, {show_dollars(funds.free)} free.")


async def _order(bot: Bot, key: str, prompt: str, say: Say) -> int:
    model = bot.services.models[key]
    now = bot.services.clock.now()
    decision = await bot.studio.generate.order(
        Wish(
            guild=_GUILD,
            member=_MEMBER,
            roles=frozenset(),
            interaction=InteractionId(int(now.timestamp() * 1_000_000)),
            model=key,
            request=read_request(model, "text", {"prompt": prompt}),
            place=Place(_CHANNEL),
        )
    )
    say(f"/{key} text prompt: {prompt}")
    if isinstance(decision, Reserved):
        price, rest = show_dollars(decision.job.price), show_dollars(decision.rest)
        say(f"  #{decision.job.number} costs {price}, and {rest} is left")
        return 1
    assert isinstance(decision, Refused)
    short = ", ".join(
        f"{show_dollars(lack.free)} is free for the {lack.scope}" for lack in decision.shortfalls
    )
    say(f"  refused: it costs {show_dollars(decision.price)}, and {short or decision.limit}")
    return 0


async def _settled(bot: Bot) -> None:
    """The last message stands before its row does: wait for the row."""
    while True:
        counts = await bot.services.jobs.count_by_state()
        if not counts.get(JobState.STORED, 0):
            return
        await asyncio.sleep(0.05)
