"""Amounts, periods and changes, as all of `/budget` says them.

Rule: a change says what was and what is, and a repetition says that nothing changed.
"""

from collections.abc import Sequence
from typing import Any

from discord import app_commands, ui

from bot.app import localised
from bot.cards import Card, Reader, Tone, notice_card
from bot.domain.budget import Funds, Pool
from bot.domain.money import Micros
from bot.domain.period import PeriodKind

LONGEST_AMOUNT = 20
"""Characters of an amount, and more than any needs."""
LONGEST_REASON = 200


def period_choices() -> list[app_commands.Choice[str]]:
    """Day, week and month."""
    return [
        app_commands.Choice(name=localised(f"commands.period.{kind}"), value=kind.value)
        for kind in PeriodKind
    ]


def per(reader: Reader, amount: Micros, kind: PeriodKind) -> str:
    """`$1.00 a month`."""
    return reader.say(f"budget.per.{kind}", amount=amount)


def change_line(reader: Reader, before: str, after: str) -> str:
    """From what to what; or that it is so already."""
    if before != after:
        return reader.say("budget.changed", before=before, after=after)
    key = "budget.unchanged.none" if after == reader.say("budget.own.none") else "budget.unchanged"
    return reader.say(key, after=after)


def change_card(
    reader: Reader,
    title: str,
    change: tuple[str, str],
    *paragraphs: str,
    buttons: "Sequence[ui.Item[Any]]" = (),
) -> Card:
    """What a decision did, and what follows from it now."""
    tone = Tone.PLAIN if change[0] == change[1] else Tone.GOOD
    said = change_line(reader, *change)
    return notice_card(title, said, *paragraphs, tone=tone, buttons=buttons)


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
