"""An alert in the admin channel, and the word that it is over.

Rule: it says what is wrong, what that means, and what to do.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.cards.card import Card, Reader, Tone, button, container, row, small, text
from bot.cards.custom_ids import Act, make
from bot.domain.alert import AlertKind
from bot.domain.notice import Facts, Notice, Topic

_MILD: Final = frozenset(
    {
        AlertKind.POOL_NEARLY,
        AlertKind.POOL_FORECAST,
        AlertKind.FATE_UNKNOWN,
        AlertKind.UNDELIVERABLE,
    }
)


def alert_mark(notice: Notice) -> str:
    """The custom id by which it is known in a channel's history."""
    return make(Act.NOTED, notice.id)


def alert_card(reader: Reader, notice: Notice, *, noted_by: str = "") -> Card:
    """With the button for an admin who has seen to it; or with who that was."""
    if notice.topic is Topic.RELIEF:
        title, tone = reader.say("alerts.over"), Tone.GOOD
        lines = [reader.say(f"alerts.{notice.name}.over")]
    else:
        title, meaning, advice = alert_lines(reader, notice.name, notice.facts)
        tone = Tone.CAREFUL if AlertKind(notice.name) in _MILD else Tone.BAD
        lines = [meaning, reader.say("alerts.do", advice=advice)]
    noted = button(Act.NOTED, notice.id, label=reader.say("alerts.noted"))
    return Card(
        container(
            text(f"### {title}"),
            *(text(line) for line in lines),
            text(small(reader.say("alerts.noted.by", actor=noted_by))) if noted_by else row(noted),
            tone=tone,
        )
    )


def alert_lines(reader: Reader, kind: str, known: Facts) -> tuple[str, str, str]:
    """What is wrong, what that means, and what to do."""
    facts, key = _facts(reader, known), f"alerts.{kind}"
    return (
        reader.say(f"{key}.title", **facts),
        reader.say(key, **facts),
        reader.say(f"{key}.do", **facts),
    )


def _facts(reader: Reader, known: Facts) -> Mapping[str, Any]:
    facts: dict[str, Any] = dict(known)
    for name, value in known.items():
        if name.endswith("_at"):
            facts[name] = datetime.fromisoformat(str(value))
        elif name == "channel":
            facts[name] = f"<#{value}>"
        elif name == "permissions":
            facts[name] = [reader.name("permission", each) for each in str(value).split()]
    return facts
