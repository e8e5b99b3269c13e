"""What the bot has to be allowed where it posts.

Rule: names are Discord's own, as discord.py spells them.
"""

from dataclasses import dataclass
from typing import Final

NEEDED: Final = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
)
"""To post a video, and to find out after a restart whether it was posted."""
NEEDED_IN_THREAD: Final = tuple(
    "send_messages_in_threads" if name == "send_messages" else name for name in NEEDED
)
INVITED_WITH: Final = tuple(dict.fromkeys((*NEEDED, *NEEDED_IN_THREAD)))
"""What an invitation asks for: enough for every channel and every thread that is open."""


@dataclass(frozen=True, slots=True)
class Access:
    """What keeps the bot from working in a channel, if anything."""

    missing: tuple[str, ...] = ()
    """Permissions, by Discord's names."""
    gone: bool = False
    """There is no such channel in the server."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """The same in permissions alone."""
        return NEEDED[:1] if self.gone else self.missing
