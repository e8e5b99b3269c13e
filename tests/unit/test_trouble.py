"""What counts as wrong in a server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards.alert import alert_lines
from bot.cards.card import Reader
from bot.catalogue import texts_of
from bot.domain.alert import AUDIENCES, TOLD_WHEN_OVER, AlertKind, Audience
from bot.domain.budget import Pool
from bot.domain.forecast import Pace
from bot.domain.ids import ChannelId, JobNumber
from bot.domain.money import Micros, dollars
from bot.domain.period import PeriodKind, period_of
from bot.domain.trouble import MANY_FAILURES, Condition, Trouble, troubles

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
MONTH = period_of(PeriodKind.MONTH, NOW, ZONE)
CHEAPEST = dollars("0.04")


def condition(*, spent: str = "0", held: str = "0", limit: str = "25", **more) -> Condition:
    of, out, bound = dollars(limit), dollars(spent), dollars(held)
    pool = Pool(MONTH, of, Micros(max(0, of - out - bound)), bound, out)
    return replace(
        Condition(
            pool=pool,
            pace=Pace(Micros(0)),
            day=period_of(PeriodKind.DAY, NOW, ZONE),
            streak=(),
            unknown=(),
            undeliverable=(),
            aside=(),
            channel=None,
        ),
        **more,
    )


def found(it: Condition) -> list[Trouble]:
    return list(troubles(it, cheapest=CHEAPEST, now=NOW))


def kinds(it: Condition) -> list[AlertKind]:
    return [trouble.kind for trouble in found(it)]


@pytest.mark.parametrize(
    ("spent", "held", "kind"),
    [
        ("19.99", "0", None),
        ("20", "0", AlertKind.POOL_NEARLY),
        ("10", "10", AlertKind.POOL_NEARLY),
        ("24.96", "0", AlertKind.POOL_NEARLY),
        ("24.97", "0", AlertKind.POOL_SPENT),
        ("25", "0", AlertKind.POOL_SPENT),
        ("26", "0", AlertKind.POOL_SPENT),
    ],
)
def test_a_pool_is_nearly_used_at_80_percent_and_spent_when_it_pays_for_no_video(
    spent, held, kind
) -> None:
    assert kinds(condition(spent=spent, held=held)) == ([kind] if kind else [])


def test_a_pool_of_nothing_is_what_the_admins_want() -> None:
    assert kinds(condition(limit="0")) == []


def test_each_period_and_each_size_of_the_pool_is_told_by_itself() -> None:
    [first], [second] = (found(condition(spent="25", limit=limit)) for limit in ("25", "25.01"))
    assert first.subject != second.subject
    assert first.ends_at == MONTH.ends_at


def test_a_pace_that_the_pool_does_not_last_for_is_told_until_it_is_spent() -> None:
    fast = Pace(dollars("20"), timedelta(days=14))
    [trouble] = found(condition(spent="15", pace=fast))
    assert trouble.kind is AlertKind.POOL_FORECAST
    assert int(trouble.facts["forecast"]) > dollars("25")
    assert kinds(condition(spent="5", pace=fast)) == []
    assert kinds(condition(spent="25", pace=fast)) == [AlertKind.POOL_SPENT]


def test_a_servers_first_evening_is_no_pace() -> None:
    assert kinds(condition(spent="5", pace=Pace(dollars("5"), timedelta(days=2)))) == []
    at_least = Pace(dollars("15"), timedelta(days=3))
    assert kinds(condition(spent="5", pace=at_least)) == [AlertKind.POOL_FORECAST]


def streak(*bad: bool) -> list[tuple[JobNumber, bool]]:
    return [(JobNumber(nth), one) for nth, one in enumerate(bad, start=1)]


def test_many_failures_in_a_row_are_many_and_in_a_row() -> None:
    assert MANY_FAILURES == 5
    assert kinds(condition(streak=streak(*[True] * 4))) == []
    assert kinds(condition(streak=streak(*[True] * 5))) == [AlertKind.FAILURES]
    assert kinds(condition(streak=streak(True, True, True, True, False))) == []


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("unknown", AlertKind.FATE_UNKNOWN),
        ("undeliverable", AlertKind.UNDELIVERABLE),
        ("aside", AlertKind.SET_ASIDE),
    ],
)
def test_jobs_in_trouble_are_told_once_a_day_however_many(field, kind) -> None:
    [one] = found(condition(**{field: (JobNumber(3),)}))
    [many] = found(condition(**{field: (JobNumber(9), JobNumber(3))}))
    assert (one.kind, one.subject) == (many.kind, many.subject) == (kind, "2026-11-21")
    assert many.facts == {"count": 2, "job": 9}


FACTS = {
    "count": 2,
    "job": 9,
    "used": 1,
    "limit": 2,
    "free": 1,
    "percent": 80,
    "forecast": 3,
    "renews_at": NOW.isoformat(),
    "runs_out_at": NOW.isoformat(),
    "channel": ChannelId(5),
    "permissions": "send_messages attach_files",
}
TOLD = [kind for kind, who in AUDIENCES.items() if who is not Audience.OPERATOR]


@pytest.mark.parametrize("kind", TOLD)
def test_every_alert_that_admins_get_says_what_is_wrong_what_it_means_and_what_to_do(kind) -> None:
    assert all(alert_lines(Reader(), kind, FACTS))


def test_whose_end_people_wait_for_has_a_word_for_it() -> None:
    assert {f"alerts.{kind}.over" for kind in TOLD_WHEN_OVER} <= set(texts_of("en"))


def test_each_kind_has_its_audience() -> None:
    assert set(AUDIENCES) == set(AlertKind)
