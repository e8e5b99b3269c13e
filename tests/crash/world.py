"""The world that outlives the bot: the provider with its own books, and whoever kills.

`World.verdict` compares what really happened with what our books say.
"""

import asyncio
import hashlib
import json
import resource
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.sqlite.invariants import broken_invariants
from bot.playground.rehearsal import RehearsalProvider, TaskEntry
from tests.rehearsed import free_port

ROOT = Path(__file__).parents[2]
FAILPOINTS = (
    "before-hold",
    "after-hold",
    "after-submitting",
    "after-answer",
    "after-inbox-row",
    "before-settle",
    "after-settle",
    "after-rename",
    "after-send",
)
FAULTS = {
    "submit": {
        "reset": 0.04,
        "created+reset": 0.10,
        "http:503": 0.03,
        "created+http:503": 0.05,
        "created+cut_json": 0.05,
        "created+html:200": 0.03,
        "http:429:0": 0.05,
        "http:400": 0.02,
    },
    "status": {"http:500": 0.03, "cut_json": 0.03, "reset": 0.03, "stale": 0.03},
    "task": {"fail:NSFW": 0.06, "state:processing_r2": 0.05},
    "callback": {"lost": 0.1, "repeated:2": 0.1, "before_answer": 0.1, "wrong_token": 0.05},
    "file": {"http:404": 0.05, "short": 0.05, "reset": 0.05},
}
OVER = {"delivered", "failed", "rejected", "expired", "lost", "cancelled"}
SCALE = 0.0005
LITTLE_ROOM = 24 * 1024
"""Bytes of a file that can still be written on a full disk: enough for the journal, which stands for
Discord and not for a disk.
"""


@dataclass
class World:
    """One provider, one data folder, many lives of a bot."""

    folder: Path
    provider: RehearsalProvider
    mistake: str | None = None
    acks: dict[int, int] = field(default_factory=dict)
    deaths: Counter[str] = field(default_factory=Counter)
    refusals: int = 0
    """Orders that there was no room for."""
    orders: int = 0
    port: int = field(default_factory=free_port)
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "clapper.db"

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    # -- lives -----------------------------------------------------------------------------------

    async def start(self, *, more: int, die: str = "never:1") -> None:
        """A new life, with some orders more than all before."""
        self.orders += more
        mistake = ["--mistake", self.mistake] if self.mistake else []
        self._open.clear()
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.crash.bot_process"),
                *("--data", str(self.folder / "data"), "--journal", str(self.journal)),
                *("--api", self.provider.base_url, "--port", str(self.port)),
                *("--orders", str(self.orders), "--scale", str(SCALE), "--die", die),
                *mistake,
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        self._reading = asyncio.create_task(self._read_acks())

    async def _read_acks(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, *numbers = line.decode().split()
            if word == "open":
                self._open.set()
            elif word == "ack":
                self.acks[int(numbers[0])] = int(numbers[1])
            elif word == "full":
                self.refusals += 1

    async def dies_at(self, name: str, *, seconds: float = 15) -> bool:
        """A life that ends at a failpoint. False: it never came there."""
        await self.start(more=2, die=f"{name}:1")
        assert self._process is not None
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            await self.kill("not reached")
            return False
        await self._gone(name)
        return True

    async def kill(self, why: str) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._gone(why)

    async def _gone(self, why: str) -> None:
        assert self._reading is not None
        await self._reading
        self.deaths[why] += 1

    def fill_disk(self) -> None:
        """From now on no file of the bot can grow, nor be written to beyond its beginning."""
        self._limit(LITTLE_ROOM)

    def free_disk(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        assert self._process is not None
        limits = (size, resource.RLIM_INFINITY)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, limits)

    async def opened(self) -> None:
        async with asyncio.timeout(30):
            await self._open.wait()

    async def rest(self, *, seconds: float = 60) -> None:
        """A last life without disturbance, until every job is over; then told to stop."""
        self.provider.stage.clear()
        await self.start(more=0)
        await self.opened()  # before that nobody listens for a signal
        assert self._process is not None
        async with asyncio.timeout(seconds):
            while not self._all_over():
                assert self._process.returncode is None, (self.folder / "log").read_text()[-3000:]
                await asyncio.sleep(0.1)
        # Whatever comes late has time to come: a second clip would be seen.
        await asyncio.sleep(0.5)
        await self.stop()

    async def stop(self) -> None:
        """Told to stop, it does, in order."""
        assert self._process is not None
        self._process.terminate()
        code = await asyncio.wait_for(self._process.wait(), 30)
        assert code == 0, (self.folder / "log").read_text()[-3000:]
        await self._gone("told to stop")

    def _all_over(self) -> bool:
        if not self.database.exists():
            return False
        with closing(self._look()) as con:
            states = [state for (state,) in con.execute("SELECT state FROM jobs")]
            owed = con.execute("SELECT count(*) FROM deliveries WHERE done_at IS NULL").fetchone()
        return len(states) >= self.orders and set(states) <= OVER and owed == (0,)

    def states(self) -> Counter[str]:
        """How many jobs are in each state, by our books."""
        with closing(self._look()) as con:
            return Counter(state for (state,) in con.execute("SELECT state FROM jobs"))

    def _look(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=10)

    # -- the verdict -----------------------------------------------------------------------------

    def verdict(self) -> list[str]:
        """Everything in which our books and the world disagree."""
        with closing(self._look()) as con:
            found = [f"invariant: {name}: {rows}" for name, rows in broken_invariants(con).items()]
            jobs = {
                number: (interaction, state, charge)
                for number, interaction, state, charge in con.execute(
                    "SELECT number, interaction_id, state, charge FROM jobs"
                )
            }
            clips = con.execute("SELECT name, size_bytes, sha256 FROM clips").fetchall()
            charged = dict(con.execute(_CHARGED).fetchall())
        found += self._promises(jobs)
        found += self._tasks(jobs)
        found += self._posts(jobs)
        found += self._files(clips)
        found += self._money(jobs, charged)
        return found

    def _promises(self, jobs: dict[int, tuple[int, str, str]]) -> list[str]:
        return [
            f"order {interaction} was acknowledged as job {number} and is missing"
            for interaction, number in self.acks.items()
            if jobs.get(number, (None,))[0] != interaction
        ]

    def _tasks(self, jobs: dict[int, tuple[int, str, str]]) -> list[str]:
        found: list[str] = []
        by_prompt = Counter(prompt for prompt, _ in self._made())
        found += [f"{prompt} was made {n} times" for prompt, n in by_prompt.items() if n > 1]
        ended = {
            f"order {interaction}": (state, charge) for interaction, state, charge in jobs.values()
        }
        for prompt, task in self._made():
            state, charge = ended[prompt]
            rang = any(call.answer == 200 and call.kind == "true" for call in task.deliveries)
            if task.state == "success" and state != "delivered" and (rang or state != "expired"):
                found.append(f"{prompt} was made and is {state}")
            if task.state == "failed" and charge == "settled":
                found.append(f"{prompt} failed and was charged")
        made = set(by_prompt)
        found += [
            f"{prompt} was never made and is {state}"
            for prompt, (state, _) in ended.items()
            if prompt not in made and state in {"delivered", "failed", "lost"}
        ]
        return found

    def _made(self) -> list[tuple[str, TaskEntry]]:
        """The provider's tasks, by the order that each was for."""
        tasks = self.provider.books.tasks.values()
        return [(_prompt_of(task), task) for task in tasks]

    def _posts(self, jobs: dict[int, tuple[int, str, str]]) -> list[str]:
        posted = [json.loads(line) for line in self.journal.read_text().splitlines()]
        times = Counter((line["job"], line["purpose"]) for line in posted)
        found = [
            f"job {job} was told its {what} {n} times" for (job, what), n in times.items() if n > 1
        ]
        for number, (_, state, _) in jobs.items():
            what = "clip" if state == "delivered" else "failure"
            if not times[number, what] and state != "cancelled":
                found.append(f"job {number} is {state}, and nobody was told")
        return found

    def _files(self, clips: list[tuple[str, int, str]]) -> list[str]:
        shelf = self.folder / "data" / "clips"
        return [
            f"the file {name} is not what the books say"
            for name, size, sha256 in clips
            if not (shelf / name).exists()
            or (shelf / name).stat().st_size != size
            or hashlib.sha256((shelf / name).read_bytes()).hexdigest() != sha256
        ]

    def _money(self, jobs: dict[int, tuple[int, str, str]], charged: dict[int, int]) -> list[str]:
        """What the provider billed, what our books say, and what people were told."""
        billed = {prompt: task.billed_micros for prompt, task in self._made()}
        due = {
            number: billed.get(f"order {interaction}", 0) if charge == "settled" else 0
            for number, (interaction, _, charge) in jobs.items()
        }
        found = [
            f"job {number} is charged {charged.get(number, 0)} instead of {micros}"
            for number, micros in due.items()
            if charged.get(number, 0) != micros
        ]
        return found + [
            f"job {line['job']} was told that it costs {line['charged']}"
            for line in map(json.loads, self.journal.read_text().splitlines())
            if line["charged"] != due[line["job"]] and line["purpose"] == "clip"
        ]


_CHARGED = """
    SELECT job, sum(iif(kind = 'settle', amount, -amount)) FROM transfers
    WHERE scope = 'member' AND kind IN ('settle', 'refund') GROUP BY job"""
"""What members paid for each job in the end."""


def _prompt_of(task: TaskEntry) -> str:
    content = task.payload["input"]
    assert isinstance(content, dict)
    return str(content["prompt"])
