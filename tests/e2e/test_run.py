"""The bot as its own process, at the local Discord, with the rehearsal provider inside."""

import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.playground.local_discord import LocalDiscord, furnish
from tests.rehearsed import free_port

ROOT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def process(server: LocalDiscord, data: Path, port: int, **settings: str):
    environ = {
        "PATH": "/usr/bin:/bin",
        "DISCORD_TOKEN": server.token,
        "CLAPPER_PROVIDER": "rehearsal",
        "CLAPPER_DATA_DIR": str(data),
        "CLAPPER_DISCORD_API_URL": server.api_url,
        "CLAPPER_DISCORD_GATEWAY_URL": server.gateway_url,
        "CLAPPER_WAIT_SCALE": "0.01",
        "CLAPPER_ALLOWED_SERVERS": "*",
        "CLAPPER_WEB_PORT": str(port),
        "CLAPPER_LOG_FORMAT": "json",
        **settings,
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=ROOT, env=environ, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def health(port: int) -> dict[str, list[str]] | None:
    with contextlib.suppress(aiohttp.ClientError):
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/healthz") as answer,
        ):
            return json.loads(await answer.read())
    return None


async def until_healthy(port: int) -> None:
    async with asyncio.timeout(30):
        while await health(port) != {"failing": []}:
            await asyncio.sleep(0.05)


@pytest.fixture
async def server():
    async with LocalDiscord() as server:
        furnish(server.world)
        yield server


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_it_logs_in_is_healthy_and_ends_cleanly_when_told_to(server, tmp_path, word):
    port = free_port()
    async with process(server, tmp_path / "data", port) as bot:
        await until_healthy(port)
        bot.send_signal(word)
        _, log = await asyncio.wait_for(bot.communicate(), 30)
    assert bot.returncode == 0
    lines = [json.loads(line) for line in log.decode().splitlines()]
    assert any("REHEARSAL" in line["event"] for line in lines), "it says that nothing is spent"
    assert server.token not in log.decode()
    assert not [line for line in lines if line["level"] in {"error", "critical"}]


async def test_what_is_to_outlive_its_terminal_does(server, tmp_path):
    port = free_port()
    minded = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does; children inherit it
    try:
        async with process(server, tmp_path / "data", port) as bot:
            signal.signal(signal.SIGHUP, minded)
            await until_healthy(port)
            status = Path(f"/proc/{bot.pid}/status").read_text()
            [ignored] = [it.split()[1] for it in status.splitlines() if it.startswith("SigIgn")]
            assert int(ignored, 16) & 1 << signal.SIGHUP - 1
    finally:
        signal.signal(signal.SIGHUP, minded)


async def test_without_the_gateway_it_says_which_part_is_not_well(server, tmp_path):
    port = free_port()
    server.go_down("503")
    async with process(server, tmp_path / "data", port) as bot:
        async with asyncio.timeout(30):
            while await health(port) != {"failing": ["gateway"]}:
                await asyncio.sleep(0.05)
        server.come_back()
        await until_healthy(port)
        assert bot.returncode is None, "a refused login is waited out"


async def test_a_token_that_discord_refuses_is_one_line_and_exit_code_two(server, tmp_path):
    wrong = "no.such.token"
    async with process(server, tmp_path / "data", free_port(), DISCORD_TOKEN=wrong) as bot:
        _, log = await asyncio.wait_for(bot.communicate(), 30)
    assert bot.returncode == 2
    assert log.decode().splitlines()[-1].startswith("clapper: DISCORD_TOKEN: is not accepted")
    assert "Traceback" not in log.decode()
    assert wrong not in log.decode()


async def test_a_second_process_says_who_holds_the_folder_and_exits_with_75(server, tmp_path):
    port = free_port()
    async with process(server, tmp_path / "data", port) as first:
        await until_healthy(port)
        async with process(server, tmp_path / "data", free_port()) as second:
            _, log = await asyncio.wait_for(second.communicate(), 30)
        assert second.returncode == 75
        assert str(first.pid) in log.decode().splitlines()[-1]


async def test_a_port_that_is_taken_is_one_line_and_exit_code_two(server, tmp_path):
    port = free_port()
    async with process(server, tmp_path / "one", port):
        await until_healthy(port)
        async with process(server, tmp_path / "two", port) as second:
            _, log = await asyncio.wait_for(second.communicate(), 30)
        assert second.returncode == 2
        assert log.decode().splitlines()[-1].startswith("clapper: CLAPPER_WEB_PORT: ")
