"""The far side, faked with state: a provider, a shelf, a postman and a clock that tests turn.

They do what the real ones promise and remember what was asked of them. The books are never faked.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.domain.alert import Alert
from bot.domain.budget import Caps, Decision, Reserved
from bot.domain.clip import Clip
from bot.domain.errors import NotFoundError, ProviderError, TaskNotFoundError
from bot.domain.ids import ChannelId, GuildId, InteractionId, JobNumber, MessageId, TaskId, UserId
from bot.domain.job import Job, JobState, Place
from bot.domain.money import dollars
from bot.domain.notice import Letter, Spot
from bot.domain.outcome import Outcome, Receipt, Route
from bot.domain.ports import Debt, nowhere
from bot.domain.provider import (
    Balance,
    Created,
    Submission,
    TaskReport,
    TaskState,
    Turn,
    Verdict,
)
from bot.models import discover, read_request
from bot.models.prices import read_prices
from bot.service.agenda import Errand
from bot.service.generate import Wish
from bot.service.patience import Patience
from bot.service.studio import Ports, Rules, Studio, open_studio

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
GUILD = GuildId(100)
MEMBER = UserId(7)
CHANNEL = ChannelId(500)


class TurnedClock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def turn(self, **by: float) -> None:
        self.moment += timedelta(**by)


class FakeProvider:
    """Makes tasks, and answers as it is told."""

    def __init__(self) -> None:
        self.submissions: list[Submission] = []
        self.verdicts: deque[Verdict | Callable[[TaskId], Verdict]] = deque()
        """What the next submissions get; a task is made only by a function that is given its id."""
        self.reports: dict[TaskId, TaskReport] = {}
        self.troubles: deque[ProviderError] = deque()
        """What the next reads raise."""
        self.balance_micros = dollars("50")
        self.balance_trouble: ProviderError | None = None
        self.reads = 0
        self.prefix = "task"
        self.may_leave = asyncio.Event()
        """Unset: whoever wants to submit waits for a turn."""
        self.may_leave.set()
        self.closing = False

    async def turn(self) -> Turn | None:
        await self.may_leave.wait()
        return None if self.closing else Turn(0)

    async def submit(self, submission: Submission, turn: Turn) -> Verdict:
        self.submissions.append(submission)
        task = TaskId(f"{self.prefix}_{len(self.submissions)}")
        verdict = self.verdicts.popleft() if self.verdicts else Created(task)
        if callable(verdict):
            verdict = verdict(task)
        if isinstance(verdict, Created):
            self.make(verdict.task)
        return verdict

    def make(self, task: TaskId) -> None:
        self.reports.setdefault(task, TaskReport(task, TaskState.RUNNING, "processing"))

    def finish(self, task: TaskId, *urls: str) -> None:
        self.reports[task] = TaskReport(
            task, TaskState.SUCCESS, "success", urls or (f"https://results.example/{task}.mp4",)
        )

    async def read_task(self, model_id: str, task: TaskId) -> TaskReport:
        self.reads += 1
        if self.troubles:
            raise self.troubles.popleft()
        if task not in self.reports:
            raise TaskNotFoundError(task)
        return self.reports[task]

    async def balance(self) -> Balance:
        if self.balance_trouble is not None:
            raise self.balance_trouble
        return Balance(self.balance_micros, START)

    async def drain(self) -> None:
        self.closing = True
        self.may_leave.set()
        await asyncio.sleep(0)


class FakeShelf:
    """Keeps names instead of files."""

    def __init__(self) -> None:
        self.kept: dict[str, Clip] = {}
        self.troubles: deque[Exception] = deque()

    async def keep(self, job: JobNumber, urls: Sequence[str]) -> tuple[Clip, ...]:
        if self.troubles:
            raise self.troubles.popleft()
        clips = tuple(
            Clip(f"{job}-{nth}.mp4", 1000, "0" * 64, "video/mp4", 5.0, 640, 360)
            for nth, _ in enumerate(urls)
        )
        self.kept |= {clip.name: clip for clip in clips}
        return clips

    async def find(self, job: JobNumber, urls: Sequence[str]) -> tuple[Clip, ...]:
        names = [f"{job}-{nth}.mp4" for nth, _ in enumerate(urls)]
        return tuple(self.kept[name] for name in names if name in self.kept)

    def path(self, name: str) -> Path:
        if name not in self.kept:
            raise NotFoundError(name)
        return Path(name)

    async def is_intact(self, name: str, *, size_bytes: int, sha256: str) -> bool:
        return name in self.kept

    async def remove(self, names: Collection[str]) -> None:
        for name in names:
            self.kept.pop(name, None)

    async def sweep(
        self, known: Collection[str], now: datetime, *, awaited: Collection[JobNumber]
    ) -> tuple[str, ...]:
        return ()


class FakePostman:
    """Posts into a list."""

    def __init__(self) -> None:
        self.posted: list[tuple[Outcome, Debt]] = []
        self.troubles: deque[Exception] = deque()
        """What the next messages meet."""
        self.letters: dict[str, Letter] = {}
        """Notices as they stand, by their nonces: the same one stands once."""
        self.withdrawn: list[Spot] = []
        self.refunded: list[Receipt] = []
        """Messages that say that their video was paid back."""
        self.absent: set[Spot] = set()
        """Where no message stands."""
        self.lacks: tuple[str, ...] | None = ()
        """Permissions in the channel for videos."""

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        if self.troubles:
            raise self.troubles.popleft()
        self.posted.append((outcome, debt))
        return Receipt(Route.CHANNEL, outcome.job.place.channel, MessageId(len(self.posted)))

    async def mark_refunded(self, guild: GuildId, receipt: Receipt) -> None:
        self.refunded.append(receipt)

    async def post(self, letter: Letter) -> Spot:
        if self.troubles:
            raise self.troubles.popleft()
        self.letters[letter.notice.nonce] = letter
        return letter.channel, MessageId(letter.notice.id)

    async def amend(self, letter: Letter, spot: Spot) -> bool:
        if self.troubles:
            raise self.troubles.popleft()
        if spot in self.absent:
            return False
        self.letters[letter.notice.nonce] = letter
        return True

    async def withdraw(self, guild: GuildId, spot: Spot) -> bool:
        if self.troubles:
            raise self.troubles.popleft()
        if spot in self.absent:
            return False
        self.withdrawn.append(spot)
        return True

    async def lacking(self, guild: GuildId, channel: ChannelId) -> tuple[str, ...] | None:
        return self.lacks


@dataclass
class Stage:
    """A studio on real books, with everything beyond them faked."""

    database: Database
    studio: Studio
    jobs: Jobs
    money: Money
    provider: FakeProvider
    shelf: FakeShelf
    postman: FakePostman
    clock: TurnedClock
    alerts: list[Alert] = field(default_factory=list)
    _interactions: int = 0

    async def order(
        self,
        *,
        member: int = MEMBER,
        guild: int = GUILD,
        interaction: int | None = None,
        place: Place | None = None,
        **options,
    ) -> Decision:
        self._interactions += 1
        model = discover()["ltx"]
        request = read_request(model, "text", {"prompt": "a fox", "duration": 5, **options})
        return await self.studio.generate.order(
            Wish(
                guild=GuildId(guild),
                member=UserId(member),
                roles=frozenset(),
                interaction=InteractionId(interaction or self._interactions),
                model="ltx",
                request=request,
                place=place or Place(CHANNEL),
            )
        )

    async def ordered(self, **wish) -> JobNumber:
        decision = await self.order(**wish)
        assert isinstance(decision, Reserved), decision
        return decision.job.number

    async def job(self, number: JobNumber) -> Job:
        job = await self.jobs.find(number)
        assert job is not None
        return job

    async def state(self, number: JobNumber) -> JobState:
        return (await self.job(number)).state

    async def submitted(self, **wish) -> JobNumber:
        number = await self.ordered(**wish)
        await self.studio.watch.submit(number)
        return number

    async def look(self, number: JobNumber) -> datetime | None:
        return await self.studio.watch.handlers[Errand.LOOK](number)

    async def fetch(self, number: JobNumber) -> datetime | None:
        return await self.studio.watch.handlers[Errand.FETCH](number)

    async def tell(self, number: JobNumber) -> datetime | None:
        return await self.studio.watch.handlers[Errand.TELL](number)

    async def clear(self, number: JobNumber) -> datetime | None:
        return await self.studio.watch.handlers[Errand.CLEAR](number)


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    callback_base: str | None = None,
    allowed: Collection[int] = (GUILD,),
    max_running: int = 1000,
    caps: Caps | None = None,
    patience: Patience | None = None,
    failpoint: Callable[[str], None] = nowhere,
) -> AsyncGenerator[Stage]:
    """A stage whose watcher does not run: a test calls each errand itself, or starts it."""
    caps = caps or Caps(dollars("20"), dollars("200"))
    clock, alerts = TurnedClock(), list[Alert]()
    provider, shelf, postman = FakeProvider(), FakeShelf(), FakePostman()
    models = discover()
    async with await Database.open(folder / "clapper.db") as database:
        jobs = Jobs(database, caps)
        ports = Ports(
            jobs=jobs,
            provider=provider,
            clips=shelf,
            postman=postman,
            clock=clock,
            alarm=alerts.append,
            read_task_id=lambda body: TaskId(body.decode()) if body else None,
            failpoint=failpoint,
        )
        rules = Rules(
            models=models,
            prices=read_prices(None, models),
            allowed={GuildId(guild) for guild in allowed},
            floor=dollars("1"),
            max_running=max_running,
            patience=patience or Patience(),
            callback_base=callback_base,
        )
        studio = open_studio(ports, rules)
        money = Money(database, caps)
        yield Stage(database, studio, jobs, money, provider, shelf, postman, clock, alerts)
