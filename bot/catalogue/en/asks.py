"""Asking an admin when a member's money does not suffice: the card, the answers, the words.

Rule: `asks.not-now.…` has one for each reason why an approval has to wait, `asks.void.…` one for each
reason why it can never be.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    # On the refusal, and what the member reads then.
    "asks.button": "Ask an admin",
    "asks.asked.title": "The admins are asked",
    "asks.asked": (
        "When one of them says yes, your video starts by itself in {channel}, and you are told there."
        " They have until {at:moment} to answer."
    ),
    "asks.asked.free": "Nothing was charged.",
    "asks.many": (
        "You have asked for {most} videos already, and no admin has answered yet. When they have, you can"
        " ask again."
    ),
    "asks.closed": (
        "The admins cannot be reached: the bot has no channel where it can ask them. Tell one of them;"
        " `/studio admin-channel` sets it. Nothing was charged."
    ),
    "asks.denied-before": (
        "You asked for this very video {at:ago}, and the answer was no. Nothing was charged."
    ),
    # The card in the admin channel.
    "asks.card.title": "May this video be made?",
    "asks.card.who": "{member} asks for **{price}** and is **{missing:money}** short.",
    "asks.card.who.pool": "{member} asks for **{price}**.",
    "asks.card.free": "They have {free:money} of their own left. Their allowance renews {renews_at:ago}.",
    "asks.card.pool": (
        "The whole server has only **{free:money}** left. Give it more with `/budget server` first, then"
        " approve."
    ),
    "asks.card.once": (
        "*Approve once* gives exactly what is missing and starts the video. Open until {at:moment}."
    ),
    "asks.card.latest": "Their last videos",
    "asks.card.first": "They have not made any videos here yet.",
    "asks.card.job": "#{number} · {state} · {cost} · {at:ago}",
    "asks.approve": "Approve once",
    "asks.deny": "Deny",
    "asks.card.approved.title": "Approved",
    "asks.card.approved": "{actor} approved this for {member}. It is video\N{NO-BREAK SPACE}#{number}.",
    "asks.card.granted": "{granted:money} was granted for it, and is held.",
    "asks.card.nothing-granted": "By then {member} could afford it, so nothing had to be granted.",
    "asks.card.denied.title": "Denied",
    "asks.card.denied": "{actor} said no to {member}.",
    "asks.card.expired.title": "Not answered",
    "asks.card.expired": "{member} asked, and nobody answered in three days. They were told.",
    "asks.card.void.title": "Cannot be made any more",
    "asks.card.told": "{member} was told, and nothing was granted.",
    # The form.
    "asks.form.title": "Say no",
    "asks.form.reason": "Why?",
    "asks.form.reason.about": "The member reads it, with your name. You may leave it empty.",
    # What the admin who pressed reads.
    "asks.over.approved": "{actor} approved this {at:ago}: it is video\N{NO-BREAK SPACE}#{number}.",
    "asks.over.denied": "{actor} said no to this {at:ago}.",
    "asks.over.expired": "Nobody answered this in time, and it ended {at:ago}.",
    "asks.over.void": "This cannot be made any more.",
    "asks.not-now.title": "Not yet",
    "asks.not-now.kept": "Nothing was granted. The question stays open: approve again when that is mended.",
    "asks.not-now.pool": (
        "The server has too little left for everybody together: **{free:money}**, and this costs"
        " **{price}**. `/budget server` gives it more."
    ),
    "asks.not-now.cap": (
        "The operator's limit for all servers together is reached. It renews {at:ago}; only the operator"
        " can raise it."
    ),
    "asks.not-now.paused": "The studio is paused. `/studio resume` opens it.",
    "asks.not-now.queue": (
        "{member} has as many videos in the making as one member may have. When one is done, this can"
        " start."
    ),
    "asks.not-now.dearest": (
        "A single video may cost at most **{allowed:money}** here, and this one costs **{price}**."
        " `/studio limits` changes that."
    ),
    "asks.not-now.stopped": (
        "The bot's account with the video provider needs attention, so no video can start. The operator"
        " knows."
    ),
    "asks.not-now.server": "The operator has not let this server spend yet.",
    "asks.void.blocked": "{member} may not make videos here any more.",
    "asks.void.word": "The prompt has a word that this server does not want any more.",
    "asks.void.dearer": "The price has gone up since it was asked for.",
    "asks.void.picture": "The image that it starts from is no longer there.",
    "asks.void.model": "This bot no longer makes videos of this kind.",
    "asks.void.left": "{member} is no longer in this server.",
    "asks.void.channel": "The admins could not be reached in their channel.",
    # What the member reads in the end.
    "asks.word.approved": "{member}, {actor} said yes to your video.",
    "asks.word.denied.title": "Not this time",
    "asks.word.denied": "{member}, {actor} said no to your video.",
    "asks.reason": "The reason: {reason}",
    "asks.word.expired.title": "No answer",
    "asks.word.expired": "{member}, no admin has answered in three days, so your video is not made.",
    "asks.word.void.title": "Your video cannot be made",
    "asks.word.void": "{member}, your question to the admins is closed.",
    "asks.word.stuck.title": "An admin said yes, but not yet",
    "asks.word.stuck": "{member}, your video cannot start at this moment, so it is not made yet.",
    "asks.word.stuck.pool": "The server's money for everybody is used up for now.",
    "asks.word.stuck.cap": "The bot's money for all servers is used up for now.",
    "asks.word.stuck.paused": "The studio is paused.",
    "asks.word.stuck.queue": "You have as many videos in the making as one member may have.",
    "asks.word.stuck.dearest": "It costs more than a single video may cost here.",
    "asks.word.stuck.stopped": "The bot's account with the video provider needs attention.",
    "asks.word.stuck.server": "The operator has not let this server spend yet.",
    "asks.word.free": "Nothing was charged.",
    "asks.word.balance": "What I can spend",
}
