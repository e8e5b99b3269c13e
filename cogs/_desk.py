"""What lies on the desk of all doors: questions, offers and forms that are open, presses at work, the
line.

Rule: losing it loses no money and no video. It outlives a new login, and not a restart.
"""

import asyncio
from dataclasses import dataclass, field

from bot.app import Clapper
from bot.domain.ids import JobNumber
from bot.domain.money import Micros
from bot.domain.video import Picture
from bot.service.line import Stand
from cogs._pending import Pending
from cogs._presses import Presses
from cogs._wished import Wished


@dataclass(frozen=True, slots=True)
class Said:
    """What a waiting message says at present, so that only a change is an edit."""

    stand: Stand
    rest: Micros | None
    """What its maker had left."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One for all logins of a bot."""

    questions: Pending[Wished] = field(default_factory=Pending[Wished])
    """Asks above a server's threshold."""
    offers: Pending[tuple[Wished, ...]] = field(default_factory=Pending[tuple[Wished, ...]])
    """What was offered after a refusal."""
    asks: Pending[Wished] = field(default_factory=Pending[Wished])
    """What an admin may be asked for after a refusal."""
    pictures: Pending[tuple[Picture, ...]] = field(default_factory=Pending[tuple[Picture, ...]])
    """Images of messages whose *Animate this image* form is open."""
    presses: Presses = field(default_factory=Presses)
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the messages that an earlier process left were looked through."""
    said: dict[JobNumber, Said] = field(default_factory=dict[JobNumber, Said])
    """Of jobs in line."""


def desk_of(bot: Clapper) -> Desk:
    """The one of this bot."""
    return bot.memory.of(Desk)
