"""A world that was written down comes back as it was."""

import json

import pytest

from bot.playground.local_discord import LocalDiscord, World, furnish
from bot.playground.local_discord.keeping import WorldUnreadableError, bring_back, keep
from bot.playground.local_discord.telling import Teller
from tests.members import studio


def written(world):
    return json.loads(json.dumps(keep(world)))


def shown(world):
    """All that a page could show of it, addresses of files aside: they are signed by the second."""
    teller = Teller(world)
    messages = [one for channel in world.channels.values() for one in channel.history]
    text = json.dumps(
        [
            {**teller.snapshot(), "now": 0, "last_request": 0, "connected": False},
            [teller.message(one) for one in messages],
            [teller.interaction(one) for one in world.interactions.values()],
        ]
    )
    return json.loads(text)


def without_addresses(told):
    if isinstance(told, dict):
        return {k: without_addresses(v) for k, v in told.items() if k not in {"url", "proxy_url"}}
    return [without_addresses(one) for one in told] if isinstance(told, list) else told


async def test_messages_people_and_places_come_back_under_their_ids(tmp_path):
    async with studio(tmp_path) as here:
        await here.ann.slash("ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos)
        video = await here.video(1)
        asked = await here.ann.slash("balance", channel=here.videos)
        await asked.message()
        said = await here.ben.say(here.videos, f"look, {here.cast.ann.mention}")
        await here.ben.say(here.videos, "gone soon")
        here.ben.delete(here.ben.messages(here.videos)[-1])
        world = here.server.world
        kept = written(world)
        before = shown(world)
        clip = await here.server.read(video.media[0])
    back = bring_back(kept)
    assert without_addresses(shown(back)) == without_addresses(before)
    assert {**written(back), "last_id": 0} == {**kept, "last_id": 0}
    again = back.find_message(here.videos.id, video.id)
    assert again.media
    assert again.author is back.bot
    assert again.interaction is None or again.interaction.id == video.interaction.id
    assert back.find_message(here.videos.id, said.id).pinged == {here.cast.ann.id}
    assert back.ids.next() > max(int(one["id"]) for one in kept["messages"])
    assert clip[4:8] == b"ftyp"


async def test_files_are_read_again_and_old_addresses_still_work(tmp_path):
    world = World(folder=tmp_path)
    cast = furnish(world)
    async with LocalDiscord(world) as server:
        said = await server.person(cast.ann).say(cast.videos, files=[("a.txt", b"hello")])
        address = world.files.address(said.attachments[0])
    back = bring_back(written(world), folder=tmp_path)
    file = back.find_message(cast.videos.id, said.id).attachments[0]
    assert await back.files.read(file) == b"hello"
    back.files.origin = world.files.origin
    assert back.files.named_by(address) is file


async def test_what_another_version_kept_is_refused():
    kept = written(World())
    with pytest.raises(WorldUnreadableError):
        bring_back({**kept, "version": 0})
    del kept["users"]
    with pytest.raises(WorldUnreadableError):
        bring_back(kept)
