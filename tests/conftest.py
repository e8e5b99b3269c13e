"""What every test run shares: one seed that repeats it, and no skip where none may be.

Rule: nothing here knows the bot, and a run says once, before its first test, what it lacks. The
environment's names do not begin with CLAPPER_, or the bot would take them for its settings.
"""

import os
import secrets
import signal
from collections.abc import Generator, Iterable, Iterator
from typing import Protocol, runtime_checkable

import pytest
import structlog
from hypothesis import settings

from tests.described import MissingDescriptionError, describe_run

SEED = int(os.environ.setdefault("TEST_SEED", str(secrets.randbelow(2**32))))
"""Set in the environment, so that the workers of one run share it."""
NO_SKIPS = os.environ.get("NO_SKIPS") == "1"
"""In CI a skipped test is a hole that nobody sees."""

# No deadline: how long an example takes depends on who else uses the machine.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, database=None, print_blob=True)
settings.load_profile("default")

# Its own way to show an exception draws every variable of every frame, for a second or more.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = SEED
    _heed_signals()
    try:
        describe_run(complete=NO_SKIPS)
    except MissingDescriptionError as error:
        raise pytest.UsageError(str(error)) from None


def _heed_signals() -> None:
    """Whoever runs the tests in the background ignores some, and so would every bot that they start."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def pytest_report_header() -> list[str]:
    seed = f"seed: {SEED} (TEST_SEED={SEED} repeats this run)"
    return [seed, describe_run(complete=NO_SKIPS)]


@pytest.fixture
def seed() -> int:
    """The seed of this run, for tests that make their own random choices."""
    return SEED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    if report.failed and isinstance(item, pytest.Function):
        report.sections += _said_by_others(item.funcargs.values())
    return report


@runtime_checkable
class HasLog(Protocol):
    """A fixture around another process."""

    def last_lines(self) -> str:
        """Of what that process has logged."""
        ...


def _said_by_others(fixtures: Iterable[object]) -> Iterator[tuple[str, str]]:
    """The last lines in the logs of other processes, which a failure cannot be told without."""
    for fixture in fixtures:
        if isinstance(fixture, HasLog):
            yield "the last lines of the bot's log", fixture.last_lines()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if NO_SKIPS and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {report.longrepr}"
