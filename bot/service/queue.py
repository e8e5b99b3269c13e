"""Who is next: servers take turns, and within a server members take turns.

Rule: somebody with one job never waits for somebody else's twenty.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.domain.ids import GuildId, JobNumber, UserId
from bot.domain.ports import Waiting

_Line = dict[GuildId, dict[UserId, deque[Waiting]]]


@dataclass(slots=True)
class Turns:
    """Remembers who was served last. A restart forgets it, which is fair enough."""

    _served: int = 0
    _guilds: dict[GuildId, int] = field(default_factory=dict[GuildId, int])
    _members: dict[tuple[GuildId, UserId], int] = field(
        default_factory=dict[tuple[GuildId, UserId], int]
    )

    def choose(
        self, waiting: Sequence[Waiting], busy: Iterable[tuple[GuildId, UserId]], *, slots: int
    ) -> list[JobNumber]:
        """The jobs to start now, and notes whose turn it was."""
        running = Counter(busy)
        line = _lined_up(waiting)
        chosen: list[JobNumber] = []
        while len(chosen) < slots:
            job = self._next(line, running)
            if job is None:
                break
            chosen.append(job.number)
            running[job.guild, job.member] += 1
        return chosen

    def order(self, waiting: Sequence[Waiting]) -> list[JobNumber]:
        """The whole queue in the order in which it would be served, were all places free."""
        rehearsal = Turns(self._served, dict(self._guilds), dict(self._members))
        unlimited = [_without_limits(job) for job in waiting]
        return rehearsal.choose(unlimited, (), slots=len(unlimited))

    def _next(self, line: _Line, running: Counter[tuple[GuildId, UserId]]) -> Waiting | None:
        for guild in sorted(line, key=self._guild_turn):
            members = line[guild]
            for member in sorted(members, key=lambda member: self._member_turn(guild, member)):
                jobs = members[member]
                if running[guild, member] < jobs[0].at_once:
                    self._note_turn(guild, member)
                    job = jobs.popleft()
                    if not jobs:
                        del members[member]
                    if not members:
                        del line[guild]
                    return job
        return None

    def _guild_turn(self, guild: GuildId) -> int:
        return self._guilds.get(guild, 0)

    def _member_turn(self, guild: GuildId, member: UserId) -> int:
        return self._members.get((guild, member), 0)

    def _note_turn(self, guild: GuildId, member: UserId) -> None:
        self._served += 1
        self._guilds[guild] = self._served
        self._members[guild, member] = self._served


def _lined_up(waiting: Iterable[Waiting]) -> _Line:
    line: _Line = {}
    for job in waiting:
        line.setdefault(job.guild, {}).setdefault(job.member, deque()).append(job)
    return line


def _without_limits(job: Waiting) -> Waiting:
    return Waiting(
        job.number, job.guild, job.member, job.due_at, job.created_at, at_once=1 << 30, paused=False
    )
