"""Lets the messages of a video say that it was paid back, once an admin has read so.

Rule: only those that the books know. One that is posted in this moment is marked when it is written
down (`service/tell.py`).
"""

from typing import Final

from bot.domain.ids import GuildId, JobNumber
from cogs._caller import Asked

_MOST: Final = 5
"""Messages of one video: it may have been shown again."""


async def mark_refunded(interaction: Asked, number: JobNumber) -> None:
    """On all of its messages."""
    client, guild = interaction.client, GuildId(interaction.guild_id or 0)
    for receipt in (await client.services.jobs.list_told(number))[:_MOST]:
        await client.mark_refunded(guild, receipt)
