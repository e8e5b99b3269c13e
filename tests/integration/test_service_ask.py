"""Asking an admin on real books: once, whole, and through every crash."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.adapters.sqlite.policies import Policies
from bot.domain.ask import AskState, NotAsked, Unanswered, Void
from bot.domain.budget import Caps
from bot.domain.errors import NotFoundError, PostponedError, UndeliverableError
from bot.domain.ids import GuildId, RoleId
from bot.domain.job import JobState
from bot.domain.money import dollars
from bot.domain.notice import Topic, Word
from bot.service.ask import Approved, NotNow, Over
from tests.asked import ADMIN, OTHER_ADMIN, PRICE, Asked, DiedError, asked
from tests.fakes import GUILD, MEMBER

POINTS = ("ask-waiting", "before-hold", "after-hold", "ask-ordered")


@contextmanager
def dying(here: Asked, point: str) -> Iterator[None]:
    """The bot dies at a named point of the block, and another begins."""

    def die(name: str) -> None:
        if name == point:
            raise DiedError(name)

    here.failpoint = die
    with pytest.raises(DiedError):
        yield
    here.failpoint = lambda _: None
    here.restart()


async def test_an_approval_grants_what_is_missing_and_holds_it_at_once(tmp_path) -> None:
    async with asked(tmp_path) as here:
        ask = await here.asked()
        assert here.names() == ["ask"]
        assert await here.granted() == 0
        approval = await here.approved()
        assert isinstance(approval, Approved)
        assert approval.ask.state is AskState.APPROVED
        assert approval.ask.granted == dollars("0.38")
        [job] = await here.jobs()
        assert (job.price, job.interaction, job.place.message) == (
            PRICE,
            ask.question.interaction,
            here.standing[0][1],
        )
        assert await here.free() == 0


async def test_the_grant_expires_and_money_of_a_failed_video_is_in_it_until_then(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        await here.approved()
        [job] = await here.jobs()
        await here.stage.jobs.cancel(job.number, now=here.stage.clock.now(), why="")
        assert await here.free() == PRICE
        here.stage.clock.turn(hours=25)
        assert await here.free() == dollars("0.10")


async def test_who_can_afford_it_by_then_is_granted_nothing(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        await here.decide(allowance=dollars("1"))
        approval = await here.approved()
        assert isinstance(approval, Approved)
        assert approval.ask.granted == await here.granted() == 0
        assert await here.free() == dollars("0.52")


async def test_fresh_roles_decide_what_is_missing(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        policies = Policies(here.stage.database)
        now = here.stage.clock.now()
        await policies.set_role_allowance(GUILD, RoleId(5), dollars("0.40"), actor=ADMIN, now=now)
        await here.approved(roles=frozenset({RoleId(5)}))
        assert await here.granted() == dollars("0.08")


@pytest.mark.parametrize("point", POINTS)
async def test_dying_anywhere_in_an_approval_makes_one_job_or_none_and_the_next_press_one(
    tmp_path, point
) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        with dying(here, point):
            await here.approved()
        ordered = point in {"after-hold", "ask-ordered"}
        assert len(await here.jobs()) == ordered
        assert await here.granted() == (dollars("0.38") if ordered else 0)
        approval = await here.approved(actor=OTHER_ADMIN)
        assert isinstance(approval, Over if ordered else Approved)
        assert len(await here.jobs()) == 1
        assert await here.granted() == dollars("0.38")
        assert await here.free() == 0
        assert len(here.standing) == 1
        assert here.stood == (2 if point == "ask-waiting" else 1), "one that is known is used again"


async def test_a_waiting_message_without_a_job_is_taken_away_after_a_crash(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        with dying(here, "before-hold"):
            await here.approved()
        here.stage.postman.troubles.append(PostponedError("an outage"))
        await here.asking()
        assert here.stage.postman.withdrawn == []
        await here.asking()
        assert here.stage.postman.withdrawn == here.standing
        await here.asking()
        assert len(here.stage.postman.withdrawn) == 1
        ask = await here.asking.get(GUILD, 1)
        assert (ask.state, ask.waiting) == (AskState.OPEN, None)


async def test_dying_after_the_question_is_written_leaves_its_card_owed(tmp_path) -> None:
    async with asked(tmp_path) as here:
        with dying(here, "ask-opened"):
            await here.asked()
        assert here.names() == []
        await here.notify()
        assert here.names() == ["ask"]
        await here.asked()
        assert here.names() == ["ask"]


async def test_dying_after_a_card_is_posted_posts_it_under_the_same_nonce(tmp_path) -> None:
    async with asked(tmp_path) as here:
        with dying(here, "after-notice"):
            await here.asked()
        await here.notify()
        assert list(here.stage.postman.letters) == ["clapper-n1"]
        card = await here.notices.find_card(GUILD, 1)
        assert card is not None
        assert card.posted is not None


async def test_two_admins_at_once_make_one_job(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        answers = await asyncio.gather(
            here.approved(), here.approved(actor=OTHER_ADMIN), here.approved()
        )
        assert sum(isinstance(one, Approved) for one in answers) == 1
        assert len(await here.jobs()) == 1
        assert await here.granted() == dollars("0.38")


async def test_a_denial_while_the_approval_is_under_way_is_too_late_and_one_before_wins(
    tmp_path,
) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        both = await asyncio.gather(
            here.approved(), here.asking.deny(GUILD, 1, actor=OTHER_ADMIN, reason="")
        )
        assert isinstance(both[0], Approved)
        assert both[1] is False
        await here.asked(2)
        assert await here.asking.deny(GUILD, 2, actor=ADMIN, reason="no")
        approval = await here.approved(2)
        assert isinstance(approval, Over)
        assert approval.ask.state is AskState.DENIED
        assert len(await here.jobs()) == 1


async def test_what_was_denied_behind_its_back_is_not_ordered(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()

        async def stand(*of):
            await here.asks.deny(GUILD, 1, actor=OTHER_ADMIN, reason="", now=here.stage.clock.now())
            return await Asked.stand(here, *of)

        here.stand = stand
        assert isinstance(await here.approved(), Over)
        assert await here.jobs() == []
        assert await here.granted() == 0
        assert here.stage.postman.withdrawn == here.standing


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"paused": True}, Unanswered.PAUSED),
        ({"pool": dollars("0.20")}, Unanswered.POOL),
        ({"dearest": dollars("0.20")}, Unanswered.DEAREST),
    ],
    ids=str,
)
async def test_what_an_admin_can_mend_keeps_the_question_open_and_grants_nothing(
    tmp_path, rules, why
) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        before = await here.decide()
        await here.decide(**rules)
        for _ in range(2):
            approval = await here.approved()
            assert isinstance(approval, NotNow)
            assert approval.why is why
            await here.notify()
        assert await here.jobs() == []
        assert await here.granted() == 0
        assert here.standing == []
        assert here.names(Topic.WORD) == [Word.STUCK], "the member hears of it once"
        await here.decide(**{name: getattr(before, name) for name in rules})
        assert isinstance(await here.approved(), Approved)


async def test_a_pool_that_runs_dry_after_the_look_takes_the_grant_back_with_it(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()

        async def stand(*of):
            await here.decide(pool=dollars("0.20"))
            return await Asked.stand(here, *of)

        here.stand = stand
        approval = await here.approved()
        assert isinstance(approval, NotNow)
        assert approval.why is Unanswered.POOL
        assert await here.granted() == 0
        assert await here.jobs() == []
        assert here.stage.postman.withdrawn == here.standing
        assert (await here.asking.get(GUILD, 1)).state is AskState.OPEN


async def test_the_operators_cap_keeps_the_question_open(tmp_path) -> None:
    async with asked(tmp_path, caps=Caps(dollars("0.30"), None)) as here:
        await here.asked()
        approval = await here.approved()
        assert isinstance(approval, NotNow)
        assert approval.why is Unanswered.CAP
        assert await here.granted() == 0


async def test_a_full_queue_keeps_the_question_open(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.decide(at_once=1, queued=0, allowance=dollars("0.10"))
        await here.asked()
        await here.stage.ordered()
        approval = await here.approved()
        assert isinstance(approval, NotNow)
        assert approval.why is Unanswered.QUEUE


@pytest.mark.parametrize(
    ("fresh", "why"),
    [
        ({"left": True}, Void.LEFT),
        ({"request": Void.PICTURE}, Void.PICTURE),
        ({"request": Void.MODEL}, Void.MODEL),
    ],
    ids=str,
)
async def test_what_nobody_can_mend_closes_the_question_and_the_member_hears_why(
    tmp_path, fresh, why
) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        approval = await here.approved(**fresh)
        assert isinstance(approval, Over)
        assert (approval.ask.state, approval.ask.reason) == (AskState.VOID, why)
        await here.notify()
        assert here.names(Topic.WORD) == [Word.VOID]
        assert await here.granted() == 0


async def test_a_block_and_a_forbidden_word_close_it_too(tmp_path) -> None:
    async with asked(tmp_path) as here:
        policies, now = Policies(here.stage.database), here.stage.clock.now()
        await here.asked(1)
        await here.asked(2)
        await policies.block_word(GUILD, "fox", actor=ADMIN, now=now)
        word = await here.approved(1)
        await policies.unblock_word(GUILD, "fox", actor=ADMIN, now=now)
        await policies.block_member(GUILD, MEMBER, actor=ADMIN, now=now)
        block = await here.approved(2)
        assert isinstance(word, Over)
        assert isinstance(block, Over)
        assert (word.ask.reason, block.ask.reason) == (Void.WORD, Void.BLOCKED)


async def test_a_price_that_went_up_is_one_that_nobody_agreed_to(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked(price=dollars("0.40"))
        approval = await here.approved()
        assert isinstance(approval, Over)
        assert approval.ask.reason == Void.DEARER
        await here.asked(2, price=dollars("0.60"))
        assert isinstance(await here.approved(2), Approved)
        [job] = await here.jobs()
        assert job.price == PRICE, "a lower price is taken"


async def test_nobody_answers_for_three_days(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        here.stage.clock.turn(days=3, seconds=-1)
        await here.look()
        assert here.names(Topic.WORD) == []
        here.stage.clock.turn(seconds=1)
        late = await here.approved()
        assert isinstance(late, Over)
        assert late.ask.state is AskState.EXPIRED
        await here.look()
        await here.look()
        assert here.names(Topic.WORD) == [Word.EXPIRED]
        [card] = here.posted(Topic.CARD)
        assert card.ask is not None
        assert card.ask.state is AskState.EXPIRED, "the card says it too"


async def test_a_card_that_nobody_amended_is_amended_by_itself_after_an_outage(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        await here.approved()
        here.stage.postman.troubles.append(PostponedError("an outage"))
        await here.notify()
        [card] = here.posted(Topic.CARD)
        assert card.ask is not None
        assert card.ask.state is AskState.OPEN
        await here.notify()
        [card] = here.posted(Topic.CARD)
        assert card.ask is not None
        assert card.ask.state is AskState.APPROVED
        assert await here.asks.list_untold() == []


async def test_asked_twice_is_one_and_denied_is_denied_for_a_day(tmp_path) -> None:
    async with asked(tmp_path) as here:
        first = await here.asked(1)
        again = await here.asked(1, interaction=77)
        assert again.number == first.number
        await here.asking.deny(GUILD, first.number, actor=ADMIN, reason="")
        assert (await here.asked(1, interaction=78)).state is AskState.DENIED
        here.stage.clock.turn(hours=25)
        assert (await here.asked(1, interaction=79)).state is AskState.OPEN


async def test_one_member_has_three_open_questions_and_others_have_theirs(tmp_path) -> None:
    async with asked(tmp_path) as here:
        for nth in (1, 2, 3):
            await here.asked(nth)
        assert await here.asking.ask(here.question(4)) is NotAsked.MANY
        await here.asked(5, member=8)
        await here.asking.deny(GUILD, 1, actor=ADMIN, reason="")
        await here.asked(6)


async def test_where_the_admins_cannot_be_reached_the_question_is_no_question(tmp_path) -> None:
    async with asked(tmp_path) as here:
        here.stage.postman.troubles.append(UndeliverableError("403"))
        assert await here.asking.ask(here.question(1)) is NotAsked.CLOSED
        await here.decide(admin_channel=None)
        assert await here.asking.ask(here.question(2)) is NotAsked.CLOSED
        await here.look()
        assert here.posted() == [], "the member was answered at once"
        assert [(await here.asking.get(GUILD, nth)).state for nth in (1, 2)] == [AskState.VOID] * 2


async def test_a_question_through_an_outage_is_put_when_it_is_over(tmp_path) -> None:
    async with asked(tmp_path) as here:
        here.stage.postman.troubles.append(PostponedError("503"))
        await here.asked()
        assert here.posted() == []
        here.stage.clock.turn(minutes=1)
        await here.look()
        assert here.names(Topic.CARD) == ["ask"]


async def test_after_an_outage_the_channel_is_gone_and_the_member_hears_it(tmp_path) -> None:
    async with asked(tmp_path) as here:
        here.stage.postman.troubles.extend([PostponedError("503"), UndeliverableError("404")])
        await here.asked()
        here.stage.clock.turn(minutes=1)
        await here.look()
        await here.look()
        assert here.names() == [Word.VOID]


async def test_another_server_knows_nothing_of_it(tmp_path) -> None:
    async with asked(tmp_path) as here:
        await here.asked()
        with pytest.raises(NotFoundError):
            await here.asking.get(GuildId(999), 1)
        assert not await here.asking.deny(GuildId(999), 1, actor=ADMIN, reason="")
        assert (await here.asking.get(GUILD, 1)).state is AskState.OPEN


async def test_the_card_shows_the_last_jobs_and_what_they_cost(tmp_path) -> None:
    async with asked(tmp_path) as here:
        number = await here.stage.ordered()
        await here.stage.jobs.cancel(number, now=here.stage.clock.now(), why="")
        await here.asked()
        [card] = here.posted(Topic.CARD)
        [(job, charged)] = card.latest
        assert (job.number, job.state, charged) == (number, JobState.CANCELLED, 0)
        assert card.notice.ends_at - card.notice.raised_at == timedelta(days=3)
