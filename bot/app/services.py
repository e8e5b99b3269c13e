"""What doors may call.

Rule: every field is a service or a fact. Nothing here does anything.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.notices import Notices
from bot.adapters.sqlite.policies import Policies
from bot.domain.clip import ClipStore
from bot.domain.ids import GuildId
from bot.domain.ports import Clock
from bot.domain.room import Room
from bot.domain.video import PriceList, VideoModel
from bot.service.ask import Asking
from bot.service.foresee import Foresee
from bot.service.line import Line
from bot.service.notify import Notify
from bot.service.report import MakeReport
from bot.service.show import Show
from bot.service.studio import Studio
from bot.service.troubles import Troubles
from bot.service.turn_away import TurnAway


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that cogs and the web door may use."""

    studio: Studio
    foresee: Foresee
    line: Line
    show: Show
    turn_away: TurnAway
    report: MakeReport
    asking: Asking
    notify: Notify
    troubles: Troubles
    """`look` says what is wrong in a server."""
    notices: Notices
    jobs: Jobs
    money: Money
    policies: Policies
    clips: ClipStore
    clock: Clock
    models: Mapping[str, VideoModel]
    prices: Mapping[str, PriceList]
    allowed: Container[GuildId]
    """Servers that may spend."""
    clip_url: Callable[[str], str | None]
    """The public address of a clip by its name; None where the bot has none."""
    has_address: bool
    """Whether the provider can call back, and clips can be linked."""
    room: Callable[[], Room]
    """How the data folder's disk is. May wait for the disk; raises OSError."""
    rehearsal: bool
    """Nothing is spent: say so wherever it shows."""
