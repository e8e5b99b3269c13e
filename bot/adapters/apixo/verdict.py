"""Reading the answer to the paid POST.

Rule: only the provider's own words prove that nothing was created. Everything that can be read in
two ways is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.adapters.apixo.causes import cause_of_refusal, is_about_money
from bot.adapters.apixo.wire import Envelope, read_envelope
from bot.domain.provider import Created, NotCreated, Obstacle, Rejected, Unknown, Verdict

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 413, 422})
_FINE: Final = 200
_LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as it came."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes


def judge(answer: Answer) -> Verdict:
    """What an answer to the paid POST proves."""
    envelope = read_envelope(answer.body)
    if envelope is None:
        return Unknown(f"an answer that is not the provider's ({answer.status})")
    if answer.content_type != "application/json":
        return Unknown("the wrong content type", candidate=envelope.task)
    trouble = _troubles(answer.status, envelope)
    if not trouble:
        return _accepted(envelope)
    if envelope.task is not None:
        return Unknown("an error that names a task", candidate=envelope.task)
    return _denied(answer, envelope, trouble)


def _denied(answer: Answer, envelope: Envelope, trouble: set[int]) -> Verdict:
    if trouble == {429}:
        return NotCreated(Obstacle.LIMITED, retry_after(answer.headers))
    if trouble <= REFUSALS:
        return _refused(trouble, envelope)
    return Unknown(f"status {answer.status}, code {envelope.code}")


def _troubles(status: int, envelope: Envelope) -> set[int]:
    """Both layers may carry the error, and either may be fine while the other is not."""
    codes = {status if not 200 <= status < 300 else _FINE, envelope.code or _FINE}
    return codes - {_FINE}


def _accepted(envelope: Envelope) -> Verdict:
    if envelope.task is None:
        return Unknown("accepted, without a task")
    return Created(envelope.task)


def _refused(trouble: set[int], envelope: Envelope) -> Verdict:
    # Where the layers name different refusals, the account's is the graver.
    status = next((code for code in (401, 402) if code in trouble), min(trouble))
    return Rejected(
        cause=cause_of_refusal(status, envelope.message),
        status=status,
        message=envelope.message,
        stops_submitting=is_about_money(status, envelope.message),
    )


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What the provider asks for, as seconds or as a date; bounded, and None where it is neither."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return min(timedelta(seconds=int(text)), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(text) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)
