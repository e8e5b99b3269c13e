"""What Kling takes and refuses beyond what every model must."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import RequestRefusedError
from bot.domain.options import options
from bot.models import discover, kling
from tests.typed import typed_to

FIRST = {"url": "https://cdn.discordapp.com/1.png", "media_type": "image/png", "size_bytes": 9}
LAST = {"url": "https://cdn.discordapp.com/2.jpg", "media_type": "image/jpeg", "size_bytes": 9}

read, refusal = typed_to(kling.MODEL)


def test_the_limits_are_the_providers():
    assert discover()["kling"] is kling.MODEL
    assert kling.MODEL.provider_id == "kling-2-5-turbo-pro"
    known = options(kling.Request)
    assert known["prompt"].longest == 2500
    assert known["negative_prompt"].longest == 2500
    assert known["duration"].choices == (5, 10)
    assert known["duration"].default == 5
    assert known["aspect_ratio"].choices == ("16:9", "9:16", "1:1")
    assert (known["cfg_scale"].lowest, known["cfg_scale"].highest) == (0.0, 1.0)


@given(st.integers(0, 10), st.sampled_from([0.0, 1e-16, -1e-16, 4e-13]))
def test_a_cfg_scale_is_sent_as_the_tenth_that_was_meant(tenths: int, fray: float):
    frayed = min(1.0, max(0.0, tenths / 10 + fray))
    sent = json.dumps(kling.payload(read(cfg_scale=frayed))["cfg_scale"])
    assert sent == f"{tenths // 10}.{tenths % 10}"


def test_a_sum_of_tenths_leaves_no_crumbs():
    assert json.dumps(kling.payload(read(cfg_scale=0.1 + 0.2))["cfg_scale"]) == "0.3"
    assert json.dumps(kling.payload(read(cfg_scale=-0.0))["cfg_scale"]) == "0.0"
    assert json.dumps(kling.payload(read(cfg_scale=1))["cfg_scale"]) == "1.0"


@pytest.mark.parametrize("scale", [0.05, 0.35, 0.999, 0.1001])
def test_a_cfg_scale_between_the_tenths_is_refused(scale: float):
    with pytest.raises(RequestRefusedError) as refused:
        read(cfg_scale=scale)
    assert (refused.value.option, refused.value.fault) == ("cfg_scale", "step")
    assert refused.value.facts == {"step": 0.1}


@pytest.mark.parametrize("scale", [-0.1, 1.1, float("nan"), float("inf"), -float("inf")])
def test_a_cfg_scale_beyond_the_range_is_refused(scale: float):
    assert refusal(cfg_scale=scale) == ("cfg_scale", "out_of_range")


def test_a_cfg_scale_is_left_out_unless_given():
    assert "cfg_scale" not in kling.payload(read())


@pytest.mark.parametrize("duration", [0, 4, 6, 7.5, 11, "5", True])
def test_only_five_and_ten_seconds_are_offered(duration: object):
    assert refusal(duration=duration) == ("duration", "not_a_choice")


def test_a_length_that_came_as_a_float_is_sent_as_an_integer():
    assert json.dumps(kling.payload(read(duration=5.0))["duration"]) == "5"


def test_images_go_in_the_order_first_then_last():
    sent = kling.payload(read("image", start_image=FIRST, end_image=LAST))
    assert sent["image_urls"] == [FIRST["url"], LAST["url"]]


def test_a_last_frame_alone_asks_for_the_first():
    assert refusal("image", end_image=LAST) == ("start_image", "needs_image")


def test_each_mode_refuses_what_belongs_to_the_other():
    assert refusal("text", start_image=FIRST) == ("start_image", "wrong_mode")
    assert refusal("text", end_image=LAST) == ("end_image", "wrong_mode")
    assert refusal("image", start_image=FIRST, aspect_ratio="1:1") == (
        "aspect_ratio",
        "wrong_mode",
    )


def test_there_is_no_seed_and_no_resolution():
    assert refusal(seed=1) == ("seed", "unknown_option")
    assert refusal(resolution="720p") == ("resolution", "unknown_option")


def test_a_negative_prompt_has_its_own_limit_and_may_not_be_blank():
    assert kling.payload(read(negative_prompt="😀" * 2500))["negative_prompt"] == "😀" * 2500
    assert refusal(negative_prompt="😀" * 2501) == ("negative_prompt", "too_long")
    assert refusal(negative_prompt="  ") == ("negative_prompt", "blank")
    assert refusal(prompt="x" * 2501) == ("prompt", "too_long")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"media_type": "image/gif"}, "image_type"),
        ({"size_bytes": 10 * 1024 * 1024 + 1}, "image_large"),
        ({"size_bytes": 0}, "image_empty"),
        ({"url": "ftp://example.com/a.png"}, "image_address"),
        ({"url": "https://example.com/a b.png"}, "image_address"),
        ({"url": "https://example.com/a.png\n"}, "image_address"),
        ({"url": "https://example.com/" + "a" * 2000}, "image_address"),
    ],
)
def test_an_image_that_the_provider_would_refuse_is_named(change: dict[str, object], fault: str):
    assert refusal("image", start_image={**FIRST, **change}) == ("start_image", fault)
    assert refusal("image", start_image=FIRST, end_image={**LAST, **change}) == ("end_image", fault)


def test_an_image_of_exactly_ten_mebibytes_is_taken():
    largest = {**FIRST, "size_bytes": 10 * 1024 * 1024, "media_type": "image/webp"}
    assert read("image", start_image=largest).start_image
