"""Acts of admins that a repetition must not do again, by the interaction that asked for them.

Discord may bring the same interaction twice, as when a lost connection is resumed. A decision that is
made twice is the same decision, but money that is given twice is not.

Rule: an act is remembered in the transaction that does it.
"""

import sqlite3
from datetime import datetime

from bot.adapters.sqlite.codec import stamp
from bot.domain.budget import AccountId, Taken
from bot.domain.ids import InteractionId
from bot.domain.money import Micros


def find_granted(con: sqlite3.Connection, interaction: InteractionId) -> AccountId | None:
    """The grant that this interaction has made already."""
    row = con.execute(
        "SELECT account_id FROM acts WHERE interaction_id = ? AND kind = 'grant'", (interaction,)
    ).fetchone()
    return None if row is None else AccountId(row[0])


def remember_granted(
    con: sqlite3.Connection,
    interaction: InteractionId,
    account: AccountId,
    amount: Micros,
    now: datetime,
) -> None:
    """A second one under the same interaction is refused by the table."""
    con.execute(
        "INSERT INTO acts (interaction_id, at, kind, account_id, amount) VALUES (?, ?, 'grant', ?, ?)",
        (interaction, stamp(now), account, amount),
    )


def find_taken(con: sqlite3.Connection, interaction: InteractionId) -> Taken | None:
    """What came of taking money back by this interaction."""
    row = con.execute(
        "SELECT amount, there FROM acts WHERE interaction_id = ? AND kind = 'take'", (interaction,)
    ).fetchone()
    return None if row is None else Taken(Micros(row[0]), Micros(row[1]))


def remember_taken(
    con: sqlite3.Connection, interaction: InteractionId, taken: Taken, now: datetime
) -> None:
    """Also where nothing was taken: then the repetition takes nothing either."""
    con.execute(
        "INSERT INTO acts (interaction_id, at, kind, amount, there) VALUES (?, ?, 'take', ?, ?)",
        (interaction, stamp(now), taken.amount, taken.there),
    )
