"""Asking an admin and giving a charge back, as a member and an admin see it in the browser."""

import re

from playwright.async_api import expect

from bot.domain.money import dollars
from bot.playground import page
from tests.members import studio


async def test_a_member_asks_an_admin_approves_and_later_pays_back(tmp_path, visit) -> None:
    async with studio(tmp_path, routes=page.routes()) as here:
        await here.decide(allowance=dollars("0.10"), admin_channel=here.cast.admins_only.id)
        ann = await visit(here.server, here.cast.ann, here.videos)
        await ann.begin("/ltx text")
        await ann.tab.keyboard.type("a fox in the snow")
        await ann.add("duration")
        await ann.fill("duration", "20")
        await ann.send()
        await ann.press(ann.message("Not enough left"), "Ask an admin")
        await expect(ann.message("The admins are asked")).to_be_visible()
        ada = await visit(here.server, here.cast.ada, here.cast.admins_only)
        card = ada.message(re.compile("May this video be made|Approved"))
        await expect(card).to_contain_text("short")
        assert await ada.complaints() == []
        await ada.press(card, "Approve once")
        await expect(card).to_contain_text("It is video #1")
        await expect(card.get_by_role("button", name="Deny")).to_have_count(0)
        await expect(ann.message("your video is ready")).to_contain_text("a fox in the snow")
        boss = await visit(here.server, here.cast.ada, here.videos)
        await boss.press(boss.message("your video is ready"), "Details")
        await boss.press(boss.message("Ordered"), "Refund")
        form = boss.form("Pay back")
        await form.get_by_role("textbox").fill("three ears")
        await boss.submit(form)
        await expect(boss.message("is paid back")).to_be_visible()
        await expect(ann.message("your video is ready")).to_contain_text("Paid back by an admin")


async def test_a_denial_and_an_alert_are_read_on_a_phone(tmp_path, visit) -> None:
    async with studio(tmp_path, watching=False, routes=page.routes()) as here:
        await here.decide(
            allowance=dollars("0.10"), pool=dollars("0.01"), admin_channel=here.cast.admins_only.id
        )
        asked = await here.ann.slash("ltx text", {"prompt": "a wolf"}, channel=here.videos)
        refusal = await asked.message(lambda one: "Not enough" in one.text)
        await here.ann.press(refusal, "Ask an admin")
        narrow = {"width": 390, "height": 844}
        ada = await visit(here.server, here.cast.ada, here.cast.admins_only, viewport=narrow)
        await ada.press(ada.message("a wolf"), "Deny")
        form = ada.form("Say no")
        await form.get_by_role("textbox").fill("not before Friday")
        await ada.submit(form)
        await expect(ada.message("a wolf")).to_contain_text("not before Friday")
        await expect(ada.message("money is used up")).to_contain_text("What to do:")
        assert await ada.complaints() == []
        ann = await visit(here.server, here.cast.ann, here.videos, viewport=narrow)
        await expect(ann.message("Not this time")).to_contain_text("not before Friday")
        assert await ann.complaints() == []
