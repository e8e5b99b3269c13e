"""The provider's client on real sockets: what proves that nothing was created, and what does not.

Answers that a server gives are in test_provider_faults.py; here are the connections that fail.
"""

import asyncio
import contextlib
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import SecretStr

from bot.adapters.apixo.client import Apixo, Timeouts, open_client
from bot.adapters.apixo.verdict import Answer, judge
from bot.domain.errors import ProviderUnreachableError
from bot.domain.ids import TaskId
from bot.domain.money import dollars
from bot.domain.provider import (
    Cause,
    Created,
    NotCreated,
    Obstacle,
    Rejected,
    Submission,
    Turn,
    Unknown,
    Verdict,
)

KEY = SecretStr("key-canary-1")
SUBMISSION = Submission("m", {"prompt": "a fox"}, "https://us.example/callbacks/token-canary", None)
QUICK = Timeouts(connect=0.3, post=0.5, read=0.5)


def client(url: str, timeouts: Timeouts = QUICK):
    return open_client(url, KEY, per_minute=60_000, scale=0.001, timeouts=timeouts)


async def post(apixo: Apixo, submission: Submission = SUBMISSION) -> Verdict:
    """As soon as it may."""
    turn = await apixo.turn()
    assert turn is not None
    return await apixo.submit(submission, turn)


@contextlib.asynccontextmanager
async def answering(*pieces: bytes, wait: asyncio.Event | None = None):
    """A server that says exactly these bytes and hangs up; counts its connections."""
    met: list[bytes] = []

    async def talk(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            met.append(head)
            if wait is not None:
                await wait.wait()
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/api/v1", met
    finally:
        server.close()
        await server.wait_closed()


def http(status: int, body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


ACCEPTED = http(200, b'{"code":200,"message":"success","data":{"taskId":"t1"}}')


async def verdict_at(url: str, timeouts: Timeouts = QUICK):
    async with client(url, timeouts) as apixo:
        return await post(apixo)


# -- proof that not a byte arrived ---------------------------------------------------------------


async def test_a_name_that_does_not_exist_means_not_created():
    assert await verdict_at("http://no-such-host.invalid/") == NotCreated(Obstacle.UNREACHABLE)


async def test_a_refused_connection_means_not_created():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # bound, and nobody listens
        assert await verdict_at(f"http://127.0.0.1:{port}/") == NotCreated(Obstacle.UNREACHABLE)


async def test_a_failed_handshake_means_not_created():
    async with answering(b"I speak no TLS\r\n") as (url, _):
        verdict = await verdict_at(url.replace("http://", "https://"))
    assert verdict == NotCreated(Obstacle.UNREACHABLE)


async def test_a_connection_that_is_never_accepted_means_not_created():
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        for _ in range(3):  # the queue of the kernel is full now
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        assert await verdict_at(f"http://127.0.0.1:{address[1]}/") == NotCreated(
            Obstacle.UNREACHABLE
        )


async def test_an_address_that_is_none_means_not_created():
    assert await verdict_at("http:///nowhere") == NotCreated(Obstacle.UNREACHABLE)


# -- everything that can be read in two ways -----------------------------------------------------


async def test_an_accepted_request_is_created():
    async with answering(ACCEPTED) as (url, met):
        assert await verdict_at(url) == Created(TaskId("t1"))
    assert len(met) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        ACCEPTED[:-10],
        b"no http at all\r\n\r\n",
        http(200, b"{", kind="application/json"),
        http(200, b"[]"),
        http(200, b'"words"'),
        http(200, b'{"code":200,"data":{"taskId":""}}'),
        http(200, b'{"code":200,"data":{"taskId":7}}'),
        http(200, b'{"code":"words","data":{"taskId":"t1"}}'),
        http(400, b"<html>", kind="text/html"),
        http(401, b"{}"),
        http(402, b"Payment Required", kind="text/plain"),
        http(429, b"slow down", kind="text/plain"),
        http(500, b'{"code":500,"message":"x","data":null}'),
        http(408, b'{"code":408,"message":"x"}'),
        http(409, b'{"code":409,"message":"x"}'),
        http(200, b'{"code":500,"message":"x"}'),
        http(503, b'{"code":200,"message":"success"}'),
        http(400, b'{"code":500,"message":"x"}'),
        http(307, b"", "Location: /api/v1/generateTask/m"),
    ],
)
async def test_what_can_be_read_in_two_ways_is_unknown_and_posted_once(answer):
    async with answering(answer) as (url, met):
        assert isinstance(await verdict_at(url), Unknown)
    assert len(met) == 1


async def test_an_answer_that_does_not_come_in_time_is_unknown():
    async with answering(ACCEPTED, wait=(never := asyncio.Event())) as (url, _):
        assert isinstance(await verdict_at(url), Unknown)
        never.set()


async def test_an_endless_answer_is_unknown():
    pieces = [b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n", *[b" " * 65536] * 40]
    async with answering(*pieces) as (url, _):
        assert isinstance(await verdict_at(url, Timeouts(0.5, 5, 5)), Unknown)


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b'{"code":200,"data":{"taskId":"t9"}}', kind="text/html"),
        http(500, b'{"code":500,"data":{"taskId":"t9"}}'),
        http(429, b'{"code":429,"data":{"taskId":"t9"}}'),
        http(400, b'{"code":400,"data":{"taskId":"t9"}}'),
    ],
)
async def test_a_task_that_an_error_names_is_a_candidate(answer):
    async with answering(answer) as (url, _):
        verdict = await verdict_at(url)
    assert isinstance(verdict, Unknown)
    assert verdict.candidate == "t9"


# -- the provider's own refusals -----------------------------------------------------------------


def answer_of(status: int, code: int | None, message: str = "no", **headers: str) -> Answer:
    body = f'{{"code":{"null" if code is None else code},"message":"{message}","data":null}}'
    return Answer(status, "application/json", headers, body.encode())


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
@pytest.mark.parametrize("layer", ["http", "body", "both"])
def test_a_refusal_in_either_layer_is_a_refusal(status, layer):
    http_status = 200 if layer == "body" else status
    code = 200 if layer == "http" else status
    verdict = judge(answer_of(http_status, code))
    assert isinstance(verdict, Rejected)
    assert verdict.status == status
    assert verdict.stops_submitting == (status in {401, 402})


@pytest.mark.parametrize(
    ("status", "message", "cause", "stops"),
    [
        (400, "Insufficient credits", Cause.ACCOUNT, True),
        (400, "Invalid image_urls", Cause.IMAGE, False),
        (400, "prompt is too long", Cause.PROMPT, False),
        (400, "loras[0].scale", Cause.LORA, False),
        (400, "whatever", Cause.REQUEST, False),
        (403, "Content violation", Cause.CONTENT, False),
        (403, "model not allowed", Cause.ACCOUNT, False),
    ],
)
def test_whose_fault_a_refusal_is(status, message, cause, stops):
    verdict = judge(answer_of(status, status, message))
    assert isinstance(verdict, Rejected)
    assert (verdict.cause, verdict.stops_submitting) == (cause, stops)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("999999", timedelta(hours=1)),
        ("soon", None),
        ("", None),
        ("-3", None),
    ],
)
def test_how_long_a_limit_asks_to_wait(header, wait):
    limited = answer_of(429, 429, **{"Retry-After": header})
    assert judge(limited) == NotCreated(Obstacle.LIMITED, wait)


def test_a_limit_may_ask_for_a_date():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    verdict = judge(answer_of(429, 429, **{"Retry-After": later}))
    assert isinstance(verdict, NotCreated)
    assert verdict.wait is not None
    assert timedelta(seconds=80) < verdict.wait <= timedelta(seconds=90)


# -- being cancelled, and secrets ----------------------------------------------------------------


async def test_a_caller_that_is_cancelled_leaves_the_post_on_its_way():
    go_on = asyncio.Event()
    async with answering(ACCEPTED, wait=go_on) as (url, met):  # noqa: SIM117 - the server outlives
        async with client(url, Timeouts(1, 5, 5)) as apixo:
            asking = asyncio.create_task(post(apixo))
            while not met:
                await asyncio.sleep(0)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
            (posting,) = apixo._posting
            draining = asyncio.create_task(apixo.drain())
            await asyncio.sleep(0)
            assert not draining.done()
            go_on.set()
            await draining
            assert posting.result() == Created(TaskId("t1"))
    assert len(met) == 1


async def test_a_post_that_waits_for_its_turn_is_not_sent_once_the_bot_closes():
    async with answering(ACCEPTED) as (url, met), client(url) as apixo:
        apixo.pace.limited(timedelta(hours=1))
        waiting = asyncio.create_task(apixo.turn())
        await asyncio.sleep(0)
        await apixo.drain()
        assert await waiting is None
        assert met == []


@pytest.mark.parametrize("pause", [False, True])
async def test_who_comes_late_with_a_turn_waits_for_another(pause):
    async with answering(ACCEPTED) as (url, met), open_client(url, KEY, per_minute=1) as apixo:
        turn = await apixo.turn()
        assert turn is not None
        if pause:
            apixo.pace.limited(timedelta(hours=1))
        else:
            turn = Turn(turn.at - 0.3)
        posting = asyncio.create_task(apixo.submit(SUBMISSION, turn))
        while not (any(apixo.pace._waiting) or posting.done()):
            await asyncio.sleep(0)
        await apixo.drain()
        assert await posting == NotCreated(Obstacle.LIMITED)
        assert met == []


async def test_who_has_a_turn_does_not_wait_for_a_second():
    async with answering(ACCEPTED) as (url, met), open_client(url, KEY, per_minute=1) as apixo:
        async with asyncio.timeout(30):
            assert await post(apixo) == Created(TaskId("t1"))
        assert len(met) == 1


async def test_a_turn_that_was_given_before_the_close_is_not_used_after_it():
    async with answering(ACCEPTED) as (url, met), client(url) as apixo:
        turn = await apixo.turn()
        assert turn is not None
        await apixo.drain()
        assert await apixo.submit(SUBMISSION, turn) == NotCreated(Obstacle.LIMITED)
        assert met == []


async def test_what_cannot_be_written_down_is_refused_before_it_is_sent():
    nested: dict = {}
    nested["again"] = nested
    async with answering(ACCEPTED) as (url, met), client(url) as apixo:
        for value in (float("nan"), float("inf"), b"bytes", {1, 2}, nested):
            verdict = await post(apixo, replace(SUBMISSION, input={"seed": value}))
            assert isinstance(verdict, Rejected)
            assert (verdict.status, verdict.stops_submitting) == (0, False)
    assert met == []


def test_a_connection_that_hangs_ends_as_one_and_a_whole_post_ends_too():
    within = Timeouts(connect=10, post=100, read=20)
    post, read = within.of_post(), within.of_read()
    assert (post.connect, post.sock_read, post.total) == (10, 100, 111)
    assert (read.connect, read.total) == (10, 20)


async def test_every_post_has_a_connection_of_its_own():
    async with answering(ACCEPTED) as (url, met), client(url) as apixo:
        for _ in range(3):
            assert await post(apixo) == Created(TaskId("t1"))
        assert len(met) == 3


async def test_no_secret_is_in_an_error_or_in_the_log(caplog):
    caplog.set_level(0)
    async with answering(b"nonsense\r\n\r\n") as (url, met), client(url) as apixo:
        verdict = await post(apixo)
        with pytest.raises(ProviderUnreachableError) as error:
            await apixo.read_task("m", TaskId("t1"))
    told = f"{verdict!r} {error.value!r} {error.value.__cause__!r} {caplog.text}"
    assert "canary" not in told
    assert b"Authorization: Bearer key-canary-1" in met[0]


# -- reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["74.87", "0", "100000", '"12"'])
async def test_the_balance_is_exact(left):
    answer = http(200, f'{{"code":200,"data":{left}}}'.encode())
    async with answering(answer) as (url, _), client(url) as apixo:
        assert (await apixo.balance()).micros == dollars(left.strip('"'))


@pytest.mark.parametrize("data", ["null", "true", '"twelve"', "{}", "NaN", "1e999"])
async def test_an_unreadable_balance_is_none(data):
    answer = http(200, f'{{"code":200,"data":{data}}}'.encode())
    async with answering(answer) as (url, met), client(url) as apixo:
        with pytest.raises(ProviderUnreachableError):
            await apixo.balance()
    assert met


async def test_a_read_is_tried_again_and_a_post_is_not():
    async with answering(b"") as (url, met), client(url) as apixo:
        with pytest.raises(ProviderUnreachableError):
            await apixo.read_task("m", TaskId("t1"))
        reads = len(met)
        assert reads >= 3
        await post(apixo)
        assert len(met) == reads + 1
