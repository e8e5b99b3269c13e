"""Every way in which an answer can go wrong, seen by a client on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.playground.rehearsal import ACTS, RehearsalProvider

LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}
BODY = {"request_type": "async", "input": LTX}

Theatre = tuple[RehearsalProvider, ClientSession]


@pytest.fixture
async def theatre() -> AsyncIterator[Theatre]:
    async with (
        RehearsalProvider(wait_scale=0.001, fast=True) as provider,
        ClientSession(headers={"Authorization": f"Bearer {provider.key}"}) as client,
    ):
        yield provider, client


async def outcome(theatre: Theatre, door: str, act: str) -> str:
    """What a client makes of one request: "status type: body", or the name of its error."""
    provider, client = theatre
    paths = {"submit": "generateTask/ltx-2-19b", "balance": "apikeys/current-balance"}
    path = paths.get(door, "statusTask/ltx-2-19b?taskId=")
    if door == "status":
        path += await accepted(theatre)
    provider.stage.next(door, act)
    ask = client.post if door == "submit" else client.get
    body = BODY if door == "submit" else None
    patience = ClientTimeout(total=0.5 if act.endswith("never") else 20)
    try:
        async with ask(
            f"{provider.base_url}/{path}", json=body, allow_redirects=False, timeout=patience
        ) as response:
            text = await response.text()
            retry = response.headers.get("Retry-After", "")
            return f"{response.status}{retry and f' after {retry}'} {response.content_type}: {text}"
    except (ClientError, TimeoutError) as error:
        return type(error).__name__


async def accepted(theatre: Theatre) -> str:
    provider, client = theatre
    async with client.post(f"{provider.base_url}/generateTask/ltx-2-19b", json=BODY) as response:
        return str((await response.json())["data"]["taskId"])


SEEN = {
    "slow:50": '200 application/json: {"code": 200',
    "http:400": '400 application/json: {"code": 400',
    "http:401": '401 application/json: {"code": 401',
    "http:402": '402 application/json: {"code": 402',
    "http:403": '403 application/json: {"code": 403',
    "http:404": '404 application/json: {"code": 404',
    "http:429": '429 application/json: {"code": 429',
    "http:429:7": '429 after 7 application/json: {"code": 429',
    "http:400:Insufficient credits": '400 application/json: {"code": 400, "message": "Insuff',
    "http:403:Content: refused": '403 application/json: {"code": 403, "message": "Content: r',
    "http:503:soon": '503 after soon application/json: {"code": 503',
    "code:400:Insufficient credits": '200 application/json: {"code": 400, "message": "Insuff',
    "http:500": '500 application/json: {"code": 500',
    "http:502": '502 application/json: {"code": 502',
    "http:503": '503 application/json: {"code": 503',
    "http:504": '504 application/json: {"code": 504',
    "code:402": '200 application/json: {"code": 402',
    "code:429": '200 application/json: {"code": 429',
    "code:500": '200 application/json: {"code": 500',
    "http_only:503": '503 application/json: {"code": 200',
    "html:200": "200 text/html: <!doctype",
    "html:502": "502 text/html: <!doctype",
    "redirect:307": "307 ",
    "plain": '200 text/plain: {"code": 200',
    "cut_json": '200 application/json: {"code": 200',
    "not_json": "200 application/json: success",
    "empty": "200 application/json: ",
    "nested": '200 application/json: {"code": 200, "data": [[[[',
    "big": '200 application/json: {"code": 200',
    "null_data": '200 application/json: {"code": 200, "message": "success", "data": null}',
    "no_data": '200 application/json: {"code": 200, "message": "success"}',
    "no_id": '200 application/json: {"code": 200, "message": "success", "data": {',
    "number_id": '200 application/json: {"code": 200, "message": "success", "data": {"taskId": 1',
    "foreign_id": '200 application/json: {"code": 200, "message": "success", "data": {"taskId": "',
    "reset": "ClientOSError",
    "never": "TimeoutError",
    "truncated": "ClientPayloadError",
    "huge_headers": "ClientResponseError",
}


def test_every_answer_in_the_vocabulary_is_looked_at_here() -> None:
    assert {act.partition(":")[0] for act in SEEN} | {"ok"} == set(ACTS["submit"])
    assert set(ACTS["status"]) == set(ACTS["submit"]) | {"stale"}


@pytest.mark.parametrize("act", SEEN)
async def test_a_submission_meets_the_fault_and_makes_a_task_only_when_told_so(
    theatre, act
) -> None:
    provider, _ = theatre
    honest = act.startswith("slow")
    assert (await outcome(theatre, "submit", act)).startswith(SEEN[act])
    assert len(provider.books.tasks) == int(honest)
    if not honest:
        assert (await outcome(theatre, "submit", f"created+{act}")).startswith(SEEN[act])
        assert len(provider.books.tasks) == 1
        assert provider.books.billed_micros == 60_000
    assert provider.books.submissions[-1].act.endswith(act)


@pytest.mark.parametrize("act", [act for act in SEEN if act != "reset"])
async def test_a_status_read_meets_the_fault(theatre, act) -> None:
    assert (await outcome(theatre, "status", act)).startswith(SEEN[act])


async def test_a_reset_status_read_is_a_reset_also_when_the_client_asks_again(theatre) -> None:
    theatre[0].stage.always("status", "reset")  # clients ask again where nothing can be done twice
    assert await outcome(theatre, "status", "reset") == "ClientOSError"


async def test_the_balance_can_be_refused(theatre) -> None:
    assert (await outcome(theatre, "balance", "http:403")).startswith("403 application/json")
    assert (await outcome(theatre, "balance", "null_data")).endswith('"data": null}')
    assert (await outcome(theatre, "balance", "zero")).endswith('"data": 0.0}')


async def test_a_task_that_was_not_made_is_given_an_id_that_is_unknown(theatre) -> None:
    seen = await outcome(theatre, "submit", "http_only:503")
    task_id = json.loads(seen.partition(": ")[2])["data"]["taskId"]
    assert task_id not in theatre[0].books.tasks


async def test_a_foreign_id_is_the_id_of_another_task(theatre) -> None:
    other = await accepted(theatre)
    seen = await outcome(theatre, "submit", "created+foreign_id")
    assert json.loads(seen.partition(": ")[2])["data"] == {"taskId": other}
    own = theatre[0].books.submissions[-1].task_id
    assert own not in {None, other}


async def test_a_status_can_be_older_than_the_one_before(theatre) -> None:
    task_id = await accepted(theatre)
    await theatre[0].until(lambda books: books.tasks[task_id].ended)
    theatre[0].stage.next("status", "stale")
    provider, client = theatre
    url = f"{provider.base_url}/statusTask/ltx-2-19b?taskId={task_id}"
    states = []
    for _ in range(2):
        async with client.get(url) as response:
            states.append((await response.json())["data"]["state"])
    assert states == ["processing", "success"]


async def test_a_client_that_follows_a_307_posts_twice_and_the_books_show_it(theatre) -> None:
    provider, client = theatre
    provider.stage.next("submit", "created+redirect:307")
    async with client.post(f"{provider.base_url}/generateTask/ltx-2-19b", json=BODY) as response:
        assert response.status == 200
    assert len(provider.books.tasks) == 2


async def test_a_refused_request_uses_up_no_act(theatre) -> None:
    provider, client = theatre
    provider.stage.next("submit", "http:503")
    async with client.post(f"{provider.base_url}/generateTask/ltx-2-19b", json={}) as response:
        assert response.status == 400
    assert provider.stage.waiting()["submit"] == ["http:503"]


async def test_a_client_that_goes_away_leaves_its_task_behind(theatre) -> None:
    provider, _ = theatre
    asking = asyncio.create_task(outcome(theatre, "submit", "created+never"))
    await provider.until(lambda books: books.tasks)
    asking.cancel()
    await provider.until(lambda books: books.succeeded)
