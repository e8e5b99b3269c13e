"""Looks for troubles, and takes the press of an admin who has seen to one.

Rule: what is wrong is read from the books, so nobody has to have been there when it began.
"""

from bot.app import Clapper
from bot.cards import Act, Press, alert_card
from bot.domain.errors import NotFoundError
from cogs._admin import admin_of
from cogs._caller import Asked
from cogs._rounds import Rounds


class Watchman(Rounds):
    """Goes round all servers."""

    every_seconds = 60.0

    async def round(self) -> None:
        """The notices' own rounds post what was found."""
        await self.bot.services.troubles()


async def noted(interaction: Asked, press: Press) -> None:
    """Shows the other admins that somebody has."""
    caller = await admin_of(interaction)
    notice = await interaction.client.services.notices.find(press.number)
    if notice is None or notice.guild != caller.guild:
        raise NotFoundError(f"notice {press.number}")
    reader = interaction.client.reader(interaction, public=True)
    card = alert_card(reader, notice, noted_by=f"<@{caller.member}>")
    await interaction.client.awake(
        caller.channel, lambda: interaction.response.edit_message(view=card)
    )


async def setup(bot: Clapper) -> None:
    """Listens, and goes round."""
    bot.on_press(Act.NOTED, noted)
    await bot.add_cog(Watchman(bot))
