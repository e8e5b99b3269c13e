"""What stands in a message, drawn: Markdown, mentions, times, embeds, components, files."""

import json
import re
import time

import pytest
from playwright.async_api import expect

from bot.playground.local_discord.posting import Posting
from tests.browser.showroom import change, post, show, showroom
from tests.clips import small_clip
from tests.members import PNG

GREEN = 0x2ECC71


@pytest.mark.parametrize(
    ("text", "snapshot"),
    [
        ("a **bold** word", "- paragraph:\n  - text: a\n  - strong: bold\n  - text: word"),
        ("an *odd* and _odd_ one", "- paragraph:\n  - text: an\n  - emphasis: odd"),
        ("a `code *x*` b", "- paragraph:\n  - text: a\n  - code: code *x*\n  - text: b"),
        ("# One", '- heading "One" [level=3]'),
        ("## Two", '- heading "Two" [level=4]'),
        ("### Three", '- heading "Three" [level=5]'),
        ("> said\nbefore", "- blockquote:\n  - paragraph: said\n- paragraph: before"),
        ("- a\n- b\n  - c", "- list:\n  - listitem: a\n  - listitem:\n    - text: b\n    - list:\n      - listitem: c"),
        ("3. c\n4. d", "- list:\n  - listitem: c\n  - listitem: d"),
        ("```py\n# no *head*\n```", "- code: '# no *head*'"),
        ("\\*plain\\* snake_case_name 2 * 3 * 4", '- paragraph: "*plain* snake_case_name 2 * 3 * 4"'),
        ("**open *and __never", '- paragraph: "**open *and __never"'),
        ("[a film](https://example.com/x)", '- paragraph:\n  - link "a film":\n    - /url: https://example.com/x'),
        ("[x](javascript:alert(1))", '- paragraph: "[x](javascript:alert(1))"'),
    ],
)  # fmt: skip
async def test_markdown_is_drawn_as_discord_draws_it(visit, text, snapshot) -> None:
    async with showroom() as stage:
        await post(stage, {"content": text})
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await expect(window.messages.last).to_match_aria_snapshot(snapshot)


async def test_underline_subtext_and_spoilers_are_drawn_too(visit) -> None:
    async with showroom() as stage:
        await post(stage, {"content": "__under__ ~~gone~~ ||the end|| \n-# quietly"})
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        message = window.message("quietly")
        await expect(message.locator("u")).to_have_text("under")
        await expect(message.locator("s")).to_have_text("gone")
        await expect(message.locator("p.small")).to_have_text("quietly")
        hidden = message.get_by_role("button", name="Spoiler")
        await hidden.focus()
        await window.tab.keyboard.press("Enter")
        await expect(hidden).to_have_count(0)
        await expect(message).to_contain_text("the end")


async def test_mentions_have_names_and_lead_somewhere(visit) -> None:
    async with showroom() as stage:
        cast = stage.cast
        command = next(one for one in stage.ann.commands(cast.videos) if one["name"] == "secret")
        text = (
            f"<@{cast.ann.id}> <@&{cast.patrons.id}> <#{cast.general.id}> <@12>"
            f" <#{cast.admins_only.id}> </secret:{command['id']}>"
        )
        await post(stage, {"content": text})
        window = await visit(stage.server, cast.ann, cast.videos)
        message = window.messages.last
        await expect(message).to_contain_text("@Ann @patrons #general @unknown-user # No Access")
        await message.get_by_role("button", name="/secret").click()
        await expect(window.command).to_contain_text("/secret")
        await message.get_by_role("button", name="#general").click()
        await expect(window.tab.get_by_role("heading", level=1)).to_have_text("general")
        await expect(window.command).to_have_count(0)


async def test_a_countdown_counts_by_itself(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.tab.clock.install()
        await window.reload()
        await post(stage, {"content": f"ready <t:{int(time.time()) + 90}:R>, <t:86400:D>"})
        message = window.message("ready")
        await expect(message).to_contain_text(re.compile(r"in [12] minutes?"))
        await window.tab.clock.run_for(60_000)
        await expect(message).to_contain_text(re.compile(r"in \d\d seconds"))
        await window.tab.clock.run_for(60_000)
        await expect(message).to_contain_text("seconds ago")
        await expect(message).to_contain_text("January 2, 1970")


async def test_an_embed_has_all_its_parts(visit) -> None:
    async with showroom() as stage:
        body = {
            "title": "A title",
            "url": "https://example.com/t",
            "description": "**words** inside",
            "color": GREEN,
            "author": {"name": "An author"},
            "footer": {"text": "A footer"},
            "timestamp": "2026-11-21T10:00:00+00:00",
            "fields": [{"name": "Price", "value": "`$0.16`", "inline": True}],
            "image": {"url": "attachment://fox.png"},
        }
        await post(stage, {"embeds": [body]}, files=[("fox.png", PNG)])
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        message = window.message("A title")
        for words in ("An author", "words inside", "A footer • November 21, 2026"):
            await expect(message).to_contain_text(words)
        await expect(message.get_by_role("link", name="A title")).to_be_visible()
        await expect(message.get_by_role("term")).to_have_text("Price")
        await expect(message.get_by_role("definition")).to_have_text("$0.16")
        stripe = (
            "node => getComputedStyle(node.querySelector('.embed'), '::before').backgroundColor"
        )
        assert await message.evaluate(stripe) == "rgb(46, 204, 113)"
        await message.get_by_role("button", name="Enlarge the picture").click()
        picture = window.tab.get_by_role("dialog", name="Picture")
        await expect(picture.get_by_role("img")).to_be_visible()
        await window.tab.keyboard.press("Escape")
        await expect(picture).to_have_count(0)


async def test_components_are_drawn_in_their_order(visit) -> None:
    async with showroom() as stage:
        thumb = {"type": 11, "media": {"url": "attachment://fox.png"}, "description": "a fox"}
        button = {"type": 2, "style": 2, "label": "Beside", "custom_id": "beside"}
        await show(
            stage,
            {"type": 10, "content": "# Above"},
            {
                "type": 17,
                "accent_color": GREEN,
                "components": [
                    {"type": 9, "components": [{"type": 10, "content": "with a picture"}], "accessory": thumb},
                    {"type": 14},
                    {"type": 9, "components": [{"type": 10, "content": "with a button"}], "accessory": button},
                    {"type": 12, "items": [{"media": {"url": "attachment://fox.png"}, "description": "big"}]},
                    {"type": 13, "file": {"url": "attachment://notes.txt"}},
                    {"type": 1, "components": [
                        {"type": 2, "style": 1, "label": "One", "custom_id": "one"},
                        {"type": 2, "style": 4, "label": "Two", "custom_id": "two", "disabled": True},
                        {"type": 2, "style": 5, "label": "Out", "url": "https://example.com/"},
                    ]},
                ],
            },
            files=[("fox.png", PNG), ("notes.txt", b"notes")],
        )  # fmt: skip
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        message = window.message("Above")
        await expect(message).to_match_aria_snapshot(
            """
            - heading "Above" [level=3]
            - paragraph: with a picture
            - 'button "Enlarge: a fox"'
            - separator
            - paragraph: with a button
            - button "Beside"
            - 'button "Enlarge: big"'
            - text: notes.txt 5 bytes
            - link "Download notes.txt"
            - button "One"
            - button "Two" [disabled]
            - link "Out"
            """
        )
        out = message.get_by_role("link", name="Out")
        await expect(out).to_have_attribute("rel", re.compile("noopener noreferrer"))


async def test_a_video_plays_and_goes_on_playing_through_an_edit(visit) -> None:
    async with showroom() as stage:
        clip = small_clip(seconds=8).read_bytes()
        message = await post(stage, {"content": "watch"}, files=[("clip.mp4", clip)])
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        video = window.message("watch").locator("video")
        await video.evaluate("node => { node.muted = true; return node.play(); }")
        await video.evaluate(
            "node => new Promise(done => { node.ontimeupdate = () => node.currentTime > 0.3 && done(); })"
        )
        await change(stage, message, {"content": "watch it"})
        await expect(window.message("watch it (edited)")).to_be_visible()
        went_on = (
            "node => new Promise(done => { const from = node.currentTime;"
            " node.ontimeupdate = () => node.currentTime > from + 0.2 && done(from); })"
        )
        assert await video.evaluate(went_on) >= 0.3


async def test_a_file_whose_address_died_is_shown_under_a_fresh_one(visit) -> None:
    async with showroom() as stage:
        await post(stage, {"content": "look"}, files=[("fox.png", PNG)])
        stage.world.clock.advance(60)
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        picture = window.message("look").get_by_role("img")
        old = await picture.get_attribute("src")
        stage.world.clock.advance(25 * 60 * 60)
        await picture.evaluate("node => { node.src = node.src + '&again'; }")
        await expect(picture).not_to_have_attribute("src", re.compile(re.escape(old)))
        loaded = "node => node.decode().then(() => node.naturalWidth)"
        assert await picture.evaluate(loaded) == 1


async def test_edits_and_deletions_show_as_they_happen(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        message = await post(stage, {"content": "before"})
        await expect(window.message("before")).to_be_visible()
        await change(stage, message, {"content": "after"})
        await expect(window.message("after (edited)")).to_be_visible()
        await expect(window.message("before")).to_have_count(0)
        Posting(stage.world).delete(message)
        await expect(window.messages).to_have_count(0)


async def test_new_messages_are_read_out_once(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        message = await post(stage, {"content": f"hi **<@{stage.cast.ann.id}>** \n> quoted"})
        news = window.tab.get_by_role("status").filter(has_text="Clapper:")
        await expect(news).to_have_text("Clapper: hi @Ann quoted")
        await post(stage, {"content": "second"})
        await expect(news).to_have_text("Clapper: second")
        await change(stage, message, {"content": "changed"})
        await expect(window.message("changed")).to_be_visible()
        await expect(news).to_have_text("Clapper: second")


HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=2</script>\u202eesrever\u2066 '
    "[a](javascript:window.hit=3) <svg onload=window.hit=4> &lt;b&gt; ${window.hit=5} "
    "**__~~||`[[[((( </p></article></main> \u0000 \u200f \ufeff 🎬 "
)  # fmt: skip


async def test_a_hostile_prompt_is_only_ever_text(visit) -> None:
    async with showroom() as stage:
        text = (HOSTILE * 60)[:5000]
        parts = [{"type": 10, "content": text[:2000]}, {"type": 10, "content": text[2000:4000]}]
        await show(stage, {"type": 17, "components": parts})
        await stage.ann.say(stage.cast.videos, text[:2000])
        stage.world.add_user(text[:32], shown_as=text[:32])
        await post(stage, {"content": "after it"})
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await expect(window.message("after it")).to_be_visible()
        assert await window.tab.evaluate("window.hit") is None
        assert await window.feed.locator("img, script, svg[onload], iframe").count() == 0
        shown = await window.messages.first.inner_text()
        for piece in ('<img src=x onerror="window.hit=1">', "<script>", "</p></article></main>"):
            assert piece in shown
        wide = "document.documentElement.scrollWidth <= innerWidth"
        assert await window.tab.evaluate(wide)
        await window.begin("/everything")
        await window.fill("text", text)
        await window.send()
        await expect(window.option("text")).to_have_accessible_description(re.compile("at most 10"))


@pytest.mark.parametrize("href", ["javascript:hit()", " javascript:hit()", "data:text/html,x", "x"])
async def test_an_address_of_another_scheme_is_no_address(visit, href) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann)
        made = """async (href) => {
          const { h } = await import("/page/core/dom.js");
          return [h("a", { href }).hasAttribute("href"), h("img", { src: href }).hasAttribute("src")];
        }"""
        assert await window.tab.evaluate(made, href) == [False, False]


async def test_the_page_can_make_no_markup_of_a_text_even_by_mistake(chromium) -> None:
    async with showroom() as stage, await chromium.new_page() as tab:
        await tab.goto(stage.server.origin)
        tried = (
            "() => { try { document.body.innerHTML = '<b>x</b>'; } catch { return 'refused'; } }"
        )
        assert await tab.evaluate(tried) == "refused"


async def test_a_name_that_turns_the_direction_turns_nothing_beside_it(visit) -> None:
    async with showroom() as stage:
        stage.cast.ben.shown_as = "\u202eneb\u2067"
        await stage.ben.say(stage.cast.videos, "\u202e(1 2) fox\u2067")
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await expect(window.message("(1 2)")).to_be_visible()
        # In one go: what is found first and measured later may have been drawn anew meanwhile.
        left = """nodes => [".author", "time", ".more", "p:not(.head)"].map((part) =>
            nodes.at(-1).querySelector(part).getBoundingClientRect().left)"""
        author, time_of_it, more, said = await window.messages.evaluate_all(left)
        assert author < time_of_it < more
        assert abs(said - author) < 2
        await expect(window.person("\u202eneb")).to_be_visible()
        [person] = await window.person("\u202eneb").evaluate_all(
            """nodes => nodes.map((node) => [...node.querySelectorAll(".avatar, .balance")].map(
                (one) => one.getBoundingClientRect().left))"""
        )
        assert person[0] < person[1]


@pytest.mark.parametrize(
    "text",
    ["*a " * 1300, "**_~~||" * 280, "`" * 2000, "[" * 2000, "[a](" * 500, "> " * 1000, "```\n" * 500],
    ids=["stars", "marks", "ticks", "brackets", "links", "quotes", "fences"],
)  # fmt: skip
async def test_no_text_keeps_the_page_busy(visit, text) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        spent = await window.tab.evaluate(
            """async (text) => {
              const { parse } = await import("/page/talk/markdown.js");
              const from = performance.now();
              parse(text.repeat(3).slice(0, 5000));
              return performance.now() - from;
            }""",
            text,
        )
        assert spent < 1000, json.dumps(text[:20])


async def test_a_channel_of_5000_messages_stays_quick(visit) -> None:
    async with showroom() as stage:
        for number in range(5000):
            await stage.ben.say(stage.cast.videos, f"message number {number} of many")
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await expect(window.message("number 4999 of")).to_be_in_viewport()
        await window.feed.hover()
        counts = []
        for oldest in (4900, 4800, 4600, 4400):
            while not await window.message(f"number {oldest} of").count():
                await window.tab.mouse.wheel(0, -1500)
            counts.append(await window.messages.count())
        assert max(counts) <= 130, "a window of rows, however far back"
        slowest = await window.tab.evaluate(
            """async () => {
              let slowest = 0;
              let last = performance.now();
              const frame = () => new Promise(requestAnimationFrame);
              const scroller = document.querySelector(".scroller");
              for (let step = 0; step < 60; step += 1) {
                scroller.scrollTop -= 300;
                await frame();
                slowest = Math.max(slowest, performance.now() - last);
                last = performance.now();
              }
              return slowest;
            }"""
        )
        assert slowest < 1000, f"the slowest frame took {slowest:.0f} ms"
        await window.tab.get_by_role("button", name="Jump to the newest").click()
        await expect(window.message("number 4999 of")).to_be_in_viewport()
        await stage.ben.say(stage.cast.videos, "and one more")
        await expect(window.message("and one more")).to_be_in_viewport()


async def test_a_messages_menu_has_a_name_that_no_button_in_the_message_has(visit) -> None:
    async with showroom() as stage:
        more = {"type": 2, "style": 2, "label": "More", "custom_id": "more"}
        await show(stage, {"type": 1, "components": [more]})
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        message = window.messages.last
        await message.hover()
        await expect(message.get_by_role("button", name="More")).to_have_count(1)
        await message.get_by_role("button", name="Message menu").click()
        await expect(window.tab.get_by_role("menu")).to_be_visible()
