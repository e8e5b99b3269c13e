"""A report as a message: a few sentences, the picture, the file.

Rule: what matters is said in words as well, for a picture can be missing, and not everybody sees it.
"""

from datetime import date
from typing import Any, Final

import discord
from discord import ui

from bot.cards.card import (
    Card,
    Reader,
    Tone,
    container,
    rehearsal_line,
    small,
    text,
)
from bot.cards.report_drawing import month_title, share
from bot.domain.drawing import Drawing
from bot.domain.report import Report

PICTURE: Final = "report.png"
LONGEST_ALT: Final = 1024


def report_card(
    reader: Reader,
    report: Report,
    *,
    zone_name: str,
    alt: str | None,
    file: str | None,
    part: tuple[int, int] = (1, 1),
) -> Card:
    """`alt`: the picture in words, None: there is none. `file`: the attached sheet, None: there is none."""
    tone = Tone.CAREFUL if report.forecast and report.forecast.exceeds else Tone.PLAIN
    return Card(
        container(
            text(f"### {month_title(reader, report.month.starts_on)}"),
            *(text(*lines) for lines in _paragraphs(reader, report) if any(lines)),
            _picture(alt) if alt is not None else text(small(reader.say("report.no-picture"))),
            *_sheet(reader, file, part),
            text(small(_about_file(reader, zone_name, file)), rehearsal_line(reader)),
            tone=tone,
        )
    )


def _about_file(reader: Reader, zone_name: str, file: str | None) -> str:
    return reader.say("report.file", zone=zone_name) if file else reader.say("report.no-file")


def part_card(reader: Reader, first: date, *, file: str, part: tuple[int, int]) -> Card:
    """A further part of the sheet."""
    title = text(f"### {month_title(reader, first)}")
    return Card(container(title, *_sheet(reader, file, part)))


def _picture(alt: str) -> "ui.MediaGallery[Any]":
    item = discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt[:LONGEST_ALT])
    return ui.MediaGallery(item)


def _sheet(reader: Reader, file: str | None, part: tuple[int, int]) -> "list[ui.Item[Any]]":
    if file is None:
        return []
    shown: list[ui.Item[Any]] = [ui.File(f"attachment://{file}")]
    if part[1] > 1:
        shown.insert(0, text(reader.say("report.part", part=part[0], parts=part[1])))
    return shown


def _paragraphs(reader: Reader, report: Report) -> list[list[str]]:
    return [
        [_spent(reader, report), _pool(reader, report), _held(reader, report)],
        _forecast(reader, report),
        [_most(reader, report)],
        [_failed(reader, report), *_gestures(reader, report)],
    ]


def _spent(reader: Reader, report: Report) -> str:
    if not report.spent and not report.made:
        return reader.say("report.spent.nothing")
    return reader.say("report.spent", spent=report.spent, made=report.made)


def _pool(reader: Reader, report: Report) -> str:
    if report.pool is not None:
        pool = report.pool
        return reader.say(f"report.pool.{pool.period.kind}", limit=pool.limit, free=pool.free)
    if report.limit is not None:
        return reader.say("report.pool.past", limit=report.limit)
    return ""


def _held(reader: Reader, report: Report) -> str:
    if report.pool is None or not report.held.jobs:
        return ""
    return reader.say("report.held", jobs=report.held.jobs, amount=report.held.amount)


def _forecast(reader: Reader, report: Report) -> list[str]:
    forecast, pool = report.forecast, report.pool
    if forecast is None or pool is None or not forecast.total:
        return []
    if forecast.runs_out_at is None:
        then = reader.say("report.forecast.lasts")
    elif forecast.runs_out_at <= report.read_at:
        then = reader.say("report.forecast.over")
    else:
        then = reader.say("report.forecast.short", at=forecast.runs_out_at)
    return [reader.say(f"report.forecast.{pool.period.kind}", total=forecast.told), then]


def _most(reader: Reader, report: Report) -> str:
    if not report.members or not report.members[0].spent:
        return ""
    first, spent = report.members[0], report.spent
    facts = {"member": f"<@{first.member}>", "spent": first.spent}
    if first.spent == spent:
        return reader.say("report.most.only", **facts)
    return reader.say("report.most", share=share(first.spent, spent), **facts)


def _failed(reader: Reader, report: Report) -> str:
    if not report.failed:
        return reader.say("report.failed.none") if report.jobs else ""
    causes = [
        reader.say(f"report.fault.{fault}", count=count) for fault, count in report.by_fault.items()
    ]
    return reader.say("report.failed", failed=report.failed, jobs=report.jobs, causes=causes)


def _gestures(reader: Reader, report: Report) -> list[str]:
    return [
        reader.say(f"report.{name}", jobs=several.jobs, amount=several.amount)
        for name, several in (("gifts", report.gifts), ("refunds", report.refunds))
        if several.jobs
    ]


def report_alt(reader: Reader, report: Report, drawing: Drawing) -> str:
    """The picture in words, for those who do not see it."""
    say = reader.say
    facts = {"spent": report.spent, "made": report.made, "failed": report.failed}
    told = [say("report.alt", title=drawing.title, **facts)]
    if drawing.gauge is not None:
        gauge = drawing.gauge
        labels = (gauge.limit_label, gauge.spent_label, gauge.held_label, gauge.forecast_label)
        parts = [label for label in labels if label]
        told.append(say("report.alt.gauge", title=gauge.title, parts=parts))
    models = [series.label for series in drawing.days.series]
    members = [_part(reader, bar.names[0], bar.value) for bar in drawing.members.bars]
    causes = [_part(reader, bar.names[0], bar.value) for bar in drawing.failures.bars]
    for name, named in (("models", models), ("members", members), ("causes", causes)):
        if named:
            told.append(say(f"report.alt.{name}", parts=named))
    return " ".join(told)[:LONGEST_ALT]


def _part(reader: Reader, name: str, value: str) -> str:
    return reader.say("report.alt.part", name=name, value=value)
