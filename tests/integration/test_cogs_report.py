"""`/budget report` on the local Discord: what admins read, see and get as a file."""

import csv
import io
import json
import random
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.budget import Reserved
from bot.domain.errors import ChartError
from bot.domain.ids import TaskId
from bot.domain.money import dollars
from bot.domain.provider import Cause
from bot.playground.local_discord import Attachment, Message
from bot.playground.local_discord.components import Part, of_kind
from tests.admins import open_to, told, told_also
from tests.books import order
from tests.faced import until
from tests.fakes import TurnedClock
from tests.members import Studio, studio

OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)


def october() -> TurnedClock:
    clock = TurnedClock()
    clock.moment = OCTOBER
    return clock


async def ordered(here: Studio, who: str = "ann", prompt: str = "a fox") -> int:
    person = here.server.person(getattr(here.cast, who))
    before = {job.number for job in await here.jobs_of(person)}
    asked = await person.slash("ltx text", {"prompt": prompt, "duration": 5}, channel=here.videos)
    await asked.message(lambda one: "#" in one.text)
    await until(lambda: not here.client.busy.count)
    [number] = {job.number for job in await here.jobs_of(person)} - before
    return number


async def running(here: Studio, who: str = "ann", prompt: str = "a fox") -> int:
    number, now = await ordered(here, who, prompt), here.services.clock.now()
    attempt = await here.services.jobs.claim(number, number.to_bytes(32, "big"), now)
    assert attempt is not None
    task = TaskId(f"task-{number}")
    assert await here.services.jobs.created(number, attempt, task, due_at=now, now=now)
    return number


async def paid(here: Studio, who: str = "ann", prompt: str = "a fox") -> int:
    number, now = await running(here, who, prompt), here.services.clock.now()
    assert await here.services.jobs.succeeded(number, [], cost=dollars("0.08"), now=now)
    return number


async def failed(here: Studio, cause: Cause, who: str = "ann") -> int:
    number, now = await running(here, who), here.services.clock.now()
    assert await here.services.jobs.failed(number, cause, now=now)
    return number


async def report(here: Studio, **options: str) -> Message:
    asked = await here.ada.slash("budget report", options, channel=here.cast.general)
    message = await asked.message(lambda one: not one.thinking)
    assert message.ephemeral
    return message


async def body(here: Studio, file: Attachment) -> bytes:
    return await here.server.world.files.read(file)


def alt(message: Message) -> str:
    """What the picture says to those who do not see it."""
    [gallery] = of_kind(message.components, Part.GALLERY)
    return gallery["items"][0]["description"]


def named(message: Message, ending: str) -> Attachment:
    [found] = [one for one in message.attachments if one.filename.endswith(ending)]
    return found


async def test_a_month_is_told_drawn_and_listed(tmp_path) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        await paid(here, "ann", "=HYPERLINK(1)")
        await paid(here, "ann")
        await paid(here, "ben")
        await failed(here, Cause.PROVIDER)
        await failed(here, Cause.PROMPT, "ben")
        await ordered(here, "ben")
        message = await report(here)
        for said in (
            "October 2026",
            "**$0.24** spent, with 3 videos made",
            "Of this month's pool of $25.00, **$24.68** is left",
            "$0.08 is held for one video",
            f"<@{here.cast.ann.id}> spent most: **$0.16**, 67",
            "**2** of 6 did not work out, and nothing was charged for them",
            "one by the provider",
            "The pool lasts.",
        ):
            assert said in message.text, said
        picture = named(message, ".png")
        assert (picture.width, picture.height) == (1100, 800)
        assert list((tmp_path / "data" / "fonts").iterdir()), "the next start need not look again"
        assert "October 2026: $0.24 spent, 3 made, 2 failed." in alt(message)
        assert "Ann $0.16, Ben $0.08" in alt(message)
        text = (await body(here, named(message, ".csv"))).decode("utf-8")
        assert text.startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
        assert [row["number"] for row in rows] == [str(nth) for nth in range(1, 7)]
        assert rows[0]["prompt"] == "'=HYPERLINK(1)"
        assert (rows[0]["member"], rows[0]["member_name"]) == (f"<@{here.cast.ann.id}>", "Ann")
        assert rows[0]["time"] == "2026-10-20T12:00:00+00:00"
        assert [row["state"] for row in rows[3:]] == ["failed", "failed", "held"]
        assert sum(dollars(row["pool"]) for row in rows) == dollars("0.24")


async def test_another_month_is_asked_for_as_people_type_it(tmp_path) -> None:
    clock = october()
    async with studio(tmp_path, watching=False, clock=clock) as here:
        await paid(here)
        clock.turn(days=20)
        for typed in ("October", "2026-10", "last month", "10/2026"):
            message = await report(here, month=typed)
            assert "October 2026" in message.text
            assert "**$0.08** spent, with one video made." in message.text
            assert "The pool of that month was $25.00." in message.text
            assert "pace" not in message.text
        assert "Nothing was spent." in (await report(here)).text
        assert "November 2026" in (await report(here, month="november")).text


@pytest.mark.parametrize(
    ("typed", "said"), [("octopus", "That is no month"), ("2031-01", "still to come")]
)
async def test_what_is_no_month_is_refused_with_what_to_write(tmp_path, typed, said) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        assert said in await told(here.ada, here, "report", month=typed)


async def test_months_with_videos_are_offered_to_admins_alone(tmp_path) -> None:
    clock = october()
    async with studio(tmp_path, watching=False, clock=clock) as here:
        await paid(here)
        clock.turn(days=20)
        await paid(here)

        async def offered(typed: str, who=here.ada):
            found = await who.autocomplete(
                "budget report", "month", typed, channel=here.cast.general
            )
            return [(one["name"], one["value"]) for one in found]

        both = [("November 2026", "2026-11"), ("October 2026", "2026-10")]
        assert await offered("") == both
        assert await offered("2026-1") == both
        assert await offered("oct") == await offered("last month") == both[1:]
        assert await offered("x") == []
        open_to(here, here.cast.ann.id)
        assert await offered("", here.ann) == []


async def test_the_first_answer_comes_before_anything_is_read(tmp_path) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        asked = await here.ada.slash("budget report", {}, channel=here.cast.general)
        await asked.answer()
        [first] = asked.messages
        assert first.ephemeral
        await asked.message(lambda one: "October 2026" in one.text)


async def test_the_zone_of_the_server_decides_which_month_it_is(tmp_path) -> None:
    clock = october()
    clock.moment = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    async with studio(tmp_path, watching=False, clock=clock) as here:
        await paid(here)
        assert "October 2026" in (await report(here)).text
        await here.decide(zone_name="Europe/Berlin")
        message = await report(here)
        assert "November 2026" in message.text
        assert "$0.08" in message.text
        assert "2026-11-01T00:30:00+01:00" in (await body(here, named(message, ".csv"))).decode()


# Who may not


async def test_who_is_no_admin_reads_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        await paid(here)
        open_to(here, here.cast.ben.id)
        text = await told_also(here.ben, here, "report")
        assert "for the admins of this server" in text
        assert "$" not in text


async def test_another_server_sees_its_own_jobs_alone(tmp_path) -> None:
    every = {"CLAPPER_ALLOWED_SERVERS": "*"}
    async with studio(tmp_path, watching=False, clock=october(), **every) as here:
        await paid(here, "ann", "a secret of the studio")
        olga = here.server.person(here.cast.olga)
        asked = await olga.slash("budget report", {}, channel=here.cast.lobby)
        message = await asked.message(lambda one: not one.thinking)
        assert "Nothing was spent." in message.text
        assert "secret" not in (await body(here, named(message, ".csv"))).decode()


# What goes wrong


class Spilled:
    """A painter whose ink is gone."""

    async def paint(self, drawing: object) -> bytes:
        raise ChartError("no ink")


async def test_without_a_picture_the_figures_and_the_file_are_there(tmp_path) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        await paid(here)
        service = replace(here.services.report, painter=Spilled())
        here.client.services = replace(here.services, report=service)
        message = await report(here)
        assert "**$0.08** spent" in message.text
        assert "The picture could not be drawn" in message.text
        assert [one.filename for one in message.attachments] == ["clapper-2026-10.csv"]


async def test_a_file_that_discord_refuses_takes_nothing_else_with_it(tmp_path) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        await paid(here)
        here.server.faults.fail("PATCH", "/webhooks/*", status=413, code=40005)
        message = await report(here)
        assert "could not be attached" in message.text
        assert [one.filename for one in message.attachments] == ["report.png"]


async def test_books_that_cannot_be_read_are_told_in_one_sentence(tmp_path) -> None:
    async with studio(tmp_path, watching=False, clock=october()) as here:
        path: Path = here.bot.database._path
        here.bot.database._path = path.with_name("gone.db")
        message = await report(here)
        assert "$" not in message.text
        assert not message.attachments
        here.bot.database._path = path


async def test_a_sheet_too_large_for_one_message_comes_in_parts(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("cogs.budget.report._LARGEST_FILE", 200_000)
    async with studio(tmp_path, watching=False, clock=october()) as here:
        await here.decide(allowance=dollars("9"), at_once=100, queued=50)
        for nth in range(1, 31):
            chance = random.Random(nth)
            prompt = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(4900))
            wish = order(nth, member=here.cast.ann.id, guild=here.guild)
            wish = replace(wish, request=json.dumps({"mode": "text", "prompt": prompt}))
            assert isinstance(await here.services.jobs.reserve(wish, OCTOBER), Reserved)
        asked = await here.ada.slash("budget report", {}, channel=here.cast.general)
        await asked.message(lambda one: one.attachments)
        await until(lambda: not here.client.busy.count)
        files = [one for message in asked.messages for one in message.attachments]
        numbers: list[str] = []
        for file in files:
            if file.filename.endswith(".zip"):
                package = zipfile.ZipFile(io.BytesIO(await body(here, file)))
                [name] = package.namelist()
                text = package.read(name).decode("utf-8-sig")
                numbers += [row["number"] for row in csv.DictReader(io.StringIO(text, newline=""))]
        assert numbers == [str(nth) for nth in range(1, 31)]
        assert len(files) > 2
        assert all(message.ephemeral for message in asked.messages)
