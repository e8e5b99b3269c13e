"""The panel beside the messages, on a playground that really runs: three processes and a browser."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.stage import SOON, stage_for


async def test_a_newcomer_tries_the_three_things_and_each_is_ticked_off(play, visit):
    stage = await stage_for(play, visit)
    window = stage.window
    await expect(stage.guide).to_contain_text("0 of 3")

    await stage.begin("Make a video", "ltx text")
    await expect(window.message("rainy neon street").locator("video")).to_be_visible(timeout=SOON)
    await expect(stage.guide).to_contain_text("1 of 3", timeout=SOON)
    await expect(window.person("Ann")).to_contain_text("$0.94")
    await expect(stage.says("The books agree: $0.06 billed, $0.06 charged")).to_be_visible()
    await stage.shoot("stage-1-video")

    await stage.begin("Ask for more", "wan text")
    refusal = window.message(re.compile("paper boats|costs"))
    await expect(refusal).to_contain_text("$1.30", timeout=SOON)
    await stage.shoot("stage-2-refused")
    await refusal.get_by_role("button", name=re.compile(r"\$0\.\d+")).first.click()
    await expect(stage.guide).to_contain_text("2 of 3", timeout=SOON)
    await expect(window.message("paper boats").locator("video")).to_be_visible(timeout=SOON)

    await stage.begin("Pull the plug", "kling text")
    await expect(window.person("Pat")).to_have_attribute("aria-pressed", "true")
    await expect(stage.weather("Slow")).to_be_checked()
    await expect(stage.says("on its way")).to_be_visible(timeout=SOON)
    await stage.button("Kill it").click()
    await expect(stage.bot).to_contain_text("Dead")
    await expect(stage.says("The bot is dead")).to_be_visible(timeout=SOON)
    await stage.panel.evaluate("(it) => it.scrollTo(0, it.scrollHeight)")
    await stage.shoot("stage-3-dead")
    await stage.button("Start it again").click()
    await expect(stage.guide).to_contain_text("All done", timeout=SOON)
    await expect(window.message("first snow").locator("video")).to_be_visible(timeout=SOON)
    await stage.shoot("stage-4-done")

    await stage.button("Close the guided start").click()
    await expect(stage.guide).to_be_hidden()
    await window.reload()
    await expect(stage.button("Show the three things")).to_be_visible()
    await expect(stage.guide).to_be_hidden()


async def test_the_weather_turns_by_arrow_keys_alone(play, visit):
    stage = await stage_for(play, visit)
    await stage.weather("Works").focus()
    await stage.tab.keyboard.press("ArrowDown")
    await expect(stage.weather("Slow")).to_be_checked()
    await play.until(lambda it: it["weather"]["now"] == "slow", "slow")
    await expect(stage.says("six times as long")).to_be_visible()


async def test_discord_goes_down_for_a_minute_and_is_brought_back(play, visit):
    stage = await stage_for(play, visit)
    await stage.button("Down for a minute").click()
    await expect(stage.discord).to_contain_text(re.compile(r"Down.*Back in (60|5\d) s"))
    await expect(stage.bot).to_contain_text("Cut off", timeout=SOON)
    await stage.shoot("stage-outage")
    await stage.button("Bring it back").click()
    await expect(stage.bot).to_contain_text("Up", timeout=SOON)
    await expect(stage.discord).to_contain_text("Up")


async def test_a_speed_restarts_the_bot_in_order(play, visit):
    stage = await stage_for(play, visit)
    await stage.panel.get_by_text("Time", exact=True).click()  # it is folded to begin with
    await stage.panel.get_by_role("radio", name=re.compile("^100")).check()
    await expect(stage.bot).to_contain_text("start number 2", timeout=SOON)
    await expect(stage.bot).to_contain_text("Up", timeout=SOON)
    assert (await play.state())["speed"] == 100
    assert (await play.state())["bot"]["last_code"] == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_axe_finds_nothing_serious(play, visit, scheme):
    stage = await stage_for(play, visit, color_scheme=scheme)
    await play.ltx()
    await play.settled()
    await expect(stage.says("The books agree")).to_be_visible(timeout=SOON)
    await stage.shoot(f"stage-{scheme}")
    assert await stage.window.complaints() == []


async def test_on_a_phone_it_is_a_drawer_whose_sections_fold(play, visit):
    stage = await stage_for(play, visit, viewport={"width": 390, "height": 844})
    await expect(stage.panel).to_be_hidden()
    await stage.tab.get_by_role("button", name="Playground").click()
    await expect(stage.guide).to_be_visible()
    await stage.shoot("stage-phone")
    await stage.panel.get_by_text("Weather at the provider").click()
    await expect(stage.weather("Works")).to_be_hidden()
    await expect(stage.panel.locator("summary", has_text="Weather")).to_contain_text("Works")
    await stage.panel.evaluate("(it) => it.scrollTo(0, it.scrollHeight)")
    await stage.shoot("stage-phone-books")
    overflow = await stage.tab.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not overflow
    await stage.tab.keyboard.press("Escape")
    await expect(stage.panel).to_be_hidden()


async def test_on_a_phone_a_step_of_the_guided_start_shows_what_it_has_written(play, visit):
    stage = await stage_for(play, visit, viewport={"width": 390, "height": 844})
    await stage.tab.get_by_role("button", name="Playground").click()
    await stage.begin("Make a video", "/ltx text")
    await expect(stage.panel).to_be_hidden()
    await expect(stage.window.message("neon street").locator("video")).to_be_visible(timeout=SOON)
    done = stage.tab.get_by_text("Done: Make a video.")
    await expect(done).to_be_visible()
    word, box = await done.bounding_box(), await stage.window.box.bounding_box()
    assert word
    assert box
    assert word["y"] + word["height"] < box["y"], "what is written next would be covered"


async def test_nobody_is_asked_while_the_page_is_hidden(play, visit):
    stage = await stage_for(play, visit)
    asked: list[str] = []
    stage.tab.on("request", lambda request: asked.append(request.url))
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
    await stage.tab.evaluate(hide, True)
    await stage.tab.wait_for_timeout(300)  # what was on its way comes back
    asked.clear()
    await stage.tab.wait_for_timeout(2500)
    assert [url for url in asked if "/_play/" in url] == []
    async with stage.tab.expect_request("**/_play/state"):
        await stage.tab.evaluate(hide, False)
