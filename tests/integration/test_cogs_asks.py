"""Asking an admin, on the local Discord with everything real behind it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ask import AskState
from bot.domain.ids import GuildId, UserId
from bot.domain.job import JobState
from bot.domain.money import Micros, dollars
from bot.playground.local_discord import Can, Message, Person
from tests.faced import until
from tests.members import ADMIN, PNG, Studio, studio

FOX = {"prompt": "a fox in the snow", "duration": 20, "resolution": "1080p"}
"""$0.48."""


async def poor(here: Studio, **rules: Any) -> None:
    """Nobody can afford the fox, and there are admins to ask."""
    await here.decide(allowance=dollars("0.10"), admin_channel=here.cast.admins_only.id, **rules)


async def refused(here: Studio, who: Person, prompt: str = "a fox in the snow") -> Message:
    asked = await who.slash("ltx text", {**FOX, "prompt": prompt}, channel=here.videos)
    return await asked.message(lambda one: "Not enough" in one.text)


async def asked(here: Studio, who: Person, prompt: str = "a fox in the snow") -> Message:
    """What the member reads after the press."""
    pressed = await who.press(await refused(here, who, prompt), "Ask an admin")
    return await pressed.message(lambda one: "Ask an admin" not in one.labels)


def cards(here: Studio) -> list[Message]:
    """What stands in the admin channel."""
    return [one for one in here.ada.messages(here.cast.admins_only) if not one.ephemeral]


async def card(here: Studio, who: Person) -> Message:
    said = await asked(here, who)
    assert "The admins are asked" in said.text
    assert said.ephemeral
    await until(lambda: cards(here))  # whoever goes round may be at it already
    [only] = cards(here)
    return only


async def free(here: Studio, who: Person) -> int:
    now = here.services.clock.now()
    funds = await here.services.money.funds(here.guild, UserId(who.user.id), roles=(), now=now)
    return funds.free


async def word(here: Studio, text: str) -> Message:
    """What is said to the member in the channel."""
    return await here.ann.wait_for_message(lambda one: text in one.text, channel=here.videos)


async def test_an_admin_approves_and_the_video_starts_by_itself(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        for fact in (
            f"<@{here.cast.ann.id}> asks for **$0.48** and is **$0.38** short",
            "$0.10 of their own",
            "a fox in the snow",
            "1080p",
            "not made any videos here yet",
            "<t:",
        ):
            assert fact in question.text
        assert question.labels == ["Approve once", "Deny"]
        assert await here.jobs_of(here.ann) == []
        await here.ada.press(question, "Approve once")
        video = await here.video(1)
        assert "a fox in the snow" in video.text
        await until(lambda: "It is video\N{NO-BREAK SPACE}#1" in question.text)
        assert f"<@{here.cast.ada.id}> approved" in question.text
        assert "$0.38 was granted" in question.text
        assert question.labels == []
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.48")
        assert await free(here, here.ann) == 0
        [line] = [
            it for it in await here.services.policies.list_audit(here.guild) if it.act != "set"
        ]
        assert (line.act, line.actor, line.subject, line.after) == (
            "ask-approve",
            here.cast.ada.id,
            str(here.cast.ann.id),
            "$0.38",
        )


async def test_the_waiting_message_tells_who_asked_and_nobody_else(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        await here.ada.press(await card(here, here.ann), "Approve once")
        waiting = await word(here, "said yes to your video")
        await until(lambda: "#1" in waiting.text)
        assert here.ann.was_pinged_by(waiting)
        assert not here.ada.was_pinged_by(waiting)
        assert "$0.48" in waiting.text
        assert "said yes to your video" in waiting.text
        [job] = await here.jobs_of(here.ann)
        assert (job.place.message, job.place.channel) == (waiting.id, here.videos.id)


async def test_a_denial_reaches_the_member_with_its_reason(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        form = await here.ada.press(question, "Deny")
        await here.ada.submit(form, {"reason": "too many *foxes* @everyone"})
        said = await word(here, "Not this time")
        assert f"<@{here.cast.ann.id}>, <@{here.cast.ada.id}> said no" in said.text
        assert "too many \\*foxes\\* \\@everyone" in said.text
        assert "Nothing was charged" in said.text
        assert here.ann.was_pinged_by(said)
        assert not here.ben.was_pinged_by(said)
        await until(lambda: question.labels == [])
        assert "said no" in question.text
        assert "foxes" in question.text
        assert await here.jobs_of(here.ann) == []
        balance = await here.ann.press(said, "What I can spend")
        assert "$0.10" in (await balance.message()).text
        again = await asked(here, here.ann)
        assert "the answer was no" in again.text
        assert len(cards(here)) == 1


async def test_a_reason_may_be_left_out(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        form = await here.ada.press(await card(here, here.ann), "Deny")
        await here.ada.submit(form)
        assert "The reason" not in (await word(here, "Not this time")).text


async def test_asked_twice_is_one_card_and_several_members_have_several(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        await asyncio.gather(*(asked(here, here.ann) for _ in range(2)))
        assert "The admins are asked" in (await asked(here, here.ann)).text
        await until(lambda: len(cards(here)) == 1)
        await asked(here, here.ben)
        await until(lambda: len(cards(here)) == 2)
        for prompt in ("a wolf", "a bear"):
            await asked(here, here.ann, prompt)
        assert "asked for 3 videos already" in (await asked(here, here.ann, "an owl")).text
        await until(lambda: len(cards(here)) == 4)


async def test_a_card_that_somebody_took_away_stands_again_when_it_is_asked_again(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        here.ada.delete(await card(here, here.ann))
        assert cards(here) == []
        again = await card(here, here.ann)
        assert again.labels == ["Approve once", "Deny"]
        await (await here.ada.press(again, "Approve once")).answer()
        await here.video(1)
        assert len(await here.jobs_of(here.ann)) == 1


async def test_a_card_whose_channel_was_deleted_stands_where_admins_are_asked_now(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        await card(here, here.ann)
        here.server.world.remove_channel(here.cast.admins_only)
        said = await asked(here, here.ann)
        assert "cannot be reached" in said.text
        await here.decide(admin_channel=here.cast.general.id)
        assert "The admins are asked" in (await asked(here, here.ann)).text
        await until(lambda: here.ada.messages(here.cast.general))
        [again] = here.ada.messages(here.cast.general)
        assert again.labels == ["Approve once", "Deny"]


@pytest.mark.parametrize(("answer", "said"), [("Approve once", "it is video"), ("Deny", "said no")])
async def test_who_decides_on_a_card_that_cannot_change_reads_it_beside_the_card(
    tmp_path, answer, said
) -> None:
    async with studio(tmp_path) as here:
        thread = here.cast.thread
        await here.decide(allowance=dollars("0.10"), admin_channel=thread.id)
        await asked(here, here.ann)
        await until(lambda: here.ada.messages(thread))
        [question] = here.ada.messages(thread)
        thread.archived = thread.locked = True
        pressed = await here.ada.press(question, answer)
        if answer == "Deny":
            await pressed.form()
            pressed = await here.ada.submit(pressed, {})
        told = await pressed.message(lambda one: one.ephemeral)
        assert said in told.text
        jobs = await here.jobs_of(here.ann)
        assert len(jobs) == (answer == "Approve once")


async def test_a_double_click_on_the_refusal_is_one_card(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        message = await refused(here, here.ann)
        for press in await asyncio.gather(
            *(here.ann.press(message, "Ask an admin") for _ in range(2))
        ):
            await press.answer()
        await until(lambda: not here.client.busy.count)
        assert len(cards(here)) == 1


async def test_two_admins_and_a_double_click_make_one_video(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        olga = here.server.person(here.cast.olga)
        presses = await asyncio.gather(
            *(who.press(question, "Approve once") for who in (here.ada, olga, here.ada))
        )
        await asyncio.gather(*(press.answer() for press in presses))
        await until(lambda: not here.client.busy.count)
        assert len(await here.jobs_of(here.ann)) == 1
        assert await free(here, here.ann) == 0
        assert len(here.public()) == 1
        await until(lambda: question.labels == [])


async def test_a_card_works_after_a_restart_and_cannot_be_approved_twice(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        await here.restart()
        await here.ada.press(question, "Approve once")
        await until(lambda: question.labels == [])
        assert len(await here.jobs_of(here.ann)) == 1


@pytest.mark.parametrize("label", ["Approve once", "Deny"])
async def test_a_stranger_decides_nothing(tmp_path, label) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        await here.decide(admin_channel=here.cast.general.id)
        await asked(here, here.ann)
        [question] = [one for one in here.ben.messages(here.cast.general) if one.labels]
        said = await (await here.ben.press(question, label)).message(
            lambda one: "for the admins" in one.text
        )
        assert said.ephemeral
        assert question.labels == ["Approve once", "Deny"]
        assert await here.jobs_of(here.ann) == []


async def test_an_admin_of_another_server_decides_nothing_here(tmp_path) -> None:
    async with studio(tmp_path, watching=False, CLAPPER_ALLOWED_SERVERS="*") as here:
        await poor(here)
        await card(here, here.ann)
        now = here.services.clock.now()
        elsewhere = GuildId(here.cast.elsewhere.id)
        await here.services.policies.change(
            elsewhere,
            lambda was: replace(was, allowance=Micros(0), admin_channel=here.cast.lobby.id),
            act="set",
            actor=ADMIN,
            now=now,
        )
        # A card of their own, whose number they bend to that of the other server's.
        pressed = await here.ann.slash("ltx text", FOX, channel=here.cast.lobby)
        refusal = await pressed.message(lambda one: "Not enough" in one.text)
        await (await here.ann.press(refusal, "Ask an admin")).message(
            lambda one: "The admins are asked" in one.text
        )
        olga = here.server.person(here.cast.olga)
        [theirs] = [one for one in olga.messages(here.cast.lobby) if "Deny" in one.labels]
        for part in _buttons_of(theirs):
            part["custom_id"] = part["custom_id"].replace(":2", ":1")
        for label in ("Approve once", "Deny"):
            said = await (await olga.press(theirs, label)).message(lambda one: one.ephemeral)
            assert "not there any more" in said.text
        assert await here.jobs_of(here.ann) == []
        assert (await here.services.asking.get(here.guild, 1)).state is AskState.OPEN


def _buttons_of(message: Message) -> list[dict[str, Any]]:
    return [part for part in message.buttons if "custom_id" in part]


async def test_what_is_refused_meanwhile_is_told_to_the_admin_and_to_the_member(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        await here.decide(paused=True)
        said = await (await here.ada.press(question, "Approve once")).message(
            lambda one: "studio is paused" in one.text
        )
        assert said.ephemeral
        assert "`/studio resume`" in said.text
        assert "Nothing was granted" in said.text
        told = await word(here, "said yes, but not yet")
        assert here.ann.was_pinged_by(told)
        assert question.labels == ["Approve once", "Deny"]
        assert await free(here, here.ann) == dollars("0.10")
        await here.decide(paused=False)
        await here.ada.press(question, "Approve once")
        await here.video(1)


async def test_a_dry_pool_stands_on_the_card_and_is_named_to_who_approves(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here, pool=dollars("0.20"))
        question = await card(here, here.ann)
        assert "whole server has only **$0.20**" in question.text
        said = await (await here.ada.press(question, "Approve once")).message(
            lambda one: "too little left for everybody" in one.text
        )
        assert "**$0.20**" in said.text
        await here.decide(pool=dollars("5"))
        await here.ada.press(question, "Approve once")
        await until(lambda: question.labels == [])
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.48")


async def test_who_approves_reads_where_a_price_is_assumed(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        asked_ = await here.ann.slash("kling text", {"prompt": "a fox"}, channel=here.videos)
        await here.ann.press(await asked_.message(), "Ask an admin")
        question = await here.ada.wait_for_message(
            lambda one: "Deny" in one.labels, channel=here.cast.admins_only
        )
        for rules, said in (
            ({"dearest": dollars("0.20")}, "this one costs **about $0.35**"),
            ({"dearest": dollars("5"), "pool": dollars("0.20")}, "this costs **about $0.35**"),
        ):
            await here.decide(**rules)
            pressed = await here.ada.press(question, "Approve once")
            await pressed.message(lambda one, said=said: said in one.text)


async def test_what_nobody_can_mend_closes_the_card(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        now = here.services.clock.now()
        ann = UserId(here.cast.ann.id)
        await here.services.policies.block_member(here.guild, ann, actor=ADMIN, now=now)
        said = await (await here.ada.press(question, "Approve once")).message(
            lambda one: "may not make videos here any more" in one.text and one.ephemeral
        )
        assert said.ephemeral
        await until(lambda: question.labels == [])
        assert "Cannot be made any more" in question.text
        assert "may not make videos" in (await word(here, "cannot be made")).text


async def test_a_member_who_left_is_not_ordered_for(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        here.server.world.guild_of(here.videos).members.pop(here.cast.ann.id)
        await here.ada.press(question, "Approve once")
        await until(lambda: "no longer in this server" in question.text)
        assert await here.jobs_of(here.ann) == []


async def test_an_image_is_kept_on_the_card_and_the_video_starts_from_it(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        pressed = await here.ann.slash(
            "ltx image", FOX, channel=here.videos, attachments={"image": ("a.png", PNG)}
        )
        refusal = await pressed.message(lambda one: "Not enough" in one.text)
        await here.ann.press(refusal, "Ask an admin")
        await until(lambda: cards(here))
        [question] = cards(here)
        assert len(question.media) == 1
        here.server.world.clock.advance(30 * 60 * 60)
        await here.restart()
        await here.ada.press(question, "Approve once")
        video = await here.video(1)
        assert len(video.media) == 2
        await until(lambda: question.labels == [])
        assert len(question.media) == 1
        assert here.provider.books.tasks


async def test_the_same_image_attached_again_is_the_same_question(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        for body in (PNG, PNG, PNG + b"\0"):
            pressed = await here.ann.slash(
                "ltx image", FOX, channel=here.videos, attachments={"image": ("a.png", body)}
            )
            refusal = await pressed.message(lambda one: "Not enough" in one.text)
            await (await here.ann.press(refusal, "Ask an admin")).message(
                lambda one: "The admins are asked" in one.text
            )
        assert len(cards(here)) == 2


async def test_an_image_that_is_gone_is_attached_again_before_anybody_is_asked(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        pressed = await here.ann.slash(
            "ltx image", FOX, channel=here.videos, attachments={"image": ("a.png", PNG)}
        )
        refusal = await pressed.message(lambda one: "Not enough" in one.text)
        here.server.world.clock.advance(30 * 60 * 60)
        said = await (await here.ann.press(refusal, "Ask an admin")).message(
            lambda one: "Attach the image again" in one.text
        )
        assert said.ephemeral
        assert cards(here) == []


async def test_without_an_admin_channel_nobody_is_asked(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(allowance=dollars("0.10"))
        assert "Ask an admin" not in (await refused(here, here.ann)).labels


async def test_where_the_operators_cap_is_what_is_missing_admins_are_not_asked(tmp_path) -> None:
    async with studio(tmp_path, watching=False, CLAPPER_DAILY_CAP="0.20") as here:
        await poor(here)
        assert "Ask an admin" not in (await refused(here, here.ann)).labels


@pytest.mark.parametrize("gone", [True, False])
async def test_an_admin_channel_that_is_gone_or_closed_is_a_sentence(tmp_path, gone) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        world, closed = here.server.world, here.cast.admins_only
        if gone:
            world.remove_channel(closed)
        else:
            world.set_overwrite(closed, world.bot_role(here.cast.studio), deny=Can.SEND_MESSAGES)
        said = await (await here.ann.press(await refused(here, here.ann), "Ask an admin")).message(
            lambda one: "cannot be reached" in one.text
        )
        assert said.ephemeral
        assert "Nothing was charged" in said.text
        assert here.public() == []


async def test_a_generation_channel_that_is_closed_leaves_the_question_open(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        world = here.server.world
        role = world.bot_role(here.cast.studio)
        world.set_overwrite(here.videos, role, deny=Can.SEND_MESSAGES)
        said = await (await here.ada.press(question, "Approve once")).message(
            lambda one: "cannot post in" in one.text
        )
        assert said.ephemeral
        assert await here.jobs_of(here.ann) == []
        assert (await here.services.asking.get(here.guild, 1)).state is AskState.OPEN
        world.set_overwrite(here.videos, role, allow=Can.SEND_MESSAGES)
        await here.ada.press(question, "Approve once")
        await until(lambda: question.labels == [])


async def test_nobody_answered_and_both_sides_read_it(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        await here.bot.database.write(
            lambda con: con.execute("UPDATE asks SET expires_at = asked_at")
        )
        said = await word(here, "no admin has answered")
        assert here.ann.was_pinged_by(said)
        await until(lambda: question.labels == [])
        assert "Not answered" in question.text


async def test_an_outage_keeps_the_word_and_brings_it_once(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        question = await card(here, here.ann)
        here.server.world.faults.fail(
            "POST", f"/channels/{here.videos.id}/messages", status=503, times=3, when="after"
        )
        form = await here.ada.press(question, "Deny")
        await here.ada.submit(form)
        await word(here, "Not this time")
        await here.restart()
        await until(lambda: not here.client.busy.count)
        due = await here.services.notices.list_due(here.services.clock.now() + timedelta(days=1))
        while due:
            await asyncio.sleep(0)
            due = await here.services.notices.list_due(
                here.services.clock.now() + timedelta(days=1)
            )
        assert len([one for one in here.public() if "Not this time" in one.text]) == 1


async def test_a_form_that_was_open_over_a_restart_still_says_no(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        form = await here.ada.press(await card(here, here.ann), "Deny")
        await form.form()
        await here.restart()
        await here.ada.submit(form, {"reason": "later"})
        assert "later" in (await word(here, "Not this time")).text


async def test_a_form_that_was_open_while_another_admin_approved_is_too_late(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        question = await card(here, here.ann)
        olga = here.server.person(here.cast.olga)
        form = await olga.press(question, "Deny")
        await form.form()
        await here.ada.press(question, "Approve once")
        await until(lambda: question.labels == [])
        sent = await olga.submit(form, {"reason": "no"})
        said = await sent.message(lambda one: "approved this" in one.text and one.ephemeral)
        assert said.ephemeral
        assert "video\N{NO-BREAK SPACE}#1" in said.text
        [job] = await here.jobs_of(here.ann)
        assert job.state is JobState.HELD


async def test_rights_that_were_lost_end_it_at_the_form(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        form = await here.ada.press(await card(here, here.ann), "Deny")
        await form.form()
        here.cast.studio.members[here.cast.ada.id].roles.clear()
        sent = await here.ada.submit(form, {"reason": "no"})
        assert "for the admins" in (await sent.message(lambda one: one.ephemeral)).text
        assert (await here.services.asking.get(here.guild, 1)).state is AskState.OPEN


async def test_asking_from_another_channel_is_answered_where_videos_go(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await poor(here)
        pressed = await here.ann.slash("ltx text", FOX, channel=here.cast.general)
        refusal = await pressed.message(lambda one: "Not enough" in one.text)
        said = await (await here.ann.press(refusal, "Ask an admin")).message(
            lambda one: "The admins are asked" in one.text
        )
        assert f"<#{here.videos.id}>" in said.text
        await until(lambda: cards(here))  # whoever goes round may be at it already
        [question] = cards(here)
        await here.ada.press(question, "Approve once")
        await here.video(1)
        assert here.public(here.cast.general) == []


async def test_what_has_become_affordable_is_simply_made(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await poor(here)
        refusal = await refused(here, here.ann)
        await here.decide(allowance=dollars("1"))
        await here.ann.press(refusal, "Ask an admin")
        await until(lambda: here.public() and not here.client.busy.count)
        [job] = await here.jobs_of(here.ann)
        assert job.price == dollars("0.48")
        assert cards(here) == []
