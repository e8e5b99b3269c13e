"""The first thing anybody tries, as a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def play(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "play", "--data", str(data), *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_makes_a_video_with_every_model_and_then_the_budget_ends(tmp_path):
    first = play(tmp_path / "data", "--speed", "200")
    assert first.returncode == 0, first.stderr
    clips = [Path(path) for path in re.findall(r"is done: (.+\.mp4)", first.stdout)]
    assert len(clips) == 3
    assert all(clip.read_bytes()[4:8] == b"ftyp" for clip in clips)
    assert "$0.91 spent, $0.09 free" in first.stdout
    assert "3 tasks, $0.91" in first.stdout

    second = play(tmp_path / "data", "--speed", "200")
    assert second.returncode == 0, second.stderr
    assert second.stdout.count("refused: it costs") == 3
    assert "$0.91 spent, $0.09 free" in second.stdout, "nothing is given twice"
    assert "0 tasks, $0.00" in second.stdout


def test_a_speed_that_is_none_is_one_line_and_exit_code_two(tmp_path):
    done = play(tmp_path, "--speed", "fast")
    assert done.returncode == 2
    assert "above 0" in done.stderr
    assert "Traceback" not in done.stderr
