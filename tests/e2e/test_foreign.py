"""The bot between a Discord and a provider that were not made for it: nothing of ours is kind to it."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.clips import small_clip
from tests.foreign_discord import ADMINS, GUILD, MANAGE_GUILD, TOKEN, ForeignDiscord, Json, said
from tests.foreign_provider import KEY, ForeignProvider
from tests.rehearsed import free_port

ROOT = Path(__file__).parents[2]
BARE_FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(5000)
"""An MP4 by its first bytes, and nothing that anybody could play."""


@dataclass
class Abroad:
    """Both far sides, and the bot between them."""

    discord: ForeignDiscord
    provider: ForeignProvider
    process: asyncio.subprocess.Process
    unknown: list[str] = field(default_factory=list[str])
    """What a test asks Discord for though it is not there."""


@contextlib.asynccontextmanager
async def abroad(
    folder: Path, clip: bytes | None = None, balance: object = "74.87"
) -> AsyncGenerator[Abroad]:
    clip = clip or small_clip().read_bytes()
    async with ForeignDiscord() as discord, ForeignProvider(clip, balance) as provider:
        environ = {
            "PATH": "/usr/bin:/bin",
            "DISCORD_TOKEN": TOKEN,
            "APIXO_API_KEY": KEY,
            "CLAPPER_DATA_DIR": str(folder / "data"),
            "CLAPPER_APIXO_URL": provider.url,
            "CLAPPER_RESULT_HOSTS": "127.0.0.1",
            "CLAPPER_DISCORD_API_URL": f"http://127.0.0.1:{discord.port}/api/v10",
            "CLAPPER_DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{discord.port}/gateway",
            "CLAPPER_ALLOWED_SERVERS": str(GUILD),
            "CLAPPER_WEB_PORT": str(free_port()),
            "CLAPPER_WAIT_SCALE": "0.005",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", cwd=ROOT, env=environ, stderr=asyncio.subprocess.PIPE
        )
        log = asyncio.create_task(process.communicate())
        try:
            here = Abroad(discord, provider, process)
            yield here
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            words = (await log)[1].decode()
        assert process.returncode == 0, words
        assert "Traceback" not in words
        assert discord.nowhere == here.unknown


async def test_a_video_is_made_between_strangers(tmp_path):
    async with abroad(tmp_path) as here:
        await here.discord.until(lambda: here.discord.commands)
        token = await here.discord.slash("ltx text", prompt="a fox", resolution="480p", duration=5)
        assert "$0.06" in await here.discord.answer(token)
        video = await here.discord.message("your video is ready", "a fox", "Again")
    assert video["uploaded"] == ["clapper-1.mp4"]
    [paid] = here.provider.submitted
    assert paid.path == "/api/v1/generateTask/ltx-2-19b"
    chosen = {"resolution": "480p", "duration": 5}
    wanted = {"mode": "text-to-video", "prompt": "a fox", **chosen}
    assert paid.json == {"request_type": "async", "input": wanted}


async def test_a_provider_that_tells_no_balance_is_asked_for_videos_all_the_same(tmp_path):
    async with abroad(tmp_path, balance=None) as here:
        await here.discord.until(lambda: here.discord.commands)
        await here.discord.slash("wan text", prompt="a fox")
        await here.discord.message("your video is ready")


async def test_a_paid_film_that_looks_broken_every_time_is_brought_as_it_is(tmp_path):
    async with abroad(tmp_path, BARE_FILM) as here:
        await here.discord.until(lambda: here.discord.commands)
        await here.discord.slash("ltx text", prompt="a fox", duration=5)
        video = await here.discord.message("your video is ready")
    assert video["uploaded"] == ["clapper-1.mp4"]
    assert len([it for it in here.provider.heard if it.path.startswith("/files/")]) == 3


async def test_images_that_only_the_provider_can_reach_do_not_keep_a_video_from_being_made(
    tmp_path,
):
    async with abroad(tmp_path) as here:
        await here.discord.until(lambda: here.discord.commands)
        first, last = _image("1"), _image("2")
        await here.discord.slash(
            "kling image",
            prompt="a fox",
            start_image="1",
            end_image="2",
            resolved={"attachments": {"1": first, "2": last}},
        )
        await here.discord.message("your video is ready")
    [paid] = here.provider.submitted
    assert paid.json["input"]["image_urls"] == [first["url"], last["url"]]


async def test_a_role_counts_that_the_library_has_not_heard_of(tmp_path):
    async with abroad(tmp_path) as here:
        await here.discord.until(lambda: here.discord.commands)
        role = {"id": "5001", "name": "patrons", "color": 0, "permissions": "0", "position": 1}
        role |= {"hoist": False, "managed": False, "mentionable": False}
        token = await here.discord.slash(
            "budget role",
            permissions=str(MANAGE_GUILD),
            resolved={"roles": {"5001": role}},
            role="5001",
            amount="7",
        )
        await here.discord.answer(token)
        await here.discord.message("$7.00")
        shown = await here.discord.slash("balance")
        await here.discord.until(lambda: here.discord.answers.get(shown))
        assert "$7.00" in said([*here.discord.messages.values()][-1])


async def test_an_admin_approves_what_a_member_asks_where_nobody_tells_of_members(tmp_path):
    async with abroad(tmp_path) as here:
        here.unknown = [f"GET /api/v10/guilds/{GUILD}/members/4001"]
        await here.discord.until(lambda: here.discord.commands)
        channel = {"id": str(ADMINS), "name": "admins", "type": 0, "permissions": "0"}
        told = await here.discord.slash(
            "studio admin-channel",
            permissions=str(MANAGE_GUILD),
            resolved={"channels": {str(ADMINS): channel}},
            channel=str(ADMINS),
        )
        await here.discord.answer(told)
        await here.discord.message("Where admins are asked", f"<#{ADMINS}>")
        await here.discord.slash("wan text", prompt="a dear fox", duration=10)
        await here.discord.press(
            await here.discord.message("Make this video?"), "Make it for about $0.80"
        )
        await here.discord.message("your video is ready", "a dear fox")
        await here.discord.slash("ltx text", prompt="a dearer fox", duration=20)
        refusal = await here.discord.message("Not enough left", "Ask an admin")
        await here.discord.press(refusal, "Ask an admin")
        card = await here.discord.message("May this video be made?")
        assert card["channel_id"] == str(ADMINS)
        await here.discord.press(card, "Approve once", permissions=str(MANAGE_GUILD), member=4002)
        await here.discord.message("your video is ready", "a dearer fox")
    assert len(here.provider.submitted) == 2


@pytest.mark.parametrize("verb", ["/balance", "/jobs", "/models", "/help"])
async def test_a_member_is_answered_where_nobody_says_who_they_are(tmp_path, verb):
    async with abroad(tmp_path) as here:
        await here.discord.until(lambda: here.discord.commands)
        token = await here.discord.slash(verb.removeprefix("/"))
        assert "did not work" not in await here.discord.answer(token)


def _image(number: str) -> Json:
    url = f"https://cdn.nowhere.invalid/{number}/cat.png?ex=1&is=2&hm=3"
    about = {"filename": "cat.png", "size": 70, "content_type": "image/png"}
    return {"id": number, "url": url, "proxy_url": url, **about}
