"""One interaction: what a person did, and what the application answered.

Rule: the first answer within three seconds and once; the token lives fifteen minutes.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.people import User
from bot.playground.local_discord.places import Channel, Guild
from bot.playground.local_discord.wire import Json, Jsons, as_jsons

ANSWER_SECONDS: Final = 3
TOKEN_SECONDS: Final = 15 * 60


class Asked(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    FORM = 5


class Answer(IntEnum):
    """Discord's types of a first answer."""

    MESSAGE = 4
    LATER = 5
    UPDATE_LATER = 6
    UPDATE = 7
    CHOICES = 8
    FORM = 9


_MESSAGES: Final = (Answer.MESSAGE, Answer.LATER)
_UPDATES: Final = (Answer.UPDATE_LATER, Answer.UPDATE)


@dataclass(eq=False, slots=True)
class Interaction:
    """What a person did in a client."""

    id: int
    token: str
    type: Asked
    application_id: int
    user: User
    channel: Channel
    guild: Guild | None
    data: Json
    created_at: float
    size_limit: int
    """Bytes in one file of an answer."""
    message: Message | None = None
    """The message whose button or menu was used, also when a form came of it."""
    cause: "Interaction | None" = None
    """Of a form: the interaction that opened it."""
    answer: Answer | None = None
    original: Message | None = None
    messages: list[Message] = field(default_factory=list[Message])
    """All messages that answer it, oldest first."""
    form: Json | None = None
    submission: "Interaction | None" = None
    """What sending the form made."""
    choices: Jsons | None = None
    failed: bool = False
    """Three seconds went by: the person read that the application did not respond."""

    @property
    def name(self) -> str:
        """The command in full, subcommands included; else the custom id."""
        parts = [str(self.data.get("name") or self.data.get("custom_id") or "")]
        below = as_jsons(self.data.get("options"))
        while below and below[0].get("type") in {1, 2}:
            parts.append(str(below[0]["name"]))
            below = as_jsons(below[0].get("options"))
        return " ".join(parts)

    @property
    def answers_allowed(self) -> tuple[Answer, ...]:
        """The kinds of first answer that fit."""
        if self.type is Asked.AUTOCOMPLETE:
            return (Answer.CHOICES,)
        updates = _UPDATES if self.message is not None else ()
        forms = () if self.type is Asked.FORM else (Answer.FORM,)
        return (*_MESSAGES, *updates, *forms)

    def as_metadata(self, message: Message) -> Json:
        """What a message tells of the interaction that it answers."""
        about = self._about()
        if self.original is not None and message is not self.original:
            about["original_response_message_id"] = str(self.original.id)
        body: Json = {
            "application_id": str(self.application_id),
            "webhook_id": str(self.application_id),
            "interaction_metadata": about,
        }
        if self.type is Asked.COMMAND:
            body["interaction"] = {
                "id": str(self.id),
                "type": int(self.type),
                "name": self.name,
                "user": self.user.as_json(),
            }
        return body

    def _about(self) -> Json:
        owner = str(self.guild.id) if self.guild else "0"
        about: Json = {
            "id": str(self.id),
            "type": int(self.type),
            "user": self.user.as_json(),
            "authorizing_integration_owners": {"0": owner},
        }
        if self.type is Asked.COMPONENT and self.message is not None:
            about["interacted_message_id"] = str(self.message.id)
        if self.type is Asked.COMMAND and self.data.get("type") == 3:
            about["target_message_id"] = str(self.data["target_id"])
        if self.type is Asked.FORM and self.cause is not None:
            about["triggering_interaction_metadata"] = self.cause._about()  # noqa: SLF001 - its own kind
        return about
