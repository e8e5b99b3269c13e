"""What a pool will have paid at the end of its period, by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.budget import Pool
from bot.domain.forecast import LOOK_BACK, SHORTEST, Forecast, Pace, forecast, pace_since
from bot.domain.money import Micros, dollars
from bot.domain.period import Period, PeriodKind

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)


def pool(spent: str, *, limit: str = "25", held: str = "0", period: Period | None = None) -> Pool:
    month = period or Period(PeriodKind.MONTH, NOVEMBER.date(), NOVEMBER, END)
    free = Micros(max(0, dollars(limit) - dollars(spent) - dollars(held)))
    return Pool(month, dollars(limit), free, dollars(held), dollars(spent))


def test_a_month_goes_on_as_the_last_two_weeks_went() -> None:
    # Half of November is over; $7 in fourteen days is fifty cents a day, and fifteen days remain.
    seen = forecast(pool("8"), Pace(dollars("7")), datetime(2026, 11, 16, tzinfo=UTC))
    assert (seen.total, seen.ends_at) == (dollars("15.50"), END)
    assert not seen.exceeds


@pytest.mark.parametrize(("total", "told"), [(2_541_800, "2.54"), (2_545_000, "2.55"), (0, "0.00")])
def test_it_is_told_in_whole_cents(total, told) -> None:
    assert Forecast(Micros(total), END, None).told == dollars(told)


def test_what_is_held_counts_as_spent() -> None:
    seen = forecast(pool("8", held="2"), Pace(dollars("7")), datetime(2026, 11, 16, tzinfo=UTC))
    assert seen.total == dollars("17.50")


def test_it_says_when_a_pool_will_be_used_up() -> None:
    # $1 a day, $5 left on the 16th.
    seen = forecast(pool("20"), Pace(dollars("14")), datetime(2026, 11, 16, tzinfo=UTC))
    assert seen.total == dollars("35")
    assert seen.exceeds
    assert seen.runs_out_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_pool_that_is_used_up_runs_out_now() -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    assert forecast(pool("25"), Pace(dollars("14")), now).runs_out_at == now
    assert forecast(pool("30"), Pace(dollars("0")), now).runs_out_at == now, (
        "the pool was made less"
    )


def test_on_the_first_day_the_month_before_decides() -> None:
    seen = forecast(pool("0"), Pace(dollars("7")), NOVEMBER)
    assert seen.total == dollars("15")


def test_at_the_last_moment_it_is_what_was_spent() -> None:
    for now in (END - timedelta(microseconds=1), END, END + timedelta(days=3)):
        assert forecast(pool("8"), Pace(dollars("7")), now).total == dollars("8")
    assert forecast(pool("8"), Pace(dollars("7")), END - timedelta(days=1)).total == dollars("8.50")


def test_where_nothing_happened_nothing_is_foreseen() -> None:
    seen = forecast(pool("0"), Pace(Micros(0)), NOVEMBER)
    assert (seen.total, seen.exceeds) == (0, False)


def test_a_pool_of_nothing_is_exceeded_by_anything_and_not_by_nothing() -> None:
    assert not forecast(pool("0", limit="0"), Pace(Micros(0)), NOVEMBER).exceeds
    seen = forecast(pool("0", limit="0"), Pace(Micros(1)), NOVEMBER)
    assert seen.runs_out_at == NOVEMBER


def test_a_pool_that_fits_to_the_cent_is_not_exceeded() -> None:
    seen = forecast(pool("10", limit="25"), Pace(dollars("14")), datetime(2026, 11, 16, tzinfo=UTC))
    assert (seen.total, seen.exceeds) == (dollars("25"), False)


def test_a_day_and_a_week_are_foreseen_by_the_same_rule() -> None:
    noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
    day = Period(PeriodKind.DAY, noon.date(), noon.replace(hour=0), noon.replace(hour=0, day=19))
    assert forecast(pool("1", period=day), Pace(dollars("14")), noon).total == dollars("1.50")


@pytest.mark.parametrize(
    ("age", "over"),
    [
        (timedelta(), SHORTEST),
        (timedelta(minutes=5), SHORTEST),
        (timedelta(days=3, hours=1), timedelta(days=3, hours=1)),
        (timedelta(days=400), LOOK_BACK),
        (timedelta(days=-1), SHORTEST),
    ],
)
def test_a_young_server_is_measured_by_its_age(age, over) -> None:
    assert pace_since(NOVEMBER - age, NOVEMBER) == over
    assert pace_since(None, NOVEMBER) == LOOK_BACK


def test_the_first_video_of_a_server_is_no_alarm() -> None:
    """Eight cents in the first minute are eight cents a day, and not a hundred dollars."""
    now = NOVEMBER + timedelta(minutes=1)
    pace = Pace(dollars("0.08"), pace_since(NOVEMBER, now))
    assert dollars("2.47") < forecast(pool("0.08"), pace, now).total < dollars("2.49")


AMOUNTS = st.integers(0, 10**11).map(Micros)


@given(spent=AMOUNTS, held=AMOUNTS, limit=AMOUNTS, used=AMOUNTS, seconds=st.integers(0, 30 * 86400))
def test_it_is_never_less_than_what_is_used_and_runs_out_within_the_period(
    spent, held, limit, used, seconds
) -> None:
    now = NOVEMBER + timedelta(seconds=seconds)
    month = Period(PeriodKind.MONTH, NOVEMBER.date(), NOVEMBER, END)
    free = Micros(max(0, limit - spent - held))
    seen = forecast(Pool(month, limit, free, held, spent), Pace(used), now)
    assert seen.total >= spent + held
    assert seen.exceeds == (seen.total > limit)
    if seen.runs_out_at is not None:
        assert now <= seen.runs_out_at <= END
