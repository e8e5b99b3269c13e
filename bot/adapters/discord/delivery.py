"""One message that is owed, brought to its people.

Rule: before anything is posted a second time, the place is searched for what an earlier try left.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Final

import discord

from bot.adapters.discord.history import find_marked
from bot.adapters.discord.obstacles import Obstacle, ObstacleError, judged
from bot.adapters.discord.parcels import Packer, Parcel
from bot.adapters.discord.pictures import (
    Picture,
    as_file,
    read_addresses,
    read_pictures,
    wants_pictures,
)
from bot.cards import (
    Card,
    Reader,
    failure_card,
    gone_card,
    gone_mark,
    mark,
    result_card,
    word_card,
    word_mark,
)
from bot.domain.clip import Label
from bot.domain.errors import NotFoundError, PostponedError, UndeliverableError
from bot.domain.ids import ChannelId, MessageId
from bot.domain.outcome import Outcome, Receipt, Route
from bot.domain.ports import Debt
from bot.domain.video import VideoModel

Channel = discord.PartialMessageable | discord.DMChannel

SMALLEST_LIMIT: Final = 10 * 2**20
"""What every server takes, and every direct message."""
MOST_FILES: Final = 10
"""On one message."""
_STUBBORN: Final = 8 * 2**20
"""For when even that is refused."""
_MOST_HOLDERS: Final = 3


@dataclass(slots=True)
class Delivery:
    """All that one try knows."""

    client: discord.Client
    outcome: Outcome
    debt: Debt
    model: VideoModel | None
    rehearsal: bool
    packer: Packer
    links: Sequence[str]
    uploads: asyncio.Semaphore
    again: bool
    """An earlier try may have posted it."""
    pictures: tuple[Picture, ...] = ()
    unfit: int = 0
    """No copy of at most so many bytes can be made."""
    why: list[str] = field(default_factory=list[str])
    """What closed the ways so far, for the log."""

    async def deliver(self) -> Receipt:
        """Every way in its order. Raises PostponedError or UndeliverableError."""
        channel = self._channel(self.debt.channel or self.outcome.job.place.channel)
        receipt = await self._found(channel, Route.CHANNEL)
        if receipt is None:
            receipt = await (self._video(channel) if self.outcome.worked else self._word(channel))
        return receipt

    # -- a finished video ----------------------------------------------------------------------

    async def _video(self, channel: Channel) -> Receipt:
        await self._fetch_pictures()
        try:
            receipt = await self._post_video(channel, self._limits(), Route.CHANNEL)
            return receipt or await self._direct_video(channel)
        except NotFoundError as error:
            await self._say_gone(channel)
            raise UndeliverableError(f"the file is gone: {error}") from error

    async def _direct_video(self, channel: Channel) -> Receipt:
        direct = await self._direct()
        if direct is not None:
            receipt = await self._found(direct, Route.DIRECT)
            limits = (SMALLEST_LIMIT, _STUBBORN)
            receipt = receipt or await self._post_video(direct, limits, Route.DIRECT)
            if receipt is not None:
                await self._say_direct(channel)
                return receipt
        await self._say_kept(channel)
        raise UndeliverableError("; ".join(self.why))

    async def _post_video(
        self, channel: Channel, limits: Sequence[int], route: Route
    ) -> Receipt | None:
        """As files, each time smaller, then as links. None: not here."""
        for limit in limits:
            parcel = await self._pack(limit)
            if parcel is None:
                self.why.append("unfit")
                break
            try:
                return await self._post_parcel(channel, parcel, route)
            except ObstacleError as error:
                self.why.append(str(error))
                if error.obstacle is Obstacle.CLOSED:
                    return None
                if error.obstacle is Obstacle.RIGHTS:
                    break
        try:
            return await self._post_links(channel, route)
        except ObstacleError as error:
            self.why.append(str(error))
            return None

    async def _pack(self, limit: int) -> Parcel | None:
        if limit <= self.unfit:
            return None
        job = self.outcome.job
        title = self.model.title if self.model else job.model
        parcel = await self.packer.pack(
            job.number,
            self.outcome.clips[: MOST_FILES - len(self.pictures)],
            limit,
            label=Label(title=f"Clapper {job.number}", comment=f"job {job.number}, {title}"),
            besides=sum(len(body) for _, body in self.pictures),
        )
        if parcel is None:
            self.unfit = limit
        return parcel

    async def _post_parcel(self, channel: Channel, parcel: Parcel, route: Route) -> Receipt:
        if route is Route.CHANNEL and parcel.fitted:
            route = Route.FITTED
        async with self.uploads:
            return await self._post(channel, self._result(route, parcel), route, parcel=parcel)

    async def _post_links(self, channel: Channel, route: Route) -> Receipt | None:
        if not self.links:
            return None
        shown = Route.LINK if route is Route.CHANNEL else route
        return await self._post(channel, self._result(shown, None), shown)

    def _result(self, route: Route, parcel: Parcel | None) -> Card:
        return result_card(
            self._reader(),
            self.outcome,
            self.model,
            debt=self.debt,
            route=route,
            files=parcel.names if parcel else (),
            links=self.links,
            pictures=[name for name, _ in self.pictures] if parcel else (),
        )

    def _limits(self) -> tuple[int, int]:
        """What a file may weigh now, for a server's boosts come and go; and what to try after that."""
        guild = self.client.get_guild(self.outcome.job.guild)
        limit = guild.filesize_limit if guild else SMALLEST_LIMIT
        return limit, (SMALLEST_LIMIT if limit > SMALLEST_LIMIT else _STUBBORN)

    # -- a failure, and words ------------------------------------------------------------------

    async def _word(self, channel: Channel) -> Receipt:
        """Why there is no video: in the channel, else directly."""
        card = failure_card(self._reader(), self.outcome, self.model, debt=self.debt)
        try:
            return await self._post(channel, card, Route.CHANNEL)
        except ObstacleError as error:
            self.why.append(str(error))
        direct = await self._direct()
        if direct is not None:
            found = await self._found(direct, Route.DIRECT)
            if found is not None:
                return found
            card = failure_card(
                self._reader(), self.outcome, self.model, debt=self.debt, route=Route.DIRECT
            )
            try:
                return await self._post(direct, card, Route.DIRECT)
            except ObstacleError as error:
                self.why.append(str(error))
        raise UndeliverableError("; ".join(self.why))

    async def _say_direct(self, channel: Channel) -> None:
        """The video is with its maker already: this word may fail."""
        card = word_card(self._reader(), self.outcome, debt=self.debt, kept=False)
        with suppress(PostponedError):
            await self._say(channel, card, word_mark(self.debt))

    async def _say_kept(self, channel: Channel) -> None:
        """The only word that its maker gets: it is tried again while it may be heard."""
        card = word_card(self._reader(), self.outcome, debt=self.debt, kept=True)
        await self._say(channel, card, word_mark(self.debt))

    async def _say_gone(self, channel: Channel) -> None:
        card = gone_card(self._reader(), self.outcome, debt=self.debt)
        await self._say(channel, card, gone_mark(self.debt))

    async def _say(self, channel: Channel, card: Card, its_mark: str) -> bool:
        """A word in the channel about a video that is not there. False: the channel takes none."""
        since = self.outcome.job.state_at
        if self.again and await find_marked(self.client, channel, its_mark, since=since):
            return True
        try:
            await self._send(channel, card, nonce=f"{self.debt.nonce[:23]}-w")
        except ObstacleError as error:
            self.why.append(f"word: {error}")
            return False
        return True

    # -- sending -------------------------------------------------------------------------------

    async def _post(
        self, channel: Channel, card: Card, route: Route, *, parcel: Parcel | None = None
    ) -> Receipt:
        message = await self._send(channel, card, nonce=self.debt.nonce, parcel=parcel)
        return _receipt(route, message)

    async def _send(
        self, channel: Channel, card: Card, *, nonce: str, parcel: Parcel | None = None
    ) -> discord.Message:
        maker = discord.Object(self.outcome.job.member)
        with ExitStack() as stack:
            files = [*stack.enter_context(parcel.opened())] if parcel else []
            for picture in self.pictures if parcel else ():
                files.append(as_file(picture))
                stack.callback(files[-1].close)
            stack.enter_context(judged(self.client))
            return await channel.send(
                view=card,
                files=files,
                nonce=nonce,
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[maker], replied_user=False
                ),
            )

    async def _found(self, channel: Channel, route: Route) -> Receipt | None:
        if not self.again:
            return None
        since = self.outcome.job.state_at
        message = await find_marked(self.client, channel, mark(self.debt), since=since)
        return None if message is None else _receipt(route, message, detail="found")

    # -- places --------------------------------------------------------------------------------

    def _channel(self, channel: ChannelId) -> discord.PartialMessageable:
        # No look at what the channel is: whether it takes a message, the message finds out.
        return self.client.get_partial_messageable(channel, guild_id=self.outcome.job.guild)

    async def _direct(self) -> discord.DMChannel | None:
        try:
            with judged(self.client):
                return await self.client.create_dm(discord.Object(self.outcome.job.member))
        except ObstacleError as error:
            self.why.append(f"direct: {error}")
            return None

    def _reader(self) -> Reader:
        guild = self.client.get_guild(self.outcome.job.guild)
        return Reader(str(guild.preferred_locale) if guild else "en", rehearsal=self.rehearsal)

    # -- the messages that hold its images -----------------------------------------------------

    async def _fetch_pictures(self) -> None:
        if not wants_pictures(self.outcome.job):
            return
        for channel, message_id in self._holders():
            try:
                with judged(self.client):
                    message = await self._channel(channel).fetch_message(message_id)
            except ObstacleError:
                continue
            self.pictures = await read_pictures(self.client, message)
            if self.pictures:
                return
        self.pictures = await read_addresses(self.client, self.outcome.job)

    def _holders(self) -> Iterator[tuple[ChannelId, MessageId]]:
        """The latest results, then the message that waited."""
        for receipt in self.outcome.told[:_MOST_HOLDERS]:
            yield receipt.channel, receipt.message
        place = self.outcome.job.place
        if place.message is not None:
            channels = (place.answered_in, place.channel)
            yield from ((channel, place.message) for channel in channels if channel is not None)


def _receipt(route: Route, message: discord.Message, *, detail: str = "") -> Receipt:
    return Receipt(route, ChannelId(message.channel.id), MessageId(message.id), detail)
