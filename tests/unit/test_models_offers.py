"""What a member who cannot pay is offered instead."""

import dataclasses
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from bot.domain.money import Micros, dollars
from bot.domain.offers import Offer, affordable, cheaper
from bot.domain.video import PriceList
from bot.models import discover, read_request, wan

MODELS = discover()
LORA = "https://huggingface.co/maker/style/resolve/main/style.safetensors"
FIRST = {"url": "https://cdn.discordapp.com/1.png", "media_type": "image/png", "size_bytes": 9}
LAST = {"url": "https://cdn.discordapp.com/2.png", "media_type": "image/png", "size_bytes": 9}


def wish(key: str, mode: str = "text", **chosen: object) -> tuple[Offer, ...]:
    model = MODELS[key]
    request = read_request(model, mode, {"prompt": "a paper boat", **chosen})
    return cheaper(model, request, MODELS)


def told(offers: tuple[Offer, ...]) -> list[tuple[str, Micros, dict[str, object]]]:
    return [(it.model.key, it.price.micros, dict(it.changed)) for it in offers]


def test_one_change_to_the_same_model_comes_first_and_the_closest_of_those():
    offers = wish("ltx", duration=20, resolution="1080p")
    assert told(offers)[:2] == [
        ("ltx", 456_000, {"duration": 19}),
        ("ltx", 432_000, {"duration": 18}),
    ]
    assert ("ltx", 320_000, {"resolution": "720p"}) in told(offers)
    assert [it.foreign for it in offers] == sorted(it.foreign for it in offers)
    own = [len(it.changed) for it in offers if not it.foreign]
    assert own == sorted(own)


def test_of_each_kind_the_closest_that_can_be_paid_is_picked():
    offers = wish("ltx", duration=20, resolution="1080p")
    assert told(affordable(offers, dollars("0.25"))) == [
        ("ltx", 240_000, {"duration": 10}),
        ("ltx", 240_000, {"resolution": "480p"}),
        ("ltx", 240_000, {"resolution": "720p", "duration": 15}),
    ]
    assert told(affordable(offers, dollars("0.25"), most=1)) == [("ltx", 240_000, {"duration": 10})]


def test_what_cannot_be_paid_is_not_picked():
    offers = wish("ltx")
    assert told(affordable(offers, dollars("0.06"))) == [
        ("ltx", 60_000, {"resolution": "480p", "duration": 5})
    ]
    assert affordable(offers, Micros(59_999)) == ()


def test_the_cheapest_clip_has_no_cheaper_one():
    assert wish("ltx", duration=5, resolution="480p") == ()


def test_a_cheaper_model_keeps_prompt_and_what_it_can_and_says_what_it_cannot():
    offers = wish(
        "wan", duration=10, resolution="1080p", aspect_ratio="1:1", seed=4, negative_prompt="blur"
    )
    [ltx] = [it for it in affordable(offers, dollars("0.30")) if it.model.key == "ltx"]
    assert ltx.foreign
    assert ltx.request.given() == {
        "prompt": "a paper boat",
        "resolution": "1080p",
        "duration": 10,
        "seed": 4,
    }
    assert ltx.changed == {}
    assert ltx.dropped == ("aspect_ratio", "negative_prompt")


def test_a_cheaper_model_takes_the_first_frame_under_its_own_name():
    offers = wish("kling", "image", start_image=FIRST, end_image=LAST, duration=10, cfg_scale=0.5)
    best = next(it for it in offers if it.model.key == "ltx")
    image = best.request.given()["image"]
    assert getattr(image, "url", None) == FIRST["url"]
    assert best.dropped == ("end_image", "cfg_scale")
    assert best.changed == {"resolution": "1080p"}
    assert {it.model.key for it in wish("wan", "image", image=FIRST, resolution="1080p")} == {
        *("kling", "ltx", "wan")
    }


def test_nothing_longer_or_finer_than_the_wish_is_offered():
    for offer in wish("ltx", duration=12, resolution="720p"):
        given = offer.request.given()
        assert int(str(given["duration"])) <= 12
        assert given.get("resolution") != "1080p"


def test_a_prompt_that_another_model_cannot_take_whole_is_not_cut():
    short = {it.model.key for it in wish("kling", prompt="x" * 800, duration=10)}
    long = {it.model.key for it in wish("kling", prompt="x" * 801, duration=10)}
    assert (short, long) == ({"kling", "ltx", "wan"}, {"kling", "ltx"})


def test_a_lora_is_never_traded_away():
    assert {it.request.mode for it in wish("ltx", "text-lora", lora=LORA)} == {"text-lora"}
    assert {it.model.key for it in wish("ltx", "text-lora", lora=LORA)} == {"ltx"}


def test_offers_follow_the_operators_prices():
    model = MODELS["wan"]
    request = read_request(model, "text", {"prompt": "a paper boat"})
    free = {"ltx": PriceList({key: Micros(10**9) for key in MODELS["ltx"].prices.rates}, False)}
    assert "ltx" in {it.model.key for it in cheaper(model, request, MODELS)}
    assert "ltx" not in {it.model.key for it in cheaper(model, request, MODELS, prices=free)}
    dear = {"wan": PriceList({"720p": dollars("9"), "1080p": dollars("9.5")}, assumed=False)}
    offers = cheaper(model, request, MODELS, prices=dear)
    assert {it.model.key for it in offers} == {"kling", "ltx"}
    assert {it.price.assumed for it in offers if it.model.key == "kling"} == {True}


def test_a_wish_that_costs_little_by_the_operators_prices_has_no_cheaper_one():
    model = MODELS["wan"]
    request = read_request(model, "text", {"prompt": "a paper boat"})
    prices = {"wan": PriceList({"720p": dollars("0.01"), "1080p": dollars("0.1")}, assumed=False)}
    assert cheaper(model, request, MODELS, prices=prices) == ()


def test_another_model_comes_after_every_variant_of_the_own():
    foreign = [it.foreign for it in wish("wan", duration=10, resolution="1080p")]
    assert foreign == sorted(foreign)


def test_another_model_is_not_offered_at_a_greater_length():
    prices = {
        "kling": PriceList(
            {"first-5-seconds": Micros(1000), "further-second": Micros(1)}, assumed=False
        )
    }
    model = MODELS["ltx"]
    request = read_request(model, "text", {"prompt": "a paper boat", "duration": 7})
    offers = cheaper(model, request, MODELS, prices=prices)
    assert [dict(it.changed) for it in offers if it.model.key == "kling"] == [{"duration": 5}]


def test_a_combination_that_a_model_refuses_is_passed_over():
    class Odd(wan.Request):
        @model_validator(mode="after")
        def _coarse_clips_are_short(self) -> Self:
            if (self.resolution, self.duration) == ("720p", 10):
                raise PydanticCustomError("too_coarse", "Too coarse.", {"option": "duration"})
            return self

    odd = dataclasses.replace(wan.MODEL, request=Odd)
    request = read_request(odd, "text", {"prompt": "a boat", "resolution": "1080p", "duration": 10})
    assert told(cheaper(odd, request, {"wan": odd})) == [
        ("wan", 650_000, {"duration": 5}),
        ("wan", 400_000, {"resolution": "720p", "duration": 5}),
    ]
