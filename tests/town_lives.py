"""The lives of a bot in another process: started, told to stop, killed, started again.

Rule: what it writes to its log is kept over all its lives.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL, SIGTERM

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.playground.local_discord import LocalDiscord
from tests.town_books import SETTLED

LAST_LINES = 40
ROOT = Path(__file__).parents[1]


class Lives:
    """One after the other, on one data folder."""

    server: LocalDiscord
    folder: Path
    port: int
    """Of its web door."""
    environ: Mapping[str, str]
    process: asyncio.subprocess.Process | None = None

    async def start(self, *, die: str | None = None) -> None:
        """Starts the bot; without `die`, waits until it is well."""
        how = ["-m", "bot"] if die is None else ["-m", "tests.mortal", die]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *how, cwd=ROOT, env=dict(self.environ), stderr=log
            )
        await self.well()

    async def well(self) -> None:
        """Waits until its health is good."""
        async with asyncio.timeout(SETTLED):
            while await self.health() != []:
                assert self.is_alive, f"the bot has died: {self.last_lines()}"
                await asyncio.sleep(0.02)

    async def health(self) -> list[str] | None:
        """What is not well; None while nobody answers."""
        with suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/healthz") as answer,
            ):
                return json.loads(await answer.read())["failing"]
        return None

    async def closes(self) -> None:
        """Waits until it submits nothing."""
        async with asyncio.timeout(SETTLED):
            while not await self.stopped():
                await asyncio.sleep(0.02)

    async def open_again(self) -> None:
        """Waits until it submits: a failure of the account has stopped it, until it has looked."""
        async with asyncio.timeout(SETTLED):
            while await self.stopped():
                await asyncio.sleep(0.02)

    async def stopped(self) -> list[str]:
        """Why it submits nothing, as its metrics say."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/metrics") as answer,
        ):
            shown = text_string_to_metric_families(await answer.text())
        samples = [one for family in shown for one in family.samples]
        return [one.labels["why"] for one in samples if one.name == "clapper_stopped" and one.value]

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def died(self) -> None:
        """Waits until it has killed itself."""
        assert self.process is not None
        code = await asyncio.wait_for(self.process.wait(), SETTLED)
        assert code == -SIGKILL, code
        await self.server.bot_gone()

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.died()

    async def stop(self) -> None:
        """Tells it to stop, and wants a clean end."""
        assert self.process is not None
        self.process.send_signal(SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), SETTLED)
        assert code == 0, self.last_lines()
        await self.server.bot_gone()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    @property
    def log(self) -> Path:
        return self.folder.with_name("log")

    def last_lines(self) -> str:
        """Of the log: a failure cannot be told without them."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LAST_LINES:])
