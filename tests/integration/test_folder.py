"""The data folder, with real processes: the lock is worth what the kernel makes of it."""

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.adapters.examine_folder import examine_folder, judge_space
from bot.adapters.folder import DataFolder
from bot.domain.errors import FolderLockedError, SettingsError
from bot.domain.finding import Verdict
from bot.domain.room import SPACE_TO_REST, SPACE_TO_WORK

ROOT = Path(__file__).parents[2]

OWNER = """
import sys
from pathlib import Path
from bot.adapters.folder import DataFolder
from bot.domain.errors import FolderLockedError

sys.stdin.readline()
try:
    with DataFolder(Path(sys.argv[1])).lock():
        print("owner", flush=True)
        sys.stdin.readline()
except FolderLockedError as error:
    print(error.holder, flush=True)
"""


@contextmanager
def owners(folder: Path, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that each want the folder as soon as they are told to go."""
    command = [sys.executable, "-c", OWNER, str(folder)]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def verdicts(folder: DataFolder) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in examine_folder(folder)}


def test_of_eight_processes_that_want_a_folder_at_once_one_gets_it(tmp_path: Path) -> None:
    with owners(tmp_path / "data", 8) as processes:
        for process in processes:
            tell(process)
        answers = [answer(process) for process in processes]
        winners = [
            process for process, said in zip(processes, answers, strict=True) if said == "owner"
        ]
        assert len(winners) == 1
        losers = [said for said in answers if said != "owner"]
        assert all(said.startswith(f"process {winners[0].pid} on ") for said in losers)


def test_a_killed_owner_keeps_nobody_out(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with owners(folder.path, 1) as [process]:
        tell(process)
        assert answer(process) == "owner"
        assert (folder.find_holder() or "").startswith(f"process {process.pid} on ")
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert folder.find_holder() is None
        with folder.lock():
            assert (folder.find_holder() or "").startswith(f"process {os.getpid()} on ")


def test_a_folder_that_was_let_go_can_be_owned_again(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.lock():
        pass
    assert folder.lock_file.read_text() == ""
    with folder.lock():
        pass


def test_the_folder_is_let_go_when_its_owner_fails(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with pytest.raises(ZeroDivisionError), folder.lock():
        _ = 1 / 0
    with folder.lock():
        pass


def test_a_look_at_the_owner_keeps_no_new_owner_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    looking = os.open(folder.lock_file, os.O_RDWR | os.O_CREAT)
    fcntl.flock(looking, fcntl.LOCK_SH)
    assert folder.find_holder() is None  # one that looks is no owner
    # The look ends while the new owner pauses before it tries again.
    monkeypatch.setattr("bot.adapters.folder.time.sleep", lambda _: os.close(looking))
    with folder.lock():
        pass


@pytest.mark.parametrize("record", ["", "{", "[]", '{"pid": "x"}', "\x00\xff"])
def test_an_unreadable_record_names_nobody(tmp_path: Path, record: str) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.lock():
        folder.lock_file.write_text(record)
        with pytest.raises(FolderLockedError) as caught, folder.lock():
            pass
    assert caught.value.holder == "another process"


def test_the_record_says_who_where_and_since_when(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.lock():
        record = json.loads(folder.lock_file.read_text())
    assert record["pid"] == os.getpid()
    assert set(record) == {"pid", "host", "since"}


def test_a_new_folder_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")
    before = os.umask(0)
    try:
        with folder.lock():
            assert mode(folder.path) == 0o700
            assert mode(folder.lock_file) == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("ours", [None, "clapper.db", "clapper.lock"])
def test_an_open_folder_that_is_empty_or_ours_is_closed(tmp_path: Path, ours: str | None) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.path.mkdir()
    folder.path.chmod(0o755)
    if ours:
        (folder.path / ours).touch()
        (folder.path / "other").touch()
    folder.prepare()
    assert mode(folder.path) == 0o700


def test_an_open_folder_with_strange_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "home")
    folder.path.mkdir()
    folder.path.chmod(0o755)
    (folder.path / "letter.txt").touch()
    with pytest.raises(SettingsError, match="chmod 700"):
        folder.prepare()
    assert mode(folder.path) == 0o755


@pytest.mark.parametrize("path", ["file", "file/data"])
def test_a_path_that_cannot_be_a_folder_is_a_settings_error(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as caught:
        DataFolder(tmp_path / path).prepare()
    assert caught.value.setting == "CLAPPER_DATA_DIR"


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder.lock_file.symlink_to(victim)
    with pytest.raises(SettingsError), folder.lock():
        pass
    assert victim.read_text() == "precious"


def test_the_doctor_finds_a_good_folder_good(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.lock():
        folder.database.touch(0o600)
        assert set(verdicts(folder).values()) == {Verdict.OK}


def test_the_doctor_makes_no_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    assert verdicts(folder) == {"data folder": Verdict.WARNING}
    assert not folder.path.exists()


def test_the_doctor_says_that_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.touch()
    assert verdicts(DataFolder(path)) == {"data folder": Verdict.BROKEN}


@pytest.mark.parametrize("bits", [0o750, 0o705, 0o710, 0o702])
def test_the_doctor_finds_an_open_folder_and_does_not_mend_it(tmp_path: Path, bits: int) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.path.chmod(bits)
    assert verdicts(folder)["folder rights"] is Verdict.BROKEN
    assert mode(folder.path) == bits


@pytest.mark.parametrize("name", ["clapper.db", "clapper.db-wal", "clapper.db-shm"])
def test_the_doctor_finds_a_readable_database(tmp_path: Path, name: str) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    (folder.path / name).touch()
    (folder.path / name).chmod(0o640)
    [finding] = [each for each in examine_folder(folder) if each.name == "database rights"]
    assert finding.verdict is Verdict.BROKEN
    assert f"chmod 600 {folder.path / name}" in finding.remedy


def test_the_doctor_names_the_owner(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.lock():
        held = examine_folder(folder)[-1].sentence
    assert f"process {os.getpid()} on " in held
    assert examine_folder(folder)[-1].sentence == "No bot is running here."


@pytest.mark.parametrize(
    ("free", "verdict"),
    [
        (0, Verdict.BROKEN),
        (SPACE_TO_WORK - 1, Verdict.BROKEN),
        (SPACE_TO_WORK, Verdict.WARNING),
        (SPACE_TO_REST - 1, Verdict.WARNING),
        (SPACE_TO_REST, Verdict.OK),
    ],
)
def test_little_room_is_told_before_there_is_none(free: int, verdict: Verdict) -> None:
    assert judge_space(free).verdict is verdict
