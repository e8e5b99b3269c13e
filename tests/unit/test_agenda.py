"""What is to be done when."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain.ids import JobNumber
from bot.service.agenda import Agenda, Errand

AT = datetime(2026, 11, 21, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ONE = JobNumber(1)


def test_errands_come_when_they_are_due_and_not_before():
    agenda = Agenda()
    agenda.plan(Errand.LOOK, ONE, AT + SECOND)
    assert list(agenda.take_due(AT)) == []
    assert agenda.next_due() == AT + SECOND
    assert list(agenda.take_due(AT + SECOND)) == [(Errand.LOOK, ONE)]
    assert list(agenda.take_due(AT + 2 * SECOND)) == []


def test_an_errand_can_be_moved_forward_and_not_back():
    agenda = Agenda()
    agenda.plan(Errand.LOOK, ONE, AT + 9 * SECOND)
    agenda.plan(Errand.LOOK, ONE, AT)
    agenda.plan(Errand.LOOK, ONE, AT + 5 * SECOND)
    assert list(agenda.take_due(AT + 10 * SECOND)) == [(Errand.LOOK, ONE)]


def test_a_paid_clip_is_fetched_before_anything_else_of_the_same_time():
    agenda = Agenda()
    agenda.plan(Errand.LOOK, ONE, AT)
    agenda.plan(Errand.TELL, ONE, AT)
    agenda.plan(Errand.FETCH, ONE, AT)
    assert [errand for errand, _ in agenda.take_due(AT)] == [
        Errand.FETCH,
        Errand.TELL,
        Errand.LOOK,
    ]


async def test_a_plan_wakes_whoever_waits():
    agenda = Agenda()
    waiting = asyncio.create_task(agenda.wait(60))
    await asyncio.sleep(0)
    agenda.plan(Errand.LOOK, ONE, AT)
    async with asyncio.timeout(5):
        await waiting
