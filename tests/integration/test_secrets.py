"""What must not get out: the key, callbacks' tokens, addresses, and what strangers write.

Canaries are planted wherever the other side can plant them; then everything that was raised, logged,
alerted, told and written down is searched. Logs are searched before the redactor sees them: it is
the second net, and this is the first.
"""

import asyncio
import contextlib
import json
import traceback

import pytest
from pydantic import SecretStr

from bot.adapters.apixo.client import Timeouts, open_client
from bot.cards import Reader, failure_card
from bot.domain.alert import AlertKind
from bot.domain.budget import Limit, Refused, Reserved
from bot.domain.errors import ProviderError
from bot.domain.ids import JobNumber, TaskId
from bot.domain.job import JobState
from bot.domain.provider import Rejected, Submission, Turn
from bot.models import discover
from tests.rehearsed import OVER, Rehearsed, rehearsed

KEY, TOKEN, BODY = "key-c4n4ry-1", "token-c4n4ry-2", "body c4n4ry 3"
CALLBACK = f"https://clapper.example/callbacks/{TOKEN}"
MODELS = discover()
SUBMISSION = Submission("model-x", {"prompt": "a fox"}, CALLBACK, None)


# -- the client, answer by answer ------------------------------------------------------------------


def http(status: int, body: object, *headers: str, kind: str = "application/json") -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} {BODY}", f"Content-Type: {kind}", f"X-Trace: {BODY}", *headers]
    return "\r\n".join([*head, f"Content-Length: {len(content)}", "", ""]).encode() + content


def said(code: int, **data: object) -> dict[str, object]:
    quoted = f"{BODY} {KEY} {CALLBACK}"
    return {"code": code, "message": quoted, "data": {"note": quoted, **data}}


ANSWERS = {
    "nothing": b"",
    "no http": f"{BODY} {KEY}\r\n\r\n".encode(),
    "a header that is none": f"HTTP/1.1 200 OK\r\n{BODY}\x00{KEY}\r\n\r\n".encode(),
    "a huge header": http(200, said(200), f"X-More: {BODY * 9000}"),
    "a chunk that is none": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{BODY}\r\n".encode(),
    "half": http(200, said(200, taskId="t1"))[:-20],
    "a page": http(200, f"<h1>{BODY} {KEY}</h1>".encode(), kind="text/html"),
    "a page with an error": http(502, f"<h1>{BODY} {KEY}</h1>".encode(), kind="text/html"),
    "no json": http(200, f'{{"{BODY}": {KEY}'.encode()),
    "no unicode": http(200, b'{"code": 200, "data": "\xff' + BODY.encode()),
    "another shape": http(200, [BODY, KEY]),
    "no task": http(200, said(200)),
    "another content type": http(200, said(200), kind="text/plain"),
    "a redirect": http(307, b"", f"Location: https://{KEY}@elsewhere.example/{TOKEN}"),
    "an odd state": http(200, said(200, taskId="t1", state=[BODY, KEY])),
    "an odd task": http(200, said(200, taskId=[BODY, KEY], state="failed")),
    **{f"status {it}": http(it, said(it)) for it in (400, 401, 402, 403, 404, 408, 409, 413, 422)},
    **{f"status {it}": http(it, said(it)) for it in (429, 500, 502, 503, 504)},
    **{f"code {it}": http(200, said(it)) for it in (400, 401, 402, 403, 404, 429, 500, 12345)},
    "a code of words": http(200, {"code": f"{BODY} {KEY}", "data": None}),
}


@contextlib.asynccontextmanager
async def server(answer: bytes | None):
    """Says these bytes to whoever asks. None: nobody listens."""

    async def talk(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    if answer is None:
        listening.close()
    yield f"http://127.0.0.1:{port}/way/in"
    listening.close()
    await listening.wait_closed()


async def raised_by(act) -> str:
    try:
        await act
    except ProviderError as error:
        chain, text = error, "".join(traceback.format_exception(error))
        while chain is not None:
            text += repr(chain.args)
            chain = chain.__cause__ or chain.__context__
        return text
    return ""


@pytest.mark.parametrize("answer", [None, *ANSWERS.values()], ids=["nobody there", *ANSWERS])
async def test_no_error_and_no_line_of_the_client_quotes_anything(caplog, answer):
    caplog.set_level(0)
    limits = Timeouts(connect=1, post=1, read=1)
    async with (
        server(answer) as url,
        open_client(url, SecretStr(KEY), per_minute=60_000, scale=0.001, timeouts=limits) as apixo,
    ):
        verdict = await apixo.submit(SUBMISSION, Turn(0))
        reading = await raised_by(apixo.read_task("model-x", TaskId("t1")))
        asking = await raised_by(apixo.balance())
    told = f"{reading} {asking} {caplog.text}"
    if not isinstance(verdict, Rejected):  # its message is for the operator, see below
        told += repr(verdict)
    for canary in ("c4n4ry", "way/in", url.split("/")[2], "example"):
        assert canary not in told


async def test_an_address_that_cannot_be_asked_is_not_quoted(caplog):
    caplog.set_level(0)
    secret = SecretStr(f"{KEY}\r\nX-More: 1")  # cannot be sent: the header would be two
    async with open_client("http://127.0.0.1:1/way/in", secret, per_minute=60_000) as apixo:
        verdict = await apixo.submit(SUBMISSION, Turn(0))
        told = f"{verdict!r} {caplog.text}"
    assert "c4n4ry" not in told


# -- the whole bot ---------------------------------------------------------------------------------

QUOTED = f"{BODY} at https//strange.example"
FAULTS = {
    "submit": [
        *("html:200", "html:502", "reset", "truncated", "cut_json", "not_json", "huge_headers"),
        *("redirect:307", "nested", "no_id", "foreign_id", "created+http:500", "created+reset"),
        *(f"http:{it}:{QUOTED}" for it in (400, 403, 404, 422, 500)),
        *(f"code:{it}:{QUOTED}" for it in (400, 402, 500)),
    ],
    "status": ["html:200", "reset", "cut_json", f"http:500:{QUOTED}", f"code:401:{QUOTED}"],
    "task": [f"fail:NSFW:{QUOTED}", f"fail:{BODY}:{QUOTED}", "bad_result", "odd_result"],
    "file": ["html:200", "short", "reset", "redirect_loop", "redirect:http://10.1.2.3/c4n4ry"],
    "callback": ["wrong_token", "odd_token", "other_token", "big", "nested", "not_json"],
    "balance": [f"http:500:{QUOTED}", f"code:429:{QUOTED}", "not_json"],
}


async def ordered(world: Rehearsed, member: int) -> JobNumber:
    """An order, once nothing that goes wrong keeps the bot from taking any."""
    async with asyncio.timeout(30):
        while isinstance(decision := await world.order(member=member), Refused):
            assert decision.limit is Limit.STOPPED
            await asyncio.sleep(0.01)
    assert isinstance(decision, Reserved)
    return decision.job.number


async def test_whatever_goes_wrong_no_canary_gets_out_of_the_bot(tmp_path, caplog, capsys):
    caplog.set_level(0)
    settings = {"CLAPPER_PROVIDER": "apixo", "APIXO_API_KEY": KEY}
    async with rehearsed(
        tmp_path, callbacks=True, provider_settings={"key": KEY}, **settings
    ) as world:
        for door, acts in FAULTS.items():
            for act in acts:
                world.provider.stage.next(door, act)
        numbers = [await ordered(world, 1000 + nth) for nth in range(30)]
        async with asyncio.timeout(60):
            for number in numbers:
                while (job := await world.job(number)).state not in OVER and job.aside is None:
                    await asyncio.sleep(0.01)
        left = {door: acts for door, acts in world.provider.stage.waiting().items() if acts}
        ends = {(await world.job(number)).state for number in numbers}
        tokens = [
            task.callback_url.rpartition("/")[2] for task in world.provider.books.tasks.values()
        ]
        origin = world.provider.origin.removeprefix("http://")
    assert left == {}, "every fault was met"
    assert {JobState.DELIVERED, JobState.REJECTED, JobState.FAILED, JobState.EXPIRED} <= ends
    lines = [
        it.getMessage() + (it.exc_text or "") + repr(vars(it))
        for it in caplog.records
        if "playground" not in it.name
    ]
    quoting = {AlertKind.REQUEST_REFUSED, AlertKind.MODEL_FORBIDDEN}
    alerts = [it for it in world.alerts if it.kind not in quoting]
    cards = [
        str(failure_card(Reader("en"), outcome, MODELS["ltx"], debt=debt).to_components())
        for outcome, debt in world.postman.posted
        if outcome.cause
    ]
    told = "\n".join([*lines, *map(repr, alerts), *cards, *capsys.readouterr()])
    assert lines
    assert cards
    for canary in (*tokens, KEY, "c4n4ry", "/callbacks/", origin):
        assert canary not in told, canary
    books = b"".join(it.read_bytes() for it in (tmp_path / "data").glob("clapper.db*")).decode(
        "latin-1"
    )
    for canary in (*tokens, KEY, QUOTED):
        assert canary not in books, canary
