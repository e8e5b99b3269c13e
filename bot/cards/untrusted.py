"""Makes what members typed safe to show: as text, whatever is in it.

Rule: nothing that comes out of here mentions, links, formats, hides or turns around what stands
beside it. Emoji stay.
"""

import unicodedata
from typing import Final

_ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_NON_JOINER: Final = "\u200c"
_MOST_MARKS: Final = 4
"""Accents on one letter. No script needs more, and heaps of them run over their neighbours."""
_MARKUP: Final = frozenset("\\`*_~|<>#[]():@")
"""What can begin a mention, a link, a heading, an emoji's code or a style."""
_AT_START: Final = frozenset("-+.")
"""Lists: only where a line begins, after digits perhaps."""
_FILLERS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)
"""They draw nothing, and Unicode does not count them among the format characters."""


def clean(text: str, longest: int | None = None) -> str:
    """One line of what can be seen, cut to so many characters. Not yet safe among Markdown."""
    seen = _without_piles(_without_hidden(unicodedata.normalize("NFC", text)))
    line = " ".join(seen.split())
    return line if longest is None else _cut(line, longest)


def escaped(text: str, longest: int) -> str:
    """A text that reads as it was typed among Markdown. The backslashes count towards `longest`."""
    room = longest - 1  # for a backslash before a line that would begin a list
    line = clean(text)
    whole = "".join(map(_escape, line))
    if len(whole) > room:
        whole = _fit(line, room - len(_ELLIPSIS)).rstrip() + _ELLIPSIS
    return _escape_start(whole)


def _fit(line: str, room: int) -> str:
    kept = ""
    for cluster in _clusters(line):
        piece = "".join(map(_escape, cluster))
        if len(kept) + len(piece) > room:
            break
        kept += piece
    return kept


def quote(text: str, longest: int) -> str:
    """A block quote of one paragraph: how cards show prompts."""
    return f"> {escaped(text, longest - 2)}"


def code(text: str, longest: int) -> str:
    """A code span: for short names and addresses."""
    inner = clean(text, longest - 2).replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}")
    return f"`{inner or ' '}`"


def _escape(letter: str) -> str:
    return f"\\{letter}" if letter in _MARKUP else letter


def _escape_start(line: str) -> str:
    digits = len(line) - len(line.lstrip("0123456789"))
    if line[digits : digits + 1] in _AT_START:
        return f"{line[:digits]}\\{line[digits:]}"
    return line


def _without_hidden(text: str) -> str:
    kept: list[str] = []
    for place, letter in enumerate(text):
        if unicodedata.category(letter) in {"Zs", "Zl", "Zp"} or letter in "\t\n\r\v\f":
            kept.append(" ")
        elif not _is_hidden(letter) or _joins(text, place):
            kept.append(letter)
    return "".join(kept)


def _is_hidden(letter: str) -> bool:
    # Letters that Python's tables do not know yet stay: most of them are new emoji.
    category = unicodedata.category(letter)
    return (
        category in {"Cc", "Cf", "Cs", "Co"}
        or letter in _FILLERS
        or "\ufe00" <= letter <= "\ufe0d"
        or "\U000e0000" <= letter <= "\U000e0fff"
        or ord(letter) & 0xFFFE == 0xFFFE
        or "\ufdd0" <= letter <= "\ufdef"
    )


def _joins(text: str, place: int) -> bool:
    """Whether an invisible joiner does its work: within an emoji, or within a word."""
    if text[place] not in (_JOINER, _NON_JOINER) or place in (0, len(text) - 1):
        return False
    before, after = text[place - 1], text[place + 1]
    if text[place] == _NON_JOINER:
        return before.isalpha() and after.isalpha()
    pictured = unicodedata.category(before) in {"So", "Sk"} or before == "\ufe0f"
    return (pictured and unicodedata.category(after) == "So") or _is_indic(before)


def _is_indic(letter: str) -> bool:
    """A virama before a joiner: it shapes the letter."""
    return unicodedata.combining(letter) == 9


def _without_piles(text: str) -> str:
    kept, marks = list[str](), 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def _cut(line: str, longest: int) -> str:
    if len(line) <= longest:
        return line
    kept = ""
    for cluster in _clusters(line):
        if len(kept) + len(cluster) > longest - len(_ELLIPSIS):
            break
        kept += cluster
    return kept.rstrip() + _ELLIPSIS


def _clusters(line: str) -> list[str]:
    """Letters with what belongs to them: accents, variants, skin tones, joined emoji."""
    clusters: list[str] = []
    for letter in line:
        belongs = (
            unicodedata.category(letter) in {"Mn", "Me", "Mc"}
            or letter in (_JOINER, _NON_JOINER)
            or "\U0001f3fb" <= letter <= "\U0001f3ff"
        )
        if clusters and (belongs or clusters[-1].endswith(_JOINER)):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters
