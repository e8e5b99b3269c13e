"""Describes the playground for the panel.

Rule: it is told as it is at this moment; what cannot be known is null, and never guessed.
"""

from typing import Final

from bot.adapters.sqlite.glance import Glance
from bot.catalogue import say
from bot.domain.budget import Funds
from bot.domain.ids import UserId
from bot.domain.money import Micros, show_dollars
from bot.playground.local_discord import User
from bot.playground.local_discord.wire import Json
from bot.playground.rehearsal import WEATHERS
from bot.playground.stage.bot_process import Being
from bot.playground.stage.guide import Step
from bot.playground.stage.playground import Playground
from bot.playground.stage.two_books import Line, TwoBooks, compare
from bot.playground.stage.verdict import judge

SHOWN: Final = 12
"""Lines of the books; the totals count all."""


async def describe(play: Playground) -> Json:
    """Everything that the panel shows."""
    seen = await play.glance()
    if seen is not None:
        play.guide.look(seen.entries)
    return {
        "weather": {
            "now": play.provider.stage.weather,
            "all": list(WEATHERS),
            "stuck": len(play.stuck),
        },
        "speed": play.speed,
        "discord": {"up": play.discord.faults.outage is None, "back_at": play.outage_ends},
        "bot": {
            "being": play.bot.being,
            "pid": play.bot.pid,
            "starts": play.bot.starts,
            "last_code": play.bot.last_code,
            "fell": play.bot.fell,
            "log": str(play.bot.log),
        },
        "places": {"videos": str(play.cast.videos.id)},
        "people": [_person(play, user, seen) for user in play.people],
        "books": _books(play, seen),
        "guide": {step: step in play.guide.done for step in Step},
    }


def _person(play: Playground, user: User, seen: Glance | None) -> Json:
    funds = seen.funds.get(UserId(user.id)) if seen else None
    return {
        "id": str(user.id),
        "key": user.name,
        "name": user.shown_as or user.name,
        "standing": say("en", f"playground.standing.{_standing(play, user)}"),
        "money": None if funds is None else _funds(funds),
    }


def _standing(play: Playground, user: User) -> str:
    cast = play.cast
    standings = {cast.pat.id: "patron", cast.ada.id: "admin", cast.olga.id: "operator"}
    return standings.get(user.id, "member")


def _funds(funds: Funds) -> Json:
    return {
        "free": show_dollars(funds.free),
        "allowance": show_dollars(funds.allowance),
        "held": show_dollars(funds.held),
        "spent": show_dollars(funds.spent),
    }


def _books(play: Playground, seen: Glance | None) -> Json:
    provider = play.provider.books
    tasks = list(provider.tasks.values())
    books = compare(tasks, seen.entries) if seen else None
    verdict = judge(books, alive=play.bot.being is not Being.DOWN)
    return {
        "mood": verdict.mood,
        "verdict": verdict.sentence,
        "provider": {
            "billed": show_dollars(Micros(provider.billed_micros)),
            "balance": show_dollars(Micros(provider.balance_micros)),
            "tasks": len(tasks),
            "running": provider.running,
        },
        "bot": None if books is None else _totals(books),
        "lines": [_line(play, line) for line in books.lines[: -SHOWN - 1 : -1]] if books else [],
    }


def _totals(books: TwoBooks) -> Json:
    return {
        "charged": show_dollars(books.charged),
        "held": show_dollars(books.held),
        "jobs": sum(books.states.values()),
        "states": dict(books.states),
    }


def _line(play: Playground, line: Line) -> Json:
    entry, task = line.entry, line.task
    member = play.discord.world.users.get(entry.member) if entry else None
    return {
        "job": entry.number if entry else None,
        "member": (member.shown_as or member.name) if member else None,
        "model": entry.model if entry else None,
        "state": entry.state if entry else None,
        "charged": show_dollars(entry.charged) if entry else None,
        "held": show_dollars(entry.held) if entry else None,
        "refunded": bool(entry and entry.refunded),
        "task": task.state if task else None,
        "billed": show_dollars(line.billed) if task else None,
        "note": line.note,
        "words": say("en", f"playground.note.{line.note}"),
    }
