"""The catalogue: complete, exact about its facts, and the only place with sentences."""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from discord import Locale
from discord.app_commands import TranslationContext, TranslationContextLocation, locale_str

import bot.catalogue
from bot.app.translation import Translator, localised
from bot.catalogue import (
    CatalogueError,
    Plural,
    language_of,
    list_languages,
    placeholders,
    say,
    texts_of,
)
from bot.catalogue.texts import fill
from bot.domain.money import dollars

ROOT = Path(__file__).parents[2]
SPOKEN = [ROOT / "cogs", ROOT / "bot/cards", ROOT / "bot/app", ROOT / "bot/adapters/discord"]
"""Where people are spoken to."""
ENGLISH = texts_of("en")
LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
SENTENCE = re.compile(r"[^\W\d_]+[,;:.!?]? +[^\W\d_]+")
"""Two words with a blank between them."""


def sources() -> Iterator[Path]:
    for folder in SPOKEN:
        yield from sorted(folder.rglob("*.py"))


def sentences(node: ast.AST) -> Iterator[ast.Constant]:
    """Text with words in it, wherever it is neither documentation nor for logs and developers."""
    match node:
        case ast.Raise() | ast.Assert() | ast.arg() | ast.Expr(value=ast.Constant()):
            return  # the door speaks for errors; an annotation may be quoted
        case ast.Call(func=ast.Attribute(attr=name)) if name in LOGGING:
            return
        case ast.AnnAssign(value=value):
            inner = [value] if value else []
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inner = [*node.decorator_list, node.args, *node.body]  # without what it returns
        case ast.Constant(value=str(text)) if SENTENCE.search(text):
            yield node
            return
        case _:
            inner = list(ast.iter_child_nodes(node))
    for each in inner:
        yield from sentences(each)


def test_no_sentence_for_people_stands_outside_the_catalogue() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}"
        for path in sources()
        for node in sentences(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        'await interaction.response.send_message("That is done")',
        'button("again", label="Try again")',
        'notice_card(title, f"You have {count} videos left")',
        'TITLE = "Your videos"',
        'TITLE: Final = "Your videos"',
        '@app_commands.command(description="Make a video")\nasync def f(): ...',
        'def f(text="Make a video"): ...',
    ],
)
def test_a_sentence_outside_is_found(line: str) -> None:
    assert list(sentences(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        '"""A docstring with words."""',
        'log.warning("Discord is lost", why="nobody knows why")',
        'raise ValueError("not a custom id")',
        'assert found, "no such thing"',
        'x: "ui.Item of Any" = 1',
        'button("again", label=reader.say("card.button.again"))',
        'DOT = " · "',
    ],
)
def test_what_people_do_not_read_is_left_alone(line: str) -> None:
    assert not list(sentences(ast.parse(line)))


def calls() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Each literal key that is said, where, and the facts beside it; None where they are spread."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in {"say", "localised"}:
                continue
            keys = [arg for arg in node.args if isinstance(arg, ast.Constant)]
            keys = [arg for arg in keys if isinstance(arg.value, str) and "." in arg.value]
            facts = None
            if all(word.arg for word in node.keywords):
                facts = frozenset(word.arg or "" for word in node.keywords)
            for key in keys:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", str(key.value), facts


def test_every_key_that_is_said_exists_and_gets_its_facts() -> None:
    wrong = [
        f"{where}: {key} {facts}"
        for where, key, facts in calls()
        if key not in ENGLISH or (facts is not None and not placeholders(ENGLISH[key]) <= facts)
    ]
    assert not wrong, "\n".join(wrong)


def said() -> Iterator[tuple[str, bool]]:
    """Each key that stands in the code, or else its beginning; and whether it is the whole key."""
    code = [path for root in ("bot", "cogs") for path in (ROOT / root).rglob("*.py")]
    for path in code:
        if ROOT / "bot/catalogue/en" in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(key)) if key in ENGLISH:
                    yield key, True
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if "." in start:
                    yield start, False
                case ast.Call(
                    func=ast.Attribute(attr="name"), args=[ast.Constant(value=str(what)), *_]
                ):
                    yield f"{what}.", False


def test_every_key_is_said_somewhere() -> None:
    found = set(said())
    whole = {key for key, is_whole in found if is_whole}
    begun = tuple(start for start, is_whole in found if not is_whole)
    assert not [key for key in ENGLISH if key not in whole and not key.startswith(begun)]


@pytest.mark.parametrize("language", list_languages())
def test_a_language_has_no_key_and_no_fact_that_english_lacks(language: str) -> None:
    for key, text in texts_of(language).items():
        assert key in ENGLISH, key
        assert placeholders(text) <= placeholders(ENGLISH[key]) | _plural_by(key), key


def _plural_by(key: str) -> frozenset[str]:
    text = ENGLISH[key]
    return frozenset({text.by}) if isinstance(text, Plural) else frozenset()


def test_every_key_says_what_it_is_about() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+", key) for key in ENGLISH)


def test_texts_are_written_for_people() -> None:
    for key, text in ENGLISH.items():
        for form in text.forms if isinstance(text, Plural) else (text,):
            assert form == form.strip(), key
            assert "  " not in form, key
            assert "error" not in form.lower().split(), key


def test_a_number_never_begins_a_line_on_a_small_screen() -> None:
    for key, text in ENGLISH.items():
        for form in text.forms if isinstance(text, Plural) else (text,):
            assert " #{" not in form, key


def test_facts_are_shown_the_way_the_text_asks() -> None:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    facts = {"a": dollars("0.16"), "b": at, "c": 10 * 2**20, "d": ["x", "y"], "e": "{a}"}
    text = "{a:money} {b:ago} {b:day} {b:moment} {c:bytes} {d:list} {e}"
    stamp = int(at.timestamp())
    assert fill(text, facts, language="en") == (
        f"$0.16 <t:{stamp}:R> <t:{stamp}:D> <t:{stamp}:f> 10\N{NO-BREAK SPACE}MiB x, y {{a}}"
    )


def test_what_is_large_is_shown_in_larger_units() -> None:
    for size, shown in ((2**30 - 1, "1024 MiB"), (2**30, "1 GiB"), (12.5 * 2**30, "12.5 GiB")):
        said = fill("{c:bytes}", {"c": size}, language="en")
        assert said.replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(CatalogueError, match="maker"):
        say("en", "failure.hello")
    with pytest.raises(CatalogueError, match="count"):
        say("en", "result.ready", maker="x")


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(CatalogueError, match=r"no\.such"):
        say("en", "no.such")


@pytest.mark.parametrize(
    "text", ["{a.__class__}", "{a[0]}", "{0}", "{a:nonsense}", "{a!r:nonsense}"]
)
def test_a_text_reaches_no_further_than_its_facts(text: str) -> None:
    with pytest.raises(CatalogueError):
        fill(text, {"a": "x"}, language="en")


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        ("en", 0, "other"),
        ("en", 1, "one"),
        ("en", 2, "other"),
        *(("ru", count, "one") for count in (1, 21, 101)),
        *(("ru", count, "few") for count in (2, 3, 4, 22, 104)),
        *(("ru", count, "many") for count in (0, 5, 11, 12, 14, 111, 112)),
    ],
)
def test_a_number_takes_the_form_of_its_language(language: str, count: int, form: str) -> None:
    text = Plural(by="n", one="one", few="few", many="many", other="other")
    assert fill(text, {"n": count}, language=language) == form


def test_an_unknown_language_is_spoken_to_in_english() -> None:
    assert language_of("en-GB") == language_of("xx-YY") == language_of("") == "en"
    assert say("pl", "card.free") == say("en-US", "card.free") == "free"


# Another language


@pytest.fixture
def klingon(tmp_path, monkeypatch):
    """A folder beside English, with one text."""
    folder = tmp_path / "tlh"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "card.py").write_text('TEXTS = {"card.seed": "naH {seed}"}')
    monkeypatch.setattr(bot.catalogue, "__path__", [*bot.catalogue.__path__, str(tmp_path)])
    list_languages.cache_clear()
    yield "tlh"
    for name in ("bot.catalogue.tlh", "bot.catalogue.tlh.card"):
        sys.modules.pop(name, None)
    list_languages.cache_clear()
    texts_of.cache_clear()


def test_a_language_is_a_folder_and_falls_back_to_english(klingon) -> None:
    assert say(klingon, "card.seed", seed=7) == "naH 7"
    assert say(klingon, "card.free") == "free"
    assert language_of("tlh-QoS") == "tlh"


async def test_discord_gets_the_texts_that_another_language_has(klingon) -> None:
    translator, context = Translator(), TranslationContext(TranslationContextLocation.other, None)
    known, unknown = localised("card.seed", seed=7), localised("card.free")
    assert known.message == "seed 7"
    assert await translator.translate(known, klingon, context) == "naH 7"
    assert await translator.translate(unknown, klingon, context) is None
    assert await translator.translate(known, Locale.british_english, context) is None
    assert await translator.translate(locale_str("plain"), klingon, context) is None
