"""Faults on request: what the real client makes of them, and what really happened meanwhile."""

import asyncio
import io
import time
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.local_discord import ClientRefusal, LocalDiscord, furnish
from tests.local_bot import LocalBot, on_stage, pointed_at

MESSAGES = "/channels/*/messages"


def texts(stage: Any) -> list[str]:
    return [one.text for one in stage.ann.messages(stage.cast.general)]


async def test_a_5xx_before_the_effect_posts_nothing_and_one_after_it_has_posted() -> None:
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        stage.server.faults.fail("POST", MESSAGES, status=503)
        with pytest.raises(discord.DiscordServerError):
            await place.send("before")
        assert texts(stage) == []
        stage.server.faults.fail("POST", MESSAGES, status=503, when="after")
        with pytest.raises(discord.DiscordServerError):
            await place.send("after")
        assert texts(stage) == ["after"]
        await place.send("works")
        said = [(one.status, one.fault) for one in stage.server.journal.of("POST", MESSAGES)]
        assert said == [(503, "status before"), (503, "status after"), (200, None)]


async def test_the_librarys_own_retry_of_a_lost_answer_posts_once_by_its_nonce() -> None:
    async with on_stage() as stage:
        stage.server.faults.fail("POST", MESSAGES, status=502, when="after")
        message = await stage.place(stage.cast.general).send("once", file=discord.File(__file__))
        asked = stage.server.journal.of("POST", MESSAGES)
        assert [one.status for one in asked] == [502, 200]
        assert [one.id for one in stage.ann.messages(stage.cast.general)] == [message.id]


async def test_a_follow_up_has_no_nonce_and_the_same_retry_posts_twice() -> None:
    bot = LocalBot()

    @bot.tree.command(name="do", description="d")
    async def do(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("first")
        await interaction.followup.send("second")

    async with on_stage(bot) as stage:
        stage.server.faults.fail("POST", "/webhooks/*/*", status=502, when="after")
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        await asked.message(lambda _: len(asked.messages) == 3)
        assert texts(stage) == ["first", "second", "second"]


async def test_an_answer_that_is_lost_after_its_effect_makes_the_retry_look_answered() -> None:
    bot = LocalBot()

    @bot.tree.command(name="do", description="d")
    async def do(interaction: discord.Interaction) -> None:
        with pytest.raises(discord.HTTPException) as caught:
            await interaction.response.defer()
        assert caught.value.code == 40060
        await interaction.edit_original_response(content="works")

    async with on_stage(bot) as stage:
        stage.server.faults.fail("POST", "/interactions/*/callback", status=500, when="after")
        asked = await stage.ann.slash("do", channel=stage.cast.general)
        assert (await asked.message()).text == "works"
    assert not bot.errors


async def test_a_reset_before_or_after_the_effect_reaches_the_caller() -> None:
    async with on_stage() as stage:
        place = stage.place(stage.cast.general)
        for when, left in (("before", []), ("after", ["after"])):
            stage.server.faults.reset("POST", MESSAGES, when=when)
            file = discord.File(io.BytesIO(bytes(100_000)), "a.mp4")
            with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
                await place.send(when, file=file)
            assert texts(stage) == left
        said = stage.server.journal.of("POST", MESSAGES)
        assert [(one.status, one.fault) for one in said] == [
            (None, "reset before"),
            (None, "reset after"),
        ]


async def test_a_rate_limit_with_via_is_waited_out_and_one_without_is_raised() -> None:
    async with on_stage() as stage:
        place, faults = stage.place(stage.cast.general), stage.server.faults
        faults.limit("POST", MESSAGES, seconds=0.05, times=2)
        faults.limit("GET", "/users/*", seconds=0.05, everywhere=True)
        await place.send("patient")
        await stage.bot.fetch_user(stage.cast.ann.id)
        assert [one.status for one in stage.server.journal.of("POST", MESSAGES)] == [429, 429, 200]
        faults.limit("POST", MESSAGES, via=False)
        with pytest.raises(discord.HTTPException) as caught:
            await place.send("banned")
        assert caught.value.status == 429
        assert stage.server.journal.refused == 4


async def test_a_delay_holds_a_request_back() -> None:
    async with on_stage() as stage:
        stage.server.faults.delay("POST", MESSAGES, 0.2)
        began = time.monotonic()
        await stage.place(stage.cast.general).send("slow")
        assert time.monotonic() - began >= 0.2


async def test_any_refusal_of_discord_can_be_played() -> None:
    async with on_stage() as stage:
        words = "Maximum number of edits to messages older than 1 hour reached. Try again later"
        stage.server.faults.fail(
            "PATCH", f"{MESSAGES}/*", status=400, code=30046, message=words, times=2
        )
        message = await stage.place(stage.cast.general).send("x")
        for _ in range(2):
            with pytest.raises(discord.HTTPException, match="older than 1 hour") as caught:
                await message.edit(content="y")
            assert caught.value.code == 30046
        await message.edit(content="y")
        assert not stage.server.faults.waiting


@pytest.mark.parametrize("how", ["503", "reset", "unplugged"])
async def test_all_of_discord_can_be_down_and_the_client_resumes_when_it_is_back(
    how: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.client.ExponentialBackoff, "delay", lambda _: 0.01)
    async with on_stage() as stage:
        server, place = stage.server, stage.place(stage.cast.general)
        if how == "unplugged":
            await server.unplug()
        else:
            server.go_down(how)
        await server.bot_gone()
        with pytest.raises((discord.DiscordServerError, aiohttp.ClientError, OSError)):
            await place.send("x")
        if how != "unplugged":
            with pytest.raises(ClientRefusal, match="cannot be reached"):
                await stage.ann.say(stage.cast.general, "anybody?")
        if how == "unplugged":
            await server.plug_in()
        else:
            server.come_back()
        await server.bot_connected()
        await place.send("back")
        assert texts(stage) == ["back"]
        assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


async def test_503_at_login_raises_and_the_next_login_works() -> None:
    async with LocalDiscord() as server:
        server.faults.fail("GET", "/users/@me", status=503)
        with pointed_at(server):
            bot = LocalBot()
            with pytest.raises(discord.HTTPException) as caught:
                await bot.login(server.token)
            assert caught.value.status == 503
            await bot.close()
            bot = LocalBot()
            await bot.login(server.token)
            await bot.close()


async def test_a_gateway_that_is_down_at_the_first_connect_ends_the_client() -> None:
    async with LocalDiscord() as server:
        furnish(server.world)
        with pointed_at(server):
            bot = LocalBot()
            await bot.login(server.token)
            server.go_down("503")
            # The library stumbles over its own missing socket: Rapptz/discord.py#10520.
            with pytest.raises(AttributeError):
                await bot.connect()
            await bot.close()


async def test_two_hundred_answers_at_once_are_all_kept_apart() -> None:
    bot = LocalBot()

    @bot.tree.command(name="do", description="d")
    async def do(interaction: discord.Interaction, number: int) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=str(number))

    async with on_stage(bot) as stage:
        place = stage.cast.general
        stage.world.clock.speed = 0.1  # how soon is not what is looked at here
        asked = [await stage.ann.slash("do", {"number": n}, channel=place) for n in range(200)]
        found = await asyncio.gather(*(one.message(timeout=30) for one in asked))
        assert [one.text for one in found] == [str(n) for n in range(200)]
    assert not bot.errors
