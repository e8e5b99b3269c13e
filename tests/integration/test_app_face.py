"""Staying at Discord: whatever ends a client, there is a next one; closing lets work finish."""

import asyncio
import logging
import re

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket

from bot.adapters.sqlite.marks import Marks
from bot.app.client import CogBrokenError
from bot.domain.errors import PostponedError, SettingsError
from bot.playground.local_discord import LocalDiscord
from tests.faced import cogs, face_of, faced, until
from tests.rehearsed import rehearsed


async def nothing(bot) -> None:
    """A cog without commands."""


async def test_a_token_that_discord_does_not_take_names_its_setting(tmp_path) -> None:
    async with faced(tmp_path, nothing, connect=False) as here:
        await here.connected()
        other = face_of(here.server, here.face._cogs, token="wrong")
        with pytest.raises(SettingsError, match="DISCORD_TOKEN") as caught:
            await other.serve(here.services, here.marks)
        assert "wrong" not in str(caught.value)


async def test_a_cog_that_does_not_load_stops_the_start_and_is_named(tmp_path) -> None:
    async def broken(bot) -> None:
        raise RuntimeError("a defect")

    with pytest.raises(CogBrokenError, match=re.escape(".cog1 does not load: a defect")):
        async with faced(tmp_path, nothing, broken):
            pass


@pytest.mark.parametrize(("how", "said"), [("503", "HTTP 503"), ("reset", "reset by peer")])
async def test_an_outage_at_the_login_is_waited_out(tmp_path, caplog, how, said) -> None:
    async with rehearsed(tmp_path) as bot, LocalDiscord() as server:
        with cogs(tmp_path, nothing) as package:
            server.go_down(how)
            face = face_of(server, package)
            serving = asyncio.create_task(face.serve(bot.bot.services, Marks(bot.bot.database)))
            await until(lambda: len(server.journal.of("GET", "/users/@me")) >= 3)
            assert not face.is_connected()
            with pytest.raises(PostponedError), face.lend():
                pass
            server.come_back()
            await until(face.is_connected)
            await face.close()
            await serving
    assert "Discord is lost" in caplog.text
    assert said in caplog.text
    assert "Traceback" not in caplog.text, "nobody mends Discord by reading it"


async def test_no_voice_is_wanted_and_none_is_missed(tmp_path, caplog, monkeypatch) -> None:
    monkeypatch.setattr(discord.VoiceClient, "warn_nacl", True)
    monkeypatch.setattr(discord.VoiceClient, "warn_dave", True)
    async with faced(tmp_path, nothing):
        pass
    assert "voice" not in caplog.text


async def test_a_first_connection_that_fails_is_tried_again(tmp_path, caplog) -> None:
    """discord.py 2.7 ends here with an AttributeError."""
    async with faced(tmp_path, nothing, connect=False, gateway_url="ws://127.0.0.1:9") as here:
        await until(lambda: len(here.server.journal.of("GET", "/users/@me")) >= 3)
        assert not here.face.is_connected()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(here.server.gateway_url)
        await here.connected()
    for line in ("Attempting a reconnect", "Discord is lost"):
        assert "Cannot connect to host 127.0.0.1:9" in next(
            record.getMessage() for record in caplog.records if line in record.getMessage()
        )
    assert "Traceback" not in caplog.text
    assert logging.getLogger("discord.client").filters == [], "the library's own is put back"


async def test_a_malformed_event_ends_a_client_and_not_the_bot(tmp_path, caplog) -> None:
    async with faced(tmp_path, nothing) as here:
        first = here.client
        here.server.gateway.tell_nonsense("INTERACTION_CREATE")
        await until(lambda: here.face.client not in (None, first))
        await here.connected()
        await until(first.is_closed)
    assert "Traceback" in caplog.text, "nobody expected it"


@pytest.mark.parametrize("trouble", ["nonsense", 4000, 4004, 1001])
async def test_a_command_works_when_a_client_was_lost(tmp_path, trouble) -> None:
    async def setup(bot) -> None:
        @bot.tree.command(name="help", description="Helps")
        async def act(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("fine")

    async with faced(tmp_path, setup) as here:
        gateway = here.server.gateway
        if trouble == "nonsense":
            first = here.client
            gateway.tell_nonsense("INTERACTION_CREATE")
            await until(lambda: here.face.client not in (None, first))
        else:
            gateway.close(trouble)
        await here.server.bot_connected()
        asked = await here.ann.slash("help", channel=here.cast.general)
        assert (await asked.message()).text == "fine"


async def test_a_token_that_is_taken_back_later_does_not_end_the_bot(tmp_path, caplog) -> None:
    async with faced(tmp_path, nothing) as here:
        here.server.faults.fail("GET", "/users/@me", status=401, times=2)
        here.server.gateway.close(4004)
        await until(lambda: "does not take the token any more" in caplog.text)
        await until(here.face.is_connected)
        assert here.server.token not in caplog.text


# Closing


async def test_closing_waits_for_a_command_that_runs(tmp_path) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def setup(bot) -> None:
        @bot.tree.command(name="help", description="Helps")
        async def act(interaction: discord.Interaction) -> None:
            await interaction.response.defer()
            reached.set()
            await go_on.wait()
            await interaction.edit_original_response(content="done")

    async with faced(tmp_path, setup) as here:
        asked = await here.ann.slash("help", channel=here.cast.general)
        await reached.wait()
        closing = asyncio.create_task(here.face.close())
        late = await here.ann.slash("help", channel=here.cast.general)
        assert "restarting" in (await late.message()).text
        assert not closing.done()
        go_on.set()
        await closing
        assert [one.text for one in asked.messages] == ["done"]


@pytest.mark.parametrize("logins", [0, 1, 3])
async def test_closing_while_discord_is_down_ends_at_once(tmp_path, logins) -> None:
    async with faced(tmp_path, nothing, connect=False) as here:
        here.server.go_down()
        await until(lambda: len(here.server.journal.of("GET", "/users/@me")) >= logins)
        await here.face.close()
        async with asyncio.timeout(5):
            await here.serving


async def test_closing_waits_for_whoever_borrowed_the_client(tmp_path) -> None:
    async with faced(tmp_path, nothing) as here:
        with here.face.lend() as client:
            closing = asyncio.create_task(here.face.close())
            await client.fetch_channel(here.cast.general.id)
            assert not closing.done()
            await client.fetch_channel(here.cast.videos.id)
        await closing
        with pytest.raises(PostponedError), here.face.lend():
            pass


async def test_the_librarys_addresses_are_put_back(tmp_path) -> None:
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    async with faced(tmp_path, nothing):
        assert before[0] != discord.http.Route.BASE
    assert before == (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)


async def test_the_bot_asks_for_no_privileged_intent(tmp_path) -> None:
    async with faced(tmp_path, nothing) as here:
        intents = here.client.intents
        assert intents.guilds
        assert intents.value == discord.Intents(guilds=True).value
        assert here.client.allowed_mentions.to_dict() == {"parse": []}
