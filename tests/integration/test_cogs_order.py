"""From a slash command to a job, on the local Discord with everything real behind it."""

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.job import JobState
from bot.domain.money import dollars
from bot.domain.policy import LoraPreset
from bot.playground.local_discord import Can
from tests.faced import until
from tests.members import ADMIN, PNG, studio

FOX = {"prompt": "a fox in the snow", "duration": 5}
NOTHING = "Nothing was charged"


async def test_a_command_becomes_a_job_and_the_job_a_video(tmp_path) -> None:
    async with studio(tmp_path) as here:
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        answer = await asked.message()
        assert not answer.ephemeral
        for fact in ("a fox in the snow", "$0.08", "$0.92 left", "<t:", "LTX-2 19B"):
            assert fact in answer.text
        video = await here.video(1)
        assert "a fox in the snow" in video.text
        await until(lambda: answer.deleted)
        [job] = await here.jobs_of(here.ann)
        assert job.place.message == answer.id


@pytest.mark.parametrize(
    ("command", "options", "images"),
    [
        ("ltx text", {}, []),
        ("ltx image", {}, ["image"]),
        ("ltx text-lora", {"lora": "https://example.com/a.safetensors"}, []),
        ("ltx image-lora", {"lora": "https://example.com/a.safetensors"}, ["image"]),
        ("kling text", {"cfg_scale": 0.3}, []),
        ("kling image", {}, ["start_image", "end_image"]),
        ("wan text", {"expand_prompt": False}, []),
        ("wan image", {"seed": 7}, ["image"]),
    ],
)
async def test_each_of_the_eight_makes_a_job(tmp_path, command, options, images) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("5"), confirm_above=dollars("5"))
        files = {name: (f"{name}.png", PNG) for name in images}
        asked = await here.ann.slash(
            command, {"prompt": "a fox", **options}, channel=here.videos, attachments=files
        )
        answer = await asked.message(lambda one: "#1" in one.text)
        [job] = await here.jobs_of(here.ann)
        assert (f"{job.model} {job.mode}", job.state) == (command, JobState.HELD)
        assert len(answer.media) == len(images)


# Where


async def test_elsewhere_the_answer_is_private_and_the_video_comes_to_its_channel(tmp_path) -> None:
    async with studio(tmp_path) as here:
        asked = await here.ann.slash("ltx text", FOX, channel=here.cast.general)
        answer = await asked.message(lambda one: "Go there" in one.labels)
        assert answer.ephemeral
        assert f"<#{here.videos.id}>" in answer.text
        assert "$0.08" in answer.text
        await here.video(1)
        assert here.public(here.cast.general) == []
        [link] = [button["url"] for button in answer.buttons]
        [job] = await here.jobs_of(here.ann)
        assert link.endswith(f"/{here.videos.id}/{job.place.message}")


@pytest.mark.parametrize("rules", [{"anywhere": True}, {"channel": None}], ids=str)
async def test_where_all_channels_are_good_the_video_comes_here(tmp_path, rules) -> None:
    async with studio(tmp_path) as here:
        await here.decide(**rules)
        asked = await here.ann.slash("ltx text", FOX, channel=here.cast.general)
        assert not (await asked.message()).ephemeral
        await here.video(1, channel=here.cast.general)


async def test_a_thread_of_the_generation_channel_is_at_home(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.decide(channel=here.cast.general.id)
        asked = await here.ann.slash("ltx text", FOX, channel=here.cast.thread)
        assert not (await asked.message()).ephemeral
        await here.video(1, channel=here.cast.thread)


async def test_a_channel_that_is_closed_to_the_bot_costs_nothing(tmp_path) -> None:
    async with studio(tmp_path) as here:
        role = here.server.world.bot_role(here.cast.studio)
        here.server.world.set_overwrite(here.videos, role, deny=Can.SEND_MESSAGES)
        asked = await here.ann.slash("ltx text", FOX, channel=here.cast.general)
        said = await asked.message(lambda one: "cannot post" in one.text)
        assert said.ephemeral
        assert NOTHING in said.text
        assert [one.id for one in asked.messages] == [said.id], "nothing promises a video"
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        assert "lacks a permission" in (await asked.message()).text
        assert await here.jobs_of(here.ann) == []


# A question first


async def question(here):
    await here.decide(allowance=dollars("5"))
    asked = await here.ann.slash(
        "kling text", {"prompt": "a fox", "duration": 10}, channel=here.videos
    )
    message = await asked.message()
    assert message.ephemeral
    assert "about $0.70" in message.text
    return message


async def test_a_dear_video_is_a_question_first_and_two_presses_make_one(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        message = await question(here)
        assert here.public() == []
        presses = await asyncio.gather(
            *(here.ann.press(message, "Make it for about $0.70") for _ in range(2))
        )
        await asyncio.gather(*(press.answer() for press in presses))
        await until(here.public)
        await until(lambda: not here.client.busy.count)
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.70")
        [waiting] = here.public()
        assert "#1" in waiting.text


async def test_a_question_that_is_declined_makes_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        message = await question(here)
        said = await (await here.ann.press(message, "Not now")).message()
        assert "Not made" in said.text
        assert said.labels == []
        assert await here.jobs_of(here.ann) == []


async def test_who_says_yes_and_then_no_is_not_told_that_it_is_not_made(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        message = await question(here)
        yes, no = await asyncio.gather(
            *(here.ann.press(message, label) for label in ("Make it for about $0.70", "Not now"))
        )
        assert "pressed already" in (await no.message()).text
        await yes.answer()
        await until(lambda: not here.client.busy.count)
        assert len(await here.jobs_of(here.ann)) == 1
        assert "Not made" not in message.text


async def test_two_clicks_on_no_are_one(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        message = await question(here)
        presses = await asyncio.gather(*(here.ann.press(message, "Not now") for _ in range(2)))
        for press in presses:
            await press.answer()
        await until(lambda: not here.client.busy.count)
        assert "Not made" in message.text
        assert [one.text for press in presses for one in press.messages if one is not message] == []


async def test_a_question_from_before_a_restart_is_told_to_be_asked_again(
    tmp_path,
) -> None:
    async with studio(tmp_path, watching=False) as here:
        message = await question(here)
        await here.restart()
        said = await (await here.ann.press(message, "Make it for about $0.70")).message(
            lambda one: "type the command again" in one.text
        )
        assert said.ephemeral
        assert await here.jobs_of(here.ann) == []


# No


async def test_too_dear_names_the_numbers_and_offers_what_fits_with_the_prompt_kept(
    tmp_path,
) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("0.10"))
        asked = await here.ann.slash(
            "ltx text",
            {"prompt": "a fox in the snow", "duration": 20, "resolution": "1080p"},
            channel=here.videos,
        )
        message = await asked.message()
        assert message.ephemeral
        for fact in ("$0.48", "$0.10", "$0.38", "<t:", "a fox in the snow", NOTHING):
            assert fact in message.text
        assert 1 <= len(message.labels) <= 4
        assert here.public() == []
        pressed = await here.ann.press(message, message.labels[0])
        await pressed.message()
        await until(here.public)
        await until(lambda: not here.client.busy.count)
        [job] = await here.jobs_of(here.ann)
        assert job.price <= dollars("0.10")
        assert '"a fox in the snow"' in job.request


@pytest.mark.parametrize("rules", [{"allowance": dollars("0.10")}, {"dearest": dollars("0.10")}])
async def test_a_refusal_says_where_a_price_is_assumed(tmp_path, rules) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(**rules)
        for command, seconds, price in (("kling", 5, "about $0.35"), ("ltx", 10, "$0.16")):
            options = {"prompt": "a fox", "duration": seconds}
            asked = await here.ann.slash(f"{command} text", options, channel=here.videos)
            assert f"This video costs **{price}**" in (await asked.message()).text


async def test_offers_are_taken_once(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("0.20"))
        asked = await here.ann.slash("wan text", {"prompt": "a fox"}, channel=here.videos)
        message = await asked.message()
        presses = await asyncio.gather(
            *(here.ann.press(message, label) for label in message.labels[:1] * 3)
        )
        for press in presses:
            await press.answer()
        await until(lambda: not here.client.busy.count)
        assert len(await here.jobs_of(here.ann)) == 1


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"paused": True}, "takes a break"),
        ({"dearest": dollars("0.05")}, "a single one may cost at most **$0.05**"),
        ({"pool": dollars("0.05")}, "**$0.05** left for everybody"),
    ],
    ids=lambda it: str(it)[:30],
)
async def test_a_policy_says_no_to_the_member_alone(tmp_path, rules, said) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(**rules)
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        message = await asked.message()
        assert message.ephemeral
        assert said in message.text
        assert NOTHING in message.text
        assert here.public() == []
        assert await here.jobs_of(here.ann) == []


async def test_the_queue_is_full_at_some_point(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=1, queued=1)
        for number in (1, 2):
            asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
            await asked.message(lambda one, number=number: f"#{number}" in one.text)
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        assert "2 videos at a time" in (await asked.message()).text


async def test_blocked_members_and_blocked_words_cost_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        policies, now = here.services.policies, here.services.clock.now()
        await policies.block_word(here.guild, "fox", actor=ADMIN, now=now)
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        assert "`fox`" in (await asked.message()).text
        await policies.block_member(here.guild, here.cast.ben.id, actor=ADMIN, now=now)
        asked = await here.ben.slash("ltx text", {"prompt": "a wolf"}, channel=here.videos)
        message = await asked.message()
        assert "cannot make videos here" in message.text
        assert message.ephemeral
        assert await here.jobs_of(here.ann) == await here.jobs_of(here.ben) == []


async def test_a_server_that_the_operator_has_not_allowed_spends_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        asked = await here.ann.slash("ltx text", FOX, channel=here.cast.lobby)
        assert "not switched on" in (await asked.message()).text
        asked = await here.ann.slash("balance", {}, channel=here.cast.lobby)
        balance = (await asked.message()).text
        assert "not switched on" in balance
        assert "$" not in balance, "nobody can spend what its rules name"


async def test_a_number_that_is_no_video_is_told_with_where_to_find_one(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        asked = await here.ann.slash("show", {"job": 99}, channel=here.videos)
        text = (await asked.message()).text
        assert "no video\N{NO-BREAK SPACE}#99 here" in text
        assert "`/jobs`" in text


async def test_of_two_who_race_for_the_last_dollar_one_is_told_privately(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(pool=dollars("0.08"))
        both = [
            await who.slash("ltx text", FOX, channel=here.videos) for who in (here.ann, here.ben)
        ]
        await until(lambda: all(one.messages for one in both))
        await until(lambda: not here.client.busy.count)
        assert len(await here.jobs_of(here.ann)) + len(await here.jobs_of(here.ben)) == 1
        [waiting] = here.public()
        assert "#1" in waiting.text
        told = [message for one in both for message in one.messages if message.ephemeral]
        assert len(told) == 1
        assert "left for everybody" in told[0].text


# What Discord cannot check


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("a.gif", b"GIF89a" + bytes(50)), "JPEG, PNG or WebP"),
        (("a.txt", b"words"), "JPEG, PNG or WebP"),
        (("a.png", PNG + bytes(10 * 2**20)), "too large"),
    ],
    ids=lambda it: str(it)[:12],
)
async def test_an_image_that_no_model_takes_is_refused_before_anything_else(
    tmp_path, file, said
) -> None:
    async with studio(tmp_path, watching=False) as here:
        here.server.world.set_tier(here.cast.studio, 3)
        asked = await here.ann.slash(
            "ltx image", {"prompt": " "}, channel=here.videos, attachments={"image": file}
        )
        message = await asked.message()
        assert message.ephemeral
        assert said in message.text
        assert "`image`" in message.text


@pytest.mark.parametrize(
    "body",
    [
        b"GIF89a" + bytes(60),
        b"BM" + bytes(60),
        b"\0\0\0\x18ftypheic" + bytes(60),
        b"\0\0\0\x1cftypavif" + bytes(60),
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"%PDF-1.7",
        b"\n<!doctype html>",
    ],
    ids=lambda body: body[:12].hex(),
)
async def test_a_file_that_is_an_image_by_its_name_alone_is_refused_and_costs_nothing(
    tmp_path, body
) -> None:
    async with studio(tmp_path, watching=False) as here:
        # Discord goes by the name where it does not know the bytes, and by an uploader's word.
        image = await here.ann.upload(("b.png", body), channel=here.videos)
        image.content_type = "image/png"
        files = {"start_image": ("a.png", PNG)}
        wish = {"prompt": "a fox", "end_image": image}
        asked = await here.ann.slash("kling image", wish, channel=here.videos, attachments=files)
        message = await asked.message(lambda one: "JPEG, PNG or WebP" in one.text)
        assert message.ephemeral
        assert "`end_image`" in message.text
        await until(lambda: not here.client.busy.count)
        assert here.public() == []
        assert await here.jobs_of(here.ann) == []


@pytest.mark.parametrize(
    ("name", "said", "taken"),
    [
        ("fox.PNG", None, "image/png"),
        ("fox.jpeg", "", "image/jpeg"),
        ("fox.jpg", "image/jpg", "image/jpeg"),
        ("fox.webp", "application/octet-stream", "image/webp"),
        ("fox.jpg", "image/jpeg; charset=binary", "image/jpeg"),
    ],
)
async def test_an_image_whose_type_discord_does_not_say_goes_by_its_name(
    tmp_path, name, said, taken
) -> None:
    async with studio(tmp_path, watching=False, fits=said is not None) as here:
        image = await here.ann.upload((name, PNG), channel=here.videos)
        image.content_type = said
        asked = await here.ann.slash("ltx image", {**FOX, "image": image}, channel=here.videos)
        await asked.message(lambda one: "#1" in one.text)
        [job] = await here.jobs_of(here.ann)
        assert f'"media_type":"{taken}"' in job.request


async def test_a_prompt_of_blanks_is_refused_with_what_to_do(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        asked = await here.ann.slash("ltx text", {"prompt": "\u2800 \u3164"}, channel=here.videos)
        message = await asked.message()
        assert message.ephemeral
        assert "nothing to read in `prompt`" in message.text


async def test_a_style_is_found_by_its_name_with_its_strength(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        preset = LoraPreset("Clay", "https://example.com/clay.safetensors", 0.8)
        now = here.services.clock.now()
        await here.services.policies.put_preset(here.guild, preset, actor=ADMIN, now=now)
        offered = await here.ann.autocomplete(
            "ltx text-lora", "lora", "cl", channel=here.videos, options={"prompt": "a fox"}
        )
        assert [one["value"] for one in offered] == ["Clay"]
        options = {"prompt": "a fox", "lora": "clay", "lora2": "https://example.com/b.safetensors"}
        asked = await here.ann.slash("ltx text-lora", options, channel=here.videos)
        await asked.message(lambda one: "#1" in one.text)
        [job] = await here.jobs_of(here.ann)
        assert '"lora":"https://example.com/clay.safetensors"' in job.request
        assert '"lora_scale":0.8' in job.request
        options["lora"] = "@everyone"
        asked = await here.ann.slash("ltx text-lora", options, channel=here.videos)
        message = await asked.message()
        assert "No style here is called `@everyone`" in message.text
        assert not message.pinged


async def test_lengths_come_with_their_prices_for_what_is_typed_so_far(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:

        async def offered(command: str, typed: str, **options):
            found = await here.ann.autocomplete(
                command, "duration", typed, channel=here.videos, options=options
            )
            return {one["value"]: one["name"] for one in found}

        lengths = await offered("ltx text", "")
        assert list(lengths) == list(range(5, 21))
        assert "$0.16" in lengths[10]
        assert "$0.24" in (await offered("ltx text", "", resolution="1080p"))[10]
        dearer = await offered("ltx text-lora", "1", resolution="480p")
        assert list(dearer) == list(range(10, 20))
        assert "$0.15" in dearer[10]


async def test_the_lengths_of_an_image_to_animate_say_what_each_model_takes_for_them(
    tmp_path,
) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("5"))
        shown = await here.ann.say(here.cast.general, "my fox", files=[("fox.png", PNG)])
        opened = await here.ann.menu("Animate this image", shown)
        lengths = _choices(await opened.form(), "duration")
        assert lengths == {
            "5": "Kling 2.5 Turbo Pro about $0.35 · LTX-2 19B $0.08 · Wan 2.5 about $0.40",
            "10": "Kling 2.5 Turbo Pro about $0.70 · LTX-2 19B $0.16 · Wan 2.5 about $0.80",
        }
        wish = {"prompt": "a fox", "model": ["wan"], "duration": ["5"]}
        await here.ann.submit(opened, wish)
        await until(here.public)
        await until(lambda: not here.client.busy.count)
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.40"), "what the form said"


async def test_the_form_to_edit_says_that_an_empty_image_keeps_the_old_one(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.decide(allowance=dollars("5"))
        wish, files = {"prompt": "a fox"}, {"start_image": ("fox.png", PNG)}
        await here.ann.slash("kling image", wish, channel=here.videos, attachments=files)
        opened = await here.ann.press(await here.video(1), "Edit")
        told = {
            part["component"]["custom_id"]: part.get("description", "")
            for part in (await opened.form())["components"]
        }
        assert "empty to keep" in told["start_image"]
        assert "empty" not in told["end_image"], "there is none to keep"


def _choices(form: dict[str, Any], name: str) -> dict[str, str]:
    """What a menu of a form offers, and what it says of each."""
    inputs = [part["component"] for part in form["components"]]
    [menu] = [one for one in inputs if one["custom_id"] == name]
    return {one["value"]: one["description"] for one in menu["options"]}


# The answer first


async def test_what_cannot_be_answered_is_not_ordered(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        here.server.faults.fail("POST", "/interactions/*/callback", status=403, code=50001)
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        await until(lambda: here.server.journal.of("POST", "/interactions/*/callback"))
        await until(lambda: not here.client.busy.count)
        assert await here.jobs_of(here.ann) == []


async def test_an_answer_whose_acknowledgement_was_lost_still_counts(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        here.server.faults.fail("POST", "/interactions/*/callback", status=502, when="after")
        asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
        answer = await asked.message(lambda one: "#1" in one.text)
        [job] = await here.jobs_of(here.ann)
        assert job.place.message == answer.id


@asynccontextmanager
async def slow_books(here):
    """Nothing is read before the block ends."""
    gate = threading.Event()
    readers = range(len(here.bot.database._readers))
    stuck = [asyncio.create_task(here.bot.database.read(lambda _: gate.wait(20))) for _ in readers]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        gate.set()
        await asyncio.gather(*stuck)


async def test_slow_books_do_not_make_the_answer_late(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        async with slow_books(here):
            asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
            await asked.answer()
            [thinking] = asked.messages
            assert thinking.thinking
            assert thinking.ephemeral
        await asked.message(lambda one: "Go there" in one.labels)
        [waiting] = here.public()
        assert "#1" in waiting.text


# Images


async def test_the_image_goes_to_the_provider_by_its_address_and_stays_with_the_video(
    tmp_path,
) -> None:
    async with studio(tmp_path) as here:
        asked = await here.ann.slash(
            "ltx image", FOX, channel=here.videos, attachments={"image": ("fox.png", PNG)}
        )
        await asked.message()
        video = await here.video(1)
        [task] = here.provider.books.tasks.values()
        [url] = task.payload["input"]["image_urls"]
        assert "/ephemeral-attachments/" in url
        assert "fox.png" in url
        assert len(video.media) == 2, "the video, and what it was made from"


async def test_an_image_that_is_gone_before_it_is_read_costs_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        image = await here.ann.upload(("fox.png", PNG), channel=here.videos)
        here.server.world.files._known.pop(image.id)
        asked = await here.ann.slash("ltx image", {**FOX, "image": image}, channel=here.videos)
        message = await asked.message(lambda one: "no longer there" in one.text)
        assert message.ephemeral
        await until(lambda: not here.client.busy.count)
        assert here.public() == []
        assert await here.jobs_of(here.ann) == []


async def test_an_image_that_is_lost_while_a_form_is_open_is_asked_for_with_a_button(
    tmp_path, monkeypatch
) -> None:
    async with studio(tmp_path) as here:
        await here.decide(allowance=dollars("5"))
        wish, files = {"prompt": "a fox"}, {"start_image": ("fox.png", PNG)}
        await here.ann.slash("kling image", wish, channel=here.videos, attachments=files)
        opened = await here.ann.press(await here.video(1), "Edit")
        await opened.form()
        monkeypatch.setattr("cogs._sources.images_on", lambda _: [])
        monkeypatch.setattr("cogs._sources._MARGIN", timedelta(days=9))  # no address lives on
        sent = await here.ann.submit(opened, {})
        answer = await sent.message(lambda one: "Attach an image" in one.labels)
        assert answer.ephemeral
        form = await (await here.ann.press(answer, "Attach an image")).form()
        assert form["components"][0]["component"]["custom_id"] == "start_image"


async def test_hostile_prompts_are_text_and_ping_nobody(tmp_path) -> None:
    prompt = f"@everyone <@{1}> **bold** `code` \u202etxt # x\n> quote " + "z" * 4000
    async with studio(tmp_path, watching=False) as here:
        options = {"prompt": prompt, "duration": 5}
        asked = await here.ann.slash("ltx text", options, channel=here.videos)
        answer = await asked.message(lambda one: "#1" in one.text)
        assert not answer.pinged
        assert "\u202e" not in answer.text
        assert "**bold**" not in answer.text
