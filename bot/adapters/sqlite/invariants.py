"""What must be true of the books at all times, each as a query that returns no rows.

Rule: a broken invariant stops the start and says which. Nothing here mends anything.
"""

import sqlite3
from typing import Final

INVARIANTS: Final[dict[str, str]] = {
    "the sum of all postings is zero": "SELECT sum(posted) FROM accounts HAVING sum(posted) <> 0",
    "what is held is bound for somewhere": (
        "SELECT sum(pending), sum(incoming) FROM accounts HAVING sum(pending) <> sum(incoming)"
    ),
    "no wallet is below zero": (
        "SELECT id, posted, pending FROM accounts"
        " WHERE kind <> 'house' AND (posted - pending < 0 OR pending < 0)"
    ),
    "what is there equals what moved": """
        SELECT a.id, a.posted, moved.amount FROM accounts a JOIN (
          SELECT account, sum(amount) AS amount FROM (
            SELECT credit_id AS account, amount FROM transfers WHERE kind NOT IN ('hold', 'void')
            UNION ALL
            SELECT debit_id, -amount FROM transfers WHERE kind NOT IN ('hold', 'void')
            UNION ALL
            SELECT id, 0 FROM accounts
          ) GROUP BY account
        ) moved ON moved.account = a.id
        WHERE a.posted <> moved.amount""",
    "what was put in equals what was given and taken": """
        SELECT a.id, a.funded, moved.amount FROM accounts a JOIN (
          SELECT account, sum(amount) AS amount FROM (
            SELECT credit_id AS account, amount FROM transfers
            WHERE kind IN ('fund', 'grant', 'take', 'adjust')
            UNION ALL
            SELECT debit_id, -amount FROM transfers
            WHERE kind IN ('fund', 'grant', 'take', 'adjust')
            UNION ALL
            SELECT id, 0 FROM accounts
          ) GROUP BY account
        ) moved ON moved.account = a.id
        WHERE a.funded <> moved.amount""",
    "what is held equals the open holds": """
        SELECT a.id, a.pending, held.amount FROM accounts a JOIN (
          SELECT account, sum(amount) AS amount FROM (
            SELECT debit_id AS account, amount FROM transfers h WHERE kind = 'hold'
            AND NOT EXISTS (SELECT 1 FROM transfers r WHERE r.resolves = h.id)
            UNION ALL
            SELECT id, 0 FROM accounts
          ) GROUP BY account
        ) held ON held.account = a.id
        WHERE a.pending <> held.amount""",
    "what is awaited equals the open holds": """
        SELECT a.id, a.incoming, held.amount FROM accounts a JOIN (
          SELECT account, sum(amount) AS amount FROM (
            SELECT credit_id AS account, amount FROM transfers h WHERE kind = 'hold'
            AND NOT EXISTS (SELECT 1 FROM transfers r WHERE r.resolves = h.id)
            UNION ALL
            SELECT id, 0 FROM accounts
          ) GROUP BY account
        ) held ON held.account = a.id
        WHERE a.incoming <> held.amount""",
    "every job holds its price in every scope that it touches": """
        SELECT j.number, h.scope, sum(h.amount), j.price
        FROM jobs j JOIN transfers h ON h.job = j.number AND h.kind = 'hold'
        GROUP BY j.number, h.scope HAVING sum(h.amount) <> j.price""",
    "every job has a hold of the member's and one of the server's": """
        SELECT number FROM jobs j WHERE (
          SELECT count(DISTINCT scope) FROM transfers h
          WHERE h.job = j.number AND h.kind = 'hold' AND h.scope IN ('member', 'server')
        ) <> 2""",
    "every job's charge matches its holds": """
        SELECT j.number, j.state, j.charge, h.scope, r.kind
        FROM jobs j JOIN transfers h ON h.job = j.number AND h.kind = 'hold'
        LEFT JOIN transfers r ON r.resolves = h.id
        WHERE CASE
          WHEN j.charge = 'open' THEN r.id IS NOT NULL
          WHEN r.id IS NULL THEN 1
          WHEN j.charge = 'void' THEN r.kind <> 'void'
          WHEN j.charge = 'waived' AND h.scope IN ('member', 'server') THEN r.kind <> 'void'
          WHEN j.charge = 'waived' THEN r.kind <> 'settle'
          ELSE 0 END""",
    "a settled job was paid for in every scope": """
        SELECT j.number, h.scope FROM jobs j
        JOIN transfers h ON h.job = j.number AND h.kind = 'hold'
        LEFT JOIN transfers r ON r.resolves = h.id AND r.kind = 'settle'
        WHERE j.charge = 'settled'
        GROUP BY j.number, h.scope HAVING count(r.id) = 0""",
    "a refund is marked on its job": """
        SELECT j.number FROM jobs j WHERE j.refunded <> EXISTS (
          SELECT 1 FROM transfers t
          WHERE t.job = j.number AND t.kind = 'refund' AND t.scope = 'member')""",
    "at most one attempt of a job may have created a task": (
        "SELECT job FROM attempts WHERE state <> 'not-created' GROUP BY job HAVING count(*) > 1"
    ),
    "a job that was submitted has an attempt that may have created its task": """
        SELECT number FROM jobs j WHERE state NOT IN ('held', 'cancelled', 'rejected')
        AND NOT EXISTS (
          SELECT 1 FROM attempts a WHERE a.job = j.number AND a.state <> 'not-created')""",
    "a waiting job has no attempt that may have created a task": """
        SELECT number FROM jobs j WHERE state IN ('held', 'cancelled', 'rejected')
        AND EXISTS (
          SELECT 1 FROM attempts a WHERE a.job = j.number AND a.state <> 'not-created')""",
    "what runs or ran has a task": """
        SELECT number FROM jobs WHERE task_id IS NULL AND state IN
        ('running', 'succeeded', 'stored', 'delivered', 'undeliverable', 'lost', 'failed')""",
    "no two jobs share a task": (
        "SELECT task_id FROM jobs WHERE task_id IS NOT NULL GROUP BY task_id HAVING count(*) > 1"
    ),
    "what is stored has a file": """
        SELECT number FROM jobs j WHERE state IN ('stored', 'delivered', 'undeliverable')
        AND NOT EXISTS (SELECT 1 FROM clips c WHERE c.job = j.number)""",
    "what was delivered has a message": """
        SELECT number FROM jobs j WHERE state = 'delivered' AND NOT EXISTS (
          SELECT 1 FROM deliveries d
          WHERE d.job = j.number AND d.done_at IS NOT NULL AND d.message_id IS NOT NULL)""",
    "no wallet belongs to a period that never began": """
        SELECT a.id FROM accounts a WHERE a.kind = 'wallet' AND NOT EXISTS (
          SELECT 1 FROM periods p WHERE p.guild_id = a.guild_id
          AND p.kind = substr(a.period, 1, instr(a.period, ' ') - 1)
          AND p.starts_on = substr(a.period, instr(a.period, ' ') + 1))""",
    "every row that is referred to exists": "PRAGMA foreign_key_check",
    "what an admin approved is the job that was asked for": """
        SELECT a.number FROM asks a LEFT JOIN jobs j ON j.number = a.job
        WHERE a.state = 'approved' AND (j.interaction_id IS NOT a.interaction_id
          OR j.guild_id IS NOT a.guild_id OR j.member_id IS NOT a.member_id)""",
    "what was granted for an ask is its member's": """
        SELECT a.number FROM asks a JOIN accounts g ON g.id = a.grant_id
        WHERE g.kind <> 'grant' OR g.guild_id <> a.guild_id OR g.member_id <> a.member_id""",
}


def broken_invariants(con: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """The invariants that do not hold, each with up to five of the rows that break it."""
    broken: dict[str, list[tuple[object, ...]]] = {}
    for name, query in INVARIANTS.items():
        rows = con.execute(query).fetchmany(5)
        if rows:
            broken[name] = rows
    return broken
