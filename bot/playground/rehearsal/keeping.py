"""Writes the provider's books down as JSON, and reads them again in a later life.

Rule: what was billed stays billed, and a task that was at work goes on.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, cast

from bot.playground.rehearsal.acts import Act
from bot.playground.rehearsal.books import Books, Delivery, TaskEntry
from bot.playground.rehearsal.inputs import MODELS
from bot.playground.rehearsal.order import Order, read_order

VERSION: Final = 1
Kept = Mapping[str, Any]


class BooksUnreadableError(ValueError):
    """What was kept was not kept by this version."""


def keep(books: Books, shelf: Mapping[str, tuple[str, str]]) -> Kept:
    """Balance, tasks, and which file lies under which name, for which task."""
    return {
        "version": VERSION,
        "balance_micros": books.balance_micros,
        "tasks": [_written(task) for task in books.tasks.values()],
        "shelf": {name: list(what) for name, what in shelf.items()},
    }


def bring_back(books: Books, kept: Kept) -> None:
    """Fills empty books. Raises BooksUnreadableError."""
    if kept.get("version") != VERSION:
        raise BooksUnreadableError("They were kept by another version.")
    try:
        tasks = [_read(one) for one in kept["tasks"]]
        books.take_back(int(kept["balance_micros"]), tasks)
    except (KeyError, TypeError, ValueError) as error:
        raise BooksUnreadableError(f"{type(error).__name__}: {error}") from error


def order_of(task: TaskEntry) -> Order:
    """The order that made a task."""
    return read_order(MODELS[task.model], "application/json", json.dumps(task.payload).encode())


def _written(task: TaskEntry) -> Kept:
    return {**asdict(task), "act": task.act.text, "callback_act": task.callback_act.text}


def _read(one: Kept) -> TaskEntry:
    deliveries = cast("list[dict[str, Any]]", one["deliveries"])
    acts: dict[str, Any] = {
        "act": Act.read("task", one["act"]),
        "callback_act": Act.read("callback", one["callback_act"]),
        "deliveries": [Delivery(**each) for each in deliveries],
    }
    return TaskEntry(**{**one, **acts})
