"""The playground's page as a person uses it: seen by role and name, worked by keys and presses.

Rule: everything is found by its accessible role and name, so what these tests can do, somebody with
a screen reader can do.

    async def test_a_story(tmp_path, visit):
        async with studio(tmp_path, routes=page.routes()) as here:
            window = await visit(here.server, here.cast.ann, here.videos)
            await window.begin("/ltx text")                     # picks the command with the keyboard
            await window.fill("prompt", "a fox")                # into the option in focus, or by name
            await window.fill("duration", "5")                  # adds an option that is not there yet
            await window.send()                                 # Enter
            video = window.message("your video is ready")       # a locator: the newest that fits
            await expect(video).to_be_visible()
            await window.press(video, "Again")                  # a button on a message
            form = window.form("Edit video #1")                 # a locator of the open dialog
            await window.choose(form, "Length", "8 seconds")    # a menu of choices
            await window.submit(form)

`visit(server, user, channel=None, **context_options)` (a fixture) opens one more window: as somebody
else, at 390 pixels (`viewport={"width": 390, "height": 844}`), in light (`color_scheme="light"`).
`window.tab` is Playwright's own page for everything else.
"""

import json
import re
from base64 import b64encode
from collections.abc import Awaitable
from typing import Any, Protocol

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from bot.playground.local_discord import Channel, LocalDiscord, User

SERIOUS = {"serious", "critical"}


class Visit(Protocol):
    """Opens a window; what else is given goes to Playwright's `new_context`."""

    def __call__(
        self, server: LocalDiscord, user: User, channel: Channel | None = None, **options: Any
    ) -> "Awaitable[Window]": ...


class Window:
    """One browser window with the page in it."""

    def __init__(self, tab: Page, origin: str) -> None:
        self.tab = tab
        self._origin = origin

    # -- where --

    async def open(self, user: User, channel: Channel | None = None) -> None:
        """Goes to the page as somebody."""
        await self.tab.goto(f"{self._origin}/#{user.id}/{channel.id if channel else ''}")
        await self.is_ready()

    async def reload(self) -> None:
        await self.tab.reload()
        await self.is_ready()

    async def is_ready(self) -> None:
        """The channel is there."""
        await expect(self.tab.get_by_role("main")).to_be_visible()
        await expect(self.tab.get_by_role("heading", level=1)).not_to_be_empty()

    @property
    def places(self) -> Locator:
        """The list of servers and channels."""
        return self.tab.get_by_role("navigation", name="Servers and channels")

    @property
    def people(self) -> Locator:
        """The list of who one can be."""
        return self.tab.get_by_role("navigation", name="Who you are")

    def person(self, name: str) -> Locator:
        """A person's button, with the balance in it."""
        return self.people.get_by_role("button", name=re.compile(rf"^{name}\b"))

    async def go_to(self, channel: str) -> None:
        await self.places.get_by_role("button", name=channel, exact=True).click()
        await expect(self.tab.get_by_role("heading", level=1)).to_contain_text(channel)

    async def become(self, name: str) -> None:
        """Acts as somebody else from now on."""
        await self.person(name).click()
        await expect(self.person(name)).to_have_attribute("aria-pressed", "true")

    # -- messages --

    @property
    def feed(self) -> Locator:
        return self.tab.get_by_role("region", name="Messages", exact=True)

    @property
    def messages(self) -> Locator:
        """All messages in the page, the oldest first."""
        return self.feed.get_by_role("article")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The newest message with that text."""
        return self.messages.filter(has_text=text).last

    async def press(self, message: Locator, button: str) -> None:
        """Presses a button on a message."""
        await message.get_by_role("button", name=button, exact=True).click()

    async def dismiss(self, message: Locator) -> None:
        """Puts an ephemeral message away."""
        await self.press(message, "Dismiss message")

    async def pick_from_menu(self, message: Locator, item: str) -> None:
        """Opens a message's menu with the keyboard and picks from it."""
        await message.focus()
        await self.tab.keyboard.press("Shift+F10")
        await self.tab.get_by_role("menuitem", name=item, exact=True).click()

    # -- the message box and commands --

    @property
    def box(self) -> Locator:
        return self.tab.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def offers(self) -> Locator:
        """What the list above the message box offers now."""
        return self.tab.get_by_role("region", name="Write").get_by_role("option")

    @property
    def command(self) -> Locator:
        """The command that is being written."""
        return self.tab.get_by_role("form", name=re.compile("^Command "))

    async def say(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def begin(self, command: str) -> None:
        """Types a command's name and picks it with Enter."""
        await self.box.click()
        await self.box.press_sequentially(command)
        await expect(self.offers.first).to_contain_text(command)
        await self.box.press("Enter")
        await expect(self.command).to_be_visible()

    def option(self, name: str) -> Locator:
        """The input of an option."""
        text = self.command.get_by_role("textbox", name=name, exact=True)
        return text.or_(self.command.get_by_role("combobox", name=name, exact=True))

    async def add(self, name: str) -> None:
        """Adds an option that the command does not ask for."""
        adder = self.command.get_by_role("combobox", name="Add an option")
        await adder.press_sequentially(name)
        await self.offers.filter(has_text=re.compile(rf"^{name}")).first.click()

    async def fill(self, name: str, value: str) -> None:
        """Types into an option, adding it where it is not there."""
        if not await self.option(name).count():
            await self.add(name)
        await self.option(name).fill(value)

    async def pick(self, name: str, choice: str) -> None:
        """Picks what is offered for an option, as its text begins."""
        await self.fill(name, "")
        await self.option(name).focus()
        await self.offers.filter(has_text=choice).first.click()

    async def attach(self, name: str, file: str, body: bytes, kind: str = "image/png") -> None:
        """Chooses a file for an option by its button."""
        button = self.command.get_by_role("button", name=re.compile(rf"^{name}: "))
        if not await button.count():
            await self.add(name)
        async with self.tab.expect_file_chooser() as chooser:
            await button.click()
        await (await chooser.value).set_files({"name": file, "mimeType": kind, "buffer": body})

    async def drop(self, file: str, body: bytes, kind: str = "image/png") -> None:
        """Drops a file onto the messages."""
        transfer = await self.tab.evaluate_handle(
            """([name, type, body]) => {
              const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
              const transfer = new DataTransfer();
              transfer.items.add(new File([bytes], name, {type}));
              return transfer;
            }""",
            [file, kind, b64encode(body).decode()],
        )
        for event in ("dragenter", "dragover", "drop"):
            await self.feed.dispatch_event(event, {"dataTransfer": transfer})

    async def send(self) -> None:
        """Sends the command with the keyboard, from wherever the focus is."""
        await self.tab.keyboard.press("Control+Enter")

    # -- forms --

    def form(self, title: str) -> Locator:
        """The dialog of a form."""
        return self.tab.get_by_role("dialog", name=title)

    async def choose(self, where: Locator, menu: str, *choices: str) -> None:
        """Chooses in a select menu of a form or a message."""
        button = where.get_by_role("combobox", name=menu)
        await button.click()
        for choice in choices:
            await where.get_by_role("option", name=choice).click()
        if len(choices) > 1:
            await self.tab.keyboard.press("Escape")

    async def submit(self, form: Locator) -> None:
        await form.get_by_role("button", name="Submit").click()

    # -- looks --

    async def complaints(self) -> list[str]:
        """What axe finds that is serious."""
        found = await Axe().run(self.tab)
        return [
            f"{one['id']}: {json.dumps([node['html'][:200] for node in one['nodes']])}"
            for one in found.response["violations"]
            if one["impact"] in SERIOUS
        ]

    async def focused(self) -> str:
        """The accessible name, or else the text, of what has the focus."""
        return await self.tab.evaluate(
            """() => {
              const node = document.activeElement;
              const named = node.getAttribute("aria-labelledby");
              return node.getAttribute("aria-label")
                ?? (named && document.getElementById(named)?.textContent) ?? node.textContent;
            }"""
        )
