"""A pause with videos on their way and in line: nothing new begins, nothing is lost, nothing paid twice."""

import asyncio

from bot.domain.money import dollars
from tests.town import Someone, Town, town, until

HOMES = {
    "ours": {"allowance": dollars("2"), "at_once": 1, "queued": 5},
    "theirs": {"allowance": dollars("2")},
}
PRICE = dollars("0.08")
PAUSED = "admins have paused new videos. Yours keeps its place"
REASON = "the judges are looking at the last round"


async def reads(boss: Someone, command: str, **options: str) -> str:
    """What an admin alone reads."""
    message = await boss.told(f"studio {command}", at=boss.home.general, **options)
    assert message.ephemeral
    return message.text


async def orders(here: Town, who: Someone, *, begins: bool) -> str:
    """A video that begins, or waits; its prompt."""
    prompt = here.prompt()
    await who.orders("ltx text", prompt=prompt, duration=5)
    state = "running" if begins else "held"
    await until(lambda: who.jobs[0].state == state)
    assert len(here.tasks(prompt)) == begins
    return prompt


async def waits(who: Someone, prompt: str, words: str) -> None:
    """The message in line says so, and goes on saying it to all."""
    message = await who.post(lambda one: prompt in one.text and words in one.text)
    assert who.about(prompt) == [message]
    assert message.labels[0] == "Cancel"


async def is_refused(here: Town, who: Someone) -> None:
    """Kindly, with the reason, to them alone; and nothing is held."""
    prompt, before = here.prompt(), here.spent(who.id)
    refusal = await who.told("ltx text", prompt=prompt, duration=5)
    assert refusal.ephemeral
    for words in ("The studio takes a break", REASON, "Nothing was charged"):
        assert words in refusal.text
    assert who.about(prompt) == here.tasks(prompt) == []
    assert here.spent(who.id) == before


async def test_a_pause_through_a_kill_and_its_end(tmp_path) -> None:
    async with town(tmp_path, HOMES) as here:
        boss, (ann, ben, cat) = here.admin("ours"), [here.newcomer("ours") for _ in range(3)]
        here.provider.stage.next("task", "never", times=2)
        running = [(one, await orders(here, one, begins=True)) for one in (ann, ben)]
        waiting = [(one, await orders(here, one, begins=False)) for one in (ann, ann, ben)]
        held = {one.id: here.spent(one.id) for one in (ann, ben)}
        assert held == {ann.id: (0, 3 * PRICE), ben.id: (0, 2 * PRICE)}

        said = await reads(boss, "pause", reason=REASON)
        assert "3 videos in line keep their money and their place." in said
        for one, prompt in waiting:
            await waits(one, prompt, PAUSED)
        for one in (cat, ann):
            await is_refused(here, one)
        said = await reads(boss, "status")
        assert "2 being made, 3 in line" in said
        assert REASON in said

        # What runs is finished, and its place stays free.
        here.provider.finish(here.tasks(running[0][1])[0].task_id)
        video = await ann.video(running[0][1])
        again = await (await ann.presses(video, "Again")).message(lambda one: one.ephemeral)
        assert "The studio takes a break" in again.text
        assert here.spent(ann.id) == (PRICE, 2 * PRICE)

        await here.kill()
        await here.start()
        assert here.spent(ann.id) == (PRICE, 2 * PRICE)
        assert here.spent(ben.id) == held[ben.id]
        await is_refused(here, cat)
        here.provider.finish(here.tasks(running[1][1])[0].task_id)
        await ben.video(running[1][1])
        assert here.spent(ben.id) == (PRICE, PRICE)
        assert [here.tasks(prompt) for _, prompt in waiting] == [[], [], []]
        for one, prompt in waiting:
            await waits(one, prompt, PAUSED)
        # A member who has enough of it takes their money back, and nobody else is meant by it.
        message = await ann.post(lambda one: waiting[1][1] in one.text)
        await (await ann.presses(message, "Cancel")).message(lambda one: one.ephemeral)
        assert here.spent(ann.id) == (PRICE, PRICE)
        eve = here.newcomer("theirs")
        away = here.prompt()
        await eve.orders("ltx text", prompt=away, duration=5)
        await eve.video(away)

        said = await reads(boss, "resume")
        assert "2 videos in line start as soon as it is their turn." in said
        del waiting[1]
        for one, prompt in waiting:
            await one.video(prompt)
        waiting.append((cat, here.prompt()))
        await cat.orders("ltx text", prompt=waiting[-1][1], duration=5)
        await asyncio.gather(*(here.settled(job.number) for job in here.rows()))
        for one, prompt in waiting:
            assert one.about(prompt) == [await one.video(prompt)]
        spent = {ann.id: 2, ben.id: 2, cat.id: 1, eve.id: 1}
        assert {one: here.spent(one) for one in spent} == {
            one: (count * PRICE, 0) for one, count in spent.items()
        }
        assert len(here.provider.books.tasks) == sum(spent.values())


async def test_a_server_goes_on_only_when_neither_its_admins_nor_the_account_hold_it(
    tmp_path,
) -> None:
    """The operator's account stops every server; an admin's word ends their own pause alone."""
    async with town(tmp_path, HOMES) as here:
        here.expected.append("Alert")
        boss, ann, eve = here.admin("ours"), here.newcomer("ours"), here.newcomer("theirs")
        here.provider.stage.next("task", "never")
        running = await orders(here, ann, begins=True)
        waiting = await orders(here, ann, begins=False)
        await reads(boss, "pause", reason=REASON)
        await here.runs_dry("http:402")
        refusal = await eve.told("ltx text", prompt=here.prompt(), duration=5)
        assert refusal.ephemeral
        assert "needs attention" in refusal.text
        here.provider.finish(here.tasks(running)[0].task_id)
        await ann.video(running)

        said = await reads(boss, "resume")
        assert "Nothing new is made all the same" in said
        await waits(ann, waiting, "account with the video provider needs attention")
        said = await reads(boss, "status")
        assert "the provider's account is empty" in said
        assert "New videos are paused" not in said
        assert here.tasks(waiting) == []
        assert here.spent(ann.id) == (PRICE, PRICE)

        here.provider.stage.clear()
        await ann.video(waiting)
        assert here.spent(ann.id) == (2 * PRICE, 0)
