"""The provider's own books: what really happened, for tests to compare with what the bot believes.

Rule: written by the provider at the moment of the deed, and never read back from the bot.
"""

import asyncio
import time
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from bot.playground.rehearsal.acts import PLAIN, Act

State = Literal["pending", "processing", "success", "failed"]


@dataclass(slots=True)
class Delivery:
    """One callback that was sent, true or forged."""

    url: str
    kind: str
    """"true", or the name of the act that forged it."""
    answer: int | str
    """The HTTP status that came back, or the name of the error."""
    at: float


@dataclass(slots=True)
class Submission:
    """One POST, whatever became of it."""

    at: float
    model: str
    act: str
    """The act that was played; "refused" when the request never got so far."""
    reason: str
    """Why it was refused."""
    task_id: str | None
    """The task that it made, whether or not the client was told."""
    payload: Mapping[str, object] | None


@dataclass(slots=True)
class TaskEntry:
    """One task and what it cost."""

    task_id: str
    model: str
    payload: Mapping[str, object]
    """The body exactly as it was received."""
    price_micros: int
    callback_url: str
    created_ms: int
    act: Act = PLAIN
    callback_act: Act = PLAIN
    state: State = "pending"
    fail_code: str = ""
    fail_message: str = ""
    billed_micros: int = 0
    completed_ms: int | None = None
    result_urls: list[str] = field(default_factory=list[str])
    status_reads: int = 0
    file_reads: int = 0
    deliveries: list[Delivery] = field(default_factory=list[Delivery])

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {"success", "failed"}


class Books:
    """Tasks, submissions, requests and the balance."""

    def __init__(self, balance_micros: int) -> None:
        self.balance_micros = balance_micros
        self.tasks: dict[str, TaskEntry] = {}
        self.submissions: list[Submission] = []
        self.requests: Counter[str] = Counter()
        """How many requests each door has seen, those refused for their pace included."""
        self.most_at_once = 0
        """The most tasks that were unfinished at the same time."""
        self._running = 0
        self._times: array[float] = array("d")
        self._changed = asyncio.Event()

    @property
    def running(self) -> int:
        """How many tasks have not ended."""
        return self._running

    @property
    def billed_micros(self) -> int:
        """What the provider took, all in all."""
        return sum(task.billed_micros for task in self.tasks.values())

    @property
    def succeeded(self) -> list[TaskEntry]:
        """The tasks that ended well."""
        return [task for task in self.tasks.values() if task.state == "success"]

    def count(self, door: str) -> None:
        """Notes a request; API requests also count for the pace."""
        self.requests[door] += 1
        if door != "file":
            self._times.append(time.monotonic())
        self.changed()

    def requests_within(self, seconds: float) -> int:
        """API requests in the last real seconds."""
        return len(self._times) - bisect_left(self._times, time.monotonic() - seconds)

    def busiest(self, seconds: float) -> int:
        """The most API requests that ever came within so many real seconds."""
        first, most = 0, 0
        for last, moment in enumerate(self._times):
            while moment - self._times[first] >= seconds:
                first += 1
            most = max(most, last - first + 1)
        return most

    def open(self, task: TaskEntry) -> None:
        """A task begins, and is paid for."""
        self.tasks[task.task_id] = task
        task.billed_micros = task.price_micros
        self.balance_micros -= task.price_micros
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        self.changed()

    def close(self, task: TaskEntry, state: State, *, gives_back: bool) -> None:
        """A task ends, once."""
        task.state = state
        task.completed_ms = milliseconds()
        self._running -= 1
        if gives_back:
            self.balance_micros += task.billed_micros
            task.billed_micros = 0
        self.changed()

    def take_back(self, balance_micros: int, tasks: Iterable[TaskEntry]) -> None:
        """Knows what an earlier life knew."""
        self.balance_micros = balance_micros
        self.tasks = {task.task_id: task for task in tasks}
        self._running = sum(not task.ended for task in self.tasks.values())
        self.changed()

    def changed(self) -> None:
        """Wakes everybody who waits in `until`."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, holds: "Callable[[Books], object]", seconds: float = 20) -> None:
        """Waits until something holds of the books; TimeoutError with a summary if it does not."""
        try:
            async with asyncio.timeout(seconds):
                while not holds(self):
                    await self._changed.wait()
        except TimeoutError as error:
            raise TimeoutError(f"{seconds} s were not enough. {self.summary()}") from error

    def summary(self) -> str:
        """One line for an error message."""
        states = Counter(task.state for task in self.tasks.values())
        calls = sum(len(task.deliveries) for task in self.tasks.values())
        return f"Tasks {dict(states)}, callbacks {calls}, requests {dict(self.requests)}"

    def as_json(self) -> dict[str, object]:
        """All of it, for another process."""
        return {
            "balance_micros": self.balance_micros,
            "billed_micros": self.billed_micros,
            "running": self._running,
            "most_at_once": self.most_at_once,
            "busiest_minute": self.busiest(60),
            "requests": dict(self.requests),
            "tasks": list(self._tasks_as_json()),
            "submissions": [asdict(submission) for submission in self.submissions],
        }

    def _tasks_as_json(self) -> Iterator[dict[str, object]]:
        for task in self.tasks.values():
            entry = asdict(task)
            yield {**entry, "act": task.act.text, "callback_act": task.callback_act.text}


def milliseconds() -> int:
    """Unix time as the provider writes it."""
    return time.time_ns() // 1_000_000
