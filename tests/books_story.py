"""Books in which something of everything has happened, for tests that tamper with them."""

from pathlib import Path

from bot.adapters.sqlite.asks import Asks
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.policies import Policies
from bot.domain.clip import Clip
from bot.domain.ids import ChannelId, MessageId, RoleId, TaskId
from bot.domain.money import Micros
from bot.domain.outcome import Receipt, Route
from bot.domain.policy import LoraPreset
from bot.domain.provider import Cause
from tests.books import (
    ADMIN,
    GUILD,
    NOON,
    ROOMY,
    claimed,
    opened,
    order,
    question,
    reserved,
    running,
)


async def tell_a_story(path: Path) -> None:
    """Books with a row in every table: job 1 is refunded, 2 unknown, 3 held, 4 failed, 5 excess, 6
    what an admin approved.
    """
    async with opened(path, allowance=1000) as books:
        jobs, money, policies = Jobs(books, ROOMY), Money(books, ROOMY), Policies(books)
        one = await running(jobs, 1)
        await jobs.succeeded(one, ["https://x/y"], cost=Micros(7), now=NOON)
        clip = Clip("clip.mp4", 10, "a" * 64, "video/mp4", 5.0, 16, 9)
        debt = await jobs.stored(one, [clip], now=NOON)
        assert debt is not None
        await jobs.delivered(debt, Receipt(Route.CHANNEL, ChannelId(1), MessageId(2)), now=NOON)
        await money.refund(GUILD, one, actor=ADMIN, now=NOON)
        two = await reserved(jobs, 2)
        attempt = await claimed(jobs, two)
        await jobs.unknown(
            two, attempt, due_at=NOON, now=NOON, why="timeout", candidate=TaskId("hint")
        )
        await reserved(jobs, 3)
        four = await running(jobs, 4)
        await jobs.failed(four, Cause.PROVIDER, now=NOON, maybe_billed=True)
        five = await running(jobs, 5)
        await jobs.succeeded(five, [], cost=Micros(15), now=NOON)
        await money.grant(GUILD, 31, Micros(50), actor=ADMIN, interaction=901, now=NOON)
        await money.take(GUILD, 31, Micros(20), actor=ADMIN, interaction=902, now=NOON)
        asks = Asks(books, ROOMY)
        for interaction in (6, 7):
            await asks.open(question(interaction, member=34, price=1500), now=NOON)
        await asks.approve(1, order(6, member=34, price=1500), actor=ADMIN, now=NOON)
        await policies.set_role_allowance(GUILD, RoleId(1), Micros(1), actor=ADMIN, now=NOON)
        await policies.set_member_allowance(GUILD, 32, Micros(1), actor=ADMIN, now=NOON)
        await policies.add_admin_role(GUILD, RoleId(1), actor=ADMIN, now=NOON)
        await policies.block_member(GUILD, 33, actor=ADMIN, now=NOON)
        await policies.block_word(GUILD, "bad", actor=ADMIN, now=NOON)
        preset = LoraPreset("style", "https://example.com/a", 1.0)
        await policies.put_preset(GUILD, preset, actor=ADMIN, now=NOON)
        await books.write(lambda con: con.execute("INSERT INTO marks VALUES ('a', 'b')"))
