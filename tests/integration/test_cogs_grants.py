"""Money given once and taken back, on the local Discord: what is said, and what the books hold."""

import asyncio
import threading
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.budget import Funds
from bot.domain.errors import StoreFullError
from bot.domain.ids import UserId
from bot.domain.money import dollars
from tests.admins import open_to, told
from tests.faced import until
from tests.members import ADMIN, Studio, studio

DAY = timedelta(days=1)


async def funds(here: Studio) -> Funds:
    now = here.services.clock.now()
    return await here.services.money.funds(here.guild, UserId(here.cast.ann.id), roles=(), now=now)


async def test_a_grant_says_its_number_its_end_and_what_there_is_now(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        before = here.services.clock.now()
        text = await told(
            here.ada,
            here,
            "grant",
            member="ann",
            amount="2",
            expires="in 3 days",
            reason="the *best* fox of the week",
        )
        [grant] = (await funds(here)).grants
        assert (grant.given, grant.free) == (dollars("2"), dollars("2"))
        assert grant.expires_at is not None
        assert before + 3 * DAY <= grant.expires_at <= here.services.clock.now() + 3 * DAY
        stamp = int(grant.expires_at.timestamp())
        for said in (
            f"<@{here.cast.ann.id}> gets **$2.00** once",
            f"It lasts until <t:{stamp}:f> (<t:{stamp}:R>)",
            "the \\*best\\* fox of the week",
            "can spend **$3.00** now; before, it was $1.00",
            "Nobody was told",
        ):
            assert said in text
        assert here.ann.direct_messages() == []
        [line, *_] = await here.services.policies.list_audit(here.guild)
        assert (line.act, line.after, line.reason) == (
            "grant",
            "$2.00",
            "the *best* fox of the week",
        )


async def test_a_grant_without_an_end_lasts_until_it_is_spent(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for options in ({}, {"expires": "never"}):
            text = await told(here.ada, here, "grant", member="ann", amount="1", **options)
            assert "lasts until it is spent" in text
        assert [it.expires_at for it in (await funds(here)).grants] == [None, None]


async def test_a_day_ends_at_the_servers_midnight(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(zone_name="Asia/Tokyo")
        await told(here.ada, here, "grant", member="ann", amount="1", expires="tomorrow")
        [grant] = (await funds(here)).grants
        assert grant.expires_at is not None
        local = grant.expires_at.astimezone(ZoneInfo("Asia/Tokyo"))
        today = here.services.clock.now().astimezone(ZoneInfo("Asia/Tokyo")).date()
        assert (local.date() - today, local.hour, local.minute) == (2 * DAY, 0, 0)


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        ("yesterday", "no date and no length"),
        ("2020-01-01", "over already"),
        ("in 9 years", "at most five years"),
        ("12/24/2026", "read in two ways"),
        ("30 february", "no such day"),
    ],
)
async def test_an_end_that_cannot_be_meant_grants_nothing(tmp_path, expires, said) -> None:
    async with studio(tmp_path, watching=False) as here:
        text = await told(here.ada, here, "grant", member="ann", amount="1", expires=expires)
        assert said in text
        assert (await funds(here)).grants == ()


async def test_a_grant_beyond_the_pool_is_given_with_a_word_of_warning(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        text = await told(here.ada, here, "grant", member="ann", amount="30")
        assert "the whole server has only $25.00 left" in text
        assert (await funds(here)).free == dollars("31")


async def test_a_grant_to_somebody_blocked_says_that_it_cannot_be_spent(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        ann, now = UserId(here.cast.ann.id), here.services.clock.now()
        await here.services.policies.block_member(here.guild, ann, actor=ADMIN, now=now)
        text = await told(here.ada, here, "grant", member="ann", amount="1")
        assert "may not make videos here. `/studio unblock`" in text


async def test_nothing_cannot_be_granted_and_nobody_else_is_given_anything(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        assert "amount is zero" in await told(here.ada, here, "grant", member="ann", amount="0")
        gone = here.server.world.add_user("gone")
        for user, said in ((here.server.world.bot, "is a bot"), (gone, "is not in this server")):
            asked = await here.ada.slash(
                "budget grant", {"member": user, "amount": "1"}, channel=here.cast.general
            )
            assert said in (await asked.message()).text


# Back again


async def test_what_is_taken_goes_from_what_lasts_longest(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "grant", member="ann", amount="1", expires="in 3 days")
        await told(here.ada, here, "grant", member="ann", amount="1", expires="in 2 weeks")
        text = await told(here.ada, here, "take", member="ann", amount="1.50", reason="a mistake")
        for said in (
            "**$1.50** of what",
            "can spend **$1.50** now; before, it was $3.00",
            "a mistake",
        ):
            assert said in text
        [left] = (await funds(here)).grants
        assert left.free == dollars("0.50")
        assert left.expires_at is not None
        assert left.expires_at < here.services.clock.now() + 4 * DAY


async def test_more_than_there_is_takes_nothing_and_says_what_can_be_taken(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "grant", member="ann", amount="0.50")
        text = await told(here.ada, here, "take", member="ann", amount="0.75")
        for said in ("Nothing was taken", "**$0.50** can be taken", "Write `all`"):
            assert said in text
        assert (await funds(here)).free == dollars("1.50")
        assert "**$0.50** of what" in await told(here.ada, here, "take", member="ann", amount="All")
        for amount in ("all", "0.01"):
            text = await told(here.ada, here, "take", member="ann", amount=amount)
            assert "nothing left" in text
        assert (await funds(here)).free == dollars("1"), "an allowance is never taken"


async def test_money_that_is_held_cannot_be_taken(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("0.02"))
        await told(here.ada, here, "grant", member="ann", amount="0.10")
        asked = await here.ann.slash(
            "ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos
        )
        await asked.message(lambda one: "#1" in one.text)
        asked = await here.ada.slash(
            "budget take", {"member": here.cast.ann, "amount": "0.10"}, channel=here.cast.general
        )
        assert "**$0.04** can be taken" in (await asked.message()).text
        asked = await here.ada.slash(
            "budget take", {"member": here.cast.ann, "amount": "all"}, channel=here.cast.general
        )
        text = (await asked.message()).text
        assert "**$0.04** of what" in text
        assert "Held for videos in the making: $0.08" in text
        now = await funds(here)
        assert (now.free, now.held) == (0, dollars("0.08"))


async def test_whoever_left_can_be_taken_from(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "grant", member="ann", amount="2")
        here.server.world.remove_member(here.cast.studio, here.cast.ann)
        asked = await here.ada.slash(
            "budget take", {"member": here.cast.ann, "amount": "all"}, channel=here.cast.general
        )
        assert "**$2.00** of what" in (await asked.message()).text
        assert (await funds(here)).grants == ()


# While it is typed


async def test_ends_are_offered_as_they_are_understood_to_admins_alone(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        open_to(here, here.cast.ann.id)
        where = {"channel": here.cast.general}
        offered = await here.ada.autocomplete("budget grant", "expires", "", **where)
        assert [one["value"] for one in offered][:3] == ["tomorrow", "in 3 days", "in 1 week"]
        offered = await here.ada.autocomplete("budget grant", "expires", "in", **where)
        assert [one["value"] for one in offered] == [
            "in 3 days",
            "in 1 week",
            "in 2 weeks",
            "in 3 months",
        ]
        [first, *_] = await here.ada.autocomplete(
            "budget grant", "expires", "2027-12-24 18:00", **where
        )
        assert first["name"] == "2027-12-24 18:00: until 2027-12-24 18:00"
        [first, *_] = await here.ada.autocomplete("budget grant", "expires", "24.12.2027", **where)
        assert first["name"] == "24.12.2027: to the end of 2027-12-24"
        for typed in ("rubbish", "30 Feb", "next week", "1.5 days"):
            assert await here.ada.autocomplete("budget grant", "expires", typed, **where) == []
        assert await here.ann.autocomplete("budget grant", "expires", "", **where) == []


async def test_all_that_can_be_taken_is_offered_to_admins_alone(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        open_to(here, here.cast.ben.id)
        await told(here.ada, here, "grant", member="ann", amount="0.40")
        where = {"channel": here.cast.general, "options": {"member": here.cast.ann}}
        offered = await here.ada.autocomplete("budget take", "amount", "0.2", **where)
        assert [(one["name"], one["value"]) for one in offered] == [
            ("$0.20", "0.2"),
            ("all: $0.40", "all"),
        ]
        for typed, values in (("", ["all"]), ("a", ["all"]), ("0.5o", []), ("1,500", [])):
            offered = await here.ada.autocomplete("budget take", "amount", typed, **where)
            assert [one["value"] for one in offered] == values
        assert await here.ben.autocomplete("budget take", "amount", "", **where) == []


@pytest.mark.parametrize("command", ["role", "member"])
@pytest.mark.parametrize(
    ("typed", "values"),
    [("", ["default"]), ("de", ["default"]), ("5", ["5", "default"]), ("1,500", []), ("five", [])],
)
async def test_what_is_no_amount_is_not_completed_to_something_else(
    tmp_path, command, typed, values
) -> None:
    async with studio(tmp_path, watching=False) as here:
        offered = await here.ada.autocomplete(
            f"budget {command}", "amount", typed, channel=here.cast.general
        )
        assert [one["value"] for one in offered] == values


# Twice, or slow, or lost


@pytest.mark.parametrize("command", ["grant", "take"])
async def test_an_interaction_that_discord_brings_twice_moves_money_once(tmp_path, command) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "grant", member="ann", amount="3")
        brought = list[Any]()
        connection = here.client._connection
        take_in = connection.parse_interaction_create
        connection.parsers["INTERACTION_CREATE"] = lambda data: (
            brought.append(data),
            take_in(data),
        )
        asked = await here.ada.slash(
            f"budget {command}",
            {"member": here.cast.ann, "amount": "1"},
            channel=here.cast.general,
        )
        first = await asked.message()
        take_in(brought[0])
        await until(lambda: here.client.busy.count)
        await until(lambda: not here.client.busy.count)
        wanted = {"grant": "5", "take": "3"}[command]
        assert (await funds(here)).free == dollars(wanted)
        assert len(asked.messages) == 1
        assert ("gets **$1.00** once" if command == "grant" else "**$1.00** of what") in first.text


async def test_slow_books_do_not_make_the_answer_late_nor_public(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        gate = threading.Event()
        stuck = asyncio.create_task(here.bot.database.write(lambda _: gate.wait(20)))
        try:
            asked = await here.ada.slash(
                "budget grant", {"member": here.cast.ann, "amount": "1"}, channel=here.cast.general
            )
            await until(lambda: asked.messages)
            [message] = asked.messages
            assert message.ephemeral
            assert (message.thinking, message.text) == (True, "")
        finally:
            gate.set()
            await stuck
        await until(lambda: "gets **$1.00** once" in message.text)
        assert (await funds(here)).free == dollars("2")


async def test_an_answer_that_is_lost_on_its_way_moves_nothing_twice(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        here.server.faults.fail("POST", "/interactions/*/callback", status=502, when="after")
        text = await told(here.ada, here, "grant", member="ann", amount="1")
        assert "gets **$1.00** once" in text
        assert (await funds(here)).free == dollars("2")


async def test_books_that_cannot_be_written_say_so_and_nothing_moves(tmp_path, monkeypatch) -> None:
    async with studio(tmp_path, watching=False) as here:

        async def full(*_: object) -> None:
            raise StoreFullError("no space left")

        with monkeypatch.context() as broken:
            broken.setattr(type(here.bot.database), "write", full)
            text = await told(here.ada, here, "grant", member="ann", amount="1")
        assert "Nothing was changed" in text
        assert (await funds(here)).free == dollars("1")
