"""What the admins of the playground's server have decided before anybody came.

Rule: it is written through the bot's own stores, before the bot starts, and once.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.policies import Policies
from bot.domain.ids import ChannelId, GuildId, RoleId, UserId
from bot.domain.money import dollars
from bot.domain.policy import Policy
from bot.playground.local_discord import Cast

PATRONS_GET: Final = dollars("5")
"""A month; everybody else has the default."""


async def decide(folder: DataFolder, cast: Cast) -> None:
    """Sets channels and the paying role's allowance, as Ada the admin would."""
    guild, admin = GuildId(cast.studio.id), UserId(cast.ada.id)

    def with_channels(was: Policy) -> Policy:
        return replace(
            was,
            channel=ChannelId(cast.videos.id),
            admin_channel=ChannelId(cast.admins_only.id),
        )

    folder.prepare()
    with folder.lock():
        async with await Database.open(folder.database) as database:
            policies, now = Policies(database), datetime.now(UTC)
            await policies.change(guild, with_channels, act="channel", actor=admin, now=now)
            await policies.set_role_allowance(
                guild, RoleId(cast.patrons.id), PATRONS_GET, actor=admin, now=now
            )
