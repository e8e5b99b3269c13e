"""One way from a wish to a job, for commands, buttons and forms alike.

    look ahead → refuse, or ask → answer → images → hold → the waiting message

Rule: the answer stands before any money is held, and if it cannot stand, nothing is spent. A refusal
is for the member alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

import discord

from bot.app import Clapper
from bot.cards import Reader, waiting_card
from bot.domain.budget import Already, Decision, Refused, Reserved
from bot.domain.errors import RequestRefusedError
from bot.domain.ids import ChannelId, InteractionId
from bot.domain.job import Job, Place
from bot.domain.money import Micros
from bot.domain.outlook import Outlook
from bot.domain.video import VideoModel
from bot.service.generate import Wish
from cogs._answer import Answer
from cogs._ask import Ask, read_ask
from cogs._caller import Asked, Caller, caller_of
from cogs._cards import Terms, elsewhere_card, preview_card, question_card
from cogs._desk import desk_of
from cogs._line import Said
from cogs._offers import offer_buttons
from cogs._pictures import files_for, picture_names
from cogs._refusals import may_be_cheaper, refused_card
from cogs._sorry import SorryError
from cogs._waiting import Waiting


@dataclass(frozen=True, slots=True)
class _Case:
    """One wish on its way."""

    answer: Answer
    caller: Caller
    ask: Ask
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
    ask = await answer.patiently(read_ask(asked, model, mode, options=options))
    await order(answer, ask)


async def order(answer: Answer, ask: Ask) -> None:
    """Makes the job, or says to the member alone why not."""
    case = await _looked_at(answer, ask)
    if case.outlook.word is not None:
        raise RequestRefusedError("prompt", "blocked_word", word=case.outlook.word)
    if case.outlook.refused is not None:
        await _refuse(case, case.outlook.refused)
    elif case.terms.price.micros > case.outlook.policy.confirm_above and not ask.agreed:
        await _question(case)
    else:
        await _make(case)


async def _looked_at(answer: Answer, ask: Ask) -> _Case:
    asked = answer.interaction
    caller, services = caller_of(asked), asked.client.services
    foresee = services.foresee
    wish = Wish(
        guild=caller.guild,
        member=caller.member,
        roles=caller.roles,
        interaction=InteractionId(asked.id),
        model=ask.model.key,
        request=ask.request,
        place=Place(caller.channel),
        parent=ask.parent,
    )
    outlook = await answer.patiently(foresee(wish))
    price = foresee.price(wish)
    rest = Micros(outlook.free - price.micros)
    terms = Terms(price, rest, _ready_at(asked.client, ask, rounds=1))
    return _Case(answer, caller, ask, wish, outlook, terms)


# -- no ----------------------------------------------------------------------------------------


async def _refuse(case: _Case, refused: Refused) -> None:
    buttons = (
        offer_buttons(
            case.reader,
            case.bot,
            case.ask,
            free=case.outlook.affordable,
            owner=case.caller.member,
        )
        if may_be_cheaper(refused)
        else []
    )
    card = refused_card(case.reader, case.ask, refused, buttons=buttons)
    await case.answer.privately(card)


async def _question(case: _Case) -> None:
    token = desk_of(case.bot).questions.put(replace(case.ask, agreed=True), case.caller.member)
    await case.answer.privately(question_card(case.reader, case.ask, case.terms, token=token))


# -- yes ---------------------------------------------------------------------------------------


async def _make(case: _Case) -> None:
    try:
        waiting = await _stand(case)
        decision = await case.bot.services.studio.generate.order(_placed(case, waiting))
    except Exception:
        await case.answer.withdraw()  # it promised a video; the door says what happened
        raise
    await _tell(case, waiting, decision)


async def _stand(case: _Case) -> Waiting:
    """The message that waits stands, with its images on it."""
    channel = _channel_for(case)
    if channel == case.caller.channel and case.answer.may_be_public:
        waiting = await case.answer.publicly(preview_card(case.public, case.ask, case.terms))
        await _attach(case, waiting)
        return waiting
    await case.answer.privately(elsewhere_card(case.reader, case.terms, channel))
    files = await files_for(case.bot, case.ask.request)
    names = [file.filename for file in files]
    card = preview_card(case.public, case.ask, case.terms, pictures=names)
    try:
        return await case.answer.posted(card, channel, files)
    except (discord.Forbidden, discord.NotFound) as error:
        raise SorryError("members.closed", channel=f"<#{channel}>") from error


async def _attach(case: _Case, waiting: Waiting) -> None:
    files = await files_for(case.bot, case.ask.request)
    if files:
        names = [file.filename for file in files]
        card = preview_card(case.public, case.ask, case.terms, pictures=names)
        await waiting.show(card, files)


def _channel_for(case: _Case) -> ChannelId:
    """Where the video goes: the generation channel and its threads, or here if that is as good."""
    policy, caller = case.outlook.policy, case.caller
    at_home = policy.channel in {caller.channel, caller.parent}
    if policy.channel is None or policy.anywhere or at_home:
        return caller.channel
    return policy.channel


def _placed(case: _Case, waiting: Waiting) -> Wish:
    place = Place(waiting.channel, waiting.message)
    return replace(case.wish, place=place)


async def _tell(case: _Case, waiting: Waiting, decision: Decision) -> None:
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


async def _show(case: _Case, waiting: Waiting, job: Job, rest: Micros | None) -> None:
    ahead = await case.bot.services.line.ahead_of(job.number)
    if ahead is not None:
        desk_of(case.bot).said[job.number] = Said(ahead, rest)
    card = waiting_card(
        case.public,
        job,
        case.ask.model,
        rest=rest,
        ready_at=case.terms.ready_at if ahead is None else _after(case, ahead),
        ahead=ahead,
        pictures=picture_names(case.ask.request),
    )
    await waiting.show(card)
    if not case.answer.may_be_public:
        at = (case.caller.guild, waiting.message)
        await case.answer.privately(elsewhere_card(case.reader, case.terms, waiting.channel, at=at))


def _after(case: _Case, ahead: int) -> datetime:
    rounds = 1 + ceil((ahead + 1) / case.outlook.policy.at_once)
    return _ready_at(case.bot, case.ask, rounds=rounds)


def _ready_at(bot: Clapper, ask: Ask, *, rounds: int) -> datetime:
    services = bot.services
    plan = ask.model.plan(ask.request)
    return services.clock.now() + services.studio.watch.patience.scaled(plan.longest * rounds)
