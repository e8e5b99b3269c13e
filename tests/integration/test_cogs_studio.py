"""`/studio`, typed by those who may and by those who may not, on the local Discord."""

import asyncio
import re
from typing import Any

import pytest

from bot.domain.money import dollars
from bot.domain.policy import LoraPreset
from bot.playground.local_discord import Can, Channel, ClientRefusal, Person
from tests.faced import until
from tests.members import Studio, studio

ADDRESS = "https://example.com/snow.safetensors"


async def told(
    who: Person, here: Studio, command: str, /, channel: Channel | None = None, **options: Any
) -> str:
    """What an admin reads after a command, alone."""
    asked = await who.slash(f"studio {command}", options, channel=channel or here.cast.general)
    message = await asked.message()
    assert message.ephemeral
    return message.text


async def audit(here: Studio) -> list[str]:
    """What was done, the latest first."""
    lines = await here.services.policies.list_audit(here.guild, limit=50)
    return [line.act for line in lines]


# Who: `test_who_decides.py` tries every command by everybody


async def test_a_named_role_decides_until_it_is_named_no_more(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        pat = here.server.person(here.cast.pat)
        here.cast.studio.command_grants |= {("studio", here.cast.patrons.id)}
        role = {"role": here.cast.patrons}
        assert "for the admins" in await told(pat, here, "pause")
        assert "may use" in await told(here.ada, here, "admin-role", **role)
        assert "already" in await told(here.ada, here, "admin-role", **role)
        assert "paused" in await told(pat, here, "pause")
        assert "no longer" in await told(here.ada, here, "admin-role", allowed=False, **role)
        assert "for the admins" in await told(pat, here, "resume")
        assert (await here.services.policies.read(here.guild)).paused
        assert await audit(here) == ["admin-role-remove", "pause", "admin-role-add", "set"]


# Where


async def test_a_channel_is_set_from_what_to_what(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        said = await told(here.ada, here, "channel", channel=here.cast.general)
        assert f"<#{here.cast.videos.id}> → **<#{here.cast.general.id}>**" in said
        assert "nothing changed" in await told(here.ada, here, "channel")
        said = await told(here.ada, here, "admin-channel", channel=here.cast.admins_only)
        assert f"not set → **<#{here.cast.admins_only.id}>**" in said
        rules = await here.services.policies.read(here.guild)
        assert rules.admin_channel == here.cast.admins_only.id


async def test_a_channel_that_the_bot_cannot_use_is_refused_with_what_it_lacks(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        world, general = here.server.world, here.cast.general
        mine = world.bot_role(here.cast.studio)
        world.set_overwrite(general, mine, deny=Can.ATTACH_FILES | Can.EMBED_LINKS)
        await until(lambda: not _rights(here, general.id).attach_files)
        said = await told(here.ada, here, "channel", channel=general)
        assert "Embed Links" in said
        assert "Attach Files" in said
        assert "View Channel" not in said
        assert (await here.services.policies.read(here.guild)).channel == here.cast.videos.id


async def test_a_forum_is_no_place_for_videos(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        with pytest.raises(ClientRefusal):
            await here.ada.slash(
                "studio channel", {"channel": here.cast.forum}, channel=here.cast.general
            )


async def test_a_thread_is_a_place_for_videos(tmp_path) -> None:
    async with studio(tmp_path) as here:
        thread = here.cast.thread
        await told(here.ada, here, "channel", channel=thread)
        asked = await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.cast.general)
        assert f"<#{thread.id}>" in (await asked.message()).text
        await here.video(1, channel=thread)


async def test_anywhere_lets_a_video_appear_where_it_was_ordered(tmp_path) -> None:
    async with studio(tmp_path) as here:
        said = await told(here.ada, here, "anywhere", allowed=True)
        assert "Where videos may appear" in said
        assert "in the generation channel only → **where they were ordered**" in said
        said = await told(here.ada, here, "anywhere", allowed=True)
        assert "It is **where they were ordered** already, so nothing changed." in said
        await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.cast.general)
        await here.video(1, channel=here.cast.general)


# How much


async def test_limits_change_what_is_named_and_tell_all(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        said = await told(here.ada, here, "limits")
        assert "2 videos at once" in said
        assert "$5.00" in said
        said = await told(here.ada, here, "limits", at_once=1, dearest="$0.10")
        assert "2 videos at once → **one video at once**" in said
        assert "above $0.50 the bot asks first" in said
        rules = await here.services.policies.read(here.guild)
        assert (rules.at_once, rules.queued, rules.dearest) == (1, 5, dollars("0.10"))
        asked = await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
        assert "$0.10" in (await asked.message()).text
        assert await here.jobs_of(here.ann) == []


@pytest.mark.parametrize("amount", ["-1", "a lot", "1e3", "٣"])
async def test_an_amount_that_is_none_is_refused_and_nothing_changes(tmp_path, amount) -> None:
    async with studio(tmp_path, watching=False) as here:
        before = await here.services.policies.read(here.guild)
        said = await told(here.ada, here, "limits", dearest=amount)
        assert "amount" in said
        assert await here.services.policies.read(here.guild) == before


# Who and what is not wanted


async def test_a_blocked_member_orders_nothing_until_unblocked(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        ann = {"member": here.cast.ann}
        assert "cannot order" in await told(here.ada, here, "block", reason="spam", **ann)
        asked = await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
        refusal = await asked.message()
        assert refusal.ephemeral
        assert await here.jobs_of(here.ann) == []
        assert f"<@{here.cast.ann.id}>" in await told(here.ada, here, "block")
        assert "again" in await told(here.ada, here, "unblock", **ann)
        assert "not blocked" in await told(here.ada, here, "unblock", **ann)
        await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
        await _ordered(here)


@pytest.mark.parametrize(
    "prompt",
    [
        "a DRAGON at night",
        "a dra\u200bgon",
        "a dr\u00e1gon",
        "\uff44\uff52\uff41\uff47\uff4f\uff4e",
        "dragon!",
    ],
)
async def test_a_blocked_word_is_found_however_it_is_written(tmp_path, prompt) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "block", word="dragon")
        asked = await here.ann.slash("ltx text", {"prompt": prompt}, channel=here.videos)
        refusal = await asked.message()
        assert refusal.ephemeral
        assert "dragon" in refusal.text
        assert await here.jobs_of(here.ann) == []
        await here.ann.slash("ltx text", {"prompt": "dragonflies"}, channel=here.videos)
        await _ordered(here)
        said = await told(here.ada, here, "unblock", word="dragon")
        assert "Prompts may contain `dragon` again." in said


async def test_lists_that_grow_have_pages(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for number in range(25):
            await here.services.policies.block_word(
                here.guild, f"word{number:02}", actor=_ada(here), now=here.services.clock.now()
            )
        asked = await here.ada.slash("studio block", {}, channel=here.cast.general)
        first = await asked.message()
        assert "word00" in first.text
        assert "word24" not in first.text
        assert first.labels == ["More"]
        second = await (await here.ada.press(first, "More")).message(
            lambda one: "word24" in one.text
        )
        assert second.labels == ["Back"]
        offered = await here.ada.autocomplete(
            "studio unblock", "word", "24", channel=here.cast.general
        )
        assert [one["value"] for one in offered] == ["word24"]


# LoRAs


async def test_a_lora_is_offered_by_its_name_and_used_by_its_address(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        said = await told(here.ada, here, "lora-add", name="Snow", address=ADDRESS, scale=0.8)
        assert "is offered" in said
        said = await told(here.ada, here, "lora-add", name="snow", address=ADDRESS, scale=1.5)
        assert "0.8" in said
        assert "1.5" in said
        offered = await here.ann.autocomplete("ltx text-lora", "lora", "sn", channel=here.videos)
        assert len(offered) == 1
        options = {"prompt": "a fox", "lora": "snow"}
        await here.ann.slash("ltx text-lora", options, channel=here.videos)
        await _ordered(here)
        [job] = await here.jobs_of(here.ann)
        assert ADDRESS in job.request
        assert "no longer offered" in await told(here.ada, here, "lora-remove", name="SNOW")
        assert "no LoRA" in await told(here.ada, here, "lora-remove", name="snow")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("snow", "https://"),
        ("ftp://example.com/a", "https://"),
        ("https://me:key@example.com/a", "https://"),
        ("https://exa mple.com/a", "https://"),
        ("http://127.0.0.1/a.safetensors", "Nobody outside"),
        ("https://huggingface.co/me/snow", "download"),
    ],
)
async def test_what_no_model_could_fetch_is_no_lora(tmp_path, address, why) -> None:
    async with studio(tmp_path, watching=False) as here:
        said = await told(here.ada, here, "lora-add", name="snow", address=address)
        assert "Nothing was changed" in said
        assert why in said
        assert await here.services.policies.list_presets(here.guild) == []
        assert await audit(here) == ["set"]


async def test_a_lora_keeps_what_is_not_named(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "lora-add", name="Äther", address=ADDRESS, scale=0.8)
        said = await told(here.ada, here, "lora-add", name="äTHER", address=f"{ADDRESS}?v=2")
        assert "0.8" in said
        assert await here.services.policies.list_presets(here.guild) == [
            LoraPreset("äTHER", f"{ADDRESS}?v=2", 0.8)
        ]
        assert "1.5" in await told(here.ada, here, "lora-add", name="äther", scale=1.5)
        said = await told(here.ada, here, "lora-add", name="äther", scale=1.5)
        assert "nothing changed" in said
        assert "Name both" in await told(here.ada, here, "lora-add", name="snow", scale=1.5)
        assert await audit(here) == ["lora-add", "lora-add", "lora-add", "set"]


async def test_a_lora_is_not_called_like_an_address(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        said = await told(here.ada, here, "lora-add", name="https://a.example", address=ADDRESS)
        assert "plain letters" in said
        assert await here.services.policies.list_presets(here.guild) == []


async def test_there_is_room_for_200_loras(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for number in range(200):
            await here.services.policies.put_preset(
                here.guild,
                LoraPreset(f"lora{number:03}", ADDRESS, 1.0),
                actor=_ada(here),
                now=here.services.clock.now(),
            )
        said = await told(here.ada, here, "lora-add", name="snow", address=ADDRESS)
        assert "room for 200" in said
        assert "200 of 200" in await told(here.ada, here, "lora-add")


# Now and later


async def test_a_pause_starts_nothing_new_and_tells_members_why(tmp_path) -> None:
    async with studio(tmp_path) as here:
        assert "on → **paused**" in await told(here.ada, here, "pause", reason="a quiet night")
        asked = await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
        assert "paused" in (await asked.message()).text.lower()
        assert await here.jobs_of(here.ann) == []
        assert "paused → **on**" in await told(here.ada, here, "resume")
        await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
        await here.video(1)


async def test_a_time_zone_is_found_by_its_city_and_nonsense_is_refused(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        offered = await here.ada.autocomplete(
            "studio time-zone", "zone", "berl", channel=here.cast.general
        )
        assert [one["value"] for one in offered] == ["Europe/Berlin"]
        [paulo] = await here.ada.autocomplete(
            "studio time-zone", "zone", "São P", channel=here.cast.general
        )
        assert paulo["value"] == "America/Sao_Paulo"
        assert re.fullmatch(r"Europe/Berlin \(\d\d:\d\d\)", offered[0]["name"])
        [est] = await here.ada.autocomplete(
            "studio time-zone", "zone", "est", channel=here.cast.general
        )
        assert est["value"] == "EST5EDT"  # and not Bucharest
        assert "Europe/Zurich" in await told(here.ada, here, "time-zone", zone="Zürich")
        await told(here.ada, here, "time-zone", zone="UTC")
        said = await told(here.ada, here, "time-zone", zone="berlin")  # and nothing picked
        assert "UTC → **Europe/Berlin**" in said
        await told(here.ada, here, "time-zone", zone="utc")
        two = await told(here.ada, here, "time-zone", zone="Louisville")  # there are two zones
        assert "No time zone" in two
        said = await told(here.ada, here, "time-zone", zone="europe/berlin")
        assert "UTC → **Europe/Berlin**" in said
        assert "No time zone" in await told(here.ada, here, "time-zone", zone="Middle Earth")
        assert (await here.services.policies.read(here.guild)).zone_name == "Europe/Berlin"


async def test_a_list_of_words_is_refused_where_one_is_blocked_at_a_time(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for typed in ("gore, nudity", "gore;nudity", "gore\uff0cnudity"):
            said = await told(here.ada, here, "block", word=typed)
            assert "Block them one by one" in said
        assert await here.services.policies.list_blocked_words(here.guild) == []
        assert "`gore,`" in await told(here.ada, here, "block", word="gore,")
        assert "`red hat`" in await told(here.ada, here, "block", word="red hat")


@pytest.mark.parametrize("typed", ["GMT+5", "Etc/GMT-5", "EST", "mst"])
async def test_a_zone_that_is_not_what_its_name_says_is_not_offered_and_not_taken(
    tmp_path, typed
) -> None:
    async with studio(tmp_path, watching=False) as here:
        offered = await here.ada.autocomplete(
            "studio time-zone", "zone", typed, channel=here.cast.general
        )
        assert typed.casefold() not in {
            one["value"].casefold().removeprefix("etc/") for one in offered
        }
        assert "No time zone" in await told(here.ada, here, "time-zone", zone=typed)
        assert (await here.services.policies.read(here.guild)).zone_name == "UTC"


# How everything stands


async def test_the_status_says_what_is_wrong_and_how_to_mend_it(tmp_path) -> None:
    async with studio(tmp_path) as here:
        said = await told(here.ada, here, "status")
        assert "/studio admin-channel" in said
        assert "REHEARSAL" in said
        assert "Kling 2.5 Turbo Pro" in said
        await told(here.ada, here, "admin-channel", channel=here.cast.admins_only)
        await until(lambda: here.services.studio.guard.balance)
        said = await told(here.ada, here, "status")
        assert "How the studio is" in said
        assert "All is well." in said
        assert "$25.00" in said
        assert "0 being made, 0 in line" in said

        world = here.server.world
        mine = world.bot_role(here.cast.studio)
        world.set_overwrite(here.videos, mine, deny=Can.ATTACH_FILES)
        await until(lambda: not _rights(here, here.videos.id).attach_files)
        await told(here.ada, here, "pause")
        said = await told(here.ada, here, "status")
        assert "Attach Files" in said
        assert "/studio resume" in said
        assert "The studio needs looking after" in said
        assert "How the studio is" not in said
        assert "All is well" not in said


async def test_the_status_of_a_server_that_may_not_spend_says_so(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        olga = here.server.person(here.cast.olga)
        said = await told(olga, here, "status", channel=here.cast.lobby)
        assert f"`{here.cast.elsewhere.id}`" in said


def _rights(here: Studio, channel: int) -> Any:
    guild = here.client.get_guild(here.guild)
    assert guild is not None
    place = guild.get_channel(channel)
    assert place is not None
    return place.permissions_for(guild.me)


def _ada(here: Studio) -> Any:
    return here.cast.ada.id


async def _ordered(here: Studio) -> None:
    async with asyncio.timeout(10):
        while not await here.jobs_of(here.ann):
            await asyncio.sleep(0.01)
