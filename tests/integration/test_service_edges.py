"""Where each limit of the service lies, to the second and to the try: on real books."""

from datetime import timedelta

import pytest

from bot.adapters.sqlite.invariants import broken_invariants
from bot.domain.alert import AlertKind
from bot.domain.budget import Limit, Refused, Reserved
from bot.domain.errors import (
    ClipRefusedError,
    ClipUnreachableError,
    PostponedError,
    ProviderLimitedError,
    ProviderUnreachableError,
)
from bot.domain.ids import GuildId, InteractionId, TaskId
from bot.domain.job import Charge, JobState, Place
from bot.domain.money import dollars
from bot.domain.provider import (
    Cause,
    Created,
    NotCreated,
    Obstacle,
    Rejected,
    TaskReport,
    TaskState,
    Unknown,
)
from bot.models import discover, read_request
from bot.service.agenda import Errand
from bot.service.foresee import Foresee
from bot.service.generate import Wish
from bot.service.guard import Stop
from tests.fakes import CHANNEL, GUILD, MEMBER, open_stage

TASK = TaskId("task_1")
DAY = timedelta(days=1)


@pytest.fixture
async def stage(tmp_path):
    async with open_stage(tmp_path) as stage:
        yield stage
        assert await stage.database.read(broken_invariants) == {}


@pytest.fixture
async def called(tmp_path):
    """With callbacks on."""
    async with open_stage(tmp_path, callback_base="https://clips.example") as stage:
        yield stage
        assert await stage.database.read(broken_invariants) == {}


def due(stage, errand):
    """What is planned of a kind, by job, and when."""
    return {number: at for (kind, number), at in stage.studio.agenda._due.items() if kind is errand}


async def lost_answer(stage, **wish):
    stage.provider.verdicts.append(Unknown("timeout"))
    return await stage.submitted(**wish)


async def ring(stage, body: bytes, nth: int = 0) -> None:
    token = stage.provider.submissions[nth].callback_url.rpartition("/")[2]
    assert await stage.studio.callbacks.accept(token, body)


# -- submitting and looking ------------------------------------------------------------------------


async def test_a_client_that_breaks_says_nothing_about_the_money(stage):
    async def breaks(submission, _):
        stage.provider.submissions.append(submission)
        raise RuntimeError

    stage.provider.submit = breaks
    number = await stage.submitted()
    await stage.studio.watch.submit(number)
    assert await stage.state(number) is JobState.UNKNOWN
    assert len(stage.provider.submissions) == 1


async def test_an_answer_with_anothers_task_is_no_answer(stage):
    first = await stage.submitted()
    stage.provider.verdicts.append(Created(TASK))
    second = await stage.submitted()
    assert (await stage.job(first)).task == TASK
    assert await stage.state(second) is JobState.UNKNOWN
    assert due(stage, Errand.LOOK)[second] == stage.clock.now()


async def test_the_first_look_comes_when_the_model_says(stage):
    number = await stage.submitted()  # LTX at 720p
    assert due(stage, Errand.LOOK) == {number: stage.clock.now() + timedelta(seconds=60)}


async def test_with_callbacks_looks_are_a_safety_net(called):
    number = await called.submitted()
    assert due(called, Errand.LOOK) == {number: called.clock.now() + timedelta(seconds=180)}
    assert await called.look(number) == called.clock.now() + timedelta(seconds=60)


async def test_a_call_that_was_answered_for_nothing_before_the_post_is_looked_at_after_it(called):
    submit = called.provider.submit

    async def ring_first(submission, turn):
        token = submission.callback_url.rpartition("/")[2]
        assert await called.studio.callbacks.accept(token, TASK.encode())
        list(called.studio.agenda.take_due(called.clock.now()))  # a look that found no task yet
        return await submit(submission, turn)

    called.provider.submit = ring_first
    number = await called.submitted()
    assert due(called, Errand.LOOK) == {number: called.clock.now()}


@pytest.mark.parametrize(
    "refusal", [NotCreated(Obstacle.LIMITED), Rejected(Cause.PROMPT, status=400, message="no")]
)
async def test_who_is_refused_and_called_about_is_not_let_go(called, refusal):
    submit = called.provider.submit

    async def ring_first(submission, turn):
        token = submission.callback_url.rpartition("/")[2]
        assert await called.studio.callbacks.accept(token, TASK.encode())
        return await submit(submission, turn)

    called.provider.submit = ring_first
    called.provider.verdicts.append(refusal)
    called.provider.make(TASK)
    number = await called.submitted()
    assert await called.state(number) is JobState.UNKNOWN
    await called.look(number)
    assert (await called.job(number)).task == TASK


async def test_a_call_after_a_refusal_keeps_the_job_from_being_posted_again(called):
    called.provider.verdicts.append(NotCreated(Obstacle.LIMITED))
    number = await called.submitted()
    assert await called.state(number) is JobState.HELD
    await ring(called, TASK.encode())
    called.provider.finish(TASK)
    await called.studio.watch.submit(number)
    assert len(called.provider.submissions) == 1
    assert await called.state(number) is JobState.UNKNOWN
    for _ in range(2):
        await called.look(number)
    job = await called.job(number)
    assert (job.state, job.task) == (JobState.SUCCEEDED, TASK)


async def test_a_call_without_a_task_takes_no_proof_away(called):
    called.provider.verdicts.append(NotCreated(Obstacle.LIMITED))
    number = await called.submitted()
    await ring(called, b"")
    await called.studio.watch.submit(number)
    assert len(called.provider.submissions) == 2


async def test_the_provider_says_when_to_ask_again(stage):
    number = await stage.submitted()
    now = stage.clock.now()
    stage.provider.troubles.append(ProviderLimitedError(timedelta(seconds=77)))
    assert await stage.look(number) == now + timedelta(seconds=77)
    for trouble in (ProviderLimitedError(None), ProviderUnreachableError("502")):
        stage.provider.troubles.append(trouble)
        assert await stage.look(number) == now + timedelta(seconds=10)


async def test_what_nobody_knows_is_looked_into_every_minute(stage):
    number = await lost_answer(stage)
    assert await stage.look(number) == stage.clock.now() + timedelta(minutes=1)
    stage.provider.balance_trouble = ProviderUnreachableError("502")
    assert await stage.look(number) == stage.clock.now() + timedelta(minutes=1)


async def broken(stage):
    """A job that a person has to look at."""
    number = await stage.submitted()
    await stage.jobs.set_aside(number, "it always raises", now=stage.clock.now())
    return number


async def test_what_was_set_aside_goes_on_once_the_provider_calls_about_it(called):
    number = await broken(called)
    called.provider.finish(TASK)
    assert await called.look(number) is None
    assert await called.state(number) is JobState.RUNNING, "nobody has called"
    await ring(called, TASK.encode())
    await called.look(number)
    await called.fetch(number)
    job = await called.job(number)
    assert (job.state, job.aside) == (JobState.STORED, None)


async def test_what_was_set_aside_goes_on_with_the_next_start(stage):
    number = await broken(stage)
    waits = await stage.ordered()
    await stage.jobs.set_aside(waits, "it always raises", now=stage.clock.now())
    assert await stage.jobs.list_waiting() == []
    assert await stage.jobs.list_unfinished() == []
    stage.clock.turn(minutes=2)
    list(stage.studio.agenda.take_due(stage.clock.now()))
    await stage.studio.watch.resume()
    assert [job.number for job in await stage.jobs.list_waiting()] == [waits]
    assert due(stage, Errand.LOOK) == {number: stage.clock.now()}
    stage.provider.finish(TASK)
    await stage.look(number)
    assert await stage.state(number) is JobState.SUCCEEDED


async def test_what_was_set_aside_keeps_its_hold_and_takes_no_turn(stage):
    number = await broken(stage)
    stage.clock.turn(days=30)
    assert await stage.look(number) is None
    assert (await stage.job(number)).charge is Charge.OPEN
    assert await stage.jobs.list_at_provider() == {}


@pytest.mark.parametrize(
    ("guild", "stop", "limit"),
    [
        (GUILD, None, None),
        (GUILD, Stop.LOW, Limit.STOPPED),
        (GuildId(GUILD + 1), None, Limit.SERVER),
    ],
)
async def test_a_closed_door_is_seen_before_anybody_is_answered(stage, guild, stop, limit):
    stage.studio.guard.stop = stop
    request = read_request(discover()["ltx"], "text", {"prompt": "a fox", "duration": 5})
    wish = Wish(guild, MEMBER, frozenset(), InteractionId(1), "ltx", request, Place(CHANNEL))
    outlook = await Foresee(stage.studio.generate, stage.jobs, stage.clock)(wish)
    decision = await stage.studio.generate.order(wish)
    if limit is None:
        assert (outlook.refused, type(decision)) == (None, Reserved)
    else:
        assert outlook.refused == decision == Refused(dollars("0.08"), limit=limit)


# -- what nobody knows -----------------------------------------------------------------------------


async def test_a_claimed_task_that_is_slow_to_appear_is_believed_when_it_does(called):
    number = await lost_answer(called)
    await ring(called, b"task_late")
    for _ in range(5):
        assert await called.look(number) is not None
    called.provider.make(TaskId("task_late"))
    await called.look(number)
    assert (await called.job(number)).task == "task_late"
    assert await called.jobs.list_hints(number) == [], "and the claim is settled"


async def test_a_claim_outlives_the_hour_once_it_was_read(called):
    number = await lost_answer(called)
    await ring(called, b"task_nowhere")
    called.clock.turn(minutes=61)
    await called.look(number)
    assert await called.jobs.list_hints(number) == []


async def test_work_goes_on_by_itself_once_an_unknown_one_is_found(called):
    called.studio.guard.most_unknown = 1
    number = await lost_answer(called)
    assert called.studio.guard.stop is Stop.UNKNOWN
    called.provider.make(TASK)
    await ring(called, TASK.encode())
    await called.look(number)
    assert called.studio.guard.stop is None


async def test_work_goes_on_by_itself_once_an_unknown_one_has_expired(stage):
    stage.studio.guard.most_unknown = 1
    number = await lost_answer(stage)
    stage.clock.turn(minutes=61)
    while await stage.look(number) is not None:
        pass
    assert stage.studio.guard.stop is None


@pytest.mark.parametrize("state", ["running", "failed", "nothing"])
async def test_after_the_end_only_a_video_is_a_gift(called, state):
    number = await lost_answer(called)
    called.clock.turn(minutes=61)
    while await called.look(number) is not None:
        pass
    report = {
        "running": TaskReport(TASK, TaskState.RUNNING, "processing"),
        "failed": TaskReport(TASK, TaskState.FAILED, "failed"),
        "nothing": TaskReport(TASK, TaskState.SUCCESS, "success"),
    }[state]
    called.provider.reports[TASK] = report
    await ring(called, TASK.encode())
    reads = called.provider.reads
    for _ in range(called.studio.watch.patience.unusable_reads if state == "nothing" else 0):
        assert await called.look(number) == called.clock.now() + timedelta(seconds=5)
    again = await called.look(number)
    assert called.provider.reads - reads == (4 if state == "nothing" else 1)
    assert (again is not None) == (state == "running"), "one that runs is asked about again"
    assert (await called.jobs.list_hints(number) != []) == (state == "running")
    job = await called.job(number)
    assert (job.state, job.charge) == (JobState.EXPIRED, Charge.WAIVED)
    assert due(called, Errand.FETCH) == {}


async def test_a_late_video_whose_result_is_slow_to_appear_is_a_gift_all_the_same(called):
    number = await lost_answer(called)
    called.clock.turn(minutes=61)
    while await called.look(number) is not None:
        pass
    called.provider.reports[TASK] = TaskReport(TASK, TaskState.SUCCESS, "success")
    await ring(called, TASK.encode())
    assert await called.look(number) is not None
    called.provider.finish(TASK)
    assert await called.look(number) is None
    assert await called.state(number) is JobState.SUCCEEDED
    assert due(called, Errand.FETCH) == {number: called.clock.now()}


@pytest.mark.parametrize("late", [False, True])
async def test_a_claim_that_cannot_be_read_does_not_hide_the_true_one(called, late):
    called.provider.verdicts.append(Unknown("500", candidate=TaskId("odd")))
    number = await called.submitted()
    if late:
        await called.jobs.verify_hint(1, now=called.clock.now())
        called.clock.turn(minutes=61)
        while await called.look(number) is not None:
            pass
        await ring(called, b"odd")
    called.provider.finish(TASK)
    await ring(called, TASK.encode())
    called.provider.troubles.append(ProviderUnreachableError("400"))  # for the odd one
    await called.look(number)
    assert (await called.job(number)).task == TASK
    assert [hint.task for hint in await called.jobs.list_hints(number)] == ["odd"]


async def test_a_claim_that_cannot_be_read_keeps_the_hold_however_old_it_is(called):
    called.provider.verdicts.append(Unknown("500", candidate=TaskId("odd")))
    number = await called.submitted()
    called.clock.turn(days=30)
    for _ in range(10):
        called.provider.troubles.append(ProviderUnreachableError("400"))
        assert await called.look(number) == called.clock.now() + timedelta(minutes=5)
    assert (await called.job(number)).charge is Charge.OPEN


async def test_a_late_claim_that_leads_nowhere_is_forgotten(called):
    number = await lost_answer(called)
    called.clock.turn(minutes=61)
    while await called.look(number) is not None:
        pass
    await ring(called, b"task_nowhere")
    called.provider.troubles.append(ProviderUnreachableError("502"))
    assert await called.look(number) is not None, "nobody knows yet"
    assert await called.look(number) is None
    assert await called.jobs.list_hints(number) == []


async def test_a_late_claim_to_anothers_task_is_no_gift(called):
    await called.money.grant(GUILD, MEMBER, dollars("9"), actor=MEMBER, now=called.clock.now())
    await called.submitted()
    number = await lost_answer(called)
    called.clock.turn(minutes=61)
    while await called.look(number) is not None:
        pass
    called.provider.finish(TASK)
    await ring(called, TASK.encode(), nth=1)
    assert await called.look(number) is None
    assert await called.state(number) is JobState.EXPIRED


# -- the account -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "stop"),
    [(1_000_000, None), (999_999, Stop.LOW), (1, Stop.LOW), (0, Stop.EMPTY)],
)
async def test_where_the_floor_lies(stage, left, stop):
    stage.provider.balance_micros = left
    await stage.studio.guard.check_balance()
    assert stage.studio.guard.stop is stop


async def test_a_stopped_account_is_read_every_minute_and_a_good_one_every_five(stage):
    guard = stage.studio.guard
    await guard.check_balance()
    assert guard.next_check_at == stage.clock.now() + timedelta(minutes=5)
    stage.provider.balance_micros = 0
    stage.clock.turn(minutes=5)
    await guard.check_balance()
    assert guard.next_check_at == stage.clock.now() + timedelta(minutes=1)
    stage.clock.turn(seconds=59)
    stage.provider.balance_micros = dollars("50")
    await guard.check_balance()
    assert guard.stop is Stop.EMPTY, "not yet"
    stage.clock.turn(seconds=1)
    await guard.check_balance()
    assert guard.stop is None


async def test_a_good_balance_does_not_clear_up_what_is_unknown_nor_the_other_way_round(stage):
    guard = stage.studio.guard
    guard.most_unknown = 1
    await lost_answer(stage)
    await guard.check_balance()
    assert guard.stop is Stop.UNKNOWN
    guard.stop, guard.most_unknown = Stop.EMPTY, 20
    await guard.check_unknown()
    assert guard.stop is Stop.EMPTY


async def test_what_another_stop_hid_is_seen_when_that_is_over(stage):
    guard = stage.studio.guard
    guard.most_unknown = 1
    number = await stage.ordered()

    def lost_as_another_finds_no_money(_):
        guard.ran_dry()
        return Unknown("timeout")

    stage.provider.verdicts.append(lost_as_another_finds_no_money)
    await stage.studio.watch.submit(number)
    assert guard.stop is Stop.EMPTY
    stage.provider.balance_micros = dollars("50")
    stage.clock.turn(minutes=1)
    await guard.check_balance()
    assert guard.stop is Stop.UNKNOWN


@pytest.mark.parametrize("silent", [False, True])
async def test_a_restart_does_not_forget_how_many_are_unknown(stage, silent):
    await lost_answer(stage)
    restarted = type(stage.studio.guard)(
        stage.provider,
        stage.jobs,
        stage.clock,
        stage.alerts.append,
        stage.studio.guard.patience,
        stage.studio.guard.floor,
        most_unknown=1,
    )
    if silent:
        stage.provider.balance_trouble = ProviderUnreachableError("502")
    assert not restarted.was_checked, "until then nothing is submitted"
    await restarted.check_balance()
    assert (restarted.stop, restarted.was_checked) == (Stop.UNKNOWN, True)


# -- fetching and telling --------------------------------------------------------------------------


async def succeeded(stage):
    number = await stage.submitted()
    stage.provider.finish(TASK)
    await stage.look(number)
    return number


async def test_a_clip_that_is_stored_is_not_fetched_again(stage):
    number = await succeeded(stage)
    assert await stage.fetch(number) is None
    stage.shelf.troubles.append(ZeroDivisionError())
    assert await stage.fetch(number) is None


async def test_a_clip_that_cannot_be_reached_is_given_up_after_three_days_and_not_before(stage):
    number = await succeeded(stage)
    stage.shelf.troubles.extend([ClipUnreachableError("404")] * 3)
    assert await stage.fetch(number) is not None
    stage.clock.turn(hours=71)
    again = await stage.fetch(number)
    assert again == stage.clock.now() + timedelta(seconds=8), "tries grow rarer"
    stage.clock.turn(hours=2)
    assert await stage.fetch(number) is None
    assert await stage.state(number) is JobState.LOST
    assert [alert.kind for alert in stage.alerts] == [AlertKind.MAYBE_BILLED]
    assert due(stage, Errand.TELL) == {number: stage.clock.now()}


async def test_a_file_that_is_no_video_is_given_up_after_an_hour_of_tries(stage):
    number, start = await succeeded(stage), stage.clock.now()
    stage.shelf.troubles.extend([ClipRefusedError("not a video")] * 50)
    while (again := await stage.fetch(number)) is not None:
        stage.clock.moment = again
    assert timedelta(hours=1) <= stage.clock.now() - start < timedelta(hours=1.5)
    assert await stage.state(number) is JobState.LOST


async def test_an_hour_alone_gives_no_file_up(stage):
    number = await succeeded(stage)
    stage.clock.turn(hours=1)
    stage.shelf.troubles.extend([ClipRefusedError("not a video")] * 6)
    tries = 1
    while await stage.fetch(number) is not None:
        tries += 1
    assert tries == 6


async def test_an_outage_of_minutes_that_answers_with_pages_costs_no_video(stage):
    number, start = await succeeded(stage), stage.clock.now()
    outage = [ClipUnreachableError("503"), ClipRefusedError("not a public address")]
    while stage.clock.now() - start < timedelta(minutes=30):
        stage.shelf.troubles.append(outage[0])
        outage.reverse()
        again = await stage.fetch(number)
        assert again is not None
        stage.clock.moment = again
    assert await stage.fetch(number) is None
    assert await stage.state(number) is JobState.STORED


@pytest.mark.parametrize("hours", [0, 100])
async def test_what_came_of_several_videos_waits_ten_minutes_for_the_others(stage, hours):
    number = await stage.submitted()
    stage.provider.finish(TASK, "https://results.example/0", "https://results.example/1")
    await stage.look(number)
    await stage.shelf.keep(number, ["https://results.example/0"])
    stage.shelf.troubles.extend([ClipUnreachableError("404")] * 2)
    stage.clock.turn(seconds=599)
    assert await stage.fetch(number) is not None
    stage.clock.turn(seconds=1, hours=hours)
    assert await stage.fetch(number) is None
    assert await stage.state(number) is JobState.STORED
    assert [clip.name for clip in await stage.jobs.list_clips(number)] == [f"{number}-0.mp4"]
    assert due(stage, Errand.TELL) == {number: stage.clock.now()}
    assert stage.alerts == []


async def stored(stage):
    number = await succeeded(stage)
    await stage.fetch(number)
    return number


async def test_a_message_is_not_sent_before_its_time(stage):
    number = await stored(stage)
    stage.postman.troubles.append(PostponedError("429", wait_seconds=100))
    again = await stage.tell(number)
    assert again == stage.clock.now() + timedelta(seconds=100)
    assert await stage.tell(number) == again
    assert stage.postman.posted == []
    stage.clock.turn(seconds=100)
    assert await stage.tell(number) == stage.clock.now(), "another debt may wait behind it"
    assert await stage.tell(number) is None
    assert len(stage.postman.posted) == 1


async def test_a_video_that_is_shown_again_outlasts_a_hiccup_however_old_it_is(stage):
    number = await stored(stage)
    await stage.tell(number)
    stage.clock.turn(days=60)
    await stage.jobs.owe_showing(number, now=stage.clock.now())
    stage.postman.troubles.append(PostponedError("503"))
    again = await stage.tell(number)
    assert again is not None
    stage.clock.moment = again
    await stage.tell(number)
    assert len(stage.postman.posted) == 2


async def test_whoever_asked_to_see_a_video_again_is_gone_after_half_an_hour(stage):
    number = await stored(stage)
    await stage.tell(number)
    start = stage.clock.now()
    await stage.jobs.owe_showing(number, now=start)
    stage.postman.troubles.extend([PostponedError("503")] * 50)
    while (again := await stage.tell(number)) is not None:
        stage.clock.moment = again
    assert timedelta(minutes=30) < stage.clock.now() - start < timedelta(minutes=60)
    assert await stage.state(number) is JobState.DELIVERED
    assert await stage.jobs.list_debts() == []


async def test_after_a_week_of_outage_a_message_is_given_up_and_the_clip_kept(stage):
    number = await stored(stage)
    stage.postman.troubles.extend([PostponedError("503")] * 2)
    stage.clock.turn(days=7)
    again = await stage.tell(number)
    assert again is not None
    stage.clock.moment = again
    assert await stage.tell(number) is None
    assert await stage.state(number) is JobState.UNDELIVERABLE
    assert [alert.kind for alert in stage.alerts] == [AlertKind.UNDELIVERABLE]
    assert stage.shelf.kept


# -- tidying up ------------------------------------------------------------------------------------


async def test_the_file_of_a_job_that_has_still_to_take_it_up_is_nobodys_leftover(stage):
    running = await stage.submitted()
    spared = []

    async def sweep(known, now, *, awaited):
        spared.append((set(known), list(awaited)))
        return ()

    stage.shelf.sweep = sweep
    await stage.studio.watch.tidy()
    stage.provider.finish(TASK)
    await stage.look(running)
    await stage.studio.watch.tidy()
    await stage.jobs.set_aside(running, "a person looks", now=stage.clock.now())
    await stage.studio.watch.tidy()
    assert spared == [(set(), []), (set(), [running]), (set(), [running])]


async def test_what_is_stored_while_the_books_are_read_is_no_leftover_either(stage):
    """Between the two looks into the books the file goes from awaited to known."""
    number = await succeeded(stage)
    spared, rows = [], stage.jobs.list_delivered_clips

    class Slow:
        def __getattr__(self, name):
            return getattr(stage.jobs, name)

        async def list_delivered_clips(self):
            found = await rows()
            await stage.fetch(number)
            return found

    async def sweep(known, now, *, awaited):
        spared.extend([*known, *awaited])
        return ()

    stage.shelf.sweep = sweep
    tidy = stage.studio.watch.tidy
    await type(tidy)(Slow(), stage.shelf, stage.clock, tidy.limits)()
    assert spared == [number]


async def test_old_clips_are_given_up_and_what_nobody_has_got_is_kept(stage):
    delivered = await stored(stage)
    await stage.tell(delivered)
    stage.clock.turn(days=89)
    kept = await stage.submitted()
    stage.provider.finish(TaskId("task_2"))
    await stage.look(kept)
    await stage.fetch(kept)
    swept = []

    async def sweep(known, now, *, awaited):
        swept.append(set(known))
        return ()

    stage.shelf.sweep = sweep
    tidy = stage.studio.watch.tidy
    object.__setattr__(tidy, "limits", type(tidy.limits)(longest=90 * DAY))
    await tidy()
    assert set(stage.shelf.kept) == {f"{delivered}-0.mp4", f"{kept}-0.mp4"} == swept.pop()
    stage.clock.turn(days=2)
    await tidy()
    assert set(stage.shelf.kept) == {f"{kept}-0.mp4"} == swept.pop()
    assert await stage.jobs.list_clips(delivered) == ()
    stage.clock.turn(days=1000)
    await tidy()
    assert set(stage.shelf.kept) == {f"{kept}-0.mp4"}, "nobody has got it yet"
    await stage.tell(kept)
    assert stage.postman.posted[-1][0].clips[0].name == f"{kept}-0.mp4"
    assert (await stage.job(kept)).state is JobState.DELIVERED
