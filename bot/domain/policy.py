"""What the admins of a server have decided.

Rule: a server without a row here has exactly these defaults.
"""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId
from bot.domain.money import Micros, dollars
from bot.domain.period import PeriodKind

MOST_PRESETS: Final = 200
LARGEST_SCALE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Policy:
    """One server's rules. Money and periods, limits, places."""

    allowance: Micros = dollars("1")
    allowance_period: PeriodKind = PeriodKind.MONTH
    pool: Micros = dollars("25")
    pool_period: PeriodKind = PeriodKind.MONTH
    confirm_above: Micros = dollars("0.50")
    dearest: Micros = dollars("5")
    at_once: int = 2
    """Jobs that one member may have at the provider."""
    queued: int = 5
    """Jobs that one member may have waiting besides."""
    zone_name: str = "UTC"
    currency: str = "USD"
    """How amounts are shown. The books are in dollars whatever it says."""
    channel: ChannelId | None = None
    """The generation channel."""
    admin_channel: ChannelId | None = None
    anywhere: bool = False
    """May clips be posted where the command was used?"""
    paused: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The server's time zone."""
        return ZoneInfo(self.zone_name)


@dataclass(frozen=True, slots=True)
class LoraPreset:
    """A LoRA by name, offered by autocomplete."""

    name: str
    url: str
    scale: float
