"""Every list that can grow, with more in it than one message holds: nothing is lost between its pages.

The local Discord refuses a message that is too long or has too many parts.
"""

import asyncio
import re
from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from typing import Any

import pytest

from bot.adapters.sqlite.database import Database
from bot.domain.ids import ChannelId, RoleId, UserId
from bot.domain.money import Micros, dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import LONGEST_ADDRESS, LONGEST_NAME, LoraPreset, Policy
from bot.playground.local_discord import Message, Person
from cogs._decisions import LONGEST_REASON
from cogs._jobs_card import page_of
from tests.members import ADMIN, Studio, studio

FOX = {"prompt": "*" * 1000, "duration": 5, "resolution": "480p"}


async def together(acts: Iterable[Awaitable[object]]) -> None:
    """They share their commits."""
    await asyncio.gather(*acts)


def by_admin(here: Studio) -> dict:
    return {"actor": ADMIN, "now": here.services.clock.now()}


async def first(who: Person, here: Studio, command: str, **options: object) -> Message:
    asked = await who.slash(command, options, channel=here.cast.general)
    message = await asked.message()
    assert message.ephemeral
    return message


async def pages(who: Person, message: Message, onward: str) -> list[str]:
    """What stands on all of them."""
    texts = [message.text]
    while onward in message.labels:
        before = message.text
        message = await turned(who, message, onward)
        assert message.text != before
        texts.append(message.text)
    return texts


async def turned(who: Person, message: Message, label: str) -> Message:
    pressed = await who.press(message, label)
    return await pressed.message()


def found(texts: Iterable[str], pattern: str) -> list[str]:
    return [one for text in texts for one in re.findall(pattern, text)]


async def test_presets_with_the_longest_names_and_addresses(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        policies, address = (
            here.services.policies,
            "https://example.com/".ljust(LONGEST_ADDRESS, "*"),
        )
        names = [f"{number:03}".ljust(LONGEST_NAME, "*") for number in range(200)]
        for name in names:
            await policies.put_preset(here.guild, LoraPreset(name, address, 0.25), **by_admin(here))
        message = await first(here.ada, here, "studio lora-add")
        assert "200 of 200" in message.text
        texts = await pages(here.ada, message, "More")
        assert found(texts, r"\*\*(\d{3})") == [name[:3] for name in names]
        assert not any("more." in text for text in texts)
        # The last goes while it is looked at, and the way back is the same.
        for name in names[-30:]:
            await policies.remove_preset(here.guild, name, **by_admin(here))
        message = await turned(here.ada, message, "Back")
        back = await pages(here.ada, message, "Back")
        assert found(back[-1:], r"\*\*(\d{3})")[0] == "000"
        assert set(found(back, r"\*\*(\d{3})")) == {name[:3] for name in names[:170]}


async def test_a_full_list_of_presets_takes_another_address_and_no_other_name(tmp_path) -> None:
    address = "https://example.com/snow.safetensors"
    async with studio(tmp_path, watching=False, CLAPPER_ALLOWED_SERVERS="*") as here:
        for number in range(200):
            preset = LoraPreset(f"lora{number:03}", address, 1.0)
            await here.services.policies.put_preset(here.guild, preset, **by_admin(here))
        adds = "studio lora-add"
        said = await first(here.ada, here, adds, name="snow", address=address)
        assert "room for 200" in said.text
        assert "`/studio lora-remove`" in said.text
        said = await first(here.ada, here, adds, name=" LORA007 ", address=f"{address}?2")
        assert "another address" in said.text
        presets = await here.services.policies.list_presets(here.guild)
        assert len(presets) == 200
        assert LoraPreset("LORA007", f"{address}?2", 1.0) in presets

        # Another server has names of its own, and its admins take none of these away.
        olga, lobby = here.server.person(here.cast.olga), here.cast.lobby
        offered = await olga.autocomplete("ltx text-lora", "lora", "lora", channel=lobby)
        assert offered == []
        asked = await olga.slash("studio lora-remove", {"name": "lora000"}, channel=lobby)
        assert "no LoRA" in (await asked.message()).text
        options = {"name": "lora000", "address": f"{address}?theirs"}
        await (await olga.slash(adds, options, channel=lobby)).message()
        assert await here.services.policies.list_presets(here.guild) == presets
        asked = await olga.slash("ltx text-lora", {"prompt": "a", "lora": "lora001"}, channel=lobby)
        assert "lora001" in (await asked.message()).text
        offered = await here.ann.autocomplete("ltx text-lora", "lora", "", channel=here.videos)
        assert len(offered) == 25


async def test_members_and_words_that_are_blocked(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        policies = here.services.policies
        members = [UserId(10**17 + number) for number in range(70)]
        words = [f"{number:03}".ljust(LONGEST_NAME, "`") for number in range(100)]
        by = by_admin(here)
        await together(policies.block_member(here.guild, it, **by) for it in members)
        await together(policies.block_word(here.guild, it, **by) for it in words)
        message = await first(here.ada, here, "studio block")
        texts = await pages(here.ada, message, "More")
        assert found(texts, r"<@(\d+)>") == [str(it) for it in members]
        assert found(texts, "`(\\d{3})\N{MODIFIER LETTER GRAVE ACCENT}{97}`") == [
            it[:3] for it in words
        ]
        offered = await here.ada.autocomplete("studio unblock", "word", "", channel=here.videos)
        assert len(offered) == 25
        await here.restart()
        again = await turned(here.ada, message, "Back")
        assert found([again.text], r"`(\d{3})")
        assert found(await pages(here.ada, again, "Back"), r"<@(\d+)>")


async def test_roles_that_decide(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        roles = [RoleId(10**17 + number) for number in range(250)]
        by = by_admin(here)
        await together(here.services.policies.add_admin_role(here.guild, it, **by) for it in roles)
        texts = await pages(here.ada, await first(here.ada, here, "studio admin-role"), "More")
        assert found(texts, r"<@&(\d+)>") == [str(it) for it in roles]


async def test_roles_and_members_with_an_amount_of_their_own(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        policies, by = here.services.policies, by_admin(here)
        roles = [here.server.world.add_role(here.cast.studio, f"role {nth}") for nth in range(60)]
        await together(
            policies.set_role_allowance(here.guild, RoleId(role.id), Micros(nth), **by)
            for nth, role in enumerate(roles)
        )
        members = [UserId(10**17 + number) for number in range(130)]
        await together(
            policies.set_member_allowance(here.guild, it, dollars("9999.9999"), **by)
            for it in members
        )
        options = {"amount": "1", "period": "week"}
        answer = await first(here.ada, here, "budget allowance", **options)
        assert "… and 50 more." in answer.text
        assert "130 members have amounts of their own" in answer.text
        pressed = await here.ada.press(answer, "Who has an amount of their own")
        texts = await pages(here.ada, await pressed.message(), "More")
        assert found(texts, r"<@&(\d+)>: \$") == [str(role.id) for role in reversed(roles)]
        assert found(texts, r"<@(\d+)>: \$9,999.9999 a week") == [str(it) for it in members]


async def test_grants_of_ones_own_and_of_a_member(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        ann = UserId(here.cast.ann.id)
        for number in range(1, 46):
            amount = Micros(number * 10_000)
            await here.services.money.grant(here.guild, ann, amount, **by_admin(here))
        wanted = [f"${number / 100:.2f}" for number in range(1, 46)]
        for who, command, options in (
            (here.ann, "balance", {}),
            (here.ada, "budget show", {"member": here.cast.ann}),
        ):
            card = await first(who, here, command, **options)
            assert found([card.text], r"of (\$\S+), for as long") == wanted[:10]
            assert "… and 35 more." in card.text
            pressed = await who.press(card, "All of them")
            texts = await pages(who, await pressed.message(), "More")
            assert found(texts, r"of (\$\S+), for as long") == wanted
            assert f"<@{ann}>" in texts[-1]
        assert "All of them" not in (await first(here.ben, here, "balance")).labels
        # Who may decide no more when the button is pressed sees nobody else's.
        card = await first(here.ada, here, "budget show", member=here.cast.ann)
        here.server.world.set_role(here.cast.studio, here.cast.admins, permissions=0)
        refused = await (await here.ada.press(card, "All of them")).message()
        assert "for the admins" in refused.text


async def test_the_audit_with_the_longest_lines(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        by = {"act": "set", "reason": "*" * LONGEST_REASON, **by_admin(here)}
        for number in range(1, 31):
            odd = bool(number % 2)
            rules = Policy(
                allowance=Micros(number),
                allowance_period=PeriodKind.WEEK if odd else PeriodKind.MONTH,
                pool=dollars("99999.9999") if odd else dollars("9999.9999"),
                pool_period=PeriodKind.WEEK if odd else PeriodKind.MONTH,
                confirm_above=dollars("9999.9999") if odd else dollars("8888.8888"),
                dearest=dollars("9999.9999") if odd else dollars("8888.8888"),
                at_once=100 if odd else 99,
                queued=100 if odd else 99,
                zone_name="America/Argentina/ComodRivadavia"
                if odd
                else "America/North_Dakota/Center",
                channel=ChannelId(10**18 + number),
                admin_channel=ChannelId(10**18 + number),
                anywhere=odd,
                paused=odd,
            )
            await here.services.policies.change(here.guild, lambda _, rules=rules: rules, **by)
        texts = await pages(here.ada, await first(here.ada, here, "budget audit"), "Older")
        told = found(texts, r"Channel for videos: .*\*\*<#(10\d{17})>")
        assert told == [str(10**18 + number) for number in reversed(range(1, 31))], texts[0]


async def test_jobs_with_the_longest_prompts(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=100, queued=100, allowance=dollars("50"))
        for number in range(1, 22):
            asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
            await asked.message(lambda one, number=number: f"#{number}" in one.text)
        wanted = [str(number) for number in reversed(range(1, 22))]
        number = r"(?m)^\*\*#(\d+)"
        texts = await pages(here.ann, await first(here.ann, here, "jobs"), "Older")
        assert found(texts, number) == wanted, texts[0]
        card = await first(here.ada, here, "budget show", member=here.cast.ann)
        assert found(await pages(here.ada, card, "Older"), number) == wanted


async def test_a_page_of_jobs_is_read_at_once(tmp_path) -> None:
    """However many stand on it: each read of its own waits for a thread."""
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=100, allowance=dollars("5"))
        for number in range(1, 10):
            asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
            await asked.message(lambda one, number=number: f"#{number}" in one.text)
        reads, real, ours = [], Database.read, ContextVar("ours", default=False)

        async def counted(books: Database, look: Any) -> Any:
            if ours.get():  # and not what goes on beside this
                reads.append(look)
            return await real(books, look)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Database, "read", counted)
            ours.set(True)
            page = await page_of(
                here.client, here.guild, UserId(here.ann.user.id), before=None, size=8
            )
        assert [line.job.number for line in page.lines] == list(range(9, 1, -1))
        assert len(reads) == 1
