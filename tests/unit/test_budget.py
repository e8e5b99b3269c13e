"""Whose money a video takes, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.budget import (
    AccountId,
    Funds,
    Grant,
    Leg,
    Purse,
    Refused,
    Scope,
    Shortfall,
    allowance_of,
    draw,
    free_after_change,
    split,
)
from bot.domain.ids import RoleId
from bot.domain.money import ZERO, Micros
from bot.domain.period import PeriodKind, period_of
from tests.books import NOON
from tests.unit.test_period import UTC_ZONE

amounts = st.integers(0, 10**9)
frees = st.lists(amounts, max_size=6)
PERIOD = period_of(PeriodKind.MONTH, NOON, UTC_ZONE)


def purses_of(amounts_free: list[int]) -> list[Purse]:
    return [Purse(AccountId(n), Micros(free)) for n, free in enumerate(amounts_free)]


@given(st.integers(1, 10**9), frees)
def test_a_price_is_drawn_whole_or_not_at_all(price: int, free: list[int]) -> None:
    legs = draw(Micros(price), purses_of(free))
    if sum(free) < price:
        assert legs is None
        return
    assert legs is not None
    assert sum(leg.amount for leg in legs) == price
    assert all(0 < leg.amount <= free[leg.account] for leg in legs)


@given(st.integers(1, 10**9), frees)
def test_a_purse_is_empty_before_the_next_is_opened(price: int, free: list[int]) -> None:
    legs = draw(Micros(price), purses_of(free)) or ()
    drawn = {leg.account: leg.amount for leg in legs}
    assert list(drawn) == sorted(drawn)
    for account in list(drawn)[:-1]:
        assert drawn[account] == free[account]
    assert all(free[n] == 0 for n in range(max(drawn, default=0)) if n not in drawn)


@given(amounts, st.lists(st.integers(1, 10**9), max_size=6))
def test_what_was_held_first_is_spent_first(amount: int, held: list[int]) -> None:
    legs = [Leg(AccountId(n), Micros(part)) for n, part in enumerate(held)]
    parts = split(Micros(amount), legs)
    assert [part.account for part in parts] == [leg.account for leg in legs]
    assert sum(part.amount for part in parts) == min(amount, sum(held))
    unfilled = [n for n, part in enumerate(parts) if part.amount < held[n]]
    assert all(parts[n].amount == 0 for n in unfilled[1:])


def test_a_personal_allowance_overrides_roles_and_default() -> None:
    roles = {RoleId(1): Micros(5), RoleId(2): Micros(9)}
    terms = {"by_role": roles, "default": Micros(3)}
    both = [RoleId(1), RoleId(2)]
    assert allowance_of(both, personal=Micros(0), **terms) == 0
    assert allowance_of(both, personal=None, **terms) == 9
    assert allowance_of([RoleId(1)], personal=None, **terms) == 5
    assert allowance_of([RoleId(7)], personal=None, **terms) == 3
    assert allowance_of([], personal=None, **terms) == 3


def test_a_role_counts_also_when_it_gives_less_than_everybody_gets() -> None:
    by_role = {RoleId(1): ZERO}
    assert allowance_of([RoleId(1)], personal=None, by_role=by_role, default=Micros(3)) == 0


@given(amounts, amounts)
def test_money_that_was_used_never_comes_back_with_a_new_limit(limit: int, used: int) -> None:
    free = free_after_change(Micros(limit), used=Micros(used))
    assert 0 <= free <= limit
    assert free == limit - used or (free == 0 and used > limit)


def test_what_could_be_afforded_is_the_least_of_all_that_is_short() -> None:
    short = [
        Shortfall(Scope.MEMBER, Micros(4), Micros(6), NOON),
        Shortfall(Scope.SERVER, Micros(2), Micros(8), NOON),
    ]
    assert Refused(Micros(10), tuple(short)).affordable == 2
    assert Refused(Micros(10)).affordable == 10


def test_what_is_free_is_the_allowance_and_the_grants() -> None:
    grants = tuple(Grant(AccountId(n), Micros(n), Micros(9), None) for n in (1, 2))
    funds = Funds(PERIOD, Micros(9), Micros(5), grants, held=ZERO, spent=ZERO)
    assert funds.free == 8
