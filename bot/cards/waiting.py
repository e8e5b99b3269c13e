"""The one message that stands while a video is made.

Rule: the countdown is Discord's own, so the card is edited only when something changes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from discord import ui

from bot.cards.card import Card, Reader, Tone, button, container, rehearsal_line, row, small, text
from bot.cards.custom_ids import Act
from bot.cards.pictured import pictured
from bot.cards.price import price_line
from bot.cards.request import asked_line, facts_line, read_asked
from bot.cards.untrusted import escaped, quote
from bot.domain.job import Job
from bot.domain.money import Micros
from bot.domain.video import Price, VideoModel

LONGEST_PROMPT: Final = 700


def waiting_card(
    reader: Reader,
    job: Job,
    model: VideoModel | None,
    *,
    rest: Micros | None = None,
    ready_at: datetime | None = None,
    ahead: int | None = None,
    halted: str = "",
    pictures: Sequence[str] = (),
    word: str = "",
) -> Card:
    """A job that is on its way.

    Args:
        reader: For whom.
        job: Which.
        model: Of the job.
        rest: What its maker has left, if that is to be shown.
        ready_at: When the video is expected.
        ahead: How many jobs go before it; None once it is at the provider.
        halted: `paused`: the admins have to let it go on first; `stopped`: the operator has to.
        pictures: Names of the source images attached to the message.
        word: Goes before the card.
    """
    asked = read_asked(job, model)
    title = (
        reader.say("card.waiting.title", model=escaped(asked.title, 60))
        if ahead is None
        else reader.say("card.waiting.queued.title")
    )
    facts = facts_line(reader, asked_line(reader, asked), job=job)
    cancel = [_cancel(reader, job)] if ahead is not None else []
    return Card(
        *([text(word)] if word else []),
        container(
            text(
                f"### {title}",
                *_when(reader, ready_at, ahead, halted),
                price_line(reader, Price(job.price, job.price_assumed), rest),
            ),
            *pictured(quote(asked.prompt, LONGEST_PROMPT), pictures),
            text(small(facts), rehearsal_line(reader)),
            row(*cancel),
            tone=Tone.PLAIN,
        ),
    )


def _when(
    reader: Reader,
    ready_at: datetime | None,
    ahead: int | None,
    halted: str,
) -> list[str]:
    if halted:
        return [reader.say(f"card.waiting.{halted}")]
    lines: list[str] = []
    if ahead is not None:
        lines.append(
            reader.say("card.waiting.ahead", count=ahead)
            if ahead
            else reader.say("card.waiting.next")
        )
    if ready_at is not None:
        lines.append(reader.say("card.waiting.soon", at=ready_at))
    elif ahead is None:
        lines.append(reader.say("card.waiting.unsure"))
    return lines


def _cancel(reader: Reader, job: Job) -> "ui.Button[Any]":
    return button(Act.CANCEL, job.number, label=reader.say("card.button.cancel"))
