"""A page of a member's jobs, read and drawn.

Rule: what it cost is what the books say, not what was expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from discord import ui

from bot.app import Clapper
from bot.cards import (
    Act,
    Card,
    Reader,
    asked_line,
    button,
    container,
    escaped,
    link,
    read_asked,
    rehearsal_line,
    row,
    show_cost,
    small,
    text,
)
from bot.domain.ids import ChannelId, GuildId, JobNumber, MessageId, UserId
from bot.domain.job import OPEN_STATES, Job, JobState
from bot.domain.money import Micros
from bot.domain.outcome import Past, Route
from bot.domain.video import VideoModel
from cogs._caller import Caller
from cogs._found import charged_of

OLDER: Final = "jobs"
"""`clapper:jobs:NUMBER`: the page before this job; 0 is the latest."""
FROM_LIST: Final = "list"
"""`clapper:cancel:NUMBER:list`."""
PAGE: Final = 8
"""Three components each, of forty in a message."""
_LONGEST_PROMPT: Final = 120
_MADE: Final = frozenset({JobState.DELIVERED, JobState.UNDELIVERABLE})


@dataclass(frozen=True, slots=True)
class Line:
    """One job of the page."""

    job: Job
    model: VideoModel | None
    charged: Micros | None
    url: str | None
    """Where it can be seen."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a member's jobs, the latest first."""

    lines: Sequence[Line]
    first: bool
    older: JobNumber | None
    """There are more before this one."""


async def jobs_page(bot: Clapper, caller: Caller, *, before: JobNumber | None = None) -> Page:
    """The page before a job, or the latest."""
    return await page_of(bot, caller.guild, caller.member, before=before, size=PAGE)


async def page_of(
    bot: Clapper, guild: GuildId, member: UserId, *, before: JobNumber | None, size: int
) -> Page:
    """The same of anybody."""
    found = await bot.services.jobs.list_past(guild, member, limit=size + 1, before=before)
    shown = found[:size]
    lines = [_line(bot.services.models, past) for past in shown]
    older = shown[-1].job.number if len(found) > size else None
    return Page(lines, first=before is None, older=older)


def _line(models: Mapping[str, VideoModel], past: Past) -> Line:
    job = past.job
    return Line(job, models.get(job.model), charged_of(job, past.paid), _address(past))


def _address(past: Past) -> str | None:
    job, told = past.job, past.told
    if told is not None:
        guild = None if told.route is Route.DIRECT else job.guild
        return _link(guild, told.channel, told.message)
    if job.state in OPEN_STATES and job.place.message is not None:
        return _link(job.guild, job.place.channel, job.place.message)
    return None


def _link(guild: GuildId | None, channel: ChannelId, message: MessageId) -> str:
    return f"https://discord.com/channels/{guild or '@me'}/{channel}/{message}"


def jobs_card(reader: Reader, page: Page) -> Card:
    """Each with its button: Cancel while it waits, a link where there is something to see, *Show it*
    where there no longer is.
    """
    title = f"### {reader.say('members.jobs.title')}"
    if not page.lines:
        return Card(container(text(title, reader.say("members.jobs.none"))))
    return Card(
        container(
            text(title),
            *(_part(reader, line) for line in page.lines),
            text(rehearsal_line(reader)) if reader.rehearsal else None,
            row(*_turning(reader, page)),
        )
    )


def _part(reader: Reader, line: Line) -> "ui.Item[Any]":
    words, side = job_words(reader, line), _side(reader, line)
    return text(words) if side is None else ui.Section[Any](words, accessory=side)


def job_words(reader: Reader, line: Line) -> str:
    """Number, state, cost and time; the prompt; what was chosen."""
    job, asked = line.job, read_asked(line.job, line.model)
    return "\n".join(
        (
            reader.say(
                "members.jobs.line",
                number=job.number,
                state=reader.name("state", job.state),
                cost=show_cost(reader, job, line.charged),
                at=job.created_at,
            ),
            escaped(asked.prompt, _LONGEST_PROMPT),
            small(asked_line(reader, asked)),
        )
    )


def _side(reader: Reader, line: Line) -> "ui.Button[Any] | None":
    if line.job.state is JobState.HELD:
        label = reader.say("card.button.cancel")
        return button(Act.CANCEL, line.job.number, FROM_LIST, label=label)
    if line.url is not None:
        return link(line.url, label=reader.say("members.jobs.open"))
    if line.job.state in _MADE:
        return button(Act.SHOW, line.job.number, label=reader.say("card.button.show"))
    return None


def _turning(reader: Reader, page: Page) -> "list[ui.Button[Any]]":
    turning: list[ui.Button[Any]] = []
    if not page.first:
        turning.append(button(OLDER, 0, label=reader.say("members.jobs.latest")))
    if page.older is not None:
        turning.append(button(OLDER, page.older, label=reader.say("members.jobs.older")))
    return turning
