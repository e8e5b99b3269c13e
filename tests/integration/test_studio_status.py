"""`/studio status`, finding by finding: told in clear words with its remedy, and gone once it is mended."""

import asyncio
import re
import shutil
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.clip import Clip
from bot.domain.ids import AttemptId, JobNumber, TaskId
from bot.domain.money import dollars
from bot.domain.provider import Cause
from bot.domain.rights import NEEDED, NEEDED_IN_THREAD
from bot.playground.local_discord import Can, Channel, Message
from bot.service.guard import Stop
from cogs._decisions import LONGEST_REASON
from tests.faced import until
from tests.fakes import TurnedClock
from tests.members import Studio, studio

FOX = {"prompt": "a fox", "duration": 5, "resolution": "480p"}
CLIP = Clip("clip.mp4", 10, "a" * 64, "video/mp4", 5.0, 16, 9)
PROBLEM = re.compile(
    r"^\*\*([^*\n]+)\*\*\n(?:(?!\*\*).+\n)+\*\*What to do:\*\* \S.+\.$", re.MULTILINE
)
"""What is wrong, what that means, what to do."""


@dataclass
class Desk:
    """An admin who asks how the studio is."""

    here: Studio

    async def asked(self) -> Message:
        """The local Discord refuses an answer that comes late, and a message that is too long."""
        asked = await self.here.ada.slash("studio status", {}, channel=self.here.cast.general)
        message = await asked.message()
        assert message.ephemeral
        return message

    async def finds(self, *titles: str) -> str:
        """These problems and no other. Answers with all that was said."""
        text = (await self.asked()).text
        assert PROBLEM.findall(text) == list(titles), text
        assert ("All is well." in text) is (not titles)
        assert text.count("What to do:") == len(titles)
        return text

    async def is_well(self) -> str:
        return await self.finds()

    def ticks(self) -> None:
        """What the watcher does while it watches."""
        self.here.services.studio.watch.ticked_at = self.here.services.clock.now()


@asynccontextmanager
async def desk(folder: Path, *, watching: bool = False, **how) -> AsyncGenerator[Desk]:
    """A studio in which all is well."""
    async with studio(folder, watching=watching, **how) as here:
        it = Desk(here)
        await here.decide(admin_channel=here.cast.admins_only.id)
        if watching:
            await until(lambda: here.services.studio.guard.balance)
        else:
            it.ticks()
        yield it


# The disk


@contextmanager
def disk(*, free: int = 10**12, writable: bool = True, error: OSError | None = None):
    def usage(_):
        if error is not None:
            raise error
        return shutil._ntuple_diskusage(10**13, 10**13 - free, free)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.adapters.folder.shutil.disk_usage", usage)
        patch.setattr("bot.adapters.folder.is_writable", lambda _: writable)
        yield


async def test_a_disk_in_trouble(tmp_path) -> None:
    async with desk(tmp_path) as it:
        with disk():
            await it.is_well()
        with disk(free=900_000_000):
            assert "some days of videos" in await it.finds("The bot's disk is filling up")
        with disk(free=50_000_000):
            text = await it.finds("The bot's disk is full")
            assert "Tell the operator to make room" in text
        with disk(writable=False):
            assert "rights of the data folder" in await it.finds("The bot cannot write to its disk")
        with disk(error=OSError(5, "Input/output error")):
            text = await it.finds("The bot's disk does not answer")
            assert "free)" not in text
        with disk():
            await it.is_well()


async def test_a_disk_that_hangs_keeps_nobody_waiting_and_is_asked_once(tmp_path) -> None:
    hangs, looks = threading.Event(), list[int]()

    def usage(path):
        looks.append(1)
        hangs.wait(30)
        return shutil._ntuple_diskusage(10**13, 0, 10**13)

    async with desk(tmp_path) as it:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.adapters.folder.shutil.disk_usage", usage)
            for _ in range(2):
                text = await it.finds("The bot's disk does not answer")
                assert "Tell the operator to look at the disk." in text
            assert looks == [1]
            hangs.set()
            await it.is_well()


async def test_books_that_hang_keep_nobody_waiting(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("cogs.studio.status.LONGEST_LOOK", 1.7)  # longer than the first answer
    async with desk(tmp_path) as it:
        hang = threading.Event()
        readers = [
            asyncio.create_task(it.here.bot.database.read(lambda _: hang.wait(30)))
            for _ in range(2)
        ]
        try:
            text = await it.finds("The bot's books do not answer")
            assert "Provider" in text
        finally:
            hang.set()
            await asyncio.gather(*readers)
        await it.is_well()


# Whatever happens by itself


async def test_a_watcher_that_stands_still(tmp_path) -> None:
    clock = TurnedClock()
    async with desk(tmp_path, clock=clock) as it:
        await it.is_well()
        clock.turn(seconds=61)
        text = await it.finds("The bot's own work stands still")
        assert "a restart loses nothing" in text
        it.ticks()
        await it.is_well()


async def test_commands_that_discord_has_otherwise(tmp_path) -> None:
    async with desk(tmp_path) as it:
        await it.is_well()
        known = it.here.server.world.commands
        jobs = next(one for one in known.all_of(None) if one["name"] == "jobs")
        known.remove(None, int(jobs["id"]))
        text = await it.finds("Discord does not have the commands as they are now")
        assert "a restart tries again" in text
        it.here.server.faults.fail("GET", "/applications/*/commands", status=403)
        await it.is_well()
        it.here.server.faults.clear()
        known.put(None, jobs)
        await it.is_well()


PROVIDER = {
    "http:401": ("No new videos for now: the provider does not let the bot in", "the right key"),
    "http:402": ("No new videos for now: the provider's account is empty", "top it up"),
    "http:503": ("The provider does not answer", "the bot keeps asking"),
    "cut_json": ("The provider does not answer", "the bot keeps asking"),
}


async def test_a_provider_in_trouble(tmp_path) -> None:
    async with desk(tmp_path, watching=True) as it:
        services, stage = it.here.services, it.here.provider.stage
        guard = services.studio.guard

        def looks() -> None:
            """Before it is time to."""
            guard.next_check_at = None
            services.studio.watch.wake()

        for act, (title, advice) in PROVIDER.items():
            stage.always("balance", act)
            looks()
            await until(lambda: guard.stop or guard.silent_since)
            assert advice in await it.finds(title)
            stage.clear()
            looks()
            await until(lambda: not (guard.stop or guard.silent_since))
            await it.is_well()
        for left, title in (
            ("0", "No new videos for now: the provider's account is empty"),
            ("0.99", "No new videos for now: the provider's account is low"),
        ):
            it.here.provider.books.balance_micros = dollars(left)
            looks()
            await until(lambda: guard.stop)
            text = await it.finds(title)
            assert f"${left if left != '0' else '0.00'} of play money" in text
            it.here.provider.books.balance_micros = dollars("50")
            looks()
            await until(lambda: not guard.stop)
            assert "$50.00 of play money" in await it.is_well()


async def test_a_provider_that_hangs_keeps_nobody_waiting(tmp_path) -> None:
    async with desk(tmp_path, watching=True) as it:
        it.here.provider.stage.always("balance", "never")
        asked = it.here.provider.books.requests["balance"]
        await until(lambda: it.here.provider.books.requests["balance"] > asked)
        asked = await it.here.ada.slash("studio status", {}, channel=it.here.cast.general)
        assert "Provider" in (await asked.message(timeout=1.5)).text
        it.here.provider.stage.clear()


async def test_commands_that_discord_did_not_take(tmp_path) -> None:
    async with desk(tmp_path) as it:
        known = it.here.server.world.commands
        known.remove(None, int(known.all_of(None)[0]["id"]))
        it.here.server.faults.fail("PUT", "/applications/*/commands", status=403)
        await it.here.restart()
        text = await it.finds("Discord does not have the commands as they are now")
        assert "a restart tries again" in text
        await it.here.restart()
        await it.is_well()


# Channels


def named(right: str) -> str:
    return right.replace("_", " ").title().replace(" In ", " in ")


async def rights_count(it: Desk, channel: Channel, needed: tuple[str, ...], title: str) -> None:
    """Each that is missing is named, and it alone."""
    world = it.here.server.world
    role = world.bot_role(it.here.cast.studio)
    place = it.here.server.world.channels[channel.parent_id] if channel.parent_id else channel
    for right in needed:
        world.set_overwrite(
            place, role, allow=Can.VIEW_CHANNEL & ~Can[right.upper()], deny=Can[right.upper()]
        )
        await until(lambda right=right: not _rights(it.here, place.id, right))
        text = await it.finds(title)
        assert f"In <#{channel.id}> it lacks: {named(right)}." in text
        world.set_overwrite(place, role, allow=Can.VIEW_CHANNEL)
        await until(lambda right=right: _rights(it.here, place.id, right))
    await it.is_well()


def _rights(here: Studio, channel: int, right: str) -> bool:
    place = here.client.get_guild(here.guild).get_channel(channel)
    return getattr(place.permissions_for(place.guild.me), right)


async def test_each_right_that_the_bot_lacks_is_named(tmp_path) -> None:
    async with desk(tmp_path) as it:
        await rights_count(it, it.here.videos, NEEDED, "The bot cannot post videos")
        admins = it.here.cast.admins_only
        await rights_count(it, admins, NEEDED, "The bot cannot reach the admins")
        await it.here.decide(channel=it.here.cast.thread.id)
        thread = it.here.cast.thread
        await rights_count(it, thread, NEEDED_IN_THREAD, "The bot cannot post videos")


async def test_channels_that_are_not_set_not_known_or_gone(tmp_path) -> None:
    async with desk(tmp_path) as it:
        await it.here.decide(channel=None, admin_channel=None)
        text = await it.finds("No channel is set for videos", "No channel is set for admins")
        assert "`/studio channel`" in text
        assert "`/studio admin-channel`" in text

        thread, world = it.here.cast.thread, it.here.server.world
        await it.here.decide(channel=thread.id, admin_channel=thread.id)
        await it.is_well()
        world.set_archived(thread, archived=True)
        server = it.here.client.get_guild(it.here.guild)
        await until(lambda: server.get_channel_or_thread(thread.id) is None)
        fault = world.faults.fail("GET", f"/channels/{thread.id}", status=503, times=50)
        text = await it.finds(
            "It is not known whether the bot can post videos",
            "It is not known whether the bot reaches the admins",
        )
        assert text.count(f"<#{thread.id}>") > 2
        world.faults.waiting.remove(fault)
        await it.is_well()

        world.remove_channel(thread)
        text = await it.finds("The channel for videos is gone", "The channel for admins is gone")
        assert "Choose another with `/studio channel`." in text
        places = {"channel": it.here.videos.id, "admin_channel": it.here.cast.admins_only.id}
        await it.here.decide(**places)
        await it.is_well()


async def test_a_discord_that_hangs_keeps_nobody_waiting(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("cogs.studio.problems.LONGEST_QUESTION", 0.5)
    async with desk(tmp_path) as it:
        thread, world = it.here.cast.thread, it.here.server.world
        await it.here.decide(channel=thread.id)
        world.set_archived(thread, archived=True)
        server = it.here.client.get_guild(it.here.guild)
        await until(lambda: server.get_channel_or_thread(thread.id) is None)
        world.faults.delay("GET", f"/channels/{thread.id}", seconds=2)
        await it.finds("It is not known whether the bot can post videos")


# Money


async def test_the_operators_caps_and_the_servers_pool(tmp_path) -> None:
    clock = TurnedClock()
    clock.moment = datetime(2027, 5, 3, 12, tzinfo=UTC)
    caps = {"CLAPPER_DAILY_CAP": "0.10", "CLAPPER_MONTHLY_CAP": "0.14"}
    async with desk(tmp_path, clock=clock, **caps) as it:
        assert "$0.10 of $0.10 left today, $0.14 of $0.14 left this month" in await it.is_well()
        await ordered(it, 1)
        today = "The operator's money for today is used up"
        text = await it.finds(today)
        assert "the $0.10 that the operator allows in a day" in text
        clock.turn(days=1)
        it.ticks()
        await it.is_well()
        await ordered(it, 2)
        text = await it.finds(today, "The operator's money for this month is used up")
        assert "ask the operator for more" in text
        clock.turn(days=30)
        it.ticks()
        await it.is_well()


async def test_a_pool_that_is_nearly_and_wholly_used(tmp_path) -> None:
    async with desk(tmp_path) as it:
        for number in range(1, 5):
            await ordered(it, number)
        await it.here.decide(pool=dollars("0.30"))
        text = await it.finds("80 % of the server's money is used")
        assert "Nothing, if that is enough until then." in text
        await it.here.decide(pool=dollars("0.29"))
        text = await it.finds("The server's money is used up")
        assert "give more with `/budget server`" in text
        await it.here.decide(pool=dollars("1"))
        await it.is_well()


async def ordered(it: Desk, number: int) -> JobNumber:
    asked = await it.here.ann.slash("ltx text", FOX, channel=it.here.videos)
    await asked.message(lambda one: f"#{number}" in one.text)
    await until(lambda: not it.here.client.busy.count)
    return JobNumber(number)


# Videos


async def test_videos_that_nobody_knows_of_that_fail_or_are_stuck(tmp_path) -> None:
    clock = TurnedClock()
    async with desk(tmp_path, clock=clock) as it:
        jobs = it.here.services.jobs
        await it.here.decide(at_once=50, queued=50)

        lost, now = await ordered(it, 1), clock.now()
        assert "0 being made, 1 in line." in await it.is_well()
        attempt = await submitted(it, lost)
        assert "1 being made, 0 in line." in await it.is_well()
        await jobs.unknown(lost, attempt, due_at=now, now=now, why="the answer was lost")
        assert "Of one of them it is not known yet" in await it.is_well()
        clock.turn(minutes=11)
        it.ticks()
        text = await it.finds("It is not known what became of a video")
        assert "#1 was lost" in text
        assert "the bot keeps asking" in text
        assert await jobs.expire(lost, now=clock.now())
        await it.is_well()

        stuck = await ordered(it, 2)
        await jobs.set_aside(stuck, "a defect", now=clock.now())
        text = await it.finds("A video is stuck")
        assert "Tell the operator its number" in text
        assert await jobs.cancel(stuck, now=clock.now(), why="")
        await it.is_well()

        for number in range(3, 8):
            failed = await running(it, await ordered(it, number))
            assert await jobs.failed(failed, Cause.PROVIDER, now=clock.now())
        text = await it.finds("Videos keep failing")
        assert "`/studio pause` spares everybody the wait" in text
        unposted = await running(it, await ordered(it, 8))
        assert await jobs.succeeded(unposted, ["https://x/y"], cost=None, now=clock.now())
        debt = await jobs.stored(unposted, [CLIP], now=clock.now())
        assert debt is not None
        await jobs.undeliverable(debt, "no route", now=clock.now())
        text = await it.finds("A finished video could not be posted")
        assert "`/show` brings" in text
        clock.turn(days=1, minutes=1)
        it.ticks()
        await it.is_well()


async def submitted(it: Desk, job: JobNumber) -> AttemptId:
    token = job.to_bytes(32, "big")
    attempt = await it.here.services.jobs.claim(job, token, it.here.services.clock.now())
    assert attempt is not None
    return attempt


async def running(it: Desk, job: JobNumber) -> JobNumber:
    attempt, now = await submitted(it, job), it.here.services.clock.now()
    task = TaskId(f"task-{job}")
    assert await it.here.services.jobs.created(job, attempt, task, due_at=now, now=now)
    return job


# What was decided


async def test_a_pause_with_who_when_and_why(tmp_path) -> None:
    async with desk(tmp_path) as it:
        await decided(it, "pause", reason="a quiet night")
        text = await it.finds("New videos are paused")
        assert f"<@{it.here.cast.ada.id}> paused them <t:" in text
        assert "> a quiet night" in text
        assert "`/studio resume` goes on" in text
        await decided(it, "resume")
        await it.is_well()


async def decided(it: Desk, command: str, **options: object) -> None:
    asked = await it.here.ada.slash(f"studio {command}", options, channel=it.here.cast.general)
    await asked.message()


async def test_assumed_prices_and_a_missing_address_are_no_problems_but_told(tmp_path) -> None:
    async with desk(tmp_path) as it:
        text = await it.is_well()
        assert "Prices of Kling 2.5 Turbo Pro, Wan 2.5 are assumed" in text
        assert "can set `CLAPPER_PUBLIC_URL`" in text
    prices = tmp_path / "prices.toml"
    kling = '[kling]\nfirst-5-seconds = "0.35"\nfurther-second = "0.07"\n'
    prices.write_text(kling)
    mended = {"CLAPPER_PRICES": str(prices), "CLAPPER_PUBLIC_URL": "https://clapper.example"}
    async with desk(tmp_path, **mended) as it:
        text = await it.is_well()
        assert "Prices of Wan 2.5 are assumed" in text
        assert "no public address" not in text


# Everything at once


async def test_everything_at_once_is_read_page_by_page_also_after_a_restart(tmp_path) -> None:
    clock = TurnedClock()
    everything = {"CLAPPER_DAILY_CAP": "0.50", "CLAPPER_MONTHLY_CAP": "0.50"}
    async with desk(tmp_path, clock=clock, **everything) as it:
        here, jobs = it.here, it.here.services.jobs
        await here.decide(at_once=50, queued=50)
        made = [await ordered(it, number) for number in range(1, 4)]
        await jobs.set_aside(made[0], "a defect", now=clock.now())
        attempt = await submitted(it, made[1])
        await jobs.unknown(made[1], attempt, due_at=clock.now(), now=clock.now(), why="lost")
        await running(it, made[2])
        assert await jobs.succeeded(made[2], ["https://x/y"], cost=None, now=clock.now())
        debt = await jobs.stored(made[2], [CLIP], now=clock.now())
        assert debt is not None
        await jobs.undeliverable(debt, "no route", now=clock.now())
        for number in range(4, 9):
            failed = await running(it, await ordered(it, number))
            assert await jobs.failed(failed, Cause.PROVIDER, now=clock.now(), maybe_billed=True)
        await decided(it, "pause", reason="*" * LONGEST_REASON)
        await here.decide(pool=dollars("0.19"))
        clock.turn(minutes=12)

        guard, role = here.services.studio.guard, here.server.world.bot_role(here.cast.studio)
        guard.stop, guard.silent_since = Stop.LOW, clock.now()
        here.client.commands_current = False
        for place in (here.videos, here.cast.admins_only):
            here.server.world.set_overwrite(place, role, deny=sum(Can))
            await until(lambda place=place: not _rights(here, place.id, "view_channel"))
        with disk(writable=False):
            first = await it.asked()
            assert f"**{len(EVERYTHING)} things need somebody:**" in first.text
            pages = [first.text]
            message = first
            while "More" in message.labels:
                pressed = await here.ada.press(message, "More")
                message = await pressed.message(lambda one: one.text != pages[-1])
                pages.append(message.text)
            assert len(pages) > 1
            found = [title for page in pages for title in PROBLEM.findall(page)]
            assert found == EVERYTHING
            assert all("**Operator's caps**" in page for page in pages)
            await here.restart()
            here.client.commands_current = False
            pressed = await here.ada.press(message, "Back")
            message = await pressed.message(lambda one: one.text != pages[-1])
            assert PROBLEM.findall(message.text)


EVERYTHING = [
    "The bot's own work stands still",
    "The provider does not answer",
    "Discord does not have the commands as they are now",
    "The bot cannot write to its disk",
    "The bot cannot post videos",
    "The bot cannot reach the admins",
    "The server's money is used up",
    "Videos keep failing",
    "It is not known what became of a video",
    "A finished video could not be posted",
    "A video is stuck",
    "No new videos for now: the provider's account is low",
    "The operator's money for today is used up",
    "The operator's money for this month is used up",
    "New videos are paused",
]
"""The gravest first."""
