"""What the provider may do to a job, each fault through the whole bot on real sockets."""

import pytest

from bot.domain.alert import AlertKind
from bot.domain.budget import Limit, Refused
from bot.domain.job import Charge, JobState
from bot.domain.money import ZERO, dollars
from bot.domain.provider import Cause
from bot.playground.rehearsal import (
    ACCOUNT_CODES,
    CONTENT_CODES,
    IMAGE_CODES,
    LORA_CODES,
    PROMPT_CODES,
    PROVIDER_CODES,
)
from bot.service.guard import Stop
from tests.rehearsed import GUILD, MEMBER, SCALE, rehearsed

PRICE = dollars("0.08")

NOT_CREATED = ["http:429", "http:429:0", "code:429"]
REFUSED = {
    "http:400": Cause.REQUEST,
    "http:403": Cause.ACCOUNT,
    "http:404": Cause.REQUEST,
    "http:413": Cause.REQUEST,
    "http:422": Cause.REQUEST,
    "code:400": Cause.REQUEST,
}
STOPPING = {
    "http:401": AlertKind.KEY_REFUSED,
    "http:402": AlertKind.BALANCE_EMPTY,
    "code:402": AlertKind.BALANCE_EMPTY,
}
UNREADABLE = [
    "http:500",
    "http:502",
    "http:503",
    "http:504",
    "http:408",
    "http:409",
    "html:200",
    "html:400",
    "html:502",
    "reset",
    "never",
    "truncated",
    "cut_json",
    "not_json",
    "empty",
    "big",
    "nested",
    "huge_headers",
    "redirect:307",
    "no_id",
    "number_id",
    "null_data",
    "no_data",
]

THREE_DAYS_IN_A_SECOND = f"{1 / (3 * 24 * 60 * 60):.8f}"


def patience_with(act: str) -> float:
    """Much where an answer comes, for a machine that is busy may be slow to bring it."""
    return 1 if act == "never" else 10


async def free(world):
    money = world.bot.services.money
    funds = await money.funds(GUILD, MEMBER, roles=(), now=world.bot.services.clock.now())
    return funds.free


async def test_an_undisturbed_job_is_billed_and_charged_once(tmp_path):
    async with rehearsed(tmp_path) as world:
        job = await world.ended(await world.ordered())
        assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)
        (task,) = world.provider.books.tasks.values()
        assert task.billed_micros == PRICE
        assert await free(world) == dollars("0.92")


@pytest.mark.parametrize("act", NOT_CREATED)
async def test_a_limit_is_waited_for_and_the_job_goes_on(tmp_path, act):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("submit", act, times=2)
        job = await world.ended(await world.ordered())
        assert job.state is JobState.DELIVERED
        assert len(world.provider.books.tasks) == 1


@pytest.mark.parametrize(("act", "cause"), REFUSED.items())
async def test_a_refusal_is_free_and_told(tmp_path, act, cause):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("submit", act)
        job = await world.ended(await world.ordered())
        assert (job.state, job.cause) == (JobState.REJECTED, cause)
        assert await free(world) == dollars("1")
        assert [outcome.charged for outcome, _ in world.postman.posted] == [ZERO]
        assert world.provider.books.tasks == {}
        assert world.bot.studio.guard.stop is None


@pytest.mark.parametrize(("act", "alert"), STOPPING.items())
async def test_a_refusal_for_the_account_is_free_and_alerts_and_work_resumes(tmp_path, act, alert):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("submit", act)
        job = await world.ended(await world.ordered())
        assert (job.state, job.cause) == (JobState.REJECTED, Cause.ACCOUNT)
        assert world.alert_kinds() == {alert}
        assert await free(world) == dollars("1")
        await world.until(lambda: world.bot.studio.guard.stop is None)
        assert (await world.ended(await world.ordered())).state is JobState.DELIVERED


@pytest.mark.parametrize(
    ("act", "stop"), [("http:402", Stop.EMPTY), ("http:401", Stop.KEY), ("code:402", Stop.EMPTY)]
)
async def test_while_the_account_is_in_trouble_holds_stay_and_work_resumes_by_itself(
    tmp_path, act, stop
):
    async with rehearsed(tmp_path) as world:
        waiting = [await world.ordered(f"fox {nth}") for nth in range(4)]
        world.provider.stage.always("balance", act)
        await world.until(lambda: world.bot.studio.guard.stop is stop)
        refused = await world.order()
        assert isinstance(refused, Refused)
        assert refused.limit is Limit.STOPPED
        world.provider.stage.clear()
        for number in waiting:
            assert (await world.ended(number)).state is JobState.DELIVERED


@pytest.mark.parametrize("created", ["", "created+"])
@pytest.mark.parametrize("act", UNREADABLE)
async def test_an_answer_that_cannot_be_read_is_unknown_and_found_out_by_callback(
    tmp_path, act, created
):
    # Where the call decides, it is waited for: longer than a busy machine takes to bring it.
    scale = {"CLAPPER_WAIT_SCALE": str(30 * SCALE)} if created else {}
    patience = patience_with(act)
    async with rehearsed(tmp_path, callbacks=True, patience=patience, **scale) as world:
        world.provider.stage.next("submit", created + act)
        job = await world.ended(await world.ordered())
        submissions = world.provider.books.submissions
        assert len(submissions) == 1, "never posted twice"
        if created:
            assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)
        else:
            assert (job.state, job.charge) == (JobState.EXPIRED, Charge.WAIVED)
            assert await free(world) == dollars("1")
            assert AlertKind.UNKNOWN_EXPIRED in world.alert_kinds()


async def test_without_callbacks_a_lost_answer_expires_and_the_caps_keep_the_price(tmp_path):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("submit", "created+reset")
        job = await world.ended(await world.ordered())
        assert (job.state, job.charge) == (JobState.EXPIRED, Charge.WAIVED)
        caps = await world.bot.services.money.caps_now(now=world.bot.services.clock.now())
        assert {pool.spent for pool in caps.values()} == {PRICE}


async def test_the_task_id_of_another_job_in_the_answer_starts_no_second_story(tmp_path):
    async with rehearsed(tmp_path, callbacks=True) as world:
        first = await world.ordered()
        await world.reached(first, JobState.RUNNING)
        world.provider.stage.next("submit", "created+foreign_id")
        second = await world.ordered()
        assert (await world.ended(first)).state is JobState.DELIVERED
        job = await world.ended(second)
        assert job.state in {JobState.DELIVERED, JobState.EXPIRED}
        assert len(world.provider.books.submissions) == 2


@pytest.mark.parametrize(
    ("codes", "cause"),
    [
        (CONTENT_CODES, Cause.CONTENT),
        (PROMPT_CODES, Cause.PROMPT),
        (IMAGE_CODES, Cause.IMAGE),
        (LORA_CODES, Cause.LORA),
        (PROVIDER_CODES, Cause.PROVIDER),
        (ACCOUNT_CODES, Cause.ACCOUNT),
        (("SomethingNew",), Cause.UNKNOWN),
    ],
)
async def test_a_task_that_fails_is_free_and_says_whose_fault_it_was(tmp_path, codes, cause):
    async with rehearsed(tmp_path) as world:
        for code in codes:
            world.provider.stage.next("task", f"fail:{code}")
            job = await world.ended(await world.ordered())
            assert (job.state, job.cause) == (JobState.FAILED, cause), code
        assert await free(world) == dollars("1")


@pytest.mark.parametrize("act", ["no_result", "bad_result", "empty_result", "odd_result"])
async def test_a_success_without_a_usable_result_is_free_and_flagged(tmp_path, act):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("task", act)
        job = await world.ended(await world.ordered())
        assert (job.state, job.charge) == (JobState.FAILED, Charge.WAIVED)
        assert job.cause is Cause.PROVIDER
        assert await free(world) == dollars("1")
        assert AlertKind.MAYBE_BILLED in world.alert_kinds()


@pytest.mark.parametrize("act", ["state:processing_r2", "slow:3", "priced:3", "object_result"])
async def test_oddities_of_a_working_task_change_nothing_for_the_member(tmp_path, act):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("task", act)
        job = await world.ended(await world.ordered())
        assert job.state is JobState.DELIVERED
        assert await free(world) == dollars("0.92")


async def test_several_results_are_all_kept(tmp_path):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("task", "several:3")
        await world.ended(await world.ordered())
        assert len(world.postman.posted[0][0].clips) == 3


@pytest.mark.parametrize(
    "act",
    [
        "http:500",
        "http:502",
        "http:503",
        "http:504",
        "http:429",
        "http:429:0",
        "code:500",
        "http_only:503",
        "html:200",
        "reset",
        "never",
        "truncated",
        "cut_json",
        "not_json",
        "empty",
        "big",
        "nested",
        "huge_headers",
        "redirect:302",
        "foreign_id",
        "no_id",
        "null_data",
        "no_data",
        "stale",
    ],
)
async def test_a_status_read_that_fails_is_tried_again_and_says_nothing(tmp_path, act):
    async with rehearsed(tmp_path, patience=patience_with(act)) as world:
        world.provider.stage.next("status", act, times=4)
        job = await world.ended(await world.ordered())
        assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)


async def test_a_task_that_the_provider_has_forgotten_is_asked_for_until_it_turns_up(tmp_path):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.always("status", "http:404")
        number = await world.ordered()
        await world.until(lambda: AlertKind.TASK_MISSING in world.alert_kinds())
        job = await world.job(number)
        assert job.aside is not None
        assert job.charge is Charge.OPEN
        world.provider.stage.clear()
        job = await world.ended(number)
        assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)


async def test_a_task_that_never_turns_up_is_given_up_as_the_providers_failure(tmp_path):
    async with rehearsed(tmp_path, CLAPPER_WAIT_SCALE=THREE_DAYS_IN_A_SECOND) as world:
        world.provider.stage.always("status", "http:404")
        job = await world.ended(await world.ordered())
        assert (job.state, job.cause, job.charge) == (
            JobState.FAILED,
            Cause.PROVIDER,
            Charge.WAIVED,
        )
        assert await free(world) == dollars("1")
        assert world.alert_kinds() == {AlertKind.TASK_MISSING, AlertKind.MAYBE_BILLED}


@pytest.mark.parametrize(
    "act",
    [
        "http:404",
        "http:500",
        "short",
        "empty",
        "reset",
        "trickle",
        "never",
        "redirect_loop",
    ],
)
async def test_a_file_that_does_not_come_at_once_is_fetched_again(tmp_path, act):
    async with rehearsed(tmp_path) as world:
        world.provider.stage.next("file", act, times=2)
        job = await world.ended(await world.ordered())
        assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)


@pytest.mark.parametrize("act", ["html:200", "disguised", "endless", "bomb", "redirect"])
async def test_a_file_that_is_never_a_video_is_refunded(tmp_path, act):
    async with rehearsed(tmp_path) as world:
        if act == "redirect":
            act = "redirect:http://169.254.169.254/latest/meta-data"
        world.provider.stage.always("file", act)
        job = await world.ended(await world.ordered(), seconds=60)
        assert (job.state, job.refunded) == (JobState.LOST, True)
        assert await free(world) == dollars("1")
        assert AlertKind.MAYBE_BILLED in world.alert_kinds()
        assert not list((tmp_path / "data" / "clips").glob("*.tmp"))


@pytest.mark.parametrize(
    "act",
    [
        "lost",
        "repeated:4",
        "before_answer",
        "late:20",
        "stale_after",
        "wrong_token",
        "odd_token",
        "other_token",
        "wrong_id",
        "early_success",
        "big",
        "nested",
        "not_json",
    ],
)
async def test_callbacks_of_any_kind_charge_once_and_deliver_once(tmp_path, act):
    async with rehearsed(tmp_path, callbacks=True) as world:
        other = await world.ordered("another")
        world.provider.stage.next("callback", act)
        number = await world.ordered()
        for job in (await world.ended(number), await world.ended(other)):
            assert (job.state, job.charge) == (JobState.DELIVERED, Charge.SETTLED)
        assert len(world.provider.books.tasks) == 2
        assert len(world.postman.posted) == 2
        assert await free(world) == dollars("0.84")
