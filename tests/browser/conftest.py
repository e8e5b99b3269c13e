"""One browser for a whole run; a fresh window of it for each person.

Rule: without Chromium these tests fail. A page that reports an error of its own, or something that
its policy had to stop, fails the test too.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, async_playwright, expect
from pytest_asyncio import is_async_test

from tests.browser.page import Visit, Window
from tests.playing import Play, playing

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = Path(__file__).parent
PATIENCE = 20_000
"""Milliseconds. The machine may be busy; what never comes is found out all the same."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives in one loop, and so do the tests that use it."""
    for item in items:
        if item.path.is_relative_to(HERE) and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser) -> AsyncGenerator[Visit]:
    """Opens the page as somebody: `window = await visit(here.server, here.cast.ann, videos)`."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            errors.append(message.text)

    async with AsyncExitStack() as stack:

        async def open_window(server, user, channel=None, **options) -> Window:
            options.setdefault("viewport", {"width": 1280, "height": 800})
            options.setdefault("locale", "en-US")
            context = await chromium.new_context(**options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)
            tab = await context.new_page()
            tab.on("pageerror", lambda error: errors.append(str(error)))
            tab.on("console", note)
            window = Window(tab, server.origin)
            await window.open(user, channel)
            return window

        yield open_window
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def play(tmp_path: Path) -> AsyncGenerator[Play]:
    """A playground that really runs."""
    async with playing(tmp_path / "data", speed=50) as play:
        yield play
