"""Directing the rehearsal: script, chance, weather and knobs, from here and from another process."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.playground.rehearsal import WEATHERS, Books, RehearsalError, RehearsalProvider, Stage

ROOT = Path(__file__).parents[2]
LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}
BODY = {"request_type": "async", "input": LTX}
_PICTURE = "https://example.com/cat.png"
PICTURED = {**BODY, "input": {**LTX, "mode": "image-to-video", "image_urls": [_PICTURE]}}


@pytest.fixture
async def provider() -> AsyncIterator[RehearsalProvider]:
    async with RehearsalProvider(wait_scale=0.001, fast=True) as provider:
        yield provider


@pytest.fixture
async def client(provider) -> AsyncIterator[ClientSession]:
    headers = {"Authorization": f"Bearer {provider.key}"}
    async with ClientSession(provider.origin, headers=headers) as client:
        yield client


async def submit(client: ClientSession, body: object = BODY) -> int:
    async with client.post("/api/v1/generateTask/ltx-2-19b", json=body) as response:
        return response.status


async def direct(client: ClientSession, what: str, form: object) -> tuple[int, str]:
    async with client.post(f"/_stage/{what}", json=form) as response:
        return response.status, await response.text()


def test_a_script_is_played_in_its_order_and_then_all_is_well() -> None:
    stage = Stage()
    stage.next("submit", "http:503", "reset", times=2)
    played = [stage.draw("submit").text for _ in range(5)]
    assert played == ["http:503", "reset", "http:503", "reset", "ok"]


def test_what_always_happens_waits_for_the_script() -> None:
    stage = Stage()
    stage.always("file", "http:404")
    stage.next("file", "html")
    assert [stage.draw("file").name for _ in range(3)] == ["html", "http", "http"]


def test_a_seed_tells_the_same_story_whatever_the_other_doors_do() -> None:
    chances = {"submit": {"reset": 0.3, "created+reset": 0.3}, "status": {"http:500": 0.5}}
    stories = []
    for reads in (0, 3):
        stage = Stage()
        stage.mix(7, chances)
        story = []
        for _ in range(50):
            story.append(stage.draw("submit").text)
            for _ in range(reads):
                stage.draw("status")
        stories.append(story)
    assert stories[0] == stories[1]
    assert set(stories[0]) == {"ok", "reset", "created+reset"}


def test_another_seed_tells_another_story() -> None:
    stories = []
    for seed in (1, 2):
        stage = Stage()
        stage.mix(seed, {"submit": {"reset": 0.5}})
        stories.append([stage.draw("submit").text for _ in range(50)])
    assert stories[0] != stories[1]


@pytest.mark.parametrize(
    ("door", "act"),
    [
        ("submit", "explode"),
        ("status", "created+reset"),
        ("file", "stale"),
        ("submit", "http"),
        ("submit", "http:many"),
    ],
)
def test_an_act_that_a_door_does_not_know_is_refused_at_once(door, act) -> None:
    with pytest.raises(ValueError, match=r"knows|number|value"):
        Stage().next(door, act)


def test_more_than_all_is_no_probability() -> None:
    with pytest.raises(ValueError, match="beyond 1"):
        Stage().mix(1, {"submit": {"reset": 0.6, "never": 0.5}})


async def test_the_weather_changes_what_members_meet(provider, client) -> None:
    met = {}
    for name in ("balance empty", "rate limited", "works"):
        assert (await direct(client, "weather", {"name": name}))[0] == 204
        met[name] = await submit(client)
    assert met == {"balance empty": 402, "rate limited": 429, "works": 200}
    assert provider.stage.weather == "works"


async def test_in_bad_weather_tasks_fail_as_its_name_says(provider, client) -> None:
    codes = {
        "content refused": (BODY, "SensitiveContent"),
        "image not reachable": (PICTURED, "ImageNotAccess"),
    }
    for name, (body, code) in codes.items():
        provider.stage.change_weather(name)
        await submit(client, body)
        task = list(provider.books.tasks.values())[-1]
        await provider.until(lambda _, task=task: task.ended)
        assert task.fail_code == code


async def test_where_no_image_was_sent_none_can_be_missing(provider, client) -> None:
    provider.stage.change_weather("image not reachable")
    await submit(client)
    (task,) = provider.books.tasks.values()
    await provider.until(lambda _: task.ended)
    assert not task.fail_code


async def test_all_can_be_directed_from_another_process(provider, client) -> None:
    assert (await direct(client, "next", {"door": "submit", "acts": ["http:503"], "times": 2}))[
        0
    ] == 204
    assert [await submit(client) for _ in range(3)] == [503, 503, 200]
    assert (await direct(client, "always", {"door": "submit", "act": "http:502"}))[0] == 204
    assert await submit(client) == 502
    assert (await direct(client, "clear", {}))[0] == 204
    chances = {"submit": {"http:504": 1.0}}
    assert (await direct(client, "mix", {"seed": 3, "chances": chances}))[0] == 204
    assert await submit(client) == 504
    assert (await direct(client, "clear", {}))[0] == 204
    assert (await direct(client, "settings", {"balance": 0.5, "wait_scale": 1}))[0] == 204
    assert await submit(client) == 200
    assert provider.books.balance_micros == 440_000
    running = next(reversed(provider.books.tasks))
    assert (await direct(client, "finish", {"task_id": running}))[0] == 204
    await provider.until(lambda books: books.tasks[running].ended)


async def test_a_direction_that_makes_no_sense_is_refused_with_the_reason(client) -> None:
    wrong = [
        ("next", {"door": "submit", "acts": ["explode"]}, "explode"),
        ("next", {"door": "window", "acts": []}, "door"),
        ("weather", {"name": "snow"}, "snow"),
        ("settings", {"wait_scale": 0}, "wait_scale"),
        ("settings", {"gravity": 1}, "gravity"),
        ("finish", {"task_id": "nobody"}, "no such task"),
        ("call", {"task_id": "nobody", "kind": "true"}, "no such task"),
        ("clear", {"all": True}, "all"),
    ]
    for what, form, word in wrong:
        status, text = await direct(client, what, form)
        assert status == 400
        assert word in text


async def test_a_web_pages_form_cannot_direct(client) -> None:
    async with client.post("/_stage/clear", data="{}") as response:
        assert response.status == 415


async def test_the_books_and_the_vocabulary_can_be_read_from_outside(provider, client) -> None:
    await submit(client)
    await provider.until(lambda books: books.succeeded)
    async with client.get("/_stage/books") as response:
        books = await response.json()
    (task,) = books["tasks"]
    assert (task["payload"], task["price_micros"], task["state"]) == (BODY, 60_000, "success")
    assert (books["billed_micros"], books["requests"]) == (60_000, {"submit": 1})
    async with client.get("/_stage") as response:
        about = await response.json()
    assert set(about["weathers"]) == set(WEATHERS)
    async with client.get("/_stage/settings") as response:
        assert (await response.json())["balance"] == 99.94


async def test_a_fault_of_the_rehearsal_itself_is_never_taken_for_the_bots(monkeypatch) -> None:
    monkeypatch.delattr(Books, "requests_within")  # any fault will do
    provider = await RehearsalProvider().__aenter__()
    headers = {"Authorization": f"Bearer {provider.key}"}
    async with (
        ClientSession(provider.base_url + "/", headers=headers) as client,
        client.get("apikeys/current-balance") as response,
    ):
        assert response.status == 500
    with pytest.raises(RehearsalError):
        await provider.__aexit__(None, None, None)


async def test_as_a_process_it_says_where_it_is_and_ends_with_its_parent() -> None:
    command = ("-m", "bot.playground.rehearsal", "--until-eof", "--fast", "--wait-scale", "0.001")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        where = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        headers = {"Authorization": f"Bearer {where['key']}"}
        url = f"{where['base_url']}/generateTask/ltx-2-19b"
        async with (
            ClientSession(headers=headers) as client,
            client.post(url, json=BODY) as response,
        ):
            assert response.status == 200
        _, complaint = await asyncio.wait_for(process.communicate(b""), 20)  # closes its stdin
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, complaint) == (0, b"")


async def test_a_thousand_tasks_run_at_once(provider, client) -> None:
    provider.adjust(balance=1000, wait_scale=1)
    answers = await asyncio.gather(*(submit(client) for _ in range(1001)))
    assert answers.count(200) == 1000
    assert answers.count(429) == 1
    assert provider.books.most_at_once == 1000
    provider.adjust(wait_scale=0.0001)
    await provider.until(lambda books: len(books.succeeded) == 1000)
    assert provider.books.billed_micros == 60_000_000
