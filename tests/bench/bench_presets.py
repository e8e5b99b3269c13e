"""How soon LoRAs are offered while their names are typed: ten milliseconds are promised.

The bot and the local Discord have a process each. Measured is the time from a letter until the bot's
offers are seen. Beside it, in turns: an option of the same bot that offers nothing, which is what the
way there and back costs.
"""

import asyncio
import os
import statistics
import tempfile
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.policies import Policies
from bot.domain.ids import GuildId, UserId
from bot.domain.policy import LONGEST_ADDRESS, LONGEST_NAME, MOST_PRESETS, LoraPreset
from bot.playground.local_discord import LocalDiscord
from tests.bench.bench_answers import World, bot_at_work, peopled
from tests.crowd import far_provider

SERVERS = 5
LETTERS = 200
ROUNDS = 5
MOST_MILLISECONDS = 10
OPTIONS = {"empty": "word", "ltx text-lora": "lora"}
ODD = "\N{LATIN CAPITAL LETTER O WITH DIAERESIS}"
TYPED = {"": 25, "s": 25, "snow": 25, "snow 19": 10, ODD.lower(): 25, "nothing": 0}
"""What is typed, and how many names have it."""


def main() -> None:
    asyncio.run(run())


async def run() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CLAPPER_BENCH_DIR")) as name:
        data = Path(name) / "data"
        async with far_provider() as provider, LocalDiscord() as server:
            world = peopled(server)
            await offer(data, [world.cast.studio.id, *range(1, SERVERS)])
            async with bot_at_work(data, world, provider.base_url):
                await measure(world)


async def offer(data: Path, guilds: list[int]) -> None:
    """Each server has as many as it may, with names and addresses as long as they may be."""
    data.mkdir(mode=0o700)
    now = datetime.now(UTC)
    async with await Database.open(data / "clapper.db") as books:
        for guild in guilds:
            for number in range(MOST_PRESETS):
                name = f"Snow {number:03} {ODD}".ljust(LONGEST_NAME, ODD)
                address = f"https://example.com/{number}/".ljust(LONGEST_ADDRESS, "x")
                preset = LoraPreset(name, address, 1.0)
                await Policies(books).put_preset(GuildId(guild), preset, actor=UserId(1), now=now)


async def measure(world: World) -> None:
    seconds: dict[str, list[list[float]]] = {command: [] for command in OPTIONS}
    for command in OPTIONS:  # the first of its kind is not counted
        await offered_within(world, command, times=20)
    for _ in range(ROUNDS):
        for command, found in seconds.items():
            found.append(await offered_within(world, command, times=LETTERS))
    medians = {
        command: [statistics.median(one) for one in rounds] for command, rounds in seconds.items()
    }
    pairs = list(zip(medians["ltx text-lora"], medians["empty"], strict=True))
    ratio = statistics.median(one / base for one, base in pairs)
    more = statistics.median(one - base for one, base in pairs) * 1000
    print(f"{SERVERS} servers with {MOST_PRESETS} LoRAs each, {LETTERS * ROUNDS} letters")
    for command, rounds in seconds.items():
        every = sorted(one * 1000 for found in rounds for one in found)
        print(
            f"{OPTIONS[command]} of /{command}: {statistics.median(every):.1f} ms,"
            f" 99 % within {every[len(every) * 99 // 100]:.1f} ms"
        )
    print(f"{ratio:.2f} times an offer of nothing, {more:.1f} ms more")
    took = statistics.median(medians["ltx text-lora"]) * 1000
    assert took <= MOST_MILLISECONDS, f"{took:.1f} ms, and {MOST_MILLISECONDS} are promised"


async def offered_within(world: World, command: str, *, times: int) -> list[float]:
    """Seconds to the offers for each letter, one after the other."""
    loop, found, person = asyncio.get_running_loop(), list[float](), world.people[0]
    for typed in islice(cycle(TYPED), times):
        begun = loop.time()
        offers = await person.autocomplete(
            command, OPTIONS[command], typed, channel=world.cast.videos
        )
        found.append(loop.time() - begun)
        assert len(offers) == (0 if command == "empty" else TYPED[typed])
    return found


if __name__ == "__main__":
    main()
