"""Holds the provider's books against the bot's, line by line.

Rule: each book is read as it stands. What differs is never smoothed over, only explained.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.adapters.sqlite.glance import Entry
from bot.domain.job import Charge, JobState
from bot.domain.money import Micros
from bot.playground.rehearsal import TaskEntry


class Note(StrEnum):
    """How the two sides of a line stand to each other."""

    AGREE = "agree"
    WAITING = "waiting"
    """Money is held, and nothing was asked of the provider yet."""
    UNDERWAY = "underway"
    """The provider has billed and works; the bot holds as much."""
    UNHEARD = "unheard"
    """It has ended at the provider, and the bot has not heard of it."""
    UNKNOWN = "unknown"
    """The answer was lost: the bot does not know yet whether there is a task."""
    BORNE = "borne"
    """Billed, and nobody was charged: the operator bears it."""
    DIFFER = "differ"


PASSING = frozenset({Note.WAITING, Note.UNDERWAY, Note.UNHEARD, Note.UNKNOWN})
"""What comes right by itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """A job, its task, or both."""

    entry: Entry | None
    task: TaskEntry | None
    note: Note

    @property
    def billed(self) -> Micros:
        """By the provider."""
        return Micros(self.task.billed_micros if self.task else 0)


@dataclass(frozen=True, slots=True)
class TwoBooks:
    """Both books at one moment."""

    lines: tuple[Line, ...]
    """The oldest first."""
    states: Mapping[str, int]
    """How many jobs are in each state."""

    @property
    def billed(self) -> Micros:
        """All that the provider took."""
        return Micros(sum(line.billed for line in self.lines))

    @property
    def charged(self) -> Micros:
        """All that members paid."""
        return Micros(sum(line.entry.charged for line in self.lines if line.entry))

    @property
    def held(self) -> Micros:
        """All that is bound for unfinished jobs."""
        return Micros(sum(line.entry.held for line in self.lines if line.entry))

    def of(self, *notes: Note) -> list[Line]:
        """The lines with one of these notes."""
        return [line for line in self.lines if line.note in notes]


def compare(tasks: Sequence[TaskEntry], entries: Sequence[Entry]) -> TwoBooks:
    """Pairs jobs and tasks: by the task's id, else by the token that the request carried."""
    by_id = {str(entry.task): entry for entry in entries if entry.task}
    by_token = {token: entry for entry in entries for token in entry.tokens}
    of_entry: dict[int, TaskEntry] = {}
    strange: list[Line] = []
    for task in tasks:
        entry = by_id.get(task.task_id) or by_token.get(_token_hash(task))
        if entry is None or entry.number in of_entry:
            strange.append(Line(None, task, Note.DIFFER if task.billed_micros else Note.AGREE))
        else:
            of_entry[entry.number] = task
    known = [_line(entry, of_entry.get(entry.number)) for entry in entries]
    return TwoBooks((*known, *strange), Counter(str(entry.state) for entry in entries))


def _token_hash(task: TaskEntry) -> str:
    token = task.callback_url.rpartition("/")[2]
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _line(entry: Entry, task: TaskEntry | None) -> Line:
    return Line(entry, task, _note_alone(entry) if task is None else _note(entry, task))


def _note_alone(entry: Entry) -> Note:
    """Of a job without a task at the provider."""
    if entry.task is not None or entry.charged:
        return Note.DIFFER
    if entry.charge is not Charge.OPEN:
        return Note.AGREE
    return Note.WAITING if entry.state is JobState.HELD else Note.UNKNOWN


def _note(entry: Entry, task: TaskEntry) -> Note:
    if entry.charge is Charge.OPEN:
        return _note_open(entry, task)
    if entry.charge is Charge.WAIVED and task.billed_micros:
        return Note.BORNE
    return Note.AGREE if entry.charged == task.billed_micros else Note.DIFFER


def _note_open(entry: Entry, task: TaskEntry) -> Note:
    if entry.task is None:
        return Note.UNKNOWN
    if task.ended:
        return Note.UNHEARD
    return Note.UNDERWAY if entry.held == task.billed_micros else Note.DIFFER
