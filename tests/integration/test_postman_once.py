"""Outages, restarts and repeated tries: later, and never twice."""

import asyncio

import pytest

from bot.domain.errors import PostponedError
from bot.domain.outcome import Route
from bot.playground.local_discord import Can
from tests.local_bot import LocalBot, running
from tests.owed import LATER, debt_of
from tests.post_office import MEBIBYTE, Unfit, office


def messages_of(here) -> str:
    return f"/channels/{here.stage.cast.videos.id}/messages"


@pytest.mark.parametrize("how", ["503", "reset"])
async def test_an_outage_postpones_and_the_video_comes_when_it_is_over(tmp_path, how) -> None:
    async with office(tmp_path) as here:
        outcome = here.result()
        here.stage.server.go_down(how)
        for tries in range(3):
            with pytest.raises(PostponedError):
                await here.deliver(outcome, debt_of(outcome.job, tries=tries))
        here.stage.server.come_back()
        receipt = await here.deliver(outcome, debt_of(outcome.job, tries=3))
        assert receipt.route is Route.CHANNEL
        assert len(here.posted()) == 1


@pytest.mark.parametrize("status", [503, 520, 401, 408])
async def test_an_answer_that_says_nothing_about_the_message_postpones(tmp_path, status) -> None:
    async with office(tmp_path) as here:
        here.stage.server.faults.fail("POST", messages_of(here), status=status, times=9)
        with pytest.raises(PostponedError):
            await here.deliver(here.result())
        assert here.posted() == []


async def test_a_refusal_of_a_wall_before_discord_postpones(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.stage.server.faults.fail("POST", messages_of(here), status=403)
        with pytest.raises(PostponedError):
            await here.deliver(here.result())
        here.stage.server.faults.limit("POST", messages_of(here), via=False)
        with pytest.raises(PostponedError):
            await here.deliver(here.result())


@pytest.mark.parametrize("fault", ["503", "reset"])
async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(tmp_path, fault) -> None:
    async with office(tmp_path) as here:
        outcome, faults = here.result(), here.stage.server.faults
        if fault == "reset":
            # The library itself tries a lost connection again a few times, under the same nonce.
            faults.reset("POST", messages_of(here), when="after", times=9)
        else:
            faults.fail("POST", messages_of(here), status=503, when="after")
        with pytest.raises(PostponedError):
            await here.deliver(outcome)
        faults.clear()
        here.stage.world.clock.advance(LATER.total_seconds())  # Discord forgets the nonce
        receipt = await here.deliver(outcome, debt_of(outcome.job, tries=1))
        [message] = here.posted()
        assert receipt.message == message.id
        assert receipt.detail == "found"


async def test_dying_between_the_send_and_the_books_posts_once(tmp_path) -> None:
    async with office(tmp_path) as here:
        for outcome in (here.result(), here.failure()):
            debt = debt_of(outcome.job, id=50 + len(here.posted()))
            first = await here.deliver(outcome, debt)
            here.stage.world.clock.advance(LATER.total_seconds())
            here.restart()
            assert (await here.deliver(outcome, debt)).message == first.message
        assert len(here.posted()) == 2


async def test_a_full_disk_after_the_send_posts_once(tmp_path) -> None:
    async with office(tmp_path) as here:
        outcome = here.result()
        first = await here.deliver(outcome)
        here.stage.world.clock.advance(LATER.total_seconds())
        assert (await here.deliver(outcome)).message == first.message


async def test_a_restart_in_a_channel_whose_history_is_hidden_leans_on_the_nonce(tmp_path) -> None:
    async with office(tmp_path) as here:
        cast, world = here.stage.cast, here.stage.world
        world.set_overwrite(cast.videos, world.bot_role(cast.studio), deny=Can.READ_MESSAGE_HISTORY)
        outcome = here.result()
        first = await here.deliver(outcome)
        here.restart()
        assert (await here.deliver(outcome)).message == first.message
        assert len(here.posted()) == 1


async def test_a_message_of_others_is_never_taken_for_ours(tmp_path) -> None:
    async with office(tmp_path) as here:
        await here.stage.ann.say(here.stage.cast.videos, "clapper:details:12:41")
        receipt = await here.deliver(here.result(), debt_of(here.job(), tries=1))
        assert receipt.detail == ""


async def test_a_direct_message_and_its_word_are_not_repeated(tmp_path) -> None:
    async with office(tmp_path) as here:
        cast, world = here.stage.cast, here.stage.world
        world.set_overwrite(cast.videos, world.bot_role(cast.studio), deny=Can.ATTACH_FILES)
        outcome = here.result()
        for _ in range(2):
            receipt = await here.deliver(outcome)
            assert receipt.route is Route.DIRECT
            world.clock.advance(LATER.total_seconds())
            here.restart()
        assert len(here.direct()) == 1
        assert len(here.posted()) == 1


async def test_the_only_word_about_a_kept_video_is_tried_again(tmp_path) -> None:
    async with office(tmp_path, Unfit) as here:
        outcome = here.result(size_bytes=11 * MEBIBYTE)
        here.stage.server.faults.fail("POST", messages_of(here), status=503)
        with pytest.raises(PostponedError):
            await here.deliver(outcome)


async def test_a_failure_that_was_told_directly_is_not_told_again(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.stage.world.remove_channel(here.stage.cast.videos)
        outcome = here.failure()
        first = await here.deliver(outcome)
        here.stage.world.clock.advance(LATER.total_seconds())
        here.restart()
        assert (await here.deliver(outcome)).message == first.message


async def test_nobody_is_logged_in(tmp_path) -> None:
    async with office(tmp_path) as here:
        client, here.line.client = here.line.client, None
        with pytest.raises(PostponedError):
            await here.deliver(here.result())
        here.line.client = client
        await here.deliver(here.result())


async def test_a_client_that_was_closed_postpones(tmp_path) -> None:
    async with office(tmp_path) as here:
        other = LocalBot()
        async with running(here.stage.server, other, sync=False):
            pass
        here.line.client = other
        with pytest.raises(PostponedError):
            await here.deliver(here.result())


async def test_many_videos_at_once_are_each_posted_once(tmp_path) -> None:
    async with office(tmp_path) as here:
        outcomes = [here.result() for _ in range(12)]
        debts = [
            debt_of(outcome.job, id=nth, nonce=f"clapper-12-{nth}")
            for nth, outcome in enumerate(outcomes)
        ]
        await asyncio.gather(*map(here.deliver, outcomes, debts))
        assert len(here.posted()) == 12


async def test_every_try_uploads_the_whole_file(tmp_path) -> None:
    async with office(tmp_path) as here:
        outcome = here.result()
        here.stage.server.faults.fail("POST", messages_of(here), status=503, times=2)
        for tries in range(2):
            with pytest.raises(PostponedError):
                await here.deliver(outcome, debt_of(outcome.job, tries=tries))
        await here.deliver(outcome, debt_of(outcome.job, tries=2))
        sizes = [
            file["size"]
            for exchange in here.stage.server.journal.of("POST", messages_of(here))
            for file in exchange.files
        ]
        assert len(sizes) == 3
        assert len(set(sizes)) == 1
        assert sizes[0] > 1000
