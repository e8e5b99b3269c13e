"""The provider's answers as they come over the wire.

Rule: everything here was written by somebody else. It is bounded, it is parsed once, and what does
not fit is None rather than an exception.
"""

import json
import re
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bot.adapters.apixo.causes import cause_of_failure
from bot.domain.ids import TaskId
from bot.domain.provider import TaskReport, TaskState

_LONGEST_TASK_ID: Final = 200
_LONGEST_URL: Final = 2000
_MOST_URLS: Final = 10
_LONGEST_TEXT: Final = 500
_LARGEST_NUMBER: Final = 10**15
_MOST_DOLLARS: Final = 10**12
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_STATES: Final = {"success": TaskState.SUCCESS, "failed": TaskState.FAILED}


NO_CODE: Final = -1
"""Stands for a code that is none: neither a success nor a refusal that we know."""


class Envelope(BaseModel):
    """What every answer is wrapped in."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: int | None = None
    message: str = ""
    data: Any = None

    @field_validator("code", mode="before")
    @classmethod
    def _any_code(cls, value: object) -> int | None:
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
            return int(value)
        return NO_CODE

    @field_validator("message", mode="before")
    @classmethod
    def _any_message(cls, value: object) -> str:
        return _text(value) or ""

    @property
    def task(self) -> TaskId | None:
        """The task that the answer names, wherever the answer stands."""
        if not isinstance(self.data, dict):
            return None
        return _task_id(self.data.get("taskId"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


class StatusData(BaseModel):
    """How far a task is."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    taskId: str  # noqa: N815 - the provider's name
    state: str
    resultJson: Any = None  # noqa: N815
    failCode: Any = None  # noqa: N815
    failMsg: Any = None  # noqa: N815

    def to_domain(self) -> TaskReport:
        """The reading in our words."""
        state = _STATES.get(self.state.strip().casefold(), TaskState.RUNNING)
        fail_code = _text(self.failCode)
        return TaskReport(
            task=TaskId(self.taskId),
            state=state,
            provider_state=_text(self.state) or "",
            result_urls=result_urls(self.resultJson) if state is TaskState.SUCCESS else (),
            cause=cause_of_failure(fail_code) if state is TaskState.FAILED else None,
            fail_code=fail_code,
            fail_message=_text(self.failMsg),
        )


def read_json(body: bytes) -> object:
    """What a body holds, or None: malformed and bottomless JSON alike."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def read_envelope(body: bytes) -> Envelope | None:
    """The provider's own JSON, or None where it is somebody else's."""
    content = read_json(body)
    if not isinstance(content, dict) or not ("code" in content or "data" in content):
        return None
    try:
        return Envelope.model_validate(content)
    except ValidationError:
        return None


def troubles(status: int, envelope: Envelope) -> frozenset[int]:
    """What HTTP status and body say that is not fine: either may carry the error alone."""
    told = {status, envelope.code or 200}  # a code that is left out, or 0, says nothing
    return frozenset(code for code in told if not 200 <= code < 300)


def read_status(envelope: Envelope) -> StatusData | None:
    """The task's state, or None where the answer holds none."""
    try:
        return StatusData.model_validate(envelope.data)
    except ValidationError:
        return None


def callback_task(body: bytes) -> TaskId | None:
    """The task that a callback names. The body may be anybody's: this is a hint."""
    envelope = read_envelope(body)
    return None if envelope is None else envelope.task


def result_urls(result_json: object) -> tuple[str, ...]:
    """The addresses in a `resultJson`, which is a string of JSON, as it should be or not."""
    if isinstance(result_json, str):
        result_json = read_json(result_json.encode("utf-8", "surrogatepass"))
    if not isinstance(result_json, dict):
        return ()
    urls: object = result_json.get("resultUrls")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(urls, list):
        return ()
    texts = [url.strip() for url in urls if isinstance(url, str)]  # pyright: ignore[reportUnknownVariableType]
    return tuple(dict.fromkeys(filter(_is_address, texts)))[:_MOST_URLS]


def _is_address(text: str) -> bool:
    if len(text) > _LONGEST_URL or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _task_id(value: object) -> TaskId | None:
    # Of its shape nothing is asked, but half a character can neither be stored nor sent back.
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_TASK_ID and value.isprintable():
        return TaskId(value)
    return None


def _text(value: object) -> str | None:
    """A text, or a number as one. JSON can spell halves of characters, which no book can hold."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < _LARGEST_NUMBER else None
    if not isinstance(value, str) or not value:
        return None
    return value[:_LONGEST_TEXT].encode("utf-8", "replace").decode()


def read_dollars(value: object) -> Decimal | None:
    """An amount, where it is a number that money can have, or the text of one."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value)) if abs(value) < _MOST_DOLLARS else None  # NaN is below nothing
