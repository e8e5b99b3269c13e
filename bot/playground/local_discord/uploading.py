"""Files that a person gives to a command, a form or a message.

Rule: too large a file is refused by the client; the bot never hears of it.
"""

from pathlib import Path
from typing import TypeAlias

from bot.playground.local_discord.messages import Attachment
from bot.playground.local_discord.options import ClientRefusal
from bot.playground.local_discord.people import User
from bot.playground.local_discord.pictures import measure
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.world import World

FileLike: TypeAlias = bytes | Path | tuple[str, bytes] | Attachment
"""A file to attach: its bytes, a path, a name with bytes, or what was uploaded before."""


async def take_file(world: World, file: FileLike, user: User, channel: Channel) -> Attachment:
    """Uploads a file for a command or a form."""
    if isinstance(file, Attachment):
        return file
    name, body = name_and_body(file)
    guild = world.guild_of(channel)
    limit = max(user.upload_limit, guild.file_limit if guild else 0)
    if len(body) > limit:
        raise ClientRefusal(f"Your files are too powerful. The limit is {limit} bytes.")
    return await world.files.store(name, body, channel_id=channel.id, ephemeral=True)


def name_and_body(file: bytes | Path | tuple[str, bytes]) -> tuple[str, bytes]:
    """A name for each kind of file: bytes alone get the ending that they are."""
    if isinstance(file, Path):
        return file.name, file.read_bytes()
    if isinstance(file, tuple):
        return file
    looked = measure(file)
    return f"file.{looked[0].partition('/')[2] if looked else 'bin'}", file
