"""A task's life at the rehearsal provider: time, states, money, limits, and how it can end."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientConnectorError, ClientError, ClientSession, web

from bot.playground.rehearsal import FAIL_CODES, RehearsalProvider

LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)

Theatre = tuple[RehearsalProvider, ClientSession]


@pytest.fixture
async def theatre() -> AsyncIterator[Theatre]:
    async with (
        RehearsalProvider(wait_scale=0.001, fast=True) as provider,
        ClientSession(headers={"Authorization": f"Bearer {provider.key}"}) as client,
    ):
        yield provider, client


async def submit(theatre: Theatre, **fields: object) -> tuple[int, str]:
    provider, client = theatre
    body = {"request_type": "async", "input": {**LTX, **fields}}
    url = f"{provider.base_url}/generateTask/ltx-2-19b"
    async with client.post(url, json=body) as response:
        data = (await response.json())["data"]
        return response.status, data["taskId"] if data else ""


async def status(theatre: Theatre, task_id: str, model: str = "ltx-2-19b") -> dict[str, object]:
    provider, client = theatre
    url = f"{provider.base_url}/statusTask/{model}"
    async with client.get(url, params={"taskId": task_id}) as response:
        answer = await response.json()
        assert answer["code"] == response.status
        return answer["data"] if response.status == 200 else {"http": response.status}


async def ended(theatre: Theatre, act: str) -> dict[str, object]:
    theatre[0].stage.next("task", act)
    _, task_id = await submit(theatre)
    await theatre[0].until(lambda books: books.tasks[task_id].ended)
    return await status(theatre, task_id)


async def test_a_task_is_pending_then_processing_then_a_success(theatre) -> None:
    provider, _ = theatre
    provider.adjust(wait_scale=1)
    _, task_id = await submit(theatre)
    assert (await status(theatre, task_id))["state"] == "pending"
    provider.adjust(wait_scale=0.001)
    await provider.until(lambda books: books.tasks[task_id].state == "processing")
    provider.finish(task_id)
    await provider.until(lambda books: books.succeeded)
    data = await status(theatre, task_id)
    assert data["state"] == "success"
    assert list(json.loads(str(data["resultJson"]))) == ["resultUrls"]
    task = provider.books.tasks[task_id]
    assert data["createTime"] == task.created_ms
    assert data["completeTime"] == task.completed_ms
    assert data["costTime"] == task.completed_ms - task.created_ms
    assert task.status_reads == 2


async def test_a_running_task_names_only_documented_fields(theatre) -> None:
    theatre[0].adjust(wait_scale=1)
    _, task_id = await submit(theatre)
    assert set(await status(theatre, task_id)) == {"taskId", "state", "createTime"}


async def test_the_typical_time_passes_on_the_providers_clock(theatre) -> None:
    provider, _ = theatre
    provider.adjust(wait_scale=0.01)
    _, task_id = await submit(theatre, resolution="1080p")
    await provider.until(lambda books: books.succeeded)
    task = provider.books.tasks[task_id]
    assert (
        900 <= task.completed_ms - task.created_ms < 60_000
    )  # 90 to 120 s, a hundred times faster


async def test_another_speed_reaches_the_tasks_that_run_already(theatre) -> None:
    provider, _ = theatre
    provider.adjust(wait_scale=100)
    await submit(theatre)
    provider.adjust(wait_scale=0.0001)
    await provider.until(lambda books: books.succeeded)


async def test_a_task_of_another_model_is_not_found(theatre) -> None:
    _, task_id = await submit(theatre)
    assert await status(theatre, task_id, model="wan-2-5") == {"http": 404}
    assert await status(theatre, "task_nobody") == {"http": 404}


async def test_the_balance_goes_down_with_each_task(theatre) -> None:
    provider, client = theatre
    await submit(theatre)
    async with client.get(f"{provider.base_url}/apikeys/current-balance") as response:
        assert await response.json() == {"code": 200, "message": "success", "data": 99.94}


async def test_a_balance_too_small_is_refused_until_it_is_filled(theatre) -> None:
    provider, _ = theatre
    provider.adjust(balance=0.06)
    assert (await submit(theatre))[0] == 200
    assert (await submit(theatre))[0] == 402
    assert provider.books.balance_micros == 0
    provider.adjust(balance=1)
    assert (await submit(theatre))[0] == 200


async def test_too_many_tasks_at_once_are_refused(theatre) -> None:
    provider, _ = theatre
    provider.adjust(wait_scale=100, tasks_at_once=2)
    answers = [await submit(theatre) for _ in range(3)]
    assert [code for code, _ in answers] == [200, 200, 429]
    assert provider.books.most_at_once == 2
    provider.finish(answers[0][1])
    await provider.until(lambda books: books.running == 1)
    assert (await submit(theatre))[0] == 200


async def test_too_many_requests_a_minute_are_refused_until_the_minute_is_over(theatre) -> None:
    provider, _ = theatre
    provider.adjust(requests_per_minute=2, minute_seconds=3600)
    assert [(await submit(theatre))[0] for _ in range(4)] == [200, 200, 429, 429]
    assert provider.books.busiest(60) == 4
    provider.adjust(minute_seconds=1e-9)
    assert (await submit(theatre))[0] == 200


@pytest.mark.parametrize("code", FAIL_CODES)
async def test_a_task_can_fail_with_every_known_code_and_gives_the_money_back(
    theatre, code
) -> None:
    data = await ended(theatre, f"fail:{code}")
    assert (data["state"], data["failCode"]) == ("failed", code)
    assert data["failMsg"]
    assert "resultJson" not in data
    assert theatre[0].books.balance_micros == 100_000_000
    assert theatre[0].books.billed_micros == 0


async def test_failed_tasks_are_billed_when_told_so(theatre) -> None:
    theatre[0].adjust(bills_failures=True)
    await ended(theatre, "fail:NSFW")
    assert theatre[0].books.billed_micros == 60_000


async def test_a_failure_can_be_explained_with_hostile_words(theatre) -> None:
    data = await ended(theatre, "fail:NSFW:@everyone: <script>")
    assert (data["failCode"], data["failMsg"]) == ("NSFW", "@everyone: <script>")


async def test_a_task_can_fail_without_saying_why(theatre) -> None:
    data = await ended(theatre, "fail_bare")
    assert data["state"] == "failed"
    assert not {"failCode", "failMsg"} & set(data)


async def test_a_success_can_come_without_a_result(theatre) -> None:
    assert "resultJson" not in await ended(theatre, "no_result")


async def test_a_result_can_be_no_json(theatre) -> None:
    data = await ended(theatre, "bad_result")
    with pytest.raises(json.JSONDecodeError):
        json.loads(str(data["resultJson"]))


async def test_a_result_can_be_too_deep_for_a_parser(theatre) -> None:
    data = await ended(theatre, "nested_result")
    with pytest.raises(RecursionError):
        json.loads(str(data["resultJson"]))


@pytest.mark.parametrize(
    ("act", "result"),
    [
        ("empty_result", {"resultUrls": []}),
        ("odd_result", [{"resultUrls": None}]),
        ("url:file:///etc/passwd", {"resultUrls": ["file:///etc/passwd"]}),
    ],
)
async def test_a_result_can_lack_a_usable_address(theatre, act, result) -> None:
    assert json.loads(str((await ended(theatre, act))["resultJson"])) == result


async def test_a_result_can_be_an_object_instead_of_a_string(theatre) -> None:
    assert isinstance((await ended(theatre, "object_result"))["resultJson"], dict)


async def test_a_result_can_have_several_addresses(theatre) -> None:
    urls = json.loads(str((await ended(theatre, "several:3"))["resultJson"]))["resultUrls"]
    assert len(set(urls)) == 3


async def test_a_price_can_differ_from_the_list(theatre) -> None:
    await ended(theatre, "priced:1.5")
    assert theatre[0].books.billed_micros == 90_000


async def test_a_running_task_can_be_in_a_state_that_nobody_documented(theatre) -> None:
    provider, _ = theatre
    provider.adjust(wait_scale=0.01)
    provider.stage.next("task", "state:processing_r2")
    _, task_id = await submit(theatre)
    await provider.until(lambda books: books.tasks[task_id].state == "processing")
    assert (await status(theatre, task_id))["state"] == "processing_r2"


async def test_a_task_that_never_ends_ends_when_it_is_told_to(theatre) -> None:
    provider, _ = theatre
    provider.stage.next("task", "never", "ok")
    _, stuck = await submit(theatre)
    _, quick = await submit(theatre)
    await provider.until(lambda books: books.tasks[quick].ended)
    assert (await status(theatre, stuck))["state"] == "processing"
    provider.finish(stuck)
    await provider.until(lambda books: books.tasks[stuck].state == "success")


async def test_a_slow_task_takes_its_factor(theatre) -> None:
    data = await ended(theatre, "slow:20")
    assert int(str(data["costTime"])) >= 800  # at least 40 s, twenty times, a thousandth of it


@pytest.fixture
async def pictures() -> AsyncIterator[str]:
    """A place for images on this machine, good ones and bad ones."""

    async def serve(request: web.Request) -> web.Response:
        bodies = {"good.png": PNG, "page.png": b"<html>", "huge.png": PNG + bytes(11 * 1024**2)}
        body = bodies.get(request.match_info["name"])
        return web.Response(status=404) if body is None else web.Response(body=body)

    app = web.Application()
    app.router.add_get("/{name}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("good.png", ""),
        ("none.png", "ImageNotAccess"),
        ("page.png", "ImageFormatIncorrect"),
        ("huge.png", "InvalidImageSize"),
    ],
)
async def test_an_image_on_this_machine_is_really_fetched(theatre, pictures, name, code) -> None:
    provider, _ = theatre
    address = f"{pictures}/{name}"
    _, task_id = await submit(theatre, mode="image-to-video", image_urls=[address])
    await provider.until(lambda books: books.tasks[task_id].ended)
    assert (await status(theatre, task_id)).get("failCode", "") == code


async def test_a_lora_on_this_machine_is_really_fetched(theatre, pictures) -> None:
    provider, _ = theatre
    loras = [{"path": f"{pictures}/none.safetensors", "scale": 1}]
    _, task_id = await submit(theatre, mode="text-to-video-LoRA", loras=loras)
    await provider.until(lambda books: books.tasks[task_id].ended)
    assert (await status(theatre, task_id))["failCode"] == "INVALID_LORA_URL"


async def test_the_block_ends_cleanly_while_tasks_and_clients_wait() -> None:
    async with ClientSession(headers={"Authorization": "Bearer key"}) as client:
        async with RehearsalProvider(key="key") as provider:
            provider.stage.next("submit", "created+never")
            waiting = asyncio.create_task(submit((provider, client)))
            await provider.until(lambda books: books.tasks)
            await submit((provider, client))
        with pytest.raises(ClientError):
            await waiting


async def test_while_the_provider_is_down_nobody_listens_and_then_it_is_back(theatre) -> None:
    provider, _ = theatre
    async with provider.down(), ClientSession() as stranger:
        with pytest.raises(ClientConnectorError):
            await submit((provider, stranger))
    assert (await submit(theatre))[0] == 200


async def test_waiting_in_vain_says_what_did_happen(theatre) -> None:
    with pytest.raises(TimeoutError, match="Tasks"):
        await theatre[0].until(lambda books: books.succeeded, seconds=0.01)
