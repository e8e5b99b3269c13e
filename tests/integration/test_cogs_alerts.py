"""Alerts in the admin channel, on the local Discord with everything real behind it."""

import asyncio
import re
from datetime import timedelta

from bot.adapters.sqlite.invariants import broken_invariants
from bot.domain.alert import AUDIENCES, TOLD_WHEN_OVER, AlertKind, Audience
from bot.domain.money import dollars
from bot.domain.notice import Notice
from bot.domain.rights import NEEDED
from bot.domain.trouble import LASTS, Trouble
from bot.playground.local_discord import Can, Message
from bot.service.guard import Stop
from tests.faced import until
from tests.members import Studio, studio

FOX = {"prompt": "a fox in the snow", "duration": 5}


def alerts(here: Studio) -> list[Message]:
    return [one for one in here.ada.messages(here.cast.admins_only) if not one.ephemeral]


async def alert(here: Studio, text: str) -> Message:
    return await here.ada.wait_for_message(
        lambda one: text in one.text, channel=here.cast.admins_only, timeout=30
    )


async def rounds(here: Studio) -> None:
    """Every round there is has been gone twice."""
    for _ in range(2):
        await here.services.troubles()
        await here.services.notify()
    await until(lambda: not here.client.busy.count)


async def standing_in(here: Studio) -> list[Notice]:
    """What the books have as wrong at present."""
    now = here.services.clock.now()
    return await here.services.troubles.alerts.list_alerts(here.guild, now=now)


async def test_a_pool_is_told_at_80_percent_and_at_its_end_and_not_again_after_a_restart(
    tmp_path,
) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(admin_channel=here.cast.admins_only.id, pool=dollars("0.40"))
        for number in (1, 2, 3, 4):
            asked = await here.ann.slash("ltx text", FOX, channel=here.videos)
            await asked.message(lambda one, number=number: f"#{number}" in one.text)
        nearly = await alert(here, "80 % of the server's money is used")
        for fact in ("**$0.32** of $0.40", "**$0.08** is left", "`/budget server`", "<t:"):
            assert fact in nearly.text
        await here.decide(pool=dollars("0.33"))
        spent = await alert(here, "money is used up")
        assert "**$0.01** is left, which pays for no video" in spent.text
        await here.restart()
        await rounds(here)
        assert [one.id for one in alerts(here)] == [nearly.id, spent.id]
        [standing] = await standing_in(here)
        assert standing.name == AlertKind.POOL_SPENT


async def test_an_empty_account_is_told_and_so_is_its_end(tmp_path) -> None:
    async with studio(tmp_path) as here:
        await here.decide(admin_channel=here.cast.admins_only.id)
        guard = here.services.studio.guard
        here.provider.books.balance_micros = 0
        guard.next_check_at = None
        await guard.check_balance()
        assert guard.stop is Stop.EMPTY
        told = await alert(here, "the provider's account is empty")
        assert "Tell the operator" in told.text
        here.provider.books.balance_micros = dollars("50")
        over = await alert(here, "has money again")
        assert over.labels == ["Noted"]
        await here.restart()
        await rounds(here)
        assert len(alerts(here)) == 2


FACTS = {
    **dict.fromkeys(("used", "limit", "free", "forecast"), dollars("9999.9999")),
    "percent": 80,
    "count": 2,
    "job": 7,
    "permissions": " ".join(NEEDED),
    **dict.fromkeys(("renews_at", "runs_out_at"), "2027-05-01T00:00:00+00:00"),
}
"""Everything that an alert may tell."""


async def test_every_alert_says_what_is_wrong_and_what_to_do(tmp_path) -> None:
    kinds = [kind for kind, who in AUDIENCES.items() if who is not Audience.OPERATOR]
    # Nobody goes round meanwhile, who would see that nothing of it is so.
    async with studio(tmp_path, watching=False, scale=1) as here:
        await until(lambda: not here.client.busy.count)
        await here.decide(admin_channel=here.cast.admins_only.id)
        now, notices = here.services.clock.now(), here.services.notices
        for kind in kinds:
            trouble = Trouble(kind, "", now + LASTS, {**FACTS, "channel": here.videos.id})
            await notices.raise_alert(here.guild, trouble, now=now)
        await here.services.notify()
        told = {one.text for one in alerts(here)}
        assert len(told) == len(kinds) == 12
        for text in told:
            assert re.fullmatch(r"### .+\n.+[.]\n\*\*What to do:\*\* .+[.]\n?.*", text), text
        for words in ("$9,999.9999", "<t:1809129600:R>", f"<#{here.videos.id}>", "Attach Files"):
            assert any(words in text for text in told), words
        # None of it is so: all are over, and the end is told where people wait for it.
        here.services.studio.guard.was_checked = True
        await rounds(here)
        ends = {one.text for one in alerts(here)} - told
        assert len(ends) == len(TOLD_WHEN_OVER)
        assert all(text.startswith("### It is over\n") for text in ends)
        assert await standing_in(here) == []


async def test_an_admin_notes_an_alert_and_a_stranger_does_not(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(admin_channel=here.cast.general.id, pool=dollars("0.01"))
        await here.ann.slash("ltx text", FOX, channel=here.videos)
        told = await here.ann.wait_for_message(
            lambda one: "money is used up" in one.text, channel=here.cast.general
        )
        said = await (await here.ben.press(told, "Noted")).message(lambda one: one.ephemeral)
        assert "for the admins" in said.text
        assert told.labels == ["Noted"]
        await here.restart()
        await here.ada.press(told, "Noted")
        await until(lambda: told.labels == [])
        assert f"Noted by <@{here.cast.ada.id}>" in told.text
        assert not here.ada.was_pinged_by(told)


async def test_a_missing_permission_is_named_and_its_return_is_told(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(admin_channel=here.cast.admins_only.id)
        world = here.server.world
        role = world.bot_role(here.cast.studio)
        world.set_overwrite(here.videos, role, deny=Can.ATTACH_FILES)
        told = await alert(here, "cannot post videos")
        assert f"<#{here.videos.id}>" in told.text
        assert "Attach Files" in told.text
        world.set_overwrite(here.videos, role, allow=Can.ATTACH_FILES)
        await alert(here, "can post videos again")
        assert await standing_in(here) == []


async def test_a_channel_for_videos_that_was_deleted_is_told(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(admin_channel=here.cast.admins_only.id)
        here.server.world.remove_channel(here.videos)
        assert "View Channel" in (await alert(here, "cannot post videos")).text


async def test_through_an_outage_of_discord_an_alert_is_posted_once(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        await here.decide(admin_channel=here.cast.admins_only.id)
        posts = f"/channels/{here.cast.admins_only.id}/messages"
        here.server.world.faults.fail("POST", posts, status=503, times=2, when="after")
        here.services.studio.guard.stop = Stop.EMPTY
        await alert(here, "the provider's account is empty")
        await here.restart()
        far = here.services.clock.now() + timedelta(days=1)
        while await here.services.notices.list_due(far):
            await asyncio.sleep(0)
        assert len(alerts(here)) == 1


async def test_without_an_admin_channel_nothing_is_posted_anywhere(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        here.services.studio.guard.stop = Stop.EMPTY
        await rounds(here)
        assert here.public() == alerts(here) == []
        [standing] = await standing_in(here)
        assert standing.name == AlertKind.BALANCE_EMPTY
        assert await here.bot.database.read(broken_invariants) == {}


async def test_a_server_that_may_not_spend_hears_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False, CLAPPER_ALLOWED_SERVERS="") as here:
        await here.decide(admin_channel=here.cast.admins_only.id)
        here.services.studio.guard.stop = Stop.EMPTY
        await rounds(here)
        assert alerts(here) == []
