"""The picture of a report: drawn by a process of its own, whatever it is told to draw."""

import asyncio
import json
import os
import struct
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

import bot.adapters.chart
from bot.adapters.chart import Painter, open_painter
from bot.adapters.chart.reading import read_drawing
from bot.domain.drawing import Bar, Bars, Days, Series
from bot.domain.errors import ChartError
from bot.domain.money import Micros
from tests import drawings

PNG = b"\x89PNG\r\n\x1a\n"


def children() -> list[psutil.Process]:
    """Painters. Other tests of this run may have a browser open in the same process."""
    return [one for one in psutil.Process().children(recursive=True) if _paints(one)]


def _paints(process: psutil.Process) -> bool:
    try:
        return any("bot.adapters.chart" in word for word in process.cmdline())
    except psutil.Error:
        return False


@pytest.fixture(autouse=True)
def nothing_is_left_running():
    before = set(children())
    yield
    assert set(children()) <= before


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """matplotlib looks through all fonts once."""
    return tmp_path_factory.mktemp("home")


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    assert png.endswith(b"IEND\xaeB`\x82")
    return struct.unpack(">II", png[16:24])


def one_day(days: int) -> Days:
    amounts = (Micros(0),) * (days - 1) + (Micros(1),)
    return Days("Spent by day", (Series("one", amounts),), days)


@pytest.mark.parametrize(
    "drawing",
    [
        drawings.rich(),
        drawings.bare(),
        drawings.hostile(),
        replace(drawings.bare(), days=one_day(31)),
        replace(drawings.bare(), members=Bars("Who", (Bar(("",), 0, "$0.00"),), "")),
    ],
    ids=["rich", "bare", "hostile", "a micro-dollar", "one without a name"],
)
async def test_a_drawing_becomes_a_picture_of_one_size(home, drawing) -> None:
    assert size(await Painter(home).paint(drawing)) == (1100, 800)


async def test_the_same_drawing_is_the_same_picture(home) -> None:
    painter = Painter(home)
    one, two = [await painter.paint(drawings.rich()) for _ in range(2)]
    assert one == two


async def test_it_is_drawn_at_low_priority_and_knows_no_secret(home, monkeypatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary")
    seen: list[tuple[int, dict[str, str]]] = []
    painting = asyncio.create_task(Painter(home).paint(drawings.rich()))
    while not painting.done():
        for child in children():
            try:
                seen.append((child.nice(), child.environ()))
            except psutil.Error:
                continue
        await asyncio.sleep(0)
    await painting
    assert seen[-1][0] == min(os.nice(0) + 15, 19)
    assert "canary" not in str(seen)


async def test_one_that_takes_too_long_is_ended(home) -> None:
    with pytest.raises(ChartError, match="too long"):
        await Painter(home, limit_seconds=0.05).paint(drawings.rich())
    assert children() == []


async def test_one_that_is_given_up_is_ended(home) -> None:
    painting = asyncio.create_task(Painter(home).paint(drawings.rich()))
    while not children():
        await asyncio.sleep(0)
    painting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await painting
    assert children() == []


async def test_a_drawing_that_cannot_be_drawn_is_our_error_and_the_next_is_drawn(home) -> None:
    painter = Painter(home)
    uneven = replace(drawings.bare(), days=Days("", (Series("one", ()),), 31))
    with pytest.raises(ChartError, match="drawing process failed"):
        await painter.paint(uneven)
    assert size(await painter.paint(drawings.bare()))


async def test_no_more_are_drawn_at_once_than_were_allowed(home) -> None:
    painter, most = Painter(home, at_once=1), 0
    painting = [asyncio.create_task(painter.paint(drawings.bare())) for _ in range(3)]
    while not all(task.done() for task in painting):
        most = max(most, len(children()))
        await asyncio.sleep(0)
    await asyncio.gather(*painting)
    assert most == 1


def home_of(painter: Painter) -> Path:
    return Path(painter._child.environ["MPLCONFIGDIR"])


async def test_fonts_are_looked_through_once_and_not_after_every_start(tmp_path) -> None:
    home, seen = tmp_path / "fonts", list[int]()
    for _ in range(2):
        async with open_painter(home) as painter:
            assert home_of(painter) == home
            await painter.paint(drawings.bare())
        [fonts] = home.glob("fontlist-*.json")
        seen.append(fonts.stat().st_mtime_ns)
        fonts.with_name(f"{fonts.name}.matplotlib-lock").touch()  # as a killed drawing leaves it
    assert seen[0] == seen[1]
    assert home.stat().st_mode & 0o77 == 0
    async with open_painter(home):
        assert not list(home.glob("*-lock")), "a drawing would wait seconds for it"


async def test_a_home_below_the_folder_the_bot_was_started_in_is_the_one_that_is_used(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_painter(Path("fonts")) as painter:
        await painter.paint(drawings.bare())
    assert list(tmp_path.glob("fonts/fontlist-*.json"))


async def test_without_a_home_there_is_another_for_as_long_as_it_lasts(tmp_path) -> None:
    (tmp_path / "fonts").write_text("in the way")
    async with open_painter(tmp_path / "fonts") as painter:
        passing = home_of(painter)
        assert size(await painter.paint(drawings.bare()))
        assert list(passing.iterdir())
    assert not passing.exists()


async def test_a_home_that_nothing_can_be_written_to_is_none(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    async with open_painter(tmp_path / "fonts") as painter:
        assert home_of(painter) != tmp_path / "fonts"


def test_a_drawing_survives_being_written_down() -> None:
    for drawing in (drawings.rich(), drawings.bare(), drawings.hostile()):
        assert read_drawing(json.loads(json.dumps(asdict(drawing)))) == drawing


def test_the_bot_never_imports_what_draws() -> None:
    code = (
        "import sys, pkgutil, importlib, bot.bootstrap, bot.verbs.run, cogs\n"
        "for it in pkgutil.iter_modules(cogs.__path__):\n"
        "    importlib.import_module(f'cogs.{it.name}')\n"
        "print([it for it in sys.modules if it.split('.')[0] in ('matplotlib', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
    assert bot.adapters.chart.Painter is Painter


# Names in any script


def choose(*names: str) -> str:
    """As the drawing process does, in a process like it: what is drawn with is not loaded here."""
    code = (
        "import json, sys\n"
        "from bot.adapters.chart.fonts import _others, choose\n"
        "import bot.adapters.chart.fonts as fonts\n"
        "fonts._others = lambda: ()\n"
        "print(json.dumps(choose(tuple(json.load(sys.stdin)))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(names),
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("Ann", "ann.b", "member …7"), "Ann"),
        (("Жанна Ω", "zh", "member …7"), "Жанна Ω"),
        (("مريم", "maryam", "member …7"), "مريم"),
        (("김철수", "kim.cs", "member …7"), "kim.cs"),
        (("김철수", "田中", "member …7"), "member …7"),
        (("\N{PARTY POPPER} Ben \U0001f98a", "ben", "member …7"), "Ben"),
        (("\N{PARTY POPPER}\U0001f98a", "fox", "member …7"), "fox"),
        (("\u202eevil\u200b", "fox", "member …7"), "evil"),
        (("", "", "member …7"), "member …7"),
        (("\U0001f98a",), ""),
    ],
)
def test_a_name_that_no_font_can_draw_gives_way_to_the_next(names, chosen) -> None:
    assert choose(*names) == chosen
