"""Members' words: shown as text, whatever is in them."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards.untrusted import clean, code, escaped, quote

ANY = st.text(st.characters(codec="utf-8"), max_size=300)
MARKED = st.text(st.sampled_from("<@!&#:>*_~|`\\[]()-+.1 \n\u202e\u200b\u200d🦊🏳️a"), max_size=80)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<@123> hi", r"\<\@123\> hi"),
        ("@everyone", r"\@everyone"),
        ("<@&5> <#6> </go:7>", r"\<\@&5\> \<\#6\> \</go\:7\>"),
        ("<:fox:1> <t:1:R>", r"\<\:fox\:1\> \<t\:1\:R\>"),
        ("**b** _i_ ~~s~~ ||x||", r"\*\*b\*\* \_i\_ \~\~s\~\~ \|\|x\|\|"),
        ("[a](https://b.example)", r"\[a\]\(https\://b.example\)"),
        ("# big", r"\# big"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("> quote", r"\> quote"),
        ("`code`", r"\`code\`"),
        ("a\n\n# b\r\n\tc", r"a \# b c"),
        ("\\*", r"\\\*"),
        ("plain words, 3.5 seconds - fine", "plain words, 3.5 seconds - fine"),
    ],
)
def test_markup_loses_its_meaning_and_keeps_its_look(typed: str, shown: str) -> None:
    assert escaped(typed, 500) == shown


@pytest.mark.parametrize(
    "emoji", ["🦊", "❤️", "👩‍🚀", "👍🏽", "🏳️‍🌈", "👨‍👩‍👧‍👦", "🇪🇸", "1️⃣", "🧑🏿‍🎨"]
)
def test_emoji_stay(emoji: str) -> None:
    assert clean(f"a {emoji} b") == f"a {emoji} b"


@pytest.mark.parametrize(
    "word", ["می‌خواهم", "क्‍ष", "naïve", "Ελλάδα", "שלום", "ไทย", "日本語", "ёж"]
)
def test_words_of_every_script_stay(word: str) -> None:
    assert clean(word) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize(
    "hidden",
    [
        *"\u202a\u202e\u2066\u2069\u200e\u200f\u061c",
        *"\u200b\ufeff\u2060\u00ad\u034f\u3164\u115f\u180e\u200d",
        *("\x00", "\x1b[31m", "\x7f", "\x9b", "\ue000", "\U000e0041", "\ufffe"),
    ],
)
def test_what_hides_or_turns_text_around_is_gone(hidden: str) -> None:
    assert hidden[0] not in clean(f"a{hidden}b")


def test_heaps_of_accents_are_cut_down() -> None:
    assert len(clean("e" + "\u0316" * 50)) <= 6


@given(ANY | MARKED, st.integers(20, 120))
@example("-" * 200, 40)
@example("1" * 60 + ".", 61)
@example("👩‍🚀" * 50, 40)
def test_nothing_is_longer_than_asked(text: str, longest: int) -> None:
    assert len(escaped(text, longest)) <= longest
    assert len(quote(text, longest)) <= longest
    assert len(code(text, longest)) <= longest
    assert len(clean(text, longest)) <= longest


@given(ANY | MARKED)
def test_nothing_begins_a_mention_a_link_or_a_style(text: str) -> None:
    shown = escaped(text, 400)
    bare = re.sub(r"\\.", "", shown)
    assert not set(bare) & set("`*_~|<>#[]():@")
    assert "\n" not in shown
    assert not re.match(r"\d*[-+.]", bare) or shown.startswith("\\") or "\\" in shown[:310]


@given(ANY | MARKED)
def test_what_is_shown_reads_as_what_was_typed(text: str) -> None:
    line = clean(text)
    assert re.sub(r"\\(.)", r"\1", escaped(text, 10_000)) == line


@given(ANY | MARKED)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY | MARKED, st.integers(10, 60))
def test_a_cut_leaves_no_half_of_an_emoji(text: str, longest: int) -> None:
    shown = clean(text, longest)
    assert not shown.removesuffix("…").endswith("\u200d") or clean(text) == shown
    shown.encode()  # and no half of a surrogate pair


@given(ANY | MARKED)
def test_a_code_span_cannot_be_left(text: str) -> None:
    span = code(text, 200)
    assert span.count("`") == 2
    assert span.startswith("`")
    assert span.endswith("`")
    assert len(span) > 2
