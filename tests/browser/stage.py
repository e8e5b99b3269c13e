"""The panel beside the messages, found as a person with a screen reader would find it."""

import os
from pathlib import Path
from types import SimpleNamespace

from playwright.async_api import Locator, expect

from tests.browser.page import Window
from tests.playing import Play

SOON = 20_000
"""Milliseconds: three processes are at work behind the page."""
SHOTS = os.environ.get("SHOTS")
"""A folder: then every story leaves pictures of itself there."""


class Stage:
    """One person's page with the panel."""

    def __init__(self, play: Play, window: Window) -> None:
        self.play, self.window, self.tab = play, window, window.tab
        self.panel = self.tab.get_by_role("complementary", name="Playground")
        self.guide = self.panel.get_by_role("region", name="Guided start")
        self.bot = self.panel.get_by_role("region", name="The bot", exact=True)
        self.discord = self.panel.get_by_role("region", name="Discord")

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name)

    def weather(self, name: str) -> Locator:
        return self.panel.get_by_role("radio", name=name, exact=True)

    def says(self, text: str) -> Locator:
        return self.panel.get_by_role("status").filter(has_text=text)

    async def begin(self, step: str, command: str) -> None:
        """Lets a step fill the message box, and presses Enter, as it says."""
        await self.button(f"Try it: {step}").click()
        await expect(self.window.command).to_contain_text(command)
        await expect(self.window.command).to_be_focused()
        await self.tab.keyboard.press("Enter")

    async def shoot(self, name: str) -> None:
        if SHOTS:
            await self.tab.screenshot(path=Path(SHOTS) / f"{name}.png")


async def stage_for(play, visit, who: str = "ann", **options) -> Stage:
    options.setdefault("viewport", {"width": 1440, "height": 1000})
    user, videos = SimpleNamespace(id=play.ids[who]), SimpleNamespace(id=play.ids["videos"])
    stage = Stage(play, await visit(play, user, videos, **options))
    await expect(stage.tab.locator("#stage h3", has_text="The two books")).to_be_attached()
    return stage
