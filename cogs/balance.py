"""`/balance`: what a member can spend here, and when there is more.

Rule: read from the books at this moment, and shown to the member alone.
"""

from collections.abc import Sequence
from typing import Any

from discord import app_commands, ui
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import (
    Act,
    Card,
    Press,
    Reader,
    Tone,
    container,
    notice_card,
    rehearsal_line,
    row,
    rule,
    small,
    text,
)
from bot.domain.budget import Funds, Pool
from cogs import _grants
from cogs._caller import Asked, caller_of
from cogs._grants import grant_button, grant_lines


class Balance(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.balance.name"), description=localised("commands.balance")
    )
    async def balance(self, interaction: Asked) -> None:
        """In one look."""
        await _show(interaction)


async def balance(interaction: Asked, _press: Press) -> None:
    """The button under a word about money: whoever presses sees their own."""
    await _show(interaction)


async def _show(interaction: Asked) -> None:
    caller, services = caller_of(interaction), interaction.client.services
    reader = interaction.client.reader(interaction)
    if caller.guild not in services.allowed:  # its rules name amounts that nobody can spend
        limit = "refusals.limit.server"
        card = notice_card(reader.say(f"{limit}.title"), reader.say(limit), tone=Tone.CAREFUL)
        await interaction.response.send_message(view=card, ephemeral=True)
        return
    now = services.clock.now()
    funds = await services.money.funds(caller.guild, caller.member, roles=caller.roles, now=now)
    pool = await services.money.pool(caller.guild, now=now)
    card = balance_card(reader, funds, pool, grant_button(reader, caller.member, funds))
    await interaction.response.send_message(view=card, ephemeral=True)


def balance_card(
    reader: Reader, funds: Funds, pool: Pool, buttons: "Sequence[ui.Item[Any]]" = ()
) -> Card:
    """The member's own money first; then what everybody shares."""
    renews = reader.say(
        f"members.balance.renews.{funds.period.kind}",
        allowance=funds.allowance,
        at=funds.period.ends_at,
    )
    lines = [
        reader.say("members.balance.held", amount=funds.held) if funds.held else "",
        reader.say(f"members.balance.spent.{funds.period.kind}", amount=funds.spent),
        renews,
    ]
    grants = grant_lines(reader, funds)
    spendable = min(funds.free, pool.free)
    shared = reader.say(
        "members.balance.pool" if spendable == funds.free else "members.balance.pool.short",
        free=pool.free,
        limit=pool.limit,
        at=pool.period.ends_at,
    )
    return Card(
        container(
            text(f"### {reader.say('members.balance.title')}"),
            text(f"# {reader.say('members.balance.free', amount=funds.free)}"),
            text(*lines),
            *([rule(), text(*grants), row(*buttons)] if grants else []),
            rule(),
            text(small(shared), rehearsal_line(reader)),
        )
    )


async def setup(bot: Clapper) -> None:
    """Adds the command, and listens."""
    bot.on_press(Act.BALANCE, balance)
    _grants.listen(bot)
    await bot.add_cog(Balance())
