"""What the rehearsal provider accepts and refuses: the documentation, field by field."""

import io
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.playground.rehearsal import RehearsalProvider

LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}
LTX_IMAGE = {**LTX, "mode": "image-to-video", "image_urls": ["https://example.com/a.jpg"]}
LORA = {"path": "https://huggingface.co/u/m.safetensors?download=true", "scale": 1.0}
LTX_LORA = {**LTX, "mode": "text-to-video-LoRA", "loras": [LORA]}
KLING = {"mode": "text-to-video", "prompt": "a cat", "duration": 5, "aspect_ratio": "16:9"}
KLING_IMAGE = {
    "mode": "image-to-video",
    "prompt": "a cat",
    "image_urls": ["https://example.com/head.jpg", "https://example.com/tail.jpg"],
}
WAN = {"mode": "text-to-video", "prompt": "a cat", "resolution": "720p", "duration": 5}
WAN_IMAGE = {"mode": "image-to-video", "prompt": "a", "image_urls": ["https://example.com/a.jpg"]}

Theatre = tuple[RehearsalProvider, ClientSession]


@pytest.fixture
async def theatre() -> AsyncIterator[Theatre]:
    async with (
        RehearsalProvider(wait_scale=0.001, fast=True, balance=1000) as provider,
        ClientSession(headers={"Authorization": f"Bearer {provider.key}"}) as client,
    ):
        yield provider, client


async def submit(theatre: Theatre, model: str, body: object) -> tuple[int, str]:
    provider, client = theatre
    raw = io.BytesIO((body if isinstance(body, str) else json.dumps(body)).encode())
    async with client.post(
        f"{provider.base_url}/generateTask/{model}",
        data=raw,
        headers={"Content-Type": "application/json"},
    ) as response:
        answer = await response.json()
        assert answer["code"] == response.status
        assert (answer["data"] is None) == (response.status != 200)
        return response.status, answer["message"]


def with_input(fields: object, **rest: object) -> dict[str, object]:
    return {"request_type": "async", "input": fields, **rest}


ACCEPTED = [
    ("ltx-2-19b", LTX, 60_000),
    ("ltx-2-19b", {**LTX, "duration": 20, "resolution": "1080p", "seed": -1}, 480_000),
    ("ltx-2-19b", {**LTX, "aspect_ratio": "9:16", "seed": 2_147_483_647}, 60_000),
    ("ltx-2-19b", {**LTX, "prompt": "é" * 5000, "resolution": "720p"}, 80_000),
    ("ltx-2-19b", LTX_IMAGE, 60_000),
    ("ltx-2-19b", LTX_LORA, 75_000),
    ("ltx-2-19b", {**LTX_LORA, "loras": [{**LORA, "scale": 4}] * 3, "duration": 12}, 180_000),
    ("ltx-2-19b", {**LTX_IMAGE, "mode": "image-to-video-LoRA", "loras": [LORA]}, 75_000),
    ("kling-2-5-turbo-pro", KLING, 350_000),
    ("kling-2-5-turbo-pro", {**KLING, "duration": 10, "cfg_scale": 0.3}, 700_000),
    ("kling-2-5-turbo-pro", {**KLING, "cfg_scale": 1, "negative_prompt": "blur"}, 350_000),
    ("kling-2-5-turbo-pro", KLING_IMAGE, 350_000),
    ("wan-2-5", WAN, 400_000),
    ("wan-2-5", {**WAN, "resolution": "1080p", "duration": 10, "seed": 42}, 1_300_000),
    ("wan-2-5", {**WAN_IMAGE, "enable_prompt_expansion": False}, 400_000),
]

REFUSED = [
    ("ltx-2-19b", {**LTX, "mode": "text-to-video-lora", "loras": [LORA]}, "mode"),
    ("ltx-2-19b", {**LTX, "prompt": ""}, "prompt"),
    ("ltx-2-19b", {**LTX, "prompt": "x" * 5001}, "prompt"),
    ("ltx-2-19b", {key: LTX[key] for key in LTX if key != "resolution"}, "resolution"),
    ("ltx-2-19b", {key: LTX[key] for key in LTX if key != "duration"}, "duration"),
    ("ltx-2-19b", {**LTX, "duration": "5"}, "duration"),
    ("ltx-2-19b", {**LTX, "duration": 5.0}, "duration"),
    ("ltx-2-19b", {**LTX, "duration": True}, "duration"),
    ("ltx-2-19b", {**LTX, "duration": 4}, "duration"),
    ("ltx-2-19b", {**LTX, "duration": 21}, "duration"),
    ("ltx-2-19b", {**LTX, "resolution": "4k"}, "resolution"),
    ("ltx-2-19b", {**LTX, "aspect_ratio": "1:1"}, "aspect_ratio"),
    ("ltx-2-19b", {**LTX, "aspect_ratio": None}, "aspect_ratio"),
    ("ltx-2-19b", {**LTX_IMAGE, "aspect_ratio": "16:9"}, "aspect_ratio"),
    ("ltx-2-19b", {**LTX, "seed": 0}, "seed"),
    ("ltx-2-19b", {**LTX, "seed": -2}, "seed"),
    ("ltx-2-19b", {**LTX, "seed": 2_147_483_648}, "seed"),
    ("ltx-2-19b", {**LTX, "seed": "7"}, "seed"),
    ("ltx-2-19b", {**LTX, "image_urls": ["https://example.com/a.jpg"]}, "image_urls"),
    ("ltx-2-19b", {**LTX_IMAGE, "image_urls": []}, "image_urls"),
    ("ltx-2-19b", {**LTX_IMAGE, "image_urls": ["https://e.com/a.jpg"] * 2}, "image_urls"),
    ("ltx-2-19b", {**LTX_IMAGE, "image_urls": "https://e.com/a.jpg"}, "image_urls"),
    ("ltx-2-19b", {**LTX_IMAGE, "image_urls": [7]}, "image_urls"),
    ("ltx-2-19b", {**LTX_IMAGE, "image_urls": ["ftp://e.com/a.jpg"]}, "image_urls"),
    ("ltx-2-19b", {**LTX, "loras": [LORA]}, "loras"),
    ("ltx-2-19b", {**LTX, "mode": "text-to-video-LoRA"}, "loras"),
    ("ltx-2-19b", {**LTX_LORA, "loras": []}, "loras"),
    ("ltx-2-19b", {**LTX_LORA, "loras": [LORA] * 4}, "loras"),
    ("ltx-2-19b", {**LTX_LORA, "loras": [{"path": LORA["path"]}]}, "scale"),
    ("ltx-2-19b", {**LTX_LORA, "loras": [{**LORA, "scale": 4.1}]}, "scale"),
    ("ltx-2-19b", {**LTX_LORA, "loras": [{**LORA, "scale": "1"}]}, "scale"),
    ("ltx-2-19b", {**LTX_LORA, "loras": [{**LORA, "path": ""}]}, "path"),
    ("ltx-2-19b", {**LTX, "cfg_scale": 0.5}, "cfg_scale"),
    ("kling-2-5-turbo-pro", {**KLING, "duration": 6}, "duration"),
    ("kling-2-5-turbo-pro", {**KLING, "duration": 5.0}, "duration"),
    ("kling-2-5-turbo-pro", {**KLING, "prompt": "x" * 2501}, "prompt"),
    ("kling-2-5-turbo-pro", {**KLING, "cfg_scale": 0.55}, "cfg_scale"),
    ("kling-2-5-turbo-pro", {**KLING, "cfg_scale": 1.1}, "cfg_scale"),
    ("kling-2-5-turbo-pro", {**KLING, "resolution": "720p"}, "resolution"),
    ("kling-2-5-turbo-pro", {**KLING, "seed": 7}, "seed"),
    ("kling-2-5-turbo-pro", {**KLING, "negative_prompt": "x" * 2501}, "negative_prompt"),
    ("kling-2-5-turbo-pro", {**KLING_IMAGE, "aspect_ratio": "1:1"}, "aspect_ratio"),
    ("kling-2-5-turbo-pro", {**KLING_IMAGE, "image_urls": ["https://e.com"] * 3}, "image_urls"),
    ("kling-2-5-turbo-pro", {**KLING, "loras": [LORA]}, "loras"),
    ("wan-2-5", {**WAN, "resolution": "480p"}, "resolution"),
    ("wan-2-5", {**WAN, "prompt": "x" * 801}, "prompt"),
    ("wan-2-5", {**WAN, "negative_prompt": "x" * 501}, "negative_prompt"),
    ("wan-2-5", {**WAN, "seed": -1}, "seed"),
    ("wan-2-5", {**WAN, "enable_prompt_expansion": "true"}, "enable_prompt_expansion"),
    ("wan-2-5", {**WAN, "duration": 7}, "duration"),
    ("wan-2-5", {**WAN_IMAGE, "image_urls": ["https://e.com/a.jpg"] * 2}, "image_urls"),
    ("wan-2-5", {**WAN, "expand_prompt": True}, "expand_prompt"),
]

BAD_BODIES = [
    ("not json", "JSON"),
    ("[]", "object"),
    ('{"request_type":"async","request_type":"async"}', "request_type"),
    ('{"input": NaN}', "NaN"),
    ({"input": LTX}, "request_type"),
    ({"request_type": "sync", "input": LTX}, "request_type"),
    ({"request_type": "async"}, "input"),
    (with_input(LTX, provider="cheap"), "provider"),
    (with_input(LTX, provider=None), "provider"),
    (with_input(LTX, webhook="x"), "webhook"),
    (with_input(LTX, callback_url="https://bot.example/c/1"), "callback_url"),
    ({"request_type": "callback", "input": LTX}, "callback_url"),
    ({"request_type": "callback", "callback_url": "http://bot.example/c/1", "input": LTX}, "HTTPS"),
    ({"request_type": "callback", "callback_url": "bot.example/c/1", "input": LTX}, "HTTPS"),
]


@pytest.mark.parametrize(("model", "fields", "price"), ACCEPTED)
async def test_what_the_documentation_allows_is_accepted_and_billed(
    theatre, model, fields, price
) -> None:
    assert await submit(theatre, model, with_input(fields)) == (200, "success")
    (task,) = theatre[0].books.tasks.values()
    assert task.price_micros == price
    assert theatre[0].books.balance_micros == 1_000_000_000 - price
    assert task.payload == with_input(fields)


@pytest.mark.parametrize(("model", "fields", "field"), REFUSED)
async def test_what_the_documentation_forbids_is_refused_by_name(
    theatre, model, fields, field
) -> None:
    status, message = await submit(theatre, model, with_input(fields))
    assert status == 400
    assert field in message
    assert theatre[0].books.tasks == {}
    assert theatre[0].books.submissions[-1].reason == f"400 {message}"


@pytest.mark.parametrize(("body", "word"), BAD_BODIES)
async def test_a_body_of_another_form_is_refused_by_name(theatre, body, word) -> None:
    status, message = await submit(theatre, "ltx-2-19b", body)
    assert status == 400
    assert word in message


@pytest.mark.parametrize("route", ["auto", "value", "official"])
async def test_the_three_routes_are_accepted(theatre, route) -> None:
    assert (await submit(theatre, "wan-2-5", with_input(WAN, provider=route)))[0] == 200


async def test_a_refusal_never_repeats_what_the_member_wrote(theatre) -> None:
    _, message = await submit(theatre, "wan-2-5", with_input({**WAN, "prompt": "secret " * 200}))
    assert "secret" not in message


async def test_an_unknown_model_is_not_found(theatre) -> None:
    assert (await submit(theatre, "sora-2", with_input(LTX)))[0] == 404


async def test_a_model_that_the_key_may_not_use_is_forbidden(theatre) -> None:
    theatre[0].adjust(forbidden_models=["wan-2-5"])
    assert (await submit(theatre, "wan-2-5", with_input(WAN)))[0] == 403


async def test_a_wrong_or_missing_key_is_refused_everywhere(theatre) -> None:
    provider, _ = theatre
    for headers in ({"Authorization": "Bearer wrong"}, {"Authorization": provider.key}, {}):
        async with ClientSession(headers=headers) as stranger:
            for path in ("/apikeys/current-balance", "/statusTask/wan-2-5?taskId=1"):
                async with stranger.get(provider.base_url + path) as response:
                    assert response.status == 401
                    assert (await response.json())["code"] == 401
            async with stranger.post(f"{provider.base_url}/generateTask/wan-2-5") as response:
                assert response.status == 401


async def test_a_body_beyond_all_measure_is_refused_in_the_same_form(theatre) -> None:
    fields = {**LTX, "prompt": "x" * 2_000_000}
    assert (await submit(theatre, "ltx-2-19b", with_input(fields)))[0] == 413
