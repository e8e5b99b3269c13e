"""What Discord accepts as a message, by the bot's token or by an interaction's.

Rule: everything is examined before anything is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.playground.local_discord.checks_components import ComponentChecks
from bot.playground.local_discord.checks_embeds import embeds
from bot.playground.local_discord.files import plain_name
from bot.playground.local_discord.forms import Form, Place
from bot.playground.local_discord.mentions import Allowed
from bot.playground.local_discord.messages import Flag, Message
from bot.playground.local_discord.refusals import empty_message
from bot.playground.local_discord.wire import Json, Jsons, as_json

T = TypeVar("T")

MAX_CONTENT: Final = 2000
MAX_FILES: Final = 10
MAX_NONCE: Final = 25
_LEGACY: Final = ("content", "embeds", "poll", "sticker_ids")
_KINDS: Final = ("users", "roles", "everyone")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request. `index` is the n of its field `files[n]`."""

    index: int
    filename: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that passed. None means: the body does not speak of it."""

    content: str | None
    embeds: Jsons | None
    components: Jsons | None
    flags: int | None
    allowed: Allowed
    uploads: Sequence[Upload]
    about: dict[int, Json]
    """What `attachments` says about each file, new or kept, by its id."""
    keeps_all: bool
    """No `attachments` in the body: an edit leaves the old files where they are."""
    nonce: str | int | None
    once: bool
    """A second message with that nonce is not wanted."""
    tts: bool
    reply_to: int | None


def read_message(
    body: Json,
    uploads: Sequence[Upload],
    *,
    place: Place = (),
    editing: Message | None = None,
    flags: int = 0,
) -> Draft:
    """Examines a body; `flags` are those that may be set from here."""
    form = Form()
    given_flags = form.number(body, "flags", place, low=0, high=2**31 - 1)
    old = editing.flags if editing else 0
    new = old if given_flags is None else given_flags & flags
    v2 = bool((new | old) & Flag.COMPONENTS_V2)
    about, names = _files(form, body, uploads, place, editing)
    _content(form, body, place, v2=v2)
    if v2:
        _only_components(form, body, place, editing)
    draft = Draft(
        content=_present(body, "content", str(body.get("content") or "")),
        embeds=_present(body, "embeds", embeds(form, body, place, files=names)),
        components=_present(
            body, "components", ComponentChecks(form, v2=v2, files=names).read(body, place)
        ),
        flags=None if given_flags is None and editing else new,
        allowed=_allowed(form, body, place),
        uploads=uploads,
        about=about,
        keeps_all=body.get("attachments") is None,
        nonce=_nonce(form, body, place),
        once=bool(body.get("enforce_nonce")),
        tts=bool(body.get("tts")),
        reply_to=_reply(body),
    )
    form.done()
    return draft


def refuse_empty(message: Message, *, files: bool) -> None:
    """Refuses a message that shows nothing. Buttons alone are nothing, unless it is V2."""
    parts = [message.content.strip(), message.embeds, message.attachments, files]
    if message.is_v2:
        parts.append(message.components)
    if not any(parts):
        raise empty_message()


def _present(body: Json, key: str, value: T) -> T | None:
    return value if key in body else None


def _content(form: Form, body: Json, place: Place, *, v2: bool) -> None:
    content = body.get("content")
    if isinstance(content, int | float) and not isinstance(content, bool):
        return  # Discord takes a number for its digits
    if not v2:
        form.text(body, "content", place, high=MAX_CONTENT)


def _only_components(form: Form, body: Json, place: Place, editing: Message | None) -> None:
    old: Json = {}
    if editing is not None and not editing.is_v2:
        old = {"content": editing.content, "embeds": editing.embeds}
    for key in _LEGACY:
        if body.get(key) or (key not in body and old.get(key)):
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            words = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            form.wrong((*place, key), code, words)


def _files(
    form: Form, body: Json, uploads: Sequence[Upload], place: Place, editing: Message | None
) -> tuple[dict[int, Json], Collection[str]]:
    given = form.things(body, "attachments", place, high=MAX_FILES)
    here = (*place, "attachments")
    old = {attachment.id: attachment for attachment in editing.attachments} if editing else {}
    fresh = {upload.index: upload for upload in uploads}
    about: dict[int, Json] = {}
    names = {plain_name(upload.filename) for upload in uploads}
    for index, raw in enumerate(given):
        found = _number(raw.get("id"))
        form.text(raw, "filename", (*here, index), low=1, high=1024)
        form.text(raw, "description", (*here, index), high=1024)
        if found is None:
            form.required((*here, index, "id"))
        elif found not in old and found not in fresh:
            words = f"Attachment data for {found} not found"
            form.wrong((*here, index), "ATTACHMENT_NOT_FOUND", words)
        else:
            about[found] = raw
            if found in old and raw.get("filename"):
                # Kept by its id alone, a file cannot be named by attachment://.
                names.add(old[found].filename)
    if body.get("attachments") is None:
        names |= {attachment.filename for attachment in old.values()}
    stay = len(about) + sum(upload.index not in about for upload in uploads)
    form.length(stay, here, low=0, high=MAX_FILES)
    return about, names


def _allowed(form: Form, body: Json, place: Place) -> Allowed:
    raw = body.get("allowed_mentions")
    if raw is None:
        return Allowed()
    given, here = as_json(raw), (*place, "allowed_mentions")
    for index, kind in enumerate(given.get("parse") or ()):
        form.choice(kind, (*here, "parse", index), _KINDS)
    for kind in ("users", "roles"):
        form.length(len(given.get(kind) or ()), (*here, kind), low=0, high=100)
        if given.get(kind) and kind in (given.get("parse") or ()):
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.wrong(here, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)
    return Allowed.read(given)


def _nonce(form: Form, body: Json, place: Place) -> str | int | None:
    nonce = body.get("nonce")
    if isinstance(nonce, str):
        form.length(len(nonce), (*place, "nonce"), low=0, high=MAX_NONCE)
    return nonce


def _reply(body: Json) -> int | None:
    return _number(as_json(body.get("message_reference")).get("message_id"))


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None
