"""What all doors share: the services' verbs, put together once for each client, and what waits.

Rule: nothing here decides anything.
"""

from dataclasses import dataclass
from typing import Final

from bot.app import Services
from bot.service.foresee import Foresee
from bot.service.line import Line
from bot.service.show import Show
from cogs._ask import Ask
from cogs._pending import Pending

QUESTIONS: Final = Pending[Ask]()
"""Asks above a server's threshold. Tokens are unique, so one memory serves every client."""
OFFERS: Final = Pending[tuple[Ask, ...]]()
"""What was offered after a refusal."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """Service verbs that are made of what `Services` holds."""

    foresee: Foresee
    line: Line
    show: Show


def verbs_of(services: Services) -> Verbs:
    """They hold nothing, so it does not matter how often they are made."""
    studio = services.studio
    return Verbs(
        Foresee(studio.generate, services.jobs, services.clock),
        Line(services.jobs, studio.watch),
        Show(services.jobs, studio.agenda, services.clock),
    )
