"""Why there is no video: whose fault it was, and what to change.

Rule: no blame, no codes, and nothing about money: what was charged, the books say.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    "failure.hello": "{maker}, this video did not work out.",
    "failure.prompt.title": "The prompt was not accepted",
    "failure.prompt.advice": (
        "The provider could not work with these words."
        " Say it in fewer or other words and it will most likely go through."
    ),
    "failure.image.title": "The image could not be used",
    "failure.image.advice": (
        "It may be broken, too small, or of a shape that the model does not take."
        " Another one usually helps: a plain JPEG or PNG."
    ),
    "failure.lora.title": "The LoRA could not be loaded",
    "failure.lora.advice": (
        "Check that its address leads straight to a public `.safetensors` file made for this model."
    ),
    "failure.content.title": "The provider's safety check stopped it",
    "failure.content.advice": (
        "It looks at the prompt, the image and the finished video, and does not say what it minded."
        " A calmer prompt that leaves less open usually passes."
    ),
    "failure.provider.title": "The provider had a problem",
    "failure.provider.advice": "Nothing is wrong with your request. Try it again in a moment.",
    "failure.account.title": "The studio has to be looked after",
    "failure.account.advice": (
        "The bot's own account with the provider needs attention."
        " Its operator has been told; there is nothing you need to change. Try it again later."
    ),
    "failure.request.title": "The provider did not understand the request",
    "failure.request.advice": (
        "Most likely that is our mistake, and the operator has been told."
        " Other options may work in the meantime."
    ),
    "failure.blocked.title": "Taken out of the line",
    "failure.blocked.advice": "This server's admins decided so while it waited. They can tell you why.",
    "failure.word.title": "Taken out of the line",
    "failure.word.advice": (
        "While it waited, this server's admins forbade a word that stands in the prompt."
        " Say it in other words."
    ),
    "failure.unknown.title": "Something went wrong on the way",
    "failure.unknown.advice": "We could not find out why. Trying once more is worth it.",
    "failure.expired.title": "The provider never answered",
    "failure.expired.advice": (
        "We waited long enough and gave up. Should the video turn up after all, it is yours for free."
    ),
    "failure.stale.title": "It waited too long",
    "failure.stale.advice": (
        "The bot was away while your video stood in line, so it was taken out."
        " If you still want it, start it again."
    ),
    "failure.lost.title": "The video could not be fetched",
    "failure.lost.advice": (
        "It was made, but its file never arrived in one piece, so your money is back with you."
    ),
    "failure.free": "Nothing was charged.",
    "failure.charged": "{charged:money} was charged for it.",
}
