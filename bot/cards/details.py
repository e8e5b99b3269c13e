"""Everything about one job: for Details, and for the message menu.

Rule: it is shown to one person at a time, and holds nothing that its maker would not show.
"""

from collections.abc import Sequence
from typing import Any, Final

from discord import ui

from bot.cards.card import Card, Reader, container, rehearsal_line, row, rule, text
from bot.cards.price import show_cost
from bot.cards.request import option_lines, read_asked
from bot.cards.untrusted import escaped, quote
from bot.domain.job import Job
from bot.domain.money import Micros
from bot.domain.video import VideoModel

LONGEST_PROMPT: Final = 1500


def details_card(
    reader: Reader,
    job: Job,
    model: VideoModel | None,
    *,
    charged: Micros | None = None,
    buttons: "Sequence[ui.Item[Any]]" = (),
) -> Card:
    """Number, model, every option, seed, cost, maker. `charged` is what the books say, once known."""
    asked = read_asked(job, model)
    facts = (
        ("model", escaped(asked.title, 60)),
        ("mode", escaped(reader.name("mode", asked.mode), 60)),
        ("cost", show_cost(reader, job, charged)),
        ("maker", f"<@{job.member}>"),
        ("state", reader.name("state", job.state)),
        ("made", reader.say("card.moment", at=job.created_at)),
    )
    options = option_lines(reader, asked, model)
    named = (f"**{reader.say(f'card.detail.{name}')}** {value}" for name, value in facts)
    return Card(
        container(
            text(f"### {reader.say('card.detail.title', number=job.number)}", *named),
            rule(),
            text(quote(asked.prompt, LONGEST_PROMPT)),
            text(*options) if options else None,
            text(rehearsal_line(reader)) if reader.rehearsal else None,
            row(*buttons),
        )
    )
