"""The calls of the rehearsal provider, as a bot's door would hear them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from aiohttp import ClientSession, web

from bot.playground.rehearsal import RehearsalProvider

LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}


@dataclass
class Doorbell:
    """A place that is called. It answers what it is told to, 200 at last."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    calls: list[tuple[str, bytes]] = field(default_factory=list)

    async def ring(self, request: web.Request) -> web.Response:
        self.calls.append((request.match_info["token"], await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    @property
    def data(self) -> list[dict[str, object]]:
        return [json.loads(body)["data"] for _, body in self.calls]


@pytest.fixture
async def bell() -> AsyncIterator[Doorbell]:
    bell = Doorbell()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/callbacks/{token}", bell.ring)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bell.url = f"http://127.0.0.1:{runner.addresses[0][1]}/callbacks"
    yield bell
    await runner.cleanup()


@pytest.fixture
async def provider() -> AsyncIterator[RehearsalProvider]:
    async with RehearsalProvider(wait_scale=0.001, fast=True) as provider:
        yield provider


async def submit(provider: RehearsalProvider, url: str) -> str:
    """Submits a task that calls back; its id."""
    body = {"request_type": "callback", "callback_url": url, "input": LTX}
    headers = {"Authorization": f"Bearer {provider.key}"}
    async with (
        ClientSession(headers=headers) as client,
        client.post(f"{provider.base_url}/generateTask/ltx-2-19b", json=body) as response,
    ):
        assert response.status == 200
        return str((await response.json())["data"]["taskId"])


async def called(
    provider: RehearsalProvider, bell: Doorbell, act: str, calls: int = 2, token: str = "token"
) -> str:
    """Plays a callback act and waits for its calls; the task's id."""
    provider.stage.next("callback", act)
    task_id = await submit(provider, f"{bell.url}/{token}")
    await provider.until(lambda books: len(books.tasks[task_id].deliveries) == calls)
    return task_id


async def test_a_task_that_ended_well_calls_once_with_its_terminal_fields(provider, bell) -> None:
    task_id = await called(provider, bell, "ok", calls=1)
    ((token, body),) = bell.calls
    answer = json.loads(body)
    assert token == "token"
    assert (answer["code"], answer["message"]) == (200, "success")
    assert set(answer["data"]) == {
        *("taskId", "state", "resultJson", "createTime", "completeTime", "costTime"),
    }
    assert answer["data"]["taskId"] == task_id
    assert provider.books.tasks[task_id].deliveries[0].answer == 200


async def test_a_failed_task_calls_with_the_outer_code_200_too(provider, bell) -> None:
    provider.stage.next("task", "fail:NSFW")
    await called(provider, bell, "ok", calls=1)
    answer = json.loads(bell.calls[0][1])
    assert (answer["code"], answer["data"]["failCode"]) == (200, "NSFW")


async def test_a_call_that_is_not_answered_with_200_is_repeated_three_times(provider, bell) -> None:
    bell.answers = [500, 404, 302, 503, 503]
    task_id = await called(provider, bell, "ok", calls=4)
    deliveries = provider.books.tasks[task_id].deliveries
    assert [delivery.answer for delivery in deliveries] == [500, 404, 302, 503]
    first, second, third = (late.at - early.at for early, late in pairwise(deliveries))
    assert (first >= 29, second >= 119, third >= 599) == (True, True, True)  # a thousandth each


async def test_a_call_that_was_answered_is_not_repeated(provider, bell) -> None:
    bell.answers = [500, 200]
    task_id = await called(provider, bell, "ok", calls=2)
    await called(provider, bell, "ok", calls=1)
    assert len(provider.books.tasks[task_id].deliveries) == 2


async def test_nobody_there_is_noted_and_tried_again(provider) -> None:
    task_id = await submit(provider, "http://127.0.0.1:9/callbacks/token")
    await provider.until(lambda books: len(books.tasks[task_id].deliveries) == 4)
    answers = {delivery.answer for delivery in provider.books.tasks[task_id].deliveries}
    assert answers == {"ClientConnectorError"}


async def test_a_call_can_be_lost(provider, bell) -> None:
    provider.stage.next("callback", "lost")
    lost = await submit(provider, f"{bell.url}/lost")
    await provider.until(lambda books: books.tasks[lost].ended)
    await called(provider, bell, "ok", calls=1)
    assert [token for token, _ in bell.calls] == ["token"]


async def test_a_call_can_be_repeated(provider, bell) -> None:
    await called(provider, bell, "repeated:3", calls=3)
    assert len({body for _, body in bell.calls}) == 1


async def test_a_call_can_come_before_the_answer_to_the_submission(provider, bell) -> None:
    provider.stage.next("callback", "before_answer")
    await submit(provider, f"{bell.url}/token")
    assert bell.data[0]["state"] == "success"


async def test_a_late_call_is_overtaken_by_another_tasks(provider, bell) -> None:
    provider.stage.next("callback", "late:500")
    late = await submit(provider, f"{bell.url}/late")
    early = await called(provider, bell, "ok", calls=1)
    await provider.until(lambda books: books.tasks[late].deliveries)
    assert [data["taskId"] for data in bell.data] == [early, late]


async def test_an_older_state_can_follow_the_last_one(provider, bell) -> None:
    await called(provider, bell, "stale_after")
    assert [data["state"] for data in bell.data] == ["success", "processing"]


async def test_a_call_can_claim_success_while_the_task_still_runs(provider, bell) -> None:
    provider.stage.next("task", "never")
    task_id = await called(provider, bell, "early_success", calls=1)
    assert bell.data[0]["state"] == "success"
    assert provider.books.tasks[task_id].state == "processing"


@pytest.mark.parametrize(("act", "token"), [("wrong_token", ""), ("odd_token", "tökén-✓-%00")])
async def test_a_token_can_be_forged(provider, bell, act, token) -> None:
    await called(provider, bell, act)
    forged, true = bell.calls
    assert forged[0] == token or (not token and len(forged[0]) == 43)
    assert true[0] == "token"


async def test_a_task_can_be_called_in_at_another_jobs_door(provider, bell) -> None:
    await called(provider, bell, "ok", calls=1, token="other")
    task_id = await called(provider, bell, "other_token")
    assert bell.calls[1][0] == "other"
    assert bell.data[1]["taskId"] == task_id


async def test_a_call_can_name_a_task_that_does_not_exist(provider, bell) -> None:
    await called(provider, bell, "wrong_id")
    assert bell.data[0]["taskId"] not in provider.books.tasks


@pytest.mark.parametrize(
    ("act", "start", "least"),
    [
        ("big", b'{"padding"', 1024 * 1024),
        ("nested", b'{"data":[[[', 40_000),
        ("not_json", b"s", 9),
    ],
)
async def test_a_body_can_be_hostile(provider, bell, act, start, least) -> None:
    await called(provider, bell, act)
    assert bell.calls[0][1].startswith(start)
    assert len(bell.calls[0][1]) >= least
    assert json.loads(bell.calls[1][1])["data"]["state"] == "success"


async def test_a_call_can_be_sent_out_of_turn(provider, bell) -> None:
    provider.stage.next("task", "never")
    provider.stage.next("callback", "lost")
    task_id = await submit(provider, f"{bell.url}/token")
    for number, kind in enumerate(("wrong_id", "early_success", "true"), start=1):
        provider.call(task_id, kind)
        await provider.until(lambda books, n=number: len(books.tasks[task_id].deliveries) == n)
    assert len(bell.calls) == 3
