"""Each subcommand, typed by a person, to the payload at the provider and the clip in the channel."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.domain.money import dollars
from bot.playground.local_discord import ClientRefusal
from tests.clips import ffmpeg
from tests.members import PNG
from tests.town import town

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"
CASES = [
    pytest.param(*path.stem.split("-", 1), case, id=f"{path.stem}: {case['case']}")
    for path in sorted(GOLDEN.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]
TITLES = {"ltx": "LTX-2 19B", "kling": "Kling 2.5 Turbo Pro", "wan": "Wan 2.5"}
IDS = {"ltx": "ltx-2-19b", "kling": "kling-2-5-turbo-pro", "wan": "wan-2-5"}
LORA = "https://huggingface.co/user1/anime/resolve/main/anime.safetensors?download=true"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory):
    rich = {"allowance": dollars("50"), "confirm_above": dollars("5")}
    async with town(tmp_path_factory.mktemp("town"), {"rich": rich}) as here:
        yield here


def expected(case: dict[str, Any], prompt: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The golden payload, with this prompt and the addresses that Discord gave the images."""
    payload = {**case["payload"], "prompt": prompt}
    if "image_urls" in payload:
        payload["image_urls"] = sent["image_urls"]
        assert len(sent["image_urls"]) == len(case["payload"]["image_urls"])
    return payload


@pytest.mark.parametrize(("model", "mode", "case"), CASES)
async def test_what_is_typed_reaches_the_provider_letter_for_letter_and_comes_back_as_a_clip(
    here, tmp_path, model, mode, case
) -> None:
    ann, prompt = here.newcomer("rich"), here.prompt()
    options = {**case["options"], "prompt": prompt}
    images = [name for name, value in options.items() if isinstance(value, dict)]
    waiting = await ann.orders(
        f"{model} {mode}",
        files={name: (f"{name}.png", PNG) for name in images},
        **{name: value for name, value in options.items() if name not in images},
    )
    price = dollars(case["price"])
    for fact in (prompt, f"${case['price']}", "left after it", "<t:", TITLES[model]):
        assert fact in waiting.text

    video = await ann.video(prompt)
    [task] = here.tasks(prompt)
    sent = task.payload["input"]
    assert task.model == IDS[model]
    assert json.dumps(sent, sort_keys=True) == json.dumps(
        expected(case, prompt, sent), sort_keys=True
    )
    assert task.payload["request_type"] == "async"

    job = await here.settled(ann.job.number)
    assert (job.price, job.state, job.charge) == (price, "delivered", "settled")
    assert here.spent(ann.id) == (price, 0)
    assert waiting.deleted, "the message that waited is tidied away"
    assert video.pinged == {ann.id}
    for fact in (prompt, TITLES[model], f"${case['price']}", f"#{job.number}", f"<@{ann.id}>"):
        assert fact in video.text
    for name in ("resolution", "aspect_ratio", "duration"):
        assert str(case["options"].get(name, "")) in video.text
    if "seed" in case["options"] and case["options"]["seed"] > 0:
        assert f"seed {case['options']['seed']}" in video.text
    assert video.labels == ["Again", "Edit", "Details", "Delete"]
    assert len(video.media) == 1 + len(images), "the clip, and what it was made from"


async def test_the_clip_on_the_shelf_is_the_providers_and_the_one_posted_shows_the_same(
    here, tmp_path
) -> None:
    ann, prompt = here.newcomer("rich"), here.prompt()
    await ann.types("ltx text", prompt=prompt, duration=5)
    video = await ann.video(prompt)
    [task] = here.tasks(prompt)
    async with aiohttp.ClientSession() as session, session.get(task.result_urls[0]) as answer:
        made = await answer.read()
    [kept] = (here.folder / "clips").glob(f"{ann.job.number}-*.mp4")
    assert kept.read_bytes() == made
    posted = tmp_path / "posted.mp4"
    posted.write_bytes(await here.server.read(video.media[0]))
    assert pictures(posted) == pictures(kept)


def pictures(film: Path) -> str:
    """Every frame and every sound, as they are decoded."""
    return ffmpeg("-i", film, "-map", "0", "-f", "md5", "-")


# What Discord's client refuses


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("ltx text", {"duration": 4}),
        ("ltx text", {"duration": 21}),
        ("ltx text", {"resolution": "4k"}),
        ("ltx text", {"aspect_ratio": "1:1"}),
        ("ltx text", {"seed": -2}),
        ("ltx text", {"seed": 2**31}),
        ("ltx text", {"prompt": "z" * 5001}),
        ("ltx text", {"prompt": ""}),
        ("ltx text", {"prompt": None}),
        ("ltx text", {"image": PNG}),
        ("ltx image", {}),
        ("ltx text-lora", {}),
        ("ltx text-lora", {"lora": LORA, "lora_scale": 4.1}),
        ("ltx image-lora", {"lora": LORA}),
        ("kling text", {"duration": 6}),
        ("kling text", {"cfg_scale": 1.1}),
        ("kling text", {"prompt": "z" * 2501}),
        ("kling text", {"negative_prompt": "z" * 2501}),
        ("kling image", {}),
        ("wan text", {"seed": 0}),
        ("wan text", {"resolution": "480p"}),
        ("wan text", {"prompt": "z" * 801}),
        ("wan text", {"negative_prompt": "z" * 501}),
        ("wan image", {}),
    ],
    ids=lambda it: str(it)[:40],
)
async def test_what_discord_can_check_never_reaches_the_bot(here, command, options) -> None:
    ann = here.newcomer("rich")
    seen = len(here.server.journal)
    typed = {"prompt": "a fox", **options}
    with pytest.raises(ClientRefusal):
        await ann.types(
            command, **{name: value for name, value in typed.items() if value is not None}
        )
    assert len(here.server.journal) == seen
    assert ann.jobs == []


async def test_the_commands_are_those_of_the_product_and_no_others(here) -> None:
    ann = here.newcomer("rich")
    offered = {command["name"] for command in ann.person.commands(ann.home.videos)}
    assert {
        *("ltx", "kling", "wan", "balance", "jobs", "show", "models", "help"),
        *("Animate this image", "Video details"),
    } <= offered
    for command in ("ltx text", "ltx image", "ltx text-lora", "ltx image-lora"):
        specs = ann.person.specs(command, ann.home.videos)
        assert [one["name"] for one in specs if one.get("autocomplete")] != []
