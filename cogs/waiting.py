"""Keeps the waiting messages of jobs in line true: how many go first, and that it has begun.

Rule: a message is edited only when that has changed, and a few at a time.
"""

from collections.abc import Sequence
from typing import Final

import discord

from bot.app import Clapper
from bot.cards import Card, Reader, waiting_card
from bot.domain.ids import JobNumber
from bot.domain.job import OPEN_STATES, Job
from bot.domain.money import Micros
from bot.log import get_logger
from bot.service.line import Stand
from cogs._desk import Said, desk_of
from cogs._found import find_request
from cogs._pictures import picture_names, show_with
from cogs._rounds import Rounds
from cogs._show_waiting import ready_at

_MOST_EDITS: Final = 5
_MOST_CAUGHT_UP: Final = 100
"""Older ones are done before their turn to be edited comes."""


class Follower(Rounds):
    """Goes round while its client lives."""

    every_seconds = 5.0  # as often as Discord wants to see a message edited, and no more

    async def round(self) -> None:
        """One look at the line."""
        await self.follow()

    async def follow(self) -> None:
        """One round."""
        standings = await self.bot.services.line.standings()
        desk = desk_of(self.bot)
        if not desk.caught_up.is_set():
            await self._catch_up(desk.said)
            desk.caught_up.set()
        said = desk.said
        begun = [number for number in said if number not in standings]
        moved = [
            number
            for number, stand in standings.items()
            if number not in said or said[number].stand != stand
        ]
        for number in (*begun, *moved)[:_MOST_EDITS]:
            await self._tell(number, standings.get(number))

    async def _catch_up(self, said: dict[JobNumber, Said]) -> None:
        """After a restart nobody knows what the messages say. Those of jobs that had to wait may still
        say that they are in line, and offer to cancel what is being paid.
        """
        jobs, patience = self.bot.services.jobs, self.bot.services.studio.watch.patience
        for number in sorted(await jobs.list_at_provider())[-_MOST_CAUGHT_UP:]:
            job = await jobs.find(number)
            moment = patience.seconds(self.every_seconds)
            if job is not None and job.state_at - job.created_at > moment:
                said.setdefault(number, Said(Stand(ahead=0), None))

    async def _tell(self, number: JobNumber, stand: Stand | None) -> None:
        line = desk_of(self.bot).said
        said = line.pop(number, None)
        rest = said.rest if said else None
        job = await self.bot.services.jobs.find(number)
        if job is None or job.state not in OPEN_STATES or job.place.message is None:
            return
        if stand is not None:
            line[number] = Said(stand, rest)
        place = self.bot.get_partial_messageable(job.place.channel, guild_id=job.guild)
        try:
            message = place.get_partial_message(job.place.message)

            async def show(pictures: Sequence[str]) -> None:
                card = line_card(self.bot, job, stand=stand, rest=rest, pictures=pictures)
                await self.bot.awake(job.place.channel, lambda: message.edit(view=card))

            found = find_request(self.bot, job)
            await show_with(picture_names(found[1]) if found else (), show)
        except discord.HTTPException as error:
            get_logger(__name__).info("A waiting message stays as it is", why=str(error.code))


def line_card(
    bot: Clapper,
    job: Job,
    *,
    stand: Stand | None,
    rest: Micros | None,
    pictures: Sequence[str] = (),
) -> Card:
    """The waiting message as it is true now."""
    guild, services = bot.get_guild(job.guild), bot.services
    reader = Reader(str(guild.preferred_locale) if guild else "en", rehearsal=services.rehearsal)
    found = find_request(bot, job)
    return waiting_card(
        reader,
        job,
        services.models.get(job.model),
        rest=rest,
        ready_at=ready_at(bot, *found) if found and stand is None else None,
        ahead=stand and stand.ahead,
        halted=stand.halted if stand else "",
        pictures=pictures,
    )


async def setup(bot: Clapper) -> None:
    """Adds the follower."""
    await bot.add_cog(Follower(bot))
