"""How fast we may ask, on a loop whose time does not pass by itself."""

import asyncio
import selectors
from collections import deque
from datetime import timedelta

import pytest

from bot.adapters.apixo.pace import Pace, Urgency


class StillLoop(asyncio.SelectorEventLoop):
    """Time jumps to the next timer as soon as nothing else is to be done."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self._now = 1000.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._now = max(self._now, self._scheduled[0]._when)
        super()._run_once()


def on_a_still_loop(story):
    loop = StillLoop()
    try:
        return loop.run_until_complete(story)
    finally:
        loop.close()


async def ask(pace: Pace, urgency: Urgency, times: list[tuple[float, Urgency]]) -> None:
    await pace.turn(urgency)
    times.append((asyncio.get_running_loop().time(), urgency))


def busiest_minute(times: list[float]) -> int:
    window, most = deque[float](), 0
    for moment in times:
        window.append(moment)
        while window[0] <= moment - 60:
            window.popleft()
        most = max(most, len(window))
    return most


@pytest.mark.parametrize("per_minute", [1, 7, 60, 600, 10_000])
def test_no_rolling_minute_sees_more_than_the_pace(per_minute):
    async def story():
        pace, times = Pace(per_minute), []
        count = min(3 * per_minute + 3, 25_000)
        await asyncio.gather(*(ask(pace, Urgency.READ, times) for _ in range(count)))
        return [moment for moment, _ in times]

    times = on_a_still_loop(story())
    assert busiest_minute(times) <= per_minute
    fastest = 60 * (len(times) - 1) / per_minute
    assert times[-1] - times[0] < fastest * 1.02, "and it is not much slower than it may be"


def test_a_pause_without_requests_saves_up_no_more_than_a_small_burst():
    async def story():
        pace, times = Pace(600), []
        await asyncio.sleep(3600)
        await asyncio.gather(*(ask(pace, Urgency.READ, times) for _ in range(900)))
        return [moment for moment, _ in times]

    assert busiest_minute(on_a_still_loop(story())) <= 600


def test_submissions_go_first_and_reads_do_not_starve():
    async def story():
        pace, times = Pace(600), []
        reads = [ask(pace, Urgency.READ, times) for _ in range(30)]
        submits = [ask(pace, Urgency.SUBMIT, times) for _ in range(30)]
        await asyncio.gather(*reads, *submits)
        return [urgency for _, urgency in times]

    order = on_a_still_loop(story())
    first = order[1:31]  # the very first was free before anybody else came
    assert first.count(Urgency.SUBMIT) >= 22
    assert first.count(Urgency.READ) >= 5


def test_a_limit_holds_up_everybody_for_as_long_as_it_says():
    async def story():
        pace, times = Pace(6000), []
        pace.limited(timedelta(seconds=30))
        began = asyncio.get_running_loop().time()
        await asyncio.gather(ask(pace, Urgency.SUBMIT, times), ask(pace, Urgency.READ, times))
        return [moment - began for moment, _ in times]

    assert all(waited >= 30 for waited in on_a_still_loop(story()))


def test_limits_without_a_time_wait_ever_longer_until_something_works():
    async def story():
        pace, waits = Pace(6000), []
        for _ in range(4):
            pace.limited(None)
            waits.append(pace.paused_seconds)
            await asyncio.sleep(pace.paused_seconds)
        pace.went_well()
        pace.limited(None)
        return [*waits, pace.paused_seconds]

    first, second, third, fourth, after = on_a_still_loop(story())
    assert first < second < third < fourth
    assert after < second


def test_whoever_gave_up_waiting_takes_no_turn():
    async def story():
        pace, times = Pace(60), []
        await pace.turn(Urgency.READ)
        gone = asyncio.create_task(pace.turn(Urgency.READ))
        await asyncio.sleep(0)
        gone.cancel()
        await ask(pace, Urgency.READ, times)
        return times[0][0]

    assert on_a_still_loop(story()) <= 1001.1


def test_limits_that_come_together_count_once():
    async def story():
        pace = Pace(6000)
        pace.limited(None)
        alone = pace.paused_seconds
        for _ in range(20):
            pace.limited(None)
        return alone, pace.paused_seconds

    alone, together = on_a_still_loop(story())
    assert together == alone


def test_an_answer_that_was_on_its_way_when_the_limit_came_proves_nothing():
    async def story():
        pace, waits = Pace(6000), []
        for _ in range(3):
            pace.limited(None)
            pace.went_well()
            waits.append(pace.paused_seconds)
            await asyncio.sleep(pace.paused_seconds)
        return waits

    first, second, third = on_a_still_loop(story())
    assert first < second < third


def test_a_shorter_limit_does_not_end_a_longer_one():
    async def story():
        pace = Pace(6000)
        pace.limited(timedelta(seconds=60))
        pace.limited(timedelta(seconds=1))
        return pace.paused_seconds

    assert on_a_still_loop(story()) == 60


def test_limits_without_end_wait_no_longer_than_a_minute_and_scaled_ones_less():
    async def story(scale):
        pace = Pace(6000, scale)
        for _ in range(12):
            pace.limited(None)
            waited = pace.paused_seconds
            await asyncio.sleep(waited)
        return waited

    assert 40 < on_a_still_loop(story(1.0)) <= 60
    assert on_a_still_loop(story(0.01)) < 0.61


def test_stopped_it_sends_everybody_home_and_hands_out_no_more():
    async def story():
        pace = Pace(60)
        assert await pace.turn(Urgency.READ)
        waiting = [asyncio.create_task(pace.turn(it)) for it in (*Urgency, *Urgency)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        pace.stop()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        return ended[1:], await pace.turn(Urgency.SUBMIT), asyncio.get_running_loop().time()

    ended, later, at = on_a_still_loop(story())
    assert ended == [False] * 3
    assert later is False
    assert at == 1000.0, "and nobody waited"
