"""The recipe for a new model, followed: one file in a copy of the package, nothing else touched."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RECIPE = ROOT / "tests" / "contract" / "fourth_model.py"
CONTRACT = ROOT / "tests" / "contract" / "test_models.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the models stand on, and the contract test, elsewhere."""
    leave = shutil.ignore_patterns("__pycache__")
    for folder in ("bot/domain", "bot/models"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave)
    shutil.copy(ROOT / "bot" / "__init__.py", tmp_path / "bot" / "__init__.py")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "contract").mkdir(parents=True)
    shutil.copy(CONTRACT, tmp_path / "tests" / "contract")
    return tmp_path


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def contract(copy: Path, *chosen: str) -> subprocess.CompletedProcess[str]:
    plain = ("-p", "no:cacheprovider", "-p", "no:xdist", "-v", "tests/contract/test_models.py")
    return run(copy, "-m", "pytest", *plain, *chosen)


def test_a_fourth_model_needs_its_file_and_nothing_else(copy: Path):
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    shutil.copy(RECIPE, copy / "bot" / "models" / "mirage.py")
    found = run(copy, "-c", "import bot.models as m; print(m.__file__, *m.discover())")
    assert found.stdout.split() == [
        str(copy / "bot" / "models" / "__init__.py"),
        *("kling", "ltx", "mirage", "wan"),
    ], found.stderr
    ran = contract(copy)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    names = set(re.findall(r"::(test_\w+)", ran.stdout))
    covered = set(re.findall(r"::(test_\w+)\[mirage", ran.stdout))
    assert names - covered == {"test_no_two_models_share_a_name"}
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    ("right", "wrong", "caught_by"),
    [
        (
            "mode=request.its_mode.spelling,",
            "mode=request.mode,",
            "test_the_payload_is_what_the_provider_documents[mirage-text]",
        ),
        (
            "        style=request.style,\n",
            "",
            "test_every_option_changes_what_is_sent[mirage-text]",
        ),
        (
            'dollars("0.35")',
            'dollars("0.2")',
            "test_prices_grow_with_the_seconds_and_with_every_lever[mirage-text]",
        ),
        (
            '"duration", "grain", "motion")',
            '"duration", "grain")',
            "test_the_options_of_the_modes_are_the_fields_of_the_request[mirage]",
        ),
        (
            "loop: Annotated[bool, Field(strict=True)] | None = None",
            "loop: Annotated[bool, Field(strict=True)] = False",
            "test_an_option_that_only_some_modes_take_is_none_until_it_is_given[mirage]",
        ),
    ],
    ids=["spelling", "forgotten-field", "flat-price", "hidden-option", "default-elsewhere"],
)
def test_a_fourth_model_with_a_mistake_is_caught(
    copy: Path, right: str, wrong: str, caught_by: str
):
    recipe = RECIPE.read_text(encoding="utf-8")
    assert right in recipe
    (copy / "bot" / "models" / "mirage.py").write_text(recipe.replace(right, wrong, 1))
    ran = contract(copy, "-k", caught_by.partition("[")[0])
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert f"FAILED tests/contract/test_models.py::{caught_by}" in ran.stdout
