"""Giving a charge back, on the local Discord with a real video."""

import asyncio
import re
from datetime import datetime, timedelta

from discord import ui

from bot.cards import Card, Reader
from bot.domain.ids import JobNumber, UserId
from bot.domain.job import JobState
from bot.domain.money import dollars
from bot.playground.local_discord import Message, Person
from bot.service.agenda import Errand
from cogs._refund import _refund_card
from tests.faced import until
from tests.members import ADMIN, PNG, Studio, studio

ONE_HOUR = timedelta(hours=1)
FOX = {"prompt": "a fox in the snow", "duration": 5}


async def refunded(who: Person, here: Studio, number: int, **options: object) -> str:
    asked = await who.slash(
        "budget refund", {"job": number, **options}, channel=here.cast.admins_only
    )
    message = await asked.message()
    assert message.ephemeral
    return message.text


async def made(here: Studio) -> Message:
    """Ann's video, and what it cost her is charged."""
    await here.ann.slash("ltx text", FOX, channel=here.videos)
    return await delivered(here)


async def delivered(here: Studio, number: int = 1) -> Message:
    """The video, once the books know that it arrived."""
    video = await here.video(number)
    while (await here.job(number)).state is not JobState.DELIVERED:
        await asyncio.sleep(0)
    return video


async def free(here: Studio) -> int:
    now = here.services.clock.now()
    funds = await here.services.money.funds(here.guild, UserId(here.cast.ann.id), roles=(), now=now)
    return funds.free


async def test_a_refund_says_where_the_money_went_and_the_video_says_it_too(tmp_path) -> None:
    async with studio(tmp_path) as here:
        video = await made(here)
        media, labels = video.media, video.labels
        assert await free(here) == dollars("0.92")
        text = await refunded(here.ada, here, 1, reason="the fox had three ears")
        for said in (
            "Video\N{NO-BREAK SPACE}#1 is paid back",
            f"<@{here.cast.ann.id}> gets **$0.08** back",
            "$0.08 to their allowance",
            "All of it can be spent again",
            "can spend **$1.00** now",
            "pool keeps the charge",
        ):
            assert said in text
        assert await free(here) == dollars("1")
        pool = await here.services.money.pool(here.guild, now=here.services.clock.now())
        assert pool.free == dollars("24.92")
        await until(lambda: "Paid back by an admin" in video.text)
        [receipt] = await here.services.jobs.list_told(JobNumber(1))
        await here.client.mark_refunded(here.guild, receipt)  # somebody else who saw it too late
        assert video.text.count("Paid back") == 1
        assert (video.media, video.labels) == (media, labels)
        [line, *_] = await here.services.policies.list_audit(here.guild)
        assert (line.act, line.subject, line.reason) == (
            "refund",
            "job 1",
            "the fox had three ears",
        )


async def test_a_video_that_is_paid_back_before_it_can_be_posted_says_so_once(tmp_path) -> None:
    async with studio(tmp_path) as here:
        handlers, paid_back = here.services.studio.watch.handlers, asyncio.Event()
        tell = handlers[Errand.TELL]

        async def later(number: JobNumber) -> datetime | None:
            await paid_back.wait()
            return await tell(number)

        handlers[Errand.TELL] = later
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        while [job.state for job in await here.jobs_of(here.ann)] != [JobState.STORED]:
            await asyncio.sleep(0)
        assert "is paid back" in await refunded(here.ada, here, 1)
        paid_back.set()
        video = await delivered(here)
        while await here.services.jobs.list_leftovers():  # whoever takes them away looks once more
            await asyncio.sleep(0)
        assert "free" not in video.text
        assert video.text.count("Paid back by an admin") == 1
        listed = await (await here.ann.slash("jobs", {}, channel=here.videos)).message()
        assert "paid back" in listed.text
        assert "free" not in listed.text


async def test_the_audit_about_its_maker_knows_of_it(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await made(here)
        await refunded(here.ada, here, 1)
        for who, knows in ((here.cast.ann, True), (here.cast.ada, True), (here.cast.ben, False)):
            asked = await here.ada.slash(
                "budget audit", {"member": who}, channel=here.cast.admins_only
            )
            text = (await asked.message()).text
            assert ("gave back what video\N{NO-BREAK SPACE}#1 cost" in text) is knows


async def test_a_second_refund_moves_nothing_and_says_so(tmp_path) -> None:
    async with studio(tmp_path) as here:
        video = await made(here)
        both = await asyncio.gather(*(refunded(here.ada, here, 1) for _ in range(2)))
        assert sorted("was paid back already" in one for one in both) == [False, True]
        assert "was paid back already" in await refunded(here.ada, here, 1)
        assert await free(here) == dollars("1")
        await until(lambda: not here.client.busy.count)
        assert video.text.count("Paid back") == 1
        assert len(await here.services.policies.list_audit(here.guild)) == 2


async def test_what_was_never_charged_cannot_be_given_back(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        await until(lambda: here.public() and not here.client.busy.count)
        assert "is not finished" in await refunded(here.ada, here, 1)
        ann = UserId(here.cast.ann.id)
        assert await here.services.studio.generate.cancel(here.guild, ann, JobNumber(1))
        assert "never charged" in await refunded(here.ada, here, 1)
        assert "no video\N{NO-BREAK SPACE}#2" in await refunded(here.ada, here, 2)
        assert "no video" in await refunded(here.ada, here, 2**53 - 1)
        assert await free(here) == dollars("1")


async def test_a_job_of_another_server_is_none_of_this_one(tmp_path) -> None:
    async with studio(tmp_path, CLAPPER_ALLOWED_SERVERS="*") as here:
        await made(here)
        olga = here.server.person(here.cast.olga)
        asked = await olga.slash("budget refund", {"job": 1}, channel=here.cast.lobby)
        assert "no video\N{NO-BREAK SPACE}#1 in this server" in (await asked.message()).text
        assert await free(here) == dollars("0.92")


async def test_nobody_but_an_admin_gives_back(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await made(here)
        here.cast.studio.command_grants |= {("budget", here.cast.ann.id)}
        asked = await here.ann.slash("budget refund", {"job": 1}, channel=here.videos)
        assert "for the admins" in (await asked.message()).text
        assert await free(here) == dollars("0.92")


async def test_money_from_a_grant_that_is_over_says_that_it_cannot_be_spent(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.decide(allowance=dollars("0.03"))
        now = here.services.clock.now()
        ann = UserId(here.cast.ann.id)
        await here.services.money.grant(
            here.guild, ann, dollars("0.20"), actor=ADMIN, expires_at=now + ONE_HOUR, now=now
        )
        await made(here)
        late = now + 2 * ONE_HOUR
        refund = await here.services.money.refund(here.guild, JobNumber(1), actor=ADMIN, now=late)
        text = _text(_refund_card(Reader(), refund, None))
        for said in (
            "gets **$0.08** back",
            "$0.03 to their allowance",
            "$0.05 to a grant that ended",
            "**$0.03** of it can be spent again",
        ):
            assert said in text


def _text(card: Card) -> str:
    return "\n".join(it.content for it in card.walk_children() if isinstance(it, ui.TextDisplay))


async def test_a_video_with_its_image_keeps_both_and_a_gone_message_is_no_trouble(
    tmp_path,
) -> None:
    async with studio(tmp_path) as here:
        await here.ann.slash(
            "ltx image", FOX, channel=here.videos, attachments={"image": ("a.png", PNG)}
        )
        video = await delivered(here)
        media = video.media
        assert len(media) == 2
        await refunded(here.ada, here, 1)
        await until(lambda: "Paid back by an admin" in video.text)
        assert video.media == media
        assert _media_sent(here, video) == {
            "attachment://clapper-1.mp4",
            "attachment://picture-1.png",
        }
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        other = await delivered(here, 2)
        other_press = await here.ann.press(other, "Delete")
        await other_press.message()
        assert "is paid back" in await refunded(here.ada, here, 2)
        await until(lambda: not here.client.busy.count)


def _media_sent(here: Studio, video: Message) -> set[str]:
    """What the last edit of a message named: an address of a file would be dead after a day."""
    edits = [it for it in here.server.journal if it.method == "PATCH" and str(video.id) in it.path]
    return set(re.findall(r"'media': {'url': '([^']+)'", str(edits[-1].body)))


# From Details


async def details(who: Person, video: Message) -> Message:
    return await (await who.press(video, "Details")).message(lambda one: one.ephemeral)


async def test_an_admin_refunds_from_details_with_a_reason(tmp_path) -> None:
    async with studio(tmp_path) as here:
        video = await made(here)
        shown = await details(here.ada, video)
        assert shown.labels == ["Refund"]
        pressed = await here.ada.press(shown, "Refund")
        form = await pressed.form()
        assert form["title"] == "Pay back $0.08 for video\N{NO-BREAK SPACE}#1"
        sent = await here.ada.submit(pressed, {"reason": "three ears"})
        assert "gets **$0.08** back" in (await sent.message()).text
        assert await free(here) == dollars("1")
        await until(lambda: "Paid back by an admin" in video.text)
        [line, *_] = await here.services.policies.list_audit(here.guild)
        assert (line.act, line.actor, line.reason) == ("refund", here.cast.ada.id, "three ears")
        again = await details(here.ada, video)
        assert "paid back" in again.text
        assert again.labels == []


async def test_details_that_were_open_refund_nothing_twice(tmp_path) -> None:
    async with studio(tmp_path) as here:
        video = await made(here)
        olga = here.server.person(here.cast.olga)
        forms = [
            (who, await who.press(await details(who, video), "Refund")) for who in (here.ada, olga)
        ]
        open_still = await details(here.ada, video)
        sent = await asyncio.gather(*(who.submit(form) for who, form in forms))
        both = [(await one.message()).text for one in sent]
        assert sorted("was paid back already" in one for one in both) == [False, True]
        late = await (await here.ada.press(open_still, "Refund")).message(
            lambda one: "was paid back already" in one.text
        )
        assert late.ephemeral
        assert await free(here) == dollars("1")


async def test_members_see_no_refund_and_lost_rights_end_it_at_the_form(tmp_path) -> None:
    async with studio(tmp_path) as here:
        video = await made(here)
        assert (await details(here.ann, video)).labels == []
        assert (await details(here.ben, video)).labels == []
        pressed = await here.ada.press(await details(here.ada, video), "Refund")
        here.cast.studio.members[here.cast.ada.id].roles.clear()
        sent = await here.ada.submit(pressed, {"reason": "x"})
        refusal = await sent.message(lambda one: "for the admins" in one.text)
        assert refusal.ephemeral
        assert await free(here) == dollars("0.92")
