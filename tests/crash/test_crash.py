"""The bot is killed, and the provider's own books are compared with ours."""

import contextlib
from pathlib import Path

import pytest

from bot.playground.rehearsal import TaskEntry
from tests.crash.loop import die_everywhere, fill_at_random, kill_at_random, world_of
from tests.crash.world import SCALE, World


async def test_it_can_die_at_every_named_point_and_nothing_is_paid_twice_or_lost(tmp_path):
    async with world_of(tmp_path, seed=1) as world:
        assert await die_everywhere(world) == [], "every point was reached"
        await world.rest()
        assert world.verdict() == []
        assert len(world.acks) >= 10


async def test_it_can_be_killed_at_any_moment_while_the_provider_misbehaves(tmp_path, seed):
    async with world_of(tmp_path, seed=seed) as world:
        await kill_at_random(world, seed=seed, kills=15)
        await world.rest()
        assert world.verdict() == [], f"seed {seed}"


async def test_the_disk_can_be_full_at_any_moment_and_nothing_is_lost(tmp_path, seed):
    async with world_of(tmp_path, seed=seed) as world:
        await fill_at_random(world, seed=seed, lives=3, jobs=12)
        await world.rest()
        assert world.verdict() == [], f"seed {seed}"
        tasks = world.provider.books.tasks.values()
        unheard = sum(call.answer == 503 for task in tasks for call in task.deliveries)
        assert world.refusals + unheard > 0, "it was felt"


async def test_told_to_stop_it_hears_the_answer_that_it_paid_for_and_begins_nothing(tmp_path):
    async with world_of(tmp_path, seed=1) as world:
        world.provider.stage.always("submit", f"slow:{0.5 / SCALE}")  # half a second
        await world.start(more=3)
        await world.opened()
        await world.provider.until(lambda books: len(books.submissions) == 3)
        world.provider.stage.clear()
        await world.stop()
        assert world.states() == {"running": 3}, "none is unknown"
        await world.rest()
        assert world.verdict() == []
        assert len(world.provider.books.submissions) == 3


async def _lost_answers(world: World) -> None:
    world.provider.stage.next("submit", "created+reset", "created+cut_json")
    await world.start(more=2)
    await world.opened()
    # Both callbacks came in; whoever wants to post again has had the time for it.
    await world.provider.until(lambda books: sum(map(_rang, books.tasks.values())) >= 2)
    with contextlib.suppress(TimeoutError, AssertionError):
        await world.provider.until(lambda books: len(books.submissions) > 2, 0.5)
    await world.kill("with lost answers")


def _rang(task: TaskEntry) -> bool:
    return any(call.answer == 200 for call in task.deliveries)


async def _dead_after_the_answer(world: World) -> None:
    assert await world.dies_at("after-answer")


async def _dead_after_the_send(world: World) -> None:
    assert await world.dies_at("after-send")


# Whoever is killed in the middle of a download leaves the provider with a file that is still open.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed file:ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)

SCENES = {
    "timeouts_are_retried_like_429": (_lost_answers, "times"),
    "a_restart_submits_again": (_dead_after_the_answer, "times"),
    "callbacks_ids_are_ignored": (_lost_answers, "was made and is expired"),
    "every_try_has_a_new_nonce": (_dead_after_the_send, "was told its clip 2 times"),
}


@pytest.mark.parametrize("mistake", SCENES)
async def test_a_planted_mistake_is_found(tmp_path: Path, mistake: str):
    scene, complaint = SCENES[mistake]
    async with world_of(tmp_path, seed=5, mistake=mistake) as world:
        await scene(world)
        await world.rest()
        assert any(complaint in line for line in world.verdict()), world.verdict()


@pytest.mark.parametrize("scene", {scene for scene, _ in SCENES.values()}, ids=lambda s: s.__name__)
async def test_the_same_scene_without_the_mistake_is_clean(tmp_path: Path, scene):
    async with world_of(tmp_path, seed=5) as world:
        await scene(world)
        await world.rest()
        assert world.verdict() == []
