"""The web door: what the world may ask, and what it may not tell apart."""

import asyncio
import contextlib
import json
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

from bot.domain.errors import NotFoundError, StoreFullError
from bot.domain.job import JobState
from bot.web import LARGEST_CALLBACK_BYTES, Doors, Health, web_runner
from tests.rehearsed import rehearsed

TOKEN = "t" * 43


class Inside:
    """What the door calls, as simple as can be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bodies: list[bytes] = []
        self.full = False
        self.well = {"gateway": True, "database": True, "watcher": True}

    async def accept(self, token: str, body: bytes) -> bool:
        if self.full:
            raise StoreFullError("no space")
        if token == TOKEN:
            self.bodies.append(body)
        return token == TOKEN

    def clip(self, name: str) -> Path:
        path = self.folder / name
        if "/" in name or not path.is_file():
            raise NotFoundError(name)
        return path

    async def metrics(self) -> bytes:
        return b"# TYPE clapper_jobs gauge\nclapper_jobs 1.0\n"

    def check(self, name: str):
        async def is_well() -> bool:
            if name == "broken":
                raise RuntimeError
            return self.well[name]

        return is_well

    def doors(self) -> Doors:
        health = Health({name: self.check(name) for name in self.well})
        return Doors(self.accept, health, self.metrics, self.clip, 0.3, 0.5)


@pytest.fixture
async def inside(tmp_path):
    return Inside(tmp_path)


@pytest.fixture
async def door(inside):
    runner = web_runner(inside.doors())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(base) as session:
        yield session
    await runner.cleanup()


async def test_a_callback_is_answered_once_it_is_kept(door, inside):
    async with door.post(f"/callbacks/{TOKEN}", data=b"{}") as answer:
        assert answer.status == 200
    assert inside.bodies == [b"{}"]


async def test_every_wrong_token_looks_the_same(door):
    answers = set()
    for token in ("x", "t" * 42, "t" * 500, "%ff%fe", "%D0%B6", "..%2F..%2Fetc", "a b"):
        async with door.post(f"/callbacks/{token}", data=b"{}") as answer:
            answers.add((answer.status, await answer.text()))
    assert answers == {(404, "404: Not Found")}


async def test_a_body_that_is_too_large_rings_the_bell_and_is_not_read(door, inside):
    async with door.post(f"/callbacks/{TOKEN}", data=b"x" * (1024 * 1024)) as answer:
        assert answer.status == 200
    assert inside.bodies == [b""]
    async with door.post("/callbacks/wrong", data=b"x" * (LARGEST_CALLBACK_BYTES + 1)) as answer:
        assert answer.status == 404


async def test_what_cannot_be_written_down_is_not_accepted(door, inside):
    inside.full = True
    async with door.post(f"/callbacks/{TOKEN}", data=b"{}") as answer:
        assert answer.status == 503
    inside.full = False
    async with door.post(f"/callbacks/{TOKEN}", data=b"{}") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_a_callback_is_a_post(door, inside, method):
    async with door.request(method, f"/callbacks/{TOKEN}") as answer:
        assert answer.status == 405
    assert inside.bodies == []


HEAD = f"POST /callbacks/{TOKEN} HTTP/1.1\r\nHost: us\r\n"
SLOW = {
    "says nothing": "",
    "stops in its head": HEAD,
    "talks on without end": "endless",
}


@pytest.mark.parametrize("words", SLOW.values(), ids=SLOW)
async def test_whoever_takes_for_ever_is_shown_out(door, inside, words):
    reader, writer = await asyncio.open_connection(door._base_url.host, door._base_url.port)
    talking = asyncio.create_task(talk_on(writer) if words == "endless" else asyncio.sleep(0))
    if words != "endless":
        writer.write(words.encode())
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    talking.cancel()
    writer.close()
    assert inside.bodies == []


async def talk_on(writer):
    writer.write(HEAD.encode())
    while not writer.is_closing():
        writer.write(b"X-More: 1\r\n")
        await asyncio.sleep(0.05)


async def test_a_body_that_never_comes_rings_the_bell_without_it(door, inside):
    reader, writer = await asyncio.open_connection(door._base_url.host, door._base_url.port)
    writer.write(HEAD.encode() + b"Content-Length: 100\r\n\r\nabc")
    async with asyncio.timeout(10):
        assert b" 200 " in await reader.readline()
    assert inside.bodies == [b""]
    writer.close()


async def test_a_film_that_nobody_goes_on_watching_does_not_keep_the_bot_from_ending(
    inside, monkeypatch
):
    monkeypatch.setattr("bot.web._CLOSING_SECONDS", 0.2)
    (inside.folder / "1-0-abc.mp4").write_bytes(bytes(50_000_000))
    runner = web_runner(inside.doors())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0][:2])
    writer.write(b"GET /clips/1-0-abc.mp4 HTTP/1.1\r\nHost: us\r\n\r\n")
    assert b" 200 " in await reader.readline()
    async with asyncio.timeout(10):
        await runner.cleanup()
    writer.close()


async def test_health_says_which_part_is_not_well(door, inside):
    async with door.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"failing": []})
    inside.well["gateway"] = inside.well["watcher"] = False
    async with door.get("/healthz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"failing": ["gateway", "watcher"]}


async def test_a_check_that_raises_is_a_part_that_is_not_well():
    async def broken() -> bool:
        raise RuntimeError

    assert await Health({"database": broken}).failing() == ["database"]


async def test_a_clip_is_served_with_its_type_and_from_any_byte(door, inside):
    content = bytes(range(256)) * 40
    (inside.folder / "1-0-abc.mp4").write_bytes(content)
    async with door.get("/clips/1-0-abc.mp4") as answer:
        assert answer.headers["Content-Type"] == "video/mp4"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == content
    async with door.get("/clips/1-0-abc.mp4", headers={"Range": "bytes=100-199"}) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
        assert await answer.read() == content[100:200]
    async with door.get("/clips/1-0-abc.mp4", headers={"Range": "bytes=-50"}) as answer:
        assert answer.status == 206
        assert await answer.read() == content[-50:]
    async with door.head("/clips/1-0-abc.mp4") as answer:
        assert answer.headers["Content-Length"] == str(len(content))
    async with door.get("/clips/1-0-abc.mp4", headers={"Range": "bytes=999999-"}) as answer:
        assert answer.status == 416


async def test_what_is_no_clip_is_not_there(door, inside):
    (inside.folder.parent / "secret").write_text("canary")
    for name in ("none.mp4", "..%2Fsecret", "%2e%2e%2fsecret", "", "a%00b"):
        for method in ("GET", "HEAD"):
            async with door.request(method, URL(f"/clips/{name}", encoded=True)) as answer:
                assert answer.status == 404
                assert "canary" not in await answer.text()


async def test_of_the_whole_bots_folder_nothing_but_clips_is_served(tmp_path):
    async with rehearsed(tmp_path, callbacks=True) as world, aiohttp.ClientSession() as session:
        await world.ended(await world.ordered())
        data = tmp_path / "data"
        (clip,) = (data / "clips").glob("*.mp4")
        (data / "clips" / "copies" / f"{clip.stem}.small.mp4").write_bytes(b"canary")
        (data / "clips" / "9-0-aaaaaaaaaaaaaaaaaaaaaa.mp4").symlink_to(data / "clapper.db")
        (data / "clips" / "9-1-aaaaaaaaaaaaaaaaaaaaaa.tmp").write_bytes(b"canary")
        host, port = world.bot.web_address
        names = [
            "..%2Fclapper.db",
            "%2e%2e/clapper.db",
            "copies",
            f"copies%2F{clip.stem}.small.mp4",
            f"copies/{clip.stem}.small.mp4",
            "9-0-aaaaaaaaaaaaaaaaaaaaaa.mp4",
            "9-1-aaaaaaaaaaaaaaaaaaaaaa.tmp",
            f"{clip.name}%00",
            f"{clip.name}/",
            clip.name.upper(),
            f".%2F{clip.name}",
            str(data / "clapper.db").replace("/", "%2F"),
            "",
        ]
        for name in names:
            url = URL(f"http://{host}:{port}/clips/{name}", encoded=True)
            async with session.get(url, allow_redirects=False) as answer:
                assert answer.status == 404, name
                assert b"canary" not in await answer.read()


async def test_the_whole_bot_says_when_nobody_looks_after_the_jobs(tmp_path):
    async with rehearsed(tmp_path) as world, aiohttp.ClientSession() as session:
        host, port = world.bot.web_address
        watch = world.bot.studio.watch
        await world.until(lambda: watch.ticked_at)
        for silent, failing in ((0, []), (59, []), (61, ["watcher"])):
            now = world.bot.services.clock.now()
            watch._stopping, watch.ticked_at = True, now - timedelta(seconds=silent)
            async with session.get(f"http://{host}:{port}/healthz") as answer:
                assert (await answer.json())["failing"] == failing


async def test_the_whole_bots_metrics_can_be_read(tmp_path):
    async with rehearsed(tmp_path) as world, aiohttp.ClientSession() as session:
        await world.ended(await world.ordered())
        host, port = world.bot.web_address
        async with session.get(f"http://{host}:{port}/metrics") as answer:
            families = {
                family.name: family
                for family in text_string_to_metric_families(await answer.text())
            }
    jobs = {sample.labels["state"]: sample.value for sample in families["clapper_jobs"].samples}
    assert jobs.pop("delivered") == 1
    assert set(jobs) == {*JobState} - {"delivered"}, "what has not happened is 0, and not missing"
    assert set(jobs.values()) == {0}
    stopped = {it.labels["why"]: it.value for it in families["clapper_stopped"].samples}
    assert stopped == dict.fromkeys(
        ("balance-empty", "balance-low", "key-refused", "too-many-unknown"), 0
    )
    caps = families["clapper_cap_dollars"].samples
    today = {it.labels["part"]: it.value for it in caps if it.labels["period"] == "day"}
    assert today["spent"] > 0
    assert sum(today.values()) == 20
    assert families["clapper_provider_silent_seconds"].samples[0].value == 0
    assert families["clapper_balance_dollars"].samples[0].value > 0


async def test_a_finished_clip_can_be_had_at_its_address(tmp_path):
    async with rehearsed(tmp_path, callbacks=True) as world, aiohttp.ClientSession() as session:
        await world.ended(await world.ordered())
        (clip,) = world.postman.posted[0][0].clips
        url = world.bot.services.clip_url(clip.name)
        assert url is not None
        async with session.get(url) as answer:
            assert len(await answer.read()) == clip.size_bytes


async def test_no_path_of_a_callback_reaches_the_log(tmp_path, caplog):
    caplog.set_level(0)
    async with rehearsed(tmp_path, callbacks=True) as world:
        await world.ended(await world.ordered())
        urls = [task.callback_url for task in world.provider.books.tasks.values()]
    await asyncio.sleep(0)
    assert urls
    assert all(url.rpartition("/")[2] not in caplog.text for url in urls)
    assert json.dumps(urls)[2:-2] not in caplog.text
