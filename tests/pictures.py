"""Makes the README's pictures again: `python -m tests.pictures`.

Rule: what the page shows has really happened, on a playground of its own, a minute ago. The report's
month is made up; its books and its drawing are real.
"""

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from PIL import Image
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.page import Window
from tests.pictured_month import picture_of_a_month
from tests.playing import ROOT, Play, playing

FOLDER = ROOT / "deploy" / "pictures"
MOST_BYTES = 300_000
SIZE = {"width": 1360, "height": 850}
SOON = 30_000


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            async_playwright() as playwright,
            playing(Path(folder) / "data", speed=10) as play,
        ):
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            await _first_video(browser, play)
            await _pulled_plug(browser, play)
            await browser.close()
    _keep("report", await picture_of_a_month())


async def _first_video(browser: Browser, play: Play) -> None:
    """A member's video is there, the next command is being written."""
    window = await _open(browser, play, "ann", "dark")
    await play.act("say", "ben", content="what shall we make for the title screen?")
    await play.ltx("ann", "a small robot walks through a rainy neon street")
    video = window.message("your video is ready").locator("video")
    await expect(video).to_be_visible(timeout=SOON)
    await play.settled()
    await play.act("say", "ben", content="oh, **that** one!")
    await _play_film(window)
    await window.begin("/ltx text")
    await window.fill("prompt", "a fox looks up as the first snow falls")
    await window.fill("duration", "10")
    await expect(window.offers.first).to_contain_text("$0.16")
    await _shoot(window, "playground")
    await window.tab.context.close()


async def _pulled_plug(browser: Browser, play: Play) -> None:
    """A bot that was killed in the middle of a job, and what both books say of it."""
    window = await _open(browser, play, "ann", "light")
    await play.slash(
        "ann", "wan text", prompt="paper boats after the storm", duration=10, resolution="1080p"
    )
    await expect(window.message("Not enough left")).to_be_visible(timeout=SOON)
    await play.weather("never finishes")
    await play.slash("pat", "kling text", prompt="a fox looks up as the first snow falls")
    await play.until(
        lambda it: "underway" in {line["note"] for line in it["books"]["lines"]}, "underway"
    )
    await play.bot("kill")
    stage = window.tab.get_by_role("complementary", name="Playground")
    await expect(stage.get_by_role("status").filter(has_text="The bot is dead")).to_be_attached()
    await stage.get_by_role("button", name="Close the guided start").click()
    await stage.get_by_text("Weather at the provider").click()
    await window.tab.mouse.move(0, 0)
    await _shoot(window, "backstage")
    await play.weather("works")
    await play.bot("start")
    await expect(window.message("first snow").locator("video")).to_be_visible(timeout=SOON)
    await play.settled()
    await window.tab.context.close()


async def _open(browser: Browser, play: Play, who: str, scheme: str) -> Window:
    context = await browser.new_context(
        viewport=SIZE, device_scale_factor=2, color_scheme=scheme, locale="en-US"
    )
    tab = await context.new_page()
    window = Window(tab, play.origin)
    user, videos = SimpleNamespace(id=play.ids[who]), SimpleNamespace(id=play.ids["videos"])
    await window.open(user, videos)
    await expect(window.person("Ann")).to_contain_text(re.compile(r"\$\d"), timeout=SOON)
    return window


async def _play_film(window: Window) -> None:
    """A frame from the middle, without the player's own buttons over it."""
    await window.feed.locator("video").last.evaluate(
        """async (film) => {
          film.muted = true;
          film.controls = false;
          film.currentTime = 2;
          await new Promise((done) => film.addEventListener("seeked", done, {once: true}));
        }"""
    )


async def _shoot(window: Window, name: str) -> None:
    _keep(name, await window.tab.screenshot())


def _keep(name: str, raw: bytes) -> None:
    # A page has few colours: 256 of them, well chosen, look the same and weigh a quarter.
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    small.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    asyncio.run(main())
