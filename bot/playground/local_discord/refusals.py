"""What Discord says when it refuses: HTTP status, its own code, its words.

Rule: the codes and the words are Discord's, because clients read them.
"""

from typing import Final

from bot.playground.local_discord.wire import Json

_UNKNOWN: Final = {
    "Application": 10002,
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "Role": 10011,
    "User": 10013,
    "Webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, and named like one
    """An answer of the kind `{"code": …, "message": …}`."""

    def __init__(self, status: int, code: int, message: str, *, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def as_json(self) -> Json:
        """The body of the answer."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def unauthorized() -> Refusal:
    """No token, or a wrong one."""
    return Refusal(401, 0, "401: Unauthorized")


def no_such_route() -> Refusal:
    """An address that Discord does not have."""
    return Refusal(404, 0, "404: Not Found")


def unknown(what: str) -> Refusal:
    """404, for a thing that is not there; `what` is Discord's name for its kind."""
    return Refusal(404, _UNKNOWN[what], f"Unknown {what}")


def missing_access() -> Refusal:
    """A channel that the bot cannot see."""
    return Refusal(403, 50001, "Missing Access")


def missing_permissions() -> Refusal:
    """A deed that the bot may not do there."""
    return Refusal(403, 50013, "Missing Permissions")


def not_the_author() -> Refusal:
    """Somebody else's message."""
    return Refusal(403, 50005, "Cannot edit a message authored by another user")


def cannot_message_user() -> Refusal:
    """A person who closed the door to direct messages."""
    return Refusal(403, 50007, "Cannot send messages to this user")


def not_a_text_channel() -> Refusal:
    """A forum or a category."""
    return Refusal(400, 50008, "Cannot send messages in a non-text channel")


def not_in_direct_messages() -> Refusal:
    """A deed that only servers know."""
    return Refusal(403, 50003, "Cannot execute action on a DM channel")


def wrong_channel_type() -> Refusal:
    """A deed that this kind of channel does not know."""
    return Refusal(400, 50024, "Cannot execute action on this channel type")


def empty_message() -> Refusal:
    """A message with nothing in it."""
    return Refusal(400, 50006, "Cannot send an empty message")


def thread_archived() -> Refusal:
    """An archived thread that has to be opened first, or that only moderators may open."""
    return Refusal(400, 50083, "Thread is archived")


def dead_token() -> Refusal:
    """An interaction's token after its fifteen minutes."""
    return Refusal(401, 50027, "Invalid Webhook Token")


def already_answered() -> Refusal:
    """A second first answer."""
    return Refusal(400, 40060, "Interaction has already been acknowledged.")


def too_large() -> Refusal:
    """A file above the limit, or a request above the ceiling."""
    return Refusal(413, 40005, "Request entity too large")


def bad_json() -> Refusal:
    """A body that is no JSON."""
    return Refusal(400, 50109, "The request body contains invalid JSON.")


def too_many_commands(limit: int) -> Refusal:
    """One command more than Discord keeps."""
    return Refusal(400, 30032, f"Maximum number of application commands reached ({limit}).")


def limited(retry_after: float, *, everywhere: bool) -> Json:
    """The body of a 429."""
    return {
        "code": 0,
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": everywhere,
    }
