"""Calendar periods in every time zone that there is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.period import PeriodKind, period_from, period_of

ZONES = [ZoneInfo(name) for name in sorted(available_timezones())]
zones = st.sampled_from(ZONES)
kinds = st.sampled_from(list(PeriodKind))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
UTC_ZONE = ZoneInfo("UTC")


@given(kinds, moments, zones)
@example(PeriodKind.DAY, datetime(2011, 12, 30, 9, tzinfo=UTC), ZoneInfo("Pacific/Apia"))
@example(PeriodKind.DAY, datetime(2011, 12, 30, 10, tzinfo=UTC), ZoneInfo("Pacific/Apia"))
@example(PeriodKind.DAY, datetime(2018, 11, 4, 3, tzinfo=UTC), ZoneInfo("America/Sao_Paulo"))
@example(PeriodKind.DAY, datetime(2026, 11, 1, 5, 30, tzinfo=UTC), ZoneInfo("America/Havana"))
def test_a_moment_lies_in_its_period(kind: PeriodKind, moment: datetime, zone: ZoneInfo) -> None:
    period = period_of(kind, moment, zone)
    assert period.starts_at <= moment < period.ends_at


@given(kinds, moments, zones)
def test_periods_follow_each_other_without_gap_or_overlap(
    kind: PeriodKind, moment: datetime, zone: ZoneInfo
) -> None:
    here = period_of(kind, moment, zone)
    following = period_of(kind, here.ends_at, zone)
    assert following.starts_at == here.ends_at
    assert following.starts_on > here.starts_on
    assert following.name > here.name, "names sort by time"
    earlier = period_of(kind, here.starts_at - timedelta(microseconds=1), zone)
    assert earlier.ends_at == here.starts_at


@given(kinds, moments, zones)
def test_all_of_a_period_is_the_same_period_also_when_found_by_its_first_day(
    kind: PeriodKind, moment: datetime, zone: ZoneInfo
) -> None:
    here = period_of(kind, moment, zone)
    last = period_of(kind, here.ends_at - timedelta(microseconds=1), zone)
    assert here == last == period_of(kind, here.starts_at, zone)
    assert here == period_from(kind, here.starts_on, zone)


@given(moments, zones)
def test_weeks_begin_on_monday_and_months_on_the_first(moment: datetime, zone: ZoneInfo) -> None:
    assert period_of(PeriodKind.WEEK, moment, zone).starts_on.weekday() == 0
    assert period_of(PeriodKind.MONTH, moment, zone).starts_on.day == 1
    assert period_of(PeriodKind.DAY, moment, zone).starts_on == moment.astimezone(zone).date()


@pytest.mark.parametrize(
    ("moment", "first", "following"),
    [
        ("2026-01-31T23:59:59", "2026-01-01", "2026-02-01"),
        ("2028-02-29T12:00:00", "2028-02-01", "2028-03-01"),
        ("2027-02-28T23:59:59", "2027-02-01", "2027-03-01"),
        ("2026-12-31T23:59:59", "2026-12-01", "2027-01-01"),
    ],
)
def test_months_end_where_the_calendar_says(moment: str, first: str, following: str) -> None:
    period = period_of(PeriodKind.MONTH, datetime.fromisoformat(f"{moment}+00:00"), UTC_ZONE)
    assert period.starts_on == date.fromisoformat(first)
    assert period.ends_at == datetime.fromisoformat(f"{following}T00:00:00+00:00")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", "2026-10-25", 25),
        ("Europe/Madrid", "2027-03-28", 23),
        ("America/Sao_Paulo", "2018-11-04", 23),  # has no midnight
        ("America/Havana", "2026-11-01", 25),  # has two
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Pacific/Apia", "2011-12-30", 0),  # never was
        ("Asia/Kathmandu", "2026-07-01", 24),
    ],
)
def test_a_day_lasts_as_long_as_the_clocks_there_say(zone: str, day: str, hours: float) -> None:
    period = period_from(PeriodKind.DAY, date.fromisoformat(day), ZoneInfo(zone))
    assert period.ends_at - period.starts_at == timedelta(hours=hours)
