"""`/budget` on the local Discord: what each command changes, says and refuses."""

from typing import Any

import pytest

from bot.domain.ids import UserId
from bot.domain.money import dollars
from bot.domain.period import PeriodKind
from bot.playground.local_discord import ClientRefusal
from tests.admins import open_to, told
from tests.faced import until
from tests.members import Studio, studio

RULES: dict[str, dict[str, Any]] = {
    "allowance": {"amount": "2", "period": "week"},
    "role": {"role": "patrons", "amount": "5"},
    "member": {"member": "ben", "amount": "3"},
    "server": {"amount": "30", "period": "month"},
}
EVERY = RULES | {
    "grant": {"member": "ben", "amount": "2", "expires": "in 3 days", "reason": "a prize"},
    "take": {"member": "ben", "amount": "all", "reason": "a mistake"},
    "refund": {"job": 1},
}
"""One use of each command."""


async def books_of(here: Studio) -> tuple[object, ...]:
    """All that the group can change in this server."""
    policies, money = here.services.policies, here.services.money
    now = here.services.clock.now()
    people = (here.cast.ann, here.cast.ben, here.cast.pat)
    return (
        await policies.read(here.guild),
        await policies.list_role_allowances(here.guild),
        [await money.funds(here.guild, UserId(one.id), roles=(), now=now) for one in people],
        await policies.list_audit(here.guild, limit=100),
    )


# Everybody


async def test_an_allowance_says_what_it_was_and_what_follows(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        text = await told(here.ada, here, "allowance", amount="$0.25", period="week")
        assert "$1.00 a month → **$0.25 a week**" in text
        assert "renews on Mondays" in text
        assert "6 members" in text
        assert "everybody together has spent $0.00" in text
        rules = await here.services.policies.read(here.guild)
        assert (rules.allowance, rules.allowance_period) == (dollars("0.25"), PeriodKind.WEEK)


async def test_the_same_again_changes_nothing_and_says_so(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for command, options in RULES.items():
            await told(here.ada, here, command, **options)
        before = await books_of(here)
        for command, options in RULES.items():
            assert "already, so nothing changed" in await told(here.ada, here, command, **options)
        assert await books_of(here) == before
        assert len(before[-1]) == 1 + len(RULES), "each change is in the audit once"


async def test_amounts_of_their_own_are_counted_where_everybody_is_meant(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "role", role="patrons", amount="5")
        await told(here.ada, here, "member", member="ben", amount="3")
        text = await told(here.ada, here, "allowance", amount="0", period="month")
        for said in (
            f"keep it: <@&{here.cast.patrons.id}> $5.00 a month",
            "One member has an amount",
            "what they are granted",
        ):
            assert said in text
        text = await told(here.ada, here, "allowance", amount="26", period="month")
        assert "all that the whole server has, $25.00 a month" in text
        here.server.world.remove_role(here.cast.studio, here.cast.patrons)
        await until(lambda: not _knows_role(here))
        text = await told(here.ada, here, "allowance", amount="1", period="month")
        assert "keep it" not in text, "a role that is gone gets nothing"


async def test_amounts_of_their_own_move_with_the_period_and_that_is_said(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "role", role="patrons", amount="5")
        await told(here.ada, here, "member", member="ben", amount="3")
        text = await told(here.ada, here, "allowance", amount="1", period="day")
        assert f"from now on: <@&{here.cast.patrons.id}> $5.00 a day" in text
        assert "one member has an amount of their own, which stays what it is and renews" in text
        assert "keep it" not in text
        text = await told(here.ada, here, "allowance", amount="2", period="day")
        assert f"keep it: <@&{here.cast.patrons.id}> $5.00 a day" in text
        assert "from now on" not in text


def _knows_role(here: Studio) -> bool:
    guild = here.client.get_guild(here.guild)
    return guild is not None and guild.get_role(here.cast.patrons.id) is not None


async def test_a_pool_says_what_is_used_and_which_cap_holds_all_the_same(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        asked = await here.ann.slash(
            "ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos
        )
        await asked.message(lambda one: "#1" in one.text)
        asked = await here.ada.slash(
            "budget server", {"amount": "300", "period": "month"}, channel=here.cast.general
        )
        text = (await asked.message()).text
        assert "$25.00 a month → **$300.00 a month**" in text
        assert "spent $0.00, $0.08 is held, and **$299.92** is left" in text
        assert "all servers together spend $200.00 a month" in text
        asked = await here.ada.slash(
            "budget server", {"amount": "0.05", "period": "day"}, channel=here.cast.general
        )
        text = (await asked.message()).text
        assert "**$0.00** is left" in text
        assert "used already" in text
        assert "operator" not in text


# Some


async def test_a_role_gets_its_own_and_gives_it_back(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        text = await told(here.ada, here, "role", role="patrons", amount="5")
        assert "no amount of their own → **$5.00 a month**" in text
        assert "highest of a member's roles" in text
        assert await here.services.policies.list_role_allowances(here.guild) == {
            here.cast.patrons.id: dollars("5")
        }
        text = await told(here.ada, here, "role", role="patrons", amount="0.10")
        assert "$5.00 a month → **$0.10 a month**" in text
        assert "less than the $1.00 a month" in text
        text = await told(here.ada, here, "role", role="patrons", amount="default")
        again = await told(here.ada, here, "role", role="patrons", amount="default")
        assert "There is no amount of their own, so nothing changed" in again
        assert "**no amount of their own**" in text
        assert await here.services.policies.list_role_allowances(here.guild) == {}


async def test_the_role_of_everybody_is_not_one_of_some(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        everyone = here.cast.studio.roles[here.cast.studio.id]
        asked = await here.ada.slash(
            "budget role", {"role": everyone, "amount": "5"}, channel=here.cast.general
        )
        assert "`/budget allowance` is for them" in (await asked.message()).text
        assert await here.services.policies.list_role_allowances(here.guild) == {}


async def test_a_member_has_the_new_amount_at_once(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        text = await told(here.ada, here, "member", member="ann", amount="3")
        assert "can spend **$3.00** now; before, it was $1.00" in text
        shown = await here.ann.slash("balance", channel=here.videos)
        assert "$3.00" in (await shown.message()).text
        text = await told(here.ada, here, "member", member="ann", amount="0")
        assert "can spend **$0.00** now; before, it was $3.00" in text
        text = await told(here.ada, here, "member", member="ann", amount="reset")
        assert "count for them again: $1.00 a month" in text
        assert await here.services.policies.list_member_allowances(here.guild) == {}


async def test_what_a_member_gets_by_a_role_is_counted_with_the_role(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "role", role="patrons", amount="5")
        text = await told(here.ada, here, "member", member="pat", amount="2")
        assert "can spend **$2.00** now; before, it was $5.00" in text
        text = await told(here.ada, here, "member", member="pat", amount="default")
        assert "can spend **$5.00** now" in text


async def test_bots_and_those_who_left_get_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        bot = here.server.world.bot
        gone = here.server.world.add_user("gone")
        for user, said in ((bot, "is a bot"), (gone, "is not in this server")):
            asked = await here.ada.slash(
                "budget member", {"member": user, "amount": "3"}, channel=here.cast.general
            )
            assert said in (await asked.message()).text
        asked = await here.ada.slash(
            "budget member", {"member": gone, "amount": "default"}, channel=here.cast.general
        )
        assert "nothing changed" in (await asked.message()).text


async def test_an_amount_completes_itself_for_admins_alone(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        open_to(here, here.cast.ann.id)
        for command in ("role", "member"):
            offered = await here.ada.autocomplete(
                f"budget {command}", "amount", "2", channel=here.cast.general
            )
            assert [one["value"] for one in offered] == ["2", "default"]
            assert offered[0]["name"] == "$2.00 a month"
            nothing = await here.ann.autocomplete(
                f"budget {command}", "amount", "2", channel=here.cast.general
            )
            assert nothing == []


# What cannot be


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("five", "not an amount"),
        ("-1", "not an amount"),
        ("1e3", "not an amount"),
        ("NaN", "not an amount"),
        ("\uff11", "not an amount"),
        ("1,500", "read in two ways"),
        ("0.00001", "at most four decimals"),
        ("100000.5", "at most $100,000"),
    ],
)
async def test_an_amount_that_is_none_is_refused_with_one_sentence(tmp_path, amount, said) -> None:
    async with studio(tmp_path, watching=False) as here:
        before = await books_of(here)
        for command, options in EVERY.items():
            if command == "refund":
                continue
            assert said in await told(here.ada, here, command, **{**options, "amount": amount})
        assert await books_of(here) == before


async def test_a_word_with_two_meanings_is_asked_about(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for command in ("role", "member"):
            text = await told(here.ada, here, command, **{**EVERY[command], "amount": "none"})
            assert "`0`" in text
            assert "`default`" in text


# Who may: `test_who_decides.py` tries every command by everybody


async def test_discord_shows_the_group_to_managers_alone(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        shown = {
            person.user.name: "budget" in {one["name"] for one in person.commands(here.videos)}
            for person in (here.ann, here.ada, here.server.person(here.cast.olga))
        }
        assert shown == {"ann": False, "ada": True, "olga": True}


async def test_a_stranger_is_offered_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        stranger = here.server.world.add_user("stranger")
        open_to(here, stranger.id)
        with pytest.raises(ClientRefusal):
            await told(here.server.person(stranger), here, "allowance", **EVERY["allowance"])


async def test_a_server_that_the_operator_has_not_allowed_decides_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        olga = here.server.person(here.cast.olga)
        text = await told(
            olga, here, "server", channel=here.cast.lobby, amount="30", period="month"
        )
        assert "has not let this server spend" in text
        assert f"`{here.cast.elsewhere.id}`" in text


async def test_there_is_no_money_in_direct_messages(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        direct = here.server.world.direct_channel(here.cast.ada)
        assert "budget" not in {one["name"] for one in here.ada.commands(direct)}
