"""The cards on an order's way: the first answer, the question, the word to somebody elsewhere.

Rule: a price stands on each of them, and none says that a video is made before its money is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord
from discord import ui

from bot.cards import (
    Card,
    Reader,
    Tone,
    asked_line,
    button,
    container,
    escaped,
    link,
    notice_card,
    pictured,
    price_line,
    quote,
    rehearsal_line,
    row,
    show_price,
    small,
    text,
)
from bot.cards.request import Asked
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.money import Micros
from bot.domain.video import Price
from cogs._wished import Wished

LONGEST_PROMPT: Final = 700


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member has to know about an order."""

    price: Price
    rest: Micros | None
    """What is left after it; None where that is nobody's business."""
    ready_at: datetime


def preview_card(
    reader: Reader, wished: Wished, terms: Terms, *, pictures: Sequence[str] = (), word: str = ""
) -> Card:
    """The first thing that all see: the job has no number yet. `word` goes before it.

    It promises nothing, for a bot that dies in this moment leaves it standing.
    """
    title = reader.say("members.preview.title", model=escaped(wished.model.title, 60))
    soon = reader.say("card.waiting.soon", at=terms.ready_at)
    return Card(
        *([text(word)] if word else []),
        container(
            text(f"### {title}", soon, price_line(reader, terms.price, terms.rest)),
            *pictured(quote(wished.request.prompt, LONGEST_PROMPT), pictures),
            text(
                small(facts_of(reader, wished)),
                small(reader.say("members.preview.before")),
                rehearsal_line(reader),
            ),
            tone=Tone.PLAIN,
        ),
    )


def question_card(reader: Reader, wished: Wished, terms: Terms, *, token: str) -> Card:
    """Before a video that costs more than the server makes without asking."""
    yes = button(
        "agree",
        token,
        label=reader.say("members.question.yes", price=show_price(reader, terms.price)),
        style=discord.ButtonStyle.primary,
        emoji="\N{CLAPPER BOARD}",
    )
    no = button("decline", token, label=reader.say("members.question.no"))
    return Card(
        container(
            text(
                f"### {reader.say('members.question.title')}",
                price_line(reader, terms.price, terms.rest),
            ),
            text(quote(wished.request.prompt, LONGEST_PROMPT)),
            text(small(facts_of(reader, wished)), rehearsal_line(reader)),
            row(yes, no),
            tone=Tone.CAREFUL,
        )
    )


def elsewhere_card(
    reader: Reader, terms: Terms, channel: ChannelId, *, at: tuple[GuildId, MessageId] | None = None
) -> Card:
    """For a member whose video is posted in another channel than they are in."""
    buttons: list[ui.Item[Any]] = []
    if at is not None:
        guild, message = at
        address = f"https://discord.com/channels/{guild}/{channel}/{message}"
        buttons.append(link(address, label=reader.say("members.elsewhere.go")))
    return notice_card(
        reader.say("members.elsewhere.title"),
        reader.say("members.elsewhere.where", channel=f"<#{channel}>", at=terms.ready_at),
        price_line(reader, terms.price, terms.rest),
        tone=Tone.GOOD,
        buttons=buttons,
    )


def facts_of(reader: Reader, wished: Wished) -> str:
    """Model, length and whatever else tells this video from others."""
    given = wished.request.given()
    takes_seed = "seed" in wished.request.its_mode.options
    asked = Asked(wished.model.title, wished.request.mode, wished.request.prompt, given, takes_seed)
    return asked_line(reader, asked)
