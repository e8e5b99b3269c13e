"""The process that is killed: a whole bot whose members order by themselves.

It orders interactions 1 to N, as far as the books do not know them, and prints `ack I NUMBER` for
each that was accepted. A journal stands in for the channel: it is looked through before posting,
as a channel's history is.
"""

import argparse
import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.apixo.client import Timeouts
from bot.bootstrap import Bot, Parts, PostOffice, build
from bot.domain.budget import Decision, Refused
from bot.domain.errors import StoreFullError
from bot.domain.ids import ChannelId, GuildId, InteractionId, MessageId, UserId
from bot.domain.job import Place
from bot.domain.money import dollars
from bot.domain.outcome import Outcome, Receipt, Route
from bot.domain.policy import Policy
from bot.domain.ports import Debt
from bot.domain.reading import read_request
from bot.running import run_until, told_to_stop
from bot.service.generate import Wish
from bot.settings import read_settings
from tests.crash.mistakes import MISTAKES
from tests.mortal import DieAt

MEMBERS = 7
RICH = Policy(allowance=dollars("10000"), pool=dollars("100000"))


@dataclass
class Journal:
    """A channel in a file: what was posted stays, whoever dies."""

    path: Path

    async def deliver(self, outcome: Outcome, debt: Debt) -> Receipt:
        posted = self.path.read_text().splitlines() if self.path.exists() else []
        nonces = [json.loads(line)["nonce"] for line in posted]
        if debt.nonce not in nonces:
            line = {
                "nonce": debt.nonce,
                "job": debt.job,
                "purpose": debt.purpose,
                "clips": [clip.name for clip in outcome.clips],
                "charged": outcome.charged,
            }
            with self.path.open("a") as journal:
                journal.write(json.dumps(line) + "\n")
                journal.flush()
                os.fsync(journal.fileno())
            nonces.append(debt.nonce)
        message = MessageId(nonces.index(debt.nonce) + 1)
        return Receipt(Route.CHANNEL, outcome.job.place.channel, message)


async def order_all(bot: Bot, count: int) -> None:
    await bot.services.policies.change(
        GuildId(1), lambda _: RICH, act="set", actor=UserId(1), now=bot.services.clock.now()
    )
    for number in range(1, count + 1):
        interaction = InteractionId(number)
        if await bot.services.jobs.find_by_interaction(interaction) is None:
            await order(bot, interaction)


async def order(bot: Bot, interaction: InteractionId) -> None:
    model = bot.services.models["ltx"]
    wish = Wish(
        guild=GuildId(1),
        member=UserId(interaction % MEMBERS + 1),
        roles=frozenset(),
        interaction=interaction,
        model="ltx",
        request=read_request(
            model, "text", {"prompt": f"order {interaction}", "duration": 5, "resolution": "480p"}
        ),
        place=Place(ChannelId(1)),
    )
    while isinstance(decision := await ordered(bot, wish), Refused | None):
        # Too many at once, or the account is in trouble. Never for want of money: that has no end.
        assert decision is None or decision.shortfalls == (), decision
        await asyncio.sleep(0.02)
    print(f"ack {interaction} {decision.job.number}", flush=True)


async def ordered(bot: Bot, wish: Wish) -> Decision | None:
    """None: there was no room to write it down."""
    try:
        return await bot.studio.generate.order(wish)
    except StoreFullError:
        print("full", flush=True)
        return None


async def main(arguments: argparse.Namespace) -> None:
    environ = {
        "CLAPPER_DATA_DIR": str(arguments.data),
        "CLAPPER_PROVIDER": "rehearsal",
        "CLAPPER_APIXO_URL": arguments.api,
        "CLAPPER_RESULT_HOSTS": "127.0.0.1",
        "CLAPPER_WAIT_SCALE": str(arguments.scale),
        "CLAPPER_ALLOWED_SERVERS": "*",
        "CLAPPER_WEB_PORT": str(arguments.port),
        "CLAPPER_PUBLIC_URL": f"http://127.0.0.1:{arguments.port}",
        "CLAPPER_DAILY_CAP": "100000",
        "CLAPPER_MONTHLY_CAP": "100000",
    }
    journal = Journal(arguments.journal)

    def post_office(_: PostOffice) -> Journal:
        return journal

    name, _, count = arguments.die.partition(":")
    parts = Parts(
        failpoint=DieAt(name, int(count or 1)), timeouts=Timeouts(connect=2, post=1, read=1)
    )
    with told_to_stop() as stop:
        async with build(
            read_settings(environ, None),
            postman=post_office,
            is_connected=lambda: True,
            parts=parts,
        ) as bot:
            print("open", flush=True)
            ordering = asyncio.create_task(order_all(bot, arguments.orders))
            await run_until(stop, bot)
            ordering.cancel()


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--scale", type=float, required=True)
    parser.add_argument("--die", default="never:1", help="NAME:COUNT of a failpoint")
    parser.add_argument("--mistake", choices=MISTAKES)
    return parser.parse_args()


if __name__ == "__main__":
    given = read_arguments()
    if given.mistake:
        MISTAKES[given.mistake]()
    asyncio.run(main(given))
