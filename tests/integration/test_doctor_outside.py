"""The doctor looks at Discord and at the provider: real sockets, and the real command line."""

import asyncio
import contextlib
import dataclasses
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.adapters.command_outline import Told
from bot.adapters.examine_discord import Expected, examine_discord
from bot.adapters.examine_provider import examine_provider, judge_balance
from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.marks import TOLD, Marks
from bot.domain.finding import Finding, Verdict
from bot.domain.ids import GuildId
from bot.domain.money import Micros, dollars
from bot.domain.rights import NEEDED, NEEDED_IN_THREAD
from bot.domain.servers import AllowedServers
from bot.playground.local_discord import Cast, LocalDiscord, furnish
from bot.playground.rehearsal import RehearsalProvider
from tests.rehearsed import free_port

ROOT = Path(__file__).parents[2]
CANARY = "c4n4ry-Xy7_QzT0Kp3mVb9sLw2eRf6uHj1aNd8g"
KEY = "rehearsal-key-canary"
FLOOR = dollars("1")
COMMAND = {"name": "video", "description": "A video", "type": 1}
EVERY = AllowedServers(every=True)


@contextlib.asynccontextmanager
async def town(*, commands: bool = True) -> AsyncGenerator[tuple[LocalDiscord, Cast]]:
    """Two servers, and a bot that has told Discord its commands."""
    async with LocalDiscord() as server:
        cast = furnish(server.world)
        if commands:
            server.world.commands.replace(None, [dict(COMMAND)])
        yield server, cast


@contextlib.asynccontextmanager
async def mute() -> AsyncGenerator[str]:
    """Somebody who takes every connection and never says a word."""
    over = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/api/v1"
    finally:
        over.set()
        listener.close()
        await listener.wait_closed()


@contextlib.asynccontextmanager
async def saying(answer: Callable[[web.Request], web.Response]) -> AsyncGenerator[str]:
    """Somebody who answers everything with this."""

    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def look(
    server: LocalDiscord, allowed: AllowedServers = EVERY, **more: Any
) -> dict[str, Finding]:
    seconds = more.pop("seconds", 10.0)
    token = more.pop("token", server.token)
    expected = Expected(allowed, api_url=server.api_url, **more)
    found = await examine_discord(SecretStr(token), expected, seconds=seconds)
    said = " ".join(str(dataclasses.astuple(finding)) for finding in found)
    assert server.token not in said
    assert token not in said
    return {finding.name: finding for finding in found}


def only(*ids: int) -> AllowedServers:
    return AllowedServers(frozenset(map(GuildId, ids)))


def assert_mendable(found: Finding, verdict: Verdict) -> None:
    assert found.verdict is verdict, found
    assert found.remedy


# -- Discord -------------------------------------------------------------------------------------


async def test_a_bot_that_is_well_at_discord_is_found_well() -> None:
    async with town() as (server, cast):
        found = await look(server, only(cast.studio.id))
        asked = list(server.journal)
    assert {finding.verdict for finding in found.values()} == {Verdict.OK}
    assert str(server.world.application_id) in found["Discord"].sentence
    assert server.world.bot.name in found["Discord"].sentence
    assert found["joined servers"].sentence.startswith("In 2, ")
    assert str(cast.elsewhere.id) in found["joined servers"].sentence, "may not spend"
    assert found["commands"].sentence == "1 registered."
    assert len(asked) == 3


async def test_a_token_that_discord_refuses_is_broken_and_never_shown() -> None:
    async with town() as (server, _):
        found = await look(server, token=CANARY)
    assert list(found) == ["Discord"]
    assert_mendable(found["Discord"], Verdict.BROKEN)
    assert "DISCORD_TOKEN" in found["Discord"].remedy


async def test_without_a_token_nobody_is_asked() -> None:
    async with town() as (server, _):
        assert await examine_discord(None, Expected(EVERY, api_url=server.api_url)) == []
        assert len(server.journal) == 0


async def test_allowed_servers_that_the_bot_is_not_in_are_named() -> None:
    async with town() as (server, cast):
        one = (await look(server, only(cast.studio.id, 4242)))["joined servers"]
        none = (await look(server, only(4242, 4243)))["joined servers"]
    assert_mendable(one, Verdict.WARNING)
    assert "4242" in one.sentence
    assert str(cast.studio.id) not in one.sentence
    assert_mendable(none, Verdict.BROKEN)
    assert "4242, 4243" in none.sentence


async def test_a_bot_in_no_server_gets_the_link_that_invites_it() -> None:
    async with LocalDiscord() as server:
        found = (await look(server))["joined servers"]
    assert_mendable(found, Verdict.BROKEN)
    assert f"client_id={server.world.application_id}" in found.remedy
    [asked_for] = re.findall(r"permissions=(\d+)", found.remedy)
    needed = {*NEEDED, *NEEDED_IN_THREAD}
    assert discord.Permissions(int(asked_for)) == discord.Permissions(**dict.fromkeys(needed, True))


async def test_every_page_of_many_servers_is_read() -> None:
    ids = list(range(1, 451))

    def answer(request: web.Request) -> web.Response:
        if request.path == "/oauth2/applications/@me":
            return web.json_response({"id": "7", "name": "Clapper"})
        if request.path != "/users/@me/guilds":
            return web.json_response([])
        after, limit = int(request.query.get("after", 0)), int(request.query["limit"])
        page = [each for each in ids if each > after][:limit]
        return web.json_response([{"id": str(each)} for each in page])

    async with saying(answer) as url:
        expected = Expected(only(450, 451), api_url=url)
        found = await examine_discord(SecretStr(CANARY), expected)
    assert found[1].sentence == "In 450, but not in these that may spend: 451."


async def test_pages_that_repeat_themselves_come_to_an_end() -> None:
    def answer(request: web.Request) -> web.Response:
        if request.path == "/oauth2/applications/@me":
            return web.json_response({"id": "7", "name": "Clapper"})
        return web.json_response([{"id": str(each)} for each in range(1, 201)])

    async with saying(answer) as url:
        found = await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert found[1].sentence == "In 200."


async def test_commands_that_nobody_registered_are_told() -> None:
    async with town(commands=False) as (server, _):
        found = (await look(server))["commands"]
    assert_mendable(found, Verdict.WARNING)
    assert "Start the bot" in found.remedy


async def test_the_commands_of_a_development_server_are_looked_for_there() -> None:
    async with town() as (server, cast):
        before = (await look(server, development_server=cast.studio.id))["commands"]
        server.world.commands.replace(cast.studio.id, [dict(COMMAND)])
        after = (await look(server, development_server=cast.studio.id))["commands"]
        nowhere = (await look(server, development_server=4242))["commands"]
    assert_mendable(before, Verdict.WARNING)
    assert after.verdict is Verdict.OK
    assert_mendable(nowhere, Verdict.BROKEN)
    assert "CLAPPER_DEVELOPMENT_SERVER" in nowhere.remedy


BUDGET = {
    "name": "budget",
    "description": "Money",
    "type": 1,
    "options": [
        {"name": "show", "description": "Shows", "type": 1, "options": []},
        {
            "name": "take",
            "description": "Takes",
            "type": 1,
            "options": [{"name": "amount", "description": "How much", "type": 3}],
        },
    ],
}
OTHERS = {
    "one less": ([COMMAND], "missing: /budget show, /budget take."),
    "none of ours": (
        [{**COMMAND, "name": "old"}],
        "missing: /budget show, /budget take, /video; not this bot's: /old.",
    ),
    "a part less": (
        [COMMAND, {**BUDGET, "options": BUDGET["options"][1:]}],
        "missing: /budget show.",
    ),
    "one more": ([COMMAND, BUDGET, {**COMMAND, "name": "old"}], "not this bot's: /old."),
    "a menu more": (
        [COMMAND, BUDGET, {"name": "Animate", "type": 3}],
        "not this bot's: Animate.",
    ),
    "an option less": (
        [COMMAND, {**BUDGET, "options": [{**it, "options": []} for it in BUDGET["options"]]}],
        "registered with other options: /budget take.",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
async def test_commands_that_are_not_as_the_bot_registered_them_are_named(case: str) -> None:
    registered, said = OTHERS[case]
    told = {"/video": [], "/budget show": [], "/budget take": ["amount"]}
    async with town(commands=False) as (server, _):
        server.world.commands.replace(None, [dict(COMMAND), dict(BUDGET)])
        well = (await look(server, commands=told))["commands"]
        server.world.commands.replace(None, [dict(it) for it in registered])
        found = (await look(server, commands=told))["commands"]
    assert (well.verdict, well.sentence) == (Verdict.OK, "2 registered.")
    assert_mendable(found, Verdict.WARNING)
    assert found.sentence == f"Not as the bot registered them; {said}"
    assert "Start the bot again" in found.remedy


async def test_an_endpoint_that_takes_the_commands_away_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with town() as (server, _):
        world = server.world
        changed = {**world.application_as_json(), "interactions_endpoint_url": "https://x.example"}
        monkeypatch.setattr(world, "application_as_json", lambda: changed)
        found = await look(server)
    assert_mendable(found["commands' way"], Verdict.BROKEN)
    assert "Interactions Endpoint URL" in found["commands' way"].remedy


async def test_outages_and_limits_of_discord_are_warnings() -> None:
    async with town() as (server, _):
        for outage in ("503", "reset"):
            server.faults.outage = outage
            found = await look(server)
            assert list(found) == ["Discord"]
            assert_mendable(found["Discord"], Verdict.WARNING)
        server.faults.clear()
        server.faults.limit("GET", "*", seconds=7)
        limited = (await look(server))["Discord"]
        server.faults.limit("GET", "/users/@me/guilds", seconds=7)
        partly = await look(server)
    assert_mendable(limited, Verdict.WARNING)
    assert "7 seconds" in limited.sentence
    assert_mendable(partly.pop("joined servers"), Verdict.WARNING)
    assert {finding.verdict for finding in partly.values()} == {Verdict.OK}


async def test_one_question_that_hangs_leaves_the_others_their_answers() -> None:
    async with town() as (server, _):
        server.faults.delay("GET", "/users/@me/guilds", 3)
        began = time.monotonic()
        found = await look(server, seconds=0.7)
        took = time.monotonic() - began
    assert_mendable(found.pop("joined servers"), Verdict.WARNING)
    assert {finding.verdict for finding in found.values()} == {Verdict.OK}
    assert took < 2.5


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: web.Response(text="<html>hello</html>", content_type="text/html"),
        lambda _: web.json_response([1, 2]),
        lambda _: web.json_response({"id": "no number", "name": "x"}),
        lambda _: web.Response(body=b'{"id": "7", "name": "x"}' + b" " * 17 * 1024 * 1024),
        lambda _: web.Response(status=302, headers={"Location": "/elsewhere"}),
        lambda _: web.json_response({"message": CANARY}, status=403),
    ],
)
async def test_answers_that_are_not_discords_are_a_warning(
    answer: Callable[[web.Request], web.Response],
) -> None:
    async with saying(answer) as url:
        (found,) = await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert_mendable(found, Verdict.WARNING)
    assert CANARY not in f"{found}"


@pytest.mark.parametrize("wait", [CANARY, "-1", "1e9", "9" * 5000, "²"])
async def test_a_wait_that_is_no_number_of_seconds_is_not_repeated(wait: str) -> None:
    async with saying(lambda _: web.Response(status=429, headers={"Retry-After": wait})) as url:
        (found,) = await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert_mendable(found, Verdict.WARNING)
    assert found.sentence == "Discord asks to wait."


async def test_a_token_that_comes_back_in_a_name_is_hidden() -> None:
    def answer(request: web.Request) -> web.Response:
        if request.path == "/oauth2/applications/@me":
            return web.json_response({"id": "7", "name": f"Clapper {CANARY}"})
        return web.json_response([])

    async with saying(answer) as url:
        found = await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert CANARY not in f"{found}"


# -- the provider --------------------------------------------------------------------------------


async def ask(url: str, key: str = KEY, seconds: float = 10.0) -> Finding:
    (found,) = await examine_provider(url, SecretStr(key), FLOOR, seconds=seconds)
    assert found.name == "provider"
    assert key not in f"{found}"
    return found


async def test_a_balance_above_the_floor_is_well_and_spends_nothing() -> None:
    async with RehearsalProvider(key=KEY, balance=12.5) as provider:
        found = await ask(provider.base_url)
        assert provider.books.balance_micros == 12_500_000
    assert found.verdict is Verdict.OK
    assert "$12.50" in found.sentence


@pytest.mark.parametrize(("balance", "told"), [(0.5, "below the floor of $1"), (0, "$0")])
async def test_too_little_money_is_broken(balance: float, told: str) -> None:
    async with RehearsalProvider(key=KEY, balance=balance) as provider:
        found = await ask(provider.base_url)
    assert_mendable(found, Verdict.BROKEN)
    assert told in found.sentence
    assert "Put money" in found.remedy


def test_the_doctor_draws_the_line_where_the_bot_does() -> None:
    verdicts = [judge_balance(Micros(left), FLOOR).verdict for left in (FLOOR - 1, FLOOR)]
    assert verdicts == [Verdict.BROKEN, Verdict.OK]
    assert judge_balance(Micros(0), Micros(0)).verdict is Verdict.BROKEN


@pytest.mark.parametrize(
    ("act", "verdict", "told"),
    [
        ("http:402", Verdict.BROKEN, "$0"),
        ("http:403", Verdict.BROKEN, "may not read"),
        ("http:429:5", Verdict.WARNING, "It asks to slow down"),
        ("http:503", Verdict.WARNING, "cannot be asked"),
        ("html:502", Verdict.WARNING, "cannot be asked"),
        ("reset", Verdict.WARNING, "cannot be asked"),
        ("null_data", Verdict.WARNING, "cannot be asked"),
    ],
)
async def test_each_trouble_of_the_provider_has_its_remedy(
    act: str, verdict: Verdict, told: str
) -> None:
    async with RehearsalProvider(key=KEY) as provider:
        provider.stage.always("balance", act)
        found = await ask(provider.base_url)
    assert_mendable(found, verdict)
    assert told in found.sentence


async def test_a_key_that_is_refused_is_broken_and_never_shown() -> None:
    async with RehearsalProvider(key=KEY) as provider:
        found = await ask(provider.base_url, key=CANARY)
    assert_mendable(found, Verdict.BROKEN)
    assert "APIXO_API_KEY" in found.remedy


async def test_nobody_listening_is_a_warning_for_either() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert_mendable(await ask(url), Verdict.WARNING)
    (found,) = await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert_mendable(found, Verdict.WARNING)
    assert "no connection" in found.sentence


async def test_without_a_key_nobody_is_asked() -> None:
    async with RehearsalProvider(key=KEY) as provider:
        assert await examine_provider(provider.base_url, None, FLOOR) == []
        assert provider.books.requests_within(60) == 0


async def test_a_provider_that_never_answers_costs_no_more_than_the_limit() -> None:
    began = time.monotonic()
    async with mute() as url:
        found = await ask(url, seconds=0.5)
    assert_mendable(found, Verdict.WARNING)
    assert time.monotonic() - began < 2.5


# -- names ---------------------------------------------------------------------------------------


def test_a_name_server_that_never_answers_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def never(*_: object, **__: object) -> list[object]:
        over.wait(20)
        return []

    async def both() -> list[Finding]:
        url = "https://nowhere.example/api"
        town, provider = await asyncio.gather(
            examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url), seconds=0.5),
            examine_provider(url, SecretStr(KEY), FLOOR, seconds=0.5),
        )
        return town + provider

    monkeypatch.setattr(socket, "getaddrinfo", never)
    began = time.monotonic()
    found = asyncio.run(both())
    took = time.monotonic() - began
    over.set()
    assert [finding.verdict for finding in found] == [Verdict.WARNING] * 2
    assert took < 5


async def test_names_are_found_as_ever() -> None:
    async with town() as (server, _), RehearsalProvider(key=KEY) as provider:
        there = server.api_url.replace("127.0.0.1", "localhost")
        found = await examine_discord(SecretStr(server.token), Expected(EVERY, api_url=there))
        assert {finding.verdict for finding in found} == {Verdict.OK}
        paid = await ask(provider.base_url.replace("127.0.0.1", "localhost"))
        assert paid.verdict is Verdict.OK


async def test_a_name_that_does_not_exist_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    url = "https://nowhere.example/api"
    assert_mendable(await ask(url), Verdict.WARNING)
    (found,) = await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert_mendable(found, Verdict.WARNING)
    assert "no connection" in found.sentence


async def test_discord_hears_what_kind_of_program_asks() -> None:
    met: list[str] = []

    def answer(request: web.Request) -> web.Response:
        met.append(request.headers["User-Agent"])
        return web.Response(status=503)

    async with saying(answer) as url:
        await examine_discord(SecretStr(CANARY), Expected(EVERY, api_url=url))
    assert met
    assert met[0].startswith("DiscordBot (https://")


# -- as people do it -----------------------------------------------------------------------------


async def doctor(
    folder: Path, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "doctor", *arguments],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    done = await asyncio.to_thread(run)
    for name in ("DISCORD_TOKEN", "APIXO_API_KEY"):
        if name in settings:
            assert settings[name] not in done.stdout + done.stderr
    assert done.stderr == ""
    return done


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {finding["name"]: finding["verdict"] for finding in json.loads(done.stdout)}


async def test_the_command_line_looks_at_both(tmp_path: Path) -> None:
    async with town() as (server, cast), RehearsalProvider(key=KEY, balance=5) as provider:
        settings = {
            "CLAPPER_DISCORD_API_URL": server.api_url,
            "CLAPPER_APIXO_URL": provider.base_url,
            "CLAPPER_ALLOWED_SERVERS": str(cast.studio.id),
        }
        good = await doctor(tmp_path, **settings, DISCORD_TOKEN=server.token, APIXO_API_KEY=KEY)
        provider.adjust(balance=0)
        empty = await doctor(
            tmp_path, "--json", **settings, DISCORD_TOKEN=server.token, APIXO_API_KEY=KEY
        )
        wrong = await doctor(
            tmp_path, "--json", **settings, DISCORD_TOKEN=CANARY, APIXO_API_KEY=f"{CANARY}-key"
        )
    assert good.returncode == 0
    assert "ok       commands " in good.stdout
    assert "Takes the key; $5.00 is left." in good.stdout
    assert (empty.returncode, wrong.returncode) == (1, 1)
    assert (verdicts(empty)["Discord"], verdicts(empty)["provider"]) == ("ok", "broken")
    assert (verdicts(wrong)["Discord"], verdicts(wrong)["provider"]) == ("broken", "broken")
    assert list(tmp_path.iterdir()) == []


async def test_the_command_line_knows_from_the_books_what_the_bot_registered(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    async with town() as (server, cast), await Database.open(folder.database) as books:
        settings = {
            "CLAPPER_DISCORD_API_URL": server.api_url,
            "CLAPPER_PROVIDER": "rehearsal",
            "DISCORD_TOKEN": server.token,
        }
        told = Told(server=None, commands={"/video": [], "/help": []})
        await Marks(books).put(TOLD, told.model_dump_json())
        done = await doctor(tmp_path, **settings)
        server.world.commands.replace(cast.studio.id, [dict(COMMAND)])
        elsewhere = await doctor(
            tmp_path, **settings, CLAPPER_DEVELOPMENT_SERVER=str(cast.studio.id)
        )
    assert "Not as the bot registered them; missing: /help." in done.stdout
    assert "Start the bot again" in done.stdout
    assert "1 registered in development server" in elsewhere.stdout


async def test_the_command_line_waits_ten_seconds_for_both_together(tmp_path: Path) -> None:
    began = time.monotonic()
    async with mute() as url:
        done = await doctor(
            tmp_path,
            "--json",
            CLAPPER_DISCORD_API_URL=url,
            CLAPPER_APIXO_URL=url,
            DISCORD_TOKEN=CANARY,
            APIXO_API_KEY=KEY,
        )
    assert (verdicts(done)["Discord"], verdicts(done)["provider"]) == ("warning", "warning")
    assert time.monotonic() - began < 18, "one after the other they would take 20 seconds"
