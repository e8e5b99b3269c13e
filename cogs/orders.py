"""Presses on a question and on offers: what was asked for is made, or it is not.

Rule: each is taken once, by whoever it was shown to.
"""

from bot.app import Clapper
from bot.cards import Press, notice_card
from bot.domain.errors import PictureGoneError, RequestRefusedError, SorryError
from bot.domain.ids import UserId
from cogs._answer import Answer
from cogs._caller import Asked
from cogs._desk import desk_of
from cogs._order import order
from cogs._refusals import fault_card
from cogs._sorry import picture_gone_card, sorry_card
from cogs._wished import Wished


async def agree(interaction: Asked, press: Press) -> None:
    """*Make it*, on a question."""
    desk, member = desk_of(interaction.client), UserId(interaction.user.id)
    with desk.presses.once(interaction) as first:
        if first:
            await _order(interaction, desk.questions.take(press.parts[0], member))
        else:
            await interaction.response.defer()


async def decline(interaction: Asked, press: Press) -> None:
    """*Not now*, on a question."""
    desk, member = desk_of(interaction.client), UserId(interaction.user.id)
    with desk.presses.once(interaction) as first:
        if not first:
            await interaction.response.defer()
        elif desk.questions.take(press.parts[0], member) is None:
            raise SorryError("members.question.over")  # *Make it* may have been faster
        else:
            reader = interaction.client.reader(interaction)
            card = notice_card("", reader.say("members.question.declined"))
            await interaction.response.edit_message(view=card)


async def offer(interaction: Asked, press: Press) -> None:
    """One of the offers after a refusal."""
    token, nth = press.parts
    desk, member = desk_of(interaction.client), UserId(interaction.user.id)
    with desk.presses.once(interaction) as first:
        if first:
            asks = desk.offers.take(token, member)
            await _order(interaction, asks[int(nth)] if asks else None)
        else:
            await interaction.response.defer()


async def _order(interaction: Asked, wished: Wished | None) -> None:
    if wished is None:
        raise SorryError("members.question.over")
    await order(Answer(interaction, replaces=True), wished)


async def setup(bot: Clapper) -> None:
    """Listens."""
    bot.on_press("agree", agree)
    bot.on_press("decline", decline)
    bot.on_press("offer", offer)
    bot.door.explain(RequestRefusedError, fault_card)
    bot.door.explain(PictureGoneError, picture_gone_card)
    bot.door.explain(SorryError, sorry_card)
