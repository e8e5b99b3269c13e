"""Options of every kind, buttons, menus, forms: with a bot that has one of everything."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.showroom import showroom
from tests.faced import until
from tests.members import PNG

FAILED = "This interaction failed"
STILL = 0.001
"""How fast time runs where the test says when three seconds are over."""


async def test_options_of_every_kind_arrive_as_what_they_are(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/everything")
        await window.fill("text", "words\nmore")
        await window.fill("whole", "7")
        await window.fill("number", "1,5")
        await window.pick("yes", "True")
        await window.pick("who", "Ben")
        await window.pick("where", "#general")
        await window.pick("role", "@patrons")
        await window.pick("anybody", "Pat")
        await window.pick("style", "Bold look")
        await window.attach("file", "fox.png", PNG)
        await window.pick("tip", "words more and")
        await window.send()
        answer = "words more|7|1.5|True|ben|general|patrons|pat|b|70|words more+"
        await expect(window.message(answer)).to_contain_text("Ann used /everything")


async def test_a_file_that_is_too_large_is_refused_at_its_option(visit) -> None:
    async with showroom() as stage:
        # Between the two of them alone, only what the person may upload counts.
        stage.cast.ann.upload_limit = 100
        place = stage.world.direct_channel(stage.cast.ann)
        window = await visit(stage.server, stage.cast.ann, place)
        await window.begin("/everything")
        await window.fill("text", "words")
        await window.attach("file", "large.png", PNG * 2)
        await expect(window.command).to_contain_text("Your files are too powerful.")
        await window.attach("file", "small.png", PNG)
        await expect(window.command).not_to_contain_text("too powerful")
        await expect(window.command).to_contain_text("small.png")
        await window.send()
        await expect(window.message(f"|{len(PNG)}|")).to_be_visible()


async def test_the_option_in_focus_is_explained(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/everything")
        head = window.tab.get_by_role("region", name="Write")
        await expect(head).to_contain_text("texttext, 2 to 10 charactersrequiredSome words")
        about = "Some words (text, 2 to 10 characters)"
        await expect(window.option("text")).to_have_accessible_description(about)
        await expect(window.option("text")).to_have_attribute("aria-required", "true")
        await window.add("whole")
        await expect(head).to_contain_text("whole number, 1 to 20")


async def test_choices_come_though_another_option_is_still_wrong(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/everything")
        await window.fill("text", "words")
        await window.fill("whole", "99")
        await window.fill("style", "no such thing")
        await window.add("tip")
        await expect(window.offers).to_have_text(["words and "])


async def test_choices_that_do_not_come_are_said_not_to_have_come(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/everything")
        await window.add("tip")
        await expect(window.offers).to_have_text(["? and "])
        stage.world.clock.speed = STILL
        stage.server.faults.fail("POST", "/interactions/*", status=500, times=99)
        await window.tab.keyboard.type("x")
        status = window.tab.get_by_role("region", name="Write").get_by_role("status")
        await expect(status).to_have_text("Loading options…")
        asked = stage.world.interactions.values()
        await until(lambda: any(one.data.get("name") and not one.answer for one in asked))
        stage.world.clock.advance(4)
        await expect(status).to_have_text("Loading options failed")
        stage.server.faults.clear()
        stage.bot.errors.clear()


async def test_a_button_works_shows_that_it_does_and_keeps_the_focus(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/board")
        await window.send()
        board = window.message("a board")
        stage.bot.may_count.clear()
        button = board.get_by_role("button", name="Count", exact=True)
        await button.focus()
        await window.tab.keyboard.press("Enter")
        await expect(board.get_by_role("button", name="Count")).to_have_attribute(
            "aria-busy", "true"
        )
        stage.bot.may_count.set()
        counted = window.message("counted 1")
        again = counted.get_by_role("button", name="Count", exact=True)
        await expect(again).not_to_have_attribute("aria-busy", "true")
        await expect(again).to_be_focused()
        await expect(counted.get_by_role("button", name="Not now")).to_be_disabled()


async def test_a_button_that_nobody_answers_says_so(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/board")
        await window.send()
        board = window.message("a board")
        stage.world.clock.speed = STILL
        await window.press(board, "Silent")
        await expect(board.get_by_role("button", name="Silent")).to_have_attribute(
            "aria-busy", "true"
        )
        stage.world.clock.advance(4)
        await expect(board.get_by_role("alert")).to_contain_text(FAILED)
        await window.press(board, "Count")
        await expect(window.message("counted 1")).not_to_contain_text(FAILED)


async def test_a_link_to_a_place_that_is_closed_leads_nowhere(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/board")
        await window.send()
        await window.message("a board").get_by_role("link", name="Go there").click()
        await expect(
            window.tab.get_by_text("You do not have access to this place.")
        ).to_be_visible()


async def test_a_choice_in_a_menu_is_made_with_the_keyboard(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/board")
        await window.send()
        menu = window.messages.first.get_by_role("combobox", name="One style")
        await menu.focus()
        await window.tab.keyboard.press("ArrowDown")
        await expect(menu).to_have_attribute("aria-expanded", "true")
        await window.tab.keyboard.press("n")
        await window.tab.keyboard.press("Enter")
        await expect(window.message("style n")).to_be_visible()
        await expect(menu).to_have_attribute("aria-expanded", "false")
        await expect(menu).to_have_text("Night")
        await expect(menu).to_be_focused()


async def test_several_people_are_chosen_in_one_menu(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/board")
        await window.send()
        await window.choose(window.message("a board"), "Some people", "Ben", "Pat")
        await expect(window.message("asked ['ben', 'pat']")).to_be_visible()


async def test_a_form_is_filled_in_refused_at_its_fields_and_sent(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/small-form")
        await window.send()
        form = window.form("A small form")
        words = form.get_by_role("textbox", name="Words")
        await expect(words).to_be_focused()
        await window.submit(form)
        await expect(
            form.get_by_role("alert").filter(has_text="This field is required.")
        ).to_be_visible()
        await expect(words).to_have_attribute("aria-invalid", "true")
        await words.fill("a")
        await window.submit(form)
        await expect(words).to_have_accessible_description(
            "Short ones Must be between 3 and 9 in length."
        )
        await words.fill("four")
        await window.submit(form)
        styles = form.get_by_role("combobox", name="Styles")
        await expect(styles).to_have_attribute("aria-invalid", "true")
        await window.choose(form, "Styles", "5", "12")
        await expect(form).to_be_visible()
        await window.choose(form, "Who", "Ben")
        await form.get_by_label("Picture").set_input_files(
            {"name": "fox.png", "mimeType": "image/png", "buffer": PNG}
        )
        await expect(form).to_contain_text("fox.png")
        await window.submit(form)
        await expect(form).to_have_count(0)
        await expect(window.message("four|5,12|['ben']|['fox.png']")).to_be_visible()


async def test_the_other_kinds_of_fields_keep_what_was_proposed(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/large-form")
        await window.send()
        form = window.form("More to fill in")
        await expect(form).to_contain_text("Read this first.")
        await expect(form.get_by_role("textbox", name="Story")).to_have_value("once")
        await window.submit(form)
        group = form.get_by_role("radiogroup", name="Shape")
        await expect(group).to_have_attribute("aria-invalid", "true")
        seen = "node => [getComputedStyle(node).opacity, node.offsetWidth]"
        assert await group.get_by_role("radio", name="Tall").evaluate(seen) == ["1", 18]
        await group.get_by_role("radio", name="Tall").check()
        await form.get_by_role("checkbox", name="Sound").check()
        await form.get_by_role("checkbox", name="Sure").check()
        await window.tab.keyboard.press("Control+Enter")
        await expect(window.message("once|t|['l', 's']|True")).to_be_visible()


async def test_the_focus_stays_in_a_form_and_returns_to_its_button(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/board")
        await window.send()
        board = window.message("a board")
        await window.press(board, "Fill in")
        form = window.form("A small form")
        await expect(form).to_be_visible()
        inside = "() => document.querySelector('dialog').contains(document.activeElement)"
        for _ in range(14):
            await window.tab.keyboard.press("Tab")
            focused = await window.focused()
            # Past its last field the browser's own bar has its turn, never the page behind it.
            assert await window.tab.evaluate(inside) or focused == await window.tab.evaluate(
                "document.body.textContent"
            )
        await window.tab.keyboard.press("Escape")
        await expect(form).to_have_count(0)
        await expect(board.get_by_role("button", name="Fill in")).to_be_focused()


async def test_a_form_that_nobody_answers_says_so_and_keeps_its_words(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/small-form")
        await window.send()
        form = window.form("A small form")
        await form.get_by_role("textbox", name="Words").fill("four")
        await window.choose(form, "Styles", "5")
        stage.world.clock.speed = STILL
        stage.server.faults.fail("POST", "/interactions/*", status=500, times=99)
        await window.submit(form)
        await expect(form.get_by_role("button", name="Submit")).to_be_disabled()
        stage.world.clock.advance(4)
        await expect(form.get_by_role("alert").last).to_have_text(
            "Something went wrong. Try again."
        )
        stage.server.faults.clear()
        stage.bot.errors.clear()
        await window.submit(form)
        await expect(window.message("four|5|[]|[]")).to_be_visible()


@pytest.mark.parametrize("way", ["keyboard", "right button", "Message menu"])
async def test_the_menu_of_a_message_opens_by(visit, way) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await stage.ben.say(stage.cast.videos, "a fox", files=[("fox.png", PNG)])
        message = window.message("a fox")
        if way == "keyboard":
            await window.pick_from_menu(message, "Weigh it")
        else:
            if way == "Message menu":
                await message.hover()
                await window.press(message, way)
            else:
                await message.click(button="right", position={"x": 400, "y": 10})
            await window.tab.get_by_role("menuitem", name="Weigh it").click()
        await expect(window.message("a fox: fox.png")).to_contain_text("Only you can see this")


async def test_a_message_menu_is_walked_with_arrows_and_left_with_escape(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await stage.ann.say(stage.cast.videos, "mine")
        await stage.ben.say(stage.cast.videos, "not mine")
        message = window.message(re.compile("^(?!.*not).*mine"))
        await message.focus()
        await window.tab.keyboard.press("Enter")
        item = window.tab.get_by_role("menuitem")
        await expect(item.filter(has_text="Weigh it")).to_be_focused()
        await window.tab.keyboard.press("ArrowUp")
        await expect(item.filter(has_text="Delete message")).to_be_focused()
        await window.tab.keyboard.press("Escape")
        await expect(message).to_be_focused()
        await window.tab.keyboard.press("ArrowDown")
        await window.tab.keyboard.press("Shift+F10")
        await expect(window.tab.get_by_role("menuitem", name="Copy text")).to_be_visible()
        await expect(window.tab.get_by_role("menuitem", name="Delete message")).to_have_count(0)
        await window.tab.keyboard.press("Escape")
        await window.pick_from_menu(message, "Delete message")
        await expect(window.messages).to_have_count(1)
