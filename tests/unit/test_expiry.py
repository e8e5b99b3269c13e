"""When something ends, as people type it: read as they mean it, or refused."""

import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import MomentUnreadableError
from bot.domain.expiry import FARTHEST, TYPICAL, parse_expiry

BERLIN, LA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/Los_Angeles",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "America/Sao_Paulo",
        "Africa/Cairo",
    )
]
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
"""A Wednesday; 15:30 in Berlin."""


def read(typed: str, *, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> datetime | None:
    return parse_expiry(typed, now=now, zone=zone)


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("in 3 days", "2026-11-21 15:30"),
        ("3 days", "2026-11-21 15:30"),
        ("3d", "2026-11-21 15:30"),
        ("in four days", "2026-11-22 15:30"),
        ("twelve hours", "2026-11-19 03:30"),
        ("for 2 weeks", "2026-12-02 15:30"),
        ("2 Weeks", "2026-12-02 15:30"),
        ("a week", "2026-11-25 15:30"),
        ("2w", "2026-12-02 15:30"),
        ("in an hour", "2026-11-18 16:30"),
        ("12h", "2026-11-19 03:30"),
        ("90 minutes", "2026-11-18 17:00"),
        ("30 mins", "2026-11-18 16:00"),
        ("in 1 month", "2026-12-18 15:30"),
        ("3 months", "2027-02-18 15:30"),
        ("1 year", "2027-11-18 15:30"),
        ("today", "2026-11-19 00:00"),
        ("tonight", "2026-11-19 00:00"),
        ("tomorrow", "2026-11-20 00:00"),
        ("the day after tomorrow", "2026-11-21 00:00"),
        ("friday", "2026-11-21 00:00"),
        ("until Friday", "2026-11-21 00:00"),
        ("this fri", "2026-11-21 00:00"),
        ("wednesday", "2026-11-26 00:00"),
        ("tues", "2026-11-25 00:00"),
        ("end of day", "2026-11-19 00:00"),
        ("end of week", "2026-11-23 00:00"),
        ("end of the week", "2026-11-23 00:00"),
        ("end of month", "2026-12-01 00:00"),
        ("the end of this month", "2026-12-01 00:00"),
        ("end of next month", "2027-01-01 00:00"),
        ("end of year", "2027-01-01 00:00"),
        ("2026-12-24", "2026-12-25 00:00"),
        ("24.12.2026", "2026-12-25 00:00"),
        ("24.12.", "2026-12-25 00:00"),
        ("24 December", "2026-12-25 00:00"),
        ("24th of December 2026", "2026-12-25 00:00"),
        ("Dec 24", "2026-12-25 00:00"),
        ("December 24th, 2026", "2026-12-25 00:00"),
        ("on sept 1", "2027-09-02 00:00"),
        ("18 november", "2026-11-19 00:00"),
        ("17 november", "2027-11-18 00:00"),
        ("feb 29", "2028-03-01 00:00"),
        ("2026-12-24 18:00", "2026-12-24 18:00"),
        ("2026-12-24T18:00", "2026-12-24 18:00"),
        ("24 december, 6pm", "2026-12-24 18:00"),
        ("tomorrow at 6:30 pm", "2026-11-19 18:30"),
        ("friday noon", "2026-11-20 12:00"),
        ("18:00", "2026-11-18 18:00"),
        ("tonight at 12 am", None),
        ("31.12.2026 23:59", "2026-12-31 23:59"),
    ],
)
def test_what_people_type_is_read_by_the_servers_clocks(typed: str, local: str | None):
    if local is None:
        with pytest.raises(MomentUnreadableError, match="past"):
            read(typed)
        return
    found = read(typed)
    assert found is not None
    assert found.tzinfo is UTC
    assert found.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") == local


@pytest.mark.parametrize("typed", TYPICAL)
def test_what_is_offered_can_be_read(typed: str):
    found = read(typed)
    assert (found is None) == (typed == "never")


@pytest.mark.parametrize("typed", ["never", " Never ", "no end"])
def test_never_is_no_moment(typed: str):
    assert read(typed) is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "form"),
        ("soon", "form"),
        ("3", "form"),
        ("in days", "form"),
        ("3 moons", "form"),
        ("-3 days", "form"),
        ("1.5 days", "form"),
        ("in \uff13 days", "form"),
        ("٣ days", "form"),
        ("t", "form"),
        ("s", "form"),
        ("ma 3", "form"),
        ("ju 3", "form"),
        ("tomorrow 25:00", "form"),
        ("tomorrow 18:60", "form"),
        ("tomorrow 13pm", "form"),
        ("24", "form"),
        ("24 18", "form"),
        ("yesterday", "form"),
        ("12/24/2026", "unclear"),
        ("24/12", "unclear"),
        ("24.12.26", "unclear"),
        ("next friday", "unclear"),
        ("next month", "unclear"),
        ("3m", "unclear"),
        ("2026-02-30", "no-day"),
        ("30 february", "no-day"),
        ("2026-13-01", "no-day"),
        ("0000-01-01", "no-day"),
        ("2026-11-17", "past"),
        ("2026-11-18 15:30", "past"),
        ("15:29", "past"),
        ("24 december 2025", "past"),
        ("0 days", "past"),
        ("0001-01-01", "past"),
        ("9999-12-31", "far"),
        ("10 years", "far"),
        ("99999999999999999999 days", "far"),
        ("999999 years", "far"),
        ("2040-01-01 12:00", "far"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_says_why(typed: str, fault: str):
    with pytest.raises(MomentUnreadableError) as refused:
        read(typed)
    assert refused.value.fault == fault


def test_a_day_ends_by_the_servers_clocks_and_not_by_ours():
    late = datetime(2026, 11, 19, 3, tzinfo=UTC)  # still the 18th in California
    assert read("today", now=late, zone=LA) == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert read("today", now=late, zone=BERLIN) == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_days_keep_the_time_of_day_where_the_clocks_change_and_hours_do_not():
    before = datetime(2026, 10, 24, 10, tzinfo=UTC)  # 12:00 in Berlin; one night later it is winter
    assert read("1 day", now=before) == datetime(2026, 10, 25, 11, tzinfo=UTC)
    assert read("24 hours", now=before) == datetime(2026, 10, 25, 10, tzinfo=UTC)


def test_a_month_has_a_last_day():
    end_of_january = datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert read("1 month", now=end_of_january, zone=ZONES[0]) == datetime(
        2027, 2, 28, 12, tzinfo=UTC
    )
    assert read("13 months", now=end_of_january, zone=ZONES[0]) == datetime(
        2028, 2, 29, 12, tzinfo=UTC
    )


moments = st.integers(0, 10 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
words = st.lists(
    st.sampled_from(
        [
            "in",
            "for",
            "until",
            "on",
            "end",
            "of",
            "the",
            "next",
            "this",
            "day",
            "days",
            "week",
            "month",
            "year",
            "a",
            "3",
            "24",
            "2026",
            "18:00",
            "6pm",
            "at",
            "friday",
            "december",
            "tomorrow",
            "today",
            "noon",
            "2026-12-24",
            "24.12.",
            "never",
            "d",
            "w",
            "h",
        ]
    ),
    max_size=5,
).map(" ".join)


@given(words | st.text(max_size=30), moments, st.sampled_from(ZONES))
def test_whatever_is_typed_lies_ahead_and_not_too_far_or_is_refused(typed, now, zone):
    found = None
    with contextlib.suppress(MomentUnreadableError):
        found = parse_expiry(typed, now=now, zone=zone)
    if found is not None:
        assert found.tzinfo is UTC
        assert now < found <= now + FARTHEST


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.sampled_from(ZONES))
def test_a_date_lasts_to_its_end_in_every_zone(day, zone):
    now = datetime(2025, 12, 30, tzinfo=UTC)
    found = parse_expiry(day.isoformat(), now=now, zone=zone)
    assert found is not None
    last = (found - timedelta(microseconds=1)).astimezone(zone)
    assert last.date() == day
    assert found.astimezone(zone).date() == day + timedelta(days=1)


@given(st.integers(1, 1000), moments, st.sampled_from(ZONES))
def test_days_from_now_are_the_same_time_of_that_day(count, now, zone):
    found = parse_expiry(f"in {count} days", now=now, zone=zone)
    assert found is not None
    local, wanted = found.astimezone(zone), now.astimezone(zone)
    meant = datetime.combine(
        wanted.date() + timedelta(days=count), wanted.time(), tzinfo=zone
    ).astimezone(UTC)
    assert found == meant
    assert (
        abs(local.replace(tzinfo=None) - meant.astimezone(zone).replace(tzinfo=None)) == timedelta()
    )
