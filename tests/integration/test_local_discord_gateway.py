"""The gateway: logging in, coming back, being thrown out; and what the bot hears there."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.local_discord import Can, LocalDiscord, World, furnish
from bot.playground.local_discord.gateway_door import ACK_SECONDS
from tests.local_bot import LocalBot, on_stage, pointed_at, running
from tests.openapi import assert_fits

ALL = discord.Intents(guilds=True, guild_messages=True, members=True, dm_messages=True)


def granted(intents: discord.Intents) -> World:
    """A world in whose developer portal the bot was granted these."""
    world = World()
    world.gateway.granted = intents.value
    return world


class Hearing(LocalBot):
    """A bot that notes which events came."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents)
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def dispatch(self, event: str, /, *args: Any, **more: Any) -> None:
        self.heard.put_nowait((event, args[0] if args else None))
        super().dispatch(event, *args, **more)

    async def hear(self, event: str) -> Any:
        """Waits for an event and gives what came with it."""
        while True:
            name, value = await asyncio.wait_for(self.heard.get(), 10)
            if name == event:
                return value


async def test_a_bot_logs_in_and_finds_its_servers_channels_and_rights() -> None:
    async with on_stage() as stage:
        bot, cast = stage.bot, stage.cast
        assert bot.user is not None
        assert bot.user.id == stage.world.bot.id == bot.application_id
        assert {guild.name for guild in bot.guilds} == {"Studio", "Elsewhere"}
        guild = bot.get_guild(cast.studio.id)
        assert guild is not None
        names = {channel.name for channel in guild.channels}
        assert names == {"general", "videos", "admins-only", "showcase"}
        assert [thread.name for thread in guild.threads] == ["a thread"]
        place = guild.get_channel(cast.general.id)
        assert place is not None
        assert place.permissions_for(guild.me).manage_messages
        assert (guild.owner_id, guild.member_count) == (cast.olga.id, 6)
        assert (await bot.application_info()).owner.id == cast.olga.id
        assert stage.server.gateway.identified == 1


async def test_a_wrong_token_is_refused_at_the_door_and_at_the_gateway() -> None:
    async with LocalDiscord() as server:
        with pointed_at(server):
            bot = LocalBot()
            with pytest.raises(discord.LoginFailure):
                await bot.login("wrong")
            await bot.close()
            bot = LocalBot()
            await bot.login(server.token)
            bot.http.token = "wrong"
            with pytest.raises(discord.ConnectionClosed) as caught:
                await bot.connect()
            assert caught.value.code == 4004
            await bot.close()


async def test_an_intent_that_was_not_granted_closes_the_gateway() -> None:
    async with LocalDiscord() as server:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(server, LocalBot(discord.Intents(message_content=True))):
                pytest.fail("it was let in")


async def test_a_lost_connection_is_resumed_and_nothing_is_missed() -> None:
    bot = Hearing()
    async with on_stage(bot) as stage:
        await bot.hear("ready")
        stage.server.gateway.close(4000)
        sent = [(await stage.ann.say(stage.cast.general, str(n))).id for n in range(3)]
        heard = [(await bot.hear("message")).id for _ in sent]
        assert heard == sent
        await bot.hear("resumed")
        assert (stage.server.gateway.identified, stage.server.gateway.resumed) == (1, 1)


@pytest.mark.parametrize(
    ("disturb", "resumed"),
    [
        (lambda gateway: gateway.ask_to_reconnect(), 1),
        (lambda gateway: gateway.invalidate(resumable=True), 1),
        (lambda gateway: gateway.invalidate(resumable=False), 0),
        (lambda gateway: gateway.close(4009, keep=False), 0),
    ],
    ids=["op 7", "op 9, resumable", "op 9", "session forgotten"],
)
async def test_the_client_comes_back_from_each_way_of_being_sent_off(
    disturb: Callable[[Any], None], resumed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library waits for seconds before it comes back: here it need not.
    monkeypatch.setattr(discord.client.ExponentialBackoff, "delay", lambda _: 0.01)
    bot = Hearing()
    async with on_stage(bot) as stage:
        await bot.hear("ready")
        disturb(stage.server.gateway)
        await bot.hear("resumed" if resumed else "ready")
        await stage.ann.say(stage.cast.general, "hello")
        await bot.hear("message")
        gateway = stage.server.gateway
        assert (gateway.identified, gateway.resumed) == (1 if resumed else 2, resumed)


async def test_one_malformed_event_ends_the_clients_connect() -> None:
    async with LocalDiscord() as server:
        furnish(server.world)
        with pointed_at(server):
            bot = LocalBot()
            await bot.login(server.token)
            connected = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            server.gateway.tell_nonsense()
            with pytest.raises(KeyError):
                await connected
            await bot.close()


async def test_a_second_bot_process_identifies_anew_and_goes_on() -> None:
    async with LocalDiscord() as server:
        cast = furnish(server.world)
        for count in (1, 2, 3):
            bot = Hearing()
            async with running(server, bot):
                await server.person(cast.ann).say(cast.general, "hello")
                await bot.hear("message")
                assert server.gateway.identified == count
            await server.bot_gone()
        assert len(server.world.commands.all_of(None)) == 0


BOT = """
import sys, discord, yarl
from discord import app_commands
discord.http.Route.BASE, gateway, token = sys.argv[1:]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)

class Bot(discord.Client):
    async def setup_hook(self):
        tree = app_commands.CommandTree(self)

        @tree.command(name="do", description="Does it")
        async def do(interaction: discord.Interaction):
            await interaction.response.send_message("done")

        await tree.sync()

Bot(intents=discord.Intents(guilds=True)).run(token, log_handler=None)
"""


async def test_a_bot_process_that_is_killed_and_started_again_answers_again() -> None:
    async with LocalDiscord() as server:
        cast = furnish(server.world)
        for count in (1, 2):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", BOT, server.api_url, server.gateway_url, server.token
            )
            await server.bot_connected(timeout=60)
            asked = await server.person(cast.ann).slash("do", channel=cast.general)
            assert (await asked.message(timeout=60)).text == "done"
            process.kill()
            await process.wait()
            await server.bot_gone()
            assert server.gateway.identified == count
        asked = await server.person(cast.ann).slash("do", channel=cast.general)
        server.world.clock.advance(3)
        await asked.failure()
    assert_fits(server.journal)


async def test_the_bot_hears_what_changes_in_its_servers() -> None:
    bot = Hearing(ALL)
    async with on_stage(bot, world=granted(ALL)) as stage:
        world, cast = stage.world, stage.cast
        await bot.hear("ready")
        new = world.add_guild("New", channels=["hall"], members=[cast.ann])
        assert (await bot.hear("guild_join")).id == new.id
        role = world.add_role(cast.studio, "gold")
        assert (await bot.hear("guild_role_create")).id == role.id
        world.set_role(cast.studio, role, permissions=Can.MANAGE_GUILD)
        await bot.hear("guild_role_update")
        world.remove_role(cast.studio, role)
        await bot.hear("guild_role_delete")
        zoe = world.add_user("zoe")
        member = world.add_member(cast.studio, zoe)
        assert (await bot.hear("member_join")).id == zoe.id
        world.set_member(cast.studio, member, roles=[cast.patrons])
        await bot.hear("member_update")
        world.remove_member(cast.studio, zoe)
        await bot.hear("member_remove")
        channel = world.add_channel(cast.studio, "fresh")
        assert (await bot.hear("guild_channel_create")).id == channel.id
        world.set_overwrite(channel, cast.patrons, deny=Can.VIEW_CHANNEL)
        await bot.hear("guild_channel_update")
        world.remove_channel(channel)
        await bot.hear("guild_channel_delete")
        world.remove_channel(cast.thread)
        await bot.hear("thread_delete")
        world.set_tier(cast.studio, 3)
        await bot.hear("guild_update")
        assert bot.get_guild(cast.studio.id).filesize_limit == 100 * 1024 * 1024
        stage.ann.delete(await stage.ann.say(cast.general, "gone"))
        await bot.hear("message_delete")
        world.remove_guild(new)
        await bot.hear("guild_remove")
        assert not bot.errors


async def test_without_the_intent_nothing_is_heard_of_members_but_of_itself() -> None:
    bot = Hearing()
    async with on_stage(bot) as stage:
        studio = stage.cast.studio
        await bot.hear("ready")
        stage.world.add_member(studio, stage.world.add_user("zoe"))
        stage.world.set_member(studio, studio.members[stage.world.bot.id], roles=[])
        name = ""
        while name != "member_update":
            name, value = await bot.heard.get()
            assert name != "member_join"
        assert value.id == stage.world.bot.id


async def test_members_can_be_asked_for_over_the_gateway() -> None:
    async with on_stage(Hearing(ALL), world=granted(ALL)) as stage:
        guild = stage.bot.get_guild(stage.cast.studio.id)
        found = await guild.query_members("pa", cache=False)
        assert [member.id for member in found] == [stage.cast.pat.id]


async def test_a_sharded_client_gets_each_server_on_its_own_shard() -> None:
    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, *_: Any, **__: Any) -> None: ...

    async with LocalDiscord() as server:
        cast = furnish(server.world)
        with pointed_at(server):
            bot = Sharded(
                intents=discord.Intents(guilds=True), shard_count=2, guild_ready_timeout=0.05
            )
            await bot.login(server.token)
            connected = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            for guild in bot.guilds:
                assert guild.shard_id == (guild.id >> 22) % 2
            assert {guild.id for guild in bot.guilds} == {cast.studio.id, cast.elsewhere.id}
            assert len(server.gateway.live) == 2
            await bot.close()
            await connected


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["no json"], 4002),
        ([{"op": 99}], 4001),
        ([{"op": 2, "d": {"token": "wrong", "intents": 1}}], 4004),
        ([{"op": 6, "d": {"token": "wrong"}}], 4004),
    ],
)
async def test_what_a_client_must_not_say_ends_with_discords_close_code(
    frames: list[Any], code: int
) -> None:
    async with (
        LocalDiscord() as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(server.gateway_url) as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        for frame in frames:
            await (socket.send_str(frame) if isinstance(frame, str) else socket.send_json(frame))
        await socket.receive()
        assert socket.close_code == code


async def test_an_unknown_session_cannot_be_resumed() -> None:
    async with (
        LocalDiscord() as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(server.gateway_url) as socket,
    ):
        await socket.receive_json()
        body = {"token": server.token, "session_id": "gone", "seq": 4}
        await socket.send_json({"op": 6, "d": body})
        answer = await socket.receive_json()
        assert (answer["op"], answer["d"]) == (9, False)
        sent = asyncio.get_running_loop().time()
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11
        took = asyncio.get_running_loop().time() - sent
        assert took >= ACK_SECONDS / 2, "a client takes a faster answer for one to its last beat"
