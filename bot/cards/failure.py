"""The card of a job without a video: whose fault it was, what to change, what it cost.

Rule: "nothing was charged" stands there only when the books say so.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import discord
from discord import ui

from bot.cards.card import Card, Reader, Tone, button, container, rehearsal_line, row, small, text
from bot.cards.custom_ids import Act
from bot.cards.request import asked_line, facts_line, read_asked
from bot.cards.result import details_button, mention
from bot.cards.untrusted import quote
from bot.domain.job import JobState
from bot.domain.outcome import Fix, Outcome, Route
from bot.domain.ports import Debt
from bot.domain.provider import Cause
from bot.domain.video import VideoModel

LONGEST_PROMPT: Final = 700

_BY_STATE: Final[Mapping[JobState, str]] = {
    JobState.EXPIRED: "expired",
    JobState.CANCELLED: "stale",
    JobState.LOST: "lost",
}
"""Where the state explains more than the cause. Who cancels their own job is told by the button."""
_UNWANTED: Final = frozenset({Cause.BLOCKED, Cause.WORD})
"""The admins do not want the prompt to stand there: it is not shown again."""

_EDIT: Final = "card.button.edit"
_EDITS: Final[Mapping[Cause | None, str]] = {
    Cause.PROMPT: "card.button.edit-prompt",
    Cause.CONTENT: "card.button.edit-prompt",
    Cause.WORD: "card.button.edit-prompt",
    Cause.LORA: "card.button.edit-lora",
}
"""What the form is opened for, where that is known."""


def failure_card(
    reader: Reader,
    outcome: Outcome,
    model: VideoModel | None,
    *,
    debt: Debt,
    route: Route = Route.CHANNEL,
) -> Card:
    """Why there is no video, and what can be done about it: in a direct message nothing, for there
    is no server's money to order with.
    """
    job = outcome.job
    fixes = () if route is Route.DIRECT else outcome.fixes
    topic = f"failure.{_topic(outcome)}"
    asked = read_asked(job, model)
    money = (
        reader.say("failure.free")
        if outcome.charged == 0
        else reader.say("failure.charged", charged=outcome.charged)
    )
    return Card(
        text(reader.say("failure.hello", maker=mention(job))),
        container(
            text(
                f"### {reader.say(f'{topic}.title')}", reader.say(f"{topic}.advice"), f"**{money}**"
            ),
            *([] if outcome.cause in _UNWANTED else [text(quote(asked.prompt, LONGEST_PROMPT))]),
            text(
                small(facts_line(reader, asked_line(reader, asked), job=job)),
                rehearsal_line(reader),
            ),
            row(
                *(_FIXES[fix](reader, outcome) for fix in fixes),
                details_button(reader, debt),
            ),
            tone=Tone.CAREFUL,
        ),
    )


def _topic(outcome: Outcome) -> str:
    cause = outcome.cause or Cause.UNKNOWN
    return cause if cause in _UNWANTED else _BY_STATE.get(outcome.job.state, cause)


def _again(reader: Reader, outcome: Outcome) -> "ui.Button[Any]":
    return button(
        Act.AGAIN,
        outcome.job.number,
        label=reader.say("card.button.retry"),
        style=discord.ButtonStyle.primary,
        emoji="\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}",
    )


def _edit(reader: Reader, outcome: Outcome) -> "ui.Button[Any]":
    first = outcome.fixes[0] is Fix.EDIT
    return button(
        Act.EDIT,
        outcome.job.number,
        label=reader.say(_EDITS.get(outcome.cause, _EDIT) if first else _EDIT),
        style=discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary,
        emoji="\N{PENCIL}\ufe0f",
    )


def _picture(reader: Reader, outcome: Outcome) -> "ui.Button[Any]":
    return button(
        Act.PICTURE,
        outcome.job.number,
        label=reader.say("card.button.picture"),
        style=discord.ButtonStyle.primary,
        emoji="\N{FRAME WITH PICTURE}\ufe0f",
    )


_FIXES: Final[Mapping[Fix, Callable[[Reader, Outcome], "ui.Button[Any]"]]] = {
    Fix.AGAIN: _again,
    Fix.EDIT: _edit,
    Fix.PICTURE: _picture,
}
