"""*Approve once* and *Deny*: what an admin presses on the card of a question.

Rule: rights are asked anew with each press and with the form, and a question is answered once.
"""

from typing import Final

import discord
from pydantic import ValidationError

from bot.app import Form
from bot.cards import (
    Act,
    Card,
    Press,
    Reader,
    Sheet,
    Tone,
    ask_card,
    images_on,
    notice_card,
    show_price,
)
from bot.domain.ask import Ask, AskState, Unanswered, Void
from bot.domain.budget import Refused, Scope
from bot.domain.errors import SorryError
from bot.domain.ids import ChannelId, MessageId
from bot.domain.notice import Spot
from bot.domain.policy import Policy
from bot.domain.video import Price, VideoRequest
from bot.log import get_logger
from bot.service.ask import Approved, Fresh, NotNow, Over
from cogs._admin import admin_of_allowed
from cogs._caller import Asked
from cogs._decisions import reason_field, reason_in
from cogs._order_cards import Terms, preview_card
from cogs._pictures import files_for, picture_names
from cogs._roles import roles_of
from cogs._show_waiting import ready_at, show_waiting
from cogs._sources import refreshed_at_hand
from cogs._waiting import Posted
from cogs._wished import Wished

_LONGEST_REASON: Final = 300
_LEFT: Final = frozenset({10007, 10013})
"""Discord's own word that there is no such member, or user. Any other 404 is about something else."""


async def approve(interaction: Asked, press: Press) -> None:
    """The press. It may take a while, so the card is answered first and changed then."""
    caller = await admin_of_allowed(interaction)
    await interaction.response.defer()
    services = interaction.client.services
    ask = await services.asking.get(caller.guild, press.number)
    approval = await services.asking.approve(
        caller.guild,
        ask.number,
        actor=caller.member,
        fresh=await _fresh(interaction, ask),
        stand=lambda ask, request, policy: _stand(interaction, ask, request, policy),
    )
    await _tell(interaction, approval)


async def deny(interaction: Asked, press: Press) -> None:
    """Opens the form that takes a reason."""
    caller = await admin_of_allowed(interaction)
    ask = await interaction.client.services.asking.get(caller.guild, press.number)
    reader = interaction.client.reader(interaction)
    if ask.state is not AskState.OPEN:
        await interaction.response.defer()
        await _show_over(interaction, ask)
        return
    about = reader.say("asks.form.reason.about")
    field = reason_field(reader.say("asks.form.reason"), about, longest=_LONGEST_REASON)
    title = reader.say("asks.form.title")
    await interaction.response.send_modal(Sheet(title, Act.ASK_DENY, ask.number, fields=[field]))


async def denied(interaction: Asked, press: Press, form: Form) -> None:
    """The form came back."""
    caller = await admin_of_allowed(interaction)
    await interaction.response.defer()
    services = interaction.client.services
    reason = reason_in(form)
    done = await services.asking.deny(
        caller.guild, press.number, actor=caller.member, reason=reason
    )
    ask = await services.asking.get(caller.guild, press.number)
    if done:
        await _show_mine(interaction, ask)
        await services.notify()
    else:
        await _show_over(interaction, ask)


# -- before an approval ------------------------------------------------------------------------


async def _fresh(interaction: Asked, ask: Ask) -> Fresh:
    """What only Discord knows: whether the member is there, and where the images are now."""
    roles, left = None, False
    assert interaction.guild is not None
    try:
        member = await interaction.guild.fetch_member(ask.question.member)
        roles = roles_of(member)
    except discord.HTTPException as error:
        left = error.code in _LEFT  # else the roles of then count
    return Fresh(_request(interaction, ask), roles, left)


def _request(interaction: Asked, ask: Ask) -> VideoRequest | Void:
    model = interaction.client.services.models.get(ask.question.model)
    if model is None:
        return Void.MODEL
    try:
        request = model.request.model_validate_json(ask.question.request)
    except ValidationError:
        return Void.MODEL
    return refreshed_at_hand(interaction, request) or Void.PICTURE


async def _stand(interaction: Asked, ask: Ask, request: VideoRequest, policy: Policy) -> Spot:
    """The waiting message, by the bot itself, with a word to who asked."""
    bot, question = interaction.client, ask.question
    channel = policy.home(question.asked_in, question.asked_in_parent)
    place = bot.get_partial_messageable(channel, guild_id=question.guild)
    wished = _wished(interaction, ask, request)
    files = await files_for(bot, request)
    terms = Terms(
        Price(question.price, question.price_assumed), None, ready_at(bot, wished.model, request)
    )
    card = preview_card(
        bot.reader(interaction, public=True),
        wished,
        terms,
        pictures=[file.filename for file in files],
        word=_word(interaction, ask),
    )
    try:
        message = await place.send(
            view=card,
            files=files,
            nonce=f"clapper-a{ask.number}",
            allowed_mentions=discord.AllowedMentions(users=[discord.Object(question.member)]),
        )
    except (discord.Forbidden, discord.NotFound) as error:
        raise SorryError("members.closed", channel=f"<#{channel}>") from error
    return ChannelId(channel), MessageId(message.id)


def _wished(interaction: Asked, ask: Ask, request: VideoRequest) -> Wished:
    model = interaction.client.services.models[ask.question.model]
    return Wished(model, request, ask.question.parent, agreed=True)


def _word(interaction: Asked, ask: Ask) -> str:
    reader = interaction.client.reader(interaction, public=True)
    member, actor = f"<@{ask.question.member}>", f"<@{interaction.user.id}>"
    return reader.say("asks.word.approved", member=member, actor=actor)


# -- after it ----------------------------------------------------------------------------------


async def _tell(interaction: Asked, approval: Approved | Over | NotNow) -> None:
    match approval:
        case Approved(ask, job):
            await _show_mine(interaction, ask)
            request = _request(interaction, ask)
            if job.place.message is not None and not isinstance(request, Void):
                place = interaction.client.get_partial_messageable(
                    job.place.channel, guild_id=job.guild
                )
                await show_waiting(
                    interaction.client,
                    Posted(place, job.place.message),
                    job,
                    _wished(interaction, ask, request),
                    reader=interaction.client.reader(interaction, public=True),
                    word=_word(interaction, ask),
                )
        case Over(ask):
            await _show_over(interaction, ask)
            await interaction.client.services.notify()
        case NotNow(ask, why, refused):
            reader = interaction.client.reader(interaction)
            await interaction.followup.send(
                view=_not_now_card(reader, ask, why, refused), ephemeral=True
            )
            await interaction.client.services.notify()


async def _show_mine(interaction: Asked, ask: Ask) -> None:
    """Whoever decided reads it on the card; or, where that cannot be changed any more, beside it."""
    if not await _show_decided(interaction, ask):
        await _say_over(interaction, ask)


async def _show_decided(interaction: Asked, ask: Ask) -> bool:
    """On the card itself. False: it does not take it, now or ever; what was decided stands."""
    bot, message = interaction.client, interaction.message
    assert message is not None
    model = bot.services.models.get(ask.question.model)
    request = _request(interaction, ask)
    names = [] if isinstance(request, Void) else picture_names(request)
    kept = names if len(names) == len(images_on(message)) else []
    card = ask_card(bot.reader(interaction, public=True), ask, model, pictures=kept)
    try:
        await bot.awake(message.channel.id, lambda: interaction.edit_original_response(view=card))
    except discord.HTTPException as error:  # gone, or in a thread that was locked
        get_logger(__name__).info("A card does not tell what was decided", why=str(error))
        return False
    await bot.services.notify.card_tells(ask)
    return True


async def _show_over(interaction: Asked, ask: Ask) -> None:
    """It was decided before: the card says so, and whoever pressed reads it."""
    shown = await _show_decided(interaction, ask)
    if shown and ask.state is AskState.APPROVED and ask.actor == interaction.user.id:
        return  # a double click
    await _say_over(interaction, ask)


async def _say_over(interaction: Asked, ask: Ask) -> None:
    reader = interaction.client.reader(interaction)
    facts = {
        "member": f"<@{ask.question.member}>",
        "actor": f"<@{ask.actor}>",
        "at": ask.decided_at,
        "number": ask.job,
    }
    lines = [reader.say(f"asks.over.{ask.state}", **facts)]
    if ask.state is AskState.VOID:
        lines.append(reader.say(f"asks.void.{Void(ask.reason)}", **facts))
    card = notice_card(reader.say("door.title"), *lines, tone=Tone.CAREFUL)
    await interaction.followup.send(view=card, ephemeral=True)


def _not_now_card(reader: Reader, ask: Ask, why: Unanswered, refused: Refused) -> Card:
    short = {it.scope: it for it in refused.shortfalls}
    pool = short.get(Scope.SERVER)
    renews = [it.renews_at for scope, it in short.items() if scope in {Scope.DAY, Scope.MONTH}]
    sentence = reader.say(
        f"asks.not-now.{why}",
        member=f"<@{ask.question.member}>",
        price=show_price(reader, Price(refused.price, ask.question.price_assumed)),
        free=pool.free if pool else 0,
        allowed=refused.allowed or 0,
        at=max(renews, default=ask.expires_at),
    )
    return notice_card(
        reader.say("asks.not-now.title"),
        sentence,
        reader.say("asks.not-now.kept"),
        tone=Tone.CAREFUL,
    )
