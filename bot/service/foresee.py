"""Looking at an order before anybody is answered: price, limits, money, words.

Rule: nothing is held and nothing is promised; `Generate` decides.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.domain.budget import Limit, Refused
from bot.domain.job import Order
from bot.domain.outlook import Outlook
from bot.domain.ports import Clock
from bot.domain.video import Price
from bot.service.generate import Generate, Wish, order_of


class Books(Protocol):
    """Where things stand written."""

    async def look_ahead(self, order: Order, now: datetime) -> Outlook:
        """What this order would meet at this moment."""
        ...


@dataclass(frozen=True, slots=True)
class Foresee:
    """Asks all that `Generate` would ask."""

    generate: Generate
    books: Books
    clock: Clock

    def price(self, wish: Wish) -> Price:
        """What it costs now."""
        return self.generate.price(wish.model, wish.request)

    async def __call__(self, wish: Wish) -> Outlook:
        """How things stand for this wish."""
        price = self.price(wish)
        outlook = await self.books.look_ahead(order_of(wish, price), self.clock.now())
        limit = self._closed(wish)
        return replace(outlook, refused=Refused(price.micros, limit=limit)) if limit else outlook

    def _closed(self, wish: Wish) -> Limit | None:
        if wish.guild not in self.generate.allowed:
            return Limit.SERVER
        return None if self.generate.guard.stop is None else Limit.STOPPED
