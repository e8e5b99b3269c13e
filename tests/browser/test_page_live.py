"""What happens while the page is open: answers, gaps, other people, reloads."""

import asyncio
import re

from playwright.async_api import Route, WebSocketRoute, expect

from bot.playground import page
from bot.playground.local_discord import Can
from tests.browser.showroom import change, post, showroom
from tests.faced import until
from tests.members import PNG, studio


async def test_thinking_is_replaced_by_the_answer(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/slowly")
        await window.send()
        row = window.message("Ann used /slowly")
        await expect(row).to_contain_text("Clapper is thinking…")
        stage.bot.go_on.set()
        await expect(row).to_contain_text("thought it over")
        await expect(row).not_to_contain_text("thinking")
        await expect(row).not_to_contain_text("(edited)")
        news = window.tab.get_by_role("status").filter(has_text="Clapper:")
        await expect(news).to_have_text("Clapper: thought it over")
        await post(stage, {"content": "something else"})
        [answer] = [one for one in stage.ann.messages(stage.cast.videos) if one.interaction]
        await change(stage, answer, {"content": "thought again"})
        await expect(row).to_contain_text("thought again")
        await expect(news).to_have_text("Clapper: something else")


async def test_an_answer_for_one_is_seen_by_one_and_put_away(visit) -> None:
    async with showroom() as stage:
        ann = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        ben = await visit(stage.server, stage.cast.ben, stage.cast.videos)
        await ann.begin("/secret")
        await ann.send()
        secret = ann.message("between us")
        await expect(secret).to_contain_text("Only you can see this")
        await post(stage, {"content": "for all"})
        await expect(ben.message("for all")).to_be_visible()
        await expect(ben.messages).to_have_count(1)
        await ann.dismiss(secret)
        await expect(ann.message("between us")).to_have_count(0)
        await ann.reload()
        await expect(ann.messages).to_have_count(1)


async def test_a_reload_in_the_middle_of_a_job_shows_how_it_stands(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        window = await visit(here.server, here.cast.ann, here.videos)
        await window.begin("/ltx text")
        await window.fill("prompt", "a fox in the snow")
        await window.send()
        waiting = window.message("a fox in the snow")
        await expect(waiting).to_contain_text("#1")
        before = await waiting.get_by_role("button").all_inner_texts()
        await window.reload()
        await expect(window.person("Ann")).to_have_attribute("aria-pressed", "true")
        await expect(window.tab.get_by_role("heading", level=1)).to_have_text("videos")
        await expect(waiting).to_contain_text("Ann used /ltx text")
        assert await waiting.get_by_role("button").all_inner_texts() == before


class Line:
    """The page's socket, which can be pulled out."""

    def __init__(self) -> None:
        self._sockets: list[WebSocketRoute] = []
        self._whole = True

    async def take(self, socket: WebSocketRoute) -> None:
        if self._whole:
            socket.connect_to_server()
            self._sockets.append(socket)
        else:
            await socket.close()

    async def pull(self) -> None:
        self._whole = False
        for socket in self._sockets:
            await socket.close()

    def mend(self) -> None:
        self._whole = True


async def test_after_a_gap_everything_that_happened_meanwhile_is_there(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        line = Line()
        await window.tab.route_web_socket(re.compile("/_world/events"), line.take)
        await window.reload()
        old = await post(stage, {"content": "old news"})
        await expect(window.message("old news")).to_be_visible()
        await line.pull()
        state = window.tab.get_by_text("Connection lost, trying again…")
        await expect(state).to_be_visible()
        stage.world.channels[old.channel_id].history.remove(old.id)
        for number in range(3):
            await stage.ben.say(stage.cast.videos, f"meanwhile {number}")
        await stage.ben.say(stage.cast.general, "elsewhere too")
        line.mend()
        await expect(window.message("meanwhile 2")).to_be_visible(timeout=20_000)
        await expect(window.message("old news")).to_have_count(0)
        await expect(state).to_have_count(0)
        general = window.places.get_by_role("button", name="general")
        await expect(general.get_by_role("img", name="new messages")).to_be_visible()


async def test_the_bar_says_when_discord_is_down_and_when_the_bot_is_away(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        state = window.tab.get_by_role("main").get_by_role("status").first
        stage.server.go_down()
        await expect(state).to_have_text("Discord is down")
        await window.say("hello?")
        alert = window.tab.get_by_role("region", name="Write").get_by_role("alert")
        await expect(alert).to_have_text("Discord cannot be reached.")
        assert await window.box.input_value() == "hello?"
        stage.server.come_back()
        await expect(state).to_have_text(re.compile("^$|offline"))
        await window.box.press("Enter")
        await expect(window.message("hello?")).to_be_visible()
        await stage.server.bot_connected()
        await expect(state).to_have_text("")


async def test_what_is_told_while_the_world_is_read_outlives_the_older_answer(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.tab.wait_for_load_state("networkidle")  # what it reads at first is read
        read, later = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            read.set()
            await later.wait()
            await route.fulfill(response=answer)

        await window.tab.route(re.compile(r"/_world\?as="), hold)
        stage.world.add_channel(stage.cast.studio, "new-place")
        await read.wait()
        stage.server.go_down()
        state = window.tab.get_by_role("main").get_by_role("status").first
        await expect(state).to_have_text("Discord is down")
        later.set()
        await expect(window.places.get_by_role("button", name="new-place")).to_be_visible()
        assert await state.inner_text() == "Discord is down"


async def test_who_one_is_decides_what_one_sees(visit) -> None:
    async with showroom() as stage:
        cast = stage.cast
        window = await visit(stage.server, cast.ann, cast.videos)
        await expect(window.places.get_by_role("button", name="admins-only")).to_have_count(0)
        await expect(window.places.get_by_role("button", name="lobby")).to_be_visible()
        await window.become("Ada")
        await window.go_to("admins-only")
        await post(stage, {"content": "only admins"}, channel=cast.admins_only)
        await expect(window.message("only admins")).to_be_visible()
        await expect(window.places.get_by_role("button", name="lobby")).to_have_count(0)
        await window.become("Ben")
        await expect(window.tab.get_by_role("heading", level=1)).not_to_have_text("admins-only")
        await expect(window.message("only admins")).to_have_count(0)
        stage.world.set_overwrite(cast.admins_only, cast.ben, allow=int(Can.VIEW_CHANNEL))
        await expect(window.places.get_by_role("button", name="admins-only")).to_be_visible()
        await window.go_to("admins-only")
        await expect(window.message("only admins")).to_be_visible()
        await expect(window.box).to_be_enabled()
        denied = int(Can.SEND_MESSAGES)
        allowed = int(Can.VIEW_CHANNEL)
        stage.world.set_overwrite(cast.admins_only, cast.ben, allow=allowed, deny=denied)
        await expect(window.box).to_be_disabled()


async def test_news_elsewhere_marks_the_channel_and_counts_the_calls(visit) -> None:
    async with showroom() as stage:
        cast = stage.cast
        window = await visit(stage.server, cast.ann, cast.videos)
        await stage.ben.say(cast.general, "anybody?")
        general = window.places.get_by_role("button", name="general")
        await expect(general.get_by_role("img", name="new messages")).to_be_visible()
        await stage.ben.say(cast.general, f"you there, <@{cast.ann.id}>?")
        await expect(general).to_contain_text("1")
        await general.click()
        await expect(window.message("you there")).to_be_visible()
        await window.go_to("videos")
        await expect(general).to_have_text("general")


async def test_a_message_with_a_file_is_written_and_a_thread_and_a_forum_are_read(visit) -> None:
    async with showroom() as stage:
        cast = stage.cast
        post_of_forum = stage.world.add_channel(cast.studio, "my film", parent=cast.forum)
        await stage.ben.say(cast.thread, "in the thread")
        window = await visit(stage.server, cast.ann, cast.videos)
        await window.drop("fox.png", PNG)
        await expect(window.tab.get_by_role("list", name="Files to send")).to_contain_text(
            "fox.png"
        )
        await window.say("a **fox**")
        message = window.message("a fox")
        await expect(message.get_by_role("img")).to_have_attribute("alt", "fox.png")
        await window.go_to("a thread")
        await expect(window.box).to_have_attribute(
            "placeholder", "Message a thread, or / for commands"
        )
        await expect(window.message("in the thread")).to_be_visible()
        await window.go_to("showcase")
        await expect(window.box).to_have_count(0)
        await window.feed.get_by_role("button", name="my film").click()
        await window.say("hello")
        await expect(window.message("hello")).to_be_visible()
        assert len(post_of_forum.history) == 1


async def test_older_messages_come_as_one_scrolls_and_nothing_moves(visit) -> None:
    async with showroom() as stage:
        for number in range(130):
            await stage.ben.say(stage.cast.videos, f"message {number}.")
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await expect(window.message("message 129.")).to_be_in_viewport()
        await expect(window.message("message 79.")).to_have_count(0)
        page_may_come = asyncio.Event()

        async def hold(route: Route) -> None:
            await page_may_come.wait()
            await route.continue_()

        await window.tab.route(re.compile("before="), hold)
        seen = window.message("message 85.")
        async with window.tab.expect_request(re.compile("before=")):
            await seen.evaluate("node => node.scrollIntoView()")
        before = await seen.bounding_box()
        page_may_come.set()
        await expect(window.message("message 60.")).to_have_count(1)
        assert (await seen.bounding_box())["y"] == before["y"]
        await stage.ben.say(stage.cast.videos, "a new one")
        jump = window.tab.get_by_role("button", name="1 new message")
        await expect(jump).to_be_visible()
        assert (await seen.bounding_box())["y"] == before["y"]
        await jump.click()
        await expect(window.message("a new one")).to_be_in_viewport()


async def test_two_members_order_at_once_and_each_sees_both(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        windows = [
            await visit(here.server, who, here.videos) for who in (here.cast.ann, here.cast.ben)
        ]
        for window, prompt in zip(windows, ("a fox", "an owl"), strict=True):
            await window.begin("/ltx text")
            await window.fill("prompt", prompt)
            await window.send()
        for window in windows:
            await expect(window.message("a fox")).to_contain_text("Ann used /ltx text")
            await expect(window.message("an owl")).to_contain_text("Ben used /ltx text")


async def test_when_the_open_channel_goes_another_is_open(visit) -> None:
    async with showroom() as stage:
        hall = stage.world.add_channel(stage.cast.studio, "hall")
        window = await visit(stage.server, stage.cast.ann, hall)
        await expect(window.tab.get_by_role("heading", level=1)).to_have_text("hall")
        stage.world.remove_channel(hall)
        await expect(window.tab.get_by_role("heading", level=1)).not_to_have_text("hall")
        await window.say("still here")
        await expect(window.message("still here")).to_be_visible()


async def test_a_first_direct_message_brings_its_place(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        place = stage.world.direct_channel(stage.cast.ann)
        await post(stage, {"content": "psst"}, channel=place)
        await window.places.get_by_role("button", name="Direct messages").click()
        await expect(window.message("psst")).to_be_visible()
        await window.say("yes?")
        await expect(window.message("yes?")).to_be_visible()


async def test_the_address_says_who_and_where(visit) -> None:
    async with showroom() as stage:
        cast = stage.cast
        window = await visit(stage.server, cast.ann, cast.videos)
        await window.go_to("general")
        await window.become("Ben")
        assert window.tab.url.endswith(f"#{cast.ben.id}/{cast.general.id}")
        await window.tab.evaluate(f"location.hash = '#{cast.ada.id}/{cast.admins_only.id}'")
        await expect(window.tab.get_by_role("heading", level=1)).to_have_text("admins-only")
        await expect(window.person("Ada")).to_have_attribute("aria-pressed", "true")


async def test_files_are_shown_under_whatever_name_this_machine_is_visited(visit) -> None:
    async with showroom() as stage:
        await post(stage, {"content": "look"}, files=[("fox.png", PNG)])
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.tab.goto(window.tab.url.replace("127.0.0.1", "localhost"))
        picture = window.message("look").get_by_role("img")
        assert await picture.evaluate("node => node.decode().then(() => node.naturalWidth)") == 1


async def test_a_message_that_is_too_long_is_refused_and_kept(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.say("x" * 2001)
        alert = window.tab.get_by_role("region", name="Write").get_by_role("alert")
        await expect(alert).to_have_text("Your message is too long.")
        await expect(window.box).to_have_value("x" * 2001)
        await window.say("y" * 2000)
        await expect(window.message("y" * 2000)).to_be_visible()
        await expect(alert).to_be_hidden()


async def test_a_command_being_written_stays_when_its_channel_is_named_again(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/everything")
        await window.fill("text", "words")
        await window.places.get_by_role("button", name="videos").click()
        await expect(window.option("text")).to_have_value("words")
        await window.go_to("general")
        await expect(window.command).to_have_count(0)


async def test_what_is_being_written_waits_in_its_channel_for_who_writes_it(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        await window.begin("/everything")
        await window.fill("text", "half of it")
        await window.go_to("general")
        await expect(window.box).to_have_value("")
        await window.box.fill("dear all")
        await window.drop("fox.png", PNG)
        files = window.tab.get_by_role("list", name="Files to send")
        await window.become("Ben")
        await expect(window.box).to_have_value("")
        await expect(files).to_be_hidden()
        await window.go_to("videos")
        await expect(window.command).to_have_count(0)
        await window.become("Ann")
        await expect(window.option("text")).to_have_value("half of it")
        await window.go_to("general")
        await expect(window.box).to_have_value("dear all")
        await expect(files).to_contain_text("fox.png")
        await window.box.press("Enter")
        await expect(window.message("dear all")).to_be_visible()
        await window.go_to("videos")
        await window.option("text").press("Enter")
        await expect(window.message("used /everything")).to_be_visible()
        await window.go_to("general")
        await expect(window.box).to_have_value("")
        await window.go_to("videos")
        await expect(window.command).to_have_count(0)


async def test_what_was_sent_on_leaving_is_no_draft_any_more(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.general)
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        await window.tab.route("**/acts/say", hold)
        await window.say("on its way")
        await until(lambda: held)
        await window.go_to("videos")
        await window.box.fill("something else")
        await held[0].continue_()
        await until(lambda: stage.ann.messages(stage.cast.general))
        await window.go_to("general")
        await expect(window.message("on its way")).to_be_visible()
        await expect(window.box).to_have_value("")
        await window.go_to("videos")
        await expect(window.box).to_have_value("something else")


async def test_neighbours_find_what_they_may_import(visit) -> None:
    async with showroom() as stage:
        window = await visit(stage.server, stage.cast.ann, stage.cast.videos)
        said = await window.tab.evaluate(
            """async ([ben, general]) => {
              const page = await import("/page/playground.js");
              const told = [];
              page.on("actor", (who) => told.push(who.username));
              page.setBalance(ben, "$1.00 free");
              page.toast("Hello.");
              await page.switchTo(ben);
              const opened = page.openChannel(general);
              const stage = document.getElementById("stage");
              stage.append(page.h("h2", {}, "A neighbour"));
              await page.tryCommand("everything", {text: "words"});
              return {told, opened, place: page.place().name, people: page.people().length};
            }""",
            [str(stage.cast.ben.id), str(stage.cast.general.id)],
        )
        assert said == {"told": ["ben"], "opened": True, "place": "general", "people": 5}
        await expect(window.person("Ben")).to_contain_text("$1.00 free")
        await expect(window.tab.get_by_text("Hello.")).to_be_visible()
        stage_of_page = window.tab.get_by_role("complementary", name="Playground")
        await expect(stage_of_page.get_by_role("heading", name="A neighbour")).to_be_visible()
        await expect(window.option("text")).to_have_value("words")
        await window.send()
        await expect(window.message("Ben used /everything")).to_be_visible()
