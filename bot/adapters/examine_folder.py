"""The doctor's look at the data folder.

Rule: looking changes nothing, not even a folder that is missing.
"""

import shutil
import stat
from pathlib import Path
from typing import Final

from bot.adapters.folder import OTHERS, SETTING, DataFolder, is_writable
from bot.domain.finding import Finding, Verdict
from bot.domain.room import judge

_MEGABYTE: Final = 1_000_000


def examine_folder(folder: DataFolder) -> list[Finding]:
    """Does it exist, who may read it, is there room, and who owns it now?"""
    if folder.is_closed():
        remedy = f"Run as the user whose folder it is, or correct {SETTING}."
        sentence = f"This user cannot look into {folder.path}."
        return [Finding.broken("data folder", sentence, remedy=remedy)]
    if not folder.path.exists():
        remedy = f"Nothing, if this is a new bot: it makes the folder. Else correct {SETTING}."
        return [Finding.warning("data folder", f"{folder.path} is not there.", remedy=remedy)]
    if not folder.path.is_dir():
        remedy = f"Correct {SETTING}."
        return [Finding.broken("data folder", f"{folder.path} is no folder.", remedy=remedy)]
    return [
        Finding.ok("data folder", f"{folder.path.resolve()}"),
        _mode("folder rights", [folder.path], "700"),
        _mode("database rights", sorted(folder.path.glob(f"{folder.database.name}*")), "600"),
        _writable(folder.path),
        judge_space(shutil.disk_usage(folder.path).free),
        _owner(folder),
    ]


def judge_space(free_bytes: int) -> Finding:
    """Is this much room enough?"""
    verdict, sentence = judge(free_bytes), f"{free_bytes // _MEGABYTE:,} MB free."
    remedy = "" if verdict is Verdict.OK else "Make room, or move the folder to a larger disk."
    return Finding("disk space", verdict, sentence, remedy)


def _mode(name: str, paths: list[Path], wanted: str) -> Finding:
    loose = [path for path in paths if _rights_of_others(path)]
    if not loose:
        return Finding.ok(name, "Nobody but the bot's own user can read it.")
    names = " ".join(str(path) for path in loose)
    return Finding.broken(
        name, f"Others have rights on {names}.", remedy=f"Run `chmod {wanted} {names}`."
    )


def _rights_of_others(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode) & OTHERS
    except FileNotFoundError:  # SQLite's side files come and go
        return 0


def _writable(path: Path) -> Finding:
    if is_writable(path):
        return Finding.ok("folder use", "The bot can write there.")
    remedy = "Run as the folder's owner, or mount the disk for writing."
    return Finding.broken("folder use", "This user cannot write there.", remedy=remedy)


def _owner(folder: DataFolder) -> Finding:
    holder = folder.find_holder()
    return Finding.ok("owner", f"In use by {holder}." if holder else "No bot is running here.")
