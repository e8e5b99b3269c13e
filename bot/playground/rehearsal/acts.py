"""The vocabulary of misbehaviour: which acts each door of the provider can play.

Rule: an act is one short word with its values, "http:503" or "created+reset", so that a test, a
command line and a web page can all name it. `created+` means that the task was made all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

Door = Literal["submit", "task", "status", "balance", "callback", "file"]
DOORS: Final[tuple[Door, ...]] = get_args(Door)

ANSWERS: Final[Mapping[str, str]] = {
    "ok": "the documented answer",
    "slow": "the documented answer, after slow:SECONDS of provider time",
    "http": "http:CODE:TEXT: that status with the provider's JSON; TEXT is the message, "
    "or Retry-After for 429 and 503",
    "code": "code:CODE:MESSAGE: HTTP 200, and the code inside the body",
    "http_only": "http_only:CODE: that HTTP status around a body that says 200",
    "html": "html:STATUS: a gateway's page",
    "reset": "the connection is reset",
    "never": "no answer ever comes",
    "truncated": "the body ends before its Content-Length",
    "cut_json": "a complete response with half of the JSON",
    "not_json": "JSON was promised, words came",
    "plain": "the right JSON, labelled as text",
    "empty": "200 and no body",
    "big": "10 MB of JSON",
    "nested": "JSON, 20,000 arrays deep",
    "huge_headers": "a header field of 70,000 bytes",
    "redirect": "redirect:STATUS, back to the same address",
    "foreign_id": "the documented answer with another task's id",
    "no_id": "200 without a task id",
    "number_id": "200 with a number for a task id",
    "null_data": "200 with data null",
    "no_data": "200 without data",
}

ACTS: Final[Mapping[Door, Mapping[str, str]]] = {
    "submit": ANSWERS,
    "balance": {**ANSWERS, "zero": "nothing is left"},
    "status": {**ANSWERS, "stale": "an older state: still processing"},
    "task": {
        "ok": "works, and makes a clip",
        "fail": "fail:CODE or fail:CODE:MESSAGE: runs and fails",
        "fail_bare": "fails without saying why",
        "slow": "slow:FACTOR: takes that many times as long",
        "never": "never ends, until it is told to",
        "state": "state:NAME: an undocumented word while it runs",
        "no_result": "success without resultJson",
        "bad_result": "resultJson is no JSON",
        "empty_result": "resultJson without a URL",
        "odd_result": "resultJson is JSON of another form",
        "nested_result": "resultJson is 20,000 arrays deep",
        "object_result": "resultJson is an object, not a string",
        "url": "url:URL: the result is said to lie there",
        "several": "several:N: that many result URLs",
        "padded": "padded:BYTES: the clip's file has that size",
        "priced": "priced:FACTOR: bills that many times the price",
    },
    "callback": {
        "ok": "one, when the task has ended",
        "lost": "none",
        "repeated": "repeated:N: the same one again and again",
        "before_answer": "the task ends and calls before the submission is answered",
        "late": "late:SECONDS after the task ended, so that others overtake it",
        "stale_after": "the right one, then an older one that says processing",
        "wrong_token": "first one to a token that nobody gave out",
        "odd_token": "first one to a token that is not even ASCII",
        "other_token": "first one with this task to another job's token",
        "wrong_id": "first one with a task id that does not exist",
        "early_success": "first one that claims success while the task still runs",
        "big": "first a body of 1 MB",
        "nested": "first a deeply nested body",
        "not_json": "first a body that is no JSON",
    },
    "file": {
        "ok": "the clip",
        "http": "http:STATUS, such as http:404",
        "short": "the body ends before its Content-Length",
        "html": "a page, labelled so",
        "disguised": "a page, labelled video/mp4",
        "empty": "200 and no byte",
        "endless": "starts like the clip and never stops",
        "bomb": "a small gzip body of 1 GiB of zeros",
        "redirect": "redirect:URL, without a URL to a private address",
        "redirect_loop": "to itself, for ever",
        "trickle": "a byte now and then",
        "reset": "the connection is reset half-way",
        "never": "no answer ever comes",
    },
}

CONTENT_CODES: Final = (
    "SensitiveContent",
    "SensitiveContentDetected",
    "InputImageSensitiveContentDetected",
    "InputOutputSensitiveContentDetected",
    "NSFW",
    "ProhibitedContentDetected",
    "CONTENT_VIOLATION",
    "NSFW_DETECTED",
)
PROMPT_CODES: Final = ("PromptInvalid", "PromptLengthExceeded", "PROMPT_TOO_LONG", "INVALID_PROMPT")
IMAGE_CODES: Final = (
    "ImageFormatIncorrect",
    "InvalidImageSize",
    "ImageNotAccess",
    "INVALID_IMAGE_URL",
    "IMAGE_TOO_LARGE",
    "UNSUPPORTED_FORMAT",
    "IMAGE_DOWNLOAD_FAILED",
)
LORA_CODES: Final = ("INVALID_LORA_URL",)
PROVIDER_CODES: Final = (
    "RateLimited",
    "Timeout",
    "PROCESSING_TIMEOUT",
    "MODEL_UNAVAILABLE",
    "GENERATION_FAILED",
    "Unknown error",
)
ACCOUNT_CODES: Final = ("INSUFFICIENT_CREDITS",)
FAIL_CODES: Final = (
    *CONTENT_CODES,
    *PROMPT_CODES,
    *IMAGE_CODES,
    *LORA_CODES,
    *PROVIDER_CODES,
    *ACCOUNT_CODES,
)
"""Both vocabularies, for tests that walk through all of them."""


class UnknownActError(ValueError):
    """The script names an act that this door does not know."""


NUMBERED: Final = frozenset({"http", "code", "http_only", "html", "padded", "several", "repeated"})
"""Acts whose value is a whole number."""
INCOMPLETE: Final = frozenset({"http", "code", "http_only", "padded", "fail", "state"})
"""Acts that mean nothing without their value."""


@dataclass(frozen=True, slots=True)
class Act:
    """What happens at one door, once."""

    text: str = "ok"
    """The act as it was written."""
    name: str = "ok"
    values: tuple[str, ...] = ()
    creates: bool = True
    """Whether a submission makes a task. Only the plain answers do, unless `created+` says so."""

    @classmethod
    def read(cls, door: Door, text: str) -> Self:
        """Reads "created+http:503"; raises `UnknownActError` for what the door cannot play."""
        rest = text.removeprefix("created+") if door == "submit" else text
        name, *values = rest.split(":", 1) if door in {"task", "file"} else rest.split(":")
        if name not in ACTS[door]:
            raise UnknownActError(f"{door} knows no act {name!r}; it knows {', '.join(ACTS[door])}")
        if name in INCOMPLETE and not values:
            raise UnknownActError(f"{text!r} lacks its value: {ACTS[door][name]}")
        if name in NUMBERED and values and not values[0].isdecimal():
            raise UnknownActError(f"{text!r} needs a whole number after {name}:")
        creates = rest != text or name in {"ok", "slow"}
        return cls(text, name, tuple(values), creates)

    def number(self, standard: float) -> float:
        """The act's first value as a number."""
        return float(self.values[0]) if self.values else standard

    def word(self, standard: str) -> str:
        """The act's first value."""
        return self.values[0] if self.values else standard


PLAIN: Final = Act()
