"""The layer rules bite: one violation of each is planted in a tree of skeletons and must be found.

The rules are read from pyproject.toml, so that a rule which is added there is tested here at once.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")
RULES: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS: dict[str, dict[str, Any]] = {each["id"]: each for each in RULES["contracts"]}
LAYERS: list[list[str]] = [re.findall(r"[\w.]+", layer) for layer in CONTRACTS["layers"]["layers"]]
"""From the outermost to the innermost, in each those that stand side by side."""
MODULES = [module for layer in LAYERS for module in layer]

Violation = tuple[str, str, str]
"""A contract, a module, and what it must not import."""


def violations() -> Iterator[Violation]:
    for outer, inner in pairwise(LAYERS):
        yield from (("layers", low, high) for low in inner for high in outer)
    for layer in LAYERS:
        yield from (("layers", one, other) for one in layer for other in layer if one != other)
    for name, contract in CONTRACTS.items():
        if contract["type"] == "forbidden":
            for source in contract["source_modules"]:
                yield from ((name, source, module) for module in contract["forbidden_modules"])
        elif contract["type"] == "protected":
            strangers = set(MODULES) - {*contract["allowed_importers"], "bot.playground"}
            for module in contract["protected_modules"]:
                yield from ((name, stranger, module) for stranger in sorted(strangers))


def skeleton(folder: Path) -> Path:
    """The tree with every layer, also those that are not written yet, and nothing in it."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for module in {*RULES["root_packages"], *MODULES}:
        file_of(folder, module).parent.mkdir(parents=True, exist_ok=True)
        file_of(folder, module).touch()
    return folder


def file_of(folder: Path, module: str) -> Path:
    path = folder.joinpath(*module.split("."))
    return path.with_suffix(".py") if module.endswith("__main__") else path / "__init__.py"


def plant(folder: Path, module: str, imported: str) -> None:
    with file_of(folder, module).open("a") as file:
        file.write(f"import {imported}\n")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_tree_keeps_every_rule(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in RULES["root_packages"]:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    done = lint(tmp_path)
    assert done.returncode == 0, done.stdout


def test_an_empty_skeleton_keeps_every_rule(tmp_path: Path) -> None:
    done = lint(skeleton(tmp_path))
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize("violation", list(violations()), ids=" ".join)
def test_a_planted_violation_is_found_and_named(tmp_path: Path, violation: Violation) -> None:
    contract, module, imported = violation
    skeleton(tmp_path)
    plant(tmp_path, module, imported)
    done = lint(tmp_path)
    assert done.returncode == 1
    assert f"{CONTRACTS[contract]['name']} BROKEN" in done.stdout
    assert f"{module} -> {imported}" in done.stdout


@pytest.mark.parametrize("source", CONTRACTS["pure"]["source_modules"])
def test_a_detour_to_a_library_is_found(tmp_path: Path, source: str) -> None:
    skeleton(tmp_path)
    plant(tmp_path, source, "bot.domain.words")
    (tmp_path / "bot" / "domain" / "words.py").write_text("import aiohttp\n")
    done = lint(tmp_path)
    assert f"{CONTRACTS['pure']['name']} BROKEN" in done.stdout


def test_nothing_in_the_bot_stands_outside_the_layers() -> None:
    children = [path for path in (ROOT / "bot").iterdir() if path.suffix in {"", ".py"}]
    present = {f"bot.{path.stem}" for path in children if path.is_file() or any(path.rglob("*.py"))}
    assert present - {"bot.__init__"} <= set(MODULES)
