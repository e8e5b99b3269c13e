"""Messages and the files on them.

Rule: a message object lives as long as its channel and changes in place, so that who holds one
sees every edit of it.
"""

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Final

from bot.playground.local_discord.components import buttons_of, media_of, selects_of, texts_of
from bot.playground.local_discord.people import User
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons

if TYPE_CHECKING:
    from bot.playground.local_discord.interactions import Interaction

EMBED_MEDIA: Final = ("image", "thumbnail", "video")


class Flag(IntFlag):
    """Message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


@dataclass(eq=False, slots=True)
class Attachment:
    """A file that Discord keeps."""

    id: int
    channel_id: int
    filename: str
    size: int
    content_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    description: str | None = None
    title: str | None = None
    ephemeral: bool = False
    """Given with a command: not part of any message."""


@dataclass(eq=False, slots=True)
class Message:
    """One message. `text` is all that a reader reads, wherever it stands in the message."""

    id: int
    channel_id: int
    author: User
    created_at: float
    content: str = ""
    embeds: Jsons = field(default_factory=list[Json])
    components: Jsons = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    """All its files, those too that Discord's JSON leaves out because a component shows them."""
    flags: int = 0
    type: int = 0
    tts: bool = False
    pinned: bool = False
    edited_at: float | None = None
    nonce: str | int | None = None
    mentions: list[User] = field(default_factory=list[User])
    mention_roles: list[int] = field(default_factory=list[int])
    mention_everyone: bool = False
    pinged: frozenset[int] = frozenset()
    """Users who were notified when it was posted."""
    reply_to: int | None = None
    interaction: "Interaction | None" = None
    """The interaction that it answers."""
    only_for: int | None = None
    """The one user who sees an ephemeral message."""
    deleted: bool = False
    dismissed: bool = False
    """Its one reader has put it away."""
    edits: int = 0

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.only_for is not None

    @property
    def thinking(self) -> bool:
        """Whether it is the placeholder of an answer still to come."""
        return bool(self.flags & Flag.LOADING)

    @property
    def is_v2(self) -> bool:
        """Whether it is made of components alone."""
        return bool(self.flags & Flag.COMPONENTS_V2)

    @property
    def text(self) -> str:
        """Everything there is to read: content, embeds, text components; a line each."""
        parts = [self.content, *(_embed_text(embed) for embed in self.embeds)]
        return "\n".join(part for part in [*parts, *texts_of(self.components)] if part)

    @property
    def buttons(self) -> Jsons:
        """Its buttons in reading order, as JSON: `label`, `custom_id` or `url`, `disabled`."""
        return buttons_of(self.components)

    @property
    def selects(self) -> Jsons:
        """Its select menus, as JSON."""
        return selects_of(self.components)

    @property
    def media(self) -> list[Attachment]:
        """The files that its components or embeds show, in reading order."""
        embedded = [as_json(embed.get(key)) for embed in self.embeds for key in EMBED_MEDIA]
        shown = [item.get("attachment_id") for item in [*media_of(self.components), *embedded]]
        by_id = {attachment.id: attachment for attachment in self.attachments}
        return [by_id[found] for found in shown if found in by_id]

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons."""
        return [str(button.get("label", "")) for button in self.buttons]


def _embed_text(embed: Json) -> str:
    named = [as_json(embed.get("author")).get("name"), embed.get("title"), embed.get("description")]
    fields = [f"{row.get('name')}: {row.get('value')}" for row in as_jsons(embed.get("fields"))]
    lines = [*named, *fields, as_json(embed.get("footer")).get("text")]
    return "\n".join(str(line) for line in lines if line)
