"""What the waiting message says once its job stands, and when it expects the video.

Rule: it says what is true at this moment: the follower of the line (`cogs/waiting.py`) keeps it so.
"""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from bot.app import Clapper
from bot.cards import Reader, waiting_card
from bot.domain.job import Job
from bot.domain.money import Micros
from bot.domain.video import VideoModel, VideoRequest
from cogs._desk import Said, desk_of
from cogs._pictures import picture_names, show_with
from cogs._waiting import Waiting
from cogs._wished import Wished


async def show_waiting(
    bot: Clapper,
    waiting: Waiting,
    job: Job,
    wished: Wished,
    *,
    reader: Reader,
    rest: Micros | None = None,
    word: str = "",
) -> None:
    """The waiting message says what is true now that its job stands."""
    stand = await bot.services.line.find(job.number)
    rounds = 1
    if stand is not None:
        desk_of(bot).said[job.number] = Said(stand, rest)
        at_once = (await bot.services.policies.read(job.guild)).at_once
        rounds += ceil((stand.ahead + 1) / at_once)

    async def show(pictures: Sequence[str]) -> None:
        card = waiting_card(
            reader,
            job,
            wished.model,
            rest=rest,
            ready_at=ready_at(bot, wished.model, wished.request, rounds=rounds),
            ahead=stand and stand.ahead,
            halted=stand.halted if stand else "",
            pictures=pictures,
            word=word,
        )
        await waiting.show(card)

    await show_with(picture_names(wished.request), show)


def ready_at(
    bot: Clapper, model: VideoModel, request: VideoRequest, *, rounds: int = 1
) -> datetime:
    """When a video should be there that starts now, or in a later round."""
    services, longest = bot.services, model.plan(request).longest
    return services.clock.now() + services.studio.watch.patience.scaled(longest * rounds)
