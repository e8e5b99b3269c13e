"""What every video model must hold to, whichever they are: a new file is covered at once."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise, product
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.errors import RequestRefusedError
from bot.domain.money import Micros
from bot.domain.offers import MOST_OFFERED, affordable, cheaper
from bot.domain.options import Option, options
from bot.domain.showcase import describe, typical
from bot.domain.video import Mode, Picture, PriceList, VideoModel, VideoRequest, is_blank
from bot.models import discover, read_request

MODELS = discover()
PICTURE = Picture(
    url="https://cdn.discordapp.com/attachments/1/2/boat.png?ex=3", media_type="image/png",
    size_bytes=1000,
)  # fmt: skip
OTHER_PICTURE = PICTURE.model_copy(update={"url": "https://example.com/car.png"})
LORA = "https://huggingface.co/maker/style/resolve/main/style.safetensors?download=true"

each_model = pytest.mark.parametrize(
    "model", [pytest.param(model, id=key) for key, model in MODELS.items()]
)
each_mode = pytest.mark.parametrize(
    ("model", "mode"),
    [
        pytest.param(model, mode, id=f"{key}-{mode.name}")
        for key, model in MODELS.items()
        for mode in model.modes
    ],
)
thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# Requests of any model, made from what its class says about itself.


def values(option: Option) -> st.SearchStrategy[object]:
    if option.choices:
        return st.sampled_from(option.choices)
    lowest, highest = option.lowest, option.highest
    made: dict[str, st.SearchStrategy[object]] = {
        "text": st.text(min_size=1, max_size=min(option.longest or 40, 40)).filter(
            lambda text: not is_blank(text)
        ),
        "address": st.sampled_from([LORA, "https://example.com/a.safetensors"]),
        "image": st.sampled_from([PICTURE, OTHER_PICTURE]),
        "flag": st.booleans(),
    }
    if option.kind == "whole":
        return st.integers(int(lowest or 0), int(highest or 0))
    if option.kind == "number":
        tenths = st.integers(round((lowest or 0) * 10), round((highest or 0) * 10))
        return tenths.map(lambda tenth: tenth / 10)
    return made[option.kind]


def some(option: Option) -> list[object]:
    """Values worth trying one by one: all choices, both ends."""
    if option.choices:
        return list(option.choices)
    ends: dict[str, list[object]] = {
        "text": ["x", "😀" * (option.longest or 0)],
        "address": ["https://example.com/a.safetensors", LORA],
        "image": [OTHER_PICTURE, PICTURE],
        "flag": [True, False],
    }
    return ends.get(option.kind) or [option.lowest, option.highest]


def settle(model: VideoModel, mode: Mode, chosen: dict[str, object]) -> VideoRequest:
    """The request without the options that do not go with the others."""
    left = dict(chosen)
    while True:
        try:
            return read_request(model, mode.name, left)
        except RequestRefusedError as refusal:
            if refusal.option in mode.required or left.pop(refusal.option, None) is None:
                raise  # not an option that could be left out, or not even one that was chosen


@st.composite
def requests(draw: st.DrawFn, model: VideoModel, mode: Mode) -> VideoRequest:
    known = options(model.request)
    chosen = {
        name: draw(values(known[name]))
        for name in mode.options
        if name in mode.required or draw(st.booleans())
    }
    return settle(model, mode, chosen)


def plain(model: VideoModel, mode: Mode, **chosen: object) -> dict[str, object]:
    return {**{name: getattr(typical(model, mode), name) for name in mode.required}, **chosen}


def spread(model: VideoModel, mode: Mode) -> Iterator[VideoRequest]:
    """A request for every setting of the levers that the mode knows."""
    levers = {name: it for name, it in model.levers.items() if name in mode.options}
    for setting in product(*levers.values()):
        yield read_request(
            model, mode.name, plain(model, mode, **dict(zip(levers, setting, strict=True)))
        )


# Names


def test_no_two_models_share_a_name():
    assert len({model.provider_id for model in MODELS.values()}) == len(MODELS)
    assert len({model.title for model in MODELS.values()}) == len(MODELS)
    names = [model.key for model in MODELS.values()]
    names += [model.provider_id for model in MODELS.values() if model.provider_id != model.key]
    assert len(set(names)) == len(names), "a price list could not tell them apart"


@each_model
def test_discord_takes_every_name_and_number(model: VideoModel):
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", model.key)
    assert 1 <= len(model.modes) <= 25
    assert 1 <= len(model.title) <= 80
    for mode in model.modes:
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", mode.name)
        assert 1 <= len(mode.summary) <= 100
        assert len(mode.options) <= 25
    for option in options(model.request).values():
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", option.name)
        assert len(option.choices) <= 25
        assert all(1 <= len(str(choice)) <= 100 for choice in option.choices)
        assert (option.longest or 0) <= 6000
        assert all(abs(bound or 0) < 2**53 for bound in (option.lowest, option.highest))


@each_model
def test_every_bound_that_discord_could_check_is_stated(model: VideoModel):
    for option in options(model.request).values():
        if option.name == "prompt":
            assert option.default is None
        if option.kind in {"text", "address"}:
            assert option.longest, option.name
        if option.kind in {"whole", "number"}:
            assert option.lowest is not None, option.name
            assert option.highest is not None, option.name
            assert option.lowest < option.highest, option.name


@each_model
def test_every_field_is_documented_beneath_itself(model: VideoModel):
    for name, field in model.request.model_fields.items():
        assert field.description, name


# Modes and options


@each_model
def test_the_modes_and_the_type_of_mode_name_the_same(model: VideoModel):
    named = get_args(model.request.model_fields["mode"].annotation)
    assert named == tuple(mode.name for mode in model.modes)
    assert len(set(named)) == len(named)
    assert len({mode.spelling for mode in model.modes}) == len(model.modes)


@each_model
def test_the_options_of_the_modes_are_the_fields_of_the_request(model: VideoModel):
    taken = {name for mode in model.modes for name in mode.options}
    assert taken == options(model.request).keys()


@each_mode
def test_required_options_come_first_and_the_prompt_is_one(model: VideoModel, mode: Mode):
    assert mode.options[: len(mode.required)] == mode.required
    assert "prompt" in mode.required
    assert len(set(mode.options)) == len(mode.options)


@each_model
def test_an_option_that_only_some_modes_take_is_none_until_it_is_given(model: VideoModel):
    for option in options(model.request).values():
        if any(option.name not in mode.options for mode in model.modes):
            assert option.default is None, option.name


@each_mode
def test_a_mode_needs_what_it_says_and_nothing_else(model: VideoModel, mode: Mode):
    complete = plain(model, mode)
    assert read_request(model, mode.name, complete).mode == mode.name
    for name in mode.required:
        with pytest.raises(RequestRefusedError) as refused:
            read_request(model, mode.name, {**complete, name: None})
        assert (refused.value.option, refused.value.fault[:6]) == (name, "needs_")


@each_mode
def test_an_option_of_another_mode_is_refused_by_name(model: VideoModel, mode: Mode):
    for option in options(model.request).values():
        if option.name not in mode.options:
            with pytest.raises(RequestRefusedError) as refused:
                read_request(model, mode.name, plain(model, mode, **{option.name: some(option)[0]}))
            assert (refused.value.option, refused.value.fault) == (option.name, "wrong_mode")


@each_mode
def test_every_option_can_be_used_at_both_ends(model: VideoModel, mode: Mode):
    known = options(model.request)
    everything = {name: some(known[name])[-1] for name in mode.options}
    for name in mode.options:
        for value in some(known[name]):
            alone = settle(model, mode, plain(model, mode, **{name: value}))
            crowded = settle(model, mode, {**everything, name: value})
            assert value in (getattr(alone, name), getattr(crowded, name)), (name, value)


@each_mode
def test_a_value_beyond_the_limits_is_refused_with_the_limits(model: VideoModel, mode: Mode):
    for name in mode.options:
        option = options(model.request)[name]
        beyond: list[object] = [object()]
        beyond += [option.lowest - 1] if option.lowest is not None else []
        beyond += [option.highest + 1] if option.highest is not None else []
        beyond += [LORA + "x" * option.longest] if option.longest else []
        beyond += ["none of these", -1] if option.choices else []
        beyond += [True, "7", 7.5] if option.kind == "whole" else []
        beyond += [True, "0.5", float("nan"), float("inf")] if option.kind == "number" else []
        beyond += ["true", 1] if option.kind == "flag" else []
        for value in beyond:
            with pytest.raises(RequestRefusedError) as refused:
                read_request(model, mode.name, plain(model, mode, **{name: value}))
            assert refused.value.option == name
            limits = option.facts()
            if refused.value.fault in {"out_of_range", "not_a_choice", "too_long"}:
                assert limits
                assert limits.items() <= refused.value.facts.items()


@each_mode
def test_a_prompt_that_shows_nothing_is_refused(model: VideoModel, mode: Mode):
    for prompt in ("", " ", "\n\t", "\u200b\u200d", "\u3164", "\ufe0f"):
        with pytest.raises(RequestRefusedError) as refused:
            read_request(model, mode.name, plain(model, mode, prompt=prompt))
        assert (refused.value.option, refused.value.fault) == ("prompt", "blank")


@each_model
def test_an_option_that_no_mode_knows_is_refused(model: VideoModel):
    mode = model.modes[0]
    with pytest.raises(RequestRefusedError) as refused:
        read_request(model, mode.name, plain(model, mode, colour="blue"))
    assert (refused.value.option, refused.value.fault) == ("colour", "unknown_option")
    with pytest.raises(RequestRefusedError) as refused:
        read_request(model, "no-such-mode", plain(model, mode))
    assert (refused.value.option, refused.value.fault) == ("mode", "unknown_mode")


@each_mode
def test_a_request_cannot_be_changed_afterwards(model: VideoModel, mode: Mode):
    request = typical(model, mode)
    with pytest.raises(ValidationError):
        request.prompt = "something else"
    assert request == typical(model, mode)
    assert hash(request) == hash(typical(model, mode))


# What is sent


def check_json(value: object) -> None:
    """Only what JSON has, so that nothing changes on its way."""
    assert type(value) in {str, int, float, bool, list, dict}, value
    for part in value.values() if isinstance(value, dict) else ():
        check_json(part)
    for part in value if isinstance(value, list) else ():
        check_json(part)


@each_mode
@thorough
@given(data=st.data())
def test_the_payload_is_what_the_provider_documents(
    model: VideoModel, mode: Mode, data: st.DataObject
):
    request = data.draw(requests(model, mode))
    payload = model.payload(request)
    check_json(payload)
    assert model.input.model_validate(payload).fields() == payload
    assert payload["mode"] == mode.spelling
    assert payload["prompt"] == request.prompt
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload
    for name in payload.keys() & options(model.request).keys():
        kind = options(model.request)[name].kind
        assert (kind == "whole") <= (type(payload[name]) is int)
        assert (kind == "flag") <= (type(payload[name]) is bool)
    assert model.payload(request) == payload


@each_mode
def test_every_option_changes_what_is_sent(model: VideoModel, mode: Mode):
    known = options(model.request)
    full = {name: some(known[name])[-1] for name in mode.options}
    for name in mode.options:
        left_alone = [] if name in mode.required else [None]
        sent: dict[object, set[str]] = {}
        for base in (plain(model, mode), full):
            for value in (*some(known[name]), *left_alone):
                request = settle(model, mode, {**base, name: value})
                rest = request.model_copy(update={name: None})
                sent.setdefault(rest, set()).add(json.dumps(model.payload(request)))
        assert max(len(payloads) for payloads in sent.values()) > 1, name


@each_mode
@thorough
@given(data=st.data())
def test_a_stored_request_comes_back_the_same(model: VideoModel, mode: Mode, data: st.DataObject):
    request = data.draw(requests(model, mode))
    stored = json.dumps(request.model_dump(mode="json"))
    again = model.request.model_validate(json.loads(stored))
    assert again == request
    assert json.dumps(model.payload(again)) == json.dumps(model.payload(request))
    assert read_request(model, mode.name, request.given()) == request


# Prices


@each_model
def test_every_rate_is_whole_positive_and_used(model: VideoModel):
    asked: set[str] = set()

    class Watched(dict[str, Micros]):
        def __getitem__(self, key: str) -> Micros:
            asked.add(key)
            return super().__getitem__(key)

    for mode in model.modes:
        for request in spread(model, mode):
            model.cost(request, Watched(model.prices.rates))
    assert asked == model.prices.rates.keys()
    assert all(type(rate) is int and rate > 0 for rate in model.prices.rates.values())


@each_mode
@thorough
@given(data=st.data())
def test_a_price_is_whole_and_positive_whatever_the_operator_sets(
    model: VideoModel, mode: Mode, data: st.DataObject
):
    request = data.draw(requests(model, mode))
    rates = {
        key: Micros(data.draw(st.integers(1, 10**11), label=key)) for key in model.prices.rates
    }
    for listed in (PriceList(rates, assumed=False), model.prices):
        price = model.price(request, listed)
        assert type(price.micros) is int
        assert price.micros > 0
        assert price.assumed is listed.assumed
    assert model.price(request) == model.price(request, model.prices)


@each_mode
def test_prices_grow_with_the_seconds_and_with_every_lever(model: VideoModel, mode: Mode):
    known = [name for name in model.levers if name in mode.options]
    assert {"duration", "resolution"} & set(mode.options) <= set(known)
    for request in spread(model, mode):
        for name in known:
            prices = [
                model.price(request.model_copy(update={name: value})).micros
                for value in model.levers[name]
            ]
            assert all(less < more for less, more in pairwise(prices)), (name, prices)


@each_mode
def test_only_levers_and_loras_move_the_price(model: VideoModel, mode: Mode):
    """What the preview says must not change with an option that nobody expects to cost."""
    known = options(model.request)
    for name in mode.options:
        if name not in model.levers:
            prices = {
                model.price(settle(model, mode, plain(model, mode, **{name: value})))
                for value in some(known[name])
            }
            assert prices == {model.price(typical(model, mode))}, name


@each_model
def test_levers_offer_what_the_request_takes(model: VideoModel):
    for name, settings_ in model.levers.items():
        option = options(model.request)[name]
        assert all(name in mode.options for mode in model.modes), name
        allowed = option.choices or range(int(option.lowest or 0), int(option.highest or 0) + 1)
        assert set(settings_) == set(allowed)


# Waiting


@each_mode
def test_the_poll_plan_is_sane(model: VideoModel, mode: Mode):
    for request in spread(model, mode):
        plan = model.plan(request)
        assert timedelta(seconds=1) <= plan.interval <= timedelta(seconds=30)
        assert plan.interval <= plan.first <= plan.longest < timedelta(minutes=10)
        assert timedelta(0) < plan.shortest <= plan.longest


# Offers and lists


@each_mode
@settings(thorough, max_examples=15)
@given(data=st.data())
def test_an_offer_is_valid_cheaper_and_keeps_what_matters(
    model: VideoModel, mode: Mode, data: st.DataObject
):
    request = data.draw(requests(model, mode))
    price = model.price(request).micros
    offers = cheaper(model, request, MODELS)
    pictures = [it for it in request.given().values() if isinstance(it, Picture)]
    for offer in offers:
        assert 0 < offer.price.micros < price
        assert offer.price == offer.model.price(offer.request)
        assert offer.request == offer.model.request.model_validate(offer.request.model_dump())
        assert offer.request.prompt == request.prompt
        kept = [it for it in offer.request.given().values() if isinstance(it, Picture)]
        assert kept[:1] == pictures[:1]
        assert offer.foreign is (offer.model.key != model.key)
        assert offer.foreign or not offer.dropped
        assert offer.foreign or offer.changed
    seen = [(offer.model.key, offer.request) for offer in offers]
    assert len(set(seen)) == len(seen)
    free = data.draw(st.integers(0, price), label="free")
    best = affordable(offers, Micros(free))
    assert len(best) <= MOST_OFFERED
    assert all(offer.price.micros <= free for offer in best)
    assert bool(best) == any(offer.price.micros <= free for offer in offers)


@each_model
def test_a_dearest_clip_can_be_had_for_less(model: VideoModel):
    for mode in model.modes:
        request = max(spread(model, mode), key=lambda it: model.price(it).micros)
        own = [it for it in cheaper(model, request, MODELS) if it.model is model]
        assert own or not model.levers


@each_model
def test_the_list_of_models_tells_limits_and_typical_prices(model: VideoModel):
    facts = describe(model)
    assert (facts.key, facts.title, facts.assumed) == (
        *(model.key, model.title),
        model.prices.assumed,
    )
    for told, mode in zip(facts.modes, model.modes, strict=True):
        assert told.name == mode.name
        assert tuple(option.name for option in told.options) == mode.options
        assert told.price == model.price(told.typical)
        assert told.plan == model.plan(told.typical)
    anything = (it for mode in model.modes for it in spread(model, mode))
    assert facts.cheapest.micros == min(model.price(it).micros for it in anything)
    doubled = PriceList(
        {key: Micros(rate * 2) for key, rate in model.prices.rates.items()}, assumed=False
    )
    dearer = describe(model, doubled)
    assert dearer.cheapest.micros == facts.cheapest.micros * 2
    assert dearer.assumed is False
