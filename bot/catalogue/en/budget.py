"""What admins read after they decided about money."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

TEXTS: Final[Mapping[str, Text]] = {
    # On every card.
    "budget.per.day": "{amount:money} a day",
    "budget.per.week": "{amount:money} a week",
    "budget.per.month": "{amount:money} a month",
    "budget.free": "{member} can spend **{after:money}** now, as before.",
    "budget.free.changed": "{member} can spend **{after:money}** now; before, it was {before:money}.",
    "budget.used.day": "Spent today: {spent:money}. Held for videos in the making: {held:money}.",
    "budget.used.week": "Spent this week: {spent:money}. Held for videos in the making: {held:money}.",
    "budget.used.month": "Spent this month: {spent:money}. Held for videos in the making: {held:money}.",
    "budget.own.none": "no amount of their own",
    # Everybody.
    "budget.allowance.title": "What every member gets",
    "budget.allowance.once.day": (
        "It counts at once and renews at midnight. What somebody used today is taken off."
    ),
    "budget.allowance.once.week": (
        "It counts at once and renews on Mondays. What somebody used this week is taken off."
    ),
    "budget.allowance.once.month": (
        "It counts at once and renews on the first of each month. What somebody used this month is"
        " taken off."
    ),
    "budget.allowance.nothing": "Members can spend what they are granted, and nothing else.",
    "budget.allowance.all": Plural(
        by="count", one="This server has one member.", other="This server has {count} members."
    ),
    "budget.allowance.roles": "Roles with an amount of their own keep it: {roles:list}",
    "budget.allowance.roles.moved": (
        "Careful: the amounts of roles stay what they are and renew like everybody's from now on:"
        " {roles:list}"
    ),
    "budget.amounts.open": "Who has an amount of their own",
    "budget.amounts.title": "Amounts of their own",
    "budget.amounts.line": "{whose}: {gets}",
    "budget.amounts.none": "Nobody and no role has one: everybody gets the same.",
    "budget.allowance.members": Plural(
        by="count",
        one="One member has an amount of their own, and keeps it.",
        other="{count} members have amounts of their own, and keep them.",
    ),
    "budget.allowance.members.moved": Plural(
        by="count",
        one=(
            "Careful: one member has an amount of their own, which stays what it is and renews like"
            " everybody's from now on."
        ),
        other=(
            "Careful: {count} members have amounts of their own, which stay what they are and renew"
            " like everybody's from now on."
        ),
    ),
    "budget.allowance.beyond-pool": (
        "Careful: a single member could spend all that the whole server has, {pool}. `/budget server`"
        " changes that."
    ),
    # The pool.
    "budget.server.title": "What the whole server can spend",
    "budget.server.once": "It counts at once. Videos in the making are finished in any case.",
    "budget.pool.day": (
        "Today everybody together has spent {spent:money}, {held:money} is held, and **{free:money}**"
        " is left. It renews {at:ago}."
    ),
    "budget.pool.week": (
        "This week everybody together has spent {spent:money}, {held:money} is held, and"
        " **{free:money}** is left. It renews {at:ago}."
    ),
    "budget.pool.month": (
        "This month everybody together has spent {spent:money}, {held:money} is held, and"
        " **{free:money}** is left. It renews {at:ago}."
    ),
    "budget.server.nothing": "With a pool of nothing, nobody can make a new video.",
    "budget.server.spent-up": "All of it is used already, so no new video can be made before it renews.",
    "budget.server.cap": (
        "The operator of this bot lets all servers together spend {cap}. That holds as well, and only"
        " the operator can change it."
    ),
    # A role.
    "budget.role.title": "What members of {role} get",
    "budget.role.once": "It counts at once. What somebody has used already is taken off.",
    "budget.role.highest": (
        "The highest of a member's roles counts, and an amount of a member's own goes before all roles."
    ),
    "budget.role.less": (
        "Careful: it is less than the {everybody} that everybody gets, and counts in the place of it."
    ),
    "budget.role.ended": (
        "Its members get what their other roles get; without one of those, {everybody} like everybody."
    ),
    "budget.role.everyone": "That role is everybody. `/budget allowance` is for them.",
    # A member.
    "budget.member.title": "What {member} gets",
    "budget.member.overrides": "It counts at once: {gets}, whatever everybody and their roles get.",
    "budget.member.ended": "Everybody's amount and their roles count for them again: {gets}.",
    "budget.target.bot": "{member} is a bot, and bots make no videos.",
    "budget.target.gone": "{member} is not in this server.",
    # Once.
    "budget.reason": "Because:",
    "budget.quiet": "Nobody was told. They see it in `/balance`.",
    "budget.grant.title": "Granted",
    "budget.grant.given": "{member} gets **{amount:money}** once, on top.",
    "budget.grant.until": "It lasts until {at:moment} ({at:ago}), or until it is spent.",
    "budget.grant.lasts": "It lasts until it is spent.",
    "budget.grant.blocked": (
        "Careful: {member} may not make videos here. `/studio unblock` changes that."
    ),
    "budget.grant.pool": (
        "Careful: the whole server has only {free:money} left, so not all of it can be spent before that"
        " renews {at:ago}. `/budget server` changes that."
    ),
    "budget.take.title": "Taken back",
    "budget.take.not": "Nothing was taken",
    "budget.take.taken": "**{amount:money}** of what {member} was granted is taken back.",
    "budget.take.less": (
        "Of what {member} was granted, **{there:money}** can be taken: the rest is spent, held or over."
        " Write `all` to take that."
    ),
    "budget.take.none": (
        "{member} has nothing left of what they were granted: it is spent, held or over, or there was"
        " none."
    ),
    "budget.take.granted-only": "This takes grants alone. `/budget member` changes what they get regularly.",
}
