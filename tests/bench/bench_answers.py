"""How soon a command is answered when fifty come in each second.

Discord gives three seconds. The bot, the local Discord and the rehearsal provider have a process
each; what is measured is the time from the moment at which Discord tells of a command until the
bot's answer comes in. Beside it: the same bot with a command that does nothing, in turns.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.policies import Policies
from bot.domain.ids import GuildId, UserId
from bot.domain.policy import MOST_JOBS, Policy
from bot.playground.local_discord import Cast, LocalDiscord, Person, furnish
from tests.crowd import PLENTY, ROOT, far_provider
from tests.e2e.test_run import until_healthy
from tests.rehearsed import free_port

PER_SECOND = 50
SECONDS = 2
ROUNDS = 3
MEMBERS = 25
LTX = {"prompt": "a fox", "duration": 5, "resolution": "480p"}
COMMANDS: dict[str, dict] = {"empty": {}, "balance": {}, "jobs": {}, "ltx text": LTX}


@dataclass(frozen=True)
class World:
    server: LocalDiscord
    cast: Cast
    people: list[Person]


def main() -> None:
    asyncio.run(run())


async def run() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CLAPPER_BENCH_DIR")) as name:
        async with far_provider() as provider, LocalDiscord() as server:
            world = peopled(server)
            async with bot_at_work(Path(name) / "data", world, provider.base_url):
                await measure(world)
                made = len((await provider.books())["tasks"])
        ordered = PER_SECOND * (SECONDS * ROUNDS + 1)
        print(f"{ordered} orders, {made} tasks at the provider")


def peopled(server: LocalDiscord) -> World:
    cast = furnish(server.world)
    users = [server.world.add_user(f"member-{nth}") for nth in range(MEMBERS)]
    for user in users:
        server.world.add_member(cast.studio, user)
    return World(server, cast, [server.person(user) for user in users])


async def measure(world: World) -> None:
    seconds: dict[str, list[list[float]]] = {command: [] for command in COMMANDS}
    await answered_within(world, "empty", times=PER_SECOND)  # the first of its kind is not counted
    await answered_within(world, "ltx text", times=PER_SECOND)
    for _ in range(ROUNDS):
        for command, found in seconds.items():
            found.append(await answered_within(world, command, times=PER_SECOND * SECONDS))
    print(f"{PER_SECOND} commands/s for {SECONDS} s, {ROUNDS} rounds in turns")
    for command, rounds in seconds.items():
        ratios = [
            statistics.median(one) / statistics.median(base)
            for one, base in zip(rounds, seconds["empty"], strict=True)
        ]
        everything = sorted(one for found in rounds for one in found)
        print(
            f"/{command}: first answer after {statistics.median(everything) * 1000:.0f} ms, "
            f"99 % within {everything[len(everything) * 99 // 100] * 1000:.0f} ms, "
            f"all within {everything[-1] * 1000:.0f} ms "
            f"({statistics.median(ratios):.2f} times an empty command)",
            flush=True,
        )


async def answered_within(world: World, command: str, *, times: int) -> list[float]:
    """Seconds to each first answer, at a steady pace that waits for none."""
    loop, asked = asyncio.get_running_loop(), dict[str, float]()
    begun = loop.time()
    for nth in range(times):
        await asyncio.sleep(max(0, begun + nth / PER_SECOND - loop.time()))
        person = world.people[nth % len(world.people)]
        typed = await person.slash(command, COMMANDS[command], channel=world.cast.videos)
        asked[str(typed.interaction.id)] = typed.interaction.created_at
    found = dict[str, float]()
    async with asyncio.timeout(30):
        while len(found) < times:
            await asyncio.sleep(0.1)
            for exchange in world.server.journal.of("POST", "/interactions/*/callback"):
                number = exchange.path.split("/")[2]
                if number in asked:
                    found.setdefault(number, exchange.at - asked[number])
    await asyncio.sleep(0.5)  # what comes after the answer is not the next command's
    return list(found.values())


@asynccontextmanager
async def bot_at_work(data: Path, world: World, provider_url: str) -> AsyncGenerator[None]:
    """On books that may have been written to before."""
    await prepare(data, GuildId(world.cast.studio.id))
    port, log = free_port(), data.parent / "log"
    environ = {
        "PATH": os.environ["PATH"],
        "DISCORD_TOKEN": world.server.token,
        "APIXO_API_KEY": "rehearsal",
        "CLAPPER_APIXO_URL": provider_url,
        "CLAPPER_RESULT_HOSTS": "127.0.0.1",
        "CLAPPER_DATA_DIR": str(data),
        "CLAPPER_DISCORD_API_URL": world.server.api_url,
        "CLAPPER_DISCORD_GATEWAY_URL": world.server.gateway_url,
        "CLAPPER_ALLOWED_SERVERS": "*",
        "CLAPPER_DAILY_CAP": "100000",
        "CLAPPER_MONTHLY_CAP": "100000",
        "CLAPPER_WEB_PORT": str(port),
    }
    with log.open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.answering"), cwd=ROOT, env=environ, stderr=lines
        )
    try:
        await until_healthy(port)
        yield
        assert b"failed" not in log.read_bytes(), log.read_text()
    finally:
        process.terminate()
        await process.wait()


async def prepare(data: Path, guild: GuildId) -> None:
    """A server that is rich enough to refuse nobody."""
    data.mkdir(mode=0o700, exist_ok=True)
    rich = Policy(allowance=PLENTY, pool=PLENTY * 50, at_once=MOST_JOBS, queued=MOST_JOBS)
    async with await Database.open(data / "clapper.db") as books:
        await Policies(books).change(
            guild, lambda _: rich, act="set", actor=UserId(1), now=datetime.now(UTC)
        )


if __name__ == "__main__":
    main()
