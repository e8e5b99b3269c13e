"""The page in dark and light, on a phone, and for who cannot see it."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.showroom import V2, post, showroom
from tests.members import PNG

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EVERYTHING = {
    "flags": V2,
    "components": [
        {"type": 10, "content": "# Head\n**bold** `code` <t:0:R> [link](https://example.com) ||spoiler||\n> quote\n-# small"},
        {"type": 17, "accent_color": 0x2ECC71, "components": [
            {"type": 12, "items": [{"media": {"url": "attachment://fox.png"}, "description": "a fox"}]},
            {"type": 14},
            {"type": 1, "components": [
                {"type": 2, "style": style, "label": f"Style {style}", "custom_id": f"s{style}"}
                for style in (1, 2, 3, 4)
            ]},
            {"type": 1, "components": [{"type": 3, "custom_id": "menu", "options": [
                {"label": "Dawn", "value": "d"}, {"label": "Night", "value": "n"},
            ]}]},
        ]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_axe_finds_nothing_serious(visit, scheme) -> None:
    async with showroom() as stage:
        await stage.ben.say(stage.cast.videos, f"hello <@{stage.cast.ann.id}>")
        await post(stage, EVERYTHING, files=[("fox.png", PNG)])
        await post(stage, {"content": "for you", "embeds": [{"title": "t", "description": "d"}]})
        await post(stage, {"content": "private"}, only_for=stage.cast.ann.id)
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos, color_scheme=scheme)
        await expect(window.message("private")).to_be_visible()
        assert await window.complaints() == []
        await window.begin("/everything")
        await window.fill("text", "xy")
        await window.fill("whole", "99")
        await window.send()
        await expect(window.option("whole")).to_have_attribute("aria-invalid", "true")
        await window.command.get_by_role("combobox", name="Add an option").focus()
        await expect(window.offers.first).to_be_visible()
        assert await window.complaints() == []
        await window.tab.keyboard.press("Escape")
        await window.tab.keyboard.type("/")
        await expect(window.offers.first).to_be_visible()
        assert await window.complaints() == []
        await window.tab.keyboard.press("Escape")
        await window.box.fill("")
        await window.message("private").focus()
        await window.tab.keyboard.press("Shift+F10")
        await expect(window.tab.get_by_role("menu")).to_be_visible()
        assert await window.complaints() == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_axe_finds_nothing_serious_in_forms(visit, scheme) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos, color_scheme=scheme)
        for command, title in (("/small-form", "A small form"), ("/large-form", "More to fill in")):
            await window.begin(command)
            await window.send()
            form = window.form(title)
            await window.submit(form)
            await expect(form.get_by_role("alert").first).to_be_visible()
            assert await window.complaints() == []
            await window.tab.keyboard.press("Escape")
            await expect(form).to_have_count(0)


async def test_the_switch_of_the_looks_is_remembered(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, color_scheme="dark")
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = await window.tab.evaluate(ground)
        await window.tab.get_by_role("button", name="Switch to light").click()
        light = await window.tab.evaluate(ground)
        assert light != dark
        await window.reload()
        assert await window.tab.evaluate(ground) == light
        await window.tab.get_by_role("button", name="Switch to dark").click()
        assert await window.tab.evaluate(ground) == dark


async def test_a_phone_shows_the_messages_and_has_the_places_in_a_drawer(visit) -> None:
    async with showroom() as stage:
        await post(stage, EVERYTHING, files=[("fox.png", PNG)])
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos, **PHONE)
        await expect(window.message("Head")).to_be_visible()
        fits = "document.documentElement.scrollWidth <= innerWidth"
        assert await window.tab.evaluate(fits)
        await expect(window.places).to_be_hidden()
        opener = window.tab.get_by_role("button", name="Servers and channels")
        await opener.tap()
        await expect(opener).to_have_attribute("aria-expanded", "true")
        await expect(window.person("Ben")).to_be_visible()
        await window.tab.keyboard.press("Escape")
        await expect(window.places).to_be_hidden()
        await expect(opener).to_be_focused()
        await opener.tap()
        await window.places.get_by_role("button", name="general").tap()
        await expect(window.places).to_be_hidden()
        await expect(window.tab.get_by_role("heading", level=1)).to_have_text("general")
        await window.begin("/everything")
        await window.fill("text", "from a phone")
        await window.fill("text", "a phone")
        await window.fill("whole", "3")
        assert await window.tab.evaluate(fits)
        await window.tab.get_by_role("button", name="Send").tap()
        await expect(window.message("a phone|3|")).to_be_visible()
        assert await window.complaints() == []


async def test_tab_reaches_everything_and_its_focus_is_seen(visit) -> None:
    async with showroom() as stage:
        await stage.ann.say(stage.cast.videos, "hello")
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await expect(window.message("hello")).to_be_visible()
        names, unseen = [], []
        for _ in range(20):
            await window.tab.keyboard.press("Tab")
            names.append(re.sub(r"\s+", " ", await window.focused()).strip())
            outlined = await window.tab.evaluate(
                """() => {
                  const marks = (node) => getComputedStyle(node).outlineStyle !== "none"
                    || node.matches("#message-box");
                  return document.activeElement === document.body || marks(document.activeElement);
                }"""
            )
            if not outlined:
                unseen.append(names[-1])
        wanted = ["Skip to the message box", "Switch to dark", "general", "a thread", "videos"]
        wanted += ["showcase", "lobby", "Attach files", "Message #videos"]
        assert [name for name in wanted if name not in names] == []
        assert "AAnnmember" in names
        assert any(re.match(r"Ann, \d", name) for name in names), "a message"
        assert names.index("Message #videos") > names.index("Message menu")
        assert unseen == []


async def test_the_skip_link_leads_to_the_message_box(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.tab.keyboard.press("Tab")
        await window.tab.keyboard.press("Enter")
        await expect(window.box).to_be_focused()
        await window.tab.keyboard.type("typed")
        await expect(window.box).to_have_value("typed")


async def test_a_long_menu_that_opens_upwards_has_its_search_above_its_choices(visit) -> None:
    async with showroom() as stage:
        options = [
            {"label": f"{nth} seconds for $0.0{nth:02}", "value": str(nth)} for nth in range(5, 20)
        ]
        menu = {"type": 3, "custom_id": "menu", "placeholder": "Length", "options": options}
        await post(stage, {"flags": V2, "components": [{"type": 1, "components": [menu]}]})
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos, **PHONE)
        button = window.messages.last.get_by_role("combobox", name="Length")
        await window.tab.evaluate("document.fonts.ready")  # nothing moves any more
        await button.click()
        await expect(window.tab.get_by_role("searchbox")).to_be_focused()
        boxes = await window.tab.evaluate(
            """() => ["[type=search]", "[role=option]", "[aria-expanded=true][role=combobox]"].map(
              (it) => document.querySelector(`.menu ${it}`).getBoundingClientRect().toJSON())"""
        )
        search, first, opener = boxes
        assert search["bottom"] <= first["top"] < opener["top"]
        assert first["width"] > opener["width"] * 0.9
