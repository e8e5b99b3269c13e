"""Amounts and periods, as all of `/budget` says them.

Rule: an amount that renews is never said without how often it does.
"""

from discord import app_commands

from bot.app import localised
from bot.cards import Reader
from bot.domain.budget import Funds, Pool
from bot.domain.money import Micros
from bot.domain.period import PeriodKind


def period_choices() -> list[app_commands.Choice[str]]:
    """Day, week and month."""
    return [
        app_commands.Choice(name=localised(f"commands.period.{kind}"), value=kind.value)
        for kind in PeriodKind
    ]


def per(reader: Reader, amount: Micros, kind: PeriodKind) -> str:
    """`$1.00 a month`."""
    return reader.say(f"budget.per.{kind}", amount=amount)


def money_of(reader: Reader, member: int, before: Funds, after: Funds) -> str:
    """What somebody can spend now, and what they used."""
    key = "budget.free" if before.free == after.free else "budget.free.changed"
    lines = [
        reader.say(key, member=f"<@{member}>", before=before.free, after=after.free),
        reader.say(f"budget.used.{after.period.kind}", spent=after.spent, held=after.held),
    ]
    return "\n".join(lines)


def pool_line(reader: Reader, pool: Pool) -> str:
    """How the server's pool stands."""
    return reader.say(
        f"budget.pool.{pool.period.kind}",
        spent=pool.spent,
        held=pool.held,
        free=pool.free,
        at=pool.period.ends_at,
    )
