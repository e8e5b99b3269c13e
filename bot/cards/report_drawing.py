"""A report as a drawing: which figures stand in its picture, in the reader's words.

Rule: it makes no figure. Names of people are cleaned here, and chosen by the font that draws them.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards.card import Reader
from bot.cards.untrusted import clean
from bot.domain.drawing import Bar, Bars, Days, Drawing, Gauge, Level, Names, Series, Tile
from bot.domain.ids import UserId
from bot.domain.money import ZERO, Micros
from bot.domain.report import Report

MOST_MEMBERS: Final = 5
MOST_CAUSES: Final = 4
MOST_MODELS: Final = 5
_LONGEST_NAME: Final = 40


def report_drawing(
    reader: Reader,
    report: Report,
    *,
    zone: ZoneInfo,
    place: str,
    called: Mapping[UserId, tuple[str, str]],
    titles: Mapping[str, str],
) -> Drawing:
    """The whole picture. `called`: names and handles; `titles`: of models, by their keys."""
    return Drawing(
        title=month_title(reader, report.month.starts_on),
        place=(clean(place, _LONGEST_NAME), ""),
        tiles=_tiles(reader, report),
        gauge=_gauge(reader, report, zone),
        days=_days(reader, report, zone, titles),
        members=_members(reader, report, called),
        failures=_failures(reader, report),
    )


def month_title(reader: Reader, first: date) -> str:
    """`October 2026`."""
    name = reader.say(f"report.month.{first.month}")
    return reader.say("report.title", month=name, year=first.year)


def day_title(reader: Reader, day: date) -> str:
    """`31 October`."""
    return reader.say("report.day", day=day.day, month=reader.say(f"report.month.{day.month}"))


def share(part: int, whole: int) -> int:
    """Percent, rounded as people do."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def _tiles(reader: Reader, report: Report) -> tuple[Tile, ...]:
    say = reader.say
    failed = "report.tile.failed.share" if report.failed else "report.tile.failed"
    percent = share(report.failed, report.made + report.failed)
    if report.pool is None:
        count = report.member_count
        last = Tile(f"{count:,}", say("report.tile.members", count=count))
    else:
        held = say("card.cost", price=report.held.amount)
        last = Tile(held, say("report.tile.held"))
    return (
        Tile(say("card.cost", price=report.spent), say("report.tile.spent")),
        Tile(f"{report.made:,}", say("report.tile.made", count=report.made)),
        Tile(f"{report.failed:,}", say(failed, share=percent)),
        last,
    )


def _gauge(reader: Reader, report: Report, zone: ZoneInfo) -> Gauge | None:
    say, pool, forecast = reader.say, report.pool, report.forecast
    if pool is None or forecast is None:
        if report.limit is None:
            return None
        return Gauge(
            say("report.gauge.past"),
            report.limit,
            say("report.gauge.limit", amount=report.limit),
            report.spent,
            say("report.gauge.spent", amount=report.spent),
        )
    last_day = (forecast.ends_at - timedelta(seconds=1)).astimezone(zone).date()
    day = day_title(reader, last_day)
    return Gauge(
        say(f"report.gauge.{pool.period.kind}"),
        pool.limit,
        say("report.gauge.limit", amount=pool.limit),
        pool.spent,
        say("report.gauge.spent", amount=pool.spent),
        pool.held,
        say("report.gauge.held", amount=pool.held) if pool.held else "",
        forecast.total,
        say("report.gauge.forecast", amount=forecast.told, day=day),
    )


def _days(reader: Reader, report: Report, zone: ZoneInfo, titles: Mapping[str, str]) -> Days:
    return Days(
        title=reader.say("report.days"),
        series=_series(reader, report, titles),
        count=len(report.days),
        coming=_coming(report, zone),
        coming_label=reader.say("report.days.coming"),
        level=_level(reader, report),
        empty=reader.say("report.days.none"),
    )


def _series(reader: Reader, report: Report, titles: Mapping[str, str]) -> tuple[Series, ...]:
    totals = report.by_model
    shown = list(totals)[:MOST_MODELS]
    found = [
        _one_series(reader, report, clean(titles.get(model, model), 30), {model}) for model in shown
    ]
    rest = set(totals) - set(shown)
    if rest:
        found.append(_one_series(reader, report, reader.say("report.series.others"), rest))
    return tuple(found)


def _one_series(reader: Reader, report: Report, name: str, models: set[str]) -> Series:
    amounts = tuple(
        Micros(sum(day.by_model.get(model, 0) for model in models)) for day in report.days
    )
    return Series(reader.say("report.series", name=name, amount=sum(amounts)), amounts)


def _coming(report: Report, zone: ZoneInfo) -> tuple[Micros, ...]:
    """What the rest of today and each day after it will cost, at the present pace."""
    now: datetime = report.read_at
    if report.pool is None or not report.pace.used:
        return ()
    today = now.astimezone(zone).date()
    whole = report.pace.during(timedelta(days=1))
    tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
    left = report.pace.during(max(timedelta(), tomorrow - now))
    return tuple(
        ZERO if day.on < today else left if day.on == today else whole for day in report.days
    )


def _level(reader: Reader, report: Report) -> Level | None:
    """What every day of the pool's period may cost."""
    pool = report.pool
    if pool is None or not pool.limit:
        return None
    days = max(1, round((pool.period.ends_at - pool.period.starts_at) / timedelta(days=1)))
    amount = Micros(pool.limit // days)
    # To the cent: it is a rule of thumb.
    shown = Micros(amount // 10_000 * 10_000) or amount
    return Level(amount, reader.say("report.days.level", amount=shown))


def _members(reader: Reader, report: Report, called: Mapping[UserId, tuple[str, str]]) -> Bars:
    spenders = [one for one in report.members if one.spent > 0]
    shown = spenders[:MOST_MEMBERS]
    rest = Micros(report.spent - sum(one.spent for one in shown))
    others = report.member_count - len(shown)
    note = reader.say("report.members.others", count=others, amount=rest) if rest > 0 else ""
    bars = [
        Bar(
            names_of(reader, one.member, called),
            one.spent,
            reader.say("card.cost", price=one.spent),
        )
        for one in shown
    ]
    return Bars(reader.say("report.members"), tuple(bars), reader.say("report.members.none"), note)


def names_of(reader: Reader, member: UserId, called: Mapping[UserId, tuple[str, str]]) -> Names:
    """What somebody may be called, the best first; the last can be written by any font."""
    unnamed = reader.say("report.members.unnamed", tail=f"{member:04d}"[-4:])
    return (*(clean(name, _LONGEST_NAME) for name in called.get(member, ())), unnamed)


def _failures(reader: Reader, report: Report) -> Bars:
    counted = [(reader.say(f"report.cause.{cause}"), n) for cause, n in report.failures.items()]
    if len(counted) > MOST_CAUSES:
        rest = sum(count for _, count in counted[MOST_CAUSES - 1 :])
        counted = [*counted[: MOST_CAUSES - 1], (reader.say("report.causes.others"), rest)]
    bars = tuple(Bar((name,), count, f"{count:,}") for name, count in counted)
    return Bars(reader.say("report.causes"), bars, reader.say("report.causes.none"))
