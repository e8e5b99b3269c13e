"""Pins every package with its hashes, and proves that the pins are those of pyproject.toml.

    python tests/lock.py            says whether both locks are current
    python tests/lock.py --upgrade  writes them anew, each package as new as it may be

Rule: a check resolves again from the pins that there are, so that it answers for our files and not
for what was released since.
"""

import argparse
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS: dict[str, list[str]] = {
    "deploy/requirements.txt": [],
    "tests/requirements.txt": ["--group", "dev"],
}
"""Each lock, and what it holds besides the bot's own dependencies."""
UNIVERSAL = ["--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]
PINNED = re.compile(r"[\w.-]+(\[[\w,.-]+\])?==\S+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")


def compile_lock(options: list[str], target: Path) -> None:
    """Resolves pyproject.toml; pins that the target has already are kept where they can be."""
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "compile", "-q", "pyproject.toml", *UNIVERSAL, *options, "-o", target]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def find_unpinned(text: str) -> list[str]:
    """Requirements without an exact version and a hash."""
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    lines = [line.rstrip() for line in joined.splitlines()]
    return [
        line
        for line in lines
        if line and not line.lstrip().startswith("#") and not PINNED.fullmatch(line)
    ]


def find_fault(lock: Path, options: list[str], scratch: Path) -> str | None:
    """What is wrong with a lock, in one line."""
    try:
        before = lock.read_text()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if unpinned := find_unpinned(before):
        return f"has a line without version and hash: {unpinned[0]}"
    copy = scratch / lock.name
    shutil.copy(lock, copy)
    try:
        compile_lock(options, copy)
    except subprocess.CalledProcessError:
        return "cannot be resolved again: uv says why above"
    if changes := find_changes(before, copy.read_text()):
        return f"is not current; run `make lock`. First difference: {changes[0]}"
    return None


def find_changes(before: str, after: str) -> list[str]:
    """Lines that differ, comments last."""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    changes = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return sorted(changes, key=lambda line: "#" in line)


def check() -> int:
    """Says what is wrong with either lock."""
    faults = 0
    for name, options in LOCKS.items():
        with tempfile.TemporaryDirectory() as scratch:
            fault = find_fault(ROOT / name, options, Path(scratch))
        if fault:
            faults += 1
            print(f"{name} {fault}", file=sys.stderr)
    if not faults:
        print("Both locks are current.")
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="write both locks anew")
    if not parser.parse_args().upgrade:
        return check()
    for name, options in LOCKS.items():
        compile_lock(["--upgrade", *options], ROOT / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
