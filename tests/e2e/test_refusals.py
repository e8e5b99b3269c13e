"""What a member is told instead of a video, what it offers, and where a video may go at all."""

import asyncio

import pytest
import pytest_asyncio

from bot.domain.money import dollars
from bot.domain.policy import LoraPreset
from bot.playground.local_discord import ClientRefusal
from tests.members import PNG
from tests.town import town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = "Nothing was charged"
CLAY = LoraPreset("Clay", "https://example.com/clay.safetensors", 0.8)
MEBIBYTE = 2**20
HOMES = {
    "plain": {"presets": [CLAY], "words": ["grue"]},
    "poor": {"allowance": dollars("0.10")},
    "rich": {"allowance": dollars("5")},
    "shared": {"pool": dollars("0.08")},
    "cheap": {"dearest": dollars("0.07")},
    "paused": {"paused": True},
    "threaded": {"channel": "thread"},
    "posting": {"channel": "post"},
    "free": {"anywhere": True},
    "open": {"channel": None},
    "stranger": {},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory):
    async with town(tmp_path_factory.mktemp("town"), HOMES) as here:
        yield here


def made_nothing(someone, prompt: str) -> bool:
    """No job, no task, no money, and no word of it to anybody else."""
    town = someone.town
    untouched = town.spent(someone.id) == (0, 0) and not someone.jobs and not town.tasks(prompt)
    return untouched and someone.about(prompt) == []


# Money


async def test_too_dear_names_the_numbers_and_an_offer_makes_a_cheaper_video_of_the_same_prompt(
    here,
) -> None:
    ann, prompt = here.newcomer("poor"), here.prompt()
    refusal = await ann.told("ltx text", prompt=prompt, duration=20, resolution="1080p")
    assert refusal.ephemeral
    for fact in ("$0.48", "$0.10", "$0.38", "<t:", prompt, NOTHING):
        assert fact in refusal.text
    assert made_nothing(ann, prompt)
    offers = [label for label in refusal.labels if "$" in label]
    assert 1 <= len(offers) <= 4
    await ann.presses(refusal, offers[0])
    video = await ann.video(prompt)
    job = await here.settled(ann.job.number)
    assert job.price <= dollars("0.10")
    [task] = here.tasks(prompt)
    assert f"{task.payload['input']['duration']} s" in offers[0].replace("\N{NO-BREAK SPACE}", " ")
    assert f"#{job.number}" in video.text
    assert here.spent(ann.id) == (job.price, 0)


async def test_an_offer_of_an_image_video_keeps_the_image(here) -> None:
    ann, prompt = here.newcomer("poor"), here.prompt()
    refusal = await ann.told(
        "ltx image", prompt=prompt, duration=20, files={"image": ("fox.png", PNG)}
    )
    await ann.presses(refusal, refusal.labels[0])
    video = await ann.video(prompt)
    [task] = here.tasks(prompt)
    assert "fox.png" in task.payload["input"]["image_urls"][0]
    assert len(video.media) == 2


async def test_above_the_threshold_it_is_a_question_and_yes_makes_it(here) -> None:
    ann, prompt = here.newcomer("rich"), here.prompt()
    question = await ann.told("kling text", prompt=prompt, duration=10)
    assert question.ephemeral
    for fact in (prompt, "about $0.70", "$4.30 left after it"):
        assert fact in question.text
    assert made_nothing(ann, prompt)
    yes, no = question.labels[:2]
    assert (yes, no) == ("Make it for about $0.70", "Not now")
    presses = await asyncio.gather(*(ann.presses(question, yes) for _ in range(3)))
    await asyncio.gather(*(one.answer() for one in presses))
    await ann.video(prompt)
    said = [one.text for press in presses for one in press.messages]
    assert not [text for text in said if "pressed already" in text], "a double click is one click"
    assert here.spent(ann.id) == (dollars("0.70"), 0)
    assert len(here.tasks(prompt)) == 1, "three presses are one video"


async def test_no_makes_nothing(here) -> None:
    ann, prompt = here.newcomer("rich"), here.prompt()
    question = await ann.told("kling text", prompt=prompt, duration=10)
    said = await (await ann.presses(question, "Not now")).message()
    assert "nothing was charged" in said.text
    assert said.labels == []
    assert made_nothing(ann, prompt)


@pytest.mark.parametrize(
    ("home", "said"),
    [
        ("paused", "paused new videos"),
        ("cheap", "at most **$0.07**"),
        ("stranger", "not switched on here"),
    ],
)
async def test_a_server_says_no_to_the_member_alone(here, home, said) -> None:
    ann, prompt = here.newcomer(home), here.prompt()
    refusal = await ann.told("ltx text", prompt=prompt, duration=5)
    assert refusal.ephemeral
    assert said in refusal.text
    assert NOTHING in refusal.text
    assert made_nothing(ann, prompt)


async def test_two_who_race_for_the_last_dollar_get_one_video_and_one_word(here) -> None:
    both, prompt = [here.newcomer("shared"), here.newcomer("shared")], here.prompt()
    asked = await asyncio.gather(
        *(one.types("ltx text", prompt=prompt, duration=5) for one in both)
    )
    await both[0].video(prompt)
    assert len(here.tasks(prompt)) == 1
    told = [one for each in asked for one in each.messages if "left for everybody" in one.text]
    assert [one.ephemeral for one in told] == [True]
    assert sum(here.spent(one.id)[0] for one in both) == dollars("0.08")


async def test_as_many_at_a_time_as_the_server_allows_and_no_more(here) -> None:
    ann, prompt = here.newcomer("rich"), here.prompt()
    here.provider.stage.next("task", "never", times=2)
    for nth in range(7):
        await ann.orders("ltx text", prompt=f"{prompt} {nth}", duration=5)
    refusal = await ann.told("ltx text", prompt=f"{prompt} again", duration=5)
    assert "7 videos at a time" in refusal.text
    assert refusal.ephemeral
    for nth in range(2):
        await until(lambda nth=nth: here.tasks(f"{prompt} {nth}"))
        here.provider.finish(here.tasks(f"{prompt} {nth}")[0].task_id)
    for nth in range(7):
        await ann.video(f"{prompt} {nth}")
    for job in ann.jobs:
        await here.settled(job.number)


# What Discord cannot check


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("ltx text", {"prompt": "\u2800 \u3164 \u200b"}, "nothing to read in `prompt`"),
        ("ltx text", {"prompt": "   "}, "nothing to read in `prompt`"),
        ("ltx text", {"seed": 0}, "`0` is no seed"),
        ("ltx text-lora", {"lora": "http://127.0.0.1/a.safetensors"}, "reach the link in `lora`"),
        ("ltx text-lora", {"lora": "ftp://example.com/a.safetensors"}, "`lora`"),
        ("ltx text-lora", {"lora": "https://huggingface.co/u/m"}, "opens a page"),
        ("ltx text-lora", {"lora": "nobody"}, "No style here is called `nobody`"),
        ("ltx text-lora", {"lora": CLAY.url, "lora3": CLAY.url}, "Give `lora2` before `lora3`"),
        ("ltx text-lora", {"lora": CLAY.url, "lora2_scale": 1.0}, "`lora2`"),
        ("kling text", {"cfg_scale": 0.55}, "steps of 0.1"),
        ("kling text", {"prompt": "a grue in the snow"}, "do not want `grue`"),
    ],
    ids=lambda it: str(it)[:60],
)
async def test_a_wish_that_cannot_be_is_refused_with_what_to_change(
    here, command, options, said
) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    refusal = await ann.told(command, **{"prompt": prompt, **options})
    assert refusal.ephemeral
    assert said in refusal.text
    assert NOTHING in refusal.text
    assert made_nothing(ann, options.get("prompt", prompt))


@pytest.mark.parametrize(
    ("command", "option"),
    [("ltx image", "image"), ("kling image", "start_image"), ("wan image", "image")],
)
@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("a.gif", b"GIF89a" + bytes(50)), "JPEG, PNG or WebP"),
        (("a.txt", b"words"), "JPEG, PNG or WebP"),
        (("a.png", PNG + bytes(10 * MEBIBYTE)), "too large"),
    ],
    ids=lambda it: str(it)[:12],
)
async def test_a_file_that_is_no_fit_image_is_refused_before_anything_else(
    here, command, option, file, said
) -> None:
    ann, prompt = here.newcomer("plain", upload_limit=50 * MEBIBYTE), here.prompt()
    refusal = await ann.told(command, prompt=prompt, files={option: file})
    assert refusal.ephemeral
    assert said in refusal.text
    assert f"`{option}`" in refusal.text
    assert made_nothing(ann, prompt)


async def test_lengths_are_offered_with_their_prices_for_what_is_typed_so_far(here) -> None:
    ann = here.newcomer("plain")

    async def offered(command: str, typed: str, **options):
        found = await ann.person.autocomplete(
            command, "duration", typed, channel=ann.home.videos, options=options
        )
        return {one["value"]: one["name"] for one in found}

    assert "$0.16" in (await offered("ltx text", ""))[10]
    assert "$0.24" in (await offered("ltx text", "", resolution="1080p"))[10]
    assert list(await offered("ltx image-lora", "1", prompt="a fox")) == list(range(10, 20))
    assert await offered("ltx text", "x") == {}


async def test_a_style_of_this_server_is_offered_and_used_by_its_name(here) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    at = {"channel": ann.home.videos}
    offered = await ann.person.autocomplete("ltx text-lora", "lora", "cl", **at)
    assert [one["value"] for one in offered] == ["Clay"]
    ben = here.newcomer("rich")
    nothing = await ben.person.autocomplete("ltx text-lora", "lora", "cl", channel=ben.home.videos)
    assert nothing == [], "another server's styles are its own"
    await ann.types("ltx text-lora", prompt=prompt, duration=5, lora="clay")
    await ann.video(prompt)
    [task] = here.tasks(prompt)
    assert task.payload["input"]["loras"] == [{"path": CLAY.url, "scale": CLAY.scale}]


# Where


async def test_elsewhere_the_answer_is_private_with_a_link_and_the_video_comes_to_its_channel(
    here,
) -> None:
    ann, prompt = here.newcomer("plain"), here.prompt()
    asked = await ann.types(
        "ltx image",
        prompt=prompt,
        duration=5,
        at=ann.home.general,
        files={"image": ("fox.png", PNG)},
    )
    answer = await asked.message(lambda one: "Go there" in one.labels)
    assert answer.ephemeral
    assert f"<#{ann.home.videos.id}>" in answer.text
    [link] = [button["url"] for button in answer.buttons]
    job = await here.settled(ann.job.number)
    assert link.endswith(f"/{ann.home.guild.id}/{ann.home.videos.id}/{job.message_id}")
    video = await ann.video(prompt)
    assert video.pinged == {ann.id}
    assert len(video.media) == 2
    assert ann.about(prompt, ann.home.general) == []


@pytest.mark.parametrize(
    ("home", "typed_in", "posted_in"),
    [
        ("free", "general", "general"),
        ("open", "general", "general"),
        ("threaded", "thread", "thread"),
        ("threaded", "videos", "thread"),
        ("posting", "post", "post"),
        ("posting", "videos", "post"),
    ],
)
async def test_the_video_goes_where_the_server_wants_it(here, home, typed_in, posted_in) -> None:
    ann, prompt = here.newcomer(home), here.prompt()
    at = getattr(ann.home, typed_in)
    answer = await ann.told("ltx text", prompt=prompt, duration=5, at=at)
    assert answer.ephemeral == (typed_in != posted_in)
    await ann.video(prompt, at=getattr(ann.home, posted_in))
    await here.settled(ann.job.number)


async def test_in_direct_messages_no_command_is_offered(here) -> None:
    ann = here.newcomer("plain")
    direct = here.server.world.direct_channel(ann.person.user)
    assert ann.person.commands(direct) == []
    with pytest.raises(ClientRefusal):
        await ann.types("ltx text", prompt="a fox", at=direct)
