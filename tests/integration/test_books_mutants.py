"""Mistakes planted in the books, each of which the machine has to find: it can fail.

Rule: a mistake is one that a person could make, and leaves the rest of the program as it is.
"""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.adapters.sqlite import accounts, job_steps, ledger, money
from bot.domain.budget import Leg, Scope
from bot.domain.errors import RuleBrokenError
from bot.domain.period import period_of
from tests.integration.books_machine import BooksMachine

Plant = Callable[[pytest.MonkeyPatch], None]

SEARCH = settings(
    max_examples=5000,  # most are found in the first ten, the rarest in a few hundred
    stateful_step_count=30,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def the_month_cap_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    real = ledger._drafts

    def drafts(*args, **terms):
        return tuple(it for it in real(*args, **terms) if it.budget.scope is not Scope.MONTH)

    patch.setattr(ledger, "_drafts", drafts)


def grants_are_spent_before_the_allowance(patch: pytest.MonkeyPatch) -> None:
    real = ledger._drafts

    def drafts(*args, **terms):
        mine, *others = real(*args, **terms)
        return (dataclasses.replace(mine, purses=mine.purses[::-1]), *others)

    patch.setattr(ledger, "_drafts", drafts)


def a_refund_also_fills_the_pool(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(money, "_MEMBER", frozenset({Scope.MEMBER, Scope.SERVER}))


def a_clock_set_back_finds_the_earlier_period(patch: pytest.MonkeyPatch) -> None:
    def natural(con, guild, kind, *, zone, now):
        return period_of(kind, now, zone)

    for module in (accounts, ledger, money):
        patch.setattr(module, "current_period", natural)


def a_clock_set_back_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "tick", lambda con, now: now)
    patch.setattr(ledger, "latest_moment", lambda con, now: now)


def a_cheaper_video_costs_the_whole_hold(patch: pytest.MonkeyPatch) -> None:
    def split(amount: int, legs: Sequence[Leg]) -> tuple[Leg, ...]:
        return tuple(legs)

    patch.setattr(ledger, "split", split)


def every_leg_pays_the_whole_cost(patch: pytest.MonkeyPatch) -> None:
    def split(amount: int, legs: Sequence[Leg]) -> tuple[Leg, ...]:
        return tuple(Leg(leg.account, amount) for leg in legs)

    patch.setattr(ledger, "split", split)


def a_new_limit_forgets_what_was_used(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(accounts, "free_after_change", lambda target, *, used: target)


def a_new_length_of_periods_forgets_what_was_used(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(accounts, "_elsewhere", lambda con, budget: accounts._Elsewhere())


def an_expired_grant_is_spent(patch: pytest.MonkeyPatch) -> None:
    real = accounts.list_grants
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)

    def list_grants(con, guild, member, now):
        return real(con, guild, member, long_ago)

    for module in (ledger, money):
        patch.setattr(module, "list_grants", list_grants)


def an_unknown_cost_is_free(patch: pytest.MonkeyPatch) -> None:
    real = ledger.settle

    def settle(con, number, *, cost, now, scopes=None):
        real(con, number, cost=1 if cost is None else cost, now=now, scopes=scopes)

    patch.setattr(job_steps, "settle", settle)


MISTAKES: tuple[Plant, ...] = (
    the_month_cap_is_forgotten,
    grants_are_spent_before_the_allowance,
    a_refund_also_fills_the_pool,
    a_clock_set_back_finds_the_earlier_period,
    a_clock_set_back_is_believed,
    a_cheaper_video_costs_the_whole_hold,
    every_leg_pays_the_whole_cost,
    a_new_limit_forgets_what_was_used,
    a_new_length_of_periods_forgets_what_was_used,
    an_expired_grant_is_spent,
    an_unknown_cost_is_free,
)


class Deep(BooksMachine):
    """One server and one member: everything meets."""

    guilds = (11,)
    members = (31,)


@pytest.mark.parametrize("plant", MISTAKES, ids=lambda plant: plant.__name__)
def test_the_machine_finds_that(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    # No other error will do: a mistake that is badly planted is not one that was found.
    with pytest.raises((AssertionError, RuleBrokenError)):
        run_state_machine_as_test(Deep, settings=SEARCH)
