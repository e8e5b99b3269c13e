"""The proof that the locks are current sees what is wrong with one."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

LOCK = Path(__file__).parents[1] / "lock.py"
HASH = "--hash=sha256:" + "0" * 64


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", LOCK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "text",
    [
        f"aiohttp==3.14.5 \\\n    {HASH}\n",
        f"aiohttp==3.14.5 \\\n    {HASH} \\\n    {HASH}\n    # via clapper (pyproject.toml)\n",
        f"colorama==0.4.6 ; sys_platform == 'win32' \\\n    {HASH}\n",
        f"coverage[toml]==7.17.3 \\\n    {HASH}\n",
        "# a comment\n\n",
    ],
)
def test_a_pin_with_a_hash_is_one(lock: ModuleType, text: str) -> None:
    assert lock.find_unpinned(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "aiohttp==3.14.5",
        f"aiohttp>=3.14 \\\n    {HASH}",
        f"aiohttp \\\n    {HASH}",
        "aiohttp==3.14.5 \\\n    --hash=sha256:00",
        "aiohttp==3.14.5 \\\n    --hash=md5:" + "0" * 64,
        f"aiohttp @ https://example.org/aiohttp.whl \\\n    {HASH}",
        "-e .",
        "--index-url https://example.org/simple",
    ],
)
def test_what_is_not_pinned_is_found(lock: ModuleType, line: str) -> None:
    good = f"yarl==1.25.1 \\\n    {HASH}\n"
    assert len(lock.find_unpinned(f"{good}{line}\n{good}")) == 1


def test_the_first_difference_is_told(lock: ModuleType) -> None:
    assert lock.find_changes("a==1\nb==1\n", "a==1\nb==2\n") == ["-b==1", "+b==2"]
    assert lock.find_changes("a==1\n", "a==1\n") == []


def test_a_lock_that_is_missing_is_told(lock: ModuleType, tmp_path: Path) -> None:
    fault = lock.find_fault(tmp_path / "requirements.txt", [], tmp_path)
    assert fault == "cannot be read: No such file or directory"


def test_both_locks_pin_everything(lock: ModuleType) -> None:
    for name in lock.LOCKS:
        assert lock.find_unpinned((lock.ROOT / name).read_text()) == []
