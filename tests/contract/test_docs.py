"""What is written for people is true: settings in the example file, verbs in the README."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.bootstrap import _health
from bot.catalogue import say
from bot.domain.rights import INVITED_WITH
from bot.metrics import Metrics
from bot.settings import SETTING_NAMES, Settings, read_settings
from bot.verbs import VERBS
from tests.rehearsed import rehearsed

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "deploy" / "README.md"
EXAMPLE = ROOT / "deploy" / "env.example"
README = ROOT / "README.md"
TREE = ("bot", "cogs", "deploy", "tests")
PLACE = re.compile(rf"`((?:{'|'.join(TREE)})/[\w./-]*\w)/?`")
LINE = re.compile(r"#(?P<name>[A-Z_]+)=(?P<value>.*)")


def settings_shown() -> dict[str, tuple[str, str]]:
    """Each setting of the example file: its value, and what stands above it."""
    shown: dict[str, tuple[str, str]] = {}
    for paragraph in EXAMPLE.read_text().strip().split("\n\n")[1:]:
        *words, line = paragraph.splitlines()
        match = LINE.fullmatch(line)
        assert match, line
        shown[match["name"]] = match["value"], " ".join(word.removeprefix("# ") for word in words)
    return shown


def test_the_example_shows_every_setting_and_no_other() -> None:
    assert list(settings_shown()) == list(SETTING_NAMES)


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_the_example_says_what_the_setting_says(name: str) -> None:
    said = Settings.model_fields[SETTING_NAMES[name]].description
    assert said
    assert settings_shown()[name][1] == " ".join(said.split())


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(re.sub(r"(?m)^#(?=[A-Z_]+=)", "", EXAMPLE.read_text()))
    assert read_settings({}, file) == Settings()


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_the_example_leaves_blank_only_what_is_not_set(name: str) -> None:
    default = dict(Settings())[SETTING_NAMES[name]]
    nothing = (None, frozenset(), Settings().allowed_servers)
    assert (settings_shown()[name][0] == "") == (default in nothing)


def test_the_example_as_it_is_changes_nothing() -> None:
    assert read_settings({}, EXAMPLE) == Settings()


def test_the_readme_names_every_verb() -> None:
    if README.exists():  # it is written last, and is no reason to skip what stands above
        text = README.read_text()
        assert [verb for verb in VERBS if f"python -m bot {verb}" not in text] == []


async def test_the_runbook_names_every_metric_and_no_other(tmp_path: Path) -> None:
    async with rehearsed(tmp_path) as world:
        await world.ended(await world.ordered())
        await world.until(lambda: world.bot.studio.guard.balance is not None)
        books = world.bot.services
        metrics = Metrics(books.jobs, books.money, world.bot.studio, books.clock)
        told = (await metrics.render()).decode()
    families = list(text_string_to_metric_families(told))
    names = {family.name for family in families}
    assert set(re.findall(r"`(clapper_\w+)", RUNBOOK.read_text())) == names

    # The rules that it proposes ask for what there is.
    rules = " ".join(re.findall(r"expr: (.+)", RUNBOOK.read_text()))
    assert rules
    assert set(re.findall(r"clapper_\w+", rules)) <= names
    samples = [sample for family in families for sample in family.samples]
    labels = {label for sample in samples for label in sample.labels.items()}
    assert set(re.findall(r'(\w+)="([\w-]+)"', rules)) <= labels


def test_the_runbook_explains_whatever_health_may_complain_of() -> None:
    checks = _health(*[None] * 3).checks
    _, _, section = RUNBOOK.read_text().partition("`GET /healthz`")
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", section.partition("`GET /metrics`")[0])) == set(
        checks
    )


def test_the_runbook_invites_the_bot_with_what_it_needs_and_no_more() -> None:
    [asked_for] = re.findall(r"and these permissions: ([\w ,]+)\.", RUNBOOK.read_text())
    names = {say("en", f"permission.{right}") for right in INVITED_WITH}
    assert {name.replace("Channels", "Channel") for name in asked_for.split(", ")} == names


def test_every_place_in_this_tree_that_a_text_names_is_there() -> None:
    texts = [README, *(path for root in TREE for path in (ROOT / root).rglob("*.*"))]
    named = {
        f"{path.relative_to(ROOT)}: {place}"
        for path in texts
        if path.suffix in {".md", ".py"}
        for place in PLACE.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / place).exists()
    }
    assert not named
