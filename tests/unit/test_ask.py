"""Which refusals an admin can mend, and which approvals cannot be carried out."""

from datetime import UTC, datetime

import pytest

from bot.domain.ask import Unanswered, Void, lack_of, obstacle_of
from bot.domain.budget import Limit, Refused, Scope, Shortfall
from bot.domain.money import Micros

LATER = datetime(2026, 12, 1, tzinfo=UTC)
PRICE = Micros(480_000)


def short(*scopes: Scope) -> Refused:
    return Refused(
        PRICE, tuple(Shortfall(scope, Micros(100_000), Micros(380_000), LATER) for scope in scopes)
    )


def test_an_own_budget_that_is_too_small_can_be_asked_for() -> None:
    lack = lack_of(short(Scope.MEMBER))
    assert lack is not None
    assert (lack.free, lack.renews_at, lack.pool_free) == (100_000, LATER, None)


def test_a_pool_that_is_too_small_can_be_asked_for_because_admins_can_deepen_it() -> None:
    lack = lack_of(short(Scope.SERVER))
    assert lack is not None
    assert (lack.free, lack.pool_free) == (PRICE, 100_000), "of their own the member has enough"
    both = lack_of(short(Scope.MEMBER, Scope.SERVER))
    assert both is not None
    assert (both.free, both.pool_free) == (100_000, 100_000)


@pytest.mark.parametrize("cap", [Scope.DAY, Scope.MONTH])
def test_the_operators_caps_are_not_for_admins_to_mend(cap) -> None:
    assert lack_of(short(cap)) is None
    assert lack_of(short(Scope.MEMBER, cap)) is None


@pytest.mark.parametrize("limit", Limit)
def test_what_is_no_matter_of_money_is_not_asked_for(limit) -> None:
    assert lack_of(Refused(PRICE, limit=limit)) is None


@pytest.mark.parametrize("limit", sorted(set(Limit) - {Limit.BLOCKED, Limit.WORD}))
def test_every_limit_but_a_block_keeps_the_question_open(limit) -> None:
    assert obstacle_of(Refused(PRICE, limit=limit)) is Unanswered(limit)


def test_a_block_closes_the_question() -> None:
    assert obstacle_of(Refused(PRICE, limit=Limit.BLOCKED)) is Void.BLOCKED
    assert obstacle_of(Refused(PRICE, limit=Limit.WORD, word="fox")) is Void.WORD


@pytest.mark.parametrize(
    ("scopes", "obstacle"),
    [
        ([Scope.MEMBER], None),
        ([Scope.MEMBER, Scope.SERVER], Unanswered.POOL),
        ([Scope.SERVER, Scope.DAY], Unanswered.CAP),
        ([Scope.MONTH], Unanswered.CAP),
    ],
    ids=str,
)
def test_the_members_own_money_stands_against_no_approval(scopes, obstacle) -> None:
    assert obstacle_of(short(*scopes)) is obstacle
