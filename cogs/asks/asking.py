"""*Ask an admin*: from the button on a refusal to the card in the admin channel.

Rule: it costs nothing, and the member reads what becomes of it.
"""

import hashlib
import io
import json

from bot.app import Clapper
from bot.cards import Card, Press, Reader, Tone, notice_card
from bot.domain.ask import MOST_OPEN, Ask, AskState, Lack, NotAsked, Question, lack_of
from bot.domain.errors import SorryError
from bot.domain.ids import InteractionId, UserId
from bot.domain.policy import Policy
from bot.domain.video import Picture, VideoRequest
from cogs._answer import Answer
from cogs._caller import Asked, caller_of
from cogs._desk import desk_of
from cogs._order import Case, looked_at, order
from cogs._pictures import files_for, pictures_in
from cogs._wished import Wished


async def ask_admin(interaction: Asked, press: Press) -> None:
    """The press. What has become affordable since is simply made."""
    wished = desk_of(interaction.client).asks.take(press.parts[0], UserId(interaction.user.id))
    if wished is None:
        raise SorryError("members.question.over")
    answer = Answer(interaction, replaces=True)
    case = await looked_at(answer, wished)
    refused = case.outlook.refused
    lack = lack_of(refused) if refused is not None else None
    if lack is None:
        await order(answer, wished)
        return
    await answer.privately(await answer.patiently(_asked(interaction, wished, case, lack)))


async def _asked(interaction: Asked, wished: Wished, case: Case, lack: Lack) -> Card:
    reader, policy = interaction.client.reader(interaction), case.outlook.policy
    if policy.admin_channel is None:
        raise SorryError("asks.closed")
    caller = caller_of(interaction)
    question = Question(
        guild=caller.guild,
        member=caller.member,
        roles=caller.roles,
        interaction=InteractionId(interaction.id),
        likeness=await _likeness(interaction.client, wished),
        model=wished.model.key,
        mode=wished.request.mode,
        request=wished.request.model_dump_json(exclude_none=True),
        price=case.terms.price.micros,
        price_assumed=case.terms.price.assumed,
        lack=lack,
        asked_in=caller.channel,
        asked_in_parent=caller.parent,
        parent=wished.parent,
    )
    asked = await interaction.client.services.asking.ask(question)
    if asked is NotAsked.CLOSED:
        raise SorryError("asks.closed")
    if isinstance(asked, NotAsked):
        raise SorryError("asks.many", most=MOST_OPEN)
    return _asked_card(reader, asked, policy)


def _asked_card(reader: Reader, ask: Ask, policy: Policy) -> Card:
    if ask.state is not AskState.OPEN:
        raise SorryError("asks.denied-before", at=ask.decided_at)
    home = policy.home(ask.question.asked_in, ask.question.asked_in_parent)
    return notice_card(
        reader.say("asks.asked.title"),
        reader.say("asks.asked", channel=f"<#{home}>", at=ask.expires_at),
        tone=Tone.GOOD,
        footer=reader.say("asks.asked.free"),
    )


async def _likeness(bot: Clapper, wished: Wished) -> bytes:
    """The same for the same wish: images count by what is in them, not by where they lie."""
    pictures = pictures_in(wished.request)
    bodies = [_body(file.fp) for file in await files_for(bot, wished.request)]
    if not bodies:  # they cannot be had at present
        bodies = [picture.url.encode() for picture in pictures.values()]
    images = {
        name: hashlib.sha256(body).hexdigest() for name, body in zip(pictures, bodies, strict=True)
    }
    whole = [wished.model.key, _without_images(wished.request), images]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).digest()


def _without_images(request: VideoRequest) -> dict[str, object]:
    chosen = {"mode": request.mode, **request.given()}
    return {name: value for name, value in chosen.items() if not isinstance(value, Picture)}


def _body(file: io.BufferedIOBase) -> bytes:
    return file.read()
