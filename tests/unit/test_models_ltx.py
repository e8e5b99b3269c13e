"""What LTX-2 takes and refuses beyond what every model must."""

import pytest

from bot.domain.errors import RequestRefusedError
from bot.domain.options import options
from bot.models import discover, ltx
from tests.typed import PICTURE, typed_to

LORA = "https://huggingface.co/maker/style/resolve/main/style.safetensors"
OTHER = "https://civitai.com/api/download/models/1?token=abc"

read, refusal = typed_to(ltx.MODEL)


def test_the_limits_are_the_providers():
    assert discover()["ltx"] is ltx.MODEL
    assert ltx.MODEL.provider_id == "ltx-2-19b"
    known = options(ltx.Request)
    assert known["prompt"].longest == 5000
    assert known["resolution"].choices == ("480p", "720p", "1080p")
    assert known["resolution"].default == "720p"
    assert (known["duration"].lowest, known["duration"].highest) == (5, 20)
    assert known["duration"].default == 10
    assert known["aspect_ratio"].choices == ("16:9", "9:16")
    assert (known["seed"].lowest, known["seed"].highest) == (-1, 2147483647)
    for name in ("lora_scale", "lora2_scale", "lora3_scale"):
        assert (known[name].lowest, known[name].highest) == (0.0, 4.0)


@pytest.mark.parametrize("seed", [-1, 1, 2147483647])
def test_a_seed_is_minus_one_or_positive(seed: int):
    assert ltx.payload(read(seed=seed))["seed"] == seed


def test_seed_zero_is_no_seed():
    assert refusal(seed=0) == ("seed", "seed_zero")


@pytest.mark.parametrize("seed", [-2, 2147483648])
def test_a_seed_beyond_the_range_is_refused(seed: int):
    assert refusal(seed=seed) == ("seed", "out_of_range")


@pytest.mark.parametrize("duration", [4, 21])
def test_a_length_beyond_the_range_is_refused(duration: int):
    assert refusal(duration=duration) == ("duration", "out_of_range")


@pytest.mark.parametrize("duration", ["10", 10.0, True])
def test_a_length_is_a_whole_number_and_nothing_like_one(duration: object):
    assert refusal(duration=duration) == ("duration", "wrong_type")


def test_a_prompt_is_counted_in_code_points():
    for prompt in ("x" * 5000, "😀" * 5000, "e\u0301" * 2500):
        assert ltx.payload(read(prompt=prompt))["prompt"] == prompt
    with pytest.raises(RequestRefusedError) as refused:
        read(prompt="😀" * 5001)
    assert refused.value.fault == "too_long"
    assert refused.value.facts == {"longest": 5000, "length": 5001}


@pytest.mark.parametrize("prompt", ["😀", "👨‍👩‍👧", "🇩🇪", "7", "?", "船", "a\nb", "  x "])
def test_whatever_can_be_seen_is_a_prompt_and_is_sent_as_typed(prompt: str):
    assert ltx.payload(read(prompt=prompt))["prompt"] == prompt


@pytest.mark.parametrize("prompt", ["   ", "\u2800", "\u200b", "\x00", "\u115f\u1160", "\u0301"])
def test_a_prompt_of_blanks_is_refused(prompt: str):
    assert refusal(prompt=prompt) == ("prompt", "blank")


def test_half_a_letter_is_no_text():
    assert refusal(prompt="\ud83d") == ("prompt", "unreadable")


def test_each_mode_refuses_what_belongs_to_another():
    assert refusal("text", image=PICTURE) == ("image", "wrong_mode")
    assert refusal("text", lora=LORA) == ("lora", "wrong_mode")
    assert refusal("text", lora_scale=1.0) == ("lora_scale", "wrong_mode")
    assert refusal("image", image=PICTURE, aspect_ratio="16:9") == ("aspect_ratio", "wrong_mode")
    assert refusal("image", image=PICTURE, lora=LORA) == ("lora", "wrong_mode")
    assert refusal("text-lora", lora=LORA, image=PICTURE) == ("image", "wrong_mode")
    assert refusal("image-lora", image=PICTURE, lora=LORA, aspect_ratio="9:16") == (
        "aspect_ratio",
        "wrong_mode",
    )


def test_each_mode_names_what_it_lacks():
    assert refusal("image") == ("image", "needs_image")
    assert refusal("image-lora", lora=LORA) == ("image", "needs_image")
    assert refusal("text-lora") == ("lora", "needs_option")
    assert refusal("image-lora", image=PICTURE) == ("lora", "needs_option")


def test_loras_are_given_in_order():
    assert refusal("text-lora", lora=LORA, lora3=OTHER) == ("lora3", "lora_gap")
    assert refusal("text-lora", lora2=LORA) == ("lora", "needs_option")


def test_a_scale_needs_its_lora():
    for name in ("lora2", "lora3"):
        with pytest.raises(RequestRefusedError) as refused:
            read("text-lora", lora=LORA, **{f"{name}_scale": 1.0})
        assert refused.value.option == f"{name}_scale"
        assert refused.value.fault == "scale_without_lora"
        assert refused.value.facts == {"needed": name}


def test_a_scale_of_zero_is_sent_as_zero():
    request = read("text-lora", lora=LORA, lora_scale=-0.0)
    assert str(ltx.payload(request)["loras"]) == f"[{{'path': '{LORA}', 'scale': 0.0}}]"


@pytest.mark.parametrize("scale", [-0.1, 4.01, float("nan"), float("inf")])
def test_a_scale_beyond_the_range_is_refused(scale: float):
    assert refusal("text-lora", lora=LORA, lora_scale=scale) == ("lora_scale", "out_of_range")


@pytest.mark.parametrize(
    "address",
    [
        LORA,
        OTHER,
        "http://example.com/x.safetensors",
        "https://hf.co/a/b/resolve/main/x.safetensors?download=true",
        "https://huggingface.co/username/model.safetensors?download=true",  # the provider's own
        "https://huggingface.co/user1/anime_style.safetensors",
        "HTTPS://EXAMPLE.COM:8443/x",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1::1]/x",
    ],
)
def test_a_lora_is_any_public_web_address(address: str):
    assert read("text-lora", lora=address).lora == address


@pytest.mark.parametrize("around", [" {} ", "{}\n", "<{}>", " <{}> "])
def test_what_pasting_puts_around_a_lora_is_not_sent(around: str):
    assert read("text-lora", lora=around.format(LORA)).lora == LORA


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "blank"),
        ("style.safetensors", "address_form"),
        ("ftp://example.com/x", "address_form"),
        ("file:///etc/passwd", "address_form"),
        ("javascript:alert(1)", "address_form"),
        ("https://", "address_form"),
        ("https:///x", "address_form"),
        ("https://example.com/a b", "address_form"),
        ("https://example.com/a\nb", "address_form"),
        ("https://example.com\\@evil.com/x", "address_form"),
        ("https://user:secret@example.com/x", "address_form"),
        ("https://example.com:99999/x", "address_form"),
        ("https://[::1/x", "address_form"),
        ("https://localhost/x", "address_private"),
        ("https://localhost.localdomain.local/x", "address_private"),
        ("https://nas/x", "address_private"),
        ("http://127.0.0.1:8000/x", "address_private"),
        ("http://127.0.0.1./x", "address_private"),
        ("http://10.1.2.3/x", "address_private"),
        ("http://192.168.1.2/x", "address_private"),
        ("http://100.64.0.1/x", "address_private"),
        ("http://169.254.169.254/x", "address_private"),
        ("http://127.1/x", "address_private"),
        ("http://2130706433/x", "address_private"),
        ("http://[::1]/x", "address_private"),
        ("http://[::ffff:10.0.0.1]/x", "address_private"),
        ("https://huggingface.co/maker/style", "address_page"),
        ("https://huggingface.co/maker/style?download=true", "address_page"),
        ("https://huggingface.co/maker/style/blob/main/x.safetensors", "address_page"),
        ("https://civitai.com/models/123/some-style", "address_page"),
        ("https://example.com/" + "x" * 2000, "too_long"),
    ],
)
def test_what_the_provider_cannot_download_is_refused_before_it_costs(address: str, fault: str):
    assert refusal("text-lora", lora=address) == ("lora", fault)
    assert refusal("text-lora", lora=LORA, lora2=address) == ("lora2", fault)
