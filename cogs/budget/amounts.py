"""Who has an amount of their own: roles and members, page by page.

Rule: behind a button of `/budget allowance`'s answer; who presses is asked again whether they may.
"""

from typing import Any, Final

from discord import ui

from bot.app import Clapper
from bot.cards import Card, Press, Reader, button
from bot.domain.money import Micros
from cogs._admin import admin_of_allowed
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._pages import page_at, page_card
from cogs.budget.words import per

OPEN: Final = "amounts"
TURN: Final = "amounts-page"
"""`clapper:amounts-page:START`."""


def amounts_button(reader: Reader) -> "ui.Button[Any]":
    """Opens the list."""
    return button(OPEN, label=reader.say("budget.amounts.open"))


async def _open(interaction: Asked, _press: Press) -> None:
    await admin_of_allowed(interaction)
    await answer_with(interaction, _card(interaction, 0))


async def _turn(interaction: Asked, press: Press) -> None:
    await admin_of_allowed(interaction)
    await answer_with(interaction, _card(interaction, press.number), replaces=True)


async def _card(interaction: Asked, start: int) -> Card:
    policies, guild = interaction.client.services.policies, caller_of(interaction).guild
    roles = await policies.list_role_allowances(guild)
    members = await policies.list_member_allowances(guild)
    kind = (await policies.read(guild)).allowance_period
    reader = interaction.client.reader(interaction)

    def line(own: tuple[str, Micros]) -> str:
        return reader.say("budget.amounts.line", whose=own[0], gets=per(reader, own[1], kind))

    own = [(f"<@&{role}>", amount) for role, amount in roles.items()]
    own += [(f"<@{member}>", amount) for member, amount in members.items()]
    page = page_at(own, start, line)
    none = reader.say("budget.amounts.none")
    return page_card(reader, reader.say("budget.amounts.title"), page, TURN, empty=none)


def listen(bot: Clapper) -> None:
    """To the buttons."""
    bot.on_press(OPEN, _open)
    bot.on_press(TURN, _turn)
