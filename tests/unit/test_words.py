"""Words that prompts may not contain: found however they are dressed, and only as whole words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import find_blocked, words_of

DRESSED = {
    "capitals": "a BAD idea",
    "accents": "a bäd idea",
    "an accent of its own": "a ba\u0301d idea",
    "a zero-width space": "a b\u200bad idea",
    "zero-width joiners": "a b\u200da\u200cd idea",
    "a soft hyphen": "a b\u00adad idea",
    "a byte order mark": "a b\ufeffad idea",
    "marks of direction": "a \u202ebad\u202c idea",
    "a variation selector": "a ba\ufe0fd idea",
    "a grapheme joiner": "a b\u034fad idea",
    "a Hangul filler": "a b\u3164ad idea",
    "tag letters": "a b\U000e0061ad idea",
    "full width": "a \uff22\uff41\uff44 idea",
    "a control character": "a b\x07ad idea",
    "a null": "a b\x00ad idea",
    "a deleted letter": "a b\x7fad idea",
    "what Unicode keeps for itself": "a b\u2065ad\ufff0 idea",
    "a tag that is not given out": "a b\U000e0fffad idea",
    "small capitals": "a ʙᴀᴅ idea",
    "letters of phonetics": "a b\u0251d idea",
    "letters in black squares": "a \U0001f171ad idea",
    "letters in black circles": "a \U0001f151\U0001f150\U0001f153 idea",
    "combining accents, many of them": "a b\u0301\u0300\u0336a\u0308\u20dd\u0323d idea",
    "mathematical letters": "a \U0001d41b\U0001d41a\U0001d41d idea",
    "letters in circles": "a \u24d1\u24d0\u24d3 idea",
    "letters struck out": "a b\u0336a\u0336d\u0336 idea",
    "letters in a frame": "a b\u20dead idea",
    "marks of a sentence": "really (bad!)",
    "an underscore": "so_bad_idea",
    "a possessive": "bad's",
    "no space around": "bad",
}


@pytest.mark.parametrize("dress", DRESSED)
def test_a_word_is_found_in(dress: str) -> None:
    assert find_blocked(DRESSED[dress], ["good", "bad"]) == "bad"


@pytest.mark.parametrize("prompt", ["badge", "a forbad thing", "b a d", "", "ba d", "good"])
def test_a_word_is_not_found_in_another(prompt: str) -> None:
    assert find_blocked(prompt, ["bad"]) is None


SPACES = {
    "a line break": "\n",
    "a line break of Windows": "\r\n",
    "an empty line": "\n\n",
    "a tab": "\t",
    "a space that does not break": "\u00a0",
    "a thin space": "\u2009",
    "a zero-width space beside a space": " \u200b",
    "an ideographic space": "\u3000",
    "an Ogham space": "\u1680",
    "a line separator": "\u2028",
    "a paragraph separator": "\u2029",
    "a next line": "\x85",
    "a file separator": "\x1c",
    "a blank pattern of Braille": "\u2800",
    "a hyphen": "-",
    "an ellipsis": "\u2026",
}


@pytest.mark.parametrize("space", SPACES)
def test_words_in_a_row_are_found_across(space: str) -> None:
    assert find_blocked(f"a red{SPACES[space]}hat", ["red hat"]) == "red hat"


def test_a_flag_is_no_word() -> None:
    flag = "\U0001f1e9\U0001f1ea"
    assert find_blocked("un gato de noche", [flag]) is None
    assert find_blocked(f"a {flag} flag", [flag]) == flag


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("Grüße aus der STRASSE", "Straße"),
        ("ЛЁД и снег", "лед"),
        ("ŁÓDŹ", "lodz"),
        ("søren", "soren"),
        ("ISTANBUL", "\u0131stanbul"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("ﬁre", "fire"),
        ("a 🔫 and", "🔫"),
        ("超暴力的画面", "暴力"),  # written without spaces
        ("これはがくせい", "がく"),
        ("red   hat, please", "Red-Hat"),
    ],
)
def test_a_word_is_found_in_other_alphabets_too(prompt: str, word: str) -> None:
    assert find_blocked(prompt, [word]) == word


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("a b\u0430d idea", "bad"),  # one Cyrillic letter
        ("a \u0412ad idea", "bad"),  # a Cyrillic capital that looks like B
        ("a b\u03b1d idea", "bad"),  # one Greek letter
        ("dr\u0430g\u043en", "dragon"),
        ("\u0434pa\u043a\u043e\u043d", "дракон"),  # two Latin letters in a Russian word
        ("bad", "b\u0430d"),  # an admin who copied the evasion
        ("\u0441\u043e\u0441k", "cock"),  # more of it borrowed than left
        ("k\u043e\u0442", "кот"),
        ("cock", "\u0441\u043e\u0441k"),
        ("two \u0441\u043e\u0441k fights", "cock fights"),
        ("drag\u0585n", "dragon"),  # one Armenian letter
        ("\u056ek\u0578d", "\u056ek\u0578d"),
    ],
)
def test_letters_that_were_borrowed_for_their_looks_hide_no_word(prompt: str, word: str) -> None:
    assert find_blocked(prompt, [word]) == word


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("рот и нос", "pot"),  # a mouth is no pot, though it looks like one
        ("το χωρίς", "to"),
        ("dr4gon d r a g o n", "dragon"),
    ],
)
def test_honest_words_of_other_alphabets_and_riddles_are_let_through(
    prompt: str, word: str
) -> None:
    assert find_blocked(prompt, [word]) is None


@pytest.mark.parametrize(
    ("prompt", "word"), [("か", "が"), ("क", "कि"), ("red green hat", "red hat")]
)
def test_letters_that_differ_by_more_than_an_accent_are_not_the_same(
    prompt: str, word: str
) -> None:
    assert find_blocked(prompt, [word]) is None


def test_a_word_without_a_letter_blocks_nothing() -> None:
    assert find_blocked("anything at all", ["", "  ", "\u200b", "!!"]) is None


def test_the_answer_is_the_word_as_it_was_typed_and_the_first_that_matches() -> None:
    assert find_blocked("bad and worse", ["WORSE", "Bad"]) == "WORSE"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = words_of(text)
    assert words_of(" ".join(once)) == once


@given(st.text(), st.text(min_size=1))
def test_a_word_that_stands_alone_is_always_found(before: str, word: str) -> None:
    assert find_blocked(f"{before} {word}", [word]) == (word if words_of(word) else None)
