"""Makes anything fit for a log: no secret in it, and no line break of its own.

Rule: when in doubt it is hidden. A line that says too little is a nuisance; a token in a log is a
burglary.

Two nets: the values that were registered, wherever they turn up, and the shapes of what cannot be
registered because it is made anew for each job or comes from Discord.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final, cast
from urllib.parse import quote, quote_plus

HIDDEN: Final = "[redacted]"
_CUT: Final = "[cut]"

_LONGEST: Final = 4_000
"""Characters of one string. A provider may answer with a megabyte of HTML."""
_HEAD, _TAIL = 100, 200
"""Lines of a traceback that are kept when it has more. Its end says what happened."""
_MOST_ITEMS: Final = 100
_DEEPEST: Final = 6
_SHORTEST_SECRET: Final = 6
"""Shorter ones would hide half of every line, and guard nothing."""

# A slash as it stands in a URL, in JSON that escapes it, and in a quoted URL.
_SLASH: Final = r"(?:\\*/|%2[Ff])"
_SEGMENT: Final = r"""(?:[^\s/?#"'\\<>&%]|%(?!2[Ff]))+"""
_GUARDED: Final = r"(?:authorization|cookie|token|secret|passw(?:or)?d|api[_-]?key|signature)"
_SIGNING: Final = (
    r"[\w.-]{0,40}(?:sig|token|key|secret|credential|policy|passw|code|expires|hm)[\w.-]{0,40}"
)
_VALUE: Final = r"""(?:b?\\*"[^"\n]*|b?\\*'[^'\n]*|(?:(?:bot|bearer|basic)\s+)?[^\s"'\\,;)}\]>]+)"""

_SHAPES: Final = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"({_SLASH}callbacks{_SLASH}+){_SEGMENT}",
        rf"({_SLASH}(?:interactions|webhooks){_SLASH}{_SEGMENT}{_SLASH}){_SEGMENT}",
        # The whole query: the names of signatures differ from one store to the next.
        r"""(\b(?:https?|wss?):(?:\\*/){2}[^\s?"'<>]*\?)[^\s"'<>]+""",
        r"""(\b[a-z]{2,10}:(?:\\*/){2})[^\s/@\\"']+(?=@)""",
        rf"""([?&]{_SIGNING}=)[^&\s"']+""",
        rf"""({_GUARDED}["'\\]*\s*[:=]\s*){_VALUE}""",
        rf"""({_GUARDED}["'\\]+\s*,\s*){_VALUE}""",
        r"(\bbearer\s+)[\w.~+/=-]{8,}",
        r"(\b(?:bot|basic)\s+)[\w.~+/=-]{16,}",
        # A bot's token, and an interaction's: the latter begins with `interaction:` in base64.
        r"((?<![\w-]))[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}",
        r"()aW50ZXJhY3Rpb246[\w=+/-]+",
    )
)
_SECRET_KEY: Final = re.compile(rf"(?:^|[\W_]){_GUARDED}$", re.IGNORECASE)

# Everything that starts a line, moves the cursor, reorders text or cannot be written as UTF-8.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """The text with everything escaped that could start a line or move the cursor."""
    return _UNSEEN.sub(_escape, text)


class Redactor:
    """Knows the secrets of one process."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= _SHORTEST_SECRET
            for spelling in _spellings(secret)
        }
        # The longest first: one secret may be the beginning of another.
        ordered = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def clean_text(self, text: str) -> str:
        """One line without secrets."""
        shown = _shorten(text)
        if self._known:
            shown = self._known.sub(HIDDEN, shown)
        for shape in _SHAPES:
            shown = shape.sub(rf"\1{HIDDEN}", shown)
        return one_line(shown)

    def clean_lines(self, text: str) -> str:
        """Many lines, each without secrets: for tracebacks alone."""
        lines = text.splitlines()
        if len(lines) > _HEAD + _TAIL:
            lines = [*lines[:_HEAD], _CUT, *lines[-_TAIL:]]
        return "\n".join(map(self.clean_text, lines))

    def clean(self, value: object, *, depth: int = 0) -> object:
        """The same, as JSON's types, without secrets."""
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if depth < _DEEPEST and isinstance(value, Mapping):
            return self._clean_mapping(cast("Mapping[object, object]", value), depth + 1)
        if depth < _DEEPEST and _is_collection(value):
            items = cast("Iterable[object]", value)
            return [self.clean(item, depth=depth + 1) for item in islice(items, _MOST_ITEMS)]
        return self.clean_text(_to_text(value))

    def _clean_mapping(self, value: Mapping[object, object], depth: int) -> dict[str, object]:
        cleaned: dict[str, object] = {}
        for key, item in islice(value.items(), _MOST_ITEMS):
            name = _to_text(key)
            secret = item is not None and _SECRET_KEY.search(name)
            shown = HIDDEN if secret else self.clean(item, depth=depth)
            cleaned[self.clean_text(name)] = shown
        return cleaned


def _spellings(secret: str) -> set[str]:
    escaped = json.dumps(secret)[1:-1]
    quoted = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, escaped, repr(secret)[1:-1], *quoted}


def _shorten(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    # Cut between words: half a secret has no shape by which to know it.
    words = text[:_LONGEST].rsplit(None, 1)
    return f"{words[0]} {_CUT}" if len(words) > 1 else _CUT


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def _is_collection(value: object) -> bool:
    text = str | bytes | bytearray | memoryview
    return isinstance(value, Sequence | AbstractSet) and not isinstance(value, text)


def _to_text(value: object) -> str:
    try:
        return repr(value) if isinstance(value, BaseException) else str(value)
    except Exception:  # noqa: BLE001 - a log line never fails because of what it shows
        return f"<unprintable {type(value).__name__}>"
