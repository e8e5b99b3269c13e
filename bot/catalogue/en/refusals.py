"""Why a video is not made: what to change in the wish, or what there is too little of.

Rule: every sentence says what to do next. `refusals.fault.…` has one for each fault of a request,
with the option's name in `{option}`; `refusals.limit.…` one for each limit; `refusals.short.…` one
for each scope that has to afford a video.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

TEXTS: Final[Mapping[str, Text]] = {
    "refusals.title": "One thing to change first",
    "refusals.free": "Nothing was charged.",
    "refusals.fault.needs_image": "Attach an image as {option}: this kind of video starts with one.",
    "refusals.fault.needs_option": "This kind of video needs {option}. Fill it in and send it again.",
    "refusals.fault.wrong_mode": (
        "{option} does not go with this kind of video. Leave it out, or use another command."
    ),
    "refusals.fault.unknown_mode": "This model does not make that kind of video. Have a look at `/models`.",
    "refusals.fault.unknown_option": "This model knows no {option}. Leave it out.",
    "refusals.fault.blank": "There is nothing to read in {option}. Write a few words there.",
    "refusals.fault.too_long": (
        "{option} is too long for this model: it takes {longest} characters, and yours has {length}."
    ),
    "refusals.fault.out_of_range": "{option} must be between {lowest} and {highest}.",
    "refusals.fault.not_a_choice": "{option} must be one of these: {choices:list}.",
    "refusals.fault.wrong_type": "{option} cannot be read. Write a plain number, or pick from the list.",
    "refusals.fault.unreadable": (
        "{option} has a character in it that cannot be read. Leave out what looks odd in it."
    ),
    "refusals.fault.step": "{option} goes in steps of {step}.",
    "refusals.fault.seed_zero": (
        "A {option} is 1 or above. For a random one leave it out, or write `-1`; `0` is no seed."
    ),
    "refusals.fault.lora_gap": "Give {needed} before {option}.",
    "refusals.fault.scale_without_lora": "{option} says how strong {needed} is, so give {needed} too.",
    "refusals.fault.address_form": (
        "{option} takes the name of a style from this server's list, or a link that starts with"
        " `https://`."
    ),
    "refusals.fault.address_private": (
        "Nobody outside can reach the link in {option}. Use one that works without signing in."
    ),
    "refusals.fault.address_page": (
        "The link in {option} opens a page. Copy the link of its download button instead."
    ),
    "refusals.fault.image_type": "{option} must be a JPEG, PNG or WebP image. Save it as one of these.",
    "refusals.fault.image_large": (
        "{option} is too large: at most {largest_bytes:bytes}. A smaller copy looks the same in a video."
    ),
    "refusals.fault.image_empty": "{option} is an empty file. Attach the image again.",
    "refusals.fault.image_address": "{option} did not arrive in one piece. Attach the image again.",
    "refusals.fault.image_gone": "{option} is no longer there to be read. Attach the image again.",
    "refusals.fault.unknown_preset": (
        "No style here is called {name}. Pick one from the list that opens in {option}, or paste a link"
        " that starts with `https://`."
    ),
    "refusals.fault.blocked_word": (
        "This server's admins do not want {word} in prompts. Say it in other words."
    ),
    "refusals.fault.other": "{option} cannot be used like this. Change it and try again.",
    "refusals.limit.dearest.title": "Too dear for a single video",
    "refusals.limit.dearest": (
        "This video costs **{price}**, and a single one may cost at most **{allowed:money}** here."
    ),
    "refusals.limit.queue.title": "You have enough in the making",
    "refusals.limit.queue": Plural(
        by="allowed",
        one="One video at a time is the limit here. When it is done, start this one again.",
        other=(
            "{allowed} videos at a time is the limit here. When one is done, start this one again;"
            " `/jobs` shows them all."
        ),
    ),
    "refusals.limit.blocked.title": "You cannot make videos here",
    "refusals.limit.blocked": "This server's admins have stopped that for you. They can tell you why.",
    "refusals.reason": "They say: {reason}",
    "refusals.limit.paused.title": "The studio takes a break",
    "refusals.limit.paused": (
        "This server's admins have paused new videos. What runs already is finished; try again later."
    ),
    "refusals.limit.server.title": "Videos are not switched on here",
    "refusals.limit.server": (
        "The bot's operator has not allowed this server to spend money yet. An admin can ask for it."
    ),
    "refusals.limit.stopped.title": "No new videos at the moment",
    "refusals.limit.stopped": (
        "The bot's account with the video provider needs attention. The operator knows; try again later."
    ),
    "refusals.short.title": "Not enough left for this one",
    "refusals.short.price": "This video costs **{price}**.",
    "refusals.short.member": (
        "You have **{free:money}** free, so **{short_by:money}** is missing."
        " Your allowance renews {renews_at:ago}."
    ),
    "refusals.short.server": (
        "This server has **{free:money}** left for everybody together. It renews {renews_at:ago}."
    ),
    "refusals.short.day": (
        "The bot has **{free:money}** left for all servers today. It renews {renews_at:ago}."
    ),
    "refusals.short.month": (
        "The bot has **{free:money}** left for all servers this month. It renews {renews_at:ago}."
    ),
    "refusals.offers": "With the same prompt you could have this right now:",
}
