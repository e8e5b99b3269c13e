"""Accepting a request: price, checks, hold, job.

Rule: this is called after the member got an answer, and before anything is paid. It posts nothing
to the provider; the queue does, when it is the job's turn.
"""

from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.budget import Decision, Limit, Refused, Reserved
from bot.domain.ids import GuildId, InteractionId, JobNumber, RoleId, UserId
from bot.domain.job import Order, Place
from bot.domain.ports import Clock, Failpoint, JobStore, nowhere
from bot.domain.video import Price, PriceList, VideoModel, VideoRequest
from bot.service.guard import Guard


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asks for, and where."""

    guild: GuildId
    member: UserId
    roles: frozenset[RoleId]
    interaction: InteractionId
    model: str
    request: VideoRequest
    place: Place
    parent: JobNumber | None = None


Reserve = Callable[[Order, datetime], Awaitable[Decision]]
"""Holds an order's price and opens its job."""


@dataclass(frozen=True, slots=True)
class Generate:
    """The way in."""

    jobs: JobStore
    models: Mapping[str, VideoModel]
    prices: Mapping[str, PriceList]
    allowed: Container[GuildId]
    guard: Guard
    clock: Clock
    wake: Callable[[], None]
    """Tells the watcher that somebody waits."""
    failpoint: Failpoint = nowhere

    def price(self, model: str, request: VideoRequest) -> Price:
        """What a request costs now."""
        return self.models[model].price(request, self.prices.get(model))

    async def order(self, wish: Wish, *, reserve: Reserve | None = None) -> Decision:
        """Holds the money and queues the job, or says what stands against it. `reserve`: another way
        to hold it, such as one that grants what is missing first.
        """
        price = self.price(wish.model, wish.request)
        if wish.guild not in self.allowed:
            return Refused(price.micros, limit=Limit.SERVER)
        if self.guard.stop is not None:
            return Refused(price.micros, limit=Limit.STOPPED)
        self.failpoint("before-hold")
        decision = await (reserve or self.jobs.reserve)(order_of(wish, price), self.clock.now())
        self.failpoint("after-hold")
        if isinstance(decision, Reserved):
            self.wake()
        return decision

    async def cancel(self, guild: GuildId, member: UserId, number: JobNumber) -> bool:
        """Stops a member's own job while it waits. False: too late, or not theirs."""
        job = await self.jobs.find(number)
        if job is None or job.guild != guild or job.member != member:
            return False
        cancelled = await self.jobs.cancel(number, now=self.clock.now(), why="by its maker")
        if cancelled:
            self.wake()
        return cancelled


def order_of(wish: Wish, price: Price) -> Order:
    """A wish with its price, as the books take it."""
    return Order(
        guild=wish.guild,
        member=wish.member,
        roles=wish.roles,
        interaction=wish.interaction,
        model=wish.model,
        mode=wish.request.mode,
        request=wish.request.model_dump_json(exclude_none=True),
        price=price.micros,
        price_assumed=price.assumed,
        place=wish.place,
        parent=wish.parent,
    )
