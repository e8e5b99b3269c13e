"""Money is exact, whatever is typed, priced or shown."""

import contextlib
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import AmountUnreadableError
from bot.domain.money import (
    LARGEST_AMOUNT,
    MICROS_PER_DOLLAR,
    Micros,
    dollars,
    parse_dollars,
    parse_own_dollars,
    show_dollars,
)


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("0.012", 12_000),
        ("1", 1_000_000),
        ("0.0000001", 1),
        ("0.0000010", 1),
        ("0.0000010000000000000000000000000000000000001", 2),
        ("12345678901234567890123456789.0000001", 12345678901234567890123456789000001),
        ("0", 0),
        ("-0.0000015", -1),
    ],
)
def test_an_amount_finer_than_a_micro_dollar_is_rounded_up(amount: str, micros: int):
    assert dollars(amount) == micros
    assert dollars(Decimal(amount)) == micros


@given(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False))
def test_rounding_up_never_loses_and_never_adds_a_whole_micro_dollar(amount: Decimal):
    micros = dollars(amount)
    assert type(micros) is int
    assert micros == math.ceil(Fraction(amount) * MICROS_PER_DOLLAR)


@pytest.mark.parametrize(
    ("typed", "micros"),
    [
        ("1", 1_000_000),
        ("$0.25", 250_000),
        (" $ 3 ", 3_000_000),
        ("3$", 3_000_000),
        ("0,5 $", 500_000),
        ("US$3", 3_000_000),
        ("3 USD", 3_000_000),
        ("usd 3", 3_000_000),
        ("1 dollar", 1_000_000),
        ("2.50 Dollars", 2_500_000),
        ("1,5", 1_500_000),
        ("0,125", 125_000),
        (".5", 500_000),
        ("2.", 2_000_000),
        ("0.0001", 100),
        ("100000", LARGEST_AMOUNT),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, micros: int):
    assert parse_dollars(typed) == micros


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "form"),
        ("$", "form"),
        (".", "form"),
        ("five", "form"),
        ("-1", "form"),
        ("+1", "form"),
        ("1e3", "form"),
        ("inf", "form"),
        ("NaN", "form"),
        ("0x10", "form"),
        ("1_000", "form"),
        ("1 000", "form"),
        ("1.000.000", "form"),
        ("1,000,000", "form"),
        ("1,000.50", "form"),
        ("$$1", "form"),
        ("$1$", "form"),
        ("$1 USD", "form"),
        ("1 $ 2", "form"),
        ("dollars", "form"),
        ("5€", "form"),
        ("-$1", "form"),
        ("$-1", "form"),
        ("50 cents", "form"),
        ("\uff11", "form"),
        ("²", "form"),
        ("0.00001", "decimals"),
        ("1,23456", "decimals"),
        ("100000.0001", "large"),
        ("9" * 6000, "large"),
        ("0", "zero"),
        ("0.0000", "zero"),
    ],
)
def test_what_is_no_amount_is_refused_and_says_why(typed: str, fault: str):
    with pytest.raises(AmountUnreadableError) as refused:
        parse_dollars(typed)
    assert refused.value.fault == fault


@pytest.mark.parametrize("typed", ["1,000", "$25,000", "999,999", "1,000$", "1,000 USD"])
def test_a_comma_that_may_mean_thousands_is_not_guessed_at(typed: str):
    with pytest.raises(AmountUnreadableError) as refused:
        parse_dollars(typed)
    assert refused.value.fault == "comma"


@pytest.mark.parametrize("typed", ["default", " Default ", "RESET", "remove"])
def test_a_word_ends_an_amount_of_ones_own(typed: str):
    assert parse_own_dollars(typed) is None


@pytest.mark.parametrize("typed", ["none", "Off", "nothing", "-", "no", "clear"])
def test_a_word_that_can_be_meant_in_two_ways_ends_nothing(typed: str):
    with pytest.raises(AmountUnreadableError) as refused:
        parse_own_dollars(typed)
    assert refused.value.fault == "unclear"


def test_an_amount_of_ones_own_may_be_nothing():
    assert parse_own_dollars("0") == 0
    assert parse_own_dollars("$2.50") == 2_500_000


@given(st.text(max_size=30) | st.from_regex(r"[ $0-9.,eE+-]{1,12}"))
def test_whatever_is_typed_is_an_amount_within_bounds_or_refused(typed: str):
    amount = Micros(100)
    with contextlib.suppress(AmountUnreadableError):
        amount = parse_dollars(typed)
        assert typed.isascii()
    assert 0 < amount <= LARGEST_AMOUNT
    assert amount % 100 == 0


def test_nothing_is_an_amount_where_it_is_allowed():
    assert parse_dollars("0", allow_zero=True) == 0


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "$0.00"),
        (160_000, "$0.16"),
        (75_000, "$0.075"),
        (1_000_000, "$1.00"),
        (1_234_567_891_000, "$1,234,567.891"),
        (100, "$0.0001"),
        (49, "$0.00"),
        (-49, "$0.00"),
        (-160_000, "-$0.16"),
        (123_450, "$0.1234"),
        (123_550, "$0.1236"),
        (2**63 - 1, "$9,223,372,036,854.7758"),
    ],
)
def test_an_amount_is_shown_with_two_to_four_decimals(micros: int, shown: str):
    assert show_dollars(Micros(micros)) == shown


@given(st.integers(1, LARGEST_AMOUNT // 100))
def test_what_is_shown_reads_back_as_the_same_amount(hundred_micros: int):
    amount = Micros(hundred_micros * 100)
    assert parse_dollars(show_dollars(amount).replace(",", "")) == amount
