"""Words that prompts may not contain.

Rule: whole words only, compared as they look: case, accents, width, invisible characters and letters
that were borrowed from another alphabet do not tell two words apart.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import Final

_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
"""They draw nothing (Unicode's *default ignorable*), and are not counted among the format characters."""
_BLANKS: Final = frozenset("\u2800")
"""Symbols by their kind that look like a space."""
_KEPT_MARKS: Final = frozenset({0, 7, 8, 9})
"""Combining classes that are part of a letter (vowel signs, kana voicing), not an accent on it."""
_STROKES: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "\u0251": "a",
        "\u0261": "g",
        "æ": "ae",
        "œ": "oe",
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
        **{first + place: chr(0x61 + place) for first in (0x1F150, 0x1F170) for place in range(26)},
    }
)
"""Letters in a dress that Unicode does not take off: strokes, small capitals, black circles and squares."""
_SPACELESS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts without spaces between words: each letter stands for itself."""


class _Script(Enum):
    """Alphabets that share the look of letters."""

    LATIN = "latin"
    GREEK = "greek"
    CYRILLIC = "cyrillic"
    ARMENIAN = "armenian"


_RANGES: Final = (
    (_Script.LATIN, range(0x61, 0x7B)),
    (_Script.LATIN, range(0xDF, 0x250)),
    (_Script.GREEK, range(0x370, 0x400)),
    (_Script.CYRILLIC, range(0x400, 0x530)),
    (_Script.ARMENIAN, range(0x530, 0x590)),
)
_LATIN_LOOKS: Final = {
    _Script.GREEK: dict(zip("αβεζηικμνορτυχ", "abezhikmvoptyx", strict=True)),
    _Script.CYRILLIC: dict(zip("авеѕіјкмнорстухһԁԛԝӏѵ", "abesijkmhopctyxhdqwlv", strict=True)),
    _Script.ARMENIAN: dict(zip("\u0581\u0570\u0578\u057d\u0585\u0566", "ghnuoq", strict=True)),
}
"""What letters look like, small or large: a Cyrillic *ve* passes for a B."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded so that words that look alike are equal."""
    return tuple(map(_in_one_script, _words(text)))


def _words(text: str) -> list[str]:
    words: list[str] = []
    apart = True
    for letter in _folded(text):
        category = unicodedata.category(letter)
        alone = _SPACELESS.match(letter) is not None or (category == "So" and letter not in _BLANKS)
        if alone or category[0] in "LNM":
            if apart or alone:
                words.append("")
            words[-1] += letter
        apart = alone or category[0] not in "LNM"
    return words


def find_blocked(prompt: str, blocked: Iterable[str]) -> str | None:
    """The first blocked word, or words in a row, that a prompt contains."""
    said = _readings(prompt)
    for entry in blocked:
        if any(meant in each for meant in _readings_of_entry(entry) for each in said):
            return entry
    return None


@lru_cache(maxsize=4096)
def _readings_of_entry(entry: str) -> frozenset[str]:
    """The same words are looked for in every prompt."""
    return _readings(entry)


def _readings(text: str) -> frozenset[str]:
    """The words between blanks: as they are, and with those of mixed alphabets in each of these.

    Somebody may borrow more letters of a word than they leave, so a count does not tell whose it is.
    """
    words = _words(text)
    mixed = any(len(_scripts_in(word)) > 1 for word in words)
    every = [tuple(map(_in_one_script, words))]
    every += [tuple(_written_in(home, word) for word in words) for home in _Script if mixed]
    return frozenset(f" {' '.join(each)} " for each in every if each)


def _folded(text: str) -> str:
    # Folding the case can bring forth new compositions, and the other way round: hence twice.
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in flat if not _is_dressing(letter)).translate(_STROKES)
    return unicodedata.normalize("NFC", bare)  # what is left belongs to its letter


def _is_dressing(letter: str) -> bool:
    """An accent, or something that cannot be seen at all."""
    category = unicodedata.category(letter)
    accent = category in {"Mn", "Mc"} and unicodedata.combining(letter) not in _KEPT_MARKS
    return (
        accent
        or category in {"Cf", "Me"}
        or (category == "Cc" and not letter.isspace())
        or _UNSEEN.match(letter) is not None
    )


def _in_one_script(word: str) -> str:
    """Letters that were borrowed for their looks become those of the alphabet that most are of.

    No language mixes these alphabets within a word, so nobody's honest word is touched.
    """
    count = _scripts_in(word)
    home = max(_Script, key=lambda script: count[script])  # the first, where two have as many
    return _written_in(home, word)


def _written_in(home: _Script, word: str) -> str:
    """A word of mixed alphabets as that one would write it; any other stays."""
    if len(_scripts_in(word)) < 2:
        return word
    looks = _looks_in(home)
    return "".join(
        letter if _script_of(letter) is home else looks.get(letter, letter) for letter in word
    )


def _scripts_in(word: str) -> Counter[_Script]:
    if word.isascii():
        return Counter()
    return Counter(script for letter in word if (script := _script_of(letter)))


def _script_of(letter: str) -> _Script | None:
    code = ord(letter)
    return next((script for script, codes in _RANGES if code in codes), None)


@cache
def _looks_in(home: _Script) -> Mapping[str, str]:
    """Foreign letters, as that alphabet would write them."""
    to_latin = {letter: look for looks in _LATIN_LOOKS.values() for letter, look in looks.items()}
    if home is _Script.LATIN:
        return to_latin
    from_latin = {look: letter for letter, look in reversed(_LATIN_LOOKS[home].items())}
    return from_latin | {
        letter: from_latin[look] for letter, look in to_latin.items() if look in from_latin
    }
