"""What the admins of a server have decided.

Rule: a server without a row here has exactly these defaults.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.domain.errors import PolicyRefusedError
from bot.domain.ids import ChannelId, UserId
from bot.domain.money import LARGEST_AMOUNT, ZERO, Micros, dollars
from bot.domain.period import PeriodKind
from bot.domain.video import is_blank

MOST_PRESETS: Final = 200
MOST_WORDS: Final = 1000
"""Each prompt is searched for all of them."""
LARGEST_SCALE: Final = 4.0
NEUTRAL_SCALE: Final = 1.0
LONGEST_NAME: Final = 100
"""Of a preset, and of a blocked word: what Discord lets an autocomplete show."""
LONGEST_ADDRESS: Final = 2000
MOST_JOBS: Final = 100
"""At once, and queued, for one member."""


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

    def home(self, channel: ChannelId, parent: ChannelId | None) -> ChannelId:
        """Where a video goes that was asked for in a channel, or in a thread of `parent`: to the
        generation channel, or right there where the rules allow it.
        """
        if self.channel is None or self.anywhere or self.channel in {channel, parent}:
            return channel
        return self.channel


@dataclass(frozen=True, slots=True)
class LoraPreset:
    """A LoRA by name, offered by autocomplete."""

    name: str
    url: str
    scale: float


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who changed what."""

    id: int
    """Later lines have higher ones."""
    at: datetime
    actor: UserId
    act: str
    """`allowance`, `grant`, `refund` …"""
    subject: str
    """A member, a role, a job, a word."""
    before: str
    after: str
    reason: str


def check_amount(field: str, amount: Micros) -> None:
    """Refuses money below zero, and more than a slip of the finger may move."""
    if not ZERO <= amount <= LARGEST_AMOUNT:
        raise PolicyRefusedError(field, "out_of_range", lowest=ZERO, highest=LARGEST_AMOUNT)


def check_policy(policy: Policy) -> None:
    """Refuses rules that could not be followed."""
    for field in ("allowance", "pool", "confirm_above", "dearest"):
        check_amount(field, getattr(policy, field))
    for field, number, lowest in (("at_once", policy.at_once, 1), ("queued", policy.queued, 0)):
        if not lowest <= number <= MOST_JOBS:
            raise PolicyRefusedError(field, "out_of_range", lowest=lowest, highest=MOST_JOBS)
    if not re.fullmatch("[A-Z]{3}", policy.currency):
        raise PolicyRefusedError("currency", "form")
    try:
        ZoneInfo(policy.zone_name)
    except (KeyError, ValueError, OSError) as error:  # the last where it names a folder of zones
        raise PolicyRefusedError("zone_name", "unknown_zone") from error


def check_preset(preset: LoraPreset) -> None:
    """Refuses what no LoRA can be; whether its model can fetch it, the model knows."""
    for field, fault, facts in _preset_faults(preset):
        raise PolicyRefusedError(field, fault, **facts)


def _preset_faults(preset: LoraPreset) -> Iterator[tuple[str, str, dict[str, object]]]:
    if is_blank(preset.name) or preset.name != preset.name.strip():
        yield "name", "blank", {}
    if not preset.name.isprintable() or "://" in preset.name:  # that is an address
        yield "name", "form", {}
    if len(preset.name) > LONGEST_NAME:
        yield "name", "too_long", {"longest": LONGEST_NAME}
    if len(preset.url) > LONGEST_ADDRESS:
        yield "url", "too_long", {"longest": LONGEST_ADDRESS}
    if not _is_address(preset.url):
        yield "url", "address_form", {}
    if not 0 <= preset.scale <= LARGEST_SCALE:  # not-a-number fails this too
        yield "scale", "out_of_range", {"lowest": 0.0, "highest": LARGEST_SCALE}


def _is_address(text: str) -> bool:
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        known = parts.hostname and parts.port != 0  # reading the port is what checks it
    except ValueError:
        return False
    return bool(known) and parts.scheme in {"http", "https"} and parts.username is None
