"""A wish that cannot be granted, with the key of what to say about it.

Rule: it is raised, and the error door says it to the member alone.
"""

from bot.cards import Act, Card, Reader, Tone, button, notice_card
from bot.domain.errors import InputError
from bot.domain.ids import JobNumber


class SorryError(InputError):
    """Not possible, and no fault of the machine's."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


class PictureGoneError(InputError):
    """The image of an old job cannot be found: its member has to attach it again."""

    def __init__(self, job: JobNumber) -> None:
        super().__init__(f"job {job}")
        self.job = job


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
