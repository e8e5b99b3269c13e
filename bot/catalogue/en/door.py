"""What the error door says when something could not be done."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    "door.title": "That did not work",
    "door.unexpected": (
        "Something unexpected happened on our side, and nothing you did caused it."
        " If it keeps happening, tell an admin this number: **{incident}**"
    ),
    "door.store": "The bot's books cannot be written right now. Nothing was changed; try again soon.",
    "door.provider": "The video provider does not answer right now. Try again in a moment.",
    "door.discord": "Discord itself stumbled. Have a look whether it worked, or try again.",
    "door.missing": "That is not there any more.",
    "door.closing": "The bot is restarting. Try again in a minute.",
    "door.amount.form": "That is not an amount. Write dollars, such as `0.25` or `12.50`.",
    "door.amount.comma": (
        "That can be read in two ways. Write `1500` for fifteen hundred dollars, or `1.50` for one and"
        " a half."
    ),
    "door.amount.unclear": (
        "That can be meant in two ways. Write `0` to give nothing at all, or `default` to end the amount"
        " of their own, so that they get what everybody gets."
    ),
    "door.amount.decimals": "That amount is too fine: at most four decimals, such as `0.0125`.",
    "door.amount.large": "That amount is too large: at most $100,000 at once.",
    "door.amount.zero": "That amount is zero. Write how much it should be.",
    "door.moment.form": (
        "That is no date and no length of time. Write it like `in 3 days`, `2 weeks`, `friday`,"
        " `end of month` or `2026-12-24`."
    ),
    "door.moment.unclear": (
        "That can be read in two ways. Write the date like `2026-12-24`, or a length like `3 months` or"
        " `30 minutes`."
    ),
    "door.moment.no-day": "There is no such day in the calendar.",
    "door.moment.past": "That is over already. Write a time that is still to come.",
    "door.moment.far": "That is too far away: at most five years.",
    "door.month.form": (
        "That is no month. Write it like `October`, `2026-10` or `last month`, or pick one from the list."
    ),
    "door.month.coming": "That month is still to come. Pick one that has begun.",
    "door.permission": "That is for this server's admins.",
    "door.guild-only": "Use this in a server.",
    "door.slowly": "A little slower, please. Try again {at:ago}.",
    "door.stale-command": (
        "This command has just changed. Close and reopen Discord, or wait a minute, and try again."
    ),
    "door.bot-permission": "The bot lacks a permission here: {permissions:list}. An admin can give it.",
}
