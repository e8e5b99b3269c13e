"""Whose fault a failure is, from the provider's codes and words.

Rule: two vocabularies exist and neither list is complete. What nobody knows is `UNKNOWN`, never a
guess.
"""

import re
from typing import Final

from bot.domain.provider import Cause

_CODES: Final = {
    Cause.CONTENT: (
        "SensitiveContent",
        "SensitiveContentDetected",
        "InputImageSensitiveContentDetected",
        "InputOutputSensitiveContentDetected",
        "NSFW",
        "NSFW_DETECTED",
        "ProhibitedContentDetected",
        "CONTENT_VIOLATION",
    ),
    Cause.PROMPT: ("PromptInvalid", "PromptLengthExceeded", "PROMPT_TOO_LONG", "INVALID_PROMPT"),
    Cause.IMAGE: (
        "ImageFormatIncorrect",
        "InvalidImageSize",
        "ImageNotAccess",
        "INVALID_IMAGE_URL",
        "IMAGE_TOO_LARGE",
        "UNSUPPORTED_FORMAT",
        "IMAGE_DOWNLOAD_FAILED",
    ),
    Cause.LORA: ("INVALID_LORA_URL",),
    Cause.PROVIDER: (
        "RateLimited",
        "Timeout",
        "PROCESSING_TIMEOUT",
        "MODEL_UNAVAILABLE",
        "GENERATION_FAILED",
        "Unknown error",
    ),
    Cause.ACCOUNT: ("INSUFFICIENT_CREDITS",),
}
_CONTENT_WORDS: Final = re.compile(
    r"sensitive|nsfw|moderation|safety"
    r"|content (?:\w+ ){0,2}(?:violat|polic|prohibit|guideline|not allowed)"
    r"|(?:violat|prohibit|inappropriate|unsafe)\w* (?:\w+ ){0,2}content\b(?!.type)",
    re.IGNORECASE,
)
_MONEY_WORDS: Final = re.compile(
    r"(?:error: )?(?:your |the |account )*"
    r"(?:(?:insufficient|not enough|out of) (?:\w+ )?(?:credit|balance|quota|fund)"
    r"|(?:credit|balance|quota|fund)s? (?:\w+ ){0,2}(?:insufficient|not enough|exhausted|used up))",
    re.IGNORECASE,
)
"""Only where the message begins with it: further on it may quote what a member typed, and a
member's word must not stop everybody's videos."""
_FIELD_WORDS: Final = (
    (Cause.IMAGE, re.compile(r"image", re.IGNORECASE)),
    (Cause.LORA, re.compile(r"lora", re.IGNORECASE)),
    (Cause.PROMPT, re.compile(r"prompt", re.IGNORECASE)),
)


def _plain(code: str) -> str:
    return re.sub(r"[\s_\-]+", "", code).casefold()


_CAUSES: Final = {_plain(code): cause for cause, codes in _CODES.items() for code in codes}


def cause_of_failure(fail_code: str | None) -> Cause:
    """Whose fault it was that a task failed."""
    return _CAUSES.get(_plain(fail_code or ""), Cause.UNKNOWN)


def cause_of_refusal(status: int, message: str) -> Cause:
    """Whose fault it was that a request was refused."""
    if is_about_money(status, message):
        return Cause.ACCOUNT
    if (named := cause_of_failure(message)) is not Cause.UNKNOWN:  # a code in a message's place
        return named
    if _CONTENT_WORDS.search(_spaced(message)):
        return Cause.CONTENT
    if status == 403:
        return Cause.ACCOUNT
    for cause, words in _FIELD_WORDS:
        if words.search(message):
            return cause
    return Cause.REQUEST


def is_about_money(status: int, message: str) -> bool:
    """Whether no other request would fare better: the key, or what is left on the account."""
    if status in {401, 402}:
        return True
    return status == 400 and _MONEY_WORDS.match(_spaced(message)) is not None  # as old pages say


def _spaced(message: str) -> str:
    return " ".join(message.replace("_", " ").split())
