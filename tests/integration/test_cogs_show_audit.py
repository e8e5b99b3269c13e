"""`/budget show` and `/budget audit` on the local Discord."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Reader
from bot.domain.budget import allowance_of
from bot.domain.ids import ChannelId, RoleId, UserId
from bot.domain.job import JobState
from bot.domain.member_standing import Origin, origin_of
from bot.domain.money import Micros, dollars, show_dollars
from bot.domain.period import PeriodKind
from bot.domain.policy import AuditLine, LoraPreset
from bot.playground.local_discord import Message, Person
from cogs.budget.audit_lines import audit_line
from tests.admins import open_to, told
from tests.faced import until
from tests.fakes import START
from tests.members import ADMIN, Studio, studio
from tests.shown_money import Shown, read_balance


async def shown(here: Studio, who: str, by: Person | None = None) -> Message:
    options = {"member": getattr(here.cast, who)}
    asked = await (by or here.ada).slash("budget show", options, channel=here.cast.general)
    message = await asked.message(lambda one: not one.thinking)
    assert message.ephemeral
    return message


async def balance(here: Studio, who: str) -> Shown:
    person = here.server.person(getattr(here.cast, who))
    asked = await person.slash("balance", channel=here.videos)
    return read_balance((await asked.message()).text)


async def order(here: Studio, who: str, prompt: str = "a fox") -> None:
    person = here.server.person(getattr(here.cast, who))
    before = len(await here.jobs_of(person))
    asked = await person.slash("ltx text", {"prompt": prompt, "duration": 5}, channel=here.videos)
    await asked.message(lambda one: "#" in one.text)
    await until(lambda: not here.client.busy.count)
    assert len(await here.jobs_of(person)) == before + 1


# A member's card


@pytest.mark.parametrize("who", ["ann", "ben", "pat"])
async def test_it_says_what_the_member_reads_to_the_cent(tmp_path, who) -> None:
    async with studio(tmp_path) as here:
        policies, money = here.services.policies, here.services.money
        terms: dict[str, Any] = {"actor": ADMIN, "now": here.services.clock.now()}
        role, ben, pat = here.cast.patrons.id, UserId(here.cast.ben.id), UserId(here.cast.pat.id)
        await policies.set_role_allowance(here.guild, RoleId(role), dollars("3.33"), **terms)
        await policies.set_member_allowance(here.guild, ben, dollars("0.07"), **terms)
        await money.grant(here.guild, ben, dollars("1.2345"), **terms)
        await money.grant(here.guild, pat, dollars("2"), **terms)
        for one in ("ann", "ben", "pat"):
            await order(here, one)
        for number in (1, 2, 3):
            await here.video(number)
            while (await here.job(number)).state is not JobState.DELIVERED:
                await asyncio.sleep(0)
        message = await shown(here, who)
        theirs = await balance(here, who)
        assert f"# {show_dollars(theirs.free)}" in message.text
        assert f"**{show_dollars(theirs.spent)}** spent this month" in message.text
        assert f"They get {show_dollars(theirs.allowance)} a month" in message.text
        for left, given_ in theirs.grants:
            assert f"**{show_dollars(left)}** of {show_dollars(given_)}" in message.text
        origin = {
            "ann": "like everybody",
            "ben": "an amount of their own",
            "pat": f"for <@&{role}>",
        }
        assert origin[who] in message.text
        assert "a fox" in message.text
        assert message.labels == ["Open"]


async def test_a_block_and_what_is_held_stand_on_it(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await order(here, "ann")
        now = here.services.clock.now()
        ann = UserId(here.cast.ann.id)
        await here.services.policies.block_member(here.guild, ann, actor=ADMIN, now=now)
        text = (await shown(here, "ann")).text
        assert "They may not make videos here." in text
        assert "**$0.08** is held" in text
        assert "**#1** · in line" in text


async def test_their_videos_are_paged_also_after_a_restart(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=10, queued=10)
        for nth in range(7):
            await order(here, "ann", f"wish {nth}")
        message = await shown(here, "ann")
        assert ("wish 6" in message.text, "wish 1" in message.text) == (True, False)
        await here.restart()
        await here.ada.press(message, "Older")
        await until(lambda: "wish 0" in message.text)
        assert "wish 2" not in message.text
        assert "$0.44" in message.text, "the money is that of now"
        await here.ada.press(message, "Latest")
        await until(lambda: "wish 6" in message.text)


async def test_a_press_is_asked_again_whether_it_may(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(at_once=10, queued=10)
        for nth in range(6):
            await order(here, "ann", f"wish {nth}")
        message = await shown(here, "ann")
        here.cast.studio.members[here.cast.ada.id].roles.clear()
        pressed = await here.ada.press(message, "Older")
        refusal = await pressed.message(lambda one: "for the admins" in one.text)
        assert refusal.ephemeral
        assert "wish 0" not in message.text


async def test_somebody_who_left_is_shown_and_a_bot_is_not(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await order(here, "ann", "a farewell")
        here.server.world.remove_member(here.cast.studio, here.cast.ann)
        text = (await shown(here, "ann")).text
        assert "They have left this server." in text
        assert "a farewell" in text
        asked = await here.ada.slash(
            "budget show", {"member": here.server.world.bot}, channel=here.cast.general
        )
        assert "bots make no videos" in (await asked.message()).text


async def test_who_made_nothing_has_a_card_all_the_same(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        message = await shown(here, "ben")
        assert "# $1.00" in message.text
        assert "They have not made any here yet." in message.text
        assert message.labels == []


@pytest.mark.parametrize("command", ["show", "audit"])
async def test_who_is_no_admin_sees_neither(tmp_path, command) -> None:
    async with studio(tmp_path, watching=False) as here:
        open_to(here, here.cast.ben.id)
        text = await told(here.ben, here, command, member="ann")
        assert "for the admins of this server" in text


ROLES = st.frozensets(st.integers(1, 6).map(RoleId))
AMOUNTS = st.integers(0, 5).map(Micros)


@given(
    roles=ROLES,
    personal=st.none() | AMOUNTS,
    by_role=st.dictionaries(st.integers(1, 6).map(RoleId), AMOUNTS),
    default=AMOUNTS,
)
def test_the_origin_is_that_of_the_amount(roles, personal, by_role, default) -> None:
    amount = allowance_of(roles, personal=personal, by_role=by_role, default=default)
    origin, role = origin_of(roles, personal=personal, by_role=by_role)
    amounts = {Origin.OWN: personal, Origin.EVERYBODY: default}
    assert amount == (by_role[role] if role is not None else amounts[origin])
    assert (origin is Origin.ROLE) == (role is not None)


# The audit


async def audit(here: Studio, **options: Any) -> Message:
    asked = await here.ada.slash("budget audit", options, channel=here.cast.general)
    message = await asked.message(lambda one: not one.thinking)
    assert message.ephemeral
    return message


async def test_it_says_who_what_from_what_to_what_when_and_why(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "allowance", amount="2", period="week")
        await told(here.ada, here, "member", member="ben", amount="3")
        await told(here.ada, here, "role", role="patrons", amount="5")
        await told(here.ada, here, "grant", member="ben", amount="2", reason="won *the* prize")
        await told(here.ada, here, "take", member="ben", amount="0.50")
        text = (await audit(here)).text
        ada, ben, patrons = here.cast.ada.id, here.cast.ben.id, here.cast.patrons.id
        for said in (
            f"**<@{ada}>** changed what every member gets",
            "Each member: $1.00 → **$2.00**",
            "Renewed each: month → **week**",
            f"changed what <@{ben}> gets\n**$3.00 a week**",
            f"changed what <@&{patrons}> gets\n**$5.00 a week**",
            f"gave <@{ben}> money once, on top",
            "· because: won \\*the\\* prize",
            f"took back what <@{ben}> was granted",
            "$2.00 → **$1.50**",
            f"Channel for videos: none → **<#{here.videos.id}>**",
        ):
            assert said in text, said
        assert text.index("took back") < text.index("every member gets"), "the latest first"


async def test_a_switch_is_told_in_the_words_of_its_command_and_a_pause_once(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        for command, options in (
            ("anywhere", {"allowed": True}),
            ("pause", {"reason": "a quiet night"}),
            ("resume", {}),
        ):
            asked = await here.ada.slash(f"studio {command}", options, channel=here.cast.general)
            await asked.message(lambda one: not one.thinking)
        ada = f"**<@{here.cast.ada.id}>**"
        text = (await audit(here)).text
        assert "Videos may appear: in the generation channel only → **where they were ord" in text
        assert f"{ada} paused new videos\n-# <t:" in text, "once, and not as a rule besides"
        assert f"{ada} let new videos be made again\n-# <t:" in text
        assert "because: a quiet night" in text
        await here.decide(paused=True)
        assert "New videos: on → **paused**" in (await audit(here)).text


async def test_it_is_paged_and_asks_whoever_presses(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        now = here.services.clock.now()
        for nth in range(20):
            await here.services.policies.block_word(here.guild, f"word{nth}", actor=ADMIN, now=now)
        message = await audit(here)
        assert ("`word19`" in message.text, "`word11`" in message.text) == (True, False)
        await here.restart()
        await here.ada.press(message, "Older")
        await until(lambda: "`word11`" in message.text)
        assert "`word12`" not in message.text
        await here.ada.press(message, "Older")
        await until(lambda: "`word0`" in message.text)
        assert message.labels == ["Latest"]
        here.cast.studio.members[here.cast.ada.id].roles.clear()
        pressed = await here.ada.press(message, "Latest")
        await pressed.message(lambda one: "for the admins" in one.text)
        assert "`word0`" in message.text


async def test_long_lines_make_short_pages_and_none_is_skipped(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        policies, now = here.services.policies, here.services.clock.now()
        for nth in range(10):
            for end in "ab":
                url = f"https://example.com/{'x' * 500}/{end}.safetensors"
                preset = LoraPreset(f"style {nth}", url, 1.0)
                await policies.put_preset(here.guild, preset, actor=ADMIN, now=now)
        message, seen = await audit(here), 0
        while True:
            seen += message.text.count("put the LoRA")
            assert "more." not in message.text
            if "Older" not in message.labels:
                break
            edits = message.edits
            await here.ada.press(message, "Older")
            await until(lambda edits=edits: message.edits > edits)
        assert seen == 20


async def test_it_can_be_about_one_person(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await told(here.ada, here, "grant", member="ben", amount="2")
        await told(here.ada, here, "grant", member="ann", amount="3")
        text = (await audit(here, member=here.cast.ben)).text
        assert f"<@{here.cast.ben.id}> money once" in text
        assert f"<@{here.cast.ann.id}>" not in text
        text = (await audit(here, member=here.cast.ada)).text
        assert text.count("money once") == 2
        assert "Nothing was changed" in (await audit(here, member=here.cast.pat)).text


async def test_another_servers_changes_are_not_in_it(tmp_path) -> None:
    async with studio(tmp_path, watching=False, CLAPPER_ALLOWED_SERVERS="*") as here:
        await told(here.ada, here, "allowance", amount="2", period="week")
        olga = here.server.person(here.cast.olga)
        asked = await olga.slash("budget audit", {}, channel=here.cast.lobby)
        message = await asked.message()
        assert "Nothing was changed here yet." in message.text


async def test_everything_that_is_written_down_has_its_sentence(tmp_path) -> None:
    """Whoever adds an act is told here: the audit must not say `other`."""
    async with studio(tmp_path, watching=False) as here:
        policies, money = here.services.policies, here.services.money
        guild, ben, role = here.guild, UserId(here.cast.ben.id), RoleId(here.cast.patrons.id)
        terms: dict[str, Any] = {"actor": ADMIN, "now": here.services.clock.now()}
        await policies.change(guild, lambda was: replace(was, paused=True), act="pause", **terms)
        everything: dict[str, Any] = {
            "allowance_period": PeriodKind.DAY,
            "admin_channel": ChannelId(here.cast.admins_only.id),
            "anywhere": True,
            "zone_name": "Europe/Berlin",
        }
        await policies.change(guild, lambda was: replace(was, **everything), act="set", **terms)
        await policies.set_role_allowance(guild, role, dollars("1"), **terms)
        await policies.set_role_allowance(guild, role, None, **terms)
        await policies.set_member_allowance(guild, ben, dollars("1"), **terms)
        await policies.add_admin_role(guild, role, **terms)
        await policies.remove_admin_role(guild, role, **terms)
        await policies.block_member(guild, ben, **terms)
        await policies.unblock_member(guild, ben, **terms)
        await policies.block_word(guild, "bad `word`", **terms)
        await policies.unblock_word(guild, "bad `word`", **terms)
        preset = LoraPreset("clay", "https://example.com/clay.safetensors", 1.0)
        await policies.put_preset(guild, preset, **terms)
        await policies.remove_preset(guild, "clay", **terms)
        await money.grant(guild, ben, dollars("1"), **terms)
        await money.take(guild, ben, dollars("1"), **terms)
        for line in await policies.list_audit(guild, limit=100):
            said = audit_line(Reader(), line)
            assert "changed `" not in said, said
            assert "None" not in said, said
            assert "_" not in said.replace("\\_", ""), said


def test_what_nobody_thought_of_can_be_read_and_does_no_harm() -> None:
    nasty = "@everyone <@1> **x** ` \u202e"
    line = AuditLine(1, START, UserId(0), "odd-act", nasty, nasty, nasty * 100, nasty * 100)
    said = audit_line(Reader(), line)
    assert said.startswith("**Clapper** changed `odd-act @everyone")
    assert "\u202e" not in said
    assert "**x**" not in said.rpartition("`")[2]
    assert len(said) < 1000
