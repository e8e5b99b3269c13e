"""One way from a wish to a job, for commands, buttons and forms alike.

    look ahead → refuse, or ask → answer → images → hold → the waiting message

Rule: the answer stands before any money is held, and if it cannot stand, nothing is spent. A refusal
is for the member alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import discord

from bot.app import CUT_OFF, Clapper
from bot.cards import Reader
from bot.domain.budget import Already, Decision, Limit, Refused, Reserved
from bot.domain.errors import RequestRefusedError, SorryError, StoreError
from bot.domain.ids import ChannelId, InteractionId
from bot.domain.job import Job, Place
from bot.domain.money import Micros
from bot.domain.outlook import Outlook
from bot.domain.video import VideoModel
from bot.log import get_logger
from bot.service.generate import Wish
from cogs._answer import Answer
from cogs._caller import Asked, Caller, caller_of
from cogs._desk import desk_of
from cogs._offers import ask_buttons, offer_buttons
from cogs._order_cards import Terms, elsewhere_card, preview_card, question_card
from cogs._pictures import files_for
from cogs._refusals import fault_card, may_be_cheaper, refused_card
from cogs._show_waiting import ready_at, show_waiting
from cogs._waiting import Waiting
from cogs._wished import Wished, read_wished


@dataclass(frozen=True, slots=True)
class Case:
    """One wish on its way."""

    answer: Answer
    caller: Caller
    wished: Wished
    wish: Wish
    outlook: Outlook
    terms: Terms

    @property
    def asked(self) -> Asked:
        return self.answer.interaction

    @property
    def bot(self) -> Clapper:
        return self.asked.client

    @property
    def reader(self) -> Reader:
        """Of the member."""
        return self.bot.reader(self.asked)

    @property
    def public(self) -> Reader:
        """Of everybody in the channel."""
        return self.bot.reader(self.asked, public=True)


async def order_by_command(
    asked: Asked, model: VideoModel, mode: str, options: Mapping[str, object]
) -> None:
    """What a slash command was given, and on from there."""
    answer = Answer(asked)
    wished = await answer.patiently(read_wished(asked, model, mode, options=options))
    await order(answer, wished)


async def order(answer: Answer, wished: Wished) -> None:
    """Makes the job, or says to the member alone why not."""
    case = await looked_at(answer, wished)
    if case.outlook.refused is not None:
        await _refuse(case, case.outlook.refused)
    elif case.terms.price.micros > case.outlook.policy.confirm_above and not wished.agreed:
        await _question(case)
    else:
        await _make(case)


async def looked_at(answer: Answer, wished: Wished) -> Case:
    """What would come of it at this moment."""
    asked = answer.interaction
    caller, services = caller_of(asked), asked.client.services
    foresee = services.foresee
    wish = Wish(
        guild=caller.guild,
        member=caller.member,
        roles=caller.roles,
        interaction=InteractionId(asked.id),
        model=wished.model.key,
        request=wished.request,
        place=Place(caller.channel),
        parent=wished.parent,
    )
    outlook = await answer.patiently(foresee(wish))
    price = foresee.price(wish)
    rest = Micros(outlook.free - price.micros)
    terms = Terms(price, rest, ready_at(asked.client, wished.model, wished.request))
    return Case(answer, caller, wished, wish, outlook, terms)


# -- no ----------------------------------------------------------------------------------------


async def _refuse(case: Case, refused: Refused) -> None:
    reader, bot, wished, owner = case.reader, case.bot, case.wished, case.caller.member
    if refused.limit is Limit.WORD:
        fault = RequestRefusedError("prompt", "blocked_word", word=refused.word)
        card = fault_card(reader, fault, prompt=wished.request.prompt)
        await case.answer.privately(card)
        return
    offers = (
        offer_buttons(reader, bot, wished, free=case.outlook.affordable, owner=owner)
        if may_be_cheaper(refused)
        else []
    )
    asking = ask_buttons(reader, bot, wished, refused, policy=case.outlook.policy, owner=owner)
    reason = await _reason(case, refused)
    price = case.terms.price
    card = refused_card(
        reader, wished, refused, price=price, offers=offers, buttons=asking, reason=reason
    )
    await case.answer.privately(card)


async def _reason(case: Case, refused: Refused) -> str:
    """What the admins say of it."""
    if refused.limit is not Limit.PAUSED:
        return ""
    pause = await case.bot.services.policies.find_pause(case.caller.guild)
    return pause.reason if pause else ""


async def _question(case: Case) -> None:
    token = desk_of(case.bot).questions.put(replace(case.wished, agreed=True), case.caller.member)
    await case.answer.privately(question_card(case.reader, case.wished, case.terms, token=token))


# -- yes ---------------------------------------------------------------------------------------


async def _make(case: Case) -> None:
    try:
        waiting = await _stand(case)
        decision = await case.bot.services.studio.generate.order(_placed(case, waiting))
    except Exception:
        await case.answer.withdraw()  # it promised a video; the door says what happened
        raise
    await _tell(case, waiting, decision)


async def _stand(case: Case) -> Waiting:
    """The message that waits stands, with its images on it."""
    channel = _channel_for(case)
    if channel == case.caller.channel and case.answer.may_be_public:
        waiting = await case.answer.publicly(preview_card(case.public, case.wished, case.terms))
        await _attach(case, waiting)
        return waiting
    await case.answer.privately(elsewhere_card(case.reader, case.terms, channel))
    files = await files_for(case.bot, case.wished.request)
    names = [file.filename for file in files]
    card = preview_card(case.public, case.wished, case.terms, pictures=names)
    try:
        return await case.answer.posted(card, channel, files)
    except (discord.Forbidden, discord.NotFound) as error:
        raise SorryError("members.closed", channel=f"<#{channel}>") from error


async def _attach(case: Case, waiting: Waiting) -> None:
    files = await files_for(case.bot, case.wished.request)
    if files:
        names = [file.filename for file in files]
        card = preview_card(case.public, case.wished, case.terms, pictures=names)
        await waiting.show(card, files)


def _channel_for(case: Case) -> ChannelId:
    """Where the video goes."""
    return case.outlook.policy.home(case.caller.channel, case.caller.parent)


def _placed(case: Case, waiting: Waiting) -> Wish:
    place = Place(waiting.channel, waiting.message)
    return replace(case.wish, place=place)


async def _tell(case: Case, waiting: Waiting, decision: Decision) -> None:
    match decision:
        case Refused():  # somebody was faster since we looked
            await waiting.withdraw()
            await _refuse(case, decision)
        case Reserved(job, rest):
            await _show(case, waiting, job, rest)
        case Already(job):
            if job.place.message == waiting.message:
                await _show(case, waiting, job, None)
            else:
                await waiting.withdraw()


async def _show(case: Case, waiting: Waiting, job: Job, rest: Micros | None) -> None:
    try:
        await show_waiting(case.bot, waiting, job, case.wished, reader=case.public, rest=rest)
        if not case.answer.may_be_public:
            at = (case.caller.guild, waiting.message)
            card = elsewhere_card(case.reader, case.terms, waiting.channel, at=at)
            await case.answer.privately(card)
    except (StoreError, discord.HTTPException, *CUT_OFF) as error:
        # The job goes on: whoever read here that something failed would order it twice. If it
        # waits in line, the follower writes the message anew.
        desk_of(case.bot).said.pop(job.number, None)
        get_logger(__name__).info("A waiting message is not up to date", why=type(error).__name__)
