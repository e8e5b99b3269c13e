"""What a run of ffmpeg may not do, whatever file it is given."""

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from bot.adapters.video import Ffmpeg
from bot.adapters.video.ffmpeg import input_options
from bot.domain.errors import ClipUnreadableError
from tests.clips import ffmpeg, small_clip

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]


def script(tmp_path: Path, *lines: str) -> str:
    """A program in ffmpeg's place that shows how it was started."""
    path = tmp_path / "program"
    path.write_text("\n".join(["#!/bin/sh", *lines]))
    path.chmod(0o700)
    return str(path)


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


async def started() -> psutil.Process:
    while not children():
        await asyncio.sleep(0)
    return children()[0]


@pytest.fixture(autouse=True)
def nothing_is_left_running():
    before = set(children())
    yield
    assert set(children()) <= before


async def test_it_is_started_at_low_priority_in_a_group_of_its_own_and_knows_no_secret(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("DISCORD_TOKEN", "canary")
    show = script(
        tmp_path, "nice", "env", "ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat"
    )
    shown = (await Ffmpeg(show).run([])).decode().split()
    assert int(shown[0]) == min(os.nice(0) + 15, 19)
    assert int(shown[-1]) != os.getpgrp()
    assert "canary" not in " ".join(shown)


async def test_it_has_nothing_to_read_from(tmp_path):
    assert await Ffmpeg(script(tmp_path, "cat"), limit_seconds=10).run([]) == b""


async def test_its_arguments_pass_no_shell(tmp_path):
    show = Ffmpeg(script(tmp_path, "for a; do echo $a; done"))
    assert "$(id);`id`" in (await show.run(["$(id);`id`"])).decode().splitlines()


async def test_one_that_takes_too_long_is_killed():
    with pytest.raises(ClipUnreadableError):
        await Ffmpeg(limit_seconds=0.3).run(ENDLESS)
    assert not children()


async def test_one_whose_children_go_on_is_killed_with_them(tmp_path):
    stubborn = script(tmp_path, "trap '' TERM", f"sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(ClipUnreadableError):
        async with asyncio.timeout(20):
            await Ffmpeg(stubborn, limit_seconds=0.3).run([])
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int((tmp_path / "child").read_text())).wait(timeout=5)


async def test_a_cancelled_run_is_killed():
    running = asyncio.create_task(Ffmpeg().run(ENDLESS))
    await started()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not children()


async def test_one_that_is_cancelled_lets_the_next_one_run():
    one = Ffmpeg(at_once=1)
    running = asyncio.create_task(one.run(ENDLESS))
    await started()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert b"ffmpeg version" in await one.run(["-version"])


async def test_no_more_run_at_once_than_allowed(tmp_path):
    log = tmp_path / "log"
    busy = Ffmpeg(script(tmp_path, f"echo + >> {log}; sleep 0.05; echo - >> {log}"), at_once=1)
    await asyncio.gather(*(busy.run([]) for _ in range(4)))
    assert log.read_text().split() == ["+", "-"] * 4


async def test_one_that_talks_without_end_is_stopped(tmp_path):
    talker = Ffmpeg(script(tmp_path, "while :; do echo yes; done"), limit_seconds=10)
    with pytest.raises(ClipUnreadableError, match="failed"):
        await talker.run([], largest_answer=1000)


async def test_one_that_complains_at_length_is_heard_in_brief(tmp_path):
    noisy = script(
        tmp_path, "head -c 1000000 /dev/zero >&2", "printf 'the \\033[31mreason' >&2", "exit 3"
    )
    with pytest.raises(ClipUnreadableError) as caught:
        await Ffmpeg(noisy).run([])
    assert str(caught.value).endswith("[31mreason")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


async def test_a_program_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ClipUnreadableError):
        await Ffmpeg(str(tmp_path / "nothing")).run([])


# Hostile files


@pytest.fixture
async def door():
    """Counts who comes."""
    came: list[bytes] = []

    async def serve(reader, writer):
        came.append(await reader.read(10))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], came
    server.close()
    await server.wait_closed()


async def copy(path: Path, kind, to: Path) -> None:
    await Ffmpeg(limit_seconds=20).run(
        [*input_options(path, kind), "-c", "copy", "-y", f"file:{to}"]
    )


@pytest.mark.parametrize("kind", ["video/mp4", "video/webm"])
async def test_a_playlist_in_disguise_reads_neither_the_network_nor_a_file(tmp_path, door, kind):
    port, came = door
    ffmpeg("-i", small_clip(), "-c", "copy", tmp_path / "secret.ts")
    for target in (f"http://127.0.0.1:{port}/a.ts", "secret.ts"):
        playlists = [
            f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
            f"ffconcat version 1.0\nfile '{target}'\n",
        ]
        for playlist in playlists:
            (tmp_path / "a.mp4").write_text(playlist)
            with pytest.raises(ClipUnreadableError):
                await copy(tmp_path / "a.mp4", kind, tmp_path / "out.mkv")
    assert came == []


async def test_a_name_that_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(small_clip(), "http:a.mp4")
    await copy(Path("http:a.mp4"), "video/mp4", tmp_path / "out.mkv")


async def test_nothing_but_files_may_be_opened(tmp_path, door):
    port, came = door
    options = input_options(tmp_path / "a", "video/mp4")
    options[-1] = f"http://127.0.0.1:{port}/a.mp4"
    with pytest.raises(ClipUnreadableError):
        await Ffmpeg(limit_seconds=20).run([*options, "-f", "null", "-"])
    assert came == []


async def test_a_codec_that_clips_are_not_made_of_is_not_decoded(tmp_path):
    strange = tmp_path / "strange.mkv"
    ffmpeg("-i", small_clip(), "-an", "-c:v", "ffv1", strange)
    options = [*input_options(strange, "video/x-matroska"), "-f", "null", "-"]
    with pytest.raises(ClipUnreadableError):
        await Ffmpeg().run(options)


async def test_a_picture_too_large_for_the_memory_is_not_decoded(tmp_path):
    huge = tmp_path / "huge.mp4"
    source = "color=size=5000x4000:rate=1:duration=1"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", huge)
    with pytest.raises(ClipUnreadableError):
        await Ffmpeg().run([*input_options(huge, "video/mp4"), "-f", "null", "-"])
