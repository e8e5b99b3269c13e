"""What Discord accepts as an embed, written out as Discord keeps it.

Rule: the limits are Discord's, those over all embeds of a message together as well.
"""

from collections.abc import Collection
from typing import Final

from bot.playground.local_discord.forms import Form, Place
from bot.playground.local_discord.wire import Json, Jsons, as_json, as_jsons, without_nones

MAX_TEXT: Final = 6000
_PARTS: Final = (("title", 256), ("description", 4096), ("url", 2048))
_MEDIA: Final = ("image", "thumbnail")


def embeds(form: Form, body: Json, place: Place, *, files: Collection[str]) -> Jsons:
    """The `embeds` of a body as Discord keeps them."""
    given = form.things(body, "embeds", place, high=10)
    here = (*place, "embeds")
    kept = [_embed(form, raw, (*here, index), files) for index, raw in enumerate(given)]
    if sum(_size(embed) for embed in kept) > MAX_TEXT:
        words = f"Embed size exceeds maximum size of {MAX_TEXT}"
        form.wrong(here, "MAX_EMBED_SIZE_EXCEEDED", words)
    return kept


def _embed(form: Form, raw: Json, place: Place, files: Collection[str]) -> Json:
    kept: Json = {"type": "rich"}
    for key, high in _PARTS:
        kept[key] = form.text(raw, key, place, high=high) or None
    kept["color"] = form.number(raw, "color", place, low=0, high=0xFFFFFF)
    kept["timestamp"] = raw.get("timestamp")
    kept["footer"] = _named(form, raw, place, key="footer", name="text", high=2048)
    kept["author"] = _named(form, raw, place, key="author", name="name", high=256)
    kept["fields"] = _fields(form, raw, place) or None
    for key in _MEDIA:
        if media := as_json(raw.get(key)):
            kept[key] = _media(form, media, (*place, key), files)
    return without_nones(kept)


def _named(form: Form, raw: Json, place: Place, *, key: str, name: str, high: int) -> Json | None:
    part = as_json(raw.get(key))
    if not part:
        return None
    form.text(part, name, (*place, key), high=high)
    return without_nones({word: part.get(word) for word in (name, "url", "icon_url")})


def _fields(form: Form, raw: Json, place: Place) -> Jsons:
    given = form.things(raw, "fields", place, high=25)
    here = (*place, "fields")
    return [
        {
            "name": form.text(row, "name", (*here, index), low=1, high=256, needed=True),
            "value": form.text(row, "value", (*here, index), low=1, high=1024, needed=True),
            "inline": bool(row.get("inline")),
        }
        for index, row in enumerate(given)
    ]


def _media(form: Form, raw: Json, place: Place, files: Collection[str]) -> Json:
    url = form.text(raw, "url", place, high=2048) or ""
    scheme, _, name = url.partition("://")
    if scheme not in {"http", "https", "attachment"}:
        words = f'Scheme "{scheme}" is not supported. Scheme must be one of'
        words += " ('http', 'https', 'attachment')."
        form.wrong((*place, "url"), "URL_TYPE_INVALID_SCHEME", words)
    elif scheme == "attachment" and name not in files:
        # Discord drops the picture and says nothing; here it would hide a mistake.
        words = "The referenced attachment was not found"
        form.wrong((*place, "url"), "EMBED_ATTACHMENT_NOT_FOUND", words)
    return {"url": url}


def _size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [as_json(embed.get("footer")).get("text"), as_json(embed.get("author")).get("name")]
    for row in as_jsons(embed.get("fields")):
        texts += [row.get("name"), row.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))
