"""`python -m bot`, as people and service managers meet it: real processes, clean environments."""

import asyncio
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.database import Database
from bot.playground.local_discord import LocalDiscord, furnish
from bot.verbs import VERBS

ROOT = Path(__file__).parents[2]
CANARY = "c4n4ry-Xy7_QzT0Kp3mVb9sLw2eRf6uHj1aNd8g"
BOT = ["-m", "bot"]

# A verb of the test's own in front of the real door, in place of `run`: a verb that
# crashes never will be.
STAGED = """
import sys
from contextlib import suppress
from pathlib import Path
from bot import __main__ as door
from bot.adapters.folder import DataFolder
from bot.verbs.verb import Exit, Verb

def run(settings, arguments):
    {act}
    return Exit.FINE

door.VERBS["run"] = Verb("run", "what the test wants", run)
sys.exit(door.main())
"""


def environment(**settings: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}


def run(folder: Path, arguments: list[str], /, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )


# Root may look into every folder; who has given that up may not.
MORTAL = """
import os, runpy, sys
if os.geteuid() == 0:
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    data = (ctypes.c_uint32 * 6)()
    assert libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), data) == 0
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def run_as_anybody(
    folder: Path, arguments: list[str], /, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Without root's rights to files, also where root runs the tests."""
    return run(folder, ["-c", MORTAL, *arguments], **settings)


def staged(act: str) -> list[str]:
    return ["-c", STAGED.format(act=act)]


def make_books(path: Path) -> DataFolder:
    """A data folder as a bot leaves it."""
    folder = DataFolder(path)
    folder.prepare()

    async def open_and_close() -> None:
        await (await Database.open(folder.database)).close()

    asyncio.run(open_and_close())
    folder.database.chmod(0o600)
    return folder


def test_asked_for_help_it_says_what_there_is(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "--help"])
    assert done.returncode == 0
    for verb in VERBS.values():
        assert verb.summary.split("(")[0].strip() in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_without_a_verb_it_runs_the_bot_which_needs_a_token(tmp_path: Path) -> None:
    done = run(tmp_path, BOT)
    assert done.returncode == 2
    assert done.stderr.startswith("clapper: DISCORD_TOKEN: is missing")
    assert list(tmp_path.iterdir()) == []


def test_help_is_no_failure_and_lists_only_what_there_is(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "--help"])
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")}
    assert listed == set(VERBS)


@pytest.mark.parametrize(
    "arguments", [["dance"], ["doctor", "--loud"], ["backup"], ["doc"], ["doctor", "--js"]]
)
def test_what_cannot_be_understood_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, [*BOT, *arguments])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAPPER_WEB_PORT", CANARY),
        ("CLAPPER_DAILY_CAPP", CANARY),
        ("DISCORD_TOKEN", f"{CANARY} {CANARY}"),
        ("CLAPPER_FORGED\nclapper: all is well", CANARY),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    done = run(tmp_path, [*BOT, "doctor"], **{name: value})
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith(f"clapper: {name.splitlines()[0]}")
    assert CANARY not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAPPER_DATA_DIR", "/dev/null/data"),
        ("CLAPPER_PRICES", "missing.toml"),
        ("CLAPPER_WEB_HOST", "nobody.invalid"),
        ("CLAPPER_WEB_HOST", "192.0.2.1"),
    ],
)
def test_what_proves_bad_only_at_the_start_is_one_line_too(
    tmp_path: Path, name: str, value: str
) -> None:
    settings = {"DISCORD_TOKEN": "a.b.c", "CLAPPER_PROVIDER": "rehearsal", name: value}
    settings |= {"CLAPPER_DISCORD_API_URL": "http://127.0.0.1:9/api"}
    done = run(tmp_path, BOT, **settings)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"clapper: {name}: ")


def test_a_bad_price_list_stops_the_start_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[ltx]\n480p = -1\n")
    settings = {"DISCORD_TOKEN": "a.b.c", "CLAPPER_PROVIDER": "rehearsal"}
    done = run(tmp_path, BOT, CLAPPER_PRICES="prices.toml", **settings)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert [it.name for it in tmp_path.iterdir()] == ["prices.toml"]


def test_the_doctor_tells_of_a_setting_that_does_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "doctor"], CLAPPER_PORT_8088_TCP="tcp://10.0.0.1:8088")
    assert done.returncode == 0
    assert "warning  CLAPPER_PORT_8088_TCP" in done.stdout


def test_a_bad_line_in_the_file_is_told_like_one_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CLAPPER_PROVIDER=nobody\n")
    done = run(tmp_path, [*BOT, "doctor"])
    assert done.returncode == 2
    assert done.stderr == "clapper: CLAPPER_PROVIDER: must be 'apixo' or 'rehearsal'\n"


@pytest.mark.parametrize(
    ("act", "setting"),
    [
        ("settings.require_discord()", "DISCORD_TOKEN"),
        ("settings.require_provider()", "APIXO_API_KEY"),
    ],
)
def test_a_missing_secret_is_one_line_for_a_verb_that_needs_it(
    tmp_path: Path, act: str, setting: str
) -> None:
    done = run(tmp_path, staged(act))
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"clapper: {setting}: is missing")


def test_run_is_what_is_done_when_nothing_is_typed(tmp_path: Path) -> None:
    done = run(tmp_path, staged("print('ran')"))
    assert (done.returncode, done.stdout) == (0, "ran\n")


def test_a_second_process_says_who_owns_the_folder_and_ends_with_75(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data").lock():
        done = run(tmp_path, staged("DataFolder(settings.data_dir).lock().__enter__()"))
    assert done.returncode == 75
    [line] = done.stderr.splitlines()
    assert f"process {os.getpid()} on " in line


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_crash_is_logged_without_secrets_and_ends_with_70(
    tmp_path: Path, log_format: str
) -> None:
    act = "raise ValueError(settings.discord_token.get_secret_value())"
    settings = {"DISCORD_TOKEN": CANARY, "CLAPPER_LOG_FORMAT": log_format}
    done = run(tmp_path, staged(act), **settings)
    assert done.returncode == 70
    assert "[redacted]" in done.stderr
    assert CANARY not in done.stderr + done.stdout


def test_what_it_writes_is_its_owners_alone(tmp_path: Path) -> None:
    run(tmp_path, staged("Path('file').touch(); Path('folder').mkdir()"))
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("file", "folder")]
    assert modes == [0o600, 0o700]


def test_an_interrupted_one_ends_quietly_with_130(tmp_path: Path) -> None:
    # A pipe for a settings file: once it can be opened for writing, the process is reading it.
    os.mkfifo(tmp_path / ".env")
    process = subprocess.Popen(
        [sys.executable, *BOT, "doctor"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with (tmp_path / ".env").open("w"):
        process.send_signal(signal.SIGINT)
    # A signal that came a moment before the read began is seen as the pipe is closed.
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out + err == ""


def test_the_doctor_works_without_tokens_and_says_that_run_will_not(tmp_path: Path) -> None:
    make_books(tmp_path / "data")
    done = run(tmp_path, [*BOT, "doctor"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "warning  DISCORD_TOKEN" in done.stdout
    assert "0 broken, 3 to know about." in done.stdout


async def test_the_doctor_finds_a_good_bot_good(tmp_path: Path) -> None:
    await asyncio.to_thread(make_books, tmp_path / "data")
    async with LocalDiscord() as discord:
        studio = furnish(discord.world).studio
        discord.world.commands.replace(None, [{"name": "video", "description": "A video"}])
        done = await asyncio.to_thread(
            run,
            tmp_path,
            [*BOT, "doctor"],
            DISCORD_TOKEN=discord.token,
            CLAPPER_DISCORD_API_URL=discord.api_url,
            CLAPPER_PROVIDER="rehearsal",
            CLAPPER_ALLOWED_SERVERS=str(studio.id),
            CLAPPER_PUBLIC_URL="https://clapper.example.org",
        )
    assert done.returncode == 0
    assert done.stdout.endswith("All is well.\n")
    assert "nothing is spent" in done.stdout
    assert discord.token not in done.stdout


def test_the_doctor_makes_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "doctor"])
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_lines_up_what_it_says(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "doctor"])
    found = [line for line in done.stdout.splitlines() if line.startswith(("ok", "warn", "broken"))]
    starts = {line.index(line.split("  ")[-1].strip()) for line in found}
    assert len(starts) == 1


def test_what_is_broken_ends_the_doctor_with_1_and_a_remedy(tmp_path: Path) -> None:
    folder = make_books(tmp_path / "data")
    folder.database.chmod(0o644)
    done = run(tmp_path, [*BOT, "doctor"])
    assert done.returncode == 1
    assert "broken   database rights" in done.stdout
    assert "chmod 600 data/clapper.db" in done.stdout


def test_a_bad_price_list_is_found(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "doctor"], CLAPPER_PRICES="missing.toml")
    assert done.returncode == 1
    assert "broken   prices" in done.stdout


def test_the_doctor_names_the_running_bot(tmp_path: Path) -> None:
    folder = make_books(tmp_path / "data")
    with folder.lock():
        done = run(tmp_path, [*BOT, "doctor"])
    assert f"In use by process {os.getpid()} on " in done.stdout


def _as_text(folder: DataFolder) -> None:
    folder.database.write_text("Dear diary, today I did not write a database. " * 100)


def _as_newer(folder: DataFolder) -> None:
    with closing(sqlite3.connect(folder.database)) as con:
        con.execute("PRAGMA user_version = 99")


def _as_foreign(folder: DataFolder) -> None:
    folder.database.unlink()
    with closing(sqlite3.connect(folder.database)) as con:
        con.execute("CREATE TABLE songs (title)")


def _as_untrue(folder: DataFolder) -> None:
    with closing(sqlite3.connect(folder.database)) as con:
        con.execute(
            "INSERT INTO accounts (id, kind, scope, guild_id, member_id, period, opened_at, posted)"
            " VALUES (99, 'grant', 'member', 1, 1, '', 0, 5)"
        )
        con.commit()


def _as_folder(folder: DataFolder) -> None:
    folder.database.unlink()
    folder.database.mkdir()


def _as_nobodys(folder: DataFolder) -> None:
    folder.database.chmod(0)


def _as_readable(folder: DataFolder) -> None:
    folder.database.chmod(0o400)


def _without_books(folder: DataFolder) -> None:
    folder.database.unlink()
    folder.lock_file.touch()
    folder.path.chmod(0o500)


def _in_a_closed_folder(folder: DataFolder) -> None:
    folder.path.chmod(0)


_RESTORE = "restore a backup"
_RIGHTS = "the bot's user may write"
_CANNOT_START = (
    (_as_text, "data/clapper.db is damaged (file is not a database): ", _RESTORE, 1),
    (_as_newer, "data/clapper.db has schema 99, and this version", "start the newer version", 1),
    (_as_foreign, "data/clapper.db is a database, but not one of Clapper's: ", "move it away", 1),
    (_as_untrue, "the books in data/clapper.db do not add up (", _RESTORE, 1),
    (_as_folder, "data/clapper.db cannot be opened (disk I/O error): ", _RIGHTS, 1),
    (_as_nobodys, "data/clapper.db cannot be opened (unable to open", _RIGHTS, 1),
    (_as_readable, "data/clapper.db cannot be written (permission denied): ", _RIGHTS, 1),
    (_without_books, "data/clapper.db cannot be made (permission denied): ", _RIGHTS, 1),
    (
        _in_a_closed_folder,
        "CLAPPER_DATA_DIR: data/clapper.lock cannot be used (permission denied): ",
        "run as the user whose folder it is",
        2,
    ),
)


@pytest.mark.parametrize(
    ("spoil", "says", "helps", "code"), _CANNOT_START, ids=[it[0].__name__ for it in _CANNOT_START]
)
def test_books_that_cannot_be_used_end_the_start_with_a_line_that_names_file_and_remedy(
    tmp_path: Path, spoil: Callable[[DataFolder], None], says: str, helps: str, code: int
) -> None:
    folder = make_books(tmp_path / "data")
    spoil(folder)
    settings = {"DISCORD_TOKEN": "a.b.c", "CLAPPER_PROVIDER": "rehearsal"}
    try:
        done = run_as_anybody(tmp_path, BOT, **settings)
    finally:
        folder.path.chmod(0o700)
    [line] = done.stderr.splitlines()
    assert done.returncode == code
    assert line.startswith(f"clapper: {says}")
    assert helps in line


@pytest.mark.parametrize("above", [True, False])
def test_a_folder_that_belongs_to_somebody_else_is_told_and_breaks_nothing(
    tmp_path: Path, above: bool
) -> None:
    folder = make_books(tmp_path / "home" / "data")
    shut = folder.path.parent if above else folder.path
    shut.chmod(0)
    try:
        done = run_as_anybody(tmp_path, [*BOT, "doctor"], CLAPPER_DATA_DIR=str(folder.path))
        copied = run_as_anybody(tmp_path, [*BOT, "backup", "x"], CLAPPER_DATA_DIR=str(folder.path))
    finally:
        shut.chmod(0o700)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"This user cannot look into {folder.path}." in done.stdout
    assert copied.returncode == 1
    assert copied.stderr == f"clapper: {folder.database} cannot be read: permission denied\n"


def test_the_doctor_speaks_json(tmp_path: Path) -> None:
    make_books(tmp_path / "data")
    told = json.loads(run(tmp_path, [*BOT, "doctor", "--json"]).stdout)
    assert all(set(finding) == {"name", "verdict", "sentence", "remedy"} for finding in told)
    assert {finding["verdict"] for finding in told} == {"ok", "warning"}


def test_a_backup_is_written_and_replaces_nothing(tmp_path: Path) -> None:
    folder = make_books(tmp_path / "data")
    with folder.lock():
        first = run(tmp_path, [*BOT, "backup", "copy.db"])
        second = run(tmp_path, [*BOT, "backup", "copy.db"])
    assert first.returncode == 0
    assert first.stdout.startswith("Wrote copy.db: ")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert second.returncode == 1
    [line] = second.stderr.splitlines()
    assert "copy.db" in line


def test_a_backup_of_nothing_is_told_and_makes_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, [*BOT, "backup", "copy.db"])
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
