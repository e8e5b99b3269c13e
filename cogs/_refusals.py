"""What is said when a video is not made: what to change, or what it lacks.

Rule: it names the numbers, it says that nothing was charged, and only the member sees it.
"""

from collections.abc import Awaitable, Sequence
from typing import Any, Final

from discord import ui

from bot.app import Form
from bot.cards import Card, Reader, Tone, code, escaped, notice_card, quote, show_price
from bot.catalogue import CatalogueError
from bot.domain.budget import Limit, Refused, Shortfall
from bot.domain.errors import RequestRefusedError
from bot.domain.video import Price
from cogs._answer import Answer
from cogs._order_cards import facts_of
from cogs._wished import Wished

LONGEST_PROMPT: Final = 1200
_LONGEST_FACT: Final = 60
_LONGEST_REASON: Final = 300


def fault_card(reader: Reader, error: RequestRefusedError, *, prompt: str = "") -> Card:
    """A request that its model cannot take. `prompt`: shown again, to be said in other words."""
    return notice_card(
        reader.say("refusals.title"),
        fault_sentence(reader, error),
        quote(prompt, LONGEST_PROMPT) if prompt else "",
        tone=Tone.CAREFUL,
        footer=reader.say("refusals.free"),
    )


async def read_form(answer: Answer, reading: Awaitable[Wished], form: Form) -> Wished | None:
    """The wish that a form makes. None: it was refused, and its prompt is shown again, for Discord
    forgets a form that was sent.
    """
    try:
        return await answer.patiently(reading)
    except RequestRefusedError as error:
        reader = answer.interaction.client.reader(answer.interaction)
        await answer.privately(
            fault_card(reader, error, prompt=form.texts.get("prompt", "").strip())
        )
        return None


def fault_sentence(reader: Reader, error: RequestRefusedError) -> str:
    """What to change. A model's own fault brings a sentence in English."""
    facts = {name: _fact(value) for name, value in error.facts.items()}
    facts["option"] = code(error.option, _LONGEST_FACT)
    try:
        return reader.say(f"refusals.fault.{error.fault}", **facts)
    except CatalogueError:
        known = {name: str(value) for name, value in facts.items()}
        return str(error.facts.get("sentence") or reader.say("refusals.fault.other", **known))


def refused_card(
    reader: Reader,
    wished: Wished,
    refused: Refused,
    *,
    price: Price,
    offers: "Sequence[ui.Item[Any]]" = (),
    buttons: "Sequence[ui.Item[Any]]" = (),
    reason: str = "",
) -> Card:
    """Why the books would not hold the price, what they would hold, and other ways out. `reason`:
    what the admins say of it.
    """
    if refused.limit is not None:
        title = reader.say(f"refusals.limit.{refused.limit}.title")
        lines = [_limit_sentence(reader, refused, price)]
    else:
        title = reader.say("refusals.short.title")
        lines = [reader.say("refusals.short.price", price=show_price(reader, price))]
        lines += [_short_sentence(reader, short) for short in refused.shortfalls]
    if reason:
        lines.append(reader.say("refusals.reason", reason=escaped(reason, _LONGEST_REASON)))
    lines.append(reader.say("refusals.free"))
    return notice_card(
        title,
        "\n".join(lines),
        quote(wished.request.prompt, LONGEST_PROMPT),
        f"-# {facts_of(reader, wished)}",
        reader.say("refusals.offers") if offers else "",
        tone=Tone.CAREFUL,
        buttons=[*offers, *buttons],
    )


def _limit_sentence(reader: Reader, refused: Refused, price: Price) -> str:
    facts = {"price": show_price(reader, price), "allowed": refused.allowed}
    return reader.say(f"refusals.limit.{refused.limit}", **facts)


def _short_sentence(reader: Reader, short: Shortfall) -> str:
    return reader.say(
        f"refusals.short.{short.scope}",
        free=short.free,
        short_by=short.short_by,
        renews_at=short.renews_at,
    )


def may_be_cheaper(refused: Refused) -> bool:
    """Whether another video would be made."""
    return refused.limit in {None, Limit.DEAREST}


def _fact(value: object) -> object:
    """Members' words are among the facts of our own faults."""
    return code(value, _LONGEST_FACT) if isinstance(value, str) else value
