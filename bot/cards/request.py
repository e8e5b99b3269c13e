"""A request in words: the short line under a video, and every option with its name.

Rule: whatever a member typed passes `untrusted`; a request that its model no longer takes is shown
as far as it can be read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.cards.card import Reader
from bot.cards.untrusted import clean, code, escaped
from bot.domain.job import Job
from bot.domain.options import Option
from bot.domain.options import options as options_of
from bot.domain.video import VideoModel

DOT: Final = " · "


def facts_line(reader: Reader, *facts: str, job: Job) -> str:
    """Facts and, last, the job's number: it stays with the one before it, for on a phone it would
    stand in a line of its own.
    """
    number = reader.say("card.number", number=job.number)
    return f"{DOT.join(facts)}\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}{number}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job was asked for, read from the books."""

    title: str
    """The model's."""
    mode: str
    prompt: str
    given: Mapping[str, Any]
    """Every option that was chosen, by the member or by default."""
    takes_seed: bool


def read_asked(job: Job, model: VideoModel | None) -> Asked:
    """Reads it by the model's rules; by none where the model is gone or has changed."""
    return read_asked_text(job.request, job.mode, job.model, model)


def read_asked_text(request: str, mode: str, key: str, model: VideoModel | None) -> Asked:
    """The same for a request that is no job. `key`: the model's, which may be gone."""
    if model is not None:
        try:
            read = model.request.model_validate_json(request)
        except ValidationError:
            pass
        else:
            takes_seed = "seed" in read.its_mode.options
            return Asked(model.title, mode, read.prompt, read.given(), takes_seed)
    raw: dict[str, Any] = json.loads(request)
    raw.pop("mode", None)
    title = model.title if model else key
    return Asked(title, mode, str(raw.get("prompt", "")), raw, takes_seed="seed" in raw)


def asked_line(reader: Reader, asked: Asked) -> str:
    """`LTX-2 19B · 5 s · 720p · 16:9 · seed 7`: what tells this video from others."""
    given = asked.given
    loras = sum(1 for name in given if name in {"lora", "lora2", "lora3"})
    facts = [
        f"**{escaped(asked.title, 60)}**",
        reader.say("card.seconds", seconds=given["duration"]) if "duration" in given else "",
        *(str(given[name]) for name in ("resolution", "aspect_ratio") if name in given),
        reader.say("card.loras", count=loras) if loras else "",
        seed_of(reader, asked),
    ]
    return DOT.join(fact for fact in facts if fact)


def seed_of(reader: Reader, asked: Asked) -> str:
    """The seed in words; nothing where the model takes none."""
    if not asked.takes_seed:
        return ""
    seed = asked.given.get("seed")
    chosen = isinstance(seed, int) and seed > 0
    return reader.say("card.seed", seed=seed) if chosen else reader.say("card.seed.chance")


def option_lines(reader: Reader, asked: Asked, model: VideoModel | None) -> list[str]:
    """Every option but the prompt, one for each line."""
    known: Mapping[str, Option] = options_of(model.request) if model else {}
    lines: list[str] = []
    for name, value in asked.given.items():
        if name == "prompt":
            continue
        kind = known[name].kind if name in known else "text"
        label = reader.name("option", name)
        lines.append(f"**{escaped(label, 60)}** {_shown(reader, name, kind, value)}")
    return lines


def _shown(reader: Reader, name: str, kind: str, value: Any) -> str:
    if kind == "image" or isinstance(value, dict):
        return reader.say("card.picture")
    if kind == "address":
        return code(_file_of(str(value)), 80)
    if isinstance(value, bool):
        return reader.say("card.yes" if value else "card.no")
    if isinstance(value, (int, float)):
        return _number(reader, name, value)
    return escaped(str(value), 600)


def _number(reader: Reader, name: str, value: float) -> str:
    if name == "duration":
        return reader.say("card.seconds", seconds=value)
    if name == "seed" and value <= 0:
        return reader.say("card.seed.chance")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _file_of(address: str) -> str:
    """A LoRA's address by its host and file: the rest is long and may hold a key."""
    parts = urlsplit(address)
    return clean(f"{parts.hostname or ''}/…/{parts.path.rpartition('/')[2]}")
