"""Months as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import MonthUnreadableError
from bot.domain.typed_month import parse_month

TODAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("typed", "year", "month"),
    [
        ("2026-10", 2026, 10),
        ("2026-1", 2026, 1),
        ("2025/12", 2025, 12),
        ("12/2025", 2025, 12),
        ("3.2026", 2026, 3),
        ("October", 2026, 10),
        ("  oct ", 2026, 10),
        ("OCT. 2025", 2025, 10),
        ("october of 2025", 2025, 10),
        ("2025 October", 2025, 10),
        ("sept", 2026, 9),
        ("november", 2025, 11),
        ("may", 2026, 5),
        ("9", 2026, 9),
        ("11", 2025, 11),
        ("this month", 2026, 10),
        ("", 2026, 10),
        ("Last  Month", 2026, 9),
    ],
)
def test_a_month_is_read(typed, year, month) -> None:
    assert parse_month(typed, TODAY) == date(year, month, 1)


def test_the_month_before_january_is_in_another_year() -> None:
    assert parse_month("last month", date(2026, 1, 31)) == date(2025, 12, 1)
    assert parse_month("december", date(2026, 1, 31)) == date(2025, 12, 1)


@pytest.mark.parametrize("typed", ["2026-11", "11/2026", "December 2026", "2099-01"])
def test_a_month_that_is_still_to_come_is_refused_as_such(typed) -> None:
    with pytest.raises(MonthUnreadableError) as refused:
        parse_month(typed, TODAY)
    assert refused.value.fault == "coming"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "x",
            "ju",
            "ma",
            "octopus",
            "2026",
            "0",
            "13",
            "2026-13",
            "2026-00",
            "0001-01",
            "2014-12",
        ),
        *("10-26", "oktober²", "\uff12\uff10\uff12\uff16-10", "next month", "-1", "2026-10-05"),
        "9" * 5000,
    ],
)
def test_what_is_no_month_is_refused(typed) -> None:
    with pytest.raises(MonthUnreadableError) as refused:
        parse_month(typed, TODAY)
    assert refused.value.fault == "form"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_month_up_to_now_or_refused(typed) -> None:
    try:
        found = parse_month(typed, TODAY)
    except MonthUnreadableError:
        return
    assert found.day == 1
    assert date(2015, 1, 1) <= found <= TODAY
