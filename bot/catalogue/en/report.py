"""`/budget report`: what it says, and what stands in its picture.

Rule: words of the picture are short, for a phone is narrow; `report.alt.…` describe the picture to
those who do not see it.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)

TEXTS: Final[Mapping[str, Text]] = {
    **{f"report.month.{nth}": name for nth, name in enumerate(_MONTHS, 1)},
    "report.title": "{month} {year}",
    "report.day": "{day} {month}",
    # What matters.
    "report.spent.nothing": "Nothing was spent.",
    "report.spent": Plural(
        by="made",
        one="**{spent:money}** spent, with one video made.",
        other="**{spent:money}** spent, with {made} videos made.",
    ),
    "report.pool.day": "Of today's pool of {limit:money}, **{free:money}** is left.",
    "report.pool.week": "Of this week's pool of {limit:money}, **{free:money}** is left.",
    "report.pool.month": "Of this month's pool of {limit:money}, **{free:money}** is left.",
    "report.pool.past": "The pool of that month was {limit:money}.",
    "report.held": Plural(
        by="jobs",
        one="{amount:money} is held for one video in the making.",
        other="{amount:money} is held for {jobs} videos in the making.",
    ),
    "report.forecast.day": "At the present pace, today comes to **{total:money}**.",
    "report.forecast.week": "At the present pace, this week comes to **{total:money}**.",
    "report.forecast.month": "At the present pace, this month comes to **{total:money}**.",
    "report.forecast.lasts": "The pool lasts.",
    "report.forecast.short": (
        "That is more than the pool, which is used up {at:ago}. `/budget server` changes it."
    ),
    "report.forecast.over": "The pool is used up. `/budget server` changes it.",
    "report.most": "{member} spent most: **{spent:money}**, {share}\N{NO-BREAK SPACE}% of it all.",
    "report.most.only": "All of it was spent by {member}.",
    "report.failed.none": "Nothing failed.",
    "report.failed": Plural(
        by="failed",
        one="**One** of {jobs} did not work out, and nothing was charged for it: {causes:list}.",
        other=(
            "**{failed}** of {jobs} did not work out, and nothing was charged for them: {causes:list}."
        ),
    ),
    "report.fault.member": Plural(
        by="count", one="one by what was asked for", other="{count} by what was asked for"
    ),
    "report.fault.provider": Plural(
        by="count", one="one by the provider", other="{count} by the provider"
    ),
    "report.fault.ours": Plural(
        by="count",
        one="one by this bot or its account",
        other="{count} by this bot or its account",
    ),
    "report.fault.nobody": Plural(
        by="count",
        one="one for a reason that nobody found",
        other="{count} for reasons that nobody found",
    ),
    "report.gifts": Plural(
        by="jobs",
        one="One video came late and was free; it would have cost {amount:money}.",
        other="{jobs} videos came late and were free; they would have cost {amount:money}.",
    ),
    "report.refunds": Plural(
        by="jobs",
        one="{amount:money} was given back to members for one video. The pool paid for it all the same.",
        other=(
            "{amount:money} was given back to members for {jobs} videos. The pool paid for them all the"
            " same."
        ),
    ),
    "report.file": (
        "Every job is in the file, those that cost nothing too. Days are those of {zone}. `pool` is what"
        " the server paid in the end."
    ),
    "report.no-picture": "The picture could not be drawn this time. All figures are here and in the file.",
    "report.no-file": (
        "The file with all jobs could not be attached: this server takes no files of that size."
    ),
    "report.part": "Part {part} of {parts}",
    # In the picture.
    "report.tile.spent": "spent",
    "report.tile.made": Plural(by="count", one="video made", other="videos made"),
    "report.tile.failed": "failed",
    "report.tile.failed.share": "failed ({share}\N{NO-BREAK SPACE}%)",
    "report.tile.held": "held now",
    "report.tile.members": Plural(by="count", one="member", other="members"),
    "report.gauge.day": "Today's pool",
    "report.gauge.week": "This week's pool",
    "report.gauge.month": "This month's pool",
    "report.gauge.past": "The month's pool",
    "report.gauge.limit": "pool {amount:money}",
    "report.gauge.spent": "{amount:money} spent",
    "report.gauge.held": "{amount:money} held",
    "report.gauge.forecast": "{amount:money} expected by {day}",
    "report.days": "Spent by day",
    "report.days.none": "Nothing was spent.",
    "report.days.coming": "expected",
    "report.days.level": "{amount:money} a day lasts",
    "report.series": "{name} · {amount:money}",
    "report.series.others": "others",
    "report.members": "Who spent most",
    "report.members.none": "Nobody spent anything.",
    "report.members.others": Plural(
        by="count",
        one="and one other · {amount:money}",
        other="and {count} others · {amount:money}",
    ),
    "report.members.unnamed": "member …{tail}",
    "report.causes": "What failed",
    "report.causes.none": "Nothing failed.",
    "report.causes.others": "Others",
    "report.cause.prompt": "The prompt",
    "report.cause.image": "The image",
    "report.cause.lora": "The LoRA",
    "report.cause.content": "What it showed",
    "report.cause.provider": "The provider",
    "report.cause.account": "The bot's account",
    "report.cause.request": "The bot's request",
    "report.cause.blocked": "The admins",
    "report.cause.word": "A blocked word",
    "report.cause.unknown": "Nobody knows",
    # For those who do not see the picture.
    "report.alt": "{title}: {spent:money} spent, {made} made, {failed} failed.",
    "report.alt.models": "By model: {parts:list}.",
    "report.alt.most": "Most on {day}: {amount:money}.",
    "report.alt.members": "Who spent most: {parts:list}.",
    "report.alt.causes": "What failed: {parts:list}.",
    "report.alt.gauge": "{title}: {parts:list}.",
    "report.alt.part": "{name} {value}",
}
