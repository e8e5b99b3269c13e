"""Names, first bytes, tables of contents, and what may be thrown away."""

import io
import os
import struct
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.clips.boxes import Shape, read_shape
from bot.adapters.clips.magic import sniff
from bot.adapters.clips.pace import Pace
from bot.adapters.clips.part import Part
from bot.adapters.clips.shelf import Shelf
from bot.domain.clip import KeptClip, RetentionLimits, choose_expired
from bot.domain.errors import (
    ClipRefusedError,
    ClipUnreachableError,
    NotFoundError,
    StoreError,
    StoreFullError,
)
from bot.domain.ids import JobNumber
from tests.clips import small_clip

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAME = "17-0-abcdefghijklmnopqrstuv.mp4"


def box(kind: bytes, payload: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def shape(content: bytes) -> Shape:
    return read_shape(io.BytesIO(content))


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path / "clips")
    shelf.prepare()
    return shelf


def put(shelf: Shelf, name: str = NAME, *, age: timedelta = timedelta(0)) -> Path:
    path = shelf.folder / name
    path.write_bytes(b"x")
    changed = (NOW - age).timestamp()
    os.utime(path, (changed, changed))
    return path


# First bytes


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (".mp4", "video/mp4"),
        (".mov", "video/quicktime"),
        (".webm", "video/webm"),
        (".mkv", "video/x-matroska"),
    ],
)
def test_a_real_video_is_known_by_its_first_bytes(ending, kind):
    assert sniff(small_clip(ending).read_bytes()) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\x00\x00\x18ftyp",
        b"\x00\x00\x00\x18ftypavif" + bytes(16),
        b"\x00\x00\x00\x18ftypM4A " + bytes(16),
        b"<!DOCTYPE html><title>Not found</title>",
        b'{"error": "expired"}',
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"GIF89a" + bytes(64),
        b"\x1f\x8b\x08" + bytes(64),
        b"\x1a\x45\xdf\xa3" + bytes(64),
        b"RIFF\x00\x00\x00\x00AVI LIST",
    ],
)
def test_whatever_is_no_video_is_not_taken_for_one(head):
    assert sniff(head) is None


@given(st.binary(max_size=80))
def test_looking_at_first_bytes_never_fails(head):
    sniff(head)


# Tables of contents


def test_the_shape_of_a_real_video_is_read():
    path = small_clip(seconds=2, size="160x90")
    assert shape(path.read_bytes()) == Shape(seconds=2.0, width=160, height=90)


def test_a_film_that_lies_on_its_side_is_as_high_as_it_is_shown():
    content = small_clip(size="160x90").read_bytes()
    at = content.index(b"tkhd") + 4 + 40
    quarter_turn = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    turned = content[:at] + quarter_turn + content[at + 36 :]
    assert (shape(turned).width, shape(turned).height) == (90, 160)


def test_a_fragmented_film_is_whole_although_it_does_not_say_how_long():
    content = small_clip(fragmented=True).read_bytes()
    assert shape(content) == Shape(seconds=None, width=192, height=108)


@given(st.data())
def test_a_film_cut_off_anywhere_is_never_taken_for_whole(data):
    content = small_clip().read_bytes()
    end = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ClipUnreachableError):
        shape(content[:end])


@given(st.data())
def test_a_damaged_table_of_contents_never_makes_the_reader_fail(data):
    content = bytearray(small_clip().read_bytes())
    start = content.index(b"moov") + 4
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(start, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ClipRefusedError, ClipUnreachableError):
        shape(bytes(content))


def test_a_file_with_sound_alone_is_refused():
    sound = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"soun")))
    with pytest.raises(ClipRefusedError):
        shape(box(b"ftyp", b"isom") + box(b"moov", sound))


def test_a_huge_table_of_contents_is_not_read_and_the_film_is_kept():
    contents = small_clip().read_bytes()
    contents = contents[contents.index(b"moov") + 4 :]
    padding = box(b"free", bytes(8 * 1024 * 1024))
    assert shape(box(b"ftyp", b"isom") + box(b"moov", contents + padding)) == Shape()


@pytest.mark.parametrize("kind", [b"mvhd", b"tkhd", b"hdlr", b"mdia"])
@pytest.mark.parametrize("left", [0, 1, 9])
def test_a_table_of_contents_with_a_stunted_part_counts_as_unknown(kind, left):
    content = small_clip(sound=False).read_bytes()
    content = content[content.index(b"moov") - 4 :]
    at = content.index(kind) - 4
    size = int.from_bytes(content[at : at + 4], "big")
    rest = struct.pack(">I4s", size - 8 - left, b"free") + bytes(size - 16 - left)
    stunted = content[:at] + box(kind, content[at + 8 : at + 8 + left]) + rest
    assert None in astuple(shape(stunted + content[at + size :]))


def test_a_box_that_claims_to_be_smaller_than_its_own_head_is_a_broken_file():
    looped = struct.pack(">I4sQ", 1, b"mdat", 0)
    with pytest.raises(ClipUnreachableError):
        shape(small_clip().read_bytes() + looped)


def test_boxes_with_long_and_open_sizes_are_understood():
    contents = small_clip().read_bytes()
    contents = contents[contents.index(b"moov") - 4 :]
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + b"12345"
    rest = struct.pack(">I4s", 0, b"free") + b"123"
    assert shape(box(b"ftyp", b"isom") + long + contents + rest).width == 192


# Pace


def test_a_trickle_is_cut_off_after_one_window():
    pace = Pace(largest_bytes=10_000, slowest=100, window=10, now=0)
    pace.count(500, now=9)
    with pytest.raises(ClipUnreachableError):
        pace.count(499, now=10)


def test_each_window_is_judged_by_itself():
    pace = Pace(largest_bytes=100_000, slowest=100, window=10, now=0)
    pace.count(50_000, now=10)
    with pytest.raises(ClipUnreachableError):
        pace.count(10, now=20)


def test_the_time_that_our_disk_takes_is_not_the_servers_fault():
    pace = Pace(largest_bytes=10_000, slowest=100, window=10, now=0)
    pace.excuse(60)
    pace.count(1, now=65)
    assert pace.total == 1


def test_one_byte_more_than_the_largest_is_refused():
    pace = Pace(largest_bytes=10, slowest=0, window=10, now=0)
    pace.count(10, now=0)
    with pytest.raises(ClipRefusedError):
        pace.count(1, now=0)


# Parts


def test_a_full_disk_is_told_as_such(tmp_path):
    part = Part(tmp_path / "part.tmp", spare_bytes=0)
    part._fd = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(StoreFullError):
        part.write([b"x"])
    part.give_up()


def test_space_that_the_books_need_is_not_touched(tmp_path):
    part = Part(tmp_path / "part.tmp", spare_bytes=2**60)
    with pytest.raises(StoreFullError):
        part.write([b"x"])
    part.give_up()
    assert not list(tmp_path.iterdir())


def test_any_other_fault_of_the_disk_is_the_stores(tmp_path):
    part = Part(tmp_path / "gone" / "part.tmp", spare_bytes=0)
    with pytest.raises(StoreError):
        part.write([b"x"])


def test_a_part_never_follows_a_link(tmp_path):
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "part.tmp").symlink_to(tmp_path / "victim")
    with pytest.raises(StoreError):
        Part(tmp_path / "part.tmp", spare_bytes=0).write([b"x"])
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_a_part_never_writes_into_a_file_that_is_there(tmp_path):
    (tmp_path / "part.tmp").write_bytes(b"mine")
    with pytest.raises(StoreError):
        Part(tmp_path / "part.tmp", spare_bytes=0).write([b"x"])


def test_a_write_that_comes_after_giving_up_leaves_nothing(tmp_path):
    part = Part(tmp_path / "part.tmp", spare_bytes=0)
    part.write([b"x"])
    part.give_up()
    part.write([b"y"])
    assert not list(tmp_path.iterdir())


# The shelf


def test_the_shelf_is_private(shelf):
    assert shelf.folder.stat().st_mode & 0o777 == 0o700
    assert shelf.copies.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_open_to_others_is_closed(tmp_path):
    (tmp_path / "clips").mkdir(mode=0o755)
    Shelf(tmp_path / "clips").prepare()
    assert (tmp_path / "clips").stat().st_mode & 0o777 == 0o700


def test_a_start_drops_what_was_unfinished_and_all_copies_but_no_clip(shelf):
    put(shelf)
    (shelf.folder / "17-1-abcdefghijklmnopqrstuv.tmp").write_bytes(b"half")
    (shelf.copies / "17-0-abcdefghijklmnopqrstuv.fit-1.mp4").write_bytes(b"copy")
    shelf.prepare()
    assert {path.name for path in shelf.folder.iterdir()} == {NAME, "copies"}
    assert not list(shelf.copies.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret.mp4",
        "../../etc/passwd",
        "/etc/passwd",
        "17-0-abcdefghijklmnopqrstuv.tmp",
        "17-0-abcdefghijklmnopqrstuv.mp4/",
        "17-0-abcdefghijklmnopqrstuv.mp4\n",
        "17-0-abcdefghijklmnopqrstuv.mp4\0",
        "./17-0-abcdefghijklmnopqrstuv.mp4",
        "copies/17-0-abcdefghijklmnopqrstuv.mp4",
        "17-0-abcdefghijklm/../stuv.mp4",
        "\u0661\u0667-0-abcdefghijklmnopqrstuv.mp4",
        "17-0-" + "\u00e9" * 22 + ".mp4",
        "17-0-abcdefghijklmnopqrstuv.exe",
        "18-0-abcdefghijklmnopqrstuv.mp4",
        "copies",
    ],
)
def test_a_name_that_is_not_on_the_shelf_is_not_found(shelf, name):
    put(shelf)
    put(shelf, "17-0-" + "\u00e9" * 22 + ".mp4")
    with pytest.raises(NotFoundError):
        shelf.path(name)


@given(st.text(max_size=60))
def test_no_text_names_a_file_outside(name):
    folder = Path("/nowhere/clips")
    with pytest.raises(NotFoundError):
        Shelf(folder).path(name)


def test_a_link_on_the_shelf_is_not_followed(shelf, tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    (shelf.folder / NAME).symlink_to(tmp_path / "secret")
    with pytest.raises(NotFoundError):
        shelf.path(NAME)


def test_names_cannot_be_guessed(shelf):
    parts = {shelf.new_part(JobNumber(17), 0).name for _ in range(100)}
    assert len(parts) == 100
    assert all(len(name) == len("17-0-") + 22 + len(".tmp") for name in parts)


def test_a_job_finds_its_own_file_and_no_other_jobs(shelf):
    put(shelf, "117-0-abcdefghijklmnopqrstuv.mp4")
    put(shelf, "17-1-abcdefghijklmnopqrstuv.mp4")
    put(shelf, "17-0-abcdefghijklmnopqrstuv.tmp")
    assert shelf.find_kept(JobNumber(17), 0) is None
    mine = put(shelf)
    assert shelf.find_kept(JobNumber(17), 0) == mine


def test_removing_a_clip_takes_its_copies_along_and_spares_the_rest(shelf):
    put(shelf)
    other = put(shelf, "18-0-abcdefghijklmnopqrstuv.mp4")
    (shelf.copies / "17-0-abcdefghijklmnopqrstuv.poster.jpg").write_bytes(b"copy")
    spared = shelf.copies / "18-0-abcdefghijklmnopqrstuv.poster.jpg"
    spared.write_bytes(b"copy")
    shelf.remove([NAME, NAME, "../clips/" + other.name, "unheard-of"])
    assert not (shelf.folder / NAME).exists()
    assert list(shelf.copies.iterdir()) == [spared]
    assert other.exists()


def test_a_sweep_removes_what_is_old_and_unknown_only(shelf):
    old = timedelta(days=2)
    known = put(shelf, age=old)
    put(shelf, "18-0-abcdefghijklmnopqrstuv.mp4", age=old)
    young = put(shelf, "19-0-abcdefghijklmnopqrstuv.mp4", age=timedelta(hours=1))
    foreign = put(shelf, "notes.txt", age=old)
    assert shelf.sweep({NAME}, NOW, awaited=()) == ("18-0-abcdefghijklmnopqrstuv.mp4",)
    assert {p for p in shelf.folder.iterdir() if p.is_file()} == {known, young, foreign}


def test_a_sweep_spares_the_file_of_a_job_that_still_waits_for_it(shelf):
    put(shelf, age=timedelta(days=2))
    awaited = put(shelf, "18-0-abcdefghijklmnopqrstuv.mp4", age=timedelta(days=2))
    assert shelf.sweep((), NOW, awaited=[JobNumber(18), JobNumber(1)]) == (NAME,)
    assert awaited.exists()


def test_a_sweep_removes_copies_that_nobody_asked_for_in_a_day(shelf):
    old, young = shelf.copies / "17.fit-1.mp4", shelf.copies / "18.fit-1.mp4"
    for path, age in ((old, timedelta(days=2)), (young, timedelta(hours=2))):
        path.write_bytes(b"copy")
        os.utime(path, ((NOW - age).timestamp(),) * 2)
    shelf.sweep(set(), NOW, awaited=())
    assert list(shelf.copies.iterdir()) == [young]


# Retention

CLIPS = st.lists(
    st.builds(
        KeptClip,
        name=st.uuids().map(str),
        size_bytes=st.integers(0, 100),
        delivered_at=st.none()
        | st.timedeltas(timedelta(days=-40), timedelta(days=2)).map(lambda age: NOW + age),
    ),
    unique_by=lambda clip: clip.name,
    max_size=12,
)
LIMITS = st.builds(
    RetentionLimits,
    longest=st.none() | st.timedeltas(timedelta(0), timedelta(days=30)),
    largest_bytes=st.none() | st.integers(0, 500),
)


@given(CLIPS, LIMITS)
def test_retention_never_gives_up_an_undelivered_clip(clips, limits):
    undelivered = {clip.name for clip in clips if clip.delivered_at is None}
    assert not undelivered & set(choose_expired(clips, NOW, limits=limits))


@given(CLIPS, LIMITS)
def test_retention_takes_the_oldest_delivered_first(clips, limits):
    chosen = set(choose_expired(clips, NOW, limits=limits))
    gone = [clip.delivered_at for clip in clips if clip.name in chosen]
    left = [c.delivered_at for c in clips if c.name not in chosen and c.delivered_at is not None]
    assert not gone or not left or max(gone) <= min(left)


@given(CLIPS, LIMITS)
def test_what_is_left_keeps_the_limits_as_far_as_delivered_clips_go(clips, limits):
    chosen = set(choose_expired(clips, NOW, limits=limits))
    left = [clip for clip in clips if clip.name not in chosen]
    delivered = [clip.delivered_at for clip in left if clip.delivered_at is not None]
    if limits.longest is not None:
        assert all(NOW - at <= limits.longest for at in delivered)
    if limits.largest_bytes is not None and delivered:
        assert sum(clip.size_bytes for clip in left) <= limits.largest_bytes


@given(CLIPS, LIMITS)
def test_retention_takes_no_more_than_it_must(clips, limits):
    chosen = choose_expired(clips, NOW, limits=limits)
    by_name = {clip.name: clip for clip in clips}
    total = sum(clip.size_bytes for clip in clips)
    for name in chosen:
        clip = by_name[name]
        too_old = limits.longest is not None and NOW - clip.delivered_at > limits.longest
        too_much = limits.largest_bytes is not None and total > limits.largest_bytes
        assert too_old or too_much
        total -= clip.size_bytes


@given(CLIPS)
def test_without_limits_everything_stays(clips):
    assert choose_expired(clips, NOW, limits=RetentionLimits()) == ()
