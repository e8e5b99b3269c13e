"""A member's grants: the first of them on a card, and all of them page by page.

Rule: one's own, or an admin looks; a button that names somebody else asks whether one may.
"""

from typing import Any, Final

from discord import ui

from bot.app import Clapper
from bot.cards import Card, Press, Reader, button, small
from bot.domain.budget import Funds, Grant
from bot.domain.ids import UserId
from cogs._admin import admin_of_allowed
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._pages import page_at, page_card

OPEN: Final = "grants"
TURN: Final = "grants-page"
"""`clapper:grants-page:START:MEMBER`."""
_SHOWN: Final = 10
"""On a card that is about more than grants."""


def grant_lines(reader: Reader, funds: Funds) -> list[str]:
    """The first of them, those that expire soonest; and how many more there are."""
    if not funds.grants:
        return []
    lines = [grant_line(reader, grant) for grant in funds.grants[:_SHOWN]]
    left = len(funds.grants) - len(lines)
    more = [small(reader.say("card.more", count=left))] if left else []
    return [f"**{reader.say('members.balance.grants')}**", *lines, *more]


def grant_button(reader: Reader, member: int, funds: Funds) -> "list[ui.Button[Any]]":
    """Opens the list, where a card does not show all of it."""
    if len(funds.grants) <= _SHOWN:
        return []
    return [button(OPEN, 0, member, label=reader.say("members.balance.grants.all"))]


def grant_line(reader: Reader, grant: Grant) -> str:
    """What is left of one grant, and for how long."""
    key = "members.balance.grant" if grant.expires_at is None else "members.balance.grant.until"
    return reader.say(key, free=grant.free, given=grant.given, at=grant.expires_at)


async def _open(interaction: Asked, press: Press) -> None:
    await _show(interaction, press)


async def _turn(interaction: Asked, press: Press) -> None:
    await _show(interaction, press, replaces=True)


async def _show(interaction: Asked, press: Press, *, replaces: bool = False) -> None:
    whose = UserId(press.number_at(1))
    if whose != caller_of(interaction).member:
        await admin_of_allowed(interaction)
    await answer_with(interaction, _card(interaction, press.number, whose), replaces=replaces)


async def _card(interaction: Asked, start: int, whose: UserId) -> Card:
    services, guild = interaction.client.services, caller_of(interaction).guild
    funds = await services.money.funds(guild, whose, roles=(), now=services.clock.now())
    reader = interaction.client.reader(interaction)
    title = reader.say("members.balance.grants.of", member=f"<@{whose}>")
    page = page_at(funds.grants, start, lambda it: grant_line(reader, it))
    return page_card(reader, title, page, TURN, whose, empty=reader.say("card.none"))


def listen(bot: Clapper) -> None:
    """To the buttons."""
    bot.on_press(OPEN, _open)
    bot.on_press(TURN, _turn)
