"""What a newcomer does with it: every command, and what comes when something goes wrong."""

import json
import re

import pytest
from playwright.async_api import expect

from bot.domain.money import dollars
from bot.playground import page
from tests.browser.stage import SOON, stage_for
from tests.members import PNG, studio

LORA = "https://example.com/style.safetensors"
COMMANDS = {
    "ltx text": {},
    "ltx image": {"image": PNG},
    "ltx text-lora": {"lora": LORA},
    "ltx image-lora": {"image": PNG, "lora": LORA},
    "kling text": {"duration": "10"},
    "kling image": {"start_image": PNG, "end_image": PNG},
    "wan text": {"negative_prompt": "text"},
    "wan image": {"image": PNG},
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_each_command_is_typed_and_its_video_arrives(tmp_path, visit, command) -> None:
    async with studio(tmp_path, routes=page.routes()) as here:
        await here.decide(allowance=dollars("5"), confirm_above=dollars("5"))
        window = await visit(here.server, here.cast.ann, here.videos)
        await window.begin(f"/{command}")
        await window.fill("prompt", "a paper boat")
        for option, value in COMMANDS[command].items():
            if isinstance(value, bytes):
                await window.attach(option, f"{option}.png", value)
            else:
                await window.fill(option, value)
        await window.send()
        video = window.message("your video is ready")
        await expect(video).to_contain_text("a paper boat", timeout=SOON)
        await expect(video.locator("video")).to_be_visible()
        [job] = await here.jobs_of(here.ann)
        assert f"{job.model} {job.mode}" == command


async def test_what_costs_too_much_is_refused_and_a_cheaper_one_is_made(tmp_path, visit) -> None:
    async with studio(tmp_path, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        await window.begin("/wan text")
        await window.fill("prompt", "a paper boat")
        await window.pick("resolution", "1080p")
        await window.pick("duration", "10")
        await window.send()
        refusal = window.message("$1.30")
        await expect(refusal).to_contain_text("Only you can see this")
        await window.press(refusal, "5 s · 720p · about $0.40")
        await expect(window.message("your video is ready")).to_contain_text("$0.40", timeout=SOON)
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.40")


async def test_a_video_is_edited_in_a_form_and_made_anew(tmp_path, visit) -> None:
    async with studio(tmp_path, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        await here.ann.slash("ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos)
        video = window.message("your video is ready")
        await expect(video).to_be_visible(timeout=SOON)
        await window.press(video, "Edit")
        form = window.form("Edit video #1")
        prompt = form.get_by_role("textbox", name="prompt")
        await expect(prompt).to_have_value("a fox")
        await prompt.fill("two foxes")
        await window.submit(form)
        await expect(form).to_have_count(0)
        await expect(window.message("two foxes").locator("video")).to_be_visible(timeout=SOON)
        newest, _ = await here.jobs_of(here.ann)
        asked = json.loads(newest.request)
        assert (asked["prompt"], asked["duration"]) == ("two foxes", 5)


TOLD = {
    "Content refused": "prompt",
    "Image missing": "image",
    "Balance empty": "operator has been told",
}
"""Weathers in which a job fails, and what its member is told about."""
WAITING = ("Rate limited", "Answer lost", "Never finishes")
"""Weathers in which a job waits, or has an end that nobody heard of."""


@pytest.mark.parametrize("weather", TOLD)
async def test_in_bad_weather_a_member_is_told_and_pays_nothing(play, visit, weather) -> None:
    stage = await stage_for(play, visit)
    await stage.weather(weather).check()
    await play.until(lambda it: it["weather"]["now"] != "works", weather)
    await _order(stage.window, pictured=weather == "Image missing")
    told = stage.window.message("Nothing was charged.")
    await expect(told).to_contain_text(re.compile(TOLD[weather], re.IGNORECASE), timeout=SOON)
    await expect(stage.window.person("Ann")).to_contain_text("$1.00")
    await expect(stage.says("agree")).to_be_visible(timeout=SOON)


@pytest.mark.parametrize("weather", WAITING)
async def test_when_the_weather_clears_the_video_comes_once(play, visit, weather) -> None:
    stage = await stage_for(play, visit)
    await stage.weather(weather).check()
    await play.until(lambda it: it["weather"]["now"] != "works", weather)
    await _order(stage.window)
    await play.until(lambda it: it["books"]["bot"]["held"] != "$0.00", "held")
    await stage.weather("Works").check()
    await expect(stage.window.message("your video is ready")).to_be_visible(timeout=60_000)
    state = await play.settled()
    assert len(await play.videos()) == 1
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.06"


async def _order(window, *, pictured: bool = False) -> None:
    await window.begin("/ltx image" if pictured else "/ltx text")
    await window.fill("prompt", "a paper boat")
    if pictured:
        await window.attach("image", "boat.png", PNG)
    await window.pick("resolution", "480p")
    await window.fill("duration", "5")
    await window.send()
