"""What `/budget` offers while something is typed.

Rule: completions are shown to those who may decide; nobody else is offered anything. And what is not
understood is offered nothing: Discord takes the first offer with Enter, whatever was typed.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from discord import app_commands

from bot.cards import Reader
from bot.domain.errors import AmountUnreadableError, MomentUnreadableError
from bot.domain.expiry import TYPICAL, parse_expiry
from bot.domain.ids import UserId
from bot.domain.money import EVERYTHING, OWN_ENDS, parse_dollars, parse_own_dollars, show_dollars
from bot.domain.policy import Policy
from cogs._admin import is_offered
from cogs._caller import Asked, caller_of
from cogs._choices import choices
from cogs.budget.words import per


async def own_amount_choices(interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """The amount as it is understood, and the word that ends it."""
    if not await is_offered(interaction):
        return []
    services = interaction.client.services
    rules = await services.policies.read(caller_of(interaction).guild)
    return choices(_own_amounts(interaction.client.reader(interaction), typed, rules))


async def expiry_choices(interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """What was typed as it is understood; and what is typical, where it goes on like that."""
    if not await is_offered(interaction):
        return []
    services, reader = interaction.client.services, interaction.client.reader(interaction)
    zone = (await services.policies.read(caller_of(interaction).guild)).zone
    now = services.clock.now()
    words = typed.strip()
    typical = [word for word in TYPICAL if word.startswith(words.casefold())]
    found = dict[str, str]()
    for word in (words, *typical):
        with suppress(MomentUnreadableError):
            until = parse_expiry(word, now=now, zone=zone)
            found.setdefault(word, _moment(reader, word, until, zone))
    return choices((name, word) for word, name in found.items())


async def take_choices(interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """The amount as it is understood, and all that this member was granted and has left."""
    if not await is_offered(interaction):
        return []
    services, reader = interaction.client.services, interaction.client.reader(interaction)
    named: list[tuple[str, str]] = []
    with suppress(AmountUnreadableError):
        named.append((show_dollars(parse_dollars(typed)), typed.strip()))
    member = getattr(interaction.namespace, "member", None)
    if member is not None and (named or EVERYTHING.startswith(typed.strip().casefold())):
        guild, now = caller_of(interaction).guild, services.clock.now()
        funds = await services.money.funds(guild, UserId(member.id), roles=(), now=now)
        there = sum(grant.free for grant in funds.grants)
        name = reader.say("commands.budget.take.all", word=EVERYTHING, there=there)
        named.append((name, EVERYTHING))
    return choices(named)


def _own_amounts(reader: Reader, typed: str, rules: Policy) -> Iterator[tuple[str, str]]:
    try:
        amount = parse_own_dollars(typed)
    except AmountUnreadableError:
        if not OWN_ENDS.startswith(typed.strip().casefold()):
            return
    else:
        if amount is not None:
            yield per(reader, amount, rules.allowance_period), typed.strip()
    everybody = per(reader, rules.allowance, rules.allowance_period)
    end = reader.say("commands.budget.own.end", word=OWN_ENDS, everybody=everybody)
    yield end, OWN_ENDS


def _moment(reader: Reader, word: str, until: datetime | None, zone: ZoneInfo) -> str:
    """Discord draws no timestamps here, so the server's own clock is written out."""
    if until is None:
        return reader.say("commands.budget.expires.never", word=word)
    local = until.astimezone(zone)
    if local.hour == local.minute == 0:  # to the end of the day before
        day = (local - timedelta(days=1)).date().isoformat()
        return reader.say("commands.budget.expires.day", word=word, day=day)
    return reader.say("commands.budget.expires.at", word=word, at=f"{local:%Y-%m-%d %H:%M}")
