"""Bringing notices to servers: alerts, asks, and the word to who asked.

Rule: a notice is posted once, however often somebody tries; and nobody is told what is of no use
any more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from bot.domain.ask import Ask, AskState, Void
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import ChannelId, GuildId, JobNumber, UserId
from bot.domain.job import UNFINISHED_STATES, Job
from bot.domain.money import Micros
from bot.domain.notice import Letter, Notice, Posting, Spot, Topic
from bot.domain.outcome import outcome_of
from bot.domain.policy import Policy
from bot.domain.ports import Clock, Failpoint, JobStore, Postman, nowhere
from bot.service.patience import Patience

_LATEST: Final = 3
"""Jobs on an ask's card."""


class NoticeStore(Protocol):
    """Where notices stand written."""

    async def list_due(self, now: datetime) -> list[Notice]: ...
    async def find_card(self, guild: GuildId, ask: int) -> Notice | None: ...
    async def posted(self, notice: int, place: Spot, *, now: datetime) -> None: ...
    async def gone(self, notice: int, place: Spot, *, now: datetime) -> None: ...
    async def given_up(self, notice: int, why: str, *, now: datetime) -> None: ...
    async def postponed(self, notice: int, why: str, *, due_at: datetime) -> None: ...


class AskStore(Protocol):
    """Where asks stand written."""

    async def find(self, guild: GuildId, number: int) -> Ask | None: ...
    async def list_untold(self) -> list[Ask]: ...
    async def shown(self, number: int, state: AskState) -> None: ...
    async def void(
        self,
        number: int,
        why: Void,
        *,
        now: datetime,
        actor: UserId | None = None,
        told: bool = True,
    ) -> bool: ...


class PolicyStore(Protocol):
    """Where the admins' decisions stand written."""

    async def read(self, guild: GuildId) -> Policy: ...


@dataclass(frozen=True, slots=True)
class Notify:
    """Posts what is owed."""

    notices: NoticeStore
    asks: AskStore
    jobs: JobStore
    policies: PolicyStore
    postman: Postman
    clock: Clock
    patience: Patience
    failpoint: Failpoint = nowhere
    _working: set[int] = field(default_factory=set[int], init=False)

    async def __call__(self) -> None:
        """One round."""
        for notice in await self.notices.list_due(self.clock.now()):
            await self.pay(notice)
        for ask in await self.asks.list_untold():
            await self.tell_card(ask)

    async def pay(self, notice: Notice, *, told: bool = True) -> Posting:
        """One try. `told`: a member whose card has no place to go gets a word."""
        if notice.id in self._working:
            return Posting.LATER
        self._working.add(notice.id)
        try:
            return await self._pay(notice, told=told)
        finally:
            self._working.discard(notice.id)

    async def keep_standing(self, guild: GuildId, ask: int) -> Posting:
        """Posts an ask's card, and again where somebody took it away. NEVER: it has no place to go,
        and so there is no ask.
        """
        card = await self.notices.find_card(guild, ask)
        assert card is not None, "who asks is owed a card"
        if card.posted is not None:
            letter = await self._letter(card, card.posted[0])
            try:
                if await self.postman.amend(letter, card.posted):
                    return Posting.POSTED
            except PostponedError:
                return Posting.LATER
            await self.notices.gone(card.id, card.posted, now=self.clock.now())
            card = await self.notices.find_card(guild, ask) or card
        return await self.pay(card, told=False)

    async def card_tells(self, ask: Ask) -> None:
        """Somebody else has let the card say what became of it."""
        await self.asks.shown(ask.number, ask.state)

    async def tell_card(self, ask: Ask) -> None:
        """Lets an ask's card say what became of it."""
        card = await self.notices.find_card(ask.question.guild, ask.number)
        if card is not None and card.posted is not None:
            letter = await self._letter(card, card.posted[0])
            try:
                await self.postman.amend(letter, card.posted)
            except PostponedError:
                return  # the next round
        await self.asks.shown(ask.number, ask.state)

    async def _pay(self, notice: Notice, *, told: bool) -> Posting:
        now = self.clock.now()
        if notice.ends_at <= now:
            return await self._never(notice, "too old", told=told)
        channel = await self._channel(notice)
        if channel is None:
            return await self._never(notice, "no channel", told=told)
        letter = await self._letter(notice, channel)
        if notice.topic is Topic.CARD and (letter.ask is None or letter.ask.decided_at):
            return await self._never(notice, "decided", told=told)
        try:
            spot = await self.postman.post(letter)
        except PostponedError as error:
            due_at = now + self.patience.after(error, notice.tries)
            await self.notices.postponed(notice.id, str(error), due_at=due_at)
            return Posting.LATER
        except UndeliverableError as error:
            return await self._never(notice, str(error), told=told)
        self.failpoint("after-notice")
        await self.notices.posted(notice.id, spot, now=self.clock.now())
        return Posting.POSTED

    async def _never(self, notice: Notice, why: str, *, told: bool) -> Posting:
        now = self.clock.now()
        await self.notices.given_up(notice.id, why, now=now)
        if notice.topic is Topic.CARD:
            await self.asks.void(notice.ask, Void.CHANNEL, now=now, told=told)
        return Posting.NEVER

    async def _channel(self, notice: Notice) -> ChannelId | None:
        policy = await self.policies.read(notice.guild)
        if notice.topic is not Topic.WORD:
            return policy.admin_channel
        ask = await self.asks.find(notice.guild, notice.ask)
        return ask and policy.home(ask.question.asked_in, ask.question.asked_in_parent)

    async def _letter(self, notice: Notice, channel: ChannelId) -> Letter:
        if notice.topic not in {Topic.CARD, Topic.WORD}:
            return Letter(notice, channel)
        ask = await self.asks.find(notice.guild, notice.ask)
        if ask is None or notice.topic is Topic.WORD or ask.state is not AskState.OPEN:
            return Letter(notice, channel, ask)
        jobs = await self.jobs.list_of_member(notice.guild, ask.question.member, limit=_LATEST)
        return Letter(notice, channel, ask, tuple([(job, await self._cost(job)) for job in jobs]))

    async def _cost(self, job: Job) -> Micros | None:
        if job.state in UNFINISHED_STATES:
            return None
        return outcome_of(job, paid=await self.jobs.paid(JobNumber(job.number))).charged
