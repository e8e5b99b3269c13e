"""Alerts on real books: once each, through restarts and outages, and over when it is over."""

import pytest

from bot.domain.alert import AlertKind
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import GuildId, JobNumber
from bot.domain.money import dollars
from bot.domain.notice import Topic
from bot.domain.provider import Cause
from bot.service.guard import Stop
from tests.asked import Asked, asked
from tests.fakes import GUILD

NEARLY, SPENT = AlertKind.POOL_NEARLY, AlertKind.POOL_SPENT


async def spend(here: Asked, videos: int, **wish) -> list[JobNumber]:
    """Holds $0.08 each."""
    await here.decide(allowance=dollars("5"), at_once=50, queued=50)
    return [await here.stage.ordered(**wish) for _ in range(videos)]


async def failed(here: Asked, cause: Cause = Cause.PROVIDER) -> None:
    [number] = await spend(here, 1)
    await here.stage.studio.watch.submit(number)
    await here.stage.jobs.failed(number, cause, now=here.stage.clock.now())


async def test_a_pool_is_told_at_80_percent_and_when_it_is_spent_once_each(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(pool=dollars("0.50"))
        await spend(here, 4)
        await here.look()
        assert here.names() == []
        await spend(here, 1)
        for _ in range(2):
            await here.look()
            here.restart()
        assert here.names() == [NEARLY]
        await spend(here, 1)
        for _ in range(2):
            await here.look()
            here.restart()
        assert here.names() == [NEARLY, SPENT]
        assert [alert.name for alert in await here.open_alerts()] == [SPENT]
        [_, spent] = here.posted()
        assert spent.notice.facts["free"] == dollars("0.02")


async def test_who_heard_that_it_is_spent_does_not_hear_that_it_nearly_is(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(pool=dollars("0.40"))
        *_, last = await spend(here, 5)
        await here.look()
        await here.stage.jobs.cancel(last, now=here.stage.clock.now(), why="")
        await here.look()
        assert here.names() == [SPENT]
        assert await here.open_alerts() == []


async def test_a_new_month_and_a_deeper_pool_are_told_anew(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(pool=dollars("0.08"))
        await spend(here, 1)
        await here.look()
        await here.decide(pool=dollars("0.16"))
        await here.look()
        await spend(here, 1)
        await here.look()
        assert here.names() == [SPENT, SPENT]
        here.stage.clock.turn(days=30)
        await here.look()
        assert await here.open_alerts() == []
        await spend(here, 2)
        await here.look()
        assert here.names() == [SPENT] * 3


async def test_a_deeper_pool_that_is_spent_before_anybody_looked_is_told_too(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(pool=dollars("0.08"))
        await spend(here, 1)
        await here.look()
        await here.decide(pool=dollars("0.16"))
        await spend(here, 1)
        await here.look()
        assert here.names() == [SPENT, SPENT]
        [standing] = await here.open_alerts()
        assert standing.facts["limit"] == dollars("0.16")


async def test_a_pace_that_the_pool_does_not_last_for_is_told_once(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(pool=dollars("1"))
        await spend(here, 4)
        await here.look()
        assert here.names() == []
        here.stage.clock.turn(days=3)
        await here.look()
        here.restart()
        await here.look()
        assert here.names() == [AlertKind.POOL_FORECAST]
        assert [alert.name for alert in await here.open_alerts()] == [AlertKind.POOL_FORECAST]


async def test_failures_in_a_row_are_told_and_members_own_do_not_count(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(pool=dollars("900"))
        for _ in range(4):
            await failed(here)
        await failed(here, Cause.PROMPT)
        await here.look()
        assert here.names() == []
        await failed(here)
        await here.look()
        await failed(here)
        await here.look()
        assert here.names() == [AlertKind.FAILURES]
        [number] = await spend(here, 1)
        await here.stage.studio.watch.submit(number)
        await here.stage.jobs.succeeded(
            number, ["https://x"], cost=None, now=here.stage.clock.now()
        )
        clips = await here.stage.shelf.keep(number, ["https://x"])
        await here.stage.jobs.stored(number, clips, now=here.stage.clock.now())
        await here.look()
        assert await here.open_alerts() == []
        assert here.names() == [AlertKind.FAILURES], "that it is over is not worth a message"


async def test_a_submission_whose_fate_is_unknown_is_told_after_a_while(tmp_path) -> None:
    async with asked(tmp_path) as here:
        [number] = await spend(here, 1)
        now = here.stage.clock.now()
        attempt = await here.stage.jobs.claim(number, bytes(32), now)
        assert attempt is not None
        await here.stage.jobs.unknown(number, attempt, due_at=now, now=now, why="")
        await here.look()
        assert here.names() == []
        here.stage.clock.turn(minutes=10)
        await here.look()
        assert here.names() == [AlertKind.FATE_UNKNOWN]
        [letter] = here.posted()
        assert letter.notice.facts == {"count": 1, "job": number}


async def test_a_set_aside_job_is_told(tmp_path) -> None:
    async with asked(tmp_path) as here:
        [number] = await spend(here, 1)
        await here.stage.jobs.set_aside(number, "it always raises", now=here.stage.clock.now())
        await here.look()
        assert here.names() == [AlertKind.SET_ASIDE]


@pytest.mark.parametrize(
    ("balance", "stop", "kind"),
    [("0", Stop.EMPTY, AlertKind.BALANCE_EMPTY), ("0.50", Stop.LOW, AlertKind.BALANCE_LOW)],
)
async def test_an_account_without_money_is_told_to_every_server_and_its_end_once(
    tmp_path, balance, stop, kind
) -> None:
    async with asked(tmp_path) as here:
        guard, provider = here.stage.studio.guard, here.stage.provider
        await here.decide(GuildId(101), admin_channel=601)  # not allowed to spend
        provider.balance_micros = dollars(balance)
        await guard.check_balance()
        assert guard.stop is stop
        for _ in range(3):
            await here.look()
            here.restart()
        assert here.names() == [kind]
        assert {letter.notice.guild for letter in here.posted()} == {GUILD}
        provider.balance_micros = dollars("50")
        here.stage.clock.turn(minutes=5)
        await guard.check_balance()
        for _ in range(2):
            await here.look()
        assert here.names(Topic.RELIEF) == [kind]
        assert await here.open_alerts() == []


async def test_before_anybody_has_looked_at_the_account_nothing_is_taken_back(tmp_path) -> None:
    async with asked(tmp_path) as here:
        guard = here.stage.studio.guard
        here.stage.provider.balance_micros = dollars("0")
        await guard.check_balance()
        await here.look()
        guard.stop, guard.was_checked = None, False  # a restart
        await here.look()
        assert [alert.name for alert in await here.open_alerts()] == [AlertKind.BALANCE_EMPTY]
        assert here.names(Topic.RELIEF) == []


async def test_what_comes_and_goes_within_a_day_is_told_once(tmp_path) -> None:
    async with asked(tmp_path) as here:
        guard = here.stage.studio.guard
        guard.was_checked = True
        for stop in (Stop.LOW, None, Stop.LOW, None, Stop.LOW):
            guard.stop = stop
            await here.look()
        assert here.names(Topic.ALERT) == [AlertKind.BALANCE_LOW]
        assert len(await here.open_alerts()) == 1


async def test_what_lasts_is_told_again_after_a_week(tmp_path) -> None:
    async with asked(tmp_path) as here:
        guard = here.stage.studio.guard
        guard.stop, guard.was_checked = Stop.EMPTY, True
        for _ in range(10):
            await here.look()
            here.stage.clock.turn(days=1)
        assert here.names() == [AlertKind.BALANCE_EMPTY] * 2


async def test_a_missing_permission_is_told_with_its_name_and_its_end_too(tmp_path) -> None:
    async with asked(tmp_path) as here:
        here.stage.postman.lacks = ("attach_files",)
        await here.look()
        await here.look()
        [letter] = here.posted()
        assert letter.notice.name == AlertKind.CHANNEL_CLOSED
        assert letter.notice.facts["permissions"] == "attach_files"
        here.stage.postman.lacks = None  # nobody knows
        await here.look()
        assert len(await here.open_alerts()) == 1
        here.stage.postman.lacks = ()
        await here.look()
        assert here.names(Topic.RELIEF) == [AlertKind.CHANNEL_CLOSED]


async def test_an_outage_of_discord_delays_an_alert_and_posts_it_once(tmp_path) -> None:
    async with asked(tmp_path) as here:
        here.stage.studio.guard.stop = Stop.EMPTY
        for _ in range(3):
            here.stage.postman.troubles.append(PostponedError("503"))
            await here.look()
            here.stage.clock.turn(minutes=10)
            here.restart()
        assert here.posted() == []
        await here.look()
        await here.look()
        assert here.names() == [AlertKind.BALANCE_EMPTY]


async def test_what_is_over_before_it_could_be_told_is_not_told(tmp_path) -> None:
    async with asked(tmp_path) as here:
        guard = here.stage.studio.guard
        guard.stop, guard.was_checked = Stop.EMPTY, True
        here.stage.postman.troubles.append(PostponedError("503"))
        await here.look()
        guard.stop = None
        await here.look()
        here.stage.clock.turn(hours=1)
        await here.look()
        assert here.posted() == []


async def test_what_is_too_old_is_not_told_any_more(tmp_path) -> None:
    async with asked(tmp_path) as here:
        here.stage.studio.guard.stop = Stop.EMPTY
        here.stage.postman.troubles.append(PostponedError("503"))
        await here.look()
        here.stage.clock.turn(days=8)
        await here.notify()
        assert here.posted() == []
        await here.look()
        assert here.names() == [AlertKind.BALANCE_EMPTY], "but what is still true is"


@pytest.mark.parametrize("closed", [True, False])
async def test_without_an_admin_channel_it_stands_where_the_status_shows_it(
    tmp_path, closed
) -> None:
    async with asked(tmp_path) as here:
        here.stage.studio.guard.stop = Stop.EMPTY
        if closed:
            here.stage.postman.troubles.append(UndeliverableError("403"))
        else:
            await here.decide(admin_channel=None)
        await here.look()
        await here.look()
        assert here.posted() == []
        assert [alert.name for alert in await here.open_alerts()] == [AlertKind.BALANCE_EMPTY]
