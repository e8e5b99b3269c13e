"""Every way in which a video can fail: what its maker reads, what it cost, what can be pressed."""

import asyncio

import pytest
import pytest_asyncio

from bot.domain.money import dollars
from tests.members import PNG
from tests.town import town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = "Nothing was charged."
LORA = {"lora": "https://huggingface.co/u/m/resolve/main/a.safetensors"}
IMAGE = {"files": {"image": ("fox.png", PNG)}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    async with town(folder, {"plain": {}}, public=True, scale=0.0005) as here:
        here.expected.append("Alert")  # the operator is told of some of it
        yield here


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def fair_weather(here):
    """Whatever a test has staged ends with it, and so does what came of it."""
    yield
    here.provider.stage.clear()
    await here.open_again()


async def failed(here, ann, prompt, command: str = "ltx text", **more):
    """Orders what will fail, and reads what is said about it."""
    await ann.types(command, prompt=prompt, duration=5, **more)
    await until(lambda: ann.jobs)
    message = await ann.result(ann.job.number)
    job = await here.settled(ann.job.number)
    assert message.pinged == {ann.id}
    for fact in (prompt, f"<@{ann.id}>", f"#{job.number}"):
        assert fact in message.text
    assert [one.id for one in ann.about(prompt)] == [message.id], "the waiting message is gone"
    return job, message


@pytest.mark.parametrize(
    ("act", "command", "more", "cause", "title", "labels"),
    [
        ("fail:PROMPT_TOO_LONG", "ltx text", {}, "prompt", "prompt", ["Change the prompt"]),
        ("fail:ImageNotAccess", "ltx image", IMAGE, "image", "image", ["Another image", "Edit"]),
        ("fail:INVALID_LORA_URL", "ltx text-lora", LORA, "lora", "LoRA", ["Change the LoRA"]),
        ("fail:NSFW", "ltx text", {}, "content", "safety check", ["Change the prompt"]),
        ("fail:Timeout", "ltx text", {}, "provider", "provider", ["Try again", "Edit"]),
        ("fail:INSUFFICIENT_CREDITS", "ltx text", {}, "account", "studio", ["Try again"]),
        ("fail:WhoKnows:secret words", "ltx text", {}, "unknown", "went wrong", ["Try again"]),
        ("fail_bare", "ltx text", {}, "unknown", "went wrong", ["Try again"]),
        ("no_result", "ltx text", {}, "provider", "provider", ["Try again", "Edit"]),
    ],
)
async def test_a_task_that_fails_says_whose_fault_it_was_and_what_to_do(
    here, act, command, more, cause, title, labels
) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("task", act)
    job, message = await failed(here, ann, prompt, command, **more)
    assert (job.state, job.cause) == ("failed", cause)
    assert title in message.text
    assert message.labels == [*labels, "Details"]
    assert NOTHING in message.text
    assert here.spent(ann.id) == (0, 0)
    assert act.partition(":")[2].partition(":")[0] not in message.text or ":" not in act
    assert "secret words" not in message.text


@pytest.mark.parametrize(
    ("act", "cause"),
    [
        ("http:400", "request"),
        ("code:422", "request"),
        ("http:404", "request"),
        ("http:400:The prompt is too long", "prompt"),
        ("http:403:Content violates the policy", "content"),
        ("http:403", "account"),
    ],
)
async def test_a_request_that_is_refused_is_told_and_costs_nothing(here, act, cause) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("submit", act)
    job, message = await failed(here, ann, prompt)
    assert (job.state, job.cause) == ("rejected", cause)
    assert NOTHING in message.text
    assert here.spent(ann.id) == (0, 0)
    assert here.tasks(prompt) == []


@pytest.mark.parametrize(("act", "balance"), [("http:401", "http:401"), ("http:402", "zero")])
async def test_an_account_that_cannot_pay_pauses_the_studio_until_it_can(
    here, act, balance
) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("submit", act)
    job, message = await failed(here, ann, prompt)
    assert (job.state, job.cause) == ("rejected", "account")
    assert NOTHING in message.text
    assert message.labels == ["Try again", "Details"], "for when the operator has mended it"

    await here.runs_dry(balance)
    refusal = await here.newcomer("plain").told("ltx text", prompt=here.prompt(), duration=5)
    assert refusal.ephemeral
    assert "needs attention" in refusal.text
    assert NOTHING in refusal.text

    here.provider.stage.clear()
    await here.open_again()
    await ann.orders("ltx text", prompt=prompt, duration=5)
    await ann.video(prompt)
    assert here.spent(ann.id) == (dollars("0.08"), 0)


async def test_what_was_paid_and_never_arrives_in_one_piece_is_paid_back(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.always("file", "disguised")
    job, message = await failed(here, ann, prompt)
    here.provider.stage.clear()
    assert (job.state, job.charge) == ("lost", "settled")
    assert NOTHING in message.text
    assert here.spent(ann.id) == (0, 0)
    balance = await ann.told("balance")
    assert "# $1.00" in balance.text


async def test_an_answer_that_never_came_expires_free_and_a_late_video_is_a_gift(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("submit", "created+reset")
    here.provider.stage.next("callback", "lost")
    job, message = await failed(here, ann, prompt)
    assert (job.state, job.charge) == ("expired", "waived")
    assert NOTHING in message.text
    assert "yours for free" in message.text
    assert message.labels == ["Try again", "Details"]
    assert here.spent(ann.id) == (0, 0)
    [task] = here.tasks(prompt)
    here.provider.call(task.task_id, "true")
    video = await ann.video(prompt)
    assert "free" in video.text
    assert (await here.settled(job.number)).state == "delivered"
    assert here.spent(ann.id) == (0, 0)
    assert len(here.tasks(prompt)) == 1


async def test_a_lost_answer_that_a_callback_explains_is_an_ordinary_video(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("submit", "created+http:503")
    await ann.types("ltx text", prompt=prompt, duration=5)
    await ann.video(prompt)
    assert len(here.tasks(prompt)) == 1
    assert here.spent(ann.id) == (dollars("0.08"), 0)


# The fixes


async def test_the_prompt_is_changed_in_a_form_and_the_rest_is_kept(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("task", "fail:PROMPT_TOO_LONG")
    job, message = await failed(here, ann, prompt, resolution="480p", aspect_ratio="9:16", seed=7)
    other = here.prompt("a wolf in the fog")
    opened = await ann.presses(message, "Change the prompt")
    await ann.fills_in(opened, prompt=other)
    await ann.video(other)
    [task] = here.tasks(other)
    assert task.payload["input"] == {
        "mode": "text-to-video",
        "prompt": other,
        "resolution": "480p",
        "duration": 5,
        "aspect_ratio": "9:16",
        "seed": 7,
    }
    assert ann.jobs[0].parent == job.number


async def test_another_image_is_attached_and_the_rest_is_kept(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("task", "fail:ImageNotAccess")
    _, message = await failed(here, ann, prompt, "ltx image", **IMAGE)
    opened = await ann.presses(message, "Another image")
    await ann.fills_in(opened, image=("wolf.png", PNG))
    video = await ann.video(prompt)
    _, second = here.tasks(prompt)
    assert "wolf.png" in second.payload["input"]["image_urls"][0]
    assert len(video.media) == 2


async def test_trying_again_is_the_very_same_request(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    here.provider.stage.next("task", "fail:Timeout")
    _, message = await failed(here, ann, prompt, "ltx image", seed=9, **IMAGE)
    await asyncio.gather(*(ann.presses(message, "Try again") for _ in range(2)))
    await ann.video(prompt)
    first, second = here.tasks(prompt)
    assert first.payload["input"] == second.payload["input"]
