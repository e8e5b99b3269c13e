"""The doctor compares the shelf with the books."""

import pytest

from bot.adapters.examine_clips import examine_clips
from bot.adapters.folder import DataFolder
from bot.domain.finding import Verdict
from tests.rehearsed import rehearsed


@pytest.fixture
async def kept(tmp_path):
    """The file of a delivered clip, after the bot has stopped."""
    async with rehearsed(tmp_path) as world:
        await world.ended(await world.ordered())
        (clip,) = world.postman.posted[0][0].clips
    return tmp_path / "data" / "clips" / clip.name


async def verdict_of(tmp_path):
    (finding,) = await examine_clips(DataFolder(tmp_path / "data"))
    return finding.verdict


async def test_a_whole_shelf_is_well(tmp_path, kept):
    assert await verdict_of(tmp_path) is Verdict.OK


async def test_a_missing_file_is_found(tmp_path, kept):
    kept.unlink()
    assert await verdict_of(tmp_path) is Verdict.BROKEN


async def test_a_file_that_somebody_changed_is_found_though_its_size_is_right(tmp_path, kept):
    content = bytearray(kept.read_bytes())
    content[-1] ^= 1
    kept.write_bytes(content)
    assert await verdict_of(tmp_path) is Verdict.BROKEN


async def test_where_there_are_no_books_there_is_nothing_to_compare(tmp_path):
    assert await examine_clips(DataFolder(tmp_path)) == []
