"""Three months in a server: every balance that is shown, against a table written by hand.

The clock is the test's own, and so is the provider: the test says when a video is ready, and what it
was billed at. Members and admins use the local Discord. Prices: Kling 5 s $0.35 and 10 s $0.70, LTX
5 s $0.08.
"""

import csv
import io
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.errors import ChartError
from bot.domain.ids import AttemptId, JobNumber, TaskId, UserId
from bot.domain.money import Micros, dollars
from bot.domain.provider import Cause
from bot.domain.video import PriceList
from bot.playground.local_discord import Person
from tests.admins import told_also
from tests.faced import until
from tests.fakes import TurnedClock
from tests.members import Studio, studio
from tests.shown_money import Shown, read_balance, read_show

Jobs = dict[int, tuple[str, str, str]]
"""By number: charged, refunded, paid by the pool."""
NO_GRANTS: tuple[tuple[str, str], ...] = ()


@dataclass
class Months:
    """The server, and the test's hand on everything outside of it."""

    here: Studio
    clock: TurnedClock

    @property
    def ann(self) -> Person:
        return self.here.ann

    @property
    def ben(self) -> Person:
        return self.here.ben

    @property
    def pat(self) -> Person:
        return self.here.server.person(self.here.cast.pat)

    def on(self, day: str, hour: str = "12:00") -> None:
        """Time passes until then, UTC."""
        moment = datetime.fromisoformat(f"{day}T{hour}:00+00:00")
        assert moment > self.clock.moment, "time goes forward"
        self.clock.moment = moment

    async def admin(self, command: str, **options: object) -> str:
        return await told_also(self.here.ada, self.here, command, **options)

    async def shown(self, who: Person) -> Shown:
        asked = await who.slash("balance", channel=self.here.videos)
        return read_balance((await asked.message()).text)

    async def has(
        self,
        who: Person,
        *,
        free: str,
        pool: str,
        held: str = "0",
        spent: str = "0",
        grants: tuple[tuple[str, str], ...] = NO_GRANTS,
    ) -> None:
        """A line of the table."""
        shown = await self.shown(who)
        wanted = Shown(
            free=dollars(free),
            held=dollars(held),
            spent=dollars(spent),
            allowance=shown.allowance,
            grants=tuple((dollars(left), dollars(given)) for left, given in grants),
            pool=dollars(pool),
        )
        assert shown == wanted, self.clock.moment
        # An admin is told the same of them.
        card = read_show(await self.admin("show", member=who.user.name))
        assert card == wanted, self.clock.moment

    async def reports(self, month: str, *said: str, jobs: Jobs) -> None:
        """A month as an admin reads it, and its file: what each job cost its member, what went back
        to them, and what the pool has paid.
        """
        asked = await self.here.ada.slash(
            "budget report", {"month": month}, channel=self.here.cast.general
        )
        message = await asked.message(lambda one: not one.thinking)
        for words in said:
            assert words in message.text, message.text
        [file] = [one for one in message.attachments if one.filename.endswith(".csv")]
        sheet = (await self.here.server.world.files.read(file)).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(sheet, newline=""))
        listed = {
            int(row["number"]): tuple(row[name] for name in ("charged", "refunded", "pool"))
            for row in rows
        }
        wanted = {
            number: tuple(f"{Decimal(amount):.2f}" for amount in money)
            for number, money in jobs.items()
        }
        assert listed == wanted

    # -- videos --------------------------------------------------------------------------------

    async def kling(self, who: Person, seconds: int) -> JobNumber:
        return await self._ordered(who, "kling text", {"prompt": "a fox", "duration": seconds})

    async def ltx(self, who: Person) -> JobNumber:
        return await self._ordered(who, "ltx text", {"prompt": "a fox", "duration": 5})

    async def _ordered(self, who: Person, command: str, options: dict[str, object]) -> JobNumber:
        before = await self.here.jobs_of(who)
        asked = await who.slash(command, options, channel=self.here.videos)
        await asked.message()
        await until(lambda: not self.here.client.busy.count)
        jobs = await self.here.jobs_of(who)
        assert len(jobs) == len(before) + 1
        return jobs[0].number

    async def too_dear(self, who: Person) -> str:
        """An LTX that cannot be had."""
        before = await self.here.jobs_of(who)
        asked = await who.slash(
            "ltx text", {"prompt": "a fox", "duration": 5}, channel=self.here.videos
        )
        text = (await asked.message()).text
        assert "Nothing was charged" in text
        assert await self.here.jobs_of(who) == before
        return text

    async def submitted(self, job: JobNumber) -> AttemptId:
        attempt = await self.here.services.jobs.claim(
            job, job.to_bytes(32, "big"), self.clock.now()
        )
        assert attempt is not None
        return attempt

    async def running(self, job: JobNumber) -> JobNumber:
        attempt, now = await self.submitted(job), self.clock.now()
        task = TaskId(f"task-{job}")
        assert await self.here.services.jobs.created(job, attempt, task, due_at=now, now=now)
        return job

    async def succeeds(self, job: JobNumber, *, billed: str | None = None) -> JobNumber:
        """The video is ready. Most often the provider does not say what it billed."""
        cost = None if billed is None else dollars(billed)
        assert await self.here.services.jobs.succeeded(job, [], cost=cost, now=self.clock.now())
        return job

    async def fails(self, job: JobNumber) -> None:
        jobs, now = self.here.services.jobs, self.clock.now()
        assert await jobs.failed(job, Cause.PROVIDER, now=now)

    async def made(self, job: JobNumber, *, billed: str | None = None) -> JobNumber:
        return await self.succeeds(await self.running(job), billed=billed)

    # -- what neither members nor admins do here -------------------------------------------------

    def reprice_ltx(self, factor: int) -> None:
        """What a restart with another CLAPPER_PRICES does."""
        old = self.here.services.prices["ltx"]
        rates = {name: Micros(rate * factor) for name, rate in old.rates.items()}
        self.here.services.prices["ltx"] = PriceList(rates, assumed=False)

    async def move_to(self, zone: str) -> None:
        await self.here.decide(zone_name=zone)


class NoPainter:
    """Draws nothing."""

    async def paint(self, _: object) -> bytes:
        raise ChartError("no ink")


@asynccontextmanager
async def months(folder):
    clock = TurnedClock()
    clock.moment = datetime(2027, 1, 1, 8, tzinfo=UTC)
    async with studio(folder, watching=False, clock=clock) as here:
        await here.decide(zone_name="Europe/Berlin", confirm_above=dollars("5"))
        # The pictures are proved elsewhere, and each takes a process.
        reports = replace(here.services.report, painter=NoPainter())
        here.client.services = replace(here.services, report=reports)
        yield Months(here, clock)


JANUARY: Jobs = {
    1: ("0.35", "0", "0.35"),
    2: ("0.70", "0", "0.70"),
    3: ("0.70", "0", "0.70"),
    4: ("0", "0", "0"),  # failed
    5: ("0.70", "0.70", "0.70"),  # refunded, and the provider was paid
    6: ("0.70", "0", "0.70"),
    7: ("0.70", "0", "0.70"),
    8: ("0.70", "0", "0.70"),
    9: ("0.35", "0", "0.35"),
    10: ("0.08", "0", "0.08"),
}
FEBRUARY: Jobs = {
    11: ("0.08", "0", "0.08"),
    12: ("0.16", "0", "0.16"),
    13: ("0.05", "0", "0.05"),  # billed less than its price
    14: ("0.16", "0", "0.16"),  # billed more
    15: ("0.16", "0", "0.16"),
    16: ("0.16", "0", "0.16"),
    17: ("0.70", "0", "0.70"),
    18: ("0.35", "0", "0.35"),
}
AT_THE_BORDER: Jobs = {19: ("0.16", "0", "0.16")}
"""Made in Tokyo's March, which is California's February: a report goes by the days that hold now."""
MARCH: Jobs = {
    20: ("0", "0", "0"),  # cancelled
    21: ("0", "0", "0"),  # given up
    22: ("0.70", "0", "0.70"),
    23: ("0", "0", "0"),  # failed
}
"""Every video of a month, as it stands in the report's file at the end of it."""


async def test_three_months(tmp_path) -> None:
    async with months(tmp_path) as it:
        await _january(it)
        await _a_dry_pool(it)
        await _february(it)
        await _weeks(it)
        await _march(it)
        await _april(it)


async def _january(it: Months) -> None:
    """A month of a dollar for everybody, three for patrons, and a grant that expires."""
    await it.admin("allowance", amount="1", period="month")
    await it.admin("role", role="patrons", amount="3")
    await it.admin("server", amount="6", period="month")
    await it.has(it.ann, free="1", pool="6")
    await it.has(it.pat, free="3", pool="6")

    it.on("2027-01-02")
    job = await it.kling(it.ann, 5)
    await it.has(it.ann, free="0.65", held="0.35", pool="5.65")
    await it.running(job)
    await it.has(it.ann, free="0.65", held="0.35", pool="5.65")
    await it.succeeds(job)
    await it.has(it.ann, free="0.65", spent="0.35", pool="5.65")
    for _ in range(2):
        await it.made(await it.kling(it.pat, 10))
    await it.has(it.pat, free="1.60", spent="1.40", pool="4.25")

    it.on("2027-01-10")
    await it.admin("grant", member="ann", amount="0.50", expires="in 2 weeks")
    await it.has(it.ann, free="1.15", spent="0.35", grants=(("0.50", "0.50"),), pool="4.25")
    job = await it.kling(it.ann, 10)  # 0.65 of the allowance, 0.05 of the grant
    await it.has(
        it.ann, free="0.45", held="0.70", spent="0.35", grants=(("0.45", "0.50"),), pool="3.55"
    )
    await it.fails(await it.running(job))
    await it.has(it.ann, free="1.15", spent="0.35", grants=(("0.50", "0.50"),), pool="4.25")
    job = await it.made(await it.kling(it.ann, 10))
    await it.has(it.ann, free="0.45", spent="1.05", grants=(("0.45", "0.50"),), pool="3.55")

    it.on("2027-01-12")
    text = await it.admin("refund", job=job)
    assert "$0.65 to their allowance" in text
    assert "$0.05 to a grant" in text
    assert "can spend **$1.15** now" in text
    await it.has(it.ann, free="1.15", spent="0.35", grants=(("0.50", "0.50"),), pool="3.55")
    assert "paid back already" in await it.admin("refund", job=job)
    await it.has(it.ann, free="1.15", spent="0.35", grants=(("0.50", "0.50"),), pool="3.55")

    it.on("2027-01-24", "11:59")
    await it.has(it.ann, free="1.15", spent="0.35", grants=(("0.50", "0.50"),), pool="3.55")
    it.on("2027-01-24", "12:00")
    await it.has(it.ann, free="0.65", spent="0.35", pool="3.55")


async def _a_dry_pool(it: Months) -> None:
    """What everybody shares is used up before anybody's own."""
    it.on("2027-01-25")
    for _ in range(2):
        await it.made(await it.kling(it.pat, 10))
    await it.has(it.pat, free="0.20", spent="2.80", pool="2.15")
    await it.made(await it.kling(it.ben, 10))
    await it.has(it.ben, free="0.30", spent="0.70", pool="1.45")
    text = await it.admin("server", amount="5", period="month")
    assert "spent $4.55, $0.00 is held, and **$0.45** is left" in text
    await it.made(await it.kling(it.ann, 5))
    await it.has(it.ann, free="0.30", spent="0.70", pool="0.10")
    job = await it.ltx(it.ben)
    await it.has(it.ben, free="0.22", held="0.08", spent="0.70", pool="0.02")
    assert "**$0.02** left for everybody" in await it.too_dear(it.ann)
    await it.has(it.ann, free="0.30", spent="0.70", pool="0.02")
    await it.made(job)
    await it.has(it.ben, free="0.22", spent="0.78", pool="0.02")


async def _february(it: Months) -> None:
    """Prices change while a video is made, and months become weeks."""
    it.on("2027-01-31", "22:59")  # a minute before midnight in Berlin
    await it.has(it.ann, free="0.30", spent="0.70", pool="0.02")
    await it.reports(
        "january",
        "**$4.98** spent, with 9 videos made.",
        "Of this month's pool of $5.00, **$0.02** is left.",
        f"<@{it.pat.user.id}> spent most: **$2.80**, 56",
        "**One** of 10 did not work out, and nothing was charged for it: one by the provider.",
        "$0.70 was given back to members for one video.",
        jobs=JANUARY,
    )
    it.on("2027-01-31", "23:30")
    await it.has(it.ann, free="1", pool="5")
    await it.has(it.pat, free="3", pool="5")

    it.on("2027-02-01")
    job = await it.running(await it.ltx(it.ann))
    await it.has(it.ann, free="0.92", held="0.08", pool="4.92")
    it.reprice_ltx(2)
    await it.has(it.ann, free="0.92", held="0.08", pool="4.92")
    await it.succeeds(job)  # at the price that was shown
    await it.has(it.ann, free="0.92", spent="0.08", pool="4.92")
    job = await it.ltx(it.ann)
    await it.has(it.ann, free="0.76", held="0.16", spent="0.08", pool="4.76")
    await it.made(job)
    await it.has(it.ann, free="0.76", spent="0.24", pool="4.76")
    await it.made(await it.ltx(it.ann), billed="0.05")  # the provider charged less
    await it.has(it.ann, free="0.71", spent="0.29", pool="4.71")
    await it.made(await it.ltx(it.ann), billed="0.30")  # or more: never the member's loss
    await it.has(it.ann, free="0.55", spent="0.45", pool="4.55")

    it.on("2027-02-09")
    await it.made(await it.ltx(it.ann))
    await it.has(it.ann, free="0.39", spent="0.61", pool="4.39")
    it.on("2027-02-10")  # a Wednesday: what was spent since Monday counts
    text = await it.admin("allowance", amount="0.50", period="week")
    assert "$1.00 a month → **$0.50 a week**" in text
    await it.has(it.ann, free="0.34", spent="0.16", pool="4.39")
    await it.has(it.pat, free="3", pool="4.39")


async def _weeks(it: Months) -> None:
    """The server's Monday is not everybody's."""
    it.on("2027-02-14", "23:30")  # Monday in Berlin, Sunday in California
    await it.has(it.ann, free="0.50", pool="4.39")
    await it.made(await it.ltx(it.ann))
    await it.has(it.ann, free="0.34", spent="0.16", pool="4.23")

    it.on("2027-02-15")
    text = await it.admin("member", member="ben", amount="2")
    assert "can spend **$2.00** now; before, it was $0.50" in text
    await it.made(await it.kling(it.ben, 10))
    await it.has(it.ben, free="1.30", spent="0.70", pool="3.53")
    text = await it.admin("member", member="ben", amount="default")
    assert "can spend **$0.00** now; before, it was $1.30" in text
    await it.has(it.ben, free="0", spent="0.70", pool="3.53")
    await it.admin("grant", member="ben", amount="0.30")
    await it.has(it.ben, free="0.30", spent="0.70", grants=(("0.30", "0.30"),), pool="3.53")
    await it.admin("take", member="ben", amount="0.20")
    await it.has(it.ben, free="0.10", spent="0.70", grants=(("0.10", "0.10"),), pool="3.53")
    assert "Nothing was taken" in await it.admin("take", member="ben", amount="1")
    await it.has(it.ben, free="0.10", spent="0.70", grants=(("0.10", "0.10"),), pool="3.53")

    it.on("2027-02-17")
    await it.move_to("America/Los_Angeles")  # their Monday began later, and nothing comes back
    await it.has(it.ann, free="0.34", spent="0.16", pool="3.53")
    await it.has(it.ben, free="0.10", spent="0.70", grants=(("0.10", "0.10"),), pool="3.53")

    it.on("2027-02-22")
    await it.has(it.ann, free="0.50", pool="3.53")
    await it.has(it.ben, free="0.60", grants=(("0.10", "0.10"),), pool="3.53")
    await it.made(await it.kling(it.ben, 5))
    await it.has(it.ben, free="0.25", spent="0.35", grants=(("0.10", "0.10"),), pool="3.18")


async def _march(it: Months) -> None:
    """A month begins once, wherever the server lies; and what ends while money is held."""
    it.on("2027-02-28", "20:00")  # a Sunday; in Tokyo it is Monday, the first
    await it.has(it.ann, free="0.50", pool="3.18")
    await it.reports(
        "february",
        "**$1.82** spent, with 8 videos made.",
        "Of this month's pool of $5.00, **$3.18** is left.",
        f"<@{it.ben.user.id}> spent most: **$1.05**, 58",
        "Nothing failed.",
        jobs=FEBRUARY,
    )
    await it.move_to("Asia/Tokyo")
    await it.has(it.ann, free="0.50", pool="5")
    await it.has(it.ben, free="0.60", grants=(("0.10", "0.10"),), pool="5")
    await it.made(await it.ltx(it.ann))
    await it.has(it.ann, free="0.34", spent="0.16", pool="4.84")
    await it.move_to("America/Los_Angeles")  # February again, there; but March has begun
    await it.has(it.ann, free="0.34", spent="0.16", pool="4.84")
    it.on("2027-03-01", "09:00")
    await it.has(it.ann, free="0.34", spent="0.16", pool="4.84")

    it.on("2027-03-10")
    await it.admin("allowance", amount="1", period="month")
    await it.has(it.ann, free="0.84", spent="0.16", pool="4.84")
    job = await it.kling(it.ann, 10)
    await it.has(it.ann, free="0.14", held="0.70", spent="0.16", pool="4.14")
    ann = UserId(it.here.cast.ann.id)
    assert await it.here.services.studio.generate.cancel(it.here.guild, ann, job)
    await it.has(it.ann, free="0.84", spent="0.16", pool="4.84")

    job, now = await it.kling(it.ann, 10), it.clock.now()
    attempt = await it.submitted(job)
    jobs = it.here.services.jobs
    assert await jobs.unknown(job, attempt, due_at=now, now=now, why="the answer was lost")
    await it.has(it.ann, free="0.14", held="0.70", spent="0.16", pool="4.14")
    assert "is not finished" in await it.admin("refund", job=job)
    it.on("2027-03-10", "15:00")
    assert await jobs.expire(job, now=it.clock.now())
    await it.has(it.ann, free="0.84", spent="0.16", pool="4.84")
    assert "never charged" in await it.admin("refund", job=job)

    await it.admin("grant", member="ann", amount="0.50", expires="tomorrow")
    first = await it.running(await it.kling(it.ann, 10))  # of the allowance
    second = await it.running(await it.kling(it.ann, 5))  # 0.14 of it, 0.21 of the grant
    await it.has(
        it.ann, free="0.29", held="1.05", spent="0.16", grants=(("0.29", "0.50"),), pool="3.79"
    )
    it.on("2027-03-12", "07:59")  # a minute before midnight in California
    await it.has(
        it.ann, free="0.29", held="1.05", spent="0.16", grants=(("0.29", "0.50"),), pool="3.79"
    )
    it.on("2027-03-12", "08:00")
    await it.has(it.ann, free="0", held="1.05", spent="0.16", pool="3.79")
    await it.fails(second)  # 0.21 return to what is over
    await it.has(it.ann, free="0.14", held="0.70", spent="0.16", pool="4.14")
    await it.succeeds(first)
    await it.has(it.ann, free="0.14", spent="0.86", pool="4.14")


async def _april(it: Months) -> None:
    """What was, as it is read afterwards."""
    it.on("2027-04-01", "06:59")  # still March in California, also where summer time has begun
    await it.has(it.ann, free="0.14", spent="0.86", pool="4.14")
    await it.reports(
        "march",
        "**$0.70** spent, with one video made.",
        "Of this month's pool of $5.00, **$4.14** is left.",  # $0.16 was spent at the border
        f"All of it was spent by <@{it.ann.user.id}>.",
        "**2** of 4 did not work out, and nothing was charged for them: one by the provider, one",
        jobs=MARCH,
    )
    it.on("2027-04-01", "07:00")
    await it.has(it.ann, free="1", pool="5")
    await it.reports("april", "Nothing was spent.", jobs={})
    text = await it.admin("refund", job=22)  # a month too late
    assert "to the allowance of a time that is over" in text
    assert "**$0.00** of it can be spent again" in text
    await it.has(it.ann, free="1", pool="5")
    spent = "**$1.98** spent, with 9 videos made."
    await it.reports("february", spent, jobs={**FEBRUARY, **AT_THE_BORDER})
    given_back = "$0.70 was given back to members for one video."
    await it.reports("march", given_back, jobs={**MARCH, 22: ("0.70", "0.70", "0.70")})
