"""What is said of a grant and of taking back.

Rule: where nothing moved the card says so first.
"""

from bot.cards import Card, Reader, Tone, notice_card, quote
from bot.domain.budget import Funds, Grant, Pool, Taken
from cogs._decisions import LONGEST_REASON
from cogs.budget.words import money_of


def warnings(reader: Reader, member: int, funds: Funds, pool: Pool, *, blocked: bool) -> list[str]:
    """Why not all of it can be spent."""
    found: list[str] = []
    if blocked:
        found.append(reader.say("budget.grant.blocked", member=f"<@{member}>"))
    if pool.free < funds.free:
        found.append(reader.say("budget.grant.pool", free=pool.free, at=pool.period.ends_at))
    return found


def grant_card(
    reader: Reader,
    member: int,
    grant: Grant,
    funds: tuple[Funds, Funds],
    careful: list[str],
    *,
    reason: str,
) -> Card:
    """What was given, how long it lasts, and what there is now."""
    key = "budget.grant.lasts" if grant.expires_at is None else "budget.grant.until"
    return notice_card(
        reader.say("budget.grant.title"),
        "\n".join(
            (
                reader.say("budget.grant.given", member=f"<@{member}>", amount=grant.given),
                reader.say(key, at=grant.expires_at),
            )
        ),
        _because(reader, reason),
        money_of(reader, member, *funds),
        "\n".join(careful),
        tone=Tone.CAREFUL if careful else Tone.GOOD,
        footer=reader.say("budget.quiet"),
    )


def take_card(
    reader: Reader, member: int, taken: Taken, funds: tuple[Funds, Funds], *, reason: str
) -> Card:
    """What was taken; or that nothing was, and how much could be."""
    key = "taken" if taken.done else "less" if taken.there else "none"
    said = reader.say(
        f"budget.take.{key}", member=f"<@{member}>", amount=taken.amount, there=taken.there
    )
    return notice_card(
        reader.say("budget.take.title" if taken.done else "budget.take.not"),
        said,
        _because(reader, reason) if taken.done else "",
        money_of(reader, member, *funds),
        tone=Tone.GOOD if taken.done else Tone.CAREFUL,
        footer=reader.say("budget.quiet" if taken.done else "budget.take.granted-only"),
    )


def _because(reader: Reader, reason: str) -> str:
    return f"{reader.say('budget.reason')}\n{quote(reason, LONGEST_REASON * 2)}" if reason else ""
