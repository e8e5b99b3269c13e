"""Round amounts for the lines behind the days.

Rule: pure figures; nothing here draws.
"""

from itertools import count
from typing import Final

from bot.domain.money import Micros, show_dollars

_CENT: Final = 10_000


def ticks(largest: Micros, *, most: int = 4) -> tuple[Micros, ...]:
    """Equal steps of one, two or five cents, dimes, dollars … up to the top: `most` at most."""
    step = next(
        unit * 10**power
        for power in count()
        for unit in (_CENT, 2 * _CENT, 5 * _CENT)
        if unit * 10**power * most >= largest
    )
    return tuple(Micros(step * nth) for nth in range(1, max(1, -(-largest // step)) + 1))


def short(amount: Micros) -> str:
    """`$2`, `$0.50`."""
    return show_dollars(amount).removesuffix(".00")
