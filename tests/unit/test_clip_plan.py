"""Reckoning how small a film has to be, and reading what ffmpeg says of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.video.plan import reckon
from bot.adapters.video.probe import Film, parse
from bot.domain.errors import ClipUnfitError, ClipUnreadableError

MIB = 1024 * 1024
LISTING = """\
#software: Lavf63.1.102
#tb 0: 1/12288
#media_type 0: video
#codec_id 0: h264
#dimensions 0: 192x108
#sar 0: 1/1
#tb 1: 1/44100
#media_type 1: audio
#codec_id 1: aac
1,      -1024,      -1024,     1024,      256, 0xea44782a, F=0x5, S=1, Skip Samples, 10, 0x00240004
0,          0,       1024,      512,     4812, 0x14384fb9
0,        512,        512,      512,      153, 0x70374e66
"""


def film(seconds=20.0, *, width=1920, height=1080, rate=24, has_sound=True) -> Film:
    return Film(seconds, width, height, round(seconds * rate), "h264", has_sound)


FILMS = st.builds(
    film,
    st.floats(0.5, 600),
    width=st.integers(16, 4096),
    height=st.integers(16, 4096),
    rate=st.integers(2, 60),
    has_sound=st.booleans(),
)


@given(FILMS, st.integers(100_000, 500 * MIB))
def test_a_plan_never_asks_for_more_bytes_or_pixels_than_there_are(film, target):
    try:
        plan = reckon(film, target)
    except ClipUnfitError:
        return
    contents = 16 * film.pictures
    assert (plan.picture_rate + plan.sound_rate) * film.seconds / 8 + contents <= target
    assert 0 < plan.scale <= 1
    assert (plan.sound_rate > 0) == film.has_sound


@given(FILMS, st.integers(100_000, 100 * MIB))
def test_less_room_never_makes_a_larger_picture(film, target):
    try:
        smaller = reckon(film, target * 0.7)
    except ClipUnfitError:
        return
    larger = reckon(film, target)
    assert smaller.picture_rate <= larger.picture_rate
    assert smaller.scale <= larger.scale


@pytest.mark.parametrize(
    ("target", "height"), [(10 * MIB, 1080), (5 * MIB, 720), (1 * MIB, 360), (MIB // 3, 144)]
)
def test_the_picture_steps_down_as_the_rate_gets_too_low(target, height):
    assert round(reckon(film(), target).scale * 1080) == height


def test_a_picture_smaller_than_all_steps_keeps_its_size():
    restless = film(10, width=140, height=140, rate=60, has_sound=False)
    assert reckon(restless, 80_000).picture_rate < 0.06 * 140 * 140 * 60
    assert reckon(restless, 80_000).scale == 1


@pytest.mark.parametrize("target", [-1, 0, 1000, 100_000])
def test_what_would_not_be_worth_watching_is_refused(target):
    with pytest.raises(ClipUnfitError):
        reckon(film(60), target)


def test_a_listing_tells_length_picture_and_sound():
    seen = parse(LISTING)
    assert seen == Film(1024 / 12288, 192, 108, 2, "h264", has_sound=True)
    assert seen.rate == 24


@pytest.mark.parametrize(
    "listing",
    [
        "",
        "nonsense",
        LISTING.replace("#media_type 0: video", "#media_type 0: data"),
        LISTING.replace("#dimensions 0: 192x108\n", ""),
        LISTING.replace("#tb 0: 1/12288", "#tb 0: 1/0"),
        "\n".join(line for line in LISTING.splitlines() if not line.startswith("0,")),
        LISTING + "7, 1, 2, 3, 4, 0x0",
        LISTING + "0, x, y",
    ],
)
def test_a_listing_that_cannot_be_read_is_no_film(listing):
    with pytest.raises(ClipUnreadableError):
        parse(listing)


@given(st.text(max_size=200) | st.text("#0123456789,:- tbmediatypevideo\n", max_size=200))
def test_no_listing_makes_the_reader_fail_otherwise(listing):
    with pytest.raises(ClipUnreadableError):
        parse(listing)
