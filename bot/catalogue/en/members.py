"""What members read besides a video itself: the answer to a command, their money, their jobs, help."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    # On the way to a video.
    "members.preview.title": "{model} is getting ready",
    "members.preview.before": "Nothing is charged before this has its number.",
    "members.question.title": "Make this video?",
    "members.question.yes": "Make it for {price}",
    "members.question.no": "Not now",
    "members.question.declined": "Not made, and nothing was charged.",
    "members.question.over": (
        "This was pressed already, or it is too old by now. If no video comes, type the command again."
    ),
    "members.elsewhere.title": "Your video comes in another channel",
    "members.elsewhere.where": "It goes to {channel}. Expected {at:ago}.",
    "members.elsewhere.go": "Go there",
    "members.closed": (
        "The bot cannot post in {channel}, so your video would have no place to go. Nothing was charged."
        " An admin can let the bot in, or choose another channel with `/studio channel`."
    ),
    # Buttons and forms.
    "members.not-yours": "Only its maker or a moderator can do that.",
    "members.no-video": "There is no video\N{NO-BREAK SPACE}#{number} here. `/jobs` shows yours, with their numbers.",
    "members.model-gone": "This bot no longer makes videos of this kind. `/models` shows what there is.",
    "members.deleted": "Video\N{NO-BREAK SPACE}#{number} is gone from the channel. `/show` brings it back.",
    "members.cancelled": "Video\N{NO-BREAK SPACE}#{number} is cancelled, and nothing was charged.",
    "members.cancel.late": "Video\N{NO-BREAK SPACE}#{number} has begun already, so it can no longer be cancelled.",
    "members.details.none": "This message is no video of this bot, or it is too old to be known.",
    "members.edit.title": "Edit video\N{NO-BREAK SPACE}#{number}",
    "members.edit.usual": "As usual",
    "members.edit.long": "Only the beginning fits here. Leave it as it is, and the rest stays too",
    "members.edit.image": "Leave it empty to keep the image of this video",
    "members.picture.title": "Attach the image again",
    "members.picture.gone": (
        "The image of that video is no longer on Discord. Attach it, or another one, and it goes on"
        " from there. Nothing was charged."
    ),
    "members.picture.attach": "Attach an image",
    "members.animate.title": "Animate this image",
    "members.animate.model": "Model",
    "members.animate.prompt": "What should happen in the picture?",
    "members.animate.seconds": "{seconds} seconds",
    "members.animate.none": "There is no image attached to this message. Pick one with a JPEG, PNG or WebP.",
    "members.animate.over": (
        "This form is no longer good. Open it from the message again; nothing was charged."
    ),
    "members.show.coming": "Video\N{NO-BREAK SPACE}#{number} comes to {channel} in a moment.",
    "members.show.unfinished": "There is no finished video\N{NO-BREAK SPACE}#{number} to show. `/jobs` says how it stands.",
    "members.show.gone": "The file of video\N{NO-BREAK SPACE}#{number} is no longer kept. *Again* makes a new one.",
    # Money.
    "members.balance.title": "What you can spend here",
    "members.balance.free": "{amount:money}",
    "members.balance.held": "**{amount:money}** is held for videos in the making.",
    "members.balance.spent.day": "**{amount:money}** spent today.",
    "members.balance.spent.week": "**{amount:money}** spent this week.",
    "members.balance.spent.month": "**{amount:money}** spent this month.",
    "members.balance.renews.day": "Your **{allowance:money}** a day renews {at:ago}.",
    "members.balance.renews.week": "Your **{allowance:money}** a week renews {at:ago}.",
    "members.balance.renews.month": "Your **{allowance:money}** a month renews {at:ago}.",
    "members.balance.grants": "On top",
    "members.balance.grants.all": "All of them",
    "members.balance.grants.of": "On top, for {member}",
    "members.balance.grant": "**{free:money}** of {given:money}, for as long as it lasts",
    "members.balance.grant.until": "**{free:money}** of {given:money}, until {at:day}",
    "members.balance.pool": "The server has {free:money} of {limit:money} left for everybody. It renews {at:ago}.",
    "members.balance.pool.short": (
        "Everybody here shares {limit:money}, and only {free:money} of it is left. It renews {at:ago}."
    ),
    # Jobs.
    "members.jobs.title": "Your videos",
    "members.jobs.none": "You have not made any here yet. `/help` says how to begin.",
    "members.jobs.line": "**#{number}** · {state} · {cost} · {at:ago}",
    "members.jobs.open": "Open",
    "members.jobs.latest": "Latest",
    "members.jobs.older": "Older",
    # What there is.
    "members.models.title": "What can be made here",
    "members.models.intro": "The price is shown before anything is made, and it is never more than that.",
    "members.models.from": "from {price}",
    "members.models.mode": "{command} {price} for {seconds}",
    "members.models.assumed": "“about”: the provider has not published this price. Whoever hosts the bot can set the true one.",
    "members.help.title": "Make a video",
    "members.help.start": (
        "Type `/ltx text`, write what should be seen as `prompt`, and press Enter. You see the price"
        " first, and the video a minute or two later.\n"
        "To start from a picture, use `/ltx image`, or open the menu of a message that has one:"
        " **Apps → Animate this image**."
    ),
    "members.help.after": (
        "Under each video: **Again** makes another with a new seed, **Edit** opens it in a form,"
        " **Details** shows every option. Whoever presses pays for their own."
    ),
    "members.help.where": "Videos are posted in {channel}.",
    "members.help.anywhere": "Videos are posted where you type the command.",
    "members.help.more": (
        "`/models` what there is and what it costs · `/balance` what you can spend · `/jobs` your"
        " videos · `/show` one of them again"
    ),
    "members.help.no-channel": (
        "For admins: no channel for videos is chosen yet, so they go wherever they are asked for."
        " `/studio channel` chooses one."
    ),
}
