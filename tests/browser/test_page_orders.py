"""Commands in the message box, on the whole bot: found, filled in, refused, completed, sent."""

import json
import re

import pytest
from playwright.async_api import expect

from bot.domain.money import dollars
from bot.playground import page
from tests.members import PNG, studio


async def test_a_command_is_found_filled_in_and_sent_with_the_keyboard_alone(
    tmp_path, visit
) -> None:
    async with studio(tmp_path, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        keys = window.tab.keyboard
        await keys.type("/lt")
        await expect(window.offers).to_have_count(4)
        await expect(window.offers.first).to_contain_text("A video from words")
        await keys.press("ArrowDown")
        await expect(window.offers.nth(1)).to_have_attribute("aria-selected", "true")
        await keys.press("ArrowUp")
        await keys.press("Tab")
        assert await window.focused() == "prompt"
        await keys.type("a fox in the snow")
        await keys.press("Enter")
        video = window.message("your video is ready")
        await expect(video).to_contain_text("a fox in the snow")
        await expect(video.get_by_role("button", name="Again")).to_be_visible()
        [job] = await here.jobs_of(here.ann)
        assert json.loads(job.request)["prompt"] == "a fox in the snow"
        assert await window.box.input_value() == ""


async def test_options_are_added_by_name_and_taken_away_with_backspace(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        keys = window.tab.keyboard
        await window.begin("/ltx text")
        await keys.type("a fox")
        await keys.press("Tab")
        await expect(window.offers.filter(has_text="resolution")).to_contain_text("Finer costs")
        await keys.type("reso")
        await keys.press("Enter")
        assert await window.focused() == "resolution"
        await keys.press("ArrowDown")
        await keys.press("Enter")
        chosen = await window.option("resolution").input_value()
        assert chosen
        await keys.press("Shift+Tab")
        assert await window.focused() == "resolution"
        for _ in range(len(chosen) + 1):
            await keys.press("Backspace")
        await expect(window.option("resolution")).to_have_count(0)
        assert await window.focused() == "prompt"
        await keys.press("Escape")
        await expect(window.command).to_have_count(0)
        await expect(window.box).to_be_focused()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("duration", "99", "Enter a value that is at most 20."),
        ("duration", "many", "Input a valid integer."),
        ("resolution", "9000p", "Select a valid option from the list."),
        ("prompt", "", "This option is required. Specify a value"),
    ],
)
async def test_what_discord_refuses_stands_at_the_option_in_its_words(
    tmp_path, visit, option, value, words
) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        await window.begin("/ltx text")
        await window.fill("prompt", "a fox")
        await window.fill(option, value)
        await window.send()
        field = window.option(option)
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_be_focused()
        await expect(field).to_have_accessible_description(re.compile(re.escape(words)))
        assert await here.jobs_of(here.ann) == []
        await field.fill(
            "8" if option == "duration" else "1080p" if option == "resolution" else "a"
        )
        await expect(field).not_to_have_attribute("aria-invalid", "true")
        await window.send()
        await expect(window.message("#1")).to_be_visible()
        assert len(await here.jobs_of(here.ann)) == 1


async def test_lengths_come_with_their_prices_and_change_with_the_options(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        await here.decide(allowance=dollars("5"))
        window = await visit(here.server, here.cast.ann, here.videos)
        await window.begin("/ltx text")
        await window.fill("prompt", "a fox")
        await window.add("duration")
        offer = window.offers.filter(has_text=re.compile(r"^5\b"))
        await expect(offer).to_contain_text("$0.08")
        await window.fill("resolution", "1080p")
        await window.option("duration").focus()
        await expect(offer).not_to_contain_text("$0.08")
        await window.tab.keyboard.type("12")
        await expect(window.offers).to_have_count(1)
        await window.tab.keyboard.press("ArrowDown")
        await window.tab.keyboard.press("Enter")
        await expect(window.option("duration")).to_have_value(re.compile(r"^12.*\$"))
        await window.send()
        await expect(window.message("#1")).to_be_visible()
        [job] = await here.jobs_of(here.ann)
        assert json.loads(job.request)["duration"] == 12


async def test_an_image_is_dropped_anywhere_and_becomes_the_commands(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        await window.begin("/ltx image")
        await window.fill("prompt", "it moves")
        await window.drop("fox.png", PNG)
        button = window.command.get_by_role("button", name=re.compile("^image: fox.png"))
        await expect(button).to_be_visible()
        await window.send()
        message = window.message(re.compile("it moves.*#1", re.DOTALL))
        await expect(message.get_by_role("button", name=re.compile("Enlarge"))).to_be_visible()
        [job] = await here.jobs_of(here.ann)
        assert job.mode == "image"


async def test_a_command_that_nobody_answers_says_so_to_its_caller(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, fits=False, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        here.server.world.clock.speed = 0.001
        here.server.faults.fail("POST", "/interactions/*", status=500, times=99)
        await window.begin("/balance")
        await window.send()
        row = window.message("used /balance")
        await expect(row).to_contain_text("Sending command…")
        here.server.world.clock.advance(4)
        await expect(row).to_contain_text("The application did not respond")
        await window.dismiss(row)
        await expect(window.message("used /balance")).to_have_count(0)
        here.server.faults.clear()
