"""The card on which a member asks the admins, and the word to the member when it is answered.

Rule: whatever the member typed is shown harmlessly, and only the member is ever notified.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import discord
from discord import ui

from bot.cards.card import (
    Card,
    Reader,
    Tone,
    button,
    container,
    rehearsal_line,
    row,
    rule,
    small,
    text,
)
from bot.cards.custom_ids import Act, make
from bot.cards.pictured import pictured
from bot.cards.price import show_cost, show_price
from bot.cards.request import DOT, Asked, asked_line, option_lines, read_asked_text
from bot.cards.untrusted import escaped, quote
from bot.domain.ask import Ask, AskState, Void
from bot.domain.job import Job
from bot.domain.money import Micros
from bot.domain.notice import Notice, Word
from bot.domain.video import Picture, Price, VideoModel

_LONGEST_PROMPT: Final = 1200
_LONGEST_IN_WORD: Final = 300
_LONGEST_REASON: Final = 600
_MOST_OPTIONS: Final = 900
"""Letters."""
_SAID: Final = frozenset({"prompt", "duration", "resolution", "aspect_ratio", "seed"})
"""Options that the line of facts has already."""

Latest = Sequence[tuple[Job, Micros | None]]


def ask_mark(ask: Ask) -> str:
    """The custom id by which an open card is known in a channel's history."""
    return make(Act.ASK_APPROVE, ask.number)


def answer_mark(notice: Notice) -> str:
    """The custom id by which the word to the member is known."""
    return make(Act.BALANCE, notice.id)


def ask_card(
    reader: Reader,
    ask: Ask,
    model: VideoModel | None,
    *,
    latest: Latest = (),
    pictures: Sequence[str] = (),
) -> Card:
    """The question while it is open, and what became of it afterwards.

    Args:
        reader: For whom.
        ask: Which.
        model: Of the video.
        latest: The member's last jobs and what they cost.
        pictures: Names of the images attached to the message.
    """
    asked = _asked(ask, model)
    is_open = ask.state is AskState.OPEN
    return Card(
        container(
            text(*(_open_lines(reader, ask) if is_open else _decided_lines(reader, ask))),
            *pictured(quote(asked.prompt, _LONGEST_PROMPT), pictures),
            text(small(asked_line(reader, asked)), rehearsal_line(reader)),
            *(_further(reader, ask, asked, model, latest) if is_open else ()),
            row(*_buttons(reader, ask)),
            tone=_TONES[ask.state],
        )
    )


def answer_card(reader: Reader, ask: Ask, model: VideoModel | None, *, notice: Notice) -> Card:
    """What the member who asked is told, when there is no video to speak for itself."""
    word, asked = Word(notice.name), _asked(ask, model)
    facts = {"member": _member(ask), "actor": _actor(ask)}
    lines = [reader.say(f"asks.word.{word}", **facts)]
    if word is Word.VOID:
        lines.append(reader.say(f"asks.void.{ask.reason}", **facts))
    if word is Word.STUCK:
        lines.append(reader.say(f"asks.word.stuck.{notice.facts['why']}"))
    if word is Word.DENIED and ask.reason:
        lines.append(_reason(reader, ask))
    title = reader.say(f"asks.word.{word}.title")
    balance = button(Act.BALANCE, notice.id, label=reader.say("asks.word.balance"))
    return Card(
        container(
            text(f"### {title}", *lines),
            text(quote(asked.prompt, _LONGEST_IN_WORD)),
            text(
                small(DOT.join((asked_line(reader, asked), reader.say("asks.word.free")))),
                rehearsal_line(reader),
            ),
            row(balance),
            tone=Tone.CAREFUL,
        )
    )


def _open_lines(reader: Reader, ask: Ask) -> list[str]:
    question, lack = ask.question, ask.question.lack
    price = show_price(reader, Price(question.price, question.price_assumed))
    key = "asks.card.who" if ask.missing else "asks.card.who.pool"
    lines = [
        f"### {reader.say('asks.card.title')}",
        reader.say(key, member=_member(ask), price=price, missing=ask.missing),
    ]
    if ask.missing:
        lines.append(reader.say("asks.card.free", free=lack.free, renews_at=lack.renews_at))
    if lack.pool_free is not None:
        lines.append(reader.say("asks.card.pool", free=lack.pool_free))
    return lines


def _decided_lines(reader: Reader, ask: Ask) -> list[str]:
    facts = {"member": _member(ask), "actor": _actor(ask), "number": ask.job}
    lines = [f"### {reader.say(f'asks.card.{ask.state}.title')}"]
    if ask.state is AskState.VOID:
        lines.append(reader.say(f"asks.void.{Void(ask.reason)}", **facts))
        lines.append(reader.say("asks.card.told", **facts))
    else:
        lines.append(reader.say(f"asks.card.{ask.state}", **facts))
    if ask.state is AskState.APPROVED:
        key = "asks.card.granted" if ask.granted else "asks.card.nothing-granted"
        lines.append(reader.say(key, granted=ask.granted, **facts))
    if ask.state is AskState.DENIED and ask.reason:
        lines.append(_reason(reader, ask))
    return lines


def _further(
    reader: Reader, ask: Ask, asked: Asked, model: VideoModel | None, latest: Latest
) -> "list[ui.Item[Any] | None]":
    jobs = [_job_line(reader, job, charged) for job, charged in latest]
    heading = reader.say("asks.card.latest" if jobs else "asks.card.first")
    options = _options(reader, asked, model)
    return [
        text(*options) if options else None,
        rule(),
        text(f"**{heading}**" if jobs else small(heading), *jobs),
        text(small(reader.say("asks.card.once", at=ask.expires_at))),
    ]


def _options(reader: Reader, asked: Asked, model: VideoModel | None) -> list[str]:
    """What stands neither in the line of facts nor on the card as an image."""
    rest = {
        name: value
        for name, value in asked.given.items()
        if name not in _SAID and not isinstance(value, (Picture, Mapping))
    }
    room, lines = _MOST_OPTIONS, list[str]()
    for line in option_lines(reader, replace(asked, given=rest), model):
        room -= len(line)
        if room >= 0:
            lines.append(line)
    return lines


def _job_line(reader: Reader, job: Job, charged: Micros | None) -> str:
    return reader.say(
        "asks.card.job",
        number=job.number,
        state=reader.name("state", job.state),
        cost=show_cost(reader, job, charged),
        at=job.created_at,
    )


def _buttons(reader: Reader, ask: Ask) -> "list[ui.Item[Any]]":
    if ask.state is AskState.OPEN:
        approve = button(
            Act.ASK_APPROVE,
            ask.number,
            label=reader.say("asks.approve"),
            style=discord.ButtonStyle.success,
        )
        deny = button(Act.ASK_DENY, ask.number, label=reader.say("asks.deny"))
        return [approve, deny]
    return []


def _asked(ask: Ask, model: VideoModel | None) -> Asked:
    question = ask.question
    return read_asked_text(question.request, question.mode, question.model, model)


def _reason(reader: Reader, ask: Ask) -> str:
    return reader.say("asks.reason", reason=escaped(ask.reason, _LONGEST_REASON))


def _member(ask: Ask) -> str:
    return f"<@{ask.question.member}>"


def _actor(ask: Ask) -> str:
    return f"<@{ask.actor}>" if ask.actor else ""


_TONES: Final = {
    AskState.OPEN: Tone.PLAIN,
    AskState.APPROVED: Tone.GOOD,
    AskState.DENIED: Tone.BAD,
    AskState.EXPIRED: Tone.CAREFUL,
    AskState.VOID: Tone.CAREFUL,
}
