"""A clock that somebody sets."""

from datetime import UTC, datetime, timedelta

from bot.adapters.clock import SteadyClock

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Machine:
    def __init__(self) -> None:
        self.wall = NOON
        self.elapsed = 0.0
        self.leaps: list[timedelta] = []

    def pass_by(self, seconds: float) -> None:
        self.elapsed += seconds
        self.wall += timedelta(seconds=seconds)

    def clock(self, floor: datetime = NOON) -> SteadyClock:
        return SteadyClock(floor, lambda: self.wall, lambda: self.elapsed, self.leaps.append)


def test_it_follows_the_wall_clock():
    machine = Machine()
    clock = machine.clock()
    machine.pass_by(90)
    assert clock.now() == NOON + timedelta(seconds=90)


def test_a_small_correction_is_followed_forwards():
    machine = Machine()
    clock = machine.clock()
    machine.wall += timedelta(minutes=5)
    assert clock.now() == NOON + timedelta(minutes=5)
    assert machine.leaps == []


def test_a_small_correction_backwards_makes_it_wait():
    machine = Machine()
    clock = machine.clock()
    machine.wall -= timedelta(minutes=5)
    assert clock.now() == NOON
    machine.pass_by(600)
    assert clock.now() == NOON + timedelta(minutes=5)


def test_a_leap_forward_by_a_year_is_not_followed_and_is_reported_once():
    machine = Machine()
    clock = machine.clock()
    machine.wall += 365 * DAY
    assert clock.now() == NOON
    machine.pass_by(60)
    assert clock.now() == NOON + timedelta(seconds=60)
    assert len(machine.leaps) == 1


def test_a_day_back_neither_stops_nor_turns_the_time():
    machine = Machine()
    clock = machine.clock()
    machine.wall -= DAY
    machine.pass_by(60)
    assert clock.now() == NOON + timedelta(seconds=60)


def test_once_the_wall_clock_is_right_again_it_is_followed():
    machine = Machine()
    clock = machine.clock()
    machine.wall += 365 * DAY
    clock.now()
    machine.wall -= 365 * DAY
    machine.pass_by(30)
    assert clock.now() == NOON + timedelta(seconds=30)


def test_after_a_restart_with_a_clock_set_back_it_starts_where_the_books_ended():
    machine = Machine()
    clock = machine.clock(floor=NOON + DAY)
    assert clock.now() == NOON + DAY
    machine.pass_by(60)
    assert clock.now() == NOON + DAY + timedelta(seconds=60)
