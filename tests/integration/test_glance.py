"""A look into the books from outside says what the bot itself would say."""

from datetime import UTC, datetime

import pytest

from bot.adapters.sqlite.glance import glance
from bot.domain.errors import NotFoundError, StoreDamagedError
from bot.domain.ids import UserId
from bot.domain.job import Charge, JobState
from bot.domain.money import Micros
from tests.members import studio


async def test_it_sees_jobs_and_money_while_the_bot_writes(tmp_path):
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos)
        await here.video(1)
        here.provider.stage.always("task", "never")
        await here.ben.slash("ltx text", {"prompt": "a hen", "duration": 5}, channel=here.videos)
        await here.provider.until(lambda books: books.running)
        ann, ben = UserId(here.cast.ann.id), UserId(here.cast.ben.id)
        path, now = tmp_path / "data" / "clapper.db", datetime.now(UTC)
        seen = glance(path, here.guild, {ann: (), ben: ()}, now=now)
        for member in (ann, ben):
            own = await here.services.money.funds(here.guild, member, roles=(), now=now)
            assert seen.funds[member] == own
        done, open_ = seen.entries
        assert (done.member, done.charge, done.held) == (ann, Charge.SETTLED, 0)
        assert done.charged == done.price == Micros(80_000)
        assert done.task in here.provider.books.tasks
        assert len(done.tokens) == 1
        assert (open_.member, open_.charge, open_.charged) == (ben, Charge.OPEN, 0)
        assert open_.held == open_.price
        here.provider.stage.clear()
        stuck = [one.task_id for one in here.provider.books.tasks.values() if not one.ended]
        here.provider.finish(*stuck)
        await here.video(2)


async def test_a_charge_that_was_given_back_was_charged_all_the_same(tmp_path):
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos)
        await here.video(1)
        job = (await here.jobs_of(here.ann))[0]
        refund = await here.services.money.refund(
            here.guild, job.number, actor=UserId(1), now=here.services.clock.now()
        )
        assert refund is not None
        path = tmp_path / "data" / "clapper.db"
        (entry,) = glance(path, here.guild, {}, now=datetime.now(UTC)).entries
        assert (entry.refunded, entry.charged) == (True, 80_000)
        assert entry.state in {JobState.STORED, JobState.DELIVERED}


def test_books_that_are_not_there_or_not_ours_are_told_apart(tmp_path):
    now = datetime.now(UTC)
    with pytest.raises(NotFoundError):
        glance(tmp_path / "none.db", 1, {}, now=now)
    (tmp_path / "empty.db").touch()
    with pytest.raises(NotFoundError):
        glance(tmp_path / "empty.db", 1, {}, now=now)
    (tmp_path / "text.db").write_text("no database" * 100)
    with pytest.raises(StoreDamagedError):
        glance(tmp_path / "text.db", 1, {}, now=now)
    assert not list(tmp_path.glob("*-wal"))
