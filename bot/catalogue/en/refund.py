"""What is read when a charge is given back, and when it cannot be."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    "refund.title": "Video\N{NO-BREAK SPACE}#{number} is paid back",
    "refund.given": "{member} gets **{amount:money}** back:",
    "refund.part.allowance.now": "{amount:money} to their allowance",
    "refund.part.allowance.over": "{amount:money} to the allowance of a time that is over",
    "refund.part.grant.until": "{amount:money} to a grant that lasts until {at:moment}",
    "refund.part.grant.lasting": "{amount:money} to a grant",
    "refund.part.grant.over": "{amount:money} to a grant that ended {at:ago}",
    "refund.all": "All of it can be spent again.",
    "refund.some": (
        "**{usable:money}** of it can be spent again: money returns to where it came from, and some of"
        " that is over. `/budget grant` gives fresh money."
    ),
    "refund.free": "{member} can spend **{free:money}** now.",
    "refund.pool": "The server's pool keeps the charge, for the provider was paid.",
    "refund.button": "Refund",
    "refund.form.title": "Pay back {amount:money} for video\N{NO-BREAK SPACE}#{number}",
    "refund.form.reason": "Why?",
    "refund.form.reason.about": "It stands in /budget audit. You may leave it empty.",
    "refund.mark": "Paid back by an admin",
    "refund.not.missing": "There is no video\N{NO-BREAK SPACE}#{number} in this server.",
    "refund.not.unfinished": (
        "Video\N{NO-BREAK SPACE}#{number} is not finished, so nothing is charged yet. If it fails, its money comes back"
        " by itself."
    ),
    "refund.not.free": "Video\N{NO-BREAK SPACE}#{number} was never charged, so there is nothing to give back.",
    "refund.not.already": "Video\N{NO-BREAK SPACE}#{number} was paid back already.",
}
