"""What Wan takes and refuses beyond what every model must."""

import pytest

from bot.domain.errors import RequestRefusedError
from bot.domain.options import options
from bot.models import discover, wan
from tests.typed import PICTURE, typed_to

read, refusal = typed_to(wan.MODEL)


def test_the_limits_are_the_providers():
    assert discover()["wan"] is wan.MODEL
    assert wan.MODEL.provider_id == "wan-2-5"
    known = options(wan.Request)
    assert known["prompt"].longest == 800
    assert known["negative_prompt"].longest == 500
    assert known["resolution"].choices == ("720p", "1080p")
    assert known["resolution"].default == "720p"
    assert known["duration"].choices == (5, 10)
    assert known["duration"].default == 5
    assert known["aspect_ratio"].choices == ("16:9", "9:16", "1:1")
    assert (known["seed"].lowest, known["seed"].highest) == (1, 2147483647)


@pytest.mark.parametrize("seed", [-1, 0, 2147483648])
def test_a_seed_is_positive(seed: int):
    assert refusal(seed=seed) == ("seed", "out_of_range")


@pytest.mark.parametrize("seed", [1, 2147483647])
def test_a_seed_is_sent_as_it_is(seed: int):
    assert wan.payload(read(seed=seed))["seed"] == seed


def test_the_shape_is_always_said_from_words_and_never_from_an_image():
    assert wan.payload(read())["aspect_ratio"] == "16:9"
    assert wan.payload(read(aspect_ratio="1:1"))["aspect_ratio"] == "1:1"
    assert "aspect_ratio" not in wan.payload(read("image", image=PICTURE))
    assert refusal("image", image=PICTURE, aspect_ratio="16:9") == ("aspect_ratio", "wrong_mode")


def test_no_is_an_answer_about_enriching_the_prompt():
    assert wan.payload(read(expand_prompt=False))["enable_prompt_expansion"] is False
    assert wan.payload(read(expand_prompt=True))["enable_prompt_expansion"] is True
    assert "enable_prompt_expansion" not in wan.payload(read())
    assert refusal(expand_prompt="no") == ("expand_prompt", "wrong_type")


def test_texts_are_counted_in_code_points():
    assert wan.payload(read(prompt="😀" * 800))["prompt"] == "😀" * 800
    assert refusal(prompt="😀" * 801) == ("prompt", "too_long")
    assert wan.payload(read(negative_prompt="é" * 500))["negative_prompt"] == "é" * 500
    assert refusal(negative_prompt="é" * 501) == ("negative_prompt", "too_long")


def test_480p_is_not_made():
    with pytest.raises(RequestRefusedError) as refused:
        read(resolution="480p")
    assert refused.value.fault == "not_a_choice"
    assert refused.value.facts == {"choices": ("720p", "1080p")}


def test_an_image_belongs_to_its_mode():
    assert refusal("text", image=PICTURE) == ("image", "wrong_mode")
    assert refusal("image") == ("image", "needs_image")
