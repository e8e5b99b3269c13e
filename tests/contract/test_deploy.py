"""What an operator reads about alerts, exit codes and prices is true."""

import re
import tomllib
from pathlib import Path

from bot.domain.alert import AlertKind
from bot.models import discover
from bot.settings import read_settings
from bot.verbs.verb import Exit

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "deploy" / "README.md").read_text()


def rows(heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    section = RUNBOOK.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]


def test_the_runbook_explains_every_alert_and_no_other():
    told = [name for cell in rows("Alerts") for name in re.findall(r"`([\w-]+)`", cell)]
    assert sorted(told) == sorted(AlertKind)


def test_the_runbook_knows_every_exit_code_but_ctrl_c():
    told = {int(cell) for cell in rows("Exit codes") if cell.isdigit()}
    assert told == set(Exit) - {Exit.INTERRUPTED}


def test_the_example_of_a_price_file_names_a_model_and_its_rates():
    example = tomllib.loads(re.findall(r"```toml\n(.+?)```", RUNBOOK, re.DOTALL)[0])
    models = {model.provider_id: model for model in discover().values()}
    for name, rates in example.items():
        assert set(rates) == set(models[name].prices.rates)


def test_every_models_rate_is_named():
    for model in discover().values():
        for rate in model.prices.rates:
            assert rate in RUNBOOK


def test_what_compose_reads_from_the_settings_file_is_nothing_that_the_bot_refuses():
    # The file goes into the bot's environment whole, where a name that is no setting stops the start.
    names = set(re.findall(r"\$\{(\w+)", (ROOT / "deploy" / "compose.yaml").read_text()))
    assert names
    read_settings(dict.fromkeys(names, "clips.example.org"), None)


def test_what_the_unit_sets_is_a_setting_and_the_rest_is_read_by_every_verb():
    unit = (ROOT / "deploy" / "clapper.service").read_text()
    given = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE))
    assert read_settings(given, None).data_dir == Path(given["CLAPPER_DATA_DIR"])
    # What only the unit reads, the doctor and a backup would not know.
    assert "EnvironmentFile" not in unit
    assert f"echo CLAPPER_DATA_DIR={given['CLAPPER_DATA_DIR']} >> .env" in unit


def test_every_document_that_is_linked_exists():
    for document in ("README.md", "bot/README.md", "deploy/README.md", "tests/README.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / document).read_text()):
            assert (ROOT / document).parent.joinpath(target).exists(), f"{document}: {target}"
