"""The admin surface: another process looks at the world, changes it and acts in it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp import web
from discord import app_commands

from bot.playground.local_discord import Can, LocalDiscord, LocalDiscordError, World, serve
from tests.local_bot import LocalBot, Stage, on_stage


@dataclass
class Remote:
    """Somebody outside, who has nothing but HTTP."""

    stage: Stage
    session: aiohttp.ClientSession

    async def get(self, path: str, **query: Any) -> Any:
        url = f"{self.stage.server.origin}/_world{path}"
        async with self.session.get(url, params=query) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: Any, status: int = 200) -> Any:
        url = f"{self.stage.server.origin}/_world{path}"
        async with self.session.post(url, json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()


class Shop(LocalBot):
    """A bot with one of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.tree.command(name="make", description="Makes it")(make)
        make_command = self.tree.get_command("make")
        assert isinstance(make_command, app_commands.Command)
        make_command.autocomplete("seconds")(offer)
        self.tree.context_menu(name="Details")(details)


class Ask(discord.ui.Modal, title="Edit"):
    prompt = discord.ui.Label(text="Prompt", component=discord.ui.TextInput())

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.prompt.component, discord.ui.TextInput)
        await interaction.response.send_message(f"edited: {self.prompt.component.value}")


class Whom(discord.ui.Modal, title="Whom"):
    who = discord.ui.Label(text="Who", component=discord.ui.UserSelect(custom_id="who"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.who.component, discord.ui.UserSelect)
        await interaction.response.send_message(f"picked {self.who.component.values[0]}")


class Card(discord.ui.View):
    @discord.ui.button(label="Whom", custom_id="whom")
    async def whom(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Whom())

    @discord.ui.button(label="Edit", custom_id="edit")
    async def edit(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Ask())

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who")
    async def who(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(f"chose {menu.values[0].display_name}")


async def make(
    interaction: discord.Interaction,
    prompt: str,
    seconds: int = 5,
    image: discord.Attachment | None = None,
    who: discord.Member | None = None,
) -> None:
    size = len(await image.read()) if image else 0
    name = who.display_name if who else "nobody"
    await interaction.response.send_message(f"{prompt} {seconds} {size} {name}", view=Card())


async def offer(interaction: discord.Interaction, current: str) -> Any:
    return [app_commands.Choice(name=f"{interaction.namespace.prompt}!", value=int(current))]


async def details(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"about {message.id}", ephemeral=True)


@asynccontextmanager
async def remote() -> AsyncGenerator[Remote]:
    bot = Shop()
    async with on_stage(bot) as stage, aiohttp.ClientSession() as session:
        yield Remote(stage, session)
    assert not bot.errors


async def test_a_whole_story_is_told_over_http_and_watched_over_a_websocket() -> None:
    async with remote() as outside:
        cast, ann = outside.stage.cast, str(outside.stage.cast.ann.id)
        place = str(cast.general.id)
        url = f"{outside.stage.server.origin}/_world/events"
        async with outside.session.ws_connect(url, params={"as": ann}) as socket:
            assert (await socket.receive_json())["kind"] == "listening"

            async def news(kind: str) -> Any:
                while (told := await socket.receive_json())["kind"] != kind:
                    assert told["kind"] != "request"
                return told["data"]

            async with outside.session.post(
                f"{outside.stage.server.origin}/_world/uploads",
                params={"as": ann, "channel": place, "name": "fox.png"},
                data=b"12345",
                headers={"Content-Type": "application/octet-stream"},
            ) as response:
                upload = (await response.json())["id"]
            offers = await outside.post(
                "/acts/autocomplete",
                {
                    "user": ann,
                    "channel": place,
                    "name": "make",
                    "option": "seconds",
                    "typed": "7",
                    "options": {"prompt": "fox"},
                },
            )
            assert offers == {"choices": [{"name": "fox!", "value": 7}]}
            options = {"prompt": "fox", "seconds": 7, "image": upload, "who": str(cast.ben.id)}
            act = {"user": ann, "channel": place, "name": "make", "options": options}
            asked = (await outside.post("/acts/slash", act))["interaction"]
            message = await news("message_posted")
            assert message["content"] == "fox 7 5 Ben"
            assert message["interaction_metadata"]["id"] == asked["id"]
            about = {"user": ann, "channel": place, "message": message["id"]}
            opened = await outside.post("/acts/press", about | {"name": "Edit"})
            while not (form := await news("interaction_answered"))["form"]:
                pass
            assert form["form"]["title"] == "Edit"
            sent = about | {"interaction": opened["interaction"]["id"]}
            del sent["message"]
            await outside.post("/acts/submit", sent | {"options": {"Prompt": "a cat"}})
            assert (await news("message_posted"))["text"] == "edited: a cat"
            chosen = about | {"name": "who", "values": [str(cast.pat.id)]}
            await outside.post("/acts/choose", chosen)
            assert (await news("message_posted"))["text"] == "chose Pat"
            await outside.post("/acts/menu", about | {"name": "Details"})
            private = await news("message_posted")
            assert private["only_for"] == ann
            await outside.post("/acts/dismiss", about | {"message": private["id"]})
            said = await outside.post("/acts/say", {"user": ann, "channel": place, "content": "hi"})
            await outside.post("/acts/delete", about | {"message": said["message"]["id"]})
        path = f"/channels/{place}/messages"
        found = (await outside.get(path, **{"as": ann}))["messages"]
        assert [one["text"] for one in found] == [
            "fox 7 5 Ben",
            "edited: a cat",
            "chose Pat",
        ]
        older = await outside.get(path, limit=1, before=found[1]["id"], **{"as": ann})
        assert [one["id"] for one in older["messages"]] == [found[0]["id"]]
        named = (await outside.get("/commands", channel=place, **{"as": ann}))["commands"]
        assert {one["name"] for one in named} == {"make", "Details"}
        state = await outside.get(f"/interactions/{asked['id']}")
        assert (state["answer"], state["failed"]) == (4, False)


async def test_a_watcher_is_told_nothing_that_only_others_see() -> None:
    async with remote() as outside:
        stage, cast = outside.stage, outside.stage.cast
        url = f"{stage.server.origin}/_world/events"
        async with outside.session.ws_connect(url, params={"as": str(cast.ann.id)}) as socket:
            await socket.receive_json()
            message = await stage.ben.say(cast.general, "first")
            asked = await stage.ben.menu("Details", message)
            await asked.message()
            await stage.place(cast.admins_only).send("secret")
            await stage.ben.say(cast.general, "last")
            seen = [await socket.receive_json() for _ in range(2)]
            assert [one["data"]["text"] for one in seen] == ["first", "last"]


async def test_somebody_sees_only_their_own_places_and_what_they_may_there() -> None:
    async with remote() as outside:
        cast = outside.stage.cast
        outside.stage.world.direct_channel(cast.ben)
        outside.stage.world.direct_channel(cast.ann)

        async def places(user: Any) -> dict[str, list[str]]:
            seen = await outside.get("", **{"as": user.id})
            assert len(seen["users"]) == 6
            assert [one["recipients"][0]["id"] for one in seen["direct_channels"]] in (
                [[str(user.id)]] if user in {cast.ann, cast.ben} else [[]]
            )
            return {
                server["name"]: [channel["name"] for channel in server["channels"]]
                for server in seen["servers"]
            }

        open_to_all = ["general", "videos", "a thread", "showcase"]
        assert await places(cast.ann) == {"Studio": open_to_all, "Elsewhere": ["lobby"]}
        assert await places(cast.ben) == {"Studio": open_to_all}
        assert "admins-only" in (await places(cast.ada))["Studio"]
        seen = await outside.get("", **{"as": cast.ann.id})
        rights = int(seen["servers"][0]["channels"][0]["permissions"])
        assert rights & Can.SEND_MESSAGES
        assert not rights & Can.MANAGE_MESSAGES


async def test_a_watcher_of_a_place_learns_that_it_changed_and_not_how() -> None:
    async with remote() as outside:
        stage, cast = outside.stage, outside.stage.cast
        url = f"{stage.server.origin}/_world/events"
        async with outside.session.ws_connect(url, params={"as": str(cast.ann.id)}) as socket:
            await socket.receive_json()
            stage.world.set_overwrite(cast.admins_only, cast.patrons, allow=int(Can.VIEW_CHANNEL))
            told = await socket.receive_json()
            assert told == {"kind": "channel_changed", "data": {"id": str(cast.admins_only.id)}}


@pytest.mark.parametrize("field", ["who", "Who"], ids=["by custom id", "by label"])
async def test_somebody_is_picked_in_a_form_by_id(field: str) -> None:
    async with remote() as outside:
        cast, ann = outside.stage.cast, outside.stage.ann
        asked = await ann.slash("make", {"prompt": "fox"}, channel=cast.general)
        opened = await ann.press(await asked.message(), "Whom")
        await opened.form()
        about = {"user": str(cast.ann.id), "interaction": str(opened.interaction.id)}
        await outside.post("/acts/submit", about | {"options": {field: [str(cast.pat.id)]}})
        await ann.wait_for_message(lambda one: one.text == "picked pat", channel=cast.general)


async def test_what_was_uploaded_goes_along_with_what_is_said() -> None:
    async with remote() as outside:
        cast = outside.stage.cast
        ann, place = str(cast.ann.id), str(cast.general.id)
        async with outside.session.post(
            f"{outside.stage.server.origin}/_world/uploads",
            params={"as": ann, "channel": place, "name": "a fox.txt"},
            data=b"fur",
            headers={"Content-Type": "application/octet-stream"},
        ) as response:
            upload = (await response.json())["id"]
        said = {"user": ann, "channel": place, "content": "look", "files": [upload]}
        (shown,) = (await outside.post("/acts/say", said))["message"]["attachments"]
        assert (shown["filename"], shown["size"]) == ("a_fox.txt", 3)
        async with outside.session.get(shown["url"]) as response:
            assert await response.read() == b"fur"


async def test_a_silent_application_is_told_in_words_where_choices_were_asked_for() -> None:
    async with remote() as outside:
        cast = outside.stage.cast
        asked = {"user": str(cast.ann.id), "channel": str(cast.general.id), "name": "make"}
        typed = {"option": "seconds", "typed": "7", "options": {"prompt": "fox"}}
        outside.stage.server.faults.fail("POST", "/interactions/*", status=500, times=9)
        answer = await outside.post("/acts/autocomplete", asked | typed, status=504)
        assert "did not respond" in answer["problem"]
        outside.stage.server.faults.clear()
        outside.stage.bot.errors.clear()


async def test_the_journal_of_requests_is_read_from_outside() -> None:
    async with remote() as outside:
        last = (await outside.get(""))["last_request"]
        await outside.stage.place(outside.stage.cast.general).send("hello")
        (one,) = (await outside.get("/requests", since=last))["requests"]
        assert (one["method"], one["status"]) == ("POST", 200)
        assert (one["body"]["content"], one["answer"]["content"]) == ("hello", "hello")


async def test_an_entry_point_serves_it_with_its_files_token_and_more_routes(
    tmp_path: Path,
) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="the page")

    world = World(token="mine", folder=tmp_path)
    async with (
        LocalDiscord(world, routes=[web.get("/", page)]) as server,
        aiohttp.ClientSession(headers={"Authorization": "Bot mine"}) as session,
    ):
        async with session.get(server.origin) as response:
            assert await response.text() == "the page"
        async with session.get(f"{server.api_url}/users/@me") as response:
            assert response.status == 200
        async with session.get(f"{server.api_url}/gateway") as response:
            assert (await response.json())["url"] == server.gateway_url
    async with serve(folder=tmp_path, token="other") as server:
        assert server.token == "other"


async def test_a_fault_of_its_own_is_told_to_the_bot_as_500_and_raised_at_the_end() -> None:
    async def break_it() -> None:
        async with LocalDiscord() as server, aiohttp.ClientSession() as session:
            del server.world.users
            headers = {"Authorization": f"Bot {server.token}"}
            async with session.get(f"{server.api_url}/users/1", headers=headers) as response:
                assert response.status == 500

    with pytest.raises(LocalDiscordError):
        await break_it()


async def test_the_world_is_changed_from_outside() -> None:
    async with remote() as outside:
        stage, cast = outside.stage, outside.stage.cast
        place, studio = str(cast.general.id), str(cast.studio.id)
        zoe = await outside.post("/users", {"name": "zoe", "servers": [studio]})
        await outside.post("/users/set", {"user": zoe["id"], "takes_direct_messages": False})
        role = await outside.post("/roles", {"server": studio, "name": "gold"})
        member = {"server": studio, "user": zoe["id"], "roles": [role["id"]]}
        await outside.post("/members/set", member)
        assert cast.studio.members[int(zoe["id"])].roles == {int(role["id"])}
        rights = {"server": studio, "role": role["id"], "permissions": int(Can.MANAGE_GUILD)}
        await outside.post("/roles/set", rights)
        new = await outside.post("/servers", {"name": "New", "members": [zoe["id"]]})
        await outside.post("/servers/tier", {"server": new["id"], "tier": 2})
        snapshot = await outside.get("")
        assert [one["name"] for one in snapshot["servers"]] == ["Studio", "Elsewhere", "New"]
        assert snapshot["servers"][2]["file_limit"] == 50 * 1024 * 1024
        assert snapshot["connected"]
        hall = await outside.post("/channels", {"server": studio, "name": "hall"})
        await outside.post("/channels/remove", {"channel": hall["id"]})
        message = await stage.place(cast.general).send("x")
        await outside.post("/messages/remove", {"channel": place, "message": str(message.id)})
        silent = {"channel": place, "deny": int(Can.SEND_MESSAGES)}
        await outside.post("/channels/permissions", silent)
        with pytest.raises(discord.Forbidden):
            await stage.place(cast.general).send("x")
        await outside.post("/servers/remove", {"server": new["id"]})
        now = await outside.post("/clock", {"advance": 3600, "speed": 2})
        assert now["speed"] == 2


async def test_faults_and_outages_are_ordered_from_outside() -> None:
    async with remote() as outside:
        stage = outside.stage
        fault = {"kind": "status", "method": "POST", "path": "/channels/*/messages", "status": 503}
        await outside.post("/faults", fault)
        with pytest.raises(discord.DiscordServerError):
            await stage.place(stage.cast.general).send("x")
        await outside.post("/faults", fault)
        await outside.post("/faults/clear", {})
        await stage.place(stage.cast.general).send("x")
        await outside.post("/gateway", {"do": "close", "code": 4000})
        await stage.server.bot_connected()
        await outside.post("/outage", {"how": "503"})
        with pytest.raises(discord.DiscordServerError):
            await stage.place(stage.cast.general).send("x")
        await outside.post("/outage", {"how": None})


async def test_a_client_refusal_and_a_bad_form_come_back_as_words() -> None:
    async with remote() as outside:
        act = {
            "user": str(outside.stage.cast.ann.id),
            "channel": str(outside.stage.cast.general.id),
        }
        answer = await outside.post("/acts/slash", act | {"name": "make"}, status=400)
        assert answer == {"problem": "This option is required. Specify a value", "field": "prompt"}
        assert (await outside.post("/acts/fly", act, status=400))["problem"]
        assert (await outside.post("/acts/slash", {"name": "make"}, status=400))["problem"]
        assert (await outside.post("/faults", {"kind": "fire"}, status=400))["problem"]
        gone = {"channel": "12"}
        assert (await outside.post("/channels/remove", gone, status=400))["problem"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Content-Type": "text/plain"}],
)
async def test_the_page_of_a_stranger_cannot_use_the_admin_surface(headers: dict[str, str]) -> None:
    async with remote() as outside:
        url = f"{outside.stage.server.origin}/_world/outage"
        sent = {"Content-Type": "application/json", **headers}
        async with outside.session.post(url, data=b'{"how": "503"}', headers=sent) as response:
            assert response.status in {400, 403}
        assert outside.stage.server.faults.outage is None


async def test_a_port_that_is_taken_leaves_nothing_behind() -> None:
    async with LocalDiscord() as server:
        port = int(server.origin.rpartition(":")[2])
        late = LocalDiscord(port=port)
        with pytest.raises(OSError, match="address already in use"):
            await late.__aenter__()
        assert late._runner is not None
        assert late._runner.server is None, "it was taken down"
