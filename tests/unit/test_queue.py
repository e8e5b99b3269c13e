"""Who is next."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import GuildId, JobNumber, UserId
from bot.domain.ports import Waiting
from bot.service.queue import Turns

AT = datetime(2026, 11, 21, tzinfo=UTC)


def waiting(number: int, guild: int, member: int, *, at_once: int = 2) -> Waiting:
    return Waiting(
        JobNumber(number), GuildId(guild), UserId(member), AT, AT, at_once=at_once, paused=False
    )


def test_members_of_a_server_take_turns():
    line = [waiting(1, 1, 10), waiting(2, 1, 10), waiting(3, 1, 10), waiting(4, 1, 11)]
    assert Turns().choose(line, (), slots=3) == [1, 4, 2]


def test_servers_take_turns_before_members_do():
    line = [waiting(1, 1, 10), waiting(2, 1, 11), waiting(3, 1, 12), waiting(4, 2, 20)]
    assert Turns().choose(line, (), slots=2) == [1, 4]


def test_a_member_has_no_more_at_the_provider_than_the_policy_allows():
    line = [waiting(1, 1, 10), waiting(2, 1, 10), waiting(3, 1, 10)]
    assert Turns().choose(line, [(GuildId(1), UserId(10))], slots=3) == [1]


def test_a_member_with_one_job_is_served_before_another_gets_a_second_turn():
    turns = Turns()
    crowd = [waiting(number, 1, 10, at_once=99) for number in range(1, 21)]
    assert turns.choose(crowd, (), slots=5) == [1, 2, 3, 4, 5]
    later = [*crowd[5:], waiting(21, 1, 11)]
    assert turns.choose(later, (), slots=1) == [21]


def test_asking_for_the_order_is_nobodys_turn():
    turns = Turns()
    line = [waiting(1, 1, 10), waiting(2, 1, 11)]
    assert turns.order(line) == turns.order(line) == [1, 2]
    assert turns.choose(line, (), slots=1) == [1]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=40),
    st.integers(0, 12),
    st.integers(1, 3),
)
def test_nobody_waits_behind_two_jobs_of_another(owners, slots, at_once):
    line = [
        waiting(number, guild, member, at_once=at_once)
        for number, (guild, member) in enumerate(owners, start=1)
    ]
    chosen = Turns().choose(line, (), slots=slots)
    by_number = {job.number: job for job in line}
    served: dict[tuple[int, int], int] = {}
    for number in chosen:
        job = by_number[number]
        served[job.guild, job.member] = served.get((job.guild, job.member), 0) + 1
    assert len(set(chosen)) == len(chosen) <= slots
    assert all(count <= at_once for count in served.values())
    for guild, member in set(owners):
        mine = served.get((guild, member), 0)
        others = [n for (g, m), n in served.items() if g == guild and m != member]
        if mine < min(at_once, owners.count((guild, member))):
            assert all(other <= mine + 1 for other in others)
