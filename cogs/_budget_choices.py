"""What `/budget` offers while an amount is typed.

Rule: completions are shown to those who may decide; nobody else is offered anything.
"""

from contextlib import suppress

from discord import app_commands

from bot.cards import Reader
from bot.domain.errors import AmountUnreadableError
from bot.domain.money import OWN_ENDS, parse_own_dollars
from bot.domain.policy import Policy
from cogs._admin import is_admin
from cogs._budget_words import per
from cogs._caller import Asked, caller_of


async def own_amount_choices(interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """The amount as it is understood, and the word that ends it."""
    if interaction.guild_id is None or not await is_admin(interaction):
        return []
    services = interaction.client.services
    rules = await services.policies.read(caller_of(interaction).guild)
    return [*_typed(interaction.client.reader(interaction), typed, rules)]


def _typed(reader: Reader, typed: str, rules: Policy) -> list[app_commands.Choice[str]]:
    everybody = per(reader, rules.allowance, rules.allowance_period)
    end = app_commands.Choice(
        name=reader.say("commands.budget.own.end", word=OWN_ENDS, everybody=everybody),
        value=OWN_ENDS,
    )
    with suppress(AmountUnreadableError):
        amount = parse_own_dollars(typed)
        if amount is not None:
            name = per(reader, amount, rules.allowance_period)
            return [app_commands.Choice(name=name, value=typed.strip()), end]
    return [end]
