"""Alerts in the admin channel: what is wrong, what it means, what to do.

Rule: each that admins get has `alerts.KIND.title`, `alerts.KIND` and `alerts.KIND.do`; those whose
end people wait for have `alerts.KIND.over` as well.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

TEXTS: Final[Mapping[str, Text]] = {
    "alerts.do": "**What to do:** {advice}",
    "alerts.noted": "Noted",
    "alerts.noted.by": "Noted by {actor}",
    "alerts.over": "It is over",
    "alerts.pool-nearly.title": "{percent} % of the server's money is used",
    "alerts.pool-nearly": (
        "Everybody together has used **{used:money}** of {limit:money}; **{free:money}** is left. It"
        " renews {renews_at:ago}."
    ),
    "alerts.pool-nearly.do": (
        "Nothing, if that is enough until then. `/budget server` gives more, and `/budget report` shows"
        " where it went."
    ),
    "alerts.pool-spent.title": "The server's money is used up",
    "alerts.pool-spent": (
        "Of {limit:money} for everybody together **{free:money}** is left, which pays for no video. It"
        " renews {renews_at:ago}; until then nobody can make one."
    ),
    "alerts.pool-spent.do": "Wait for it to renew, or give more with `/budget server`.",
    "alerts.pool-forecast.title": "The server's money will not last",
    "alerts.pool-forecast": (
        "At the present pace it is used up {runs_out_at:ago}. It renews {renews_at:ago}; by"
        " then everybody together would have spent about **{forecast:money}**, and there is {limit:money}."
    ),
    "alerts.pool-forecast.do": (
        "Give more with `/budget server`, or less to each with `/budget allowance`. `/budget report` shows"
        " who makes what."
    ),
    "alerts.failures.title": "Videos keep failing",
    "alerts.failures": (
        "The last {count} videos did not work out, and none of them through a member's fault. The latest"
        " is\N{NO-BREAK SPACE}#{job}. Nobody was charged for them."
    ),
    "alerts.failures.do": (
        "Most often the provider is having a bad hour: try one in a while. If it goes on, tell the"
        " operator; `/studio pause` spares everybody the wait."
    ),
    "alerts.fate-unknown.title": "It is not known what became of a video",
    "alerts.fate-unknown": Plural(
        by="count",
        one=(
            "The provider's answer to video\N{NO-BREAK SPACE}#{job} was lost, so nobody knows whether it is being made. Its"
            " price stays held."
        ),
        other=(
            "The provider's answers to {count} videos were lost, the latest to\N{NO-BREAK SPACE}#{job}, so nobody knows"
            " whether they are being made. Their prices stay held."
        ),
    ),
    "alerts.fate-unknown.do": (
        "Nothing: the bot keeps asking. What is not found within about an hour is given up, and its money"
        " comes back. If it happens often, tell the operator."
    ),
    "alerts.undeliverable.title": "A finished video could not be posted",
    "alerts.undeliverable": Plural(
        by="count",
        one="Video\N{NO-BREAK SPACE}#{job} is made and kept, but neither the channel nor a direct message takes it.",
        other=(
            "{count} videos are made and kept, the latest is\N{NO-BREAK SPACE}#{job}, but neither the channel nor direct"
            " messages take them."
        ),
    ),
    "alerts.undeliverable.do": (
        "See whether the bot may post in the channel for videos: `/studio status` says what it lacks. Then"
        " `/show` brings them."
    ),
    "alerts.set-aside.title": "A video is stuck",
    "alerts.set-aside": Plural(
        by="count",
        one="Video\N{NO-BREAK SPACE}#{job} does not go on, and its price stays held.",
        other="{count} videos do not go on, the latest is\N{NO-BREAK SPACE}#{job}. Their prices stay held.",
    ),
    "alerts.set-aside.do": "Tell the operator its number: the bot's log says why, and what comes next.",
    "alerts.channel-closed.title": "The bot cannot post videos",
    "alerts.channel-closed": "In {channel} it lacks: **{permissions:list}**.",
    "alerts.channel-closed.do": (
        "Give it these permissions in that channel, or choose another with `/studio channel`."
    ),
    "alerts.channel-closed.over": "The bot can post videos again.",
    "alerts.balance-empty.title": "No new videos for now: the provider's account is empty",
    "alerts.balance-empty": (
        "The operator's account with the video provider has no money left, so nothing can start. It does"
        " not touch this server's budget, and nobody is charged."
    ),
    "alerts.balance-empty.do": "Tell the operator to top it up. What waits in line then starts by itself.",
    "alerts.balance-empty.over": "The provider's account has money again, and videos can be made.",
    "alerts.balance-low.title": "No new videos for now: the provider's account is low",
    "alerts.balance-low": (
        "The operator's account with the video provider has less left than the operator wants to keep, so"
        " nothing new starts. It does not touch this server's budget, and nobody is charged."
    ),
    "alerts.balance-low.do": "Tell the operator to top it up. What waits in line then starts by itself.",
    "alerts.balance-low.over": "The provider's account has enough again, and videos can be made.",
    "alerts.key-refused.title": "No new videos for now: the provider does not let the bot in",
    "alerts.key-refused": (
        "The provider does not accept the operator's key, so nothing can start. Nobody is charged."
    ),
    "alerts.key-refused.do": "Tell the operator to set the right key.",
    "alerts.key-refused.over": "The provider lets the bot in again, and videos can be made.",
    "alerts.too-many-unknown.title": "No new videos for now: the provider's answers get lost",
    "alerts.too-many-unknown": (
        "Of too many videos nobody knows whether the provider is making them. Until that is found out,"
        " nothing new starts, so that nothing is paid twice."
    ),
    "alerts.too-many-unknown.do": (
        "Nothing, most often: it is found out within about an hour. If it lasts, tell the operator."
    ),
    "alerts.too-many-unknown.over": "It is found out, and videos can be made again.",
}
