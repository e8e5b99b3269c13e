"""Asking an admin, and what an admin's answer sets going.

    ask      → the question and its card are owed → the card stands
    approve  → looked ahead → the waiting message stands → grant, hold and job, in one transaction
    deny     → the member is owed a word

Rule: asking costs nothing. Whatever happens in between, an approval makes one job or none, and money
that was granted for it is held for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from weakref import WeakValueDictionary

from bot.domain.ask import (
    Ask,
    AskState,
    NotAsked,
    Question,
    Unanswered,
    Void,
    obstacle_of,
)
from bot.domain.budget import Already, Decision, Refused, Reserved
from bot.domain.errors import NotFoundError, PostponedError
from bot.domain.ids import GuildId, RoleId, UserId
from bot.domain.job import Job, Order, Place
from bot.domain.notice import Posting, Spot
from bot.domain.policy import Policy
from bot.domain.ports import Clock, Failpoint, Postman, nowhere
from bot.domain.video import VideoRequest
from bot.service.foresee import Foresee
from bot.service.generate import Generate, Wish
from bot.service.notify import Notify


class AskStore(Protocol):
    """Where asks stand written."""

    async def find(self, guild: GuildId, number: int) -> Ask | None: ...
    async def open(self, question: Question, *, now: datetime) -> Ask | NotAsked: ...
    async def approve(
        self, number: int, order: Order, *, actor: UserId, now: datetime
    ) -> Decision: ...
    async def deny(
        self, guild: GuildId, number: int, *, actor: UserId, reason: str, now: datetime
    ) -> bool: ...
    async def expire(self, number: int, *, now: datetime) -> bool: ...
    async def void(
        self,
        number: int,
        why: Void,
        *,
        now: datetime,
        actor: UserId | None = None,
        told: bool = True,
    ) -> bool: ...
    async def stuck(self, number: int, why: str, *, now: datetime) -> bool: ...
    async def stands(self, number: int, place: Spot | None) -> None: ...
    async def list_expired(self, now: datetime) -> list[Ask]: ...
    async def list_stranded(self) -> list[Ask]: ...


@dataclass(frozen=True, slots=True)
class Approved:
    """The job stands."""

    ask: Ask
    job: Job


@dataclass(frozen=True, slots=True)
class Over:
    """It was decided before."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class NotNow:
    """Something else has to be mended first; the ask stays open."""

    ask: Ask
    why: Unanswered
    refused: Refused


Approval = Approved | Over | NotNow


@dataclass(frozen=True, slots=True)
class Fresh:
    """What only Discord knows of an ask, at the moment of the approval."""

    request: VideoRequest | Void
    """With images that can be fetched now; or why there is none."""
    roles: frozenset[RoleId] | None = None
    """None: nobody knows, so those of then count."""
    left: bool = False
    """The member is no longer in the server."""


Stand = Callable[[Ask, VideoRequest, Policy], Awaitable[Spot]]
"""Puts the waiting message of an ask where everybody sees it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions and answers."""

    asks: AskStore
    generate: Generate
    foresee: Foresee
    notify: Notify
    postman: Postman
    clock: Clock
    failpoint: Failpoint = nowhere
    _locks: WeakValueDictionary[int, asyncio.Lock] = field(
        default_factory=WeakValueDictionary[int, asyncio.Lock], init=False
    )
    """One for each ask that somebody is at."""

    # -- asking ------------------------------------------------------------------------------

    async def ask(self, question: Question) -> Ask | NotAsked:
        """Puts the question to the admins; their card stands, or is owed through an outage."""
        opened = await self.asks.open(question, now=self.clock.now())
        if isinstance(opened, NotAsked) or opened.state is not AskState.OPEN:
            return opened
        self.failpoint("ask-opened")
        posting = await self.notify.keep_standing(question.guild, opened.number)
        return NotAsked.CLOSED if posting is Posting.NEVER else opened

    async def get(self, guild: GuildId, number: int) -> Ask:
        """An ask of this server. Raises NotFoundError."""
        ask = await self.asks.find(guild, number)
        if ask is None:
            raise NotFoundError(f"ask {number}")
        return ask

    # -- answering -----------------------------------------------------------------------------

    async def approve(
        self, guild: GuildId, number: int, *, actor: UserId, fresh: Fresh, stand: Stand
    ) -> Approval:
        """Makes the video that was asked for. Who comes second is told what became of it.

        Raises NotFoundError.
        """
        async with self._alone(number):
            return await self._approve(guild, number, actor=actor, fresh=fresh, stand=stand)

    async def deny(self, guild: GuildId, number: int, *, actor: UserId, reason: str) -> bool:
        """Says no. False: it was decided before."""
        async with self._alone(number):
            return await self.asks.deny(
                guild, number, actor=actor, reason=reason, now=self.clock.now()
            )

    # -- by itself -----------------------------------------------------------------------------

    async def __call__(self) -> None:
        """One round: what nobody answered expires, and what stands for nothing is taken away."""
        for ask in await self.asks.list_expired(self.clock.now()):
            async with self._alone(ask.number):
                await self.asks.expire(ask.number, now=self.clock.now())
        for stranded in await self.asks.list_stranded():
            async with self._alone(stranded.number):
                ask = await self.get(stranded.question.guild, stranded.number)
                if ask.job is None:  # nobody has approved it while we waited
                    await self._take_away(ask)

    def _alone(self, number: int) -> asyncio.Lock:
        """Whoever is at an ask is alone with it."""
        return self._locks.setdefault(number, asyncio.Lock())

    # -- the steps of an approval --------------------------------------------------------------

    async def _approve(
        self, guild: GuildId, number: int, *, actor: UserId, fresh: Fresh, stand: Stand
    ) -> Approval:
        ask = await self.get(guild, number)
        now = self.clock.now()
        if ask.state is AskState.OPEN and ask.expires_at <= now:
            await self.asks.expire(number, now=now)
            ask = await self.get(guild, number)
        if ask.state is not AskState.OPEN:
            return Over(ask)
        if isinstance(fresh.request, Void) or fresh.left:
            why = Void.LEFT if not isinstance(fresh.request, Void) else fresh.request
            return await self._void(ask, why, actor)
        wish = _wish_of(ask, fresh.request, fresh.roles)
        outlook = await self.foresee(wish)
        if self.foresee.price(wish).micros > ask.question.price:
            return await self._void(ask, Void.DEARER, actor)
        if outlook.refused is not None:
            stopped = await self._stopped(ask, outlook.refused, actor)
            if stopped is not None:
                return stopped
        spot = ask.waiting or await stand(ask, fresh.request, outlook.policy)
        self.failpoint("ask-waiting")
        await self.asks.stands(number, spot)
        channel, message = spot
        return await self._order(ask, replace(wish, place=Place(channel, message)), actor)

    async def _order(self, ask: Ask, wish: Wish, actor: UserId) -> Approval:
        async def reserve(order: Order, now: datetime) -> Decision:
            return await self.asks.approve(ask.number, order, actor=actor, now=now)

        try:
            decision = await self.generate.order(wish, reserve=reserve)
        except NotFoundError:  # denied or expired while we looked
            decision = None
        self.failpoint("ask-ordered")
        ask = await self.get(ask.question.guild, ask.number)
        match decision:
            case Reserved(job) | Already(job):
                return Approved(ask, job)
            case None:
                await self._take_away(ask)
                return Over(ask)
            case Refused():  # since we looked
                await self._take_away(ask)
                stopped = await self._stopped(ask, decision, actor)
                assert stopped is not None, "what the member lacked was granted"
                return stopped

    async def _stopped(self, ask: Ask, refused: Refused, actor: UserId) -> Approval | None:
        obstacle = obstacle_of(refused)
        if isinstance(obstacle, Void):
            return await self._void(ask, obstacle, actor)
        if obstacle is None:
            return None
        await self.asks.stuck(ask.number, obstacle, now=self.clock.now())
        return NotNow(ask, obstacle, refused)

    async def _void(self, ask: Ask, why: Void, actor: UserId) -> Approval:
        await self.asks.void(ask.number, why, now=self.clock.now(), actor=actor)
        return Over(await self.get(ask.question.guild, ask.number))

    async def _take_away(self, ask: Ask) -> None:
        if ask.waiting is None:
            return
        with suppress(PostponedError):  # the next round
            await self.postman.withdraw(ask.question.guild, ask.waiting)
            await self.asks.stands(ask.number, None)


def _wish_of(ask: Ask, request: VideoRequest, roles: frozenset[RoleId] | None) -> Wish:
    question = ask.question
    return Wish(
        guild=question.guild,
        member=question.member,
        roles=question.roles if roles is None else roles,
        interaction=question.interaction,
        model=question.model,
        request=request,
        place=Place(question.asked_in),
        parent=question.parent,
    )
