"""What keeps the bot from working in a channel, asked of the local Discord."""

import asyncio

from bot.adapters.discord.rights import access_to
from bot.domain.ids import ChannelId
from bot.domain.rights import INVITED_WITH, NEEDED, Access
from bot.playground.local_discord import Can, Channel
from bot.playground.local_discord.places import Kind
from tests.faced import until
from tests.members import Studio, studio


async def access(here: Studio, channel: Channel) -> Access | None:
    return await access_to(here.client, here.guild, ChannelId(channel.id))


async def becomes(here: Studio, channel: Channel, wanted: Access) -> None:
    """What changed at Discord has been told."""
    async with asyncio.timeout(10):
        while await access(here, channel) != wanted:
            await asyncio.sleep(0.005)


def known(here: Studio, channel: Channel) -> bool:
    """Whether the library has it at hand."""
    guild = here.client.get_guild(here.guild)
    return guild is not None and guild.get_channel_or_thread(channel.id) is not None


async def test_a_thread_that_sleeps_is_still_a_place(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        thread = here.cast.thread
        assert await access(here, thread) == Access()
        here.server.world.set_archived(thread, archived=True)
        await until(lambda: not known(here, thread))
        assert await access(here, thread) == Access()
        here.server.world.set_archived(thread, archived=True, locked=True)
        assert await access(here, thread) == Access(("manage_threads",))


async def test_a_thread_goes_by_the_rights_for_threads(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        world = here.server.world
        role = world.bot_role(here.cast.studio)
        world.set_overwrite(here.cast.general, role, deny=Can.SEND_MESSAGES)
        await becomes(here, here.cast.general, Access(("send_messages",)))
        assert await access(here, here.cast.thread) == Access()
        world.set_overwrite(here.cast.general, role, deny=Can.SEND_MESSAGES_IN_THREADS)
        await becomes(here, here.cast.thread, Access(("send_messages_in_threads",)))


async def test_what_is_deleted_or_elsewhere_is_gone(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        assert await access(here, here.cast.lobby) == Access(gone=True)
        here.server.world.remove_channel(here.cast.general)
        await until(lambda: not known(here, here.cast.general))
        assert await access(here, here.cast.general) == Access(gone=True)


async def test_a_private_thread_without_the_bot_cannot_be_seen(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        secret = here.server.world.add_channel(
            here.cast.studio, "secret", kind=Kind.PRIVATE_THREAD, parent=here.cast.admins_only
        )
        role = here.server.world.bot_role(here.cast.studio)
        here.server.world.set_overwrite(here.cast.admins_only, role, deny=Can.VIEW_CHANNEL)
        here.server.world.set_archived(secret, archived=True)
        await until(lambda: not known(here, secret))
        assert await access(here, secret) == Access(NEEDED[:1])


async def test_what_discord_does_not_say_is_not_known(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        thread = here.cast.thread
        here.server.world.set_archived(thread, archived=True)
        await until(lambda: not known(here, thread))
        here.server.world.faults.fail("GET", f"/channels/{thread.id}", status=503, times=50)
        assert await access(here, thread) is None
        assert await here.services.troubles.look(here.guild) == []


async def test_what_the_invitation_asks_for_is_enough(tmp_path) -> None:
    """Without Manage Messages, that is: whatever the bot takes away is its own."""
    async with studio(tmp_path) as here:
        invited = sum(Can[name.upper()] for name in INVITED_WITH)
        everything = sum(Can) & ~Can.ADMINISTRATOR
        role = here.server.world.bot_role(here.cast.studio)
        overwrite = {"allow": invited, "deny": everything & ~invited}
        here.server.world.set_overwrite(here.videos, role, **overwrite)
        await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
        video = await here.video(1)
        await until(lambda: here.public() == [video])
        pressed = await here.ada.press(video, "Delete")
        assert "is gone from the channel" in (await pressed.message()).text
        assert here.public() == []
        await here.ada.slash("show", {"job": 1}, channel=here.videos)
        again = await here.video(1)
        refusal = await (await here.ben.press(again, "Delete")).message()
        assert "Only its maker or a moderator" in refusal.text
        assert here.public() == [again]
