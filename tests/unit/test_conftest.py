"""What the test run itself promises: a skip is a failure where none may be, a seed repeats."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

SKIPS = {
    "in a test": "import pytest\ndef test_x(): pytest.skip('why not')",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='why not')\ndef test_x(): pass",
    "of a whole file": (
        "import pytest\npytest.skip('why not', allow_module_level=True)\ndef test_x(): pass"
    ),
    "for want of a package": "import pytest\npytest.importorskip('no_such_package', 'why not')",
}
RANDOM = """
from hypothesis import given, strategies
def test_seed(seed):
    print("SEED", seed)
seen = []
@given(strategies.integers())
def test_hypothesis(number):
    seen.append(number)
def test_shown():
    print("SEEN", seen)
"""


def pytest_in(folder: Path, code: str, *arguments: str, **environ: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "described.py").write_text(CONFTEST.with_name("described.py").read_text())
    (folder / "test_x.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-s", "-p", "no:cacheprovider", *arguments, "."],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "DISCORD_OPENAPI": str(CONFTEST), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_a_skip_is_a_failure_where_none_may_be(
    tmp_path: Path, skip: str, workers: list[str]
) -> None:
    code, told = pytest_in(tmp_path, SKIPS[skip], *workers, NO_SKIPS="1")
    assert code not in {0, 5}
    assert "Skipped where nothing may be" in told


@pytest.mark.parametrize("skip", SKIPS)
def test_a_skip_is_a_skip_elsewhere(tmp_path: Path, skip: str) -> None:
    code, told = pytest_in(tmp_path, SKIPS[skip])
    assert code in {0, 5}
    assert "1 skipped" in told


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    test = "import pytest\n@pytest.mark.xfail\ndef test_x(): assert False"
    code, _ = pytest_in(tmp_path, test, NO_SKIPS="1")
    assert code == 0


def test_the_seed_repeats_a_run(tmp_path: Path) -> None:
    _, first = pytest_in(tmp_path, RANDOM, TEST_SEED="7")
    _, second = pytest_in(tmp_path, RANDOM, TEST_SEED="7")
    _, third = pytest_in(tmp_path, RANDOM, TEST_SEED="8")
    seen = [
        next(line for line in told.splitlines() if "SEEN" in line)
        for told in (first, second, third)
    ]
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]
    assert "SEED 7" in first
    assert "seed: 7 (TEST_SEED=7 repeats this run)" in first


def test_a_seed_is_chosen_and_shown_when_none_is_given(tmp_path: Path) -> None:
    _, told = pytest_in(tmp_path, RANDOM)
    [header] = [line for line in told.splitlines() if line.startswith("seed: ")]
    assert f"SEED {header.split()[1]}" in told


NOTHING = "def test_x(): pass"


def test_a_run_without_discords_description_says_once_what_it_leaves_out(tmp_path: Path) -> None:
    code, told = pytest_in(tmp_path, NOTHING, DISCORD_OPENAPI="")
    assert code == 0
    [line] = [line for line in told.splitlines() if "description" in line]
    assert "name it in DISCORD_OPENAPI" in line
    assert "1 passed" in told


@pytest.mark.parametrize(
    "environ", [{"DISCORD_OPENAPI": "", "NO_SKIPS": "1"}, {"DISCORD_OPENAPI": "/nowhere.json"}]
)
@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_where_it_has_to_be_there_a_run_ends_before_its_first_test(
    tmp_path: Path, environ: dict[str, str], workers: list[str]
) -> None:
    code, told = pytest_in(tmp_path, NOTHING, *workers, **environ)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert told.count("name it in DISCORD_OPENAPI") == 1
    assert "passed" not in told
    assert "Traceback" not in told
