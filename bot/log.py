"""Structured logs, for people or for machines, with the job's number in every line.

Rule: every line of this process leaves through the one handler here, and so through the redactor:
those of libraries, of warnings and of crashes too.

An event is a plain sentence and its facts are keywords: `log.info("Job submitted", task=task)`.
"""

import json
import logging
import sys
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Final, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.domain.ids import JobNumber
from bot.redaction import Redactor

Format = Literal["console", "json"]

_BLOCKS: Final = ("exception", "stack")
"""Keys whose values are many lines by nature."""
_FIRST: Final = ("timestamp", "level", "logger", "event")


_SHARED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]
"""What happens to every line, ours or a library's."""
_OURS: Final[list[Processor]] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A module's own logger."""
    # With its processors from the start: one that is bound before `configure` goes no other way.
    wrapped = structlog.wrap_logger(
        logging.getLogger(name), processors=_OURS, wrapper_class=structlog.stdlib.BoundLogger
    )
    return cast("structlog.stdlib.BoundLogger", wrapped)


def job_context(number: JobNumber) -> AbstractContextManager[None]:
    """Every line of this task, and of the tasks it starts, names the job."""
    return structlog.contextvars.bound_contextvars(job=number)


def configure(
    log_format: Format,
    *,
    secrets: Iterable[str] = (),
    level: int = logging.INFO,
    stream: TextIO | None = None,
) -> None:
    """Send every line of the process to the stream (stderr). May be called again."""
    redactor = Redactor(secrets)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _Cleaner(redactor),
            _render_json if log_format == "json" else _render_console,
        ],
    )
    handler = _Handler(sys.stderr if stream is None else stream, redactor)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(  # for whoever asks structlog itself for a logger
        processors=_OURS,
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    _catch_the_rest()


class _Handler(logging.StreamHandler[TextIO]):
    """Says that a line could not be made; the library's own way prints its arguments."""

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        super().__init__(stream)
        self._redactor = redactor

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        # The arguments did not fit the text. Both may hold anything, so both are cleaned.
        with suppress(Exception):  # a line never fails its caller, and the stream may be broken
            told = self._redactor.clean([record.msg, record.args])
            line = {
                "level": "error",
                "logger": record.name,
                "event": "Unfit log line",
                "told": told,
            }
            self.stream.write(json.dumps(line) + self.terminator)
            self.flush()


class _Cleaner:
    """The last step before a line is rendered."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        blocks = {key: str(event.pop(key)) for key in _BLOCKS if event.get(key)}
        cleaned = cast("EventDict", self._redactor.clean(event))
        for key, text in blocks.items():
            cleaned[key] = self._redactor.clean_lines(text)
        return cleaned


def _render_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    first = {key: event.pop(key) for key in _FIRST if key in event}
    return json.dumps({**first, **event})


def _render_console(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    blocks = [event.pop(key) for key in _BLOCKS if key in event]
    time, level, logger, said = (event.pop(key, "") for key in _FIRST)
    facts = "".join(f" {key}={_show(value)}" for key, value in event.items())
    # Each line of a block carries a mark: what an exception quotes cannot pass for a line of ours.
    quoted = "".join(f"\n  | {line}" for block in blocks for line in block.splitlines())
    return f"{time} {level:<8} {logger}: {said}{facts}{quoted}"


def _show(value: object) -> str:
    if isinstance(value, str) and value and not set(value) & set(" \"'="):
        return value
    return json.dumps(value, ensure_ascii=False)


def _catch_the_rest() -> None:
    logging.captureWarnings(True)
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash
    sys.unraisablehook = _log_unraisable


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    get_logger(__name__).critical("Crashed", exc_info=(kind, error, trace))


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    get_logger(__name__).critical("A thread crashed", exc_info=crash.exc_value or True)


def _log_unraisable(trouble: "sys.UnraisableHookArgs") -> None:
    message = trouble.err_msg or "Exception ignored"
    get_logger(__name__).error(message, place=repr(trouble.object), exc_info=trouble.exc_value)
