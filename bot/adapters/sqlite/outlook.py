"""A look at what an order would meet, as one function on a connection that only reads.

Rule: it judges by the same functions as the hold does; a test compares the two.
"""

import sqlite3
from datetime import datetime

from bot.adapters.sqlite.ledger import caps_now, funds, limited, pool
from bot.adapters.sqlite.policy_rows import read_policy
from bot.domain.budget import Caps, Funds, Pool, Refused, Scope, Shortfall
from bot.domain.job import Order
from bot.domain.money import Micros
from bot.domain.outlook import Outlook


def look_ahead(con: sqlite3.Connection, order: Order, *, caps: Caps, now: datetime) -> Outlook:
    """Limits first, then every capped scope, as `reserve` goes."""
    policy = read_policy(con, order.guild)
    mine = funds(con, order.guild, order.member, roles=order.roles, now=now)
    pools = {Scope.SERVER: pool(con, order.guild, now=now), **caps_now(con, caps, now=now)}
    return Outlook(
        policy=policy,
        free=mine.free,
        affordable=Micros(min(mine.free, policy.dearest, *(it.free for it in pools.values()))),
        refused=limited(con, order, policy) or _short(order.price, mine, pools),
    )


def _short(price: Micros, mine: Funds, pools: dict[Scope, Pool]) -> Refused | None:
    stands = [(Scope.MEMBER, mine.free, mine.period)]
    stands += [(scope, pool.free, pool.period) for scope, pool in pools.items()]
    shortfalls = tuple(
        Shortfall(scope, free, Micros(price - free), period.ends_at)
        for scope, free, period in stands
        if free < price
    )
    return Refused(price, shortfalls) if shortfalls else None
