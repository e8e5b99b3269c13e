"""Reading the answer to the paid POST.

Rule: only the provider's own words prove that nothing was created. Everything that can be read in
two ways is unknown: so is a 429 or a 403 that a proxy in between may have said, for it may have
passed the request on before.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from bot.adapters.apixo.causes import cause_of_refusal, is_about_money
from bot.adapters.apixo.funnel import Answer
from bot.adapters.apixo.patience import retry_after
from bot.adapters.apixo.wire import Envelope, read_envelope, troubles
from bot.domain.provider import Created, NotCreated, Obstacle, Rejected, Unknown, Verdict

__all__ = ["REFUSALS", "Answer", "judge"]

REFUSALS: Final = frozenset({400, 401, 402, 403, 404, 413, 422})


def judge(answer: Answer, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Verdict:
    """What an answer to the paid POST proves."""
    envelope = read_envelope(answer.body)
    if envelope is None:
        return Unknown(f"an answer that is not the provider's ({answer.status})")
    if answer.content_type != "application/json":
        return Unknown("the wrong content type", candidate=envelope.task)
    trouble = troubles(answer.status, envelope)
    if not trouble:
        return _accepted(envelope)
    if envelope.task is not None:
        return Unknown("an error that names a task", candidate=envelope.task)
    return _denied(answer, envelope, trouble, now)


def _denied(
    answer: Answer, envelope: Envelope, trouble: frozenset[int], now: Callable[[], datetime]
) -> Verdict:
    own_words = envelope.code is not None
    if own_words and trouble == frozenset({429}):
        return NotCreated(Obstacle.LIMITED, retry_after(answer.headers, now()))
    if own_words and trouble <= REFUSALS:
        return _refused(trouble, envelope)
    return Unknown(f"status {answer.status}, code {envelope.code}")


def _accepted(envelope: Envelope) -> Verdict:
    if envelope.task is None:
        return Unknown("accepted, without a task")
    return Created(envelope.task)


def _refused(trouble: frozenset[int], envelope: Envelope) -> Verdict:
    # Where the layers name different refusals, the account's is the graver.
    status = next((code for code in (401, 402) if code in trouble), min(trouble))
    return Rejected(
        cause=cause_of_refusal(status, envelope.message),
        status=status,
        message=envelope.message,
        stops_submitting=is_about_money(status, envelope.message),
    )
