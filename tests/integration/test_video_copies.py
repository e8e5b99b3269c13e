"""Copies of real clips, made by the real ffmpeg."""

import asyncio
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bot.adapters.clips import Shelf
from bot.adapters.clips.boxes import read_shape
from bot.adapters.video import Ffmpeg, ShelfEncoder
from bot.adapters.video.probe import probe
from bot.domain.clip import Label
from bot.domain.errors import ClipUnfitError, ClipUnreadableError, NotFoundError
from tests.clips import FFMPEG, ffmpeg, folder, large_clip, noisy_clip, sha256, small_clip

LABEL = Label(title="A fox", comment="Clapper job 17")
LIMIT = 10 * 1024 * 1024
NUMBERS = count(1)


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path / "clips")
    shelf.prepare()
    return shelf


@pytest.fixture
def encoder(shelf):
    return ShelfEncoder(shelf, Ffmpeg())


@pytest.fixture
def put(shelf):
    """Lays a file on the shelf as the store does; its name."""

    def put(source: Path) -> str:
        name = f"{next(NUMBERS)}-0-abcdefghijklmnopqrstuv{source.suffix}"
        shutil.copy(source, shelf.folder / name)
        return name

    return put


def written(path: Path) -> dict[str, str]:
    """What a file says about itself."""
    lines = ffmpeg("-i", path, "-f", "ffmetadata", "-").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def tracks(path: Path) -> str:
    """Hashes of the packed pictures and sound."""
    return ffmpeg("-i", path, "-map", "0:v", "-map", "0:a?", "-c", "copy", "-f", "streamhash", "-")


def assert_plays(path: Path) -> None:
    """Every picture and every sound decodes, and Discord finds its codecs and the contents first."""
    ffmpeg("-xerror", "-err_detect", "explode", "-i", path, "-f", "null", "-")
    head = path.read_bytes()[:64]
    assert head[4:8] == b"ftyp"
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")


async def look(path: Path, kind="video/mp4"):
    return await probe(Ffmpeg(), path, kind)


# Looking


@pytest.mark.parametrize(
    ("ending", "kind", "codec"),
    [
        (".mp4", "video/mp4", "h264"),
        (".mov", "video/quicktime", "h264"),
        (".webm", "video/webm", "vp8"),
        (".mkv", "video/x-matroska", "vp8"),
    ],
)
async def test_a_film_tells_what_it_is_made_of(ending, kind, codec):
    film = await look(small_clip(ending), kind)
    assert (film.width, film.height, film.pictures, film.codec) == (192, 108, 24, codec)
    assert film.seconds == pytest.approx(1, abs=0.01)
    assert film.has_sound


async def test_a_silent_film_has_no_sound():
    assert not (await look(small_clip(sound=False))).has_sound


@pytest.mark.parametrize("content", [b"", b"nonsense" * 100, b"\x00\x00\x00\x18ftypisom" * 9])
async def test_a_file_that_is_no_film_is_told(tmp_path, content):
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(ClipUnreadableError):
        await look(tmp_path / "a.mp4")


# Labels


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".webm", ".mkv"])
async def test_a_labelled_copy_names_its_job_and_shows_the_same(encoder, put, ending):
    source = small_clip(ending)
    copy = await encoder.label(put(source), LABEL)
    said = {name.lower(): text for name, text in written(copy).items()}
    assert (said["title"], said["comment"]) == ("A fox", "Clapper job 17")
    assert tracks(copy) == tracks(source)
    assert copy.suffix == ending


async def test_the_clip_itself_is_never_changed(encoder, put, shelf):
    name = put(noisy_clip())
    before = sha256(shelf.path(name))
    await encoder.label(name, LABEL)
    await encoder.fit(name, 60_000, label=LABEL)
    await encoder.poster(name)
    assert sha256(shelf.path(name)) == before


async def test_what_the_provider_wrote_into_the_file_is_left_out(encoder, put, tmp_path):
    talkative = tmp_path / "talkative.mp4"
    ffmpeg("-i", small_clip(), "-c", "copy", "-metadata", "description=secret", talkative)
    assert "secret" in written(talkative).values()
    assert "secret" not in written(await encoder.label(put(talkative), LABEL)).values()


async def test_a_label_of_strange_signs_is_written_as_text(encoder, put):
    label = Label(title="-y; $(id) \0\n\x1b[31m'\"" + "é" * 5000, comment="a=b\nc=d")
    said = written(await encoder.label(put(small_clip()), label))
    assert said["title"].startswith("-y")
    assert "\x1b" not in said["title"]
    assert len(said["title"]) < 1100


# Fitting


async def test_twenty_noisy_seconds_in_1080p_come_out_below_ten_mib_with_the_same_length(
    encoder, put
):
    source = large_clip()
    assert source.stat().st_size > LIMIT
    copy = await encoder.fit(put(source), LIMIT, label=LABEL)
    assert LIMIT * 0.8 < copy.stat().st_size <= LIMIT
    assert_plays(copy)
    before, after = await look(source), await look(copy)
    assert after.seconds == pytest.approx(before.seconds, abs=0.1)
    assert after.pictures == before.pictures
    assert (after.codec, after.has_sound) == ("h264", True)


@pytest.mark.parametrize("limit", [150_000, 80_000, 40_000, 20_000, 14_000])
async def test_a_copy_is_never_larger_than_was_asked(encoder, put, limit):
    copy = await encoder.fit(put(noisy_clip()), limit, label=LABEL)
    assert copy.stat().st_size <= limit
    assert_plays(copy)
    assert (await look(copy)).seconds == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("ending", [".webm", ".mov", ".mkv"])
async def test_every_kind_of_clip_comes_out_as_what_discord_plays(encoder, put, ending):
    copy = await encoder.fit(put(small_clip(ending)), 25_000, label=LABEL)
    assert copy.suffix == ".mp4"
    assert_plays(copy)
    assert (await look(copy)).codec == "h264"
    assert written(copy)["comment"] == "Clapper job 17"


async def test_a_clip_that_fits_is_only_labelled(encoder, put):
    name = put(small_clip())
    assert await encoder.fit(name, LIMIT, label=LABEL) == await encoder.label(name, LABEL)


async def test_a_clip_that_fits_only_without_its_label_is_made_smaller(encoder, put):
    source = small_clip()
    copy = await encoder.fit(put(source), source.stat().st_size, label=LABEL)
    assert copy.stat().st_size <= source.stat().st_size


async def test_a_smaller_picture_keeps_its_form_and_even_sides(encoder, put):
    source = noisy_clip(size="960x540")
    copy = await encoder.fit(put(source), 40_000, label=LABEL)
    film = await look(copy)
    assert (film.width, film.height) == (426, 240)


async def test_a_film_in_odd_sides_and_full_colour_comes_out_even_and_no_larger(encoder, put):
    source = noisy_clip(size="101x75", pixels="yuv444p")
    copy = await encoder.fit(put(source), 20_000, label=LABEL)
    assert_plays(copy)
    film = await look(copy)
    assert (film.width, film.height) == (100, 74)
    raw = ffmpeg("-i", copy, "-frames:v", "1", "-an", "-f", "framecrc", "-")
    assert f" {100 * 74 * 3 // 2}," in raw  # 4:2:0


async def test_a_film_that_lies_on_its_side_is_turned(encoder, put, tmp_path):
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", noisy_clip(), "-c", "copy", turned)
    copy = await encoder.fit(put(turned), 80_000, label=LABEL)
    film = await look(copy)
    assert film.height > film.width
    with copy.open("rb") as file:
        assert read_shape(file).height == film.height


async def test_a_film_without_sound_stays_silent(encoder, put):
    copy = await encoder.fit(put(small_clip(sound=False)), 20_000, label=LABEL)
    assert not (await look(copy)).has_sound


async def test_a_film_too_long_for_the_limit_is_told_and_leaves_nothing(encoder, put, shelf):
    with pytest.raises(ClipUnfitError):
        await encoder.fit(put(small_clip()), 4000, label=LABEL)
    assert not list(shelf.copies.iterdir())


async def test_a_film_that_cannot_be_read_is_told_and_leaves_nothing(encoder, put, shelf):
    broken = folder() / "broken.mp4"
    broken.write_bytes(small_clip().read_bytes()[:20_000])
    name = put(broken)
    for making in (
        encoder.label(name, LABEL),
        encoder.poster(name),
        encoder.fit(name, 10_000, label=LABEL),
    ):
        with pytest.raises(ClipUnreadableError):
            await making
    assert not list(shelf.copies.iterdir())


async def test_a_clip_that_is_not_there_is_not_found(encoder):
    with pytest.raises(NotFoundError):
        await encoder.poster("17-0-abcdefghijklmnopqrstuv.mp4")


# Posters


@pytest.mark.parametrize(
    ("size", "shown"), [("192x108", "192x108"), ("1280x720", "640x360"), ("360x1280", "180x640")]
)
async def test_a_poster_is_a_small_jpeg_of_the_same_form(encoder, put, size, shown):
    poster = await encoder.poster(put(small_clip(size=size)))
    assert poster.read_bytes().startswith(b"\xff\xd8\xff")
    assert poster.stat().st_size < 100_000
    listing = ffmpeg("-i", poster, "-c", "copy", "-f", "framecrc", "-")
    assert f"#dimensions 0: {shown}" in listing


# Copies


async def test_copies_are_private(encoder, put):
    name = put(small_clip())
    for copy in (await encoder.label(name, LABEL), await encoder.poster(name)):
        assert copy.stat().st_mode & 0o777 == 0o600


async def test_asked_again_the_same_copy_is_handed_out(encoder, put):
    name = put(noisy_clip())
    first = await encoder.fit(name, 60_000, label=LABEL)
    node = first.stat().st_ino
    assert await encoder.fit(name, 60_000, label=LABEL) == first
    assert first.stat().st_ino == node


async def test_asked_twice_at_once_one_copy_is_made(put, shelf, tmp_path):
    counting = tmp_path / "counting"
    counting.write_text(f'#!/bin/sh\necho run >> {tmp_path}/runs\nexec {FFMPEG} "$@"')
    counting.chmod(0o700)
    encoder = ShelfEncoder(shelf, Ffmpeg(str(counting)))
    name = put(small_clip())
    first, second = await asyncio.gather(encoder.poster(name), encoder.poster(name))
    assert first == second
    assert (tmp_path / "runs").read_text() == "run\n"


async def test_a_copy_that_is_not_waited_for_leaves_nothing(encoder, put, shelf):
    making = asyncio.create_task(encoder.fit(put(large_clip()), LIMIT, label=LABEL))
    while not list(shelf.copies.iterdir()):
        await asyncio.sleep(0)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert not list(shelf.copies.iterdir())


async def test_another_label_or_limit_is_another_copy(encoder, put):
    name = put(noisy_clip())
    copies = {
        await encoder.label(name, LABEL),
        await encoder.label(name, replace(LABEL, comment="Clapper job 18")),
        await encoder.fit(name, 60_000, label=LABEL),
        await encoder.fit(name, 50_000, label=LABEL),
    }
    assert len(copies) == 4


async def test_removing_a_clip_removes_its_copies(encoder, put, shelf):
    name = put(small_clip())
    await encoder.label(name, LABEL)
    await encoder.poster(name)
    shelf.remove([name])
    assert not list(shelf.copies.iterdir())
