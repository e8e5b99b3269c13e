"""A job's way, step by step, on real books."""

from datetime import timedelta

import pytest

from bot.adapters.sqlite.invariants import broken_invariants
from bot.domain.alert import AlertKind
from bot.domain.budget import Already, Limit, Refused
from bot.domain.errors import (
    ClipRefusedError,
    ClipUnreachableError,
    PostponedError,
    ProviderEmptyError,
    ProviderUnreachableError,
    TaskNotFoundError,
    UndeliverableError,
)
from bot.domain.ids import MessageId, TaskId
from bot.domain.job import Charge, JobState, Place
from bot.domain.money import ZERO, dollars
from bot.domain.outcome import Fix
from bot.domain.provider import (
    Cause,
    NotCreated,
    Obstacle,
    Rejected,
    TaskReport,
    TaskState,
    Unknown,
)
from bot.service.agenda import Errand
from bot.service.guard import Stop
from tests.fakes import CHANNEL, GUILD, MEMBER, START, Stage, open_stage

TASK = TaskId("task_1")
PRICE = dollars("0.08")


@pytest.fixture
async def stage(tmp_path):
    async with open_stage(tmp_path) as stage:
        yield stage
        assert await stage.database.read(broken_invariants) == {}


async def free(stage: Stage):
    funds = await stage.money.funds(GUILD, MEMBER, roles=(), now=stage.clock.now())
    return funds.free


async def test_a_video_is_paid_for_once_stored_and_delivered(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    assert await stage.look(number) is None
    assert (await stage.job(number)).charge is Charge.SETTLED
    await stage.fetch(number)
    await stage.tell(number)
    assert await stage.state(number) is JobState.DELIVERED
    (outcome, debt) = stage.postman.posted[0]
    assert outcome.worked
    assert outcome.charged == PRICE
    assert [clip.name for clip in outcome.clips] == ["1-0.mp4"]
    assert debt.nonce == "clapper-1-0"
    assert await free(stage) == dollars("0.92")


async def test_the_provider_gets_the_documented_input_and_nothing_else(stage):
    await stage.submitted(seed=9)
    (submission,) = stage.provider.submissions
    assert submission.model_id == "ltx-2-19b"
    assert submission.callback_url is None
    assert submission.input == {
        "mode": "text-to-video",
        "prompt": "a fox",
        "resolution": "720p",
        "duration": 5,
        "seed": 9,
    }


async def test_a_repeated_interaction_is_the_same_job(stage):
    await stage.ordered(interaction=55)
    again = await stage.order(interaction=55)
    assert isinstance(again, Already)
    assert await free(stage) == dollars("0.92")


async def test_a_server_that_is_not_allowed_spends_nothing(stage):
    decision = await stage.order(guild=999)
    assert isinstance(decision, Refused)
    assert decision.limit is Limit.SERVER


async def test_a_job_is_submitted_once_however_often_it_is_its_turn(stage):
    number = await stage.submitted()
    await stage.studio.watch.submit(number)
    assert len(stage.provider.submissions) == 1


async def test_proof_that_nothing_was_created_lets_it_try_again_later(stage):
    stage.provider.verdicts.append(NotCreated(Obstacle.LIMITED, timedelta(seconds=9)))
    number = await stage.submitted()
    job = await stage.job(number)
    assert job.state is JobState.HELD
    assert job.due_at == stage.clock.now() + timedelta(seconds=9)
    await stage.studio.watch.submit(number)
    assert await stage.state(number) is JobState.RUNNING
    assert len(stage.provider.submissions) == 2


async def test_a_refused_request_costs_nothing_and_the_member_is_told(stage, caplog):
    caplog.set_level("INFO")
    stage.provider.verdicts.append(Rejected(Cause.PROMPT, 400, "bad prompt"))
    number = await stage.submitted()
    assert await stage.state(number) is JobState.REJECTED
    assert await free(stage) == dollars("1")
    await stage.tell(number)
    (outcome, _) = stage.postman.posted[0]
    assert outcome.cause is Cause.PROMPT
    assert outcome.charged == ZERO
    assert outcome.fixes == (Fix.EDIT,)
    said = next(line for line in caplog.text.splitlines() if "Delivered" in line)
    for fact in ("failure", "prompt", "$0.00"):
        assert fact in said, "an operator reads in the log how it ended"


async def test_a_task_that_failed_for_an_empty_account_stops_all_submissions_too(stage):
    number = await stage.submitted()
    stage.provider.reports[TASK] = TaskReport(
        TASK, TaskState.FAILED, "failed", cause=Cause.ACCOUNT, fail_code="INSUFFICIENT_CREDITS"
    )
    await stage.look(number)
    assert await stage.state(number) is JobState.FAILED
    assert stage.studio.guard.stop is Stop.EMPTY
    assert [alert.kind for alert in stage.alerts] == [AlertKind.BALANCE_EMPTY]
    stage.clock.turn(minutes=2)
    await stage.studio.guard.check_balance()
    assert stage.studio.guard.stop is None


async def test_an_empty_account_stops_all_submissions_until_the_balance_is_back(stage, caplog):
    caplog.set_level("INFO")
    stage.provider.verdicts.append(
        Rejected(Cause.ACCOUNT, 402, "no credits", stops_submitting=True)
    )
    await stage.submitted()
    assert stage.studio.guard.stop is Stop.EMPTY
    refused = await stage.order()
    assert isinstance(refused, Refused)
    assert refused.limit is Limit.STOPPED
    assert [alert.kind for alert in stage.alerts] == [AlertKind.BALANCE_EMPTY]
    stage.clock.turn(minutes=2)
    await stage.studio.guard.check_balance()
    assert stage.studio.guard.stop is None
    assert "Submitting again" in caplog.text
    assert "balance-empty" in caplog.text


async def test_a_balance_below_the_floor_stops_submissions_and_says_so_once(stage):
    stage.provider.balance_micros = dollars("0.99")
    for _ in range(3):
        await stage.studio.guard.check_balance()
        stage.clock.turn(minutes=10)
    assert stage.studio.guard.stop is Stop.LOW
    assert [alert.kind for alert in stage.alerts] == [AlertKind.BALANCE_LOW]


async def test_an_unreadable_balance_stops_nothing(stage):
    stage.provider.balance_trouble = ProviderUnreachableError("down")
    await stage.studio.guard.check_balance()
    assert stage.studio.guard.stop is None
    stage.provider.balance_trouble = ProviderEmptyError("402")
    stage.clock.turn(minutes=10)
    await stage.studio.guard.check_balance()
    assert stage.studio.guard.stop is Stop.EMPTY


async def test_a_task_that_failed_is_free_and_says_why(stage):
    number = await stage.submitted()
    stage.provider.reports[TASK] = TaskReport(
        TASK, TaskState.FAILED, "failed", cause=Cause.CONTENT, fail_code="NSFW"
    )
    await stage.look(number)
    await stage.tell(number)
    assert await free(stage) == dollars("1")
    assert stage.postman.posted[0][0].cause is Cause.CONTENT


async def test_a_success_without_a_video_is_the_providers_failure_after_some_reads(stage):
    number = await stage.submitted()
    stage.provider.reports[TASK] = TaskReport(TASK, TaskState.SUCCESS, "success")
    looks = 0
    while await stage.look(number) is not None:
        looks += 1
        stage.clock.turn(seconds=5)
    assert looks == 3
    job = await stage.job(number)
    assert (job.state, job.charge) == (JobState.FAILED, Charge.WAIVED)
    assert await free(stage) == dollars("1")
    assert AlertKind.MAYBE_BILLED in {alert.kind for alert in stage.alerts}


async def test_a_slow_task_is_asked_about_more_rarely_and_keeps_its_hold(stage):
    number = await stage.submitted()
    early = await stage.look(number)
    assert early == stage.clock.now() + timedelta(seconds=5)
    stage.clock.turn(minutes=11)
    assert await stage.look(number) == stage.clock.now() + timedelta(seconds=30)
    stage.clock.turn(hours=2)
    assert await stage.look(number) == stage.clock.now() + timedelta(minutes=5)
    assert (await stage.job(number)).charge is Charge.OPEN


async def test_a_task_that_the_provider_forgot_is_free_after_three_days(stage):
    number = await stage.submitted()
    del stage.provider.reports[TASK]
    while await stage.state(number) is JobState.RUNNING:
        assert (await stage.job(number)).charge is Charge.OPEN
        await stage.look(number)
        stage.clock.turn(minutes=30)
    assert stage.clock.now() - START == timedelta(days=3, minutes=30)
    job = await stage.job(number)
    assert (job.state, job.charge, job.cause) == (JobState.FAILED, Charge.WAIVED, Cause.PROVIDER)
    assert await free(stage) == dollars("1")
    assert [alert.kind for alert in stage.alerts] == [
        AlertKind.TASK_MISSING,
        AlertKind.MAYBE_BILLED,
    ]
    await stage.tell(number)
    [(outcome, debt)] = stage.postman.posted
    assert (debt.purpose, outcome.charged) == ("failure", 0)


async def test_trouble_while_reading_changes_nothing(stage):
    number = await stage.submitted()
    stage.provider.troubles.append(ProviderUnreachableError("502"))
    assert await stage.look(number) is not None
    assert await stage.state(number) is JobState.RUNNING


async def test_a_lost_answer_keeps_the_hold_and_is_never_posted_again(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    await stage.studio.watch.submit(number)
    assert await stage.state(number) is JobState.UNKNOWN
    assert len(stage.provider.submissions) == 1
    assert await free(stage) == dollars("0.92")


async def test_an_answer_with_an_error_and_a_task_id_is_verified_by_a_read(stage):
    stage.provider.verdicts.append(Unknown("500", candidate=TASK))
    stage.provider.make(TASK)
    number = await stage.submitted()
    await stage.look(number)
    assert await stage.state(number) is JobState.RUNNING
    assert (await stage.job(number)).task == TASK


async def test_an_unknown_submission_expires_by_age_checks_and_an_empty_inbox(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    stage.clock.turn(minutes=61)
    for _ in range(5):
        assert await stage.look(number) is not None, "old enough, but not checked enough"
    assert await stage.look(number) is None
    job = await stage.job(number)
    assert (job.state, job.charge) == (JobState.EXPIRED, Charge.WAIVED)
    assert await free(stage) == dollars("1")
    caps = await stage.money.caps_now(now=stage.clock.now())
    assert {pool.spent for pool in caps.values()} == {PRICE}, "the operator's caps keep it"


async def test_checks_alone_do_not_expire_a_young_submission(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    for _ in range(50):
        assert await stage.look(number) is not None
    assert await stage.state(number) is JobState.UNKNOWN


async def test_while_the_provider_is_down_no_check_counts(stage):
    stage.provider.verdicts.append(Unknown("timeout"))
    number = await stage.submitted()
    stage.clock.turn(hours=5)
    stage.provider.balance_trouble = ProviderUnreachableError("down")
    for _ in range(20):
        assert await stage.look(number) is not None
    assert await stage.state(number) is JobState.UNKNOWN


async def test_over_the_ceiling_of_unknown_submissions_nothing_is_submitted(stage):
    await stage.money.grant(GUILD, MEMBER, dollars("9"), actor=MEMBER, now=stage.clock.now())
    stage.studio.guard.most_unknown = 2
    for _ in range(2):
        stage.provider.verdicts.append(Unknown("timeout"))
        await stage.submitted()
    assert stage.studio.guard.stop is Stop.UNKNOWN
    assert stage.alerts[-1].kind is AlertKind.TOO_MANY_UNKNOWN


async def test_the_task_of_another_job_proves_nothing(stage):
    first = await stage.submitted()
    stage.provider.verdicts.append(Unknown("odd", candidate=TASK))
    second = await stage.submitted()
    await stage.look(second)
    assert await stage.state(second) is JobState.UNKNOWN
    assert (await stage.job(first)).task == TASK


async def test_a_file_that_comes_late_is_waited_for(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    stage.shelf.troubles.extend([ClipUnreachableError("404")] * 3)
    for _ in range(3):
        assert await stage.fetch(number) is not None
    assert await stage.fetch(number) is None
    assert await stage.state(number) is JobState.STORED


async def test_a_file_that_never_comes_is_refunded_and_told(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    stage.shelf.troubles.extend([ClipRefusedError("not a video")] * 10)
    while await stage.fetch(number) is not None:
        stage.clock.turn(minutes=10)
    assert await stage.state(number) is JobState.LOST
    assert await free(stage) == dollars("1")
    await stage.tell(number)
    outcome = stage.postman.posted[0][0]
    assert (outcome.charged, outcome.cause) == (ZERO, Cause.PROVIDER)


async def test_an_outage_of_discord_postpones_the_delivery_and_loses_nothing(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    stage.postman.troubles.extend([PostponedError("503")] * 4)
    due_at = stage.clock.now()
    for _ in range(4):
        stage.clock.moment = due_at
        due_at = await stage.tell(number)
    stage.clock.moment = due_at
    await stage.tell(number)
    assert await stage.state(number) is JobState.DELIVERED
    assert len(stage.postman.posted) == 1


async def test_what_cannot_be_delivered_is_kept_and_shown_later(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    stage.postman.troubles.append(UndeliverableError("channel deleted"))
    await stage.tell(number)
    assert await stage.state(number) is JobState.UNDELIVERABLE
    await stage.jobs.owe_showing(number, now=stage.clock.now())
    await stage.tell(number)
    assert await stage.state(number) is JobState.DELIVERED


async def test_a_waiting_job_is_cancelled_by_its_maker_alone(stage):
    number = await stage.ordered()
    assert not await stage.studio.generate.cancel(GUILD, MEMBER + 1, number)
    assert not await stage.studio.generate.cancel(GUILD + 1, MEMBER, number)
    assert await stage.studio.generate.cancel(GUILD, MEMBER, number)
    assert await free(stage) == dollars("1")


async def test_a_running_job_cannot_be_cancelled(stage):
    number = await stage.submitted()
    assert not await stage.studio.generate.cancel(GUILD, MEMBER, number)


async def test_a_missing_task_in_the_inbox_does_not_keep_a_submission_unknown_for_ever(stage):
    stage.provider.verdicts.append(Unknown("odd", candidate=TaskId("nowhere")))
    number = await stage.submitted()
    stage.clock.turn(minutes=61)
    looks = 0
    while await stage.look(number) is not None:
        looks += 1
        stage.clock.turn(minutes=1)
        assert looks < 20
    assert await stage.state(number) is JobState.EXPIRED
    with pytest.raises(TaskNotFoundError):
        await stage.provider.read_task("ltx-2-19b", TaskId("nowhere"))


async def test_what_is_paid_back_while_it_is_posted_is_marked_when_it_is_written_down(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    deliver = stage.postman.deliver

    async def paid_back_meanwhile(outcome, debt):
        receipt = await deliver(outcome, debt)
        await stage.money.refund(GUILD, number, actor=MEMBER, now=stage.clock.now())
        assert await stage.jobs.list_told(number) == [], "whoever pays back finds no message"
        return receipt

    stage.postman.deliver = paid_back_meanwhile
    await stage.tell(number)
    assert stage.postman.refunded == await stage.jobs.list_told(number) != []


async def test_what_nobody_could_mark_before_the_bot_died_is_marked_after_the_restart(stage):
    number = await stage.submitted(place=Place(CHANNEL, MessageId(77)))
    stage.provider.finish(TASK)
    await stage.look(number)
    await stage.fetch(number)
    deliver = stage.postman.deliver

    async def paid_back_meanwhile(outcome, debt):
        receipt = await deliver(outcome, debt)
        await stage.money.refund(GUILD, number, actor=MEMBER, now=stage.clock.now())
        await stage.jobs.delivered(debt, receipt, now=stage.clock.now())
        raise ZeroDivisionError

    stage.postman.deliver = paid_back_meanwhile
    with pytest.raises(ZeroDivisionError):
        await stage.tell(number)
    assert stage.postman.refunded == []
    await stage.studio.watch.resume()
    assert (Errand.CLEAR, number) in stage.studio.agenda._due
    await stage.clear(number)
    assert stage.postman.refunded == await stage.jobs.list_told(number) != []
    assert await stage.jobs.list_leftovers() == []


async def test_what_was_paid_back_before_or_not_at_all_is_not_marked(stage):
    for number in (await stage.submitted(), await stage.submitted()):
        stage.provider.finish(TaskId(f"task_{number}"))
        await stage.look(number)
        await stage.fetch(number)
        if number == 2:
            await stage.money.refund(GUILD, number, actor=MEMBER, now=stage.clock.now())
        await stage.tell(number)
    assert stage.postman.refunded == []
