"""What is said of a wish that cannot be granted.

Rule: the error is raised, and the door says this to the member alone.
"""

from bot.cards import Act, Card, Reader, Tone, button, notice_card
from bot.domain.errors import PictureGoneError, SorryError


def sorry_card(reader: Reader, error: SorryError) -> Card:
    """What it says."""
    sentence = reader.say(error.key, **error.facts)
    return notice_card(reader.say("door.title"), sentence, tone=Tone.CAREFUL)


def picture_gone_card(reader: Reader, error: PictureGoneError) -> Card:
    """With the way out: a form that takes an image."""
    attach = button(Act.PICTURE, error.job, label=reader.say("members.picture.attach"))
    return notice_card(
        reader.say("members.picture.title"),
        reader.say("members.picture.gone"),
        tone=Tone.CAREFUL,
        buttons=[attach],
    )
