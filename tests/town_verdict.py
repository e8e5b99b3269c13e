"""Everything in which books, provider, log and people disagree when a town closes."""

import json
from collections import Counter
from typing import TYPE_CHECKING

from bot.adapters.sqlite.invariants import broken_invariants
from bot.playground.local_discord import Message

if TYPE_CHECKING:
    from tests.town import Town


def verdict(town: "Town") -> list[str]:
    """Everything in which books, provider, log and people disagree."""
    with town.look() as con:
        found = [f"invariant: {name}: {rows}" for name, rows in broken_invariants(con).items()]
    posted = _posted(town)
    return [*found, *_bills(town), *_said(town), *_pings(town, posted), *_told(town, posted)]


def _posted(town: "Town") -> list[Message]:
    """Whatever the bot has ever said to more than one person, or directly."""
    events = [town.news.get_nowait() for _ in range(town.news.qsize())]
    said = [one.subject for one in events if one.kind == "message_posted"]
    return [one for one in said if one.author.bot and not one.ephemeral]


def _stands(town: "Town", message: Message) -> bool:
    return not message.deleted and message.channel_id in town.server.world.channels


def _pings(town: "Town", posted: list[Message]) -> list[str]:
    makers = {row.number: row.member_id for row in town.rows()}
    return [
        f"the message of job {number} pings {set(one.pinged)}"
        for one in posted
        for number in [_mark_of(one)[1] or None]
        if one.mention_everyone
        or not (one.pinged <= {makers.get(number or 0)} or one.id in town.forgiven)
    ]


def _told(town: "Town", posted: list[Message]) -> list[str]:
    """Each message that was owed stands once, and none that only waited is left over."""
    times = Counter(_mark_of(one) for one in posted if one.pinged and one.id not in town.forgiven)
    with town.look() as con:
        query = "SELECT job, id, message_id FROM deliveries WHERE message_id IS NOT NULL"
        owed = {("details", row["job"], row["id"]) for row in con.execute(query)}
    found = [f"{mark} was posted {n} times" for mark, n in times.items() if n > 1]
    found += [f"{mark} stands in the books, and nowhere else" for mark in owed - times.keys()]
    return found + [
        f"a message that waits is left: {one.text}"
        for one in posted
        if _stands(town, one) and not _mark_of(one)[2] and one.id not in town.forgiven
    ]


def _bills(town: "Town") -> list[str]:
    made = town.provider.books.tasks
    twice = Counter(row.task_id for row in town.rows("task_id IS NOT NULL"))
    found = [f"task {task} has {n} jobs" for task, n in twice.items() if n > 1]
    return found + [
        f"job {row.number} is charged {row.price} and billed {made[row.task_id].billed_micros}"
        for row in town.rows("charge = 'settled' AND refunded = 0")
        if row.task_id is not None and made[row.task_id].billed_micros != row.price
    ]


def _said(town: "Town") -> list[str]:
    text = town.log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    found = [
        f"log: {line}"
        for line in lines
        if line["level"] in {"error", "critical"}
        and not line["event"].startswith(tuple(town.expected))
    ]
    secrets = {"the token": town.server.token, "a callback": "/callbacks/"}
    return found + [f"log: {name} stands in it" for name, it in secrets.items() if it in text]


def _mark_of(message: Message) -> tuple[str, int, int]:
    """Act, job and debt on a message that was owed; zeros on any other."""
    for button in message.buttons:
        match str(button.get("custom_id", "")).split(":"):
            case ["clapper", ("details" | "show") as act, number, debt, *_]:
                return act, int(number), int(debt)
            case _:
                pass
    return "", 0, 0
