"""Every line of the process goes through one door, and no secret passes it."""

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot import log
from bot.domain.ids import JobNumber

ROOT = Path(__file__).parents[2]
CANARY = "c4n4ry-Xy7_QzT0Kp3mVb9sLw2eRf6uHj1aNd8g"
"""Registered, as a token or key is."""
STRANGER = "str4ng3r-Qz8wLmXc2vBn5tYu7iOp0aSd9fGh3jK"
"""Not registered: known by its place alone, as a job's callback token is."""
CALLBACK = f"https://clapper.example.org/callbacks/{STRANGER}"


class Lines:
    """What was logged, in one format."""

    def __init__(self, log_format: log.Format) -> None:
        self.format: log.Format = log_format
        self.stream = io.StringIO()
        log.configure(
            log_format, secrets=[CANARY, "other-secret"], level=logging.DEBUG, stream=self.stream
        )
        [self.handler] = logging.getLogger().handlers

    def text(self) -> str:
        return self.stream.getvalue()

    def list(self) -> list[str]:
        return self.text().splitlines()


@pytest.fixture(autouse=True)
def log_restored() -> Iterator[None]:
    """The rest of the tests log as if nothing had happened."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture(params=["console", "json"])
def lines(request: pytest.FixtureRequest) -> Lines:
    return Lines(request.param)


def fail(text: str) -> None:
    raise ValueError(text)


def chained(text: str) -> None:
    try:
        fail(text)
    except ValueError as error:
        raise RuntimeError(f"because of {text}") from error


def nested(text: str) -> None:
    try:
        fail(text)
    except ValueError:
        fail(f"again {text}")


def grouped(text: str) -> None:
    raise ExceptionGroup(text, [ValueError(text), ExceptionGroup("x", [KeyError(text)])])


def noted(text: str) -> None:
    error = ValueError("x")
    error.add_note(text)
    raise error


ours = log.get_logger("bot.test")
theirs = logging.getLogger("discord.http")

WAYS: dict[str, Callable[[str], object]] = {
    "our event": ours.info,
    "our f-string": lambda text: ours.info(f"said {text} twice"),
    "our fact": lambda text: ours.info("x", fact=text),
    "our bytes": lambda text: ours.info("x", fact=text.encode()),
    "our nested fact": lambda text: ours.info("x", fact={"a": [{"b": (text,)}]}),
    "our object": lambda text: ours.info("x", fact=SimpleNamespace(inner=text)),
    "our exception as a fact": lambda text: ours.info("x", error=ValueError(text)),
    "structlog's own": lambda text: structlog.stdlib.get_logger("x").info(text),
    "our placeholder": lambda text: ours.info("x %s", text),
    "our stack": lambda text: ours.info(text, stack_info=True),
    "our bound fact": lambda text: ours.bind(fact=text).info("x"),
    "our name of a fact": lambda text: ours.info("x", **{text: 1}),
    "their text": theirs.info,
    "their arguments": lambda text: theirs.info("%s and %r", text, [text]),
    "their mapping": lambda text: theirs.info("%(a)s", {"a": text}),
    "their object": lambda text: theirs.info({"a": text}),
    "their bytes": lambda text: theirs.info("%s", text.encode()),
    "their exception as text": lambda text: theirs.info(ValueError(text)),
    "their stack": lambda text: theirs.info(text, stack_info=True),
    "their warning": lambda text: warnings.showwarning(text, UserWarning, text, 1),
}

FAILURES = {each.__name__: each for each in (fail, chained, nested, grouped, noted)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", [CANARY, CALLBACK])
def test_no_way_of_logging_shows_a_secret(lines: Lines, way: str, secret: str) -> None:
    WAYS[way](secret)
    assert lines.text()
    assert CANARY not in lines.text()
    assert STRANGER not in lines.text()


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("secret", [CANARY, CALLBACK])
@pytest.mark.parametrize("logger", [ours, theirs], ids=["ours", "theirs"])
def test_no_traceback_shows_a_secret(
    lines: Lines, failure: str, secret: str, logger: logging.Logger
) -> None:
    try:
        FAILURES[failure](secret)
    except Exception:
        logger.exception("Failed")
    assert "Traceback (most recent call last)" in lines.text()
    assert "[redacted]" in lines.text()
    assert CANARY not in lines.text()
    assert STRANGER not in lines.text()


# Straight to the handler: pytest's own, which stands beside it, raises.
@pytest.mark.parametrize("text", ["%d", "%s %s %s", "{}"])
@pytest.mark.parametrize("secret", [CANARY, CALLBACK, f"{CANARY}\nx"])
def test_arguments_that_do_not_fit_show_no_secret(lines: Lines, text: str, secret: str) -> None:
    lines.handler.handle(
        theirs.makeRecord("discord.http", logging.INFO, "", 1, text, (secret, secret), None)
    )
    [line] = lines.list()
    assert json.loads(line)["event"] == "Unfit log line"
    assert CANARY not in line
    assert STRANGER not in line


FORGED = "2026-01-01T00:00:00Z critical bot: All money is gone"
BREAKS = ["\n", "\r\n", "\r", "\x85", "\u2028", "\x0b", "\x1b[1A\x1b[2K"]


@pytest.mark.parametrize("way", [way for way in WAYS if "stack" not in way])
@pytest.mark.parametrize("mark", BREAKS)
def test_a_prompt_makes_no_line_of_its_own(lines: Lines, way: str, mark: str) -> None:
    WAYS[way](f"a cat{mark}{FORGED}")
    assert len(lines.list()) == 1
    assert "\x1b" not in lines.text()


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("mark", BREAKS)
def test_what_an_exception_quotes_cannot_pass_for_a_line(
    lines: Lines, failure: str, mark: str
) -> None:
    try:
        FAILURES[failure](f"a cat{mark}{FORGED}")
    except Exception:  # noqa: BLE001 - each raises its own
        ours.exception("Failed")
    assert not any(line.startswith(FORGED) for line in lines.list())
    # Only a line of the handler's own stands at the margin.
    assert sum(not line.startswith("  | ") for line in lines.list()) == 1


def test_a_line_of_json_holds_every_part() -> None:
    lines = Lines("json")
    ours.warning("Job submitted", task="t1", seconds=2)
    line = json.loads(lines.text())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "bot.test",
        "event": "Job submitted",
        "task": "t1",
        "seconds": 2,
    }


def test_a_line_for_people_holds_every_part() -> None:
    lines = Lines("console")
    ours.warning("Job submitted", task="t1", prompt="a cat job=9")
    time, _, rest = lines.text().partition(" ")
    assert time.endswith("Z")
    assert rest == 'warning  bot.test: Job submitted task=t1 prompt="a cat job=9"\n'


def test_a_traceback_in_json_is_whole() -> None:
    lines = Lines("json")
    try:
        chained("text")
    except RuntimeError:
        ours.exception("Failed")
    told = json.loads(lines.text())["exception"].splitlines()
    assert told[0] == "Traceback (most recent call last):"
    assert told[-1] == "RuntimeError: because of text"
    assert "ValueError: text" in told


def test_every_line_names_its_job(lines: Lines) -> None:
    with log.job_context(JobNumber(7)):
        ours.info("x")
        theirs.info("x")
    ours.info("x")
    shown = ['"job": 7' in line or " job=7" in line for line in lines.list()]
    assert shown == [True, True, False]


async def test_jobs_that_run_side_by_side_keep_their_numbers() -> None:
    lines = Lines("json")
    gate = asyncio.Barrier(3)

    async def run(number: int) -> None:
        with log.job_context(JobNumber(number)):
            await gate.wait()
            ours.info("x", expected=number)
            await asyncio.create_task(child(number))

    async def child(number: int) -> None:
        theirs.info("x")
        ours.info("x", expected=number)

    await asyncio.gather(*(run(number) for number in (1, 2, 3)))
    told = [json.loads(line) for line in lines.list()]
    assert len(told) == 9
    assert all(line["job"] == line.get("expected", line["job"]) for line in told)


def test_what_is_below_the_level_is_not_said() -> None:
    stream = io.StringIO()
    log.configure("json", stream=stream)
    ours.debug("x")
    theirs.debug("x")
    assert stream.getvalue() == ""


def test_configured_twice_it_says_things_once() -> None:
    Lines("console")
    lines = Lines("json")
    theirs.info("x")
    ours.info("x")
    assert len(lines.list()) == 2


def test_a_broken_stream_does_not_fail_its_caller(lines: Lines) -> None:
    lines.stream.close()
    ours.info("x")
    theirs.info("x")


def test_importing_configures_nothing() -> None:
    code = """import logging, sys
before = sys.excepthook
import bot.log
assert not logging.getLogger().handlers
assert sys.excepthook is before"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


async def test_the_web_doors_own_log_hides_the_callbacks_token(lines: Lines) -> None:
    application = web.Application()
    runner = web.AppRunner(application, access_log=logging.getLogger("aiohttp.access"))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    url = f"http://127.0.0.1:{port}/callbacks/{STRANGER}"
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        try:
            await session.post(url, headers={"Authorization": f"Bearer {STRANGER}"})
        except aiohttp.ClientResponseError as error:
            ours.exception("Failed", error=error, headers=error.request_info.headers)
            theirs.error("%s %r", error, error.request_info)
    await runner.cleanup()
    assert "aiohttp.access" in lines.text()
    assert "/callbacks/[redacted]" in lines.text()
    assert STRANGER not in lines.text()


CRASHES = {
    "in the main thread": "raise ValueError(SECRET)",
    "in a thread": (
        "import threading\ndef work(): raise ValueError(SECRET)\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()"
    ),
    "in a finaliser": (
        "class Thing:\n    def __del__(self): raise ValueError(SECRET)\nthing = Thing()\ndel thing"
    ),
    "in a forgotten task": (
        "import asyncio, gc\nasync def work(): raise ValueError(SECRET)\n"
        "async def main():\n    task = asyncio.create_task(work())\n    await asyncio.sleep(0)\n"
        "    await asyncio.sleep(0)\n    del task\n    gc.collect()\nasyncio.run(main())"
    ),
    "in a callback of the loop": (
        "import asyncio\ndef work(): raise ValueError(SECRET)\n"
        "async def main():\n    asyncio.get_running_loop().call_soon(work)\n"
        "    await asyncio.sleep(0)\n    await asyncio.sleep(0)\nasyncio.run(main())"
    ),
    "as a warning": "import warnings\nwarnings.warn(SECRET)",
}


@pytest.mark.parametrize("crash", CRASHES)
@pytest.mark.parametrize("log_format", ["console", "json"])
def test_no_crash_shows_a_secret(crash: str, log_format: str) -> None:
    code = (
        "import os\nfrom bot import log\nSECRET = os.environ['SECRET']\n"
        f"log.configure({log_format!r}, secrets=[SECRET])\n" + CRASHES[crash]
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"SECRET": CANARY, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "[redacted]" in done.stderr
    assert CANARY not in done.stderr + done.stdout
    margin = [line for line in done.stderr.splitlines() if not line.startswith("  | ")]
    assert len(margin) == 1
