"""The panel's routes, on a playground whose bot is never started."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession

from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.policies import Policies
from bot.domain.errors import SettingsError
from bot.domain.ids import GuildId
from bot.playground.stage import Playground, open_playground


@dataclass
class Panel:
    play: Playground
    session: ClientSession

    async def post(self, path, body, **headers):
        url = f"{self.play.discord.origin}/_play/{path}"
        async with self.session.post(url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def state(self):
        async with self.session.get(f"{self.play.discord.origin}/_play/state") as answer:
            assert answer.status == 200
            return await answer.json()


@pytest.fixture
async def panel(tmp_path) -> AsyncGenerator[Panel]:
    async with (
        open_playground(tmp_path / "data", port=0, speed=10) as play,
        ClientSession() as session,
    ):
        yield Panel(play, session)


async def test_people_stand_there_with_what_the_books_give_them(panel):
    people = (await panel.state())["people"]
    assert [(it["name"], it["standing"], it["money"]["free"]) for it in people] == [
        ("Ann", "member", "$1.00"),
        ("Ben", "member", "$1.00"),
        ("Pat", "member, patron", "$5.00"),
        ("Ada", "admin", "$1.00"),
        ("Olga", "operator", "$1.00"),
    ]


async def test_without_a_bot_the_books_are_read_all_the_same(panel):
    state = await panel.state()
    assert state["bot"]["being"] == "down"
    assert not state["bot"]["fell"]
    assert state["books"]["verdict"] == "Nothing was ordered yet: both books are empty."


async def test_books_that_are_gone_are_said_to_be_unreadable(panel):
    panel.play.folder.database.unlink()
    state = await panel.state()
    assert "cannot be read" in state["books"]["verdict"]
    assert state["books"]["bot"] is None
    assert {person["money"] for person in state["people"]} == {None}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("weather", {"name": "hail"}),
        ("weather", {}),
        ("speed", {"speed": 0}),
        ("speed", {"speed": 1001}),
        ("speed", {"speed": "fast"}),
        ("discord", {"down_seconds": -1}),
        ("discord", {"down_seconds": 1e9}),
        ("bot", {"do": "dance"}),
        ("bot", {"do": "kill", "more": 1}),
        ("bot", []),
    ],
)
async def test_what_cannot_be_done_is_refused_and_changes_nothing(panel, path, body):
    before = await panel.state()
    status, answer = await panel.post(path, body)
    assert status == 400
    assert answer["problem"]
    assert await panel.state() == before


async def test_no_page_of_a_stranger_reaches_it(panel):
    origin = panel.play.discord.origin
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        status, _ = await panel.post("bot", {"do": "kill"}, **headers)
        assert status == 403
        async with panel.session.get(f"{origin}/_play/state", headers=headers) as answer:
            assert answer.status == 403
    async with panel.session.post(f"{origin}/_play/bot", data='{"do": "kill"}') as answer:
        assert answer.status == 415


async def test_a_speed_reaches_the_provider_at_once_and_the_next_bot(panel):
    await panel.post("speed", {"speed": 50})
    assert panel.play.provider.settings.wait_scale == pytest.approx(0.02)
    assert (await panel.state())["speed"] == 50


async def test_a_second_outage_outlasts_the_end_of_the_first(panel):
    play = panel.play
    await panel.post("discord", {"down_seconds": 0.05})
    _, state = await panel.post("discord", {"down_seconds": 60})
    assert not state["discord"]["up"]
    await asyncio.sleep(0.1)  # the first one's time is over
    assert play.discord.faults.outage is not None
    await panel.post("discord", {"down_seconds": 0})
    assert play.discord.faults.outage is None
    assert play.outage_ends is None


async def test_a_short_outage_ends_by_itself(panel):
    await panel.post("discord", {"down_seconds": 0.05})
    world = panel.play.discord.world
    await world.bus.until(
        lambda: True if world.faults.outage is None else None, timeout=5, wanted="the end"
    )
    assert (await panel.state())["discord"] == {"up": True, "back_at": None}


async def test_what_was_decided_in_the_server_is_in_its_audit(panel):
    cast = panel.play.cast
    async with await Database.open(panel.play.folder.database) as database:
        policies = Policies(database)
        policy = await policies.read(GuildId(cast.studio.id))
        lines = await policies.list_audit(GuildId(cast.studio.id))
    assert (policy.channel, policy.admin_channel) == (cast.videos.id, cast.admins_only.id)
    assert {line.actor for line in lines} == {cast.ada.id}


async def test_a_port_that_is_taken_leaves_the_folder_free(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="in use"):
            async with open_playground(tmp_path / "d", port=taken.getsockname()[1], speed=1):
                pass
    async with open_playground(tmp_path / "d", port=0, speed=1):
        pass
