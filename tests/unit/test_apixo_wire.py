"""The provider's answers as anybody may have written them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.apixo.causes import cause_of_failure, cause_of_refusal, is_about_money
from bot.adapters.apixo.funnel import Answer
from bot.adapters.apixo.patience import retry_after
from bot.adapters.apixo.reading import read_answer
from bot.adapters.apixo.verdict import REFUSALS, judge
from bot.adapters.apixo.wire import (
    callback_task,
    read_dollars,
    read_envelope,
    read_status,
    result_urls,
    troubles,
)
from bot.domain.errors import (
    ProviderEmptyError,
    ProviderError,
    ProviderForbiddenError,
    ProviderKeyRefusedError,
    ProviderLimitedError,
    ProviderUnreachableError,
    TaskNotFoundError,
)
from bot.domain.provider import (
    Cause,
    Created,
    NotCreated,
    Obstacle,
    Rejected,
    TaskState,
    Unknown,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://r2.example/a.mp4"


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, "application/json", headers, content)


def envelope(code: object = 200, *, message: object = "m", data: object = None) -> dict:
    return {"code": code, "message": message, "data": data}


def status_of(**fields: object):
    data = {"taskId": "t1", "state": "success", **fields}
    found = read_envelope(json.dumps(envelope(data=data)).encode())
    assert found is not None
    status = read_status(found)
    assert status is not None
    return status.to_domain()


# -- anything at all -------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "code",
        "data",
        "message",
        "taskId",
        "state",
        "success",
        "failed",
        "resultJson",
        "resultUrls",
        "failCode",
        "failMsg",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=6)
    ),
    max_leaves=30,
)
ANSWERS = st.builds(
    lambda code, message, data: {"code": code, "message": message, "data": data},
    st.sampled_from([200, 0, None, 400, 401, 402, 404, 429, 500, "200", "x", True, 1.5]) | JSON,
    JSON,
    JSON,
)
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 401, 402, 403, 404, 408, 409, 429, 500, 503])


def tellable(text: str | None) -> bool:
    """Short, and can be written into a book."""
    return text is None or (len(text) <= 500 and text.encode() is not None)


@given(JSON | ANSWERS, STATUSES)
def test_whatever_the_post_is_answered_is_one_of_four_verdicts(body, status):
    verdict = judge(answer(body, status))
    match verdict:
        case Created(task):
            assert status < 300
            assert task
        case Rejected(message=message):
            assert tellable(message)
        case NotCreated() | Unknown():
            pass


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_fail(body):
    judge(Answer(200, "application/json", {}, body))
    callback_task(body)


@given(JSON | ANSWERS, STATUSES)
def test_whatever_a_question_is_answered_is_read_or_one_of_our_errors(body, status):
    try:
        found = read_answer(answer(body, status), not_found=TaskNotFoundError, now=NOW)
    except ProviderError:
        return
    status_data = read_status(found)
    if status_data is not None:
        report = status_data.to_domain()
        assert all(map(tellable, (report.fail_code, report.fail_message, report.provider_state)))
        assert len(report.result_urls) <= 10
        assert all(url.isprintable() and len(url) <= 2000 for url in report.result_urls)


@given(JSON)
def test_no_result_makes_the_reader_fail(content):
    for result in (content, json.dumps(content)):
        assert all(url.startswith("http") for url in result_urls(result))


# -- results ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "urls"),
    [
        (json.dumps({"resultUrls": [URL]}), (URL,)),
        ({"resultUrls": [URL]}, (URL,)),
        (json.dumps({"resultUrls": [URL, URL, f" {URL} "]}), (URL,)),
        (
            json.dumps(
                {"resultUrls": [URL, 7, None, "", "ftp://x/y", "https://", "https://a b/c"]}
            ),
            (URL,),
        ),
        (json.dumps({"resultUrls": [URL + "\u202e", URL + "x" * 2000, "http://[::1/x"]}), ()),
        (json.dumps({"resultUrls": URL}), ()),
        (json.dumps([URL]), ()),
        ("[" * 20_000, ()),
        ("{", ()),
        ("", ()),
        (None, ()),
        ("\ud800", ()),
    ],
)
def test_a_result_is_read_as_the_untrusted_string_that_it_is(result, urls):
    assert result_urls(result) == urls


def test_of_a_flood_of_results_ten_are_taken():
    flood = json.dumps({"resultUrls": [f"https://r.example/{nth}" for nth in range(99)]})
    assert len(result_urls(flood)) == 10


@pytest.mark.parametrize(
    ("state", "read"),
    [
        ("success", TaskState.SUCCESS),
        (" Success\n", TaskState.SUCCESS),
        ("FAILED", TaskState.FAILED),
        ("pending", TaskState.RUNNING),
        ("processing_r2", TaskState.RUNNING),
        ("", TaskState.RUNNING),
        ("successful", TaskState.RUNNING),
    ],
)
def test_an_unknown_state_is_still_running(state, read):
    assert status_of(state=state).state is read


def test_a_result_counts_with_a_success_alone():
    result = json.dumps({"resultUrls": [URL]})
    assert status_of(resultJson=result).result_urls == (URL,)
    assert status_of(state="processing", resultJson=result).result_urls == ()


def test_what_a_task_tells_of_itself_is_optional_and_may_be_odd():
    report = status_of(state="failed", failCode=7, failMsg="\ud83d half")
    assert (report.fail_code, report.fail_message) == ("7", "? half")
    assert report.cause is Cause.UNKNOWN
    huge = status_of(state="failed", failCode=10**400, failMsg="x" * 9999)
    assert huge.fail_code is None
    assert len(huge.fail_message or "") == 500


# -- task ids, amounts, waits ----------------------------------------------------------------------


@pytest.mark.parametrize("task", ["t1", "0123456789abcdef" * 2, "task_ä/..?", "x" * 200])
def test_a_task_id_has_no_shape(task):
    assert callback_task(json.dumps(envelope(data={"taskId": task})).encode()) == task


@pytest.mark.parametrize("task", ["", "x" * 201, "a\nb", "\ud800", 7, None, ["t1"], True])
def test_what_can_be_no_task_id(task):
    assert callback_task(json.dumps(envelope(data={"taskId": task})).encode()) is None


@pytest.mark.parametrize(
    ("told", "dollars"),
    [
        *((74.87, "74.87"), (0, "0"), (-1.5, "-1.5"), ("74.87", "74.87"), ("-1", "-1")),
        *((it, None) for it in ("", "1e3", "74 $", "٧٤", "NaN", "9" * 15)),
        *((it, None) for it in (True, 1e12, float("nan"), float("inf"), 10**400)),
    ],
)
def test_an_amount_is_a_number_that_money_can_have(told, dollars):
    assert (str(read_dollars(told)) if read_dollars(told) is not None else None) == dollars


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("0", None),
        ("3600", 3600),
        ("3601", 3600),
        ("9" * 30, 3600),
        ("Sat, 21 Nov 2026 12:00:45 GMT", 45),
        ("Sat, 21 Nov 2026 12:00:45", 45),
        ("Sat, 21 Nov 2026 11:59:00 GMT", None),
        ("Sat, 21 Nov 2099 11:59:00 GMT", 3600),
        ("Sat, 99 Nov 2026 12:00:45 GMT", None),
        ("٣٠", None),
        ("1.5", None),
    ],
)
def test_how_long_to_wait_is_bounded_and_readable_or_not_there(header, seconds):
    wait = retry_after({"Retry-After": header}, NOW)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


# -- two layers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (200, 200, set()),
        (201, 0, set()),
        (200, None, set()),
        (200, "200", set()),
        (200, 429, {429}),
        (500, 200, {500}),
        (402, 401, {402, 401}),
        (200, "402", {402}),
        (200, "words", {-1}),
        (200, True, {-1}),
        (200, 2.5, {-1}),
    ],
)
def test_either_layer_may_carry_the_trouble_alone(status, code, told):
    found = read_envelope(json.dumps(envelope(code)).encode())
    assert found is not None
    assert troubles(status, found) == told


REFUSING = sorted(REFUSALS)


@pytest.mark.parametrize("status", [*REFUSING, 200])
@pytest.mark.parametrize("code", [*REFUSING, 200])
def test_two_refusals_are_one_and_the_accounts_is_the_graver(status, code):
    if status == code == 200:
        return
    verdict = judge(answer(envelope(code), status))
    told = {status, code} - {200}
    assert isinstance(verdict, Rejected)
    assert verdict.status == (401 if 401 in told else 402 if 402 in told else min(told))


@pytest.mark.parametrize("good", [*REFUSING, 429])
@pytest.mark.parametrize("bad", [408, 409, 500, 502, 503, 504, 302, 418])
def test_a_refusal_beside_what_proves_nothing_proves_nothing(good, bad):
    assert isinstance(judge(answer(envelope(good), bad)), Unknown)
    assert isinstance(judge(answer(envelope(bad), good)), Unknown)


@pytest.mark.parametrize("status", [*REFUSING, 429])
def test_a_refusal_without_the_providers_own_code_proves_nothing(status):
    assert isinstance(judge(answer({"data": None, "message": "no"}, status)), Unknown)
    assert isinstance(judge(answer({"error": "no"}, status)), Unknown)


@pytest.mark.parametrize("other", [400, 401, 402])
def test_a_limit_beside_a_refusal_proves_nothing(other):
    assert isinstance(judge(answer(envelope(other), 429)), Unknown)
    assert judge(answer(envelope(429), 429)) == NotCreated(Obstacle.LIMITED)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, envelope(401), ProviderKeyRefusedError),
        (200, envelope(401), ProviderKeyRefusedError),
        (402, envelope(402), ProviderEmptyError),
        (400, envelope(400, message="Insufficient credits"), ProviderEmptyError),
        (400, envelope(400), ProviderUnreachableError),
        (403, envelope(403), ProviderForbiddenError),
        (404, envelope(404), TaskNotFoundError),
        (404, b"<html>", ProviderUnreachableError),
        (401, b"<html>", ProviderUnreachableError),
        (401, envelope(402), ProviderUnreachableError),
        (404, envelope(500), ProviderUnreachableError),
        (429, b"slow down", ProviderLimitedError),
        (200, envelope(429), ProviderLimitedError),
        (500, envelope(429), ProviderLimitedError),
        (503, envelope(200), ProviderUnreachableError),
        (302, b"", ProviderUnreachableError),
    ],
)
def test_what_an_answer_to_a_question_says(status, body, error):
    with pytest.raises(error) as caught:
        read_answer(answer(body, status), not_found=TaskNotFoundError, now=NOW)
    assert type(caught.value) is error


# -- whose fault -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["NSFW_DETECTED", "nsfw detected", "Nsfw-Detected", "NSFWDETECTED"]
)
def test_a_code_is_matched_however_it_is_spelled(code):
    assert cause_of_failure(code) is Cause.CONTENT


@pytest.mark.parametrize("code", [None, "", "Brand new", "NSFWX"])
def test_a_code_that_nobody_knows_is_nobodys_fault(code):
    assert cause_of_failure(code) is Cause.UNKNOWN


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (403, "This key may not use this model", Cause.ACCOUNT),
        (403, "Content policy violation", Cause.CONTENT),
        (403, "your content was not allowed: violation of content guidelines", Cause.CONTENT),
        (400, "INVALID_IMAGE_URL", Cause.IMAGE),
        (400, "image_urls[0] is missing", Cause.IMAGE),
        (400, "loras[0].path", Cause.LORA),
        (422, "Unsupported content type", Cause.REQUEST),
        (400, "prompt: 'my credit balance is insufficient' is too long", Cause.PROMPT),
        (400, "duration must be 5", Cause.REQUEST),
    ],
)
def test_whose_fault_a_refusal_is(status, message, cause):
    assert cause_of_refusal(status, message) is cause


@pytest.mark.parametrize(
    ("status", "message", "about"),
    [
        (401, "", True),
        (402, "", True),
        (400, "Insufficient credits", True),
        (400, "Error: your account balance is not enough", True),
        (400, "prompt must not contain 'insufficient credits'", False),
        (403, "Insufficient credits", False),
    ],
)
def test_a_members_words_never_stop_everybodys_videos(status, message, about):
    assert is_about_money(status, message) == about
