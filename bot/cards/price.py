"""A price in words, and what it leaves.

Rule: a price that no document of the provider states is never shown as if one did.
"""

from bot.cards.card import Reader
from bot.domain.job import Job
from bot.domain.money import Micros
from bot.domain.video import Price


def show_price(reader: Reader, price: Price) -> str:
    """`$0.08`, or `about $0.35` where it is assumed."""
    return reader.say("card.assumed" if price.assumed else "card.cost", price=price.micros)


def show_cost(reader: Reader, job: Job, charged: Micros | None) -> str:
    """What a job has cost: `$0.08`, `free`, `paid back`; its price while nobody knows yet."""
    if job.refunded:
        return reader.say("card.paid-back")
    if charged is None:
        return show_price(reader, Price(job.price, assumed=job.price_assumed))
    return reader.say("card.cost", price=charged) if charged else reader.say("card.free")


def price_line(reader: Reader, price: Price, rest: Micros | None) -> str:
    """`$0.08 · $0.92 left after it`; the price alone where the rest is nobody's business."""
    shown = f"**{show_price(reader, price)}**"
    if rest is None:
        return reader.say("card.waiting.price-only", price=shown)
    return reader.say("card.waiting.price", price=shown, rest=rest)
