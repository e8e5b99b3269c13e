"""The README's picture of a report: a made-up month in real books, drawn as the bot draws it.

Rule: the same month every time, so that the picture changes only when the drawing does.
"""

import random
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.adapters.chart import open_painter
from bot.cards import Reader, report_drawing
from bot.domain.ids import GuildId, UserId
from bot.domain.money import dollars
from bot.domain.provider import Cause
from bot.models import discover
from tests.books import GUILD
from tests.report_books import Told, told_books

FIRST: Final = date(2026, 11, 1)
NOW: Final = datetime(2026, 11, 21, 17, tzinfo=UTC)
_PEOPLE: Final = {31: ("Ann", 9), 32: ("Ben", 6), 33: ("Pat", 4), 34: ("Olga", 2), 35: ("Ada", 1)}
"""Names, and how often each orders."""
_KINDS: Final = {"ltx": ("0.16", 12), "kling": ("0.35", 3), "wan": ("0.40", 2)}
_CAUSES: Final = (Cause.CONTENT, Cause.PROVIDER, Cause.IMAGE, Cause.CONTENT)


async def picture_of_a_month() -> bytes:
    """A PNG."""
    with tempfile.TemporaryDirectory() as folder:
        async with told_books(Path(folder) / "month.db", pool=dollars("25")) as told:
            await _live(told)
            async with told.reports.study(GuildId(GUILD), FIRST, now=NOW) as study:
                report = study.report
        drawing = report_drawing(
            Reader("en"),
            report,
            zone=ZoneInfo("UTC"),
            place="Studio",
            called={UserId(who): (name, name.lower()) for who, (name, _) in _PEOPLE.items()},
            titles={key: model.title for key, model in discover().items()},
        )
        async with open_painter(Path(folder)) as painter:
            return await painter.paint(drawing)


async def _live(told: Told) -> None:
    """Three weeks: more on weekends, and now and then something fails."""
    chance = random.Random(7)
    people = [who for who, (_, often) in _PEOPLE.items() for _ in range(often)]
    kinds = [kind for kind, (_, often) in _KINDS.items() for _ in range(often)]
    for day in range((NOW.date() - FIRST).days):
        start = datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(days=day)
        for nth in range(chance.randint(1, 4) + 3 * (start.weekday() >= 5)):
            at = start + timedelta(minutes=40 * nth)
            kind = chance.choice(kinds)
            terms = {"member": chance.choice(people), "model": kind}
            if chance.random() < 0.08:
                await told.failed(at, _KINDS[kind][0], chance.choice(_CAUSES), **terms)
            else:
                await told.made(at, _KINDS[kind][0], **terms)
    await told.started(NOW - timedelta(minutes=1), "0.35", model="kling")
