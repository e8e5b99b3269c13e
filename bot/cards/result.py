"""The card of a finished video, and the words for when it cannot be posted.

Rule: the maker is mentioned once, and nobody else is; the Details button carries the mark by which
the message is found again after a restart.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.cards.card import (
    Card,
    Reader,
    Tone,
    button,
    container,
    link,
    rehearsal_line,
    row,
    small,
    text,
)
from bot.cards.custom_ids import Act, make, parse
from bot.cards.request import asked_line, facts_line, read_asked
from bot.cards.untrusted import clean, quote
from bot.domain.job import Job
from bot.domain.outcome import Outcome, Route
from bot.domain.ports import Debt, Purpose
from bot.domain.video import VideoModel

LONGEST_PROMPT: Final = 900
"""On a result, with its backslashes. Details has more of it."""
MOST_VIDEOS: Final = 10
_GONE: Final = "gone"


def mention(job: Job) -> str:
    """The maker."""
    return f"<@{job.member}>"


def mark(debt: Debt) -> str:
    """The custom id by which a message that was owed is known in a channel's history."""
    return make(Act.DETAILS, debt.job, debt.id)


def job_marked_on(message: discord.Message) -> int | None:
    """The number of the job that a message of ours says it is about."""
    presses = (parse(custom_id) for custom_id in _custom_ids(message.components))
    about = (press for press in presses if press and press.name in {Act.DETAILS, Act.SHOW})
    return next((press.number for press in about), None)


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if isinstance(custom_id, str):
            yield custom_id
        yield from _custom_ids(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield from _custom_ids([accessory])


def gone_mark(debt: Debt) -> str:
    """The custom id on the word that a file is no longer kept."""
    return make(Act.DETAILS, debt.job, debt.id, _GONE)


def word_mark(debt: Debt) -> str:
    """The custom id on the word in the channel that a video went elsewhere."""
    return make(Act.SHOW, debt.job, debt.id)


def result_card(
    reader: Reader,
    outcome: Outcome,
    model: VideoModel | None,
    *,
    debt: Debt,
    route: Route = Route.CHANNEL,
    files: Sequence[str] = (),
    links: Sequence[str] = (),
    pictures: Sequence[str] = (),
) -> Card:
    """A finished video.

    Args:
        reader: For whom.
        outcome: Of the job.
        model: Of the job; None where it is gone.
        debt: What this message pays.
        route: Decides what is said about size and place.
        files: Names of the videos attached to the message.
        links: Public addresses of the originals, if there are any.
        pictures: Names of the source images attached to the message.
    """
    asked = read_asked(outcome.job, model)
    count = max(1, len(files) or len(links))
    key = "result.shown" if debt.purpose is Purpose.SHOWN else "result.ready"
    hello = reader.say(key, maker=mention(outcome.job), count=count)
    facts = facts_line(reader, asked_line(reader, asked), _cost(reader, outcome), job=outcome.job)
    lines = [small(facts), *_paid_back(reader, outcome.job)]
    return Card(
        text(hello),
        container(
            _gallery(reader, outcome, asked.title, files),
            *_paragraphs([quote(asked.prompt, LONGEST_PROMPT), "\n".join(lines)], pictures),
            _notes(reader, outcome, route, links),
            _watch(reader, links) if not files else None,
            row(*_buttons(reader, outcome, debt, route)),
            tone=Tone.GOOD,
        ),
    )


def word_card(reader: Reader, outcome: Outcome, *, debt: Debt, kept: bool) -> Card:
    """In the channel, when the video itself is not there: in a direct message, or only kept."""
    number = outcome.job.number
    if not kept:
        sentence = reader.say("result.word.direct", number=number)
        return Card(container(text(sentence), row(_mark_button(reader, debt))))
    title = reader.say("result.word.kept.title")
    sentence = reader.say("result.word.kept", maker=mention(outcome.job), number=number)
    return Card(
        container(
            text(f"### {title}", sentence, rehearsal_line(reader)),
            row(_mark_button(reader, debt)),
            tone=Tone.CAREFUL,
        )
    )


def gone_card(reader: Reader, outcome: Outcome, *, debt: Debt) -> Card:
    """The file that was asked for is no longer kept."""
    sentence = reader.say("result.word.gone", maker=mention(outcome.job), number=outcome.job.number)
    details = button(
        Act.DETAILS,
        debt.job,
        debt.id,
        _GONE,
        label=reader.say("card.button.details"),
        emoji="\N{LEFT-POINTING MAGNIFYING GLASS}",
    )
    return Card(container(text(sentence), row(details), tone=Tone.CAREFUL))


def _mark_button(reader: Reader, debt: Debt) -> "ui.Button[Any]":
    return button(
        Act.SHOW,
        debt.job,
        debt.id,
        label=reader.say("card.button.show"),
        emoji="\N{CLAPPER BOARD}",
    )


def _gallery(
    reader: Reader, outcome: Outcome, title: str, files: Sequence[str]
) -> "ui.MediaGallery[Any] | None":
    if not files:
        return None
    alt = reader.say("result.file", number=outcome.job.number, model=clean(title, 60))
    return ui.MediaGallery(
        *(
            discord.MediaGalleryItem(f"attachment://{name}", description=alt)
            for name in files[:MOST_VIDEOS]
        )
    )


def _paragraphs(texts: list[str], pictures: Sequence[str]) -> "list[ui.Item[Any]]":
    """Each paragraph with a source image beside it, as far as there are any."""
    thumbs = [ui.Thumbnail[Any](f"attachment://{name}") for name in pictures[: len(texts)]]
    beside = [
        ui.Section[Any](one, accessory=thumb) for one, thumb in zip(texts, thumbs, strict=False)
    ]
    rest = texts[len(thumbs) :]
    # Each by itself: what follows a quote in the same text may be drawn as part of it.
    return [*beside, *map(text, rest)]


def _paid_back(reader: Reader, job: Job) -> list[str]:
    """The line that a message gets whose video is paid back when it stands already."""
    return [small(reader.say("refund.mark"))] if job.refunded else []


def _cost(reader: Reader, outcome: Outcome) -> str:
    if outcome.job.refunded:
        return reader.say("card.cost", price=outcome.job.price)
    if outcome.charged == 0:
        return reader.say("card.free")
    return reader.say("card.cost", price=outcome.charged)


def _notes(
    reader: Reader, outcome: Outcome, route: Route, links: Sequence[str]
) -> "ui.TextDisplay[Any] | None":
    notes: list[str] = []
    if outcome.job.is_gift:
        notes.append(small(reader.say("result.gift")))
    if route is Route.FITTED and len(links) == 1:
        notes.append(small(reader.say("result.fitted-link", url=links[0])))
    elif route is Route.FITTED:
        notes.append(small(reader.say("result.fitted")))
    elif route is Route.LINK:
        notes.append(small(reader.say("result.linked")))
    elif route is Route.DIRECT:
        notes.append(small(reader.say("result.direct")))
    notes.append(rehearsal_line(reader))
    return text(*notes) if any(notes) else None


def _watch(reader: Reader, links: Sequence[str]) -> "ui.ActionRow[Any] | None":
    if len(links) == 1:
        return row(link(links[0], label=reader.say("result.watch")))
    named = enumerate(links[:5], start=1)
    return row(*(link(url, label=reader.say("result.watch-number", nth=nth)) for nth, url in named))


def _buttons(reader: Reader, outcome: Outcome, debt: Debt, route: Route) -> "list[ui.Button[Any]]":
    number = outcome.job.number
    delete = button(
        Act.DELETE,
        number,
        label=reader.say("card.button.delete"),
        emoji="\N{WASTEBASKET}\ufe0f",
    )
    if route is Route.DIRECT:  # there is no server's money to order with
        return [details_button(reader, debt), delete]
    return [
        button(
            Act.AGAIN,
            number,
            label=reader.say("card.button.again"),
            style=discord.ButtonStyle.primary,
            emoji="\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}",
        ),
        button(Act.EDIT, number, label=reader.say("card.button.edit"), emoji="\N{PENCIL}\ufe0f"),
        details_button(reader, debt),
        delete,
    ]


def details_button(reader: Reader, debt: Debt) -> "ui.Button[Any]":
    """*Details*, which is the message's mark as well."""
    return button(
        Act.DETAILS,
        debt.job,
        debt.id,
        label=reader.say("card.button.details"),
        emoji="\N{LEFT-POINTING MAGNIFYING GLASS}",
    )
