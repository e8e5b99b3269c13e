"""*Ask an admin*, *Approve once*, *Deny*: the presses, and what happens by itself.

Rule: a card works after every restart, and what a member asked is answered once.
"""

from bot.app import Clapper
from bot.cards import Act
from cogs._rounds import Rounds
from cogs.asks.answering import approve, denied, deny
from cogs.asks.asking import ask_admin


class Notices(Rounds):
    """Posts what is owed to servers, and lets questions expire."""

    every_seconds = 5.0

    async def round(self) -> None:
        """What is over first: it owes words."""
        await self.bot.services.asking()
        await self.bot.services.notify()


async def setup(bot: Clapper) -> None:
    """Listens, and goes round."""
    bot.on_press(Act.ASK, ask_admin)
    bot.on_press(Act.ASK_APPROVE, approve)
    bot.on_press(Act.ASK_DENY, deny)
    bot.on_form(Act.ASK_DENY, denied)
    await bot.add_cog(Notices(bot))
