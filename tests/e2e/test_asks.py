"""Asking an admin with a bot that is killed at every step of the answer."""

import pytest

from bot.domain.money import dollars
from bot.playground.local_discord import Message
from tests.town import Someone, Town, town, until

POOR = {"poor": {"allowance": dollars("0.10"), "admin_channel": "general"}}
STEPS = ("ask-waiting", "before-hold", "after-hold", "ask-ordered")


async def question(here: Town, ann: Someone, prompt: str) -> Message:
    """The card in the admin channel."""
    refusal = await ann.told("ltx text", prompt=prompt, duration=20, resolution="1080p")
    await ann.presses(refusal, "Ask an admin")
    card = await ann.post(lambda one: "Deny" in one.labels, at=ann.home.general)
    here.forgiven.add(card.id)
    return card


def owner(here: Town, ann: Someone) -> Someone:
    return Someone(here, ann.home, here.server.person(here.server.world.owner))


@pytest.mark.parametrize("step", STEPS)
async def test_an_approval_that_is_killed_makes_one_video_in_the_end(tmp_path, step) -> None:
    async with town(tmp_path, POOR, start=False) as here:
        await here.start(die=step)
        ann = here.newcomer("poor")
        prompt = here.prompt()
        card = await question(here, ann, prompt)
        await owner(here, ann).presses(card, "Approve once")
        await here.died()
        here.forgiven |= {one.id for one in ann.public() if "said yes" in one.text}
        await here.start()
        if step in {"after-hold", "ask-ordered"}:  # the job stands, and so it goes on
            await until(lambda: card.labels == [])
        else:
            assert ann.jobs == []
            await owner(here, ann).presses(card, "Approve once")
        await until(lambda: ann.jobs)
        await here.settled(1)
        await ann.video(prompt)
        await until(lambda: card.labels == [])
        here.forgiven |= {one.id for one in ann.public() if "said yes" in one.text}
        assert ann.job.state == "delivered"
        assert len(here.tasks(prompt)) == 1
        assert here.spent(ann.id) == (dollars("0.48"), 0)
        await until(lambda: not [one for one in ann.public() if "said yes" in one.text])


async def test_a_question_whose_card_was_posted_as_the_bot_died_has_one_card(tmp_path) -> None:
    async with town(tmp_path, POOR, start=False) as here:
        await here.start(die="after-notice")
        ann = here.newcomer("poor")
        card = await question(here, ann, here.prompt())
        await here.died()
        await here.start()
        form = await owner(here, ann).presses(card, "Deny")
        await owner(here, ann).fills_in(form, reason="no")
        word = await ann.post(lambda one: "Not this time" in one.text)
        here.forgiven.add(word.id)
        assert [one.id for one in ann.public(ann.home.general)] == [card.id]
        assert ann.jobs == []
