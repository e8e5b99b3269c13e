"""Reading the answer to a question that may be asked again.

Rule: only the provider itself can say that the key, the account or the task is at fault. Where a
proxy says so, it counts as an outage that will pass.
"""

from datetime import datetime

from bot.adapters.apixo.causes import is_about_money
from bot.adapters.apixo.funnel import Answer
from bot.adapters.apixo.patience import retry_after
from bot.adapters.apixo.wire import Envelope, read_envelope, troubles
from bot.domain.errors import (
    ProviderEmptyError,
    ProviderError,
    ProviderForbiddenError,
    ProviderKeyRefusedError,
    ProviderLimitedError,
    ProviderUnreachableError,
)


def read_answer(answer: Answer, *, not_found: type[ProviderError], now: datetime) -> Envelope:
    """The answer, where it holds what was asked for; else raises one of the provider's errors."""
    if answer.status == 429:  # whoever says so: to slow down harms nobody
        raise ProviderLimitedError(retry_after(answer.headers, now))
    envelope = read_envelope(answer.body)
    if envelope is None:
        raise ProviderUnreachableError(f"an answer that is not the provider's ({answer.status})")
    trouble = troubles(answer.status, envelope)
    if 429 in trouble:
        raise ProviderLimitedError(retry_after(answer.headers, now))
    if trouble:
        raise _error_for(trouble, envelope, not_found)
    return envelope


def _error_for(
    trouble: frozenset[int], envelope: Envelope, not_found: type[ProviderError]
) -> ProviderError:
    """Where the two layers report different troubles, neither is believed."""
    match [*trouble]:
        case [401]:
            return ProviderKeyRefusedError("the key is refused")
        case [status] if is_about_money(status, envelope.message):
            return ProviderEmptyError("the account is empty")
        case [403]:
            return ProviderForbiddenError("forbidden")
        case [404]:
            return not_found("not found")
        case _:
            told = ", ".join(str(status) for status in sorted(trouble))
            return ProviderUnreachableError(f"status {told}")
