"""A playground as its own process, driven from outside as the page drives it."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil

ROOT = Path(__file__).parents[1]
SPEED = 200
MOST_SECONDS = 60
Json = dict[str, Any]


@dataclass
class Play:
    """One playground and its page's side."""

    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession
    origin: str
    said: list[str]
    """What it has printed."""
    ids: dict[str, str] = field(default_factory=dict)
    """Users and channels by name."""

    async def get(self, path: str, **query: str) -> Json:
        async with self.session.get(self.origin + path, params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Json, *, status: int = 200, **headers: str) -> Json:
        async with self.session.post(self.origin + path, json=body, headers=headers) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def learn(self) -> None:
        """Who and where."""
        world = await self.get("/_world")
        named = [(user["username"], user["id"]) for user in world["users"]]
        for server in world["servers"]:
            named += [(channel["name"], channel["id"]) for channel in server["channels"]]
        self.ids = dict(named)

    # -- as the panel --

    async def state(self) -> Json:
        return await self.get("/_play/state")

    async def weather(self, name: str) -> Json:
        return await self.post("/_play/weather", {"name": name})

    async def bot(self, do: str) -> Json:
        return await self.post("/_play/bot", {"do": do})

    async def until(self, holds: Callable[[Json], object], what: str) -> Json:
        """The state as soon as something holds of it."""
        state: Json = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MOST_SECONDS):
                while not holds(state := await self.state()):
                    await asyncio.sleep(0.05)
                return state
        raise AssertionError(f"never {what}: {state}")

    async def settled(self) -> Json:
        """The state when every line of both books agrees, and every message stands."""
        return await self.until(_is_settled, "settled")

    # -- as a person --

    async def act(self, verb: str, user: str, **facts: Any) -> Json:
        facts.setdefault("channel", int(self.ids["videos"]))
        return await self.post(f"/_world/acts/{verb}", {"user": int(self.ids[user]), **facts})

    async def slash(self, user: str, command: str, **options: Any) -> Json:
        return await self.act("slash", user, name=command, options=options)

    async def ltx(self, user: str = "ann", prompt: str = "a fox in the snow", **more: Any) -> None:
        await self.slash(user, "ltx text", prompt=prompt, duration=5, resolution="480p", **more)

    async def messages(self, user: str = "ann") -> list[Json]:
        path = f"/_world/channels/{self.ids['videos']}/messages"
        found = await self.get(path, **{"as": self.ids[user], "limit": "100"})
        return found["messages"]

    async def videos(self, user: str = "ann") -> list[Json]:
        """The messages that show a clip."""
        return [one for one in await self.messages(user) if clips(one)]

    async def message(self, fits: Callable[[Json], object], what: str, user: str = "ann") -> Json:
        """The first message that fits, as soon as it is there."""
        seen: list[Json] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MOST_SECONDS):
                while True:
                    seen = await self.messages(user)
                    for one in seen:
                        if fits(one):
                            return one
                    await asyncio.sleep(0.05)
        raise AssertionError(f"never {what}: {[one['text'] for one in seen]}")

    # -- as an operator --

    def family(self) -> list[psutil.Process]:
        """Itself and every process below it."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    async def end(self, *, with_signal: int = signal.SIGINT) -> int:
        """Tells it to stop; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(with_signal)
        return await asyncio.wait_for(self.process.wait(), 40)


def _is_settled(state: Json) -> bool:
    books = state["books"]
    return notes(state) == {"agree"} and not {"succeeded", "stored"} & {*books["bot"]["states"]}


def notes(state: Json) -> set[str]:
    return {line["note"] for line in state["books"]["lines"]}


def clips(message: Json) -> list[str]:
    """The addresses of the videos that a message shows."""
    return re.findall(r"http://[^\"\s]+\.mp4[^\"\s]*", str(message["components"]))


def environ() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}


async def start(*arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "play", "--no-browser"),
        *map(str, arguments),
        cwd=ROOT,
        env=environ(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def failed(*arguments: object) -> tuple[int, str]:
    """A start that does not come to anything: exit code and what stderr says."""
    process = await start(*arguments)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


@contextlib.asynccontextmanager
async def playing(
    folder: Path, *arguments: object, port: int = 0, speed: float = SPEED
) -> AsyncGenerator[Play]:
    """A playground that is ready; killed when the block ends, if it still runs."""
    process = await start("--data", folder, "--port", port, "--speed", speed, *arguments)
    said: list[str] = []
    family: list[psutil.Process] = []
    try:
        async with aiohttp.ClientSession() as session:
            async with asyncio.timeout(MOST_SECONDS):
                origin = await _origin(process, said)
            play = Play(process, session, origin, said)
            await play.learn()
            family = play.family()
            yield play
    finally:
        if process.returncode is None:
            family += psutil.Process(process.pid).children(recursive=True)
            process.kill()
        for each in filter(_runs, family[1:]):
            each.kill()
        await process.communicate()


async def _origin(process: asyncio.subprocess.Process, said: list[str]) -> str:
    """Reads what it prints up to the address."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        said.append(line)
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise AssertionError(await _last_words(process))


async def _last_words(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode()


async def gone(family: list[psutil.Process]) -> bool:
    """Whether all of them have ended, soon."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while any(map(_runs, family)):
                await asyncio.sleep(0.05)
            return True
    return False


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
